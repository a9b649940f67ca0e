//go:build unix

// Command bench times ftpkg beside uv and pip on one requirements file and
// writes its section of docs/benchmarks.md.
//
// The commands take turns, so that a machine that grows slower does so for all
// of them, and medians are compared. What is missing, uv or a free-threaded
// interpreter, is left out and said so.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/ftpkg/ftpkg/scripts/internal/figures"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	var b bench
	flag.StringVar(&b.input, "r", "examples/requirements.txt", "requirements `file`")
	flag.StringVar(&b.uv, "uv", "uv", "uv executable")
	flag.StringVar(&b.python, "python", os.Getenv("FTPKG_BENCH_PYTHON"), "free-threaded interpreter that uv and pip resolve with")
	flag.IntVar(&b.runs, "n", 5, "counted runs of each command")
	out := flag.String("o", "docs/benchmarks.md", "file whose section to write")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	text, err := b.run(ctx)
	if err != nil {
		return err
	}
	return figures.WriteSection(*out, "Resolve", text)
}

type bench struct {
	input, uv, python string
	runs              int
	tmp, ftpkg        string
}

// A contender is one command of a comparison.
type contender struct {
	name string
	// argv are the processes that make one figure: uv takes one a target.
	argv   [][]string
	before func() error // not timed
	wall   []time.Duration
	peak   []int64 // KiB, of the largest process
}

func (b *bench) run(ctx context.Context) (string, error) {
	var err error
	if b.tmp, err = os.MkdirTemp("", "ftpkg-bench"); err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(b.tmp) }()
	b.ftpkg = filepath.Join(b.tmp, "ftpkg")
	if err := figures.Build(ctx, b.ftpkg); err != nil {
		return "", err
	}
	if path, err := exec.LookPath(b.uv); err == nil {
		b.uv = path
	} else {
		b.uv = ""
	}
	var doc strings.Builder
	fmt.Fprintf(&doc, "`go run ./scripts/bench` on %s: %s. Input: `%s`.\n", time.Now().UTC().Format(time.DateOnly), figures.Machine(), b.input)
	fmt.Fprintf(&doc, "Versions: %s; %s; %s.\n", line(ctx, b.ftpkg, "version"), line(ctx, b.uv, "--version"), line(ctx, b.python, "-VV"))
	fmt.Fprintf(&doc, "Each figure is the median of %d runs after one that is not counted; the commands took turns. Wall time of the whole process; memory is the peak of the largest process.\n", b.runs)
	for _, section := range []func(context.Context) (string, error){b.warm, b.cold} {
		text, err := section(ctx)
		if err != nil {
			return "", err
		}
		doc.WriteString(text)
	}
	return doc.String(), nil
}

// warm compares runs that need no network.
func (b *bench) warm(ctx context.Context) (string, error) {
	cache, uvCache := filepath.Join(b.tmp, "warm"), filepath.Join(b.tmp, "uv-warm")
	fill := exec.CommandContext(ctx, b.ftpkg, b.resolve(cache)...)
	if out, err := fill.CombinedOutput(); err != nil && !isAnswer(err) {
		return "", fmt.Errorf("filling the cache: %w: %s", err, out)
	}
	list := []*contender{{name: "ftpkg, 12 cells", argv: [][]string{append([]string{b.ftpkg}, b.resolve(cache, "--offline")...)}}}
	if b.uv != "" && b.python != "" {
		var all [][]string
		for _, platform := range uvPlatforms {
			all = append(all, b.compile(platform, uvCache, "--offline"), b.compile(platform, uvCache, "--offline"))
			if out, err := exec.CommandContext(ctx, b.uv, b.compile(platform, uvCache)[1:]...).CombinedOutput(); err != nil {
				return "", fmt.Errorf("uv: %w: %s", err, out)
			}
		}
		list = append(list, &contender{name: "uv, one target", argv: all[:1]}, &contender{name: "uv, twelve targets", argv: all})
	}
	if err := b.turns(ctx, list); err != nil {
		return "", err
	}
	return "\n### Warm, offline\n\n" + render(list), nil
}

