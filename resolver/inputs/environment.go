package inputs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/lock"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// Environment is what stands in an environment on disk.
type Environment struct {
	// Lock lists what is installed. Its kind is lock.KindEnvironment.
	Lock *lock.Lock
	// SitePackages are the folders that were read.
	SitePackages []string
	// Python is the environment's interpreter as far as files tell. HasPython
	// and HasFlavour say whether they tell the version, and whether it is
	// free-threaded.
	Python                wheeltags.Python
	HasPython, HasFlavour bool
}

// ReadEnvironment reads a virtual environment, an installation prefix or a
// site-packages folder. No interpreter is run: everything is told from files.
// What cannot be read of a package is noted, and does not hide the others.
func ReadEnvironment(dir string) (*Environment, error) {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return nil, openError(Origin{}, dir, err)
	case !info.IsDir():
		return nil, &SyntaxError{File: dir, Msg: "not an environment: it is a file"}
	}
	e := &envReader{dir: dir, env: &Environment{Lock: &lock.Lock{Kind: lock.KindEnvironment, Path: dir}}}
	if err := e.find(); err != nil {
		return nil, err
	}
	e.config()
	for _, site := range e.env.SitePackages {
		e.installed(site)
	}
	e.flavour()
	slices.SortStableFunc(e.env.Lock.Packages, func(a, b lock.Package) int { return strings.Compare(a.Name, b.Name) })
	return e.env, nil
}

type envReader struct {
	dir string
	env *Environment
	// freeThreaded is what wheel tags and file names of extension modules say:
	// how many of each flavour.
	gil, freeThreaded int
}

func (e *envReader) note(text, reason string) {
	e.env.Lock.Notes = append(e.env.Lock.Notes, lock.Note{Text: text, Reason: reason})
}

// find finds the site-packages folders and the Python they are of.
func (e *envReader) find() error {
	if e.isSite(e.dir) {
		e.env.SitePackages = []string{e.dir}
		e.pythonOf(filepath.Base(filepath.Dir(e.dir)))
		return nil
	}
	var found []string
	for _, pattern := range []string{
		"lib/python3.*/site-packages", "lib64/python3.*/site-packages", "local/lib/python3.*/site-packages",
		"local/lib/python3.*/dist-packages", "lib/python3*/dist-packages", "lib/pypy3*/site-packages", "lib/graalpy*/site-packages",
		"Lib/site-packages",
	} {
		matches, _ := filepath.Glob(filepath.Join(globEscape(e.dir), filepath.FromSlash(pattern)))
		for _, m := range matches {
			place, err := filepath.EvalSymlinks(m) // lib64 is often a link to lib
			if err != nil || slices.ContainsFunc(found, func(f string) bool { r, _ := filepath.EvalSymlinks(f); return r == place }) {
				continue
			}
			found = append(found, m)
		}
	}
	if len(found) == 0 {
		return &SyntaxError{File: e.dir, Msg: "not an environment: there is no site-packages folder in it"}
	}
	pythons := map[string]bool{}
	for _, f := range found {
		if name := filepath.Base(filepath.Dir(f)); name != "python3" && name != "Lib" {
			pythons[name] = true
		}
	}
	if len(pythons) > 1 {
		return &SyntaxError{File: e.dir, Msg: fmt.Sprintf("holds packages of several Pythons (%s); name one of the site-packages folders", strings.Join(sortedNames(pythons), ", "))}
	}
	for name := range pythons {
		e.pythonOf(name)
	}
	e.env.SitePackages = found
	return nil
}

