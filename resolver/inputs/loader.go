package inputs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/lock"
)

// Loader reads inputs. The zero value reads files of the working directory,
// expands no environment variables, and takes no extras and no groups.
type Loader struct {
	// ReadFile reads a requirements file, project file or script named by a
	// path, a URL, or "-" for standard input. If it is nil, paths are read from
	// disk and the others refused.
	ReadFile func(ctx context.Context, name string) ([]byte, error)
	// LookupEnv gives the values of ${NAME} in requirements files.
	LookupEnv func(name string) (string, bool)
	// Dir is the folder that relative paths start from, "" for the working
	// directory.
	Dir string

	// Extras and Groups are taken from project files. A project file without
	// one that is asked for is an error.
	Extras, Groups       []string
	AllExtras, AllGroups bool
	// OnlyGroups leaves out the project's own dependencies.
	OnlyGroups bool
	// NoSources reads project files as their standard metadata alone, without
	// [tool.uv.sources].
	NoSources bool
}

// maxFile bounds the size of a file that is read.
const maxFile = 64 << 20

// File reads what -r names: a requirements file, a pyproject.toml or a script
// with inline metadata.
func (l *Loader) File(ctx context.Context, name string) (*Input, error) {
	ld := l.load(ctx)
	if err := ld.file(name); err != nil {
		return nil, err
	}
	return ld.in, nil
}

// Constraints reads what -c names.
func (l *Loader) Constraints(ctx context.Context, name string) (*Input, error) {
	ld := l.load(ctx)
	if err := ld.requirements(name, true, nil); err != nil {
		return nil, err
	}
	return ld.in, nil
}

// Args reads requirements as they stand on a command line: names with versions
// and extras, URLs, and paths of archives and local projects.
func (l *Loader) Args(ctx context.Context, args []string) (*Input, error) {
	ld := l.load(ctx)
	for _, arg := range args {
		if ld.isInputFile(arg) {
			return nil, &SyntaxError{File: "command line", Msg: arg + " is a file of requirements, not a requirement; name it with -r"}
		}
		if err := ld.line(arg, reqLine{origin: Origin{Text: arg}}); err != nil {
			return nil, err
		}
	}
	return ld.in, nil
}

// isInputFile reports whether an argument names a file that -r would read.
func (l *load) isInputFile(arg string) bool {
	switch strings.ToLower(filepath.Ext(arg)) {
	case ".txt", ".in", ".toml", ".py", ".lock", ".cfg":
		return isFile(l.abs(arg))
	}
	return false
}

// A load is one run of a loader.
type load struct {
	*Loader
	ctx context.Context
	in  *Input
	// projects are the project files read, by path.
	projects map[string]*project
	// extra and group of the project file are being taken.
	extra, group string
	// visited is what was done once and need not be again.
	visited map[string]bool
	// within are the local projects and extras being taken.
	within map[string]bool
}

func (l *Loader) load(ctx context.Context) *load {
	return &load{Loader: l, ctx: ctx, in: &Input{}, projects: map[string]*project{}, visited: map[string]bool{}, within: map[string]bool{}}
}

// once reports whether something is done for the first time for the extra or
// group that is being taken.
func (l *load) once(key string) bool {
	key = l.extra + "\x00" + l.group + "\x00" + key
	if l.visited[key] {
		return false
	}
	l.visited[key] = true
	return true
}

func (l *load) file(name string) error {
	base := name[strings.LastIndexAny(name, `/\`)+1:]
	if kind, ok := lock.KindOf(name); ok {
		return &SyntaxError{File: name, Msg: fmt.Sprintf("a %s lock is judged as it is, not resolved", kind)}
	}
	switch strings.ToLower(filepath.Ext(base)) {
	case ".toml":
		return l.projectFile(name)
	case ".py":
		if base == "setup.py" {
			return &SyntaxError{File: name, Msg: "a setup.py has to be run to know its dependencies; name a pyproject.toml or a requirements file"}
		}
		return l.script(name)
	case ".cfg", ".yml", ".yaml", ".lock", ".json":
		return &SyntaxError{File: name, Msg: "not a requirements file, pyproject.toml or script"}
	}
	return l.requirements(name, false, nil)
}

// abs returns the place of a path on disk.
func (l *load) abs(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	if l.Dir != "" {
		name = filepath.Join(l.Dir, name)
	}
	if a, err := filepath.Abs(name); err == nil {
		return a
	}
	return filepath.Clean(name)
}

// read reads a file that the input names.
func (l *load) read(name string) ([]byte, error) {
	if err := l.ctx.Err(); err != nil {
		return nil, err
	}
	data, err := l.readAny(name)
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, &SyntaxError{File: name, Msg: fmt.Sprintf("larger than %d MiB", maxFile>>20)}
	}
	l.noteFile(name)
	return data, nil
}

func (l *load) readAny(name string) ([]byte, error) {
	if l.ReadFile != nil {
		return l.ReadFile(l.ctx, name)
	}
	if name == "-" || isURL(name) {
		return nil, &SyntaxError{File: name, Msg: "only files on disk can be read here"}
	}
	return readFile(l.abs(name))
}

// readFile reads a file or pipe, and no more of it than fits.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("larger than %d MiB", maxFile>>20)}
	}
	return data, err
}

// openError says that a file the input names cannot be read.
func openError(o Origin, name string, err error) error {
	var se *SyntaxError
	if errors.As(err, &se) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err // the path is the user's own, not the absolute one
	}
	e := &SyntaxError{File: name, Msg: fmt.Sprintf("cannot be read: %v", err), Err: err}
	if o.File != "" && o.File != name {
		return &SyntaxError{File: o.File, Line: o.Line, Text: o.Text, Msg: e.Error(), Err: e}
	}
	return e
}