// cold compares runs with empty caches on the default index.
func (b *bench) cold(ctx context.Context) (string, error) {
	cache, uvCache := filepath.Join(b.tmp, "cold"), filepath.Join(b.tmp, "uv-cold")
	empty := func(dir string) func() error { return func() error { return os.RemoveAll(dir) } }
	list := []*contender{
		{name: "ftpkg, 12 cells", before: empty(cache), argv: [][]string{append([]string{b.ftpkg}, b.resolve(cache)...)}},
		{name: "ftpkg, 12 cells, --trust-metadata", before: empty(cache), argv: [][]string{append([]string{b.ftpkg}, b.resolve(cache, "--trust-metadata")...)}},
	}
	if b.uv != "" && b.python != "" {
		list = append(list, &contender{name: "uv, one target", before: empty(uvCache), argv: [][]string{b.compile(uvPlatforms[0], uvCache)}})
	}
	if err := b.turns(ctx, list); err != nil {
		return "", err
	}
	text := "\n### Cold\n\n" + render(list) + "\nRequests:\n\n"
	if err := os.RemoveAll(cache); err != nil {
		return "", err
	}
	stderr, err := b.stderr(ctx, append([]string{b.ftpkg}, b.resolve(cache, "-v")...))
	if err != nil {
		return "", err
	}
	for l := range strings.Lines(stderr) {
		if strings.Contains(l, "request") {
			text += "- ftpkg: " + strings.TrimSpace(l) + "\n"
		}
	}
	if b.uv != "" && b.python != "" {
		if err := os.RemoveAll(uvCache); err != nil {
			return "", err
		}
		stderr, err := b.stderr(ctx, b.compile(uvPlatforms[0], uvCache, "-v"))
		if err != nil {
			return "", err
		}
		text += fmt.Sprintf("- uv, one target: %d GET and %d HEAD requests logged, range requests for metadata apart\n",
			strings.Count(stderr, "Sending fresh GET request"), strings.Count(stderr, "Sending fresh HEAD request"))
	}
	return text + "\n" + b.pip(ctx), nil
}

// pip times one resolution by pip, which has no other way than to install.
func (b *bench) pip(ctx context.Context) string {
	if b.python == "" {
		return ""
	}
	start := time.Now()
	args := []string{
		b.python, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--no-cache-dir",
		"--only-binary", ":all:", "-r", b.input,
	}
	stderr, err := b.stderr(ctx, args)
	took := time.Since(start).Round(10 * time.Millisecond)
	if err != nil { // pip stops at the first package it cannot have; that is its answer
		last := strings.TrimSpace(regexp.MustCompile(`(?m)^ERROR: .*$`).FindString(stderr))
		return fmt.Sprintf("pip, the interpreter's own target, cold, once: %v, ending in %q.\n", took, last)
	}
	return fmt.Sprintf("pip, the interpreter's own target, cold, once: %v.\n", took)
}

var uvPlatforms = []string{
	"x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "x86_64-apple-darwin", "aarch64-apple-darwin",
	"x86_64-pc-windows-msvc", "aarch64-pc-windows-msvc",
}

func (b *bench) resolve(cache string, more ...string) []string {
	return append([]string{"resolve", "-r", b.input, "--cache-dir", cache, "--format", "json", "-o", os.DevNull}, more...)
}

func (b *bench) compile(platform, cache string, more ...string) []string {
	return append([]string{
		b.uv, "pip", "compile", "-p", b.python, "--python-version", "3.14", "--python-platform", platform,
		"--cache-dir", cache, "--no-config", b.input, "-o", filepath.Join(b.tmp, "uv.txt"), "--upgrade",
	}, more...)
}

// turns runs the contenders one after the other, round by round.
func (b *bench) turns(ctx context.Context, list []*contender) error {
	for round := range b.runs + 1 {
		for _, c := range list {
			if c.before != nil {
				if err := c.before(); err != nil {
					return err
				}
			}
			var wall time.Duration
			var peak int64
			for _, argv := range c.argv {
				cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
				var stderr bytes.Buffer
				cmd.Stderr = &stderr
				start := time.Now()
				err := cmd.Run()
				wall += time.Since(start)
				if err != nil && !isAnswer(err) {
					return fmt.Errorf("%s: %w: %s", c.name, err, stderr.String())
				}
				if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
					peak = max(peak, usage.Maxrss)
				}
			}
			if round > 0 {
				c.wall, c.peak = append(c.wall, wall), append(c.peak, peak)
			}
		}
	}
	return nil
}

// isAnswer reports whether a command ended with status 1, an answer of no.
func isAnswer(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && exit.ExitCode() == 1
}

func (b *bench) stderr(ctx context.Context, argv []string) (text string, err error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	var e bytes.Buffer
	cmd.Stderr = &e
	if err = cmd.Run(); isAnswer(err) {
		err = nil
	}
	return e.String(), err
}

func render(list []*contender) string {
	text := "| command | median | fastest | slowest | of the first | peak memory |\n|---|---|---|---|---|---|\n"
	var base time.Duration
	for i, c := range list {
		wall := slices.Sorted(slices.Values(c.wall))
		peak := slices.Sorted(slices.Values(c.peak))
		median := wall[len(wall)/2]
		if i == 0 {
			base = median
		}
		text += fmt.Sprintf("| %s | %.3f s | %.3f s | %.3f s | %.2f × | %.0f MB |\n", c.name, median.Seconds(),
			wall[0].Seconds(), wall[len(wall)-1].Seconds(), float64(median)/float64(base), float64(peak[len(peak)/2])/1000)
	}
	return text
}

// line is the first line a command prints, or that it is missing.
func line(ctx context.Context, argv ...string) string {
	if argv[0] == "" {
		return "one tool missing"
	}
	out, err := exec.CommandContext(ctx, argv[0], argv[1:]...).Output()
	if err != nil {
		return argv[0] + " missing"
	}
	first, _, _ := strings.Cut(string(out), "\n")
	return first
}
