package matrix

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Oldest stands for a stable ABI that is that of the oldest Python which builds it.
const Oldest = 1

// Stable is what a project says of the stable ABI.
type Stable struct {
	// ABI3 is the minor version of Python 3 from which on one wheel serves all builds
	// with the GIL, [Oldest] for the oldest that is built; 0 if there is none.
	ABI3 int
	// ABI3T is the same for free-threaded builds (PEP 803), at least 15; 0 if none.
	ABI3T int
	// Refuses says that the backend refuses free-threaded builds before 3.15 while the
	// setting stands, and why.
	Refuses string
	// At is where the setting stands: "pyproject.toml:30".
	At string
}

// firstABI3T is the first Python with a stable ABI for free-threaded builds.
const firstABI3T = 15

// readStable reads the settings of the stable ABI of the backends.
func (p *Project) readStable(fsys fs.FS, old legacy) error {
	switch {
	case p.usesBackend("maturin") || p.doc.get("tool", "maturin") != nil:
		path, err := p.doc.str("tool", "maturin", "manifest-path")
		if err != nil {
			return err
		}
		features, err := p.doc.strs("tool", "maturin", "features")
		if err != nil {
			return err
		}
		bare, _ := p.doc.get("tool", "maturin", "no-default-features").(bool)
		return p.readCargo(fsys, path, features, bare)
	case p.usesBackend("mesonpy"):
		if on, _ := p.doc.get("tool", "meson-python", "limited-api").(bool); on {
			p.Stable = Stable{
				ABI3: Oldest, ABI3T: firstABI3T, At: p.doc.at("tool", "meson-python", "limited-api"),
				Refuses: "meson-python refuses limited-api on free-threaded Python before 3.15, unless it is given setup-args=-Dpython.allow_limited_api=false",
			}
		}
		return nil
	case p.usesBackend("scikit_build_core"):
		return p.readScikitBuild()
	}
	return p.readSetuptools(fsys, old)
}

// usesBackend reports whether the backend's module is of a package.
func (p *Project) usesBackend(name string) bool {
	module, _, _ := strings.Cut(p.Backend, ".")
	return module == name
}

func (p *Project) readScikitBuild() error {
	value, err := p.doc.str("tool", "scikit-build", "wheel", "py-api")
	if err != nil || value == "" {
		return err
	}
	path := []any{"tool", "scikit-build", "wheel", "py-api"}
	for word := range strings.SplitSeq(value, ".") {
		n, free, ok := pythonWord(word)
		switch {
		case strings.HasPrefix(word, "py"): // py3: no ABI at all
		case !ok:
			return p.doc.fault(path, "py-api: %q is neither a Python, such as cp311 or cp315t, nor several with points between", value)
		case free:
			p.Stable.ABI3T = max(n, firstABI3T)
		default:
			p.Stable.ABI3 = n
		}
	}
	p.Stable.At = p.doc.at(path...)
	return nil
}

var pyTag = regexp.MustCompile(`^cp3(\d+)(t?)$`)

// pythonWord reads cp311 or cp315t.
func pythonWord(s string) (minor int, free, ok bool) {
	m := pyTag.FindStringSubmatch(s)
	if m == nil {
		return 0, false, false
	}
	minor, err := strconv.Atoi(m[1])
	return minor, m[2] != "", err == nil
}

// limitedOption finds options={"bdist_wheel": {"py_limited_api": "cp311"}} in a
// setup.py.
var limitedOption = regexp.MustCompile(`["']py_limited_api["']\s*:\s*["'](cp3\d+)["']|\bpy_limited_api\s*=\s*["'](cp3\d+)["']`)

