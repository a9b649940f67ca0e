//go:build linux

// Command bench-probe times what `ftpkg probe` adds to loading packages, beside
// the bare interpreter doing the same: one process, many of them, the memory of
// ftpkg itself, and its start.
//
//	go run ./scripts/bench-probe -python PYTHON
//
// It writes its section of docs/benchmarks.md. What is compared takes turns, so
// that a machine that grows slower does so for all of it.
package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/probe/environment"
	"github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/scripts/internal/figures"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench-probe:", err)
		os.Exit(1)
	}
}

// A bench is what all parts of a run share.
type bench struct {
	tmp    string
	ftpkg  string // the program
	cache  string // its cache, with the packages in it
	python *runtime.Info
	env    *environment.Environment
	names  []string // of small packages in env, each of which imports numpy
	runs   int
}

// packages are those whose probing is watched for memory.
var packages = []string{"numpy", "pandas", "scipy"}

func run() error {
	var b bench
	python := flag.String("python", os.Getenv("FTPKG_BENCH_PYTHON"), "free-threaded interpreter")
	flag.StringVar(&b.ftpkg, "ftpkg", "", "measure the program at `path` instead of building it")
	flag.StringVar(&b.cache, "cache-dir", "", "`folder` of a cache to fill and use; without it, a new one")
	flag.IntVar(&b.runs, "n", 25, "counted runs of each command")
	probes := flag.Int("probes", 40, "processes of the comparison of --jobs")
	only := flag.String("only", "", "measure only this part: process, jobs, memory or start")
	out := flag.String("o", "docs/benchmarks.md", "file whose section to write; - prints it")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if b.tmp, err = os.MkdirTemp("", "bench-probe"); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(b.tmp) }()
	if err := b.prepare(ctx, *python, *probes); err != nil {
		return err
	}
	var text strings.Builder
	fmt.Fprintf(&text, "`go run ./scripts/bench-probe` on %s; %s.\n", time.Now().UTC().Format(time.DateOnly), figures.Machine())
	fmt.Fprintf(&text, "CPython %s; %s.\n", b.python.Version, b.installed())
	for _, part := range []struct {
		name string
		run  func(context.Context) (string, error)
	}{{"process", b.process}, {"jobs", b.jobs}, {"memory", b.memory}, {"start", b.start}} {
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
	return figures.WriteSection(*out, "Probe", text.String())
}

// prepare builds the program, has it fill the cache, and makes an environment of
// what is then there: numpy, and small packages that import it.
func (b *bench) prepare(ctx context.Context, python string, probes int) (err error) {
	if b.ftpkg == "" {
		b.ftpkg = filepath.Join(b.tmp, "ftpkg")
		if err := figures.Build(ctx, b.ftpkg); err != nil {
			return err
		}
	}
	if b.python, err = runtime.Ask(ctx, python); err != nil {
		return err
	}
	if b.cache == "" {
		b.cache = filepath.Join(b.tmp, "cache")
	}
	report, err := b.probe(ctx, "--python", b.python.Executable, "--lane", "import", packages[0])
	if err != nil {
		return err
	}
	var wheels []environment.Wheel
	for _, w := range report.Results[0].Evidence.Wheels { // numpy's, which has no other requirements
		sum, err := hex.DecodeString(w.SHA256)
		if err != nil || len(sum) != 32 {
			return fmt.Errorf("%s: no digest", w.File)
		}
		wheels = append(wheels, environment.Wheel{Filename: w.File, SHA256: [32]byte(sum), HasSHA256: true, Open: func(context.Context) (environment.File, error) {
			return nil, errors.New("it is not in the store")
		}})
	}
	for i := range max(probes, 1) {
		name := fmt.Sprintf("benchprobe%d", i)
		wheels = append(wheels, small(name))
		b.names = append(b.names, name)
	}
	b.env, err = environment.OpenStore(filepath.Join(b.cache, "wheels")).Create(ctx, filepath.Join(b.tmp, "env"), b.python, wheels, environment.Options{})
	return err
}

// small returns a wheel of one module that imports numpy: a package with nothing of
// its own to load.
func small(name string) environment.Wheel {
	files := []struct{ path, text string }{
		{name + ".py", "import numpy\n"},
		{name + "-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1\n"},
		{name + "-1.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: bench-probe\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
	}
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	record := ""
	add := func(path, text string) {
		w, err := z.Create(path)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			panic(err) // in memory
		}
	}
	for _, f := range files {
		sum := sha256.Sum256([]byte(f.text))
		record += fmt.Sprintf("%s,sha256=%s,%d\n", f.path, base64.RawURLEncoding.EncodeToString(sum[:]), len(f.text))
		add(f.path, f.text)
	}
	add(name+"-1.dist-info/RECORD", record+name+"-1.dist-info/RECORD,,\n")
	if err := z.Close(); err != nil {
		panic(err)
	}
	return environment.Wheel{
		Filename: name + "-1-py3-none-any.whl", SHA256: sha256.Sum256(packed.Bytes()), HasSHA256: true,
		Open: func(context.Context) (environment.File, error) { return inMemory{bytes.NewReader(packed.Bytes())}, nil },
	}
}

// inMemory is a file of a wheel that is in memory.
type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

// probe runs `ftpkg probe` with what the cache has, or gets, and returns its answer.
func (b *bench) probe(ctx context.Context, args ...string) (*probe.Report, error) {
	out, err := output(b.command(ctx, args...))
	if err != nil {
		return nil, err
	}
	var report probe.Report
	if err := json.Unmarshal(out, &report); err != nil {
		return nil, fmt.Errorf("ftpkg probe: %w", err)
	}
	return &report, nil
}

// command is `ftpkg probe`.
func (b *bench) command(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, b.ftpkg, append([]string{
		"probe", "--no-config", "--format", "json", "--cache-dir", b.cache,
	}, args...)...)
}

// output runs a command to its end. That ftpkg's answer is a no is none of an error.
func output(cmd *exec.Cmd) ([]byte, error) {
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 && len(out) > 0 {
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, errs.String())
	}
	return out, nil
}

// installed names the packages of the environment.
func (b *bench) installed() string {
	var names []string
	for _, d := range b.env.Distributions {
		if !strings.HasPrefix(d.Name, "benchprobe") {
			names = append(names, d.Name+" "+d.Version)
		}
	}
	return strings.Join(names, ", ")
}