func sortedNames(set map[string]bool) []string {
	var out []string
	for name := range set {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// globEscape makes a path safe inside a pattern.
func globEscape(path string) string {
	return strings.NewReplacer(`[`, `[[]`, `*`, `[*]`, `?`, `[?]`).Replace(path)
}

// isSite reports whether a folder is a site-packages itself.
func (e *envReader) isSite(dir string) bool {
	switch filepath.Base(dir) {
	case "site-packages", "dist-packages":
		return true
	}
	matches, _ := filepath.Glob(filepath.Join(globEscape(dir), "*.dist-info"))
	return len(matches) > 0
}

// pythonOf tells the Python from the name of its folder, "python3.13t".
func (e *envReader) pythonOf(folder string) {
	p, err := wheeltags.ParsePython(folder)
	if err == nil && strings.HasPrefix(folder, "python3.") {
		e.env.Python, e.env.HasPython, e.env.HasFlavour = p, true, true
	} else if strings.HasPrefix(folder, "pypy") || strings.HasPrefix(folder, "graalpy") {
		e.note(folder, "not CPython: its wheels are others")
	}
}

// config reads pyvenv.cfg: the patch release, and what else it says.
func (e *envReader) config() {
	data, err := readFile(filepath.Join(e.dir, "pyvenv.cfg"))
	if err != nil {
		return
	}
	values := map[string]string{}
	for _, line := range splitLines(strings.ToValidUTF8(string(data), "�")) {
		if key, value, ok := strings.Cut(line, "="); ok {
			values[strings.ToLower(strings.TrimSpace(key))] = strings.TrimSpace(value)
		}
	}
	if strings.EqualFold(values["include-system-site-packages"], "true") {
		e.note("include-system-site-packages = true", "what is installed outside the environment is not read")
	}
	if impl := values["implementation"]; impl != "" && !strings.EqualFold(impl, "CPython") {
		e.note("implementation = "+impl, "not CPython: its wheels are others")
		return
	}
	version := values["version_info"]
	if version == "" {
		version = values["version"]
	}
	p, ok := configVersion(version)
	if !ok {
		return
	}
	if e.env.HasPython && (p.Major != e.env.Python.Major || p.Minor != e.env.Python.Minor) {
		e.note("version = "+version, "pyvenv.cfg and the folder of the packages name different Pythons; the folder counts")
		return
	}
	p.FreeThreaded = e.env.Python.FreeThreaded
	e.env.Python, e.env.HasPython = p, true
	for _, exe := range []string{values["executable"], values["base-executable"]} {
		if m := regexp.MustCompile(`(?i)python3\.\d+(t?)(\.exe)?$`).FindStringSubmatch(exe); m != nil && !e.env.HasFlavour {
			e.env.Python.FreeThreaded, e.env.HasFlavour = m[1] != "", true
		}
	}
}

// configVersion reads "3.13.5" or virtualenv's "3.13.5.final.0".
func configVersion(s string) (wheeltags.Python, bool) {
	parts := strings.Split(s, ".")
	if len(parts) == 5 {
		pre := map[string]string{"alpha": "a", "beta": "b", "candidate": "rc"}[parts[3]]
		s = strings.Join(parts[:3], ".")
		if pre != "" {
			s += pre + parts[4]
		}
	}
	if s == "" || s[0] < '0' || s[0] > '9' {
		return wheeltags.Python{}, false
	}
	p, err := wheeltags.ParsePython(s)
	return p, err == nil
}

// flavour settles whether the Python is free-threaded where its folder does not
// say, as on Windows: by its executables, else by what is installed.
func (e *envReader) flavour() {
	if e.env.HasFlavour || !e.env.HasPython {
		return
	}
	exe := fmt.Sprintf("python%st.exe", e.env.Python.Series())
	for _, folder := range []string{"Scripts", "."} {
		if isFile(filepath.Join(e.dir, folder, exe)) {
			e.env.Python.FreeThreaded, e.env.HasFlavour = true, true
			return
		}
	}
	if e.gil != e.freeThreaded && (e.gil == 0 || e.freeThreaded == 0) {
		e.env.Python.FreeThreaded, e.env.HasFlavour = e.freeThreaded > 0, true
	}
}

// entries lists a folder, in order.
func (e *envReader) entries(dir string) []fs.DirEntry {
	list, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		e.note(e.rel(dir), "cannot be read")
	}
	return list
}

// rel returns a place as seen from the environment.
func (e *envReader) rel(path string) string {
	if rel, err := filepath.Rel(e.dir, path); err == nil {
		return filepath.ToSlash(rel)
	}
	return path
}
