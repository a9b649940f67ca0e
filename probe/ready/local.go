package ready

import (
	"context"
	"io/fs"
	"path"
	"strings"

	"github.com/ftpkg/ftpkg/probe/environment"
	"github.com/ftpkg/ftpkg/probe/ready/pyimport"
)

// A folder is a folder of this machine that modules are looked for in.
type folder struct {
	files   fs.FS
	entries map[string]map[string]bool // of folders by path: whether each is a folder
	modules map[string]*pyimport.Module
}

// Folder returns the layer of a folder of this machine. It is not safe for
// concurrent use.
func Folder(files fs.FS) pyimport.Layer {
	return &folder{files: files, entries: map[string]map[string]bool{}, modules: map[string]*pyimport.Module{}}
}

// Module implements [pyimport.Layer].
func (f *folder) Module(name string) *pyimport.Module {
	m, ok := f.modules[name]
	if !ok {
		m = f.find(name)
		f.modules[name] = m
	}
	return m
}

func (f *folder) find(name string) *pyimport.Module {
	file := strings.ReplaceAll(name, ".", "/")
	dir, base := path.Split(file)
	entries := f.list(path.Clean("./" + dir))
	if entries[base] && f.has(file, "__init__.py") {
		return f.source(name, file+"/__init__.py", true)
	}
	for entry, isDir := range entries {
		if x, ok := environment.NewExtension(entry); ok && !isDir && x.Module == base {
			return &pyimport.Module{Name: name, Kind: pyimport.Compiled}
		}
	}
	if isDir, ok := entries[base+".py"]; ok && !isDir {
		return f.source(name, file+".py", false)
	}
	if entries[base] {
		return &pyimport.Module{Name: name, Kind: pyimport.Namespace, Package: true}
	}
	return nil
}

// has reports whether a folder has a file.
func (f *folder) has(dir, name string) bool {
	isDir, ok := f.list(dir)[name]
	return ok && !isDir
}

// list is what is in a folder: whether each entry is a folder.
func (f *folder) list(dir string) map[string]bool {
	list, ok := f.entries[dir]
	if !ok {
		list = map[string]bool{}
		entries, err := fs.ReadDir(f.files, dir)
		if err == nil { // what cannot be listed has no modules
			for _, e := range entries {
				list[e.Name()] = e.IsDir()
			}
		}
		f.entries[dir] = list
	}
	return list
}

func (f *folder) source(name, file string, pkg bool) *pyimport.Module {
	return &pyimport.Module{Name: name, Package: pkg, Load: func(context.Context) (*pyimport.File, error) { return Source(f.files, file) }}
}

// Source reads the imports in a file.
func Source(files fs.FS, name string) (*pyimport.File, error) {
	src, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	return pyimport.Scan(src), nil
}
