// Command bench-environment times making an environment from a warm store beside
// uv doing the same from its warm cache: the same interpreter, the same wheels,
// the same file system. uv's answer to the requirements decides which versions
// both install.
//
//	go run ./scripts/bench-environment -python PYTHON numpy pandas scipy
//
// With -o it writes its section of docs/benchmarks.md.
//
// Unlike uv, ftpkg puts the .pyc files in as well. The commands take turns, so
// that a machine that grows slower does so for all of them.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/index"
	"github.com/ftpkg/ftpkg/probe/environment"
	"github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/scripts/internal/figures"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

func main() {
	run := benchmark
	if len(os.Args) == 2 && os.Args[1] == createWord {
		run = create
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench-environment:", err)
		os.Exit(1)
	}
}

// createWord makes this program a process that makes one environment, as it is
// told on standard input.
const createWord = "__create"

// A task is one environment to make.
type task struct {
	Store     string              `json:"store"`
	Dir       string              `json:"dir"`
	Python    *runtime.Info       `json:"python"`
	Wheels    map[string][32]byte `json:"wheels"`
	Copy      bool                `json:"copy"`
	NoCompile bool                `json:"no_compile"`
}

func (t *task) create(ctx context.Context) (*environment.Environment, error) {
	var wheels []environment.Wheel
	for name, sum := range t.Wheels {
		wheels = append(wheels, environment.Wheel{Filename: name, SHA256: sum, HasSHA256: true, Open: func(context.Context) (environment.File, error) {
			return nil, errors.New("the store is cold")
		}})
	}
	return environment.OpenStore(t.Store).Create(ctx, t.Dir, t.Python, wheels, environment.Options{Copy: t.Copy, NoCompile: t.NoCompile})
}

func create() error {
	var t task
	if err := json.NewDecoder(os.Stdin).Decode(&t); err != nil {
		return err
	}
	_, err := t.create(context.Background())
	return err
}

type bench struct {
	uv, python string
	out        string
	runs       int
	tmp        string
	py         *runtime.Info
	wheels     map[string][32]byte
	cold       time.Duration
}

func benchmark() error {
	var b bench
	dir := flag.String("dir", "", "`folder` for store and environments, on the file system to measure")
	flag.StringVar(&b.uv, "uv", "uv", "uv executable")
	flag.StringVar(&b.python, "python", os.Getenv("FTPKG_BENCH_PYTHON"), "interpreter")
	flag.StringVar(&b.out, "o", "", "`file` whose section to write; without it, the answer is only printed")
	flag.IntVar(&b.runs, "n", 15, "counted runs of each command")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	requirements := flag.Args()
	if len(requirements) == 0 {
		requirements = []string{"numpy", "pandas", "scipy"}
	}
	var err error
	if b.uv, err = exec.LookPath(b.uv); err != nil {
		fmt.Println("uv is not installed: environments are not compared")
		return nil
	}
	if b.tmp, err = os.MkdirTemp(*dir, "bench-environment"); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(b.tmp) }()
	if b.py, err = runtime.Ask(ctx, b.python); err != nil {
		return err
	}
	pins, err := b.uvInstalls(ctx, requirements)
	if err != nil {
		return err
	}
	if err := b.fill(ctx, pins); err != nil {
		return err
	}
	return b.compare(ctx, requirements)
}

// command runs a program to its end.
func command(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, errs.String())
	}
	return string(out), nil
}

// uvCreate makes an environment as people do with uv.
func (b *bench) uvCreate(ctx context.Context, dir string, offline bool, requirements []string) error {
	if _, err := command(ctx, b.uv, "venv", "-q", "--python", b.python, dir); err != nil {
		return err
	}
	args := []string{"pip", "install", "-q", "--only-binary", ":all:", "--cache-dir", filepath.Join(b.tmp, "uv-cache"), "--python", dir + "/bin/python"}
	if offline {
		args = append(args, "--offline")
	}
	_, err := command(ctx, b.uv, append(args, requirements...)...)
	return err
}

