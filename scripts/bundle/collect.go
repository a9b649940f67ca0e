package main

import (
	"context"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	pyruntime "github.com/ftpkg/ftpkg/probe/runtime"
)

// folder is the one everything in the archive stands in, as in those of
// python-build-standalone.
const folder = "python"

// epoch is the time of every file in the archive.
func epoch() time.Time { return time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC) }

// An entry is a file or a link of the archive.
type entry struct {
	name string // below folder, with slashes
	mode fs.FileMode
	link string // what a link says, "" for a file
	text []byte // the content
}

// A tree is what will be in the archive.
type tree struct {
	entries []entry // by name
	size    int64   // of all content, in bytes
	needs   []string

	info  *pyruntime.Info
	temp  string
	strip string // the program, "" where there is none
}

// collect reads the parts of a runtime that probing needs.
func collect(ctx context.Context, info *pyruntime.Info, temp string) (*tree, error) {
	t := &tree{info: info, temp: temp}
	if strings.HasPrefix(info.Platform, "win") {
		return nil, errors.New("runtimes of Windows are not bundled yet")
	}
	t.strip, _ = exec.LookPath("strip") // without it, the program is larger
	program, err := filepath.EvalSymlinks(info.BaseExecutable)
	if err != nil {
		return nil, err
	}
	python := info.Python()
	name := "python" + python.Series()
	if python.FreeThreaded {
		name += "t"
	}
	if err := t.add(ctx, program, "bin/"+name); err != nil {
		return nil, err
	}
	for _, link := range []string{"python", "python3", "python" + python.Series()} {
		if link != name {
			t.entries = append(t.entries, entry{name: "bin/" + link, link: name})
		}
	}
	lib := filepath.Dir(info.Stdlib)
	for _, pattern := range []string{"libpython*.so*", "libpython*.dylib"} {
		found, err := filepath.Glob(filepath.Join(lib, pattern))
		if err != nil {
			return nil, err
		}
		for _, file := range found {
			if err := t.add(ctx, file, "lib/"+filepath.Base(file)); err != nil {
				return nil, err
			}
		}
	}
	if err := t.addTree(ctx, info.Stdlib, "lib/"+filepath.Base(info.Stdlib)); err != nil {
		return nil, err
	}
	if err := t.addTree(ctx, info.Include, "include/"+filepath.Base(info.Include)); err != nil {
		return nil, err
	}
	slices.SortFunc(t.entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	slices.Sort(t.needs)
	t.needs = slices.Compact(t.needs)
	return t, nil
}

// unwanted reports whether a file or directory of the standard library stays
// behind: nobody imports it to use a package.
func unwanted(name string, isDir bool) bool {
	base := path.Base(name)
	if isDir {
		return slices.Contains([]string{"test", "tests", "idlelib", "tkinter", "turtledemo", "site-packages", "lib2to3"}, base) ||
			strings.HasPrefix(base, "config-") // what embedding needs
	}
	switch ext := path.Ext(base); {
	case ext == ".pyc":
		// Only what the interpreter reads when it is started without -O.
		return path.Base(path.Dir(name)) != "__pycache__" || strings.Contains(base, ".opt-")
	case ext == ".a", ext == ".whl" && strings.HasPrefix(base, "setuptools-"):
		return true
	case ext == ".so":
		stem, _, _ := strings.Cut(base, ".")
		return strings.HasPrefix(stem, "_test") || strings.HasPrefix(stem, "_xx") || strings.HasPrefix(stem, "xx") || stem == "_ctypes_test" || stem == "_tkinter"
	}
	return false
}

// addTree adds what is wanted of a directory.
func (t *tree) addTree(ctx context.Context, dir, name string) error {
	return filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		switch slashed := filepath.ToSlash(rel); {
		case rel == ".":
			return nil
		case unwanted(slashed, d.IsDir()) && d.IsDir():
			return fs.SkipDir
		case unwanted(slashed, d.IsDir()), d.IsDir():
			return nil
		default:
			return t.add(ctx, file, name+"/"+slashed)
		}
	})
}

