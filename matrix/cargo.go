package matrix

import (
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// readCargo reads which PyO3 a crate asks for, and which of its features for the
// stable ABI are on when the crate is built with some features.
func (p *Project) readCargo(fsys fs.FS, manifest string, features []string, bare bool) error {
	manifest = path.Clean(strings.ReplaceAll(manifest, `\`, "/"))
	if manifest == "." || manifest == "" {
		manifest = "Cargo.toml"
	}
	doc, err := readDocument(fsys, manifest)
	if err != nil || doc == nil {
		return err
	}
	c := crate{doc: doc, on: map[string]bool{}}
	if !bare {
		c.enable("default")
	}
	for _, f := range features {
		c.enable(f)
	}
	version, at, err := c.pyo3(fsys)
	if err != nil || version == "" && at == "" {
		return err
	}
	p.PyO3At = at
	if v, err := pep440.Parse(strings.TrimSpace(strings.TrimLeft(version, "^~=> "))); err == nil {
		p.PyO3 = v
	}
	for f := range c.on {
		word, ok := strings.CutPrefix(f, "pyo3/")
		if !ok {
			continue
		}
		if word == "abi3" && p.Stable.ABI3 == 0 {
			p.Stable.ABI3 = Oldest
		}
		if n, ok := strings.CutPrefix(word, "abi3-py3"); ok {
			p.Stable.ABI3 = max(p.Stable.ABI3, number(n))
		}
		if word == "abi3t" {
			p.Stable.ABI3T = max(p.Stable.ABI3T, firstABI3T)
		}
		if n, ok := strings.CutPrefix(word, "abi3t-py3"); ok {
			p.Stable.ABI3T = max(p.Stable.ABI3T, number(n))
		}
	}
	if p.Stable.ABI3 != 0 || p.Stable.ABI3T != 0 {
		p.Stable.At = at
	}
	return nil
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// A crate is a Cargo.toml with the features that are on: the crate's own by name,
// those of PyO3 as pyo3/NAME.
type crate struct {
	doc *document
	on  map[string]bool
}

// enable turns a feature on, and what it implies.
func (c *crate) enable(feature string) {
	feature = strings.Replace(feature, "pyo3?/", "pyo3/", 1)
	if c.on[feature] {
		return
	}
	c.on[feature] = true
	implied, _ := c.doc.get("features", feature).([]any)
	for _, f := range implied {
		if s, ok := f.(string); ok {
			c.enable(s)
		}
	}
}

// pyo3 returns the version that is asked for and where, and turns on the features
// that stand beside it.
func (c *crate) pyo3(fsys fs.FS) (version, at string, err error) {
	version, at, inherits := c.dependency(c.doc, "dependencies", "pyo3")
	if !inherits {
		return version, at, nil
	}
	for dir := path.Dir(c.doc.name); ; dir = path.Dir(dir) {
		root, err := readDocument(fsys, path.Join(dir, "Cargo.toml"))
		if err != nil {
			return "", "", err
		}
		if root != nil && root.get("workspace", "dependencies", "pyo3") != nil {
			version, at, _ = c.dependency(root, "workspace", "dependencies", "pyo3")
			return version, at, nil
		}
		if dir == "." || dir == "/" {
			return "", at, nil
		}
	}
}

// dependency reads an entry of a table of dependencies.
func (c *crate) dependency(doc *document, path ...string) (version, at string, inherits bool) {
	switch v := doc.get(path...).(type) {
	case string:
		return v, doc.at(mixed(path)...), false
	case map[string]any:
		version, _ = v["version"].(string)
		inherits, _ = v["workspace"].(bool)
		list, _ := v["features"].([]any)
		for _, f := range list {
			if s, ok := f.(string); ok {
				c.on["pyo3/"+s] = true
			}
		}
		return version, doc.at(mixed(path)...), inherits
	}
	return "", "", false
}

// release returns what holds for a version of PyO3.
func (t *PyO3) release(v pep440.Version) (PyO3Release, bool) {
	i := slices.IndexFunc(t.Releases, func(r PyO3Release) bool {
		from, err := pep440.Parse(r.Version)
		return err == nil && from.Compare(v) <= 0
	})
	if i < 0 {
		return PyO3Release{}, false
	}
	return t.Releases[i], true
}