// uvInstalls fills uv's cache and returns what it installs.
func (b *bench) uvInstalls(ctx context.Context, requirements []string) (map[string]string, error) {
	dir := filepath.Join(b.tmp, "first")
	if err := b.uvCreate(ctx, dir, false, requirements); err != nil {
		return nil, err
	}
	out, err := command(ctx, b.uv, "pip", "freeze", "--python", dir+"/bin/python")
	if err != nil {
		return nil, err
	}
	pins := map[string]string{}
	for line := range strings.Lines(out) {
		if name, version, ok := strings.Cut(strings.TrimSpace(line), "=="); ok {
			pins[name] = version
		}
	}
	return pins, nil
}

// fill puts the wheels of pins into the store.
func (b *bench) fill(ctx context.Context, pins map[string]string) error {
	transport := fetch.NewTransport(fetch.TransportOptions{Proxy: http.ProxyFromEnvironment})
	defer transport.Close()
	client, err := index.New(index.Options{Now: time.Now, Doer: fetch.Limit(transport, 10, 20)})
	if err != nil {
		return err
	}
	defer client.Close()
	target, err := b.py.Target()
	if err != nil {
		return err
	}
	matcher := wheeltags.NewMatcher(target, wheeltags.UVOrder)
	b.wheels = map[string][32]byte{}
	var wheels []environment.Wheel
	for name, version := range pins {
		p, err := client.Project(ctx, name)
		if err != nil {
			return err
		}
		f, err := choose(p, version, matcher)
		if err != nil {
			return err
		}
		wheels = append(wheels, environment.Wheel{Filename: f.Filename, SHA256: f.SHA256, HasSHA256: f.HasSHA256, Open: func(ctx context.Context) (environment.File, error) {
			return client.Open(ctx, p.FileURL(f), &f.SHA256)
		}})
		b.wheels[f.Filename] = f.SHA256
	}
	begin := time.Now()
	env, err := environment.OpenStore(filepath.Join(b.tmp, "store")).Create(ctx, filepath.Join(b.tmp, "cold"), b.py, wheels, environment.Options{})
	if err != nil {
		return err
	}
	b.cold = time.Since(begin)
	if err := agree(filepath.Join(b.tmp, "first"), env.Dir); err != nil {
		return err
	}
	for _, d := range env.Distributions {
		fmt.Printf("%s %s: %d files, %d extensions, public %v %v\n", d.Name, d.Version, len(d.Files), len(d.Extensions), d.Public, d.Notes)
	}
	return nil
}

// agree compares what the two made: the same files with the same contents, but
// for what each writes of its own.
func agree(uv, ftpkg string) error {
	theirs, err := contents(uv)
	if err != nil {
		return err
	}
	ours, err := contents(ftpkg)
	if err != nil {
		return err
	}
	var faults []string
	for name, digest := range theirs {
		switch {
		case ours[name] == "":
			faults = append(faults, name+" is uv's only")
		case ours[name] != digest && filepath.Dir(name) != "bin": // programs are each one's own
			faults = append(faults, name+" differs")
		}
	}
	for name := range ours {
		if theirs[name] == "" {
			faults = append(faults, name+" is ftpkg's only")
		}
	}
	if len(faults) > 0 {
		slices.Sort(faults)
		return fmt.Errorf("the environments are not alike:\n%s", strings.Join(faults[:min(len(faults), 50)], "\n"))
	}
	fmt.Printf("%d files are the same in both environments\n", len(ours))
	return nil
}

// contents returns the digests of an environment's files by path, without .pyc
// files and what belongs to the tool that made it.
func contents(dir string) (map[string]string, error) {
	files := map[string]string{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(rel string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name := d.Name()
		switch {
		case filepath.Ext(name) == ".pyc",
			slices.Contains([]string{"RECORD", "INSTALLER", "REQUESTED", "uv_cache.json", "pyvenv.cfg", "CACHEDIR.TAG", ".gitignore", ".lock"}, name),
			strings.HasPrefix(name, "_virtualenv."), strings.HasPrefix(rel, "bin/activate"), rel == "bin/deactivate.bat", rel == "bin/pydoc.bat":
			return nil
		}
		b, err := fs.ReadFile(root, rel)
		files[rel] = fmt.Sprintf("%x", sha256.Sum256(b))
		return err
	})
	return files, err
}

