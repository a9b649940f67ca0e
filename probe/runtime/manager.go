package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/lockfile"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// A Runtime is an interpreter that was asked, and where it comes from.
type Runtime struct {
	Info
	Source vocab.RuntimeSource
	// Name is that of a managed runtime, "" for others; Dir is its directory.
	Name, Dir string
	// Origin says where a found one stands: "PATH", "uv", "pyenv", "Homebrew",
	// "python.org", "registry".
	Origin string
}

// A Manager keeps runtimes in DataDir/runtimes, a directory each. A directory
// appears there, by renaming, when it is whole and its interpreter has answered.
// Several processes may use one data directory.
type Manager struct {
	// DataDir is an absolute path; it need not exist.
	DataDir string
	// Client downloads; nil forbids it.
	Client *fetch.Client
	// Catalogue lists what can be installed, on Platform.
	Catalogue *Catalogue
	Platform  Platform
	// Mirror, if not "", is asked instead of the publisher: a URL (https, http,
	// file) or an absolute path that stands for the prefix of all archives, as in
	// uv's UV_PYTHON_INSTALL_MIRROR.
	Mirror string
	// Now is the clock, for the date that an installation is stamped with.
	Now func() time.Time
	// Waiting, if not nil, is called before waiting for another process that
	// installs the same.
	Waiting func(name string)
}

// ErrOffline says that a runtime would have to be downloaded.
var ErrOffline = errors.New("nothing may be downloaded")

// The names in the runtimes directory that are no runtimes. Each belongs to
// whoever holds the lock of the name behind it.
const (
	lockPrefix  = ".lock-"
	partPrefix  = ".part-"  // being made
	trashPrefix = ".trash-" // being removed
)

// markerName is the file in a runtime's directory that says how it came there.
const markerName = ".ftpkg-runtime.json"

// A marker is the content of that file. Nothing depends on it.
type marker struct {
	Schema    string    `json:"schema"`
	Name      string    `json:"name"`
	From      string    `json:"from"` // an archive's name
	SHA256    Digest    `json:"sha256"`
	Installed time.Time `json:"installed"`
}

const markerSchema = "ftpkg.installed/1"

// dir is the directory of all runtimes.
func (m *Manager) dir() string { return filepath.Join(m.DataDir, "runtimes") }

// Dir returns the directory of the runtime of a name, be it there or not.
func (m *Manager) Dir(name string) string { return filepath.Join(m.dir(), name) }

// Managed is a directory among the runtimes.
type Managed struct {
	Name, Dir string
	// Runtime is nil if the interpreter didn't answer; Err then says why.
	Runtime *Runtime
	Err     error
}