// readSetuptools reads py_limited_api of bdist_wheel from the three files it can
// stand in, and the crates of setuptools-rust.
func (p *Project) readSetuptools(fsys fs.FS, old legacy) error {
	value, at := "", ""
	for _, key := range []string{"py-limited-api", "py_limited_api"} {
		path := []string{"tool", "distutils", "bdist_wheel", key}
		v, err := p.doc.str(path...)
		if err != nil {
			return err
		}
		if v != "" {
			value, at = v, p.doc.at(mixed(path)...)
		}
		if v, line, ok := iniValue(old.cfg, "bdist_wheel", key); ok && value == "" {
			value, at = v, fmt.Sprintf("setup.cfg:%d", line)
		}
	}
	fixed := value != ""
	if m := limitedOption.FindStringSubmatchIndex(old.setup); m != nil && value == "" {
		start, end := m[2], m[3]
		if start < 0 {
			start, end = m[4], m[5]
		}
		value, at = old.setup[start:end], fmt.Sprintf("setup.py:%d", strings.Count(old.setup[:m[0]], "\n")+1)
	}
	if n, _, ok := pythonWord(value); ok {
		p.Stable.ABI3, p.Stable.At = n, at
		// A setup.py that asks for the flavour of the build sets nothing on the
		// free-threaded one.
		if fixed || !strings.Contains(old.setup, "Py_GIL_DISABLED") {
			p.Stable.ABI3T = max(n, firstABI3T)
			p.Stable.Refuses = "setuptools refuses py_limited_api on free-threaded Python before 3.15; set it in setup.py where sysconfig's Py_GIL_DISABLED is off"
		}
	}
	for _, t := range tablesAt(p.doc.get("tool", "setuptools-rust", "ext-modules")) {
		path, _ := t["path"].(string)
		var features []string
		list, _ := t["features"].([]any)
		for _, f := range list {
			if s, ok := f.(string); ok {
				features = append(features, s)
			}
		}
		stable := p.Stable
		if err := p.readCargo(fsys, path, features, false); err != nil {
			return err
		}
		if stable.ABI3 != 0 { // the tag is bdist_wheel's
			p.Stable.ABI3, p.Stable.At = stable.ABI3, stable.At
		}
	}
	return nil
}

// tablesAt returns the tables of a list of them, however it is written.
func tablesAt(v any) []map[string]any {
	switch v := v.(type) {
	case []map[string]any:
		return v
	case []any:
		var all []map[string]any
		for _, e := range v {
			if t, ok := e.(map[string]any); ok {
				all = append(all, t)
			}
		}
		return all
	}
	return nil
}

// compiledRequirements are build requirements of projects with compiled code.
func compiledRequirements() []string {
	return []string{"cython", "pybind11", "nanobind", "cffi", "setuptools-rust", "mypy", "mypyc", "numpy", "scikit-build", "scikit-build-core", "meson-python", "maturin", "pythran", "cmake", "swig", "hatch-cython", "py-build-cmake", "sip"}
}

// compiledBackends are backends of projects with compiled code.
func compiledBackends() []string {
	return []string{"maturin", "mesonpy", "scikit_build_core", "py_build_cmake", "sipbuild"}
}

// compiled says what shows that the project has compiled code.
func (p *Project) compiled(fsys fs.FS, old legacy) string {
	if i := slices.IndexFunc(compiledBackends(), p.usesBackend); i >= 0 {
		return "it is built by " + compiledBackends()[i]
	}
	for _, r := range p.BuildRequires {
		if slices.Contains(compiledRequirements(), r.Name) {
			return "it is built with " + r.Name
		}
	}
	if p.Cibuildwheel.Present() {
		return "it has a table [tool.cibuildwheel]"
	}
	if p.usesBackend("setuptools") {
		if p.doc.get("tool", "setuptools", "ext-modules") != nil || p.doc.get("tool", "setuptools-rust") != nil {
			return p.doc.name + " names extension modules"
		}
		for _, word := range []string{"ext_modules", "Extension(", "cffi_modules", "cythonize", "rust_extensions"} {
			if strings.Contains(old.setup, word) {
				return "setup.py names extension modules"
			}
		}
	}
	if _, err := fs.Stat(fsys, "Cargo.toml"); err == nil && p.PyO3.IsValid() {
		return "Cargo.toml asks for PyO3"
	}
	return ""
}