// choose returns the best wheel of a version.
func choose(p *simple.Project, version string, m *wheeltags.Matcher) (*simple.File, error) {
	want, err := pep440.Parse(version)
	if err != nil {
		return nil, err
	}
	var best *simple.File
	least := int32(0)
	for i := range p.Releases {
		r := &p.Releases[i]
		if r.Version.Compare(want) != 0 {
			continue
		}
		for j := range r.Files {
			f := &r.Files[j]
			if f.Kind != simple.Wheel {
				continue
			}
			if rank, ok := m.Rank(&p.Tags[f.Tags]); ok && (best == nil || rank < least) {
				best, least = f, rank
			}
		}
	}
	if best == nil {
		return nil, fmt.Errorf("%s %s: no wheel", p.Name, version)
	}
	return best, nil
}

// compare lets the contenders take turns.
func (b *bench) compare(ctx context.Context, requirements []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	store := filepath.Join(b.tmp, "store")
	process := func(dir string) error {
		in, err := json.Marshal(task{Store: store, Dir: dir, Python: b.py, Wheels: b.wheels})
		if err != nil {
			return err
		}
		cmd := exec.CommandContext(ctx, self, createWord)
		cmd.Stdin = strings.NewReader(string(in))
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	}
	call := func(t task) func(string) error {
		t.Store, t.Python, t.Wheels = store, b.py, b.wheels
		return func(dir string) error {
			t.Dir = dir
			_, err := t.create(ctx)
			return err
		}
	}
	contenders := []struct {
		name string
		make func(dir string) error
		wall []time.Duration
	}{
		{name: "uv venv, uv pip install --offline", make: func(dir string) error { return b.uvCreate(ctx, dir, true, requirements) }},
		{name: "ftpkg, a process", make: process},
		{name: "ftpkg, a call", make: call(task{})},
		{name: "ftpkg, a call, without .pyc", make: call(task{NoCompile: true})},
		{name: "ftpkg, a call, copies", make: call(task{Copy: true})},
	}
	for run := range b.runs + 1 {
		for i := range contenders {
			c := &contenders[i]
			dir := filepath.Join(b.tmp, fmt.Sprintf("env-%d-%d", i, run))
			begin := time.Now()
			if err := c.make(dir); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			if wall := time.Since(begin); run > 0 { // the first warms the system's caches
				c.wall = append(c.wall, wall)
			}
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
		}
	}
	version, err := command(ctx, b.uv, "--version")
	if err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(b.wheels))
	text := fmt.Sprintf("`go run ./scripts/bench-environment` on %s: %s. %s; CPython %s; %s.\n", time.Now().UTC().Format(time.DateOnly),
		figures.Machine(), strings.TrimSpace(version), b.py.Version, strings.Join(names, ", "))
	text += fmt.Sprintf("An environment from a warm store, medians of %d runs that took turns; ftpkg's have .pyc files, uv's have none. Cold, once: %.1f s to fetch, unpack and compile.\n\n", b.runs, b.cold.Seconds())
	text += "| | median | fastest | of uv |\n|---|---|---|---|\n"
	first := figures.Median(contenders[0].wall)
	for i := range contenders {
		c := &contenders[i]
		m := figures.Median(c.wall)
		text += fmt.Sprintf("| %s | %.1f ms | %.1f ms | %.2f × |\n", c.name, m.Seconds()*1000, slices.Min(c.wall).Seconds()*1000, m.Seconds()/first.Seconds())
	}
	fmt.Print(text)
	if b.out == "" {
		return nil
	}
	return figures.WriteSection(b.out, "Environment", text)
}
