package runtimetest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// An Archive is an interpreter packed like those of python-build-standalone: a
// .tar.gz with everything below the folder python. It is a real one, with as
// much of the standard library as it takes to start, to be asked what it is, and
// to compile.
type Archive struct {
	Bytes []byte
	// Version is complete and without the flavour: "3.13.5".
	Version      string
	FreeThreaded bool
}

// PackedAt is the time all files in an archive have.
func PackedAt() time.Time { return time.Date(2026, time.August, 14, 0, 0, 0, 0, time.UTC) }

// archives are those that were packed, by interpreter.
var archives sync.Map

// Packed returns the archive of an interpreter.
func Packed(t testing.TB, python string) *Archive {
	t.Helper()
	a, err := Pack(python)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Pack is [Packed] without a test to fail.
func Pack(python string) (*Archive, error) {
	once, _ := archives.LoadOrStore(python, sync.OnceValues(func() (*Archive, error) { return pack(python) }))
	f, ok := once.(func() (*Archive, error))
	if !ok {
		return nil, fmt.Errorf("%T among the archives", once)
	}
	return f()
}

// contents prints the version, the flavour, the interpreter, the standard
// library's folder, and the files of what it imports here, a line each.
const contents = `import argparse, compileall, encodings.ascii, encodings.latin_1, gettext, json, locale, os, shutil, site, struct, sys, sysconfig
print("%d.%d.%d" % sys.version_info[:3])
print("t" if sysconfig.get_config_var("Py_GIL_DISABLED") else "")
print(os.path.realpath(sys.executable))
print(sysconfig.get_path("stdlib"))
for file in sorted({m.__file__ for m in list(sys.modules.values()) if getattr(m, "__file__", None)}):
    print(file)`

func pack(python string) (*Archive, error) {
	out, err := exec.Command(python, "-I", "-S", "-B", "-c", contents).Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", python, err)
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	version, flavour, program, stdlib := lines[0], lines[1], lines[2], lines[3]
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(z)
	add := func(h tar.Header, file string) error {
		var text []byte
		if file != "" {
			if text, err = os.ReadFile(file); err != nil {
				return err
			}
			text = stripped(text)
		}
		h.Size, h.ModTime = int64(len(text)), PackedAt()
		if err := w.WriteHeader(&h); err != nil {
			return err
		}
		_, err := w.Write(text)
		return err
	}
	name := "python" + version[:strings.LastIndexByte(version, '.')] + flavour
	err = add(tar.Header{Typeflag: tar.TypeReg, Name: "python/bin/" + name, Mode: 0o755}, program)
	for _, h := range []tar.Header{
		{Typeflag: tar.TypeSymlink, Name: "python/bin/python3", Linkname: name, Mode: 0o777},
		{Typeflag: tar.TypeLink, Name: "python/bin/python", Linkname: "python/bin/" + name},
		// Without this folder, CPython finds no installation.
		{Typeflag: tar.TypeDir, Name: "python/lib/" + filepath.Base(stdlib) + "/lib-dynload/", Mode: 0o755},
	} {
		if err == nil {
			err = add(h, "")
		}
	}
	for _, file := range lines[4:] {
		rel, outside := filepath.Rel(filepath.Dir(stdlib), file)
		if err == nil && outside == nil && filepath.IsLocal(rel) {
			err = add(tar.Header{Typeflag: tar.TypeReg, Name: "python/lib/" + filepath.ToSlash(rel), Mode: 0o644}, file)
		}
	}
	if err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return &Archive{b.Bytes(), version, flavour != ""}, nil
}

// stripped leaves what is not loaded, such as the symbols for debuggers, out of a
// 64-bit little-endian ELF file; other files stay as they are. It keeps the
// archives small: most of an interpreter that was built here is symbols.
func stripped(text []byte) []byte {
	f, err := elf.NewFile(bytes.NewReader(text))
	if err != nil || f.Class != elf.ELFCLASS64 || f.Data != elf.ELFDATA2LSB {
		return text
	}
	end := uint64(0)
	for _, p := range f.Progs {
		end = max(end, p.Off+p.Filesz)
	}
	if end >= uint64(len(text)) {
		return text
	}
	text = bytes.Clone(text[:end])
	// The table of sections is behind the end.
	const shoff, shnum = 0x28, 0x3c
	clear(text[shoff : shoff+8])
	clear(text[shnum : shnum+4]) // with the index of the names' section
	return text
}