// List returns the managed runtimes, newest first and the free-threaded one of a
// version before the other. What doesn't answer comes last.
func (m *Manager) List(ctx context.Context) ([]Managed, error) {
	entries, err := os.ReadDir(m.dir())
	if errors.Is(err, fs.ErrNotExist) || m.DataDir == "" {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var all []Managed
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			all = append(all, Managed{Name: e.Name(), Dir: m.Dir(e.Name())})
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(askers)
	for i := range all {
		group.Go(func() error {
			all[i].Runtime, all[i].Err = m.askManaged(ctx, all[i].Name)
			return context.Cause(ctx)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b Managed) int {
		switch {
		case a.Runtime == nil || b.Runtime == nil:
			return boolOrder(a.Runtime != nil, b.Runtime != nil)
		default:
			return newestFirst(a.Runtime, b.Runtime)
		}
	})
	return all, nil
}

// askers is how many interpreters are asked at once: starting one is mostly
// waiting for files.
const askers = 4

// newestFirst orders runtimes: the newest version first, of one version the
// free-threaded build first.
func newestFirst(a, b *Runtime) int {
	if d := compareVersions(b.Python(), a.Python()); d != 0 {
		return d
	}
	return boolOrder(a.FreeThreaded, b.FreeThreaded)
}

// boolOrder puts what is true first.
func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// askManaged asks the interpreter of a managed runtime.
func (m *Manager) askManaged(ctx context.Context, name string) (*Runtime, error) {
	dir := m.Dir(name)
	info, err := askTree(ctx, dir)
	if err != nil {
		return nil, err
	}
	return &Runtime{Info: *info, Source: vocab.RuntimeManaged, Name: name, Dir: dir}, nil
}

// askTree asks the interpreter of an installation, which must be all in one
// directory: one whose standard library is gone may find another's, in the place
// it was built for.
func askTree(ctx context.Context, dir string) (*Info, error) {
	python, err := programIn(dir)
	if err != nil {
		return nil, err
	}
	info, err := Ask(ctx, python)
	if err != nil {
		return nil, err
	}
	if !within(dir, info.Stdlib) {
		return nil, &AskError{python, "", fmt.Errorf("its standard library is not with it, but in %s", info.Stdlib)}
	}
	return info, nil
}

// within reports whether a path is below a directory, links followed.
func within(dir, path string) bool {
	dir, errDir := filepath.EvalSymlinks(dir)
	path, errPath := filepath.EvalSymlinks(path)
	if errDir != nil || errPath != nil {
		return false
	}
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// programIn returns the interpreter of an installation or environment: of
// several names of one the longest, which says most.
func programIn(dir string) (string, error) {
	for _, pattern := range [...]string{"bin/python3.*[0-9]t", "bin/python3.*[0-9]td", "bin/python3.*[0-9]", "bin/python3.*[0-9]d", "bin/python3", "bin/python", "python.exe", "Scripts/python.exe"} {
		found, err := filepath.Glob(filepath.Join(globEscape(dir), filepath.FromSlash(pattern)))
		if err == nil && len(found) > 0 {
			return found[0], nil
		}
	}
	return "", fmt.Errorf("%s: no interpreter in it", dir)
}

// globEscape takes the meaning off the letters that have one in a pattern.
func globEscape(dir string) string {
	if filepath.Separator == '\\' {
		return dir // there is no escape on Windows, nor are there such names in practice
	}
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `\`, `\\`).Replace(dir)
}

// Path returns the newest managed runtime that is wanted: of the series, or of
// the patch release that want has. The error is a *NotManagedError if there is
// none.
func (m *Manager) Path(ctx context.Context, want wheeltags.Python) (*Runtime, error) {
	all, err := m.List(ctx)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		if one.Runtime != nil && satisfies(one.Runtime.Python(), want) {
			return one.Runtime, nil
		}
	}
	return nil, &NotManagedError{want.String(), all}
}

// A NotManagedError says that no managed runtime is what was asked for.
type NotManagedError struct {
	Want string
	Have []Managed
}

func (e *NotManagedError) Error() string {
	if len(e.Have) == 0 {
		return fmt.Sprintf("no runtime %s is installed, nor any other", e.Want)
	}
	var names []string
	for _, one := range e.Have {
		names = append(names, one.Name)
	}
	return fmt.Sprintf("no runtime %s is installed; there are %s", e.Want, strings.Join(names, ", "))
}

// Remove removes the runtime of a name, or all that are of a version and flavour
// ("3.14t"), and returns the names of what it removed. The error is a
// *NotManagedError if there is none. A runtime is gone at once for everybody
// else, also if removing its files is interrupted.
func (m *Manager) Remove(ctx context.Context, which string) ([]string, error) {
	all, err := m.List(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	want, notVersion := wheeltags.ParsePython(which)
	for _, one := range all {
		if one.Name == which || notVersion == nil && one.Runtime != nil && satisfies(one.Runtime.Python(), want) {
			names = append(names, one.Name)
		}
	}
	if len(names) == 0 {
		return nil, &NotManagedError{which, all}
	}
	for i, name := range names {
		if err := m.discard(ctx, name); err != nil {
			return names[:i], err
		}
	}
	return names, nil
}

// discard removes one runtime.
func (m *Manager) discard(ctx context.Context, name string) error {
	lock, err := m.lock(ctx, name)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	return m.trash(name)
}

// trash removes a runtime whose lock is held.
func (m *Manager) trash(name string) error {
	trash := m.Dir(trashPrefix + name)
	if err := os.RemoveAll(trash); err != nil {
		return err
	}
	if err := os.Rename(m.Dir(name), trash); err != nil {
		return err
	}
	return os.RemoveAll(trash)
}

// lock takes the lock of a name, which whoever makes or removes the runtime of
// that name holds.
func (m *Manager) lock(ctx context.Context, name string) (*lockfile.Lock, error) {
	return lockfile.Acquire(ctx, m.Dir(lockPrefix+name), func() {
		if m.Waiting != nil {
			m.Waiting(name)
		}
	})
}

// sweep removes what processes that died left behind, as far as that can be
// done now.
func (m *Manager) sweep() {
	entries, err := os.ReadDir(m.dir())
	if err != nil {
		return
	}
	for _, e := range entries {
		name, ok := strings.CutPrefix(e.Name(), partPrefix)
		if !ok {
			if name, ok = strings.CutPrefix(e.Name(), trashPrefix); !ok {
				continue
			}
		}
		lock, free, err := lockfile.Try(m.Dir(lockPrefix + name))
		if err != nil || !free {
			continue // somebody is at it
		}
		_ = os.RemoveAll(m.Dir(e.Name())) // the next one tries again
		_ = lock.Close()
	}
}

// writeMarker says in a runtime's directory how it came there.
func (m *Manager) writeMarker(dir string, k marker) error {
	k.Schema, k.Installed = markerSchema, m.Now().UTC().Truncate(time.Second)
	text, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, markerName), append(text, '\n'), 0o644)
}
