package inspect

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

const anyWheel = "a-1-cp313-cp313t-manylinux_2_28_x86_64.whl"

// rename changes all occurrences of a name in an archive to one of the same length.
func rename(t *testing.T, data []byte, from, to string) []byte {
	t.Helper()
	if len(from) != len(to) || !bytes.Contains(data, []byte(from)) {
		t.Fatalf("%q cannot become %q", from, to)
	}
	return bytes.ReplaceAll(data, []byte(from), []byte(to))
}

// patch changes a 32-bit field of the directory's entry of a member.
func patch(t *testing.T, data []byte, name string, offset int, value uint32) []byte {
	t.Helper()
	data = bytes.Clone(data)
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte("PK\x01\x02"))
		if i < 0 {
			t.Fatalf("no member %s", name)
		}
		at += i
		n := int(binary.LittleEndian.Uint16(data[at+28:]))
		if string(data[at+46:at+46+n]) == name {
			binary.LittleEndian.PutUint32(data[at+offset:], value)
			return data
		}
		at += 4
	}
}

// Offsets of fields in a directory's entry.
const (
	fieldFlags      = 8 // with the method behind it
	fieldCRC        = 16
	fieldCompressed = 20
	fieldSize       = 24
	fieldAttributes = 38
)

// Archives that lie are findings, and their modules undecided.
func TestHostile(t *testing.T) {
	t.Parallel()
	module := corpusOf(t).moduleOf(t, "declares")
	zeros := make([]byte, 5<<20)
	good := pack(t, nil, file{"a.so", module}, file{"bb.so", module}, metadata("a", "1"))
	for _, tt := range []struct {
		name    string
		data    []byte
		finding string // in some finding
		module  string // that is undecided, "" if none is
	}{
		{"twice", rename(t, pack(t, nil, file{"a.so", module}, file{"b.so", module}, metadata("a", "1")), "b.so", "a.so"), "there twice", "a"},
		{"an absolute name", rename(t, good, "bb.so", "/b.so"), "absolute path", ""},
		{"a drive", rename(t, good, "bb.so", "b:.so"), "absolute path", ""},
		{"a way out", rename(t, pack(t, nil, file{"xx/bb.so", module}, file{"a.so", module}, metadata("a", "1")), "xx/bb.so", "../bb.so"), "leads out", ""},
		{"a backslash", rename(t, good, "bb.so", `b\.so`), "backslash", ""},
		{"a NUL", rename(t, good, "bb.so", "b\x00.so"), "NUL", ""},
		{"not UTF-8", rename(t, good, "bb.so", "b\xff.so"), "not UTF-8", ""},
		{"longer than promised", patch(t, good, "bb.so", fieldSize, 100), "directory", "bb"},
		{"shorter than promised", patch(t, good, "bb.so", fieldSize, uint32(len(module)+1000)), "", "bb"},
		{"a size beyond all packing", patch(t, good, "bb.so", fieldSize, 1<<31-1), "contradict", "bb"},
		{"a size beyond all bounds", patch(t, good, "bb.so", fieldSize, 0xfffffff0), "more than 2 GiB", "bb"},
		{"a wrong checksum", patch(t, good, "bb.so", fieldCRC, 1), "checksum", "bb"},
		{"encrypted", patch(t, good, "bb.so", fieldFlags, 8<<16|1), "encrypted", "bb"},
		{"compressed in another way", patch(t, good, "bb.so", fieldFlags, 93<<16), "compression method", "bb"},
		{"a link", pack(t, func(h *zip.FileHeader) {
			if h.Name == "bb.so" {
				h.SetMode(os.ModeSymlink | 0o777)
			}
		}, file{"a.so", module}, file{"bb.so", []byte("/etc/passwd")}, metadata("a", "1")), "not a regular file", "bb"},
		{"no metadata", pack(t, nil, file{"a.so", module}), "no METADATA", ""},
		{"metadata of a wrong checksum", patch(t, good, "a-1.dist-info/METADATA", fieldCRC, 1), "checksum", ""},
		{"a bomb", pack(t, nil, file{"a.so", module}, file{"bb.so", zeros}, metadata("a", "1")), "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := read(t, anyWheel, tt.data)
			found := tt.finding == ""
			for _, f := range w.Findings {
				found = found || strings.Contains(f.Message, tt.finding)
				if !strings.Contains(f.Message, " ") || strings.Contains(f.Message, "zip:") {
					t.Errorf("finding %q", f)
				}
			}
			if !found {
				t.Errorf("findings %q, want one with %q", w.Findings, tt.finding)
			}
			d := declarations(w)
			if tt.module != "a" && d["a"] != vocab.DeclarationNotUsed {
				t.Errorf("the good module: %v", d)
			}
			if tt.module != "" && d[tt.module] != vocab.DeclarationUndecided {
				t.Errorf("%v, want %s undecided", d, tt.module)
			}
			if tt.module == "" && tt.name != "a bomb" && len(d) > 2 {
				t.Errorf("%v", d)
			}
		})
	}
	// Very many findings do not fill the answer.
	var files []file
	for range 200 {
		files = append(files, file{"../x", nil})
	}
	if w := read(t, anyWheel, pack(t, nil, append(files, metadata("a", "1"))...)); len(w.Findings) != maxFindings+1 || !strings.Contains(w.Findings[maxFindings].Message, "150 more") {
		t.Errorf("%d findings", len(w.Findings))
	}
	// Files of a library's name are not read if they are large; nor is what is put
	// where libraries are.
	w := read(t, anyWheel, pack(t, nil, file{"a/libbig.so", make([]byte, libraryFrom)}, file{"a.libs/libx.so", zeros}, file{"a/.dylibs/y.so", zeros}, metadata("a", "1")))
	if len(w.Modules) != 0 || len(w.Skipped) != 1 || w.Skipped[0].Path != "a/libbig.so" || w.Skipped[0].Size != libraryFrom {
		t.Errorf("%+v", w)
	}
}

