package runtime

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// archiveFolder is what all names in an archive begin with.
const archiveFolder = "python"

// Install installs the newest build that is wanted, unless it is there already.
// The archive is verified before a byte of it is unpacked; the runtime appears
// when it is whole and has said that it is what the catalogue promised. If that
// fails or ctx ends, nothing stays. progress, if not nil, is called while the
// archive is copied, with bytes; total is 0 if it is not known.
//
// Errors are a *NoBuildError, a *DigestError, an *ArchiveError, an *AskError,
// those of package fetch, and those of the file system.
func (m *Manager) Install(ctx context.Context, want wheeltags.Python, progress func(done, total int64)) (*Runtime, error) {
	b, err := m.Catalogue.Find(want, m.Platform)
	if err != nil {
		return nil, err
	}
	return m.install(ctx, b, progress)
}

func (m *Manager) install(ctx context.Context, b Build, progress func(done, total int64)) (*Runtime, error) {
	if can, err := m.reaches(b); err != nil {
		return nil, err
	} else if !can {
		// What is there already needs no network.
		if r, err := m.askManaged(ctx, b.Name()); err == nil {
			return r, nil
		}
		return nil, fmt.Errorf("%s: %w", b.Name(), ErrOffline)
	}
	return m.add(ctx, addition{
		marker: marker{Name: b.Name(), From: b.File(), SHA256: b.SHA256},
		python: b.Python(),
		fill: func(ctx context.Context, part, tree string) error {
			archive := filepath.Join(part, "archive")
			if err := m.get(ctx, b, archive, progress); err != nil {
				return err
			}
			f, err := os.Open(archive)
			if err != nil {
				return err
			}
			defer func() { _ = f.Close() }()
			return Unpack(ctx, f, tree, archiveFolder, archiveLimits())
		},
	})
}

// reaches reports whether there is a place that the archive of a build can be had
// from: without a network, only a folder is.
func (m *Manager) reaches(b Build) (bool, error) {
	places, err := m.archives(b)
	if err != nil {
		return false, err
	}
	return m.Client != nil || places[0].file != "", nil
}

// A Bundle is an archive that a program carries with it, in the form of
// python-build-standalone's.
type Bundle struct {
	// Name is that of the runtime: "cpython-3.14.7t+20260814-x86_64-linux-gnu".
	Name string
	// Python is what the archive holds.
	Python wheeltags.Python
	SHA256 Digest
	// Folder is what all names in the archive begin with.
	Folder string
	// Open returns the archive from its beginning.
	Open func() (io.ReadCloser, error)
}

// AddBundle installs a bundle, unless it is there already, as [Manager.Install]
// does with an archive of the catalogue.
func (m *Manager) AddBundle(ctx context.Context, b *Bundle) (*Runtime, error) {
	r, err := m.add(ctx, addition{
		marker: marker{Name: b.Name, From: "bundle", SHA256: b.SHA256},
		python: b.Python,
		fill: func(ctx context.Context, _, tree string) error {
			if err := verifyBundle(b); err != nil {
				return err
			}
			f, err := b.Open()
			if err != nil {
				return err
			}
			defer func() { _ = f.Close() }()
			return Unpack(ctx, f, tree, b.Folder, archiveLimits())
		},
	})
	if err != nil {
		return nil, err
	}
	r.Source = vocab.RuntimeBundled
	return r, nil
}

// verifyBundle reads a bundle to its end and compares its digest.
func verifyBundle(b *Bundle) error {
	f, err := b.Open()
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	var got Digest
	sum.Sum(got[:0])
	if got != b.SHA256 {
		return &DigestError{b.Name, b.SHA256, got}
	}
	return nil
}

// An addition is a runtime that is to be made.
type addition struct {
	marker
	python wheeltags.Python
	// fill makes the installation in the directory tree; part is another one that
	// is free to use and will be gone.
	fill func(ctx context.Context, part, tree string) error
}

func (m *Manager) add(ctx context.Context, a addition) (_ *Runtime, err error) {
	if err := os.MkdirAll(m.dir(), 0o755); err != nil {
		return nil, err
	}
	lock, err := m.lock(ctx, a.Name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = lock.Close() }()
	if _, err := os.Lstat(m.Dir(a.Name)); err == nil {
		r, err := m.askManaged(ctx, a.Name)
		if err == nil || ctx.Err() != nil {
			return r, err
		}
		// It was whole when it appeared, so somebody damaged it.
		if err := m.trash(a.Name); err != nil {
			return nil, err
		}
	}
	m.sweep()
	part := m.Dir(partPrefix + a.Name)
	if err := os.RemoveAll(part); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(part)) }()
	tree := filepath.Join(part, archiveFolder)
	if err := os.MkdirAll(tree, 0o755); err != nil {
		return nil, err
	}
	if err := a.fill(ctx, part, tree); err != nil {
		return nil, fmt.Errorf("%s: %w", a.Name, err)
	}
	if err := m.settle(ctx, a, tree); err != nil {
		return nil, fmt.Errorf("%s: %w", a.Name, err)
	}
	if err := os.Rename(tree, m.Dir(a.Name)); err != nil {
		return nil, err
	}
	r, err := m.askManaged(ctx, a.Name)
	if err != nil {
		return nil, err
	}
	r.Source = vocab.RuntimeInstalled
	return r, nil
}

// settle makes an unpacked installation ready: its interpreter is asked who it
// is, and its standard library is compiled.
func (m *Manager) settle(ctx context.Context, a addition, tree string) error {
	info, err := askTree(ctx, tree)
	if err != nil {
		return err
	}
	if got := info.Python(); got != a.python {
		return fmt.Errorf("it is %s (%s), not %s", got, info.Flavour(), a.python)
	}
	if err := compile(ctx, info, tree, m.Dir(a.Name)); err != nil {
		return err
	}
	return m.writeMarker(tree, a.marker)
}

// compileTimeout bounds compiling the standard library, which takes seconds.
const compileTimeout = 5 * time.Minute

// compile writes the .pyc files of the standard library, its tests and programs
// apart. The archives come without; and where a runtime can't be written to, as
// in a sandbox, each process would compile what it imports anew. What can't be
// compiled is slow, not wrong, so that is no error.
func compile(ctx context.Context, info *Info, tree, final string) error {
	run, stop := context.WithTimeout(ctx, compileTimeout)
	defer stop()
	const apart = `[/\\](test|tests|idlelib|turtledemo|lib2to3|site-packages)[/\\]`
	cmd := exec.CommandContext(run, info.Executable, "-I", "-S", "-m", "compileall", "-q", "-x", apart, "-s", tree, "-p", final, info.Stdlib)
	ownGroup(cmd)
	cmd.WaitDelay = time.Second
	_ = cmd.Run()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}
