package lint

import (
	"io/fs"
	"path"
	"strings"
)

// evidence is what files of a project say that a workflow relies on: the settings and
// helpers of its tests.
type evidence struct {
	known bool // a project was looked at
	// tests and settings are texts one after the other: files of tests; and those
	// that configure them, or tools that run them.
	tests, settings string
	// compiled says that the project has files of a compiled language to build.
	compiled bool
	// abi3t says that the project builds for that stable ABI, with which one wheel of
	// 3.15 serves both builds.
	abi3t bool
}

const (
	maxEvidence = 1 << 20 // bytes of one file
	maxFiles    = 20_000  // that are looked at
)

// gather reads what may be evidence. What cannot be read is none.
func gather(fsys fs.FS) evidence {
	e := evidence{known: true}
	var tests, settings strings.Builder
	n := 0
	_ = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // see above
		}
		if n++; n > maxFiles {
			return fs.SkipAll
		}
		base := path.Base(name)
		if d.IsDir() {
			switch base {
			case ".git", "node_modules", ".tox", ".nox", ".venv", "venv", "build", "dist", "target", "__pycache__":
				return fs.SkipDir
			}
			return nil
		}
		var into *strings.Builder
		switch ext := path.Ext(base); {
		case base == "conftest.py", ext == ".py" && (strings.HasPrefix(base, "test_") || strings.HasSuffix(base, "_test.py") || strings.Contains(name, "tests/")):
			into = &tests
		case base == "pytest.ini", base == ".pytest.ini", base == "pytest.toml", base == "tox.ini", base == "setup.cfg", base == "noxfile.py", base == "pyproject.toml", base == "setup.py",
			strings.Contains(base, "requirements") && ext == ".txt":
			into = &settings
		case base == "Cargo.toml", base == "meson.build", base == "CMakeLists.txt":
			e.compiled = true
			into = &settings
		case ext == ".pyx":
			e.compiled = true
			return nil
		default:
			return nil
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() && info.Size() < maxEvidence {
			if text, err := fs.ReadFile(fsys, name); err == nil {
				into.Write(text)
				into.WriteByte('\n')
			}
		}
		return nil
	})
	e.tests, e.settings = tests.String(), settings.String()
	e.abi3t = strings.Contains(e.settings, "abi3t")
	for _, word := range []string{"ext_modules", "Extension(", "cythonize(", "maturin", "scikit-build-core", "mesonpy", "setuptools-rust", "setuptools_rust"} {
		e.compiled = e.compiled || strings.Contains(e.settings, word)
	}
	return e
}

// says reports whether a word stands in the project's tests or their settings.
func (e *evidence) says(words ...string) bool {
	for _, w := range words {
		if strings.Contains(e.tests, w) || strings.Contains(e.settings, w) {
			return true
		}
	}
	return false
}
