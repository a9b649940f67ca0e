package matrix

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/ftpkg/ftpkg/internal/tomlpos"
)

// maxFile bounds the files that are read of a project, in bytes.
const maxFile = 8 << 20

// An Error is a mistake in a file of the project.
type Error struct {
	File string
	Line int // from 1; 0 if the file as a whole is meant
	Err  error
}

// Error returns "pyproject.toml:12: message".
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Err.Error()
	}
	return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
}

// Unwrap returns what is wrong.
func (e *Error) Unwrap() error { return e.Err }

// A document is a TOML file.
type document struct {
	name, text string
	root       map[string]any
	index      *tomlpos.Index // nil until a place is asked for
}

// readDocument reads a TOML file; it is nil if there is none.
func readDocument(fsys fs.FS, name string) (*document, error) {
	text, err := readText(fsys, name)
	if err != nil || text == nil {
		return nil, err
	}
	d := &document{name: name, text: *text}
	if _, err := toml.Decode(d.text, &d.root); err != nil {
		if parse, ok := errors.AsType[toml.ParseError](err); ok {
			return nil, &Error{name, parse.Position.Line, errors.New(parse.Message)}
		}
		return nil, &Error{name, 0, err}
	}
	return d, nil
}

// readText reads a file; it is nil if there is none.
func readText(fsys fs.FS, name string) (*string, error) {
	f, err := fsys.Open(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it is only read
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, &Error{name, 0, err}
	case len(data) > maxFile:
		return nil, &Error{name, 0, fmt.Errorf("larger than %d bytes", maxFile)}
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	return &text, nil
}

// get returns the value at a path of keys, nil if there is none. A nil document has
// nothing.
func (d *document) get(path ...string) any {
	if d == nil {
		return nil
	}
	return lookup(d.root, path...)
}

func lookup(v any, path ...string) any {
	for _, key := range path {
		table, _ := v.(map[string]any)
		v = table[key]
	}
	return v
}

// line returns where the value at a path stands.
func (d *document) line(path ...any) int {
	if d.index == nil {
		d.index = tomlpos.Find(d.text)
	}
	return max(d.index.Line(path...), 1)
}

// fault returns the error of the value at a path.
func (d *document) fault(path []any, format string, args ...any) error {
	return &Error{d.name, d.line(path...), fmt.Errorf(format, args...)}
}

// at names a place for people: "pyproject.toml:12".
func (d *document) at(path ...any) string { return fmt.Sprintf("%s:%d", d.name, d.line(path...)) }

// str returns the string at a path, "" if there is none.
func (d *document) str(path ...string) (string, error) {
	v := d.get(path...)
	if v == nil {
		return "", nil
	}
	s, ok := v.(string)
	if !ok {
		return "", d.fault(mixed(path), "%s is not a string", strings.Join(path, "."))
	}
	return s, nil
}

// strs returns the list of strings at a path, nil if there is none.
func (d *document) strs(path ...string) ([]string, error) {
	v := d.get(path...)
	if v == nil {
		return nil, nil
	}
	list, ok := v.([]any)
	if !ok {
		return nil, d.fault(mixed(path), "%s is not a list", strings.Join(path, "."))
	}
	var texts []string
	for i, e := range list {
		s, ok := e.(string)
		if !ok {
			return nil, d.fault(append(mixed(path), i), "%s has an entry that is not a string", strings.Join(path, "."))
		}
		texts = append(texts, s)
	}
	return texts, nil
}

// mixed makes a path of keys one that may have indexes too.
func mixed(path []string) []any {
	var all []any
	for _, p := range path {
		all = append(all, p)
	}
	return all
}
