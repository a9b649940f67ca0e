package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/ftpkg/ftpkg/internal/tomlpos"
)

// The names of settings files.
const (
	FileName      = "ftpkg.toml"
	PyprojectName = "pyproject.toml"
)

// maxSize bounds the files read, in bytes.
const maxSize = 8 << 20

// A File is a settings file that was read.
type File struct {
	Path     string
	Settings Settings
	// Shadowed is the pyproject.toml beside an ftpkg.toml whose [tool.ftpkg]
	// therefore counts for nothing, "" if there is none.
	Shadowed string
}

// Discover reads the settings for a working directory: of ftpkg.toml or of a
// pyproject.toml with a table [tool.ftpkg], whichever stands in dir or the
// nearest directory above it; ftpkg.toml if both do. It returns nil if there is
// neither.
func Discover(dir string) (*File, error) {
	for {
		own, err := loadIfThere(filepath.Join(dir, FileName))
		if err != nil {
			return nil, err
		}
		project, projectErr := loadIfThere(filepath.Join(dir, PyprojectName))
		switch {
		case own != nil:
			if project != nil || projectErr != nil { // whatever is wrong with it: it is not read
				own.Shadowed = filepath.Join(dir, PyprojectName)
			}
			return own, nil
		case project != nil || projectErr != nil:
			return project, projectErr
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return nil, nil
		}
		dir = parent
	}
}

// errNoTable says that a pyproject.toml has no settings.
var errNoTable = errors.New("no table [tool.ftpkg]")

func loadIfThere(name string) (*File, error) {
	f, err := Load(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNoTable) {
		return nil, nil
	}
	return f, err
}

// Load reads a settings file: the table [tool.ftpkg] of a file named
// pyproject.toml, the whole of any other.
func Load(name string) (*File, error) {
	text, err := readFile(name)
	if err != nil {
		return nil, err
	}
	whole := true
	if filepath.Base(name) == PyprojectName {
		if !strings.Contains(text, "ftpkg") {
			return nil, fmt.Errorf("%s: %w", name, errNoTable) // other people's faults stay theirs
		}
		whole = false
	}
	s, err := Parse(text, name, filepath.Dir(name), whole)
	if err != nil {
		return nil, err
	}
	return &File{Path: name, Settings: *s}, nil
}

func readFile(name string) (string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", err
	}
	if info.IsDir() {
		return "", fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	if info.Size() > maxSize {
		return "", fmt.Errorf("%s: %d MiB are too much for a settings file", name, info.Size()>>20)
	}
	b, err := os.ReadFile(name)
	return string(b), err
}

// Parse reads settings from the text of a file called name, the whole of it or
// the table [tool.ftpkg]. Relative paths in it are joined to dir. A fault is an
// [*Error]; a missing table is an error that says so.
func Parse(text, name, dir string, whole bool) (*Settings, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	var doc map[string]any
	if _, err := toml.Decode(text, &doc); err != nil {
		var perr toml.ParseError
		if !errors.As(err, &perr) {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		at := tomlpos.Span{Start: perr.Position.Start, End: perr.Position.Start + perr.Position.Len}
		return nil, errorAt(name, text, at, "%s", lowerFirst(strings.TrimSuffix(perr.Message, ".")))
	}
	d := decoder{name: name, text: text, dir: dir}
	var at keyPath
	if !whole {
		tool, _ := doc["tool"].(map[string]any)
		table, ok := tool["ftpkg"]
		if !ok {
			return nil, fmt.Errorf("%s: %w", name, errNoTable)
		}
		at = keyPath{"tool", "ftpkg"}
		doc, ok = table.(map[string]any)
		if !ok {
			return nil, d.fault(at, false, "tool.ftpkg must be a table")
		}
	}
	s := new(Settings)
	err := d.table(doc, at, Keys(), func(k Key) any { return k.field(s) })
	if err != nil {
		return nil, err
	}
	return s, nil
}

func lowerFirst(s string) string {
	if s == "" || len(s) > 1 && strings.ToUpper(s[1:2]) == s[1:2] && s[1] != ' ' {
		return s // an abbreviation: TOML
	}
	return strings.ToLower(s[:1]) + s[1:]
}