// What is no module by its contents is told apart from one that cannot be read.
func TestNotAModule(t *testing.T) {
	t.Parallel()
	w := read(t, anyWheel, pack(t, nil, file{"a/text.so", []byte("GROUP ( libc.so )\n")}, file{"a/empty.so", nil}, metadata("a", "1")))
	for _, m := range w.Modules {
		if m.Declaration != vocab.DeclarationNotAModule || m.Platform != "linux-x86_64" {
			t.Errorf("%+v", m)
		}
	}
	var s Subject
	s.Judge([]*Wheel{w})
	if s.Verdict != vocab.VerdictPure || len(w.Modules) != 2 {
		t.Errorf("%s, %d modules", s.Verdict, len(w.Modules))
	}
}

// A large file is unpacked on disk, and nothing of it stays.
func TestSpool(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := newSpool(bytes.NewReader(make([]byte, spoolFrom)), spoolFrom, dir)
	if err != nil {
		t.Fatal(err)
	}
	left := func() int {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	b := make([]byte, 3)
	if n, err := s.ReadAt(b, spoolFrom-3); n != 3 || err != nil || left() != 1 {
		t.Errorf("%d, %v, %d files", n, err, left())
	}
	if err := s.Close(); err != nil || left() != 0 {
		t.Errorf("%v, %d files are left", err, left())
	}
	for _, size := range []int64{10, spoolFrom} {
		for _, other := range []int64{size - 1, size + 1} {
			if s, err := newSpool(bytes.NewReader(make([]byte, other)), size, dir); err == nil {
				t.Errorf("%d bytes for %d: %v", other, size, s)
			}
		}
	}
	var room *roomError
	if _, err := newSpool(bytes.NewReader(make([]byte, spoolFrom)), spoolFrom, filepath.Join(dir, "none")); !errors.As(err, &room) {
		t.Errorf("no directory: %v", err)
	}
	if left() != 0 {
		t.Errorf("%d files are left", left())
	}
}

func FuzzWheel(f *testing.F) {
	module := []byte("\x7fELF")
	for _, name := range []string{"declares", "silent"} {
		_, data := corpusOf(f).wheelOf(f, name)
		f.Add(data)
	}
	f.Add(pack(f, nil, file{"a.so", module}, file{"a/", nil}, metadata("a", "1", "Classifier: x")))
	f.Add(pack(f, func(h *zip.FileHeader) { h.Method = zip.Store }, file{"a.so", module}, metadata("a", "1")))
	f.Fuzz(func(t *testing.T, data []byte) {
		w, err := NewReader(Options{}).Wheel(t.Context(), Source{Name: anyWheel, At: bytes.NewReader(data), Size: int64(len(data))})
		if err != nil {
			return
		}
		var s Subject
		s.Judge([]*Wheel{w})
		if s.Verdict == "" {
			t.Errorf("%+v", w)
		}
		for _, m := range w.Modules {
			if m.Path == "" || m.Declaration == "" || m.ABI == "" || m.Evidence == "" {
				t.Errorf("%+v", m)
			}
		}
	})
}
