// Command bench-inspect measures what reading extension modules costs, and what is
// built on it:
//
//   - files: 400 modules of real wheels, unpacked on local disk, on one core;
//   - network: what travels when the wheels of a project are inspected, beside the
//     bytes of the modules that have to be read, and that a second time asks the
//     index for no wheel;
//   - ready: the answer to a lock, from a warm cache.
//
// It asks the index that INDEX_URL names, the default one otherwise, and writes its
// section of docs/benchmarks.md:
//
//	go run ./scripts/bench-inspect -python PYTHON numpy
//
// It fails where a figure that does not depend on the machine is over its limit.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/index"
	"github.com/ftpkg/ftpkg/scripts/internal/figures"
)

func main() {
	run := benchmark
	if len(os.Args) == 3 && os.Args[1] == readWord {
		run = func() error { return readAll(os.Args[2]) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench-inspect:", err)
		os.Exit(1)
	}
}

// A bench is what all parts of a run share.
type bench struct {
	tmp      string
	ftpkg    string   // the program
	python   string   // for uv, which makes the lock
	input    string   // requirements of the application whose lock is judged
	projects []string // whose wheels are inspected
	limit    float64  // of the bytes that travel, as a ratio
	runs     int
}

func benchmark() error {
	var b bench
	flag.StringVar(&b.ftpkg, "ftpkg", "", "measure the program at `path` instead of building it")
	flag.StringVar(&b.python, "python", os.Getenv("FTPKG_BENCH_PYTHON"), "interpreter that uv makes the lock with")
	flag.StringVar(&b.input, "r", "examples/requirements.txt", "requirements `file` of the application whose lock is judged")
	flag.Float64Var(&b.limit, "limit", 1.05, "fail if for some project more than this ratio of bytes travels")
	flag.IntVar(&b.runs, "n", 15, "counted runs of each command")
	only := flag.String("only", "", "measure only this part: files, network or ready")
	out := flag.String("o", "docs/benchmarks.md", "file whose section to write; - prints it")
	flag.Parse()
	if b.projects = flag.Args(); len(b.projects) == 0 {
		b.projects = []string{"numpy"}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if b.tmp, err = os.MkdirTemp("", "bench-inspect-"); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(b.tmp) }()
	if b.ftpkg == "" {
		b.ftpkg = filepath.Join(b.tmp, "ftpkg")
		if err := figures.Build(ctx, b.ftpkg); err != nil {
			return err
		}
	}
	var text strings.Builder
	fmt.Fprintf(&text, "`go run ./scripts/bench-inspect` on %s; %s.\n", time.Now().UTC().Format(time.DateOnly), figures.Machine())
	for _, part := range []struct {
		name string
		run  func(context.Context) (string, error)
	}{{"files", b.files}, {"network", b.network}, {"ready", b.ready}} {
		if *only != "" && *only != part.name {
			continue
		}
		section, err := part.run(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		load, _ := figures.Load()
		text.WriteString("\n" + section + "\nLoad average after it: " + load + ".\n")
	}
	if *out == "-" || *only != "" {
		fmt.Print(text.String())
		return nil
	}
	return figures.WriteSection(*out, "Inspect", text.String())
}

// index opens the index, whose requests counter counts.
func (b *bench) index(cache string, counter *fetch.Counter) (c *index.Client, closeAll func(), err error) {
	t := fetch.NewTransport(fetch.TransportOptions{Proxy: http.ProxyFromEnvironment})
	o := index.Options{CacheDir: cache, Now: time.Now, Doer: counter.Wrap(fetch.Limit(fetch.Stall(t, time.Minute), 50, 100))}
	if url := os.Getenv("INDEX_URL"); url != "" {
		o.Indexes = []string{url}
	}
	if c, err = index.New(o); err != nil {
		t.Close()
		return nil, nil, err
	}
	return c, func() { c.Close(); t.Close() }, nil
}

// row is a row of a table of times.
func row(name string, wall, cpu []time.Duration) string {
	ms := func(d time.Duration) string { return fmt.Sprintf("%.0f ms", float64(d.Microseconds())/1000) }
	least, most := wall[0], wall[0]
	for _, d := range wall {
		least, most = min(least, d), max(most, d)
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s |\n", name, ms(figures.Median(wall)), ms(least), ms(most), ms(figures.Median(cpu)))
}

// head begins a table of times.
const head = "| | median | fastest | slowest | processor time |\n|---|---|---|---|---|\n"

// timed runs a command, which may answer no, and says what it took: a first time to
// warm the system's caches does not count.
func (b *bench) timed(command func() *exec.Cmd) (wall, cpu []time.Duration, err error) {
	for round := range b.runs + 1 {
		cmd := command()
		var said strings.Builder
		cmd.Stderr = &said
		begin := time.Now()
		err := cmd.Run()
		took := time.Since(begin)
		if err != nil && !isAnswer(cmd) {
			return nil, nil, fmt.Errorf("%s: %w: %s", cmd, err, said.String())
		}
		if round > 0 {
			wall, cpu = append(wall, took), append(cpu, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
		}
	}
	return wall, cpu, nil
}

// isAnswer reports whether a command of ftpkg ended with an answer of no, or with one
// that leaves something open.
func isAnswer(cmd *exec.Cmd) bool {
	return cmd.ProcessState != nil && (cmd.ProcessState.ExitCode() == 1 || cmd.ProcessState.ExitCode() == 3)
}
