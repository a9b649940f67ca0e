package environment

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// cutExtension splits a file name into a module's name and the suffix that makes
// it one of machine code:
//
//	.cpython-313t-x86_64-linux-gnu.so  .cpython-313t-darwin.so  .abi3.so
//	.abi3t.so  .abi3t-x86_64-linux-gnu.so  .so
//	.cp313t-win_amd64.pyd  .abi3t.pyd  .pyd  .pypy311-pp73-x86_64-linux-gnu.so
//
// Any tag counts, be it of another Python: whether an interpreter looks at the
// file, its own list of suffixes says.
func cutExtension(name string) (stem, suffix string, ok bool) {
	end := path.Ext(name)
	if end != ".so" && end != ".pyd" {
		return "", "", false
	}
	stem, _, _ = strings.Cut(name, ".")
	// What mypyc's modules share has a name that begins with a digest.
	if !isIdentifier("_"+stem) || stem == "" {
		return "", "", false
	}
	suffix = name[len(stem):]
	if tag := strings.TrimSuffix(suffix, end); strings.Count(tag, ".") > 1 {
		return "", "", false // "libfoo.so.1.2.so" and the like
	}
	return stem, suffix, true
}

// LoadedBy reports whether an interpreter with these suffixes takes the file for
// a module: see the Suffixes of a runtime.Info.
func (x *Extension) LoadedBy(suffixes []string) bool { return slices.Contains(suffixes, x.Suffix) }

// An initFinder looks in the bytes of a file for the name of the function that
// makes it a module. The interpreter looks the function up by that name, so a
// file without it is a library, whatever its own name is.
type initFinder struct {
	names [][]byte
	tail  []byte // of what was written before
	hit   bool
}

// newInitFinder returns the finder for a file, nil if its name is not one of an
// extension module.
func newInitFinder(file string) *initFinder {
	dir, name := path.Split(file)
	module, _, ok := cutExtension(name)
	if !ok {
		return nil
	}
	if module == "__init__" { // a package in one file
		module = path.Base(dir)
	}
	f := new(initFinder)
	ascii := true
	for i := range len(module) {
		ascii = ascii && module[i] < 0x80
	}
	if !ascii { // the rest of the name is in Punycode
		f.names = [][]byte{[]byte("PyInitU_"), []byte("PyModExportU_")}
		return f
	}
	f.names = [][]byte{[]byte("PyInit_" + module + "\x00"), []byte("PyModExport_" + module + "\x00")}
	return f
}

// Write looks at the next part of the file.
func (f *initFinder) Write(p []byte) (int, error) {
	if f.hit {
		return len(p), nil
	}
	longest := len(f.names[1])
	seam := slices.Concat(f.tail, p[:min(len(p), longest-1)])
	for _, name := range f.names {
		f.hit = f.hit || bytes.Contains(p, name) || bytes.Contains(seam, name)
	}
	if len(p) >= longest-1 {
		f.tail = append(f.tail[:0], p[len(p)-longest+1:]...)
	} else {
		f.tail = append(f.tail[:0], seam[max(0, len(seam)-longest+1):]...)
	}
	return len(p), nil
}

// found reports whether the name was seen; a nil finder has seen none.
func (f *initFinder) found() bool { return f != nil && f.hit }
