package probe

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/environment"
	"github.com/ftpkg/ftpkg/probe/sandbox"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/pep508"
)

//go:embed build.py
var buildProgram string

// buildTimeout is how many times as long as an import a build may take.
const buildTimeout = 15

// maxRequires bounds the answer of a build backend, in bytes.
const maxRequires = 64 << 10

// A BuildError says that a source distribution could not be built.
type BuildError struct {
	Sdist  string
	Reason string
}

func (e *BuildError) Error() string { return e.Sdist + " cannot be built: " + e.Reason }

// A builder builds one source distribution. What it takes is resolved and
// installed by ourselves, from wheels; everything that runs code of the package,
// or of its backend, runs in the sandbox and has no network.
type builder struct {
	prober *Prober
	dir    string // of its own
	sdist  string // in dir
}

// build makes a wheel of a source distribution and returns its path.
func (p *Prober) build(ctx context.Context, pkg *resolver.Package, sdist environment.File) (string, error) {
	dir, err := os.MkdirTemp(p.WorkDir, "build-")
	if err != nil {
		return "", fmt.Errorf("no room for a build: %w", err)
	}
	b := &builder{prober: p, dir: dir, sdist: filepath.Join(dir, filepath.Base(pkg.File))}
	if err := copyTo(b.sdist, sdist); err != nil {
		return "", err
	}
	requires, err := b.requires(ctx, p.Runtime.Executable, nil, "read")
	if err != nil {
		return "", err
	}
	env, err := b.environment(ctx, requires)
	if err != nil {
		return "", err
	}
	more, err := b.requires(ctx, env.Python, env, "ask")
	if err != nil {
		return "", err
	}
	if len(more) > 0 {
		if env, err = b.environment(ctx, append(requires, more...)); err != nil {
			return "", err
		}
	}
	return b.wheel(ctx, env)
}

// requires runs the program that says what building takes.
func (b *builder) requires(ctx context.Context, python string, env *environment.Environment, what string) ([]string, error) {
	out, err := os.MkdirTemp(b.dir, "answer-")
	if err != nil {
		return nil, err
	}
	answer := filepath.Join(out, "requires.json")
	if err := b.run(ctx, python, env, out, "-I", "-B", "-c", buildProgram, b.sdist, answer, what); err != nil {
		return nil, err
	}
	f, err := os.Open(answer)
	if err != nil {
		return nil, b.fail("its backend left no answer")
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxRequires))
	if err != nil {
		return nil, err
	}
	var requires []string
	if err := json.Unmarshal(data, &requires); err != nil {
		return nil, b.fail("its backend's answer cannot be read")
	}
	return requires, nil
}

// environment installs what building takes, and pip, which drives the backend.
func (b *builder) environment(ctx context.Context, requires []string) (*environment.Environment, error) {
	p := b.prober
	req := &resolver.Request{Like: vocab.LikePip}
	for _, text := range append([]string{"pip"}, requires...) {
		r, err := pep508.Parse(text)
		if err != nil {
			return nil, b.fail("it asks for " + text)
		}
		req.Requirements = append(req.Requirements, resolver.Requirement{Requirement: r, Origin: filepath.Base(b.sdist)})
	}
	cell, err := p.choose(ctx, &Subject{Request: req}, true)
	if err != nil {
		return nil, err
	}
	if cell.Installable != vocab.InstallableWheels {
		reason := "what it takes to build it cannot be installed"
		if len(cell.Problems) > 0 {
			reason += ": " + cell.Problems[0].Message
		}
		return nil, b.fail(reason)
	}
	dir, err := os.MkdirTemp(b.dir, "env-")
	if err != nil {
		return nil, err
	}
	return p.create(ctx, dir, p.wheels(cell))
}

// wheel builds.
func (b *builder) wheel(ctx context.Context, env *environment.Environment) (string, error) {
	out, err := os.MkdirTemp(b.dir, "wheel-")
	if err != nil {
		return "", err
	}
	err = b.run(ctx, env.Python, env, out, "-I", "-B", "-m", "pip", "wheel", "--no-build-isolation", "--no-deps", "--no-index", "--no-cache-dir",
		"--disable-pip-version-check", "--no-input", "--wheel-dir", out, b.sdist)
	if err != nil {
		return "", err
	}
	made, err := filepath.Glob(filepath.Join(out, "*.whl"))
	if err != nil || len(made) != 1 {
		return "", b.fail(fmt.Sprintf("%d wheels came out", len(made)))
	}
	return made[0], nil
}

