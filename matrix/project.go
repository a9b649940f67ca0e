package matrix

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// ErrNoProject says that a directory holds no project.
var ErrNoProject = errors.New("no project: there is neither pyproject.toml nor setup.cfg nor setup.py")

// A Project is what the files of a project say that decides its matrix.
type Project struct {
	Name string // as written; "" if it is not stated
	// RequiresPython is the project's requires-python, RequiresPythonAt where it
	// stands: "pyproject.toml:7".
	RequiresPython    pep440.Specifiers
	RequiresPythonAt  string
	HasRequiresPython bool

	Classifiers []string
	// Backend is the build backend: "maturin", "setuptools.build_meta".
	Backend string
	// BuildRequires are what [build-system] requires, Requires what the project
	// itself does.
	BuildRequires []pep508.Requirement
	Requires      []pep508.Requirement

	Cibuildwheel Cibuildwheel
	Stable       Stable
	// PyO3 is the release of PyO3 that Cargo.toml asks for at least, PyO3At where;
	// not valid if it does not use it.
	PyO3   pep440.Version
	PyO3At string
	// CompiledBy says what shows that the project has compiled code, "" if nothing
	// does: then one wheel serves every platform.
	CompiledBy string

	doc   *document
	files fs.FS
}

// Read reads the project in a directory: pyproject.toml, setup.cfg, setup.py and
// Cargo.toml, as far as they are there. The error is an *Error if a file is wrong,
// and ErrNoProject if there is nothing to read.
func Read(fsys fs.FS) (*Project, error) {
	p := &Project{files: fsys}
	var err error
	if p.doc, err = readDocument(fsys, "pyproject.toml"); err != nil {
		return nil, err
	}
	cfg, err := readText(fsys, "setup.cfg")
	if err != nil {
		return nil, err
	}
	setup, err := readText(fsys, "setup.py")
	if err != nil {
		return nil, err
	}
	if p.doc == nil && cfg == nil && setup == nil {
		return nil, ErrNoProject
	}
	if p.doc == nil {
		p.doc = &document{name: "pyproject.toml"}
	}
	old := legacy{cfg: text(cfg), setup: text(setup)}
	for _, read := range []func() error{
		p.readNames, func() error { return p.readRequiresPython(old) }, p.readRequirements,
		func() (err error) { p.Cibuildwheel, err = readCibuildwheel(p.doc); return err },
		func() error { return p.readStable(fsys, old) },
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	p.CompiledBy = p.compiled(fsys, old)
	return p, nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (p *Project) readNames() (err error) {
	if p.Name, err = p.doc.str("project", "name"); err != nil {
		return err
	}
	if p.Classifiers, err = p.doc.strs("project", "classifiers"); err != nil {
		return err
	}
	p.Backend, err = p.doc.str("build-system", "build-backend")
	if p.Backend == "" {
		p.Backend = "setuptools.build_meta" // what PEP 517 says of projects that name none
	}
	return err
}

// readRequiresPython reads it from where cibuildwheel does.
func (p *Project) readRequiresPython(old legacy) error {
	value, err := p.doc.str("project", "requires-python")
	if err != nil {
		return err
	}
	var line int
	file, key := "", "requires-python"
	if p.doc.get("project", "requires-python") != nil {
		file, line = p.doc.name, p.doc.line("project", "requires-python")
	} else if v, n, ok := old.pythonRequires(); ok {
		file, line, value, key = n.File, n.Line, v, "python_requires"
	}
	if file == "" {
		return nil
	}
	p.HasRequiresPython = true
	p.RequiresPythonAt = fmt.Sprintf("%s:%d", file, line)
	if p.RequiresPython, err = pep440.ParseSpecifiers(value); err != nil {
		return &Error{file, line, fmt.Errorf("%s: %w", key, err)}
	}
	return nil
}

func (p *Project) readRequirements() (err error) {
	if p.BuildRequires, err = p.requirements("build-system", "requires"); err != nil {
		return err
	}
	p.Requires, err = p.requirements("project", "dependencies")
	return err
}

// requirements reads the list of requirements at a path.
func (p *Project) requirements(path ...string) ([]pep508.Requirement, error) {
	texts, err := p.doc.strs(path...)
	if err != nil {
		return nil, err
	}
	var reqs []pep508.Requirement
	for i, t := range texts {
		r, err := pep508.Parse(t)
		if err != nil {
			return nil, p.doc.fault(append(mixed(path), i), "%w", err)
		}
		reqs = append(reqs, r)
	}
	return reqs, nil
}

// group reads a dependency group (PEP 735) and those it includes.
func (p *Project) group(name string, within []string) ([]pep508.Requirement, error) {
	groups, _ := p.doc.get("dependency-groups").(map[string]any)
	for written, v := range groups {
		if pep508.NormalizeName(written) != pep508.NormalizeName(name) {
			continue
		}
		at := []any{"dependency-groups", written}
		if slices.Contains(within, written) {
			return nil, p.doc.fault(at, "the group %s includes itself", written)
		}
		entries, ok := v.([]any)
		if !ok {
			return nil, p.doc.fault(at, "the group %s is not a list", written)
		}
		var reqs []pep508.Requirement
		for i, e := range entries {
			more, err := p.groupEntry(e, append(at[:2:2], i), append(within, written))
			if err != nil {
				return nil, err
			}
			reqs = append(reqs, more...)
		}
		return reqs, nil
	}
	return nil, p.doc.fault([]any{"dependency-groups"}, "there is no dependency group %q", name)
}

func (p *Project) groupEntry(e any, at []any, within []string) ([]pep508.Requirement, error) {
	switch e := e.(type) {
	case string:
		r, err := pep508.Parse(e)
		if err != nil {
			return nil, p.doc.fault(at, "%w", err)
		}
		return []pep508.Requirement{r}, nil
	case map[string]any:
		if name, ok := e["include-group"].(string); ok && len(e) == 1 {
			return p.group(name, within)
		}
	case []any:
	}
	return nil, p.doc.fault(at, "neither a requirement nor {include-group = ...}")
}

// TestRequires returns what the tests of an identifier require beside the project
// itself: what the project requires, test-requires, test-groups and test-extras of
// [tool.cibuildwheel].
func (p *Project) TestRequires(os, id string) ([]pep508.Requirement, error) {
	reqs := slices.Clone(p.Requires)
	c := &p.Cibuildwheel
	words, at := c.words("test-requires", os, id)
	for i := 0; i < len(words); i++ {
		word := strings.TrimSpace(words[i])
		file, isFile := requirementsFile(word)
		switch {
		case word == "":
		case isFile && file == "" && i+1 < len(words):
			i++
			file = words[i]
			fallthrough
		case isFile:
			more, err := p.requirementsIn(file, nil)
			if errors.Is(err, fs.ErrNotExist) {
				return nil, c.fault(c.entry(at, word), "test-requires: %w", err)
			}
			if err != nil {
				return nil, err
			}
			reqs = append(reqs, more...)
		case strings.HasPrefix(word, "-"): // another option of pip
		default:
			r, err := pep508.Parse(word)
			if err != nil {
				return nil, c.fault(c.entry(at, words[i]), "test-requires: %w", err)
			}
			reqs = append(reqs, r)
		}
	}
	text, _ := c.option("test-groups", os, id, " ", false)
	for name := range strings.FieldsSeq(text) {
		more, err := p.group(name, nil)
		if err != nil {
			return nil, err
		}
		reqs = append(reqs, more...)
	}
	text, at = c.option("test-extras", os, id, ",", false)
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		more, ok, err := p.extra(name)
		if err != nil {
			return nil, err
		}
		if !ok && p.doc.get("project") != nil && !slices.Contains(p.dynamic(), "optional-dependencies") {
			return nil, c.fault(at, "test-extras: the project has no extra %q", name)
		}
		reqs = append(reqs, more...)
	}
	return reqs, nil
}

func (p *Project) dynamic() []string {
	list, err := p.doc.strs("project", "dynamic")
	if err != nil {
		return nil // it decides nothing but what may be missing
	}
	return list
}

// extra returns the requirements of an extra.
func (p *Project) extra(name string) ([]pep508.Requirement, bool, error) {
	extras, _ := p.doc.get("project", "optional-dependencies").(map[string]any)
	for written := range extras {
		if pep508.NormalizeExtra(written) == pep508.NormalizeExtra(name) {
			reqs, err := p.requirements("project", "optional-dependencies", written)
			return reqs, true, err
		}
	}
	return nil, false, nil
}