// add adds a file or a link.
func (t *tree) add(ctx context.Context, file, name string) error {
	info, err := os.Lstat(file)
	if err != nil {
		return err
	}
	if info.Mode().Type() == fs.ModeSymlink {
		target, err := os.Readlink(file)
		if err != nil {
			return err
		}
		if inside := path.Join(path.Dir(name), filepath.ToSlash(target)); filepath.IsAbs(target) || !fs.ValidPath(inside) {
			if file, err = filepath.EvalSymlinks(file); err != nil {
				return err
			}
			return t.add(ctx, file, name)
		}
		t.entries = append(t.entries, entry{name: name, link: filepath.ToSlash(target)})
		return nil
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: neither a file nor a link", file)
	}
	text, err := t.content(ctx, file, name)
	if err != nil || text == nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if info.Mode()&0o100 != 0 {
		mode = 0o755
	}
	t.entries = append(t.entries, entry{name: name, mode: mode, text: text})
	t.size += int64(len(text))
	return nil
}

// content is what of a file goes into the archive; nil if nothing does.
func (t *tree) content(ctx context.Context, file, name string) ([]byte, error) {
	base := path.Base(name)
	switch {
	case strings.HasPrefix(base, "_sysconfigdata_") && path.Ext(base) == ".py":
		return t.sysconfigdata(ctx, file, name)
	case strings.HasPrefix(base, "_sysconfigdata_"):
		return nil, nil // compiled anew, with the above
	case path.Ext(base) == ".pyc":
		return compiled(file)
	}
	if f, err := elf.Open(file); err == nil {
		needs, err := f.ImportedLibraries()
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for _, lib := range needs {
			if !always(lib) {
				t.needs = append(t.needs, lib)
			}
		}
		if t.strip != "" {
			stripped := filepath.Join(t.temp, "stripped")
			if out, err := exec.CommandContext(ctx, t.strip, "--strip-unneeded", "-o", stripped, file).CombinedOutput(); err != nil {
				return nil, fmt.Errorf("strip %s: %w: %s", file, err, out)
			}
			file = stripped
		}
	}
	return os.ReadFile(file)
}

// always reports whether a library is there wherever the program could be
// loaded at all, or is part of the runtime.
func always(lib string) bool {
	for _, known := range []string{"libc.", "libm.", "libdl.", "libpthread.", "librt.", "libutil.", "ld-", "libpython", "libgcc_s."} {
		if strings.HasPrefix(lib, known) {
			return true
		}
	}
	return false
}

// sysconfigdata is the file with how the runtime was built, without the place it
// was built for, which is of no use elsewhere and nobody's business. Its compiled
// form is added as well.
func (t *tree) sysconfigdata(ctx context.Context, file, name string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	text = []byte(strings.ReplaceAll(string(text), t.info.BasePrefix, "/install"))
	source, cached := filepath.Join(t.temp, "sysconfigdata.py"), filepath.Join(t.temp, "sysconfigdata.pyc")
	if err := errors.Join(os.WriteFile(source, text, 0o644), os.Chtimes(source, epoch(), epoch())); err != nil { //nolint:gosec // a file of our own, in a directory of our own
		return nil, err
	}
	const program = "import sys, py_compile as p; p.compile(sys.argv[1], sys.argv[2], sys.argv[3], True, invalidation_mode=p.PycInvalidationMode.TIMESTAMP)"
	if out, err := exec.CommandContext(ctx, t.info.Executable, "-I", "-c", program, source, cached, "/install/"+name).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("compiling %s: %w: %s", file, err, out)
	}
	bytecode, err := os.ReadFile(cached)
	if err != nil {
		return nil, err
	}
	stem := strings.TrimSuffix(path.Base(name), ".py")
	t.entries = append(t.entries, entry{
		name: path.Dir(name) + "/__pycache__/" + stem + "." + t.info.CacheTag + ".pyc", mode: 0o644, text: bytecode,
	})
	t.size += int64(len(bytecode))
	return text, nil
}

// compiled returns a compiled file as it fits its source's new time; nil if it
// does not fit its source as it is.
//
// It begins with 16 bytes: a magic number, flags, and where those are 0 the time
// and the size of the source (PEP 552).
func compiled(file string) ([]byte, error) {
	const header, sourceTime = 16, 8
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if len(text) < header {
		return nil, nil
	}
	if binary.LittleEndian.Uint32(text[4:]) != 0 {
		return text, nil // goes by the source's hash
	}
	stem, _, _ := strings.Cut(filepath.Base(file), ".")
	source, err := os.Stat(filepath.Join(filepath.Dir(filepath.Dir(file)), stem+".py"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if binary.LittleEndian.Uint32(text[sourceTime:]) != uint32(source.ModTime().Unix()) {
		return nil, nil
	}
	binary.LittleEndian.PutUint32(text[sourceTime:], uint32(epoch().Unix()))
	return text, nil
}