// run runs a program of the build in the sandbox; it may write to out.
func (b *builder) run(ctx context.Context, python string, env *environment.Environment, out string, args ...string) error {
	p := b.prober
	leave, err := p.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	scratch, err := os.MkdirTemp(p.WorkDir, "scratch-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	read := []string{b.sdist, p.Runtime.BasePrefix, p.Runtime.Include, p.Runtime.Prefix}
	if env != nil {
		read = append(read, p.readable(env)...)
	}
	wall := p.options.Timeout * buildTimeout
	output := &capped{limit: maxOutput}
	exit, err := p.Sandbox.Run(ctx, &sandbox.Cmd{
		Path: python, Args: args, Env: environ(scratch), Stdout: output, Stderr: output,
		Policy: sandbox.Policy{
			Read: existing(read), Write: []string{out}, Scratch: scratch, ScratchBytes: buildScratch, FileSize: buildScratch,
			Memory: p.options.Memory, CPU: wall, Wall: wall,
		},
	})
	switch {
	case err != nil:
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	case exit.Killed != "":
		return b.fail("the build was ended: " + string(exit.Killed))
	case exit.Signal != "":
		return b.fail("the build died of " + exit.Signal)
	case exit.Code != 0:
		return b.fail(buildFailure(output.String()))
	}
	return nil
}

// buildScratch bounds what a build may write.
const buildScratch = 2 << 30

// buildFailure finds the line that says most of what a failed build printed: the
// last that tells of an error.
func buildFailure(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for _, mark := range []string{"error:", "Error: ", "Error"} {
		for _, line := range slices.Backward(lines) {
			if strings.Contains(line, mark) && !slices.ContainsFunc(pipsWords, func(s string) bool { return strings.Contains(line, s) }) {
				return shorten(line, maxDetail)
			}
		}
	}
	return shorten(lines[len(lines)-1], maxDetail)
}

// pipsWords are in lines by which pip says that something failed, not what.
var pipsWords = []string{"subprocess-exited-with-error", "Failed to build", "failed-wheel-build"}

func (b *builder) fail(reason string) error { return &BuildError{filepath.Base(b.sdist), reason} }

// existing leaves out what is not there.
func existing(paths []string) []string {
	var kept []string
	for _, path := range paths {
		if _, err := os.Stat(path); err == nil && path != "" {
			kept = append(kept, path)
		}
	}
	return kept
}

// copyTo writes a file down under a name.
func copyTo(name string, f environment.File) (err error) {
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, io.NewSectionReader(f, 0, f.Size()))
	return errors.Join(err, out.Close(), f.Close())
}

// A diskFile is a file on this machine as environments take it.
type diskFile struct {
	*os.File

	size int64
}

func (f *diskFile) Size() int64 { return f.size }

func openFile(name string) (environment.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	st, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &diskFile{f, st.Size()}, nil
}

// built makes the wheels of a cell in which some have to be built.
func (p *Prober) built(ctx context.Context, cell *resolver.Cell) ([]environment.Wheel, error) {
	wheels := p.wheels(cell)
	for i := range cell.Packages {
		pkg := &cell.Packages[i]
		if pkg.FileKind != vocab.FileSdist {
			continue
		}
		f, err := wheels[i].Open(ctx)
		if err != nil {
			return nil, err
		}
		name, err := p.build(ctx, pkg, f)
		if err != nil {
			return nil, err
		}
		wheels[i] = environment.Wheel{Filename: filepath.Base(name), Open: func(context.Context) (environment.File, error) { return openFile(name) }}
	}
	return wheels, nil
}

// buildPackage builds a package and returns the requirement on the very wheel.
func (p *Prober) buildPackage(ctx context.Context, pkg *resolver.Package) (*resolver.Requirement, error) {
	f, err := p.Open(ctx, pkg.URL, digestOf(pkg))
	if err != nil {
		return nil, err
	}
	name, err := p.build(ctx, pkg, f)
	if err != nil {
		return nil, err
	}
	path := filepath.ToSlash(name)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	r, err := pep508.Parse(pkg.Name + " @ " + (&url.URL{Scheme: "file", Path: path}).String())
	if err != nil {
		return nil, err
	}
	return &resolver.Requirement{Requirement: r, Origin: filepath.Base(name)}, nil
}
