package runtime

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// A Chooser takes an interpreter from the first place that has one that serves:
// the one given, those that are managed, the one the program carries, those
// found on the machine; else it installs one.
type Chooser struct {
	Manager *Manager
	Finder  *Finder
	// Bundle is the runtime this program carries, nil if it carries none.
	Bundle *Bundle
	// Spare, if not nil, returns a directory in the place of the Manager's, to
	// unpack the bundle in where that can't be written or isn't known.
	Spare func() (string, error)
	// Preferred is the series to take where nothing is asked for: 3.14t.
	Preferred wheeltags.Python
	// NoInstall leaves out the last resort.
	NoInstall bool
	// Progress, if not nil, is called while an archive is copied, as by
	// [Manager.Install].
	Progress func(done, total int64)
}

// A FlavourError says that an interpreter that was given is not of the build
// that is needed.
type FlavourError struct {
	Path string
	// Is is what it is; Want what is wanted, nil for any free-threaded one.
	Is   wheeltags.Python
	Want *wheeltags.Python
}

func (e *FlavourError) Error() string {
	flavour := "a GIL build"
	if e.Is.FreeThreaded {
		flavour = "a free-threaded build"
	}
	want := "a free-threaded one"
	if e.Want != nil {
		want = e.Want.String()
	}
	return fmt.Sprintf("%s is %s, %s; %s is needed", e.Path, e.Is, flavour, want)
}

// A GivenError says that the user's word for an interpreter leads to none.
type GivenError struct {
	Word string
	Err  error
}

func (e *GivenError) Error() string { return fmt.Sprintf("python %q: %v", e.Word, e.Err) }

func (e *GivenError) Unwrap() error { return e.Err }

// ErrNoRuntime says that no interpreter serves and none was to be installed.
var ErrNoRuntime = errors.New("there is no such runtime on this machine")

// Choose returns an interpreter. want is the version and flavour that must be
// served; nil is any free-threaded one, the preferred series before newer and
// those before older ones. given, if not "", is the user's word: a path to an
// interpreter, an environment or an installation, the name of a program on PATH,
// or a version ("3.13t") that then is what is wanted. announce is called before
// anything is installed. A build with the GIL is never taken for a free-threaded
// one, whatever it is called.
//
// Errors are a *GivenError, a *FlavourError, ErrNoRuntime and those of
// [Manager.Install].
func (c *Chooser) Choose(ctx context.Context, want *wheeltags.Python, given string, announce func(string)) (*Runtime, error) {
	if given != "" {
		r, version, err := c.given(ctx, given)
		if err != nil {
			return nil, err
		}
		if r != nil {
			if err := c.serves(r, want); err != nil {
				return nil, err
			}
			return r, nil
		}
		if want != nil && !satisfies(*version, *want) && !satisfies(*want, *version) {
			return nil, &GivenError{given, fmt.Errorf("%s is needed", want)}
		}
		want = version
	}
	managed, err := c.Manager.List(ctx)
	if err != nil {
		return nil, err
	}
	var own []*Runtime
	for _, one := range managed {
		if one.Runtime != nil {
			own = append(own, one.Runtime)
		}
	}
	if r := c.best(own, want); r != nil {
		return r, nil
	}
	if c.Bundle != nil && (want == nil && c.Bundle.Python.FreeThreaded || want != nil && satisfies(c.Bundle.Python, *want)) {
		return c.addBundle(ctx)
	}
	found, _, err := c.Finder.Find(ctx)
	if err != nil {
		return nil, err
	}
	if r := c.best(found, want); r != nil {
		return r, nil
	}
	return c.install(ctx, want, announce)
}

func (c *Chooser) install(ctx context.Context, want *wheeltags.Python, announce func(string)) (*Runtime, error) {
	wanted := c.Preferred
	if want != nil {
		wanted = *want
	}
	if c.NoInstall {
		return nil, fmt.Errorf("CPython %s: %w", wanted, ErrNoRuntime)
	}
	b, err := c.Manager.Catalogue.Find(wanted, c.Manager.Platform)
	if err != nil {
		return nil, err
	}
	if can, err := c.Manager.reaches(b); err == nil && can && announce != nil {
		announce(fmt.Sprintf("installing CPython %s in %s", b.Python(), c.Manager.Dir(b.Name())))
	}
	return c.Manager.install(ctx, b, c.Progress)
}

// given reads the user's word: an interpreter, or else a version.
func (c *Chooser) given(ctx context.Context, word string) (*Runtime, *wheeltags.Python, error) {
	path := word
	if !strings.ContainsAny(word, `/\`) {
		if path = c.Finder.Look(word); path == "" {
			version, err := wheeltags.ParsePython(word)
			if err != nil {
				return nil, nil, &GivenError{word, errors.New("no path, no program on PATH and no version such as 3.14t")}
			}
			return nil, &version, nil
		}
	}
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		if path, err = programIn(path); err != nil {
			return nil, nil, &GivenError{word, err}
		}
	}
	info, err := Ask(ctx, path)
	switch {
	case ctx.Err() != nil:
		return nil, nil, context.Cause(ctx)
	case err != nil:
		return nil, nil, &GivenError{word, err}
	}
	return &Runtime{Info: *info, Source: vocab.RuntimeGiven}, nil, nil
}

// serves returns a *FlavourError if a runtime that was given isn't what is wanted.
func (c *Chooser) serves(r *Runtime, want *wheeltags.Python) error {
	if want == nil && r.FreeThreaded || want != nil && satisfies(r.Python(), *want) {
		return nil
	}
	return &FlavourError{r.Executable, r.Python(), want}
}

// best returns the runtime of a place that serves best, nil if none does.
func (c *Chooser) best(all []*Runtime, want *wheeltags.Python) *Runtime {
	var serving []*Runtime
	for _, r := range all {
		if c.serves(r, want) == nil {
			serving = append(serving, r)
		}
	}
	if len(serving) == 0 {
		return nil
	}
	return slices.MinFunc(serving, func(a, b *Runtime) int {
		p, q := a.Python(), b.Python()
		// The preferred series, then final releases, then the newest.
		if d := boolOrder(p.Minor == c.Preferred.Minor, q.Minor == c.Preferred.Minor); want == nil && d != 0 {
			return d
		}
		if d := boolOrder(p.Pre == "", q.Pre == ""); d != 0 {
			return d
		}
		if d := boolOrder(!p.Debug, !q.Debug); d != 0 {
			return d
		}
		return newestFirst(a, b)
	})
}
