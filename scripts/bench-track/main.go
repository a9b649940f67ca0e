//go:build unix

// Command bench-track measures what tracking packages and publishing what is known of
// them costs, and how that grows with their number.
//
// It makes an index up, always the same for a seed, serves it over loopback, and runs
// ftpkg as its users do: a first update with --inspect, a second one of which nothing
// is new, and publish. It writes its section of docs/benchmarks.md and the picture in
// it:
//
//	go run ./scripts/bench-track
//
// It fails where a figure that does not depend on the machine is over its limit.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/scripts/internal/figures"
)

func main() {
	do := benchmark
	if len(os.Args) > 2 && os.Args[1] == runWord {
		do = func() error { return runApart(os.Args[2:]) }
	}
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, "bench-track:", err)
		os.Exit(1)
	}
}

// A bench is what all parts of a run share.
type bench struct {
	tmp     string
	ftpkg   string // the program
	sizes   []int  // numbers of packages
	typical int    // of those, the one of the figures for updates
	large   int    // of those, the one of the figures for publishing
	server  *server
	images  string // folder of the picture, "" for none
	browser bool
	over    []string // limits that were exceeded
}

func benchmark() error {
	b := &bench{}
	flag.StringVar(&b.ftpkg, "ftpkg", "", "measure the program at `path` instead of building it")
	sizes := flag.String("sizes", "100,300,1000,3000,5000,10000", "`numbers` of packages, smallest first")
	flag.IntVar(&b.typical, "updates", 1000, "`number` of packages of the figures for updates")
	flag.IntVar(&b.large, "publish", 5000, "`number` of packages of the figures for publish")
	flag.BoolVar(&b.browser, "browser", true, "measure the front page in a browser, if test/browser can")
	seed := flag.Uint64("seed", 7, "the index is made up from this `number`")
	only := flag.String("only", "", "measure only this part: scale, stores or browser")
	out := flag.String("o", "docs/benchmarks.md", "file whose section to write, with images/track-scale.svg beside it; - prints it")
	flag.Parse()
	for text := range strings.SplitSeq(*sizes, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return fmt.Errorf("-sizes: %q is no number of packages", text)
		}
		b.sizes = append(b.sizes, n)
	}
	if *out != "-" && *only == "" {
		b.images = filepath.Join(filepath.Dir(*out), "images")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if b.tmp, err = os.MkdirTemp("", "bench-track-"); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(b.tmp) }()
	if b.ftpkg == "" {
		b.ftpkg = filepath.Join(b.tmp, "ftpkg")
		if err := figures.Build(ctx, b.ftpkg); err != nil {
			return err
		}
	}
	text, err := b.all(ctx, *seed, *only)
	if err != nil {
		return err
	}
	if *out == "-" || *only != "" {
		fmt.Print(text)
	} else if err := figures.WriteSection(*out, "Track", text); err != nil {
		return err
	}
	if len(b.over) > 0 {
		return errors.New(strings.Join(b.over, "; "))
	}
	return nil
}

// all measures all parts, or one of them.
func (b *bench) all(ctx context.Context, seed uint64, only string) (string, error) {
	var text strings.Builder
	fmt.Fprintf(&text, "`go run ./scripts/bench-track%s` on %s; %s.\n", asked(), time.Now().UTC().Format(time.DateOnly), figures.Machine())
	most := max(slices.Max(b.sizes), b.typical, b.large)
	if only != "browser" {
		begin := time.Now()
		w, err := newWorld(seed, most, b.typical)
		if err != nil {
			return "", err
		}
		if b.server, err = serve(ctx, w); err != nil {
			return "", err
		}
		defer func() { _ = b.server.http.Close() }()
		fmt.Fprintf(&text, "\n%s\n", w.about(seed))
		fmt.Fprintf(os.Stderr, "bench-track: an index of %d packages was made in %.1f s\n", most, time.Since(begin).Seconds())
	}
	for _, part := range []struct {
		name string
		run  func(context.Context) (string, error)
	}{{"scale", b.scale}, {"stores", b.stores}, {"browser", b.front}} {
		if only != "" && only != part.name {
			continue
		}
		section, err := part.run(ctx)
		if err != nil {
			return "", fmt.Errorf("%s: %w", part.name, err)
		}
		load, _ := figures.Load()
		text.WriteString("\n" + section + "\nLoad average after it: " + load + ".\n")
	}
	return text.String(), nil
}

// asked are the flags that change what is measured.
func asked() string {
	var text string
	flag.Visit(func(f *flag.Flag) {
		if f.Name != "ftpkg" && f.Name != "o" {
			text += " -" + f.Name + "=" + f.Value.String()
		}
	})
	return text
}

// limit notes that a figure which does not depend on the machine's speed is too high.
func (b *bench) limit(what string, got, most float64, unit string) {
	if got > most {
		b.over = append(b.over, fmt.Sprintf("%s: %.1f %s; at most %.0f are wanted", what, got, unit, most))
	}
}
