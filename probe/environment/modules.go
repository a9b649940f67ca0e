package environment

import (
	"bytes"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A moduleTree is what can be imported from the files of one distribution: a
// folder of site-packages, with what stands in it.
type moduleTree struct {
	folders map[string]*moduleTree
	modules map[string]bool // names of modules in this folder
	pkg     bool            // it has an __init__
	init    string          // the file's path if it is so small that it may only declare a namespace
}

// maxNamespaceInit is how large an __init__.py may be that does nothing but
// declare a namespace, in bytes: mostly comments.
const maxNamespaceInit = 2048

// declaresNamespace reports whether an __init__.py makes its package one that
// several projects share, in the ways from before implicit namespaces.
func declaresNamespace(text []byte) bool {
	return bytes.Contains(text, []byte("declare_namespace(")) || bytes.Contains(text, []byte("extend_path("))
}

func newModuleTree() *moduleTree {
	return &moduleTree{folders: map[string]*moduleTree{}, modules: map[string]bool{}}
}

// add puts a file into the tree if it can be imported. ext says that a file with
// the name of an extension module is one.
func (t *moduleTree) add(f *InstalledFile, ext bool) {
	file := f.Path
	dir, name := path.Split(file)
	module := ""
	switch stem, _, ok := cutExtension(name); {
	case ok && ext:
		module = stem
	case ok:
		return // a library
	case path.Ext(name) == ".py", path.Ext(name) == ".pyc" && path.Base(dir) != "__pycache__":
		module = strings.TrimSuffix(name, path.Ext(name))
	}
	if !isIdentifier(module) {
		return
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(dir, "/"), "/") {
		if part == "" {
			break // at the top
		}
		if !isIdentifier(part) {
			return // "numpy-2.4.6.dist-info"
		}
		next := t.folders[part]
		if next == nil {
			next = newModuleTree()
			t.folders[part] = next
		}
		t = next
	}
	if module == "__init__" {
		t.pkg = true
		if path.Ext(name) == ".py" && f.Size > 0 && f.Size <= maxNamespaceInit {
			t.init = file
		}
		return
	}
	t.modules[module] = true
}

// names returns what the tree offers, down to the first packages that are no
// namespaces: its public names and the others, sorted. The paths of the tree are
// relative to site.
func (t *moduleTree) names(site string) (public, private []string) {
	var hidden []string // tests and the like
	t.walk(site, "", func(name string) {
		switch parts := strings.Split(name, "."); {
		case slices.ContainsFunc(parts, isBesides):
			hidden = append(hidden, name)
		case slices.ContainsFunc(parts, func(p string) bool { return p[0] == '_' }):
			private = append(private, name)
		default:
			public = append(public, name)
		}
	})
	// A project that has nothing else to offer offers that.
	if len(public) == 0 {
		public, private = private, nil
	}
	if len(public) == 0 {
		public, hidden = hidden, nil
	}
	private = append(private, hidden...)
	slices.Sort(public)
	slices.Sort(private)
	return public, private
}

// walk visits the modules, and the packages that are no namespaces.
func (t *moduleTree) walk(site, prefix string, visit func(name string)) {
	for name, sub := range t.folders {
		if sub.pkg && !sub.isNamespace(site) {
			visit(prefix + name)
			continue
		}
		sub.walk(site, prefix+name+".", visit)
	}
	for name := range t.modules {
		// A package goes before a module of its name.
		if sub := t.folders[name]; sub == nil || !sub.pkg {
			visit(prefix + name)
		}
	}
}

// isNamespace reports whether a package only declares a namespace that something
// of this project is in.
func (t *moduleTree) isNamespace(site string) bool {
	if t.init == "" || len(t.folders)+len(t.modules) == 0 {
		return false
	}
	text, err := readSmall(filepath.Join(site, filepath.FromSlash(t.init)))
	return err == nil && declaresNamespace(text)
}

// isBesides reports whether a part of a name is one of those that stand beside a
// project's packages by accident more often than to be imported.
func isBesides(part string) bool {
	switch part {
	case "test", "tests", "doc", "docs", "example", "examples", "benchmark", "benchmarks", "conftest", "setup":
		return true
	}
	return false
}

// moduleName returns the dotted name of an extension module by its path.
func moduleName(file string) string {
	dir, name := path.Split(file)
	stem, _, _ := cutExtension(name)
	dotted := strings.ReplaceAll(dir, "/", ".") + stem
	return strings.TrimSuffix(dotted, ".__init__")
}

// isTestModule reports whether a module belongs to its package's tests: a folder
// named so holds it ("numpy.core.tests.x", but not "numpy.testing", which is for
// everyone), or its own name says so, as in numpy's _multiarray_tests, CPython's
// _testcapi and scipy's _ctest.
func isTestModule(module string) bool {
	parts := strings.Split(module, ".")
	for _, p := range parts[:len(parts)-1] {
		if p = strings.Trim(p, "_"); p == "test" || p == "tests" {
			return true
		}
	}
	last := parts[len(parts)-1]
	words := strings.Split(strings.Trim(last, "_"), "_")
	if slices.Contains(words, "test") || slices.Contains(words, "tests") {
		return true
	}
	return strings.HasPrefix(last, "_test") || last == "_ctest" || last == "_cytest"
}

// isPublicName reports whether a dotted name can be written in a program, and no
// part of it begins with an underscore.
func isPublicName(module string) bool {
	return isDotted(module) && module[0] != '_' && !strings.Contains(module, "._")
}

// isLibrary reports whether a file holds machine code, as its name tells.
func isLibrary(name string) bool {
	base := strings.ToLower(path.Base(name))
	switch path.Ext(base) {
	case ".so", ".pyd", ".dll", ".dylib":
		return true
	}
	return strings.Contains(base, ".so.") // libgfortran.so.5.0.0
}

// describe fills in what the files of a distribution, whose paths are relative to
// the site folder, can be imported as. module says whether a file with the name
// of an extension module is one.
func (d *Distribution) describe(module func(i int) bool) {
	tree := newModuleTree()
	d.Pure = true
	for i := range d.Files {
		f := &d.Files[i]
		if strings.HasPrefix(f.Path, "../") || path.IsAbs(f.Path) {
			d.Pure = d.Pure && !isLibrary(f.Path)
			continue
		}
		_, suffix, named := cutExtension(path.Base(f.Path))
		ext := named && module(i)
		tree.add(f, ext)
		switch {
		case ext:
			d.Pure = false
			d.Extensions = append(d.Extensions, newExtension(f, suffix))
		case isLibrary(f.Path):
			d.Pure = false
			d.Libraries = append(d.Libraries, f.Path)
		}
	}
	slices.SortFunc(d.Extensions, func(a, b Extension) int { return strings.Compare(a.Path, b.Path) })
	slices.Sort(d.Libraries)
	d.Public, d.Private = tree.names(d.site)
}

func newExtension(f *InstalledFile, suffix string) Extension {
	name := moduleName(f.Path)
	return Extension{
		Path: f.Path, Module: name, Suffix: suffix, Size: f.Size, SHA256: f.sha256Of(),
		Public: isPublicName(name), Test: isTestModule(name),
	}
}
