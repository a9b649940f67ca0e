package runtime

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A candidate is a program that may be an interpreter.
type candidate struct{ path, origin string }

// The places where interpreters are found.
const (
	OriginPath      = "PATH"
	OriginUV        = "uv"
	OriginPyenv     = "pyenv"
	OriginHomebrew  = "Homebrew"
	OriginPythonOrg = "python.org"
	OriginRegistry  = "registry"
	OriginFolder    = "folder" // one the caller named
)

// candidates returns what looks like an interpreter, place by place. One that is
// reached in several ways is there once.
func (f *Finder) candidates() []candidate {
	var all []candidate
	seen := map[string]bool{}
	add := func(origin string, paths ...string) {
		for _, path := range paths {
			file, err := filepath.EvalSymlinks(path)
			if err != nil || seen[file] {
				continue
			}
			// The store's placeholder on Windows is an empty file.
			if st, err := os.Stat(file); err != nil || !st.Mode().IsRegular() || st.Size() == 0 || !f.windows() && st.Mode()&0o111 == 0 {
				continue
			}
			seen[file] = true
			all = append(all, candidate{path, origin})
		}
	}
	shims := filepath.Join(f.pyenvRoot(), "shims")
	for _, dir := range f.Dirs {
		add(OriginFolder, f.programs(dir)...)
	}
	for _, dir := range filepath.SplitList(f.getenv("PATH")) {
		// A shim starts whichever interpreter pyenv is set to; they are all looked
		// at below.
		if filepath.IsAbs(dir) && filepath.Clean(dir) != shims {
			add(OriginPath, f.programs(dir)...)
		}
	}
	for _, pythons := range f.uvPythons() {
		for _, dir := range subfolders(pythons) {
			add(OriginUV, f.installed(dir)...)
		}
	}
	for _, dir := range f.pyenvVersions() {
		add(OriginPyenv, f.installed(dir)...)
	}
	for _, prefix := range f.homebrews() {
		for _, dir := range subfolders(filepath.Join(prefix, "opt")) {
			if strings.HasPrefix(filepath.Base(dir), "python") {
				add(OriginHomebrew, f.programs(filepath.Join(dir, "bin"))...)
			}
		}
	}
	if f.GOOS == "darwin" {
		// The free-threaded build has a framework of its own, beside the other.
		for _, framework := range [...]string{"PythonT", "Python"} {
			versions := f.fixed("/Library/Frameworks/" + framework + ".framework/Versions")
			for _, dir := range subfolders(versions) {
				add(OriginPythonOrg, f.programs(filepath.Join(dir, "bin"))...)
			}
		}
	}
	if f.Registry != nil {
		add(OriginRegistry, registered(f.Registry)...)
	}
	return all
}

func (f *Finder) windows() bool { return f.GOOS == "windows" }

func (f *Finder) getenv(name string) string {
	if f.Getenv == nil {
		return ""
	}
	return f.Getenv(name)
}

// fixed is a place that is the same on every machine of its kind.
func (f *Finder) fixed(path string) string { return filepath.Join(f.Root, filepath.FromSlash(path)) }

// home is a place below the user's home directory, "" if that is not known.
func (f *Finder) home(path string) string {
	if f.Home == "" {
		return ""
	}
	return filepath.Join(f.Home, filepath.FromSlash(path))
}

// programName matches the names interpreters have. What they say is not believed:
// python3 may be free-threaded and python3.14t may not.
var programName = regexp.MustCompile(`^python(3(\.\d{1,2})?t?d?)?(\.exe)?$`)

// programs returns what is named like an interpreter in a folder.
func (f *Finder) programs(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var found []string
	for _, e := range entries {
		if name := e.Name(); programName.MatchString(name) && strings.HasSuffix(name, ".exe") == f.windows() {
			found = append(found, filepath.Join(dir, name))
		}
	}
	// Of several names of one program, the longest says most.
	slices.SortStableFunc(found, func(a, b string) int { return len(b) - len(a) })
	return found
}

// installed returns the interpreters of one installation.
func (f *Finder) installed(dir string) []string {
	if f.windows() {
		return f.programs(dir)
	}
	return f.programs(filepath.Join(dir, "bin"))
}

// uvPythons are the folders uv keeps its interpreters in: one, but on Windows,
// where older versions of uv have another.
func (f *Finder) uvPythons() []string {
	if dir := f.getenv("UV_PYTHON_INSTALL_DIR"); dir != "" {
		return []string{dir}
	}
	switch data := f.getenv("XDG_DATA_HOME"); {
	case filepath.IsAbs(data):
		return []string{filepath.Join(data, "uv", "python")}
	case f.windows() && f.getenv("APPDATA") != "":
		return []string{filepath.Join(f.getenv("APPDATA"), "uv", "python"), filepath.Join(f.getenv("APPDATA"), "uv", "data", "python")}
	}
	return []string{f.home(".local/share/uv/python")} // on macOS too
}

func (f *Finder) pyenvRoot() string {
	if dir := f.getenv("PYENV_ROOT"); dir != "" {
		return filepath.Clean(dir)
	}
	if f.windows() {
		return f.home(".pyenv/pyenv-win")
	}
	return f.home(".pyenv")
}

func (f *Finder) pyenvVersions() []string {
	if f.pyenvRoot() == "" {
		return nil
	}
	return subfolders(filepath.Join(f.pyenvRoot(), "versions"))
}

// homebrews are the folders Homebrew may be in.
func (f *Finder) homebrews() []string {
	var all []string
	if dir := f.getenv("HOMEBREW_PREFIX"); dir != "" {
		all = append(all, dir)
	}
	switch f.GOOS {
	case "darwin":
		return append(all, f.fixed("/opt/homebrew"), f.fixed("/usr/local"))
	case "linux":
		return append(all, f.fixed("/home/linuxbrew/.linuxbrew"))
	}
	return all
}

// subfolders returns the folders in a folder, links to folders included, with
// the newest names last.
func subfolders(dir string) []string {
	if dir == "" {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var all []string
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if st, err := os.Stat(path); err == nil && st.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			all = append(all, path)
		}
	}
	return all
}
