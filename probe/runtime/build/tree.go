package build

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/wheeltags"
)

// A tree is one build directory:
//
//	state.json   how far the build is
//	build/       where configure and make run
//	stage/       DESTDIR of make install
type tree struct {
	*Options
	lock   *os.File
	source *source
	prefix string
	dir    string
	log    string

	missing []string // see Result
}

// state is what a tree's state.json says.
type state struct {
	// Arguments are configure's, the program included. A tree of others is of no
	// use.
	Arguments []string `json:"arguments"`
	// Configured says that configure is through.
	Configured bool `json:"configured"`
}

// build goes through the steps that are left, and returns the directory that
// holds what will be the prefix.
func (t *tree) build(ctx context.Context, version wheeltags.Python) (string, error) {
	log, err := os.Create(t.log)
	if err != nil {
		return "", err
	}
	defer func() { _ = log.Close() }()
	if err := t.configure(ctx, log, t.arguments(version)); err != nil {
		return "", err
	}
	if err := t.discardTorn(); err != nil {
		return "", err
	}
	jobs := t.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	count, err := t.plan(ctx, log)
	if err != nil {
		return "", err
	}
	modules := new(missingModules)
	err = t.run(ctx, log, StepMake, count, modules, t.look("make"), "-j"+strconv.Itoa(jobs))
	if err != nil {
		return "", err
	}
	t.missing = modules.names
	stage := filepath.Join(t.dir, "stage")
	if err := os.RemoveAll(stage); err != nil { // what a killed install left
		return "", err
	}
	err = t.run(ctx, log, StepInstall, lines{}, nil, t.look("make"), "install", "DESTDIR="+stage)
	return filepath.Join(stage, t.prefix), err
}

// arguments is how configure is called.
func (t *tree) arguments(version wheeltags.Python) []string {
	args := []string{
		filepath.Join(t.source.dir, "configure"),
		"--prefix=" + t.prefix,
		// CPython's own tests are half of an installation, and its static library
		// a third of the rest.
		"--disable-test-modules", "--without-static-libpython",
	}
	if version.FreeThreaded {
		args = append(args, "--disable-gil")
	}
	if version.Debug {
		args = append(args, "--with-pydebug")
	} else {
		// The default but for -g, which takes a fifth of the time and half of the
		// space.
		args = append(args, "OPT=-DNDEBUG -fwrapv -O3 -Wall")
	}
	return args
}

func (t *tree) buildDir() string  { return filepath.Join(t.dir, "build") }
func (t *tree) stateFile() string { return filepath.Join(t.dir, "state.json") }

// configure runs configure unless it went through before.
func (t *tree) configure(ctx context.Context, log *os.File, args []string) error {
	var was state
	text, err := os.ReadFile(t.stateFile())
	if err == nil && json.Unmarshal(text, &was) == nil && was.Configured && slices.Equal(was.Arguments, args) {
		return nil
	}
	if err := os.RemoveAll(t.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(t.buildDir(), 0o755); err != nil {
		return err
	}
	if err := t.run(ctx, log, StepConfigure, t.checks(), nil, args[0], args[1:]...); err != nil {
		return err
	}
	if text, err = json.Marshal(state{args, true}); err != nil {
		return err
	}
	return replaceFile(t.stateFile(), text)
}

// tornWindow is how long before a build's last sign of life a file may have been
// written and still be torn.
const tornWindow = 30 * time.Second

// discardTorn removes what may be half written. A make that is told to stop
// removes what it was making; one that is killed, or loses its power, leaves
// files that look finished to the next one. They are among those written last,
// so those are made again.
func (t *tree) discardTorn() error {
	configured, err := os.Stat(t.stateFile())
	if err != nil {
		return err
	}
	written := map[string]time.Time{}
	var last time.Time
	err = filepath.WalkDir(t.buildDir(), func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || strings.HasPrefix(d.Name(), "Makefile") || strings.HasPrefix(d.Name(), "config.") {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if at := info.ModTime(); at.After(configured.ModTime()) {
			written[name] = at
			if at.After(last) {
				last = at
			}
		}
		return nil
	})
	for name, at := range written {
		if last.Sub(at) <= tornWindow {
			err = errors.Join(err, os.Remove(name))
		}
	}
	return err
}
