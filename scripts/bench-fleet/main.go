// Command bench-fleet measures what a fleet gains: one worker against four on the
// same work, what its queue costs, and how long the program takes to start.
//
//	go run ./scripts/bench-fleet
//
// It writes the sections "Fleet" and "Start" of docs/benchmarks.md. The index is a
// generated one on the loopback interface that takes its time to answer; the database
// a PostgreSQL of its own, which keeps what it is given as it would in earnest.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/ftpkg/ftpkg/scripts/internal/figures"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench-fleet:", err)
		os.Exit(1)
	}
}

// A bench is what all parts of a run share.
type bench struct {
	tmp    string
	ftpkg  string // the program
	starts int    // how often commands are started
	last   int    // number of the last database or cache
	fleetOptions
}

func run() (err error) {
	var b bench
	flag.StringVar(&b.ftpkg, "ftpkg", "", "measure the program at `path` instead of building it")
	flag.IntVar(&b.starts, "starts", 100, "how often each command is started")
	flag.IntVar(&b.projects, "projects", 2000, "projects of the index")
	flag.DurationVar(&b.latency, "latency", 50*time.Millisecond, "how long each answer of the index takes")
	flag.IntVar(&b.jobs, "jobs", 4, "jobs of each worker")
	flag.IntVar(&b.workers, "workers", 4, "workers that are compared with one")
	flag.IntVar(&b.wheels, "wheels", 400, "compiled projects whose wheels are read in the part that the processor bounds")
	flag.IntVar(&b.turns, "turns", 2, "how often one worker and all of them take turns")
	only := flag.String("only", "", "measure only this part, start, fleet or cost, and print it; cost is measured only so")
	out := flag.String("o", "docs/benchmarks.md", "file whose sections to write; - prints them")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if b.tmp, err = os.MkdirTemp("", "bench-fleet"); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(b.tmp) }()
	if b.ftpkg == "" {
		b.ftpkg = filepath.Join(b.tmp, "ftpkg")
		if err := figures.Build(ctx, b.ftpkg); err != nil {
			return err
		}
	}
	for _, part := range []struct {
		name, title string
		run         func(context.Context) (string, error)
	}{{"start", "Start", b.start}, {"fleet", "Fleet", b.fleet}, {"cost", "Cost", b.cost}} {
		if *only != "" && *only != part.name || *only == "" && part.name == "cost" {
			continue
		}
		head := fmt.Sprintf("`go run ./scripts/bench-fleet` on %s; %s.\n\n", time.Now().UTC().Format(time.DateOnly), figures.Machine())
		text, err := part.run(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		load, _ := figures.Load()
		text = head + text + "\nLoad average after it: " + load + ".\n"
		if *out == "-" || *only != "" {
			fmt.Printf("## %s\n\n%s\n", part.title, text)
			continue
		}
		if err := figures.WriteSection(*out, part.title, text); err != nil {
			return err
		}
	}
	return nil
}
