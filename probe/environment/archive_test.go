package environment

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// unpackTo unpacks a file as a wheel, and returns what of it is outside of its
// folder.
func unpackTo(t testing.TB, filename string, data []byte, limits Limits) (*manifest, error) {
	t.Helper()
	outer := t.TempDir()
	inner := filepath.Join(outer, "deep", "er")
	if err := os.MkdirAll(filepath.Join(inner, filesName), 0o755); err != nil {
		t.Fatal(err)
	}
	m, err := unpackWheel(t.Context(), inner, filename, bytes.NewReader(data), int64(len(data)), limits, 1)
	count := 0
	werr := filepath.WalkDir(outer, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		count++
		if !strings.HasPrefix(p, filepath.Join(inner, filesName)+string(filepath.Separator)) || !d.Type().IsRegular() {
			t.Errorf("%s was made", p)
		}
		return nil
	})
	if werr != nil {
		t.Fatal(werr)
	}
	if err == nil && count != len(m.files) {
		t.Errorf("%d files, the manifest has %d", count, len(m.files))
	}
	return m, err
}

// member adds a member that may be whatever it wants.
func rawMember(name string, change func(h *zip.FileHeader)) func(z *zip.Writer, dir string) {
	return func(z *zip.Writer, _ string) {
		h := &zip.FileHeader{Name: name, Method: zip.Store, UncompressedSize64: 4, CompressedSize64: 4, CRC32: 0xadf3f363}
		if change != nil {
			change(h)
		}
		f, err := z.CreateRaw(h)
		if err != nil {
			panic(err)
		}
		_, _ = f.Write([]byte("data"))
	}
}

func TestHostileArchives(t *testing.T) {
	t.Parallel()
	limits := Limits{Bytes: 1 << 20, Files: 50}
	for name, tt := range map[string]struct {
		change func(w *testWheel)
		want   string // "" if it is taken
	}{
		"a good one":    {func(*testWheel) {}, ""},
		"parent":        {func(w *testWheel) { w.raw = rawMember("../x.py", nil) }, "leaves its folder"},
		"parent within": {func(w *testWheel) { w.raw = rawMember("mod/../../x.py", nil) }, "leaves its folder"},
		"absolute":      {func(w *testWheel) { w.raw = rawMember("/x.py", nil) }, "an absolute path"},
		"drive":         {func(w *testWheel) { w.raw = rawMember("C:x.py", nil) }, "a drive letter"},
		"share":         {func(w *testWheel) { w.raw = rawMember(`\\host\share\x.py`, nil) }, "a backslash"},
		"backslash":     {func(w *testWheel) { w.raw = rawMember(`mod\x.py`, nil) }, "a backslash"},
		"NUL":           {func(w *testWheel) { w.raw = rawMember("x.py\x00.txt", nil) }, "a control character"},
		"newline":       {func(w *testWheel) { w.raw = rawMember("x\nfile 0 0 444 sha256=x y", nil) }, "a control character"},
		"not UTF-8":     {func(w *testWheel) { w.raw = rawMember("x\xff.py", func(h *zip.FileHeader) { h.NonUTF8 = true }) }, "not UTF-8"},
		"no name":       {func(w *testWheel) { w.raw = rawMember(".", nil) }, "no name"},
		"long":          {func(w *testWheel) { w.raw = rawMember(strings.Repeat("x", 300), nil) }, "too long"},
		"longer":        {func(w *testWheel) { w.raw = rawMember(strings.Repeat("x/", 3000)+"x", nil) }, "too long"},
		"symlink": {func(w *testWheel) {
			w.raw = rawMember("link", func(h *zip.FileHeader) { h.SetMode(fs.ModeSymlink | 0o777) })
		}, "a symbolic link"},
		"device": {func(w *testWheel) {
			w.raw = rawMember("dev", func(h *zip.FileHeader) { h.SetMode(fs.ModeDevice | 0o666) })
		}, "a special file"},
		"setuid": {func(w *testWheel) {
			w.raw = rawMember("mod/suid", func(h *zip.FileHeader) { h.SetMode(fs.ModeSetuid | 0o755) })
		}, ""},
		"folder": {func(w *testWheel) {
			w.raw = func(z *zip.Writer, _ string) { _, _ = z.Create("mod/empty/") }
		}, ""},
		"folder with contents": {func(w *testWheel) { w.raw = rawMember("mod/x/", nil) }, "a folder with contents"},
		"twice":                {func(w *testWheel) { w.raw = rawMember("mod/__init__.py", nil) }, "is there twice"},
		"twice, otherwise":     {func(w *testWheel) { w.raw = rawMember("mod//./__init__.py", nil) }, "is there twice"},
		"file and folder":      {func(w *testWheel) { w.raw = rawMember("mod/__init__.py/x", nil) }, "a file and the folder of"},
		"encrypted":            {func(w *testWheel) { w.raw = rawMember("x", func(h *zip.FileHeader) { h.Flags |= encrypted }) }, "it is encrypted"},
		"bzip2":                {func(w *testWheel) { w.raw = rawMember("x", func(h *zip.FileHeader) { h.Method = 12 }) }, "compression method 12"},
		"too large":            {func(w *testWheel) { w.with("big", strings.Repeat("0", 2<<20)) }, "unpacks to more than"},
		"said to be too large": {func(w *testWheel) {
			w.raw = rawMember("x", func(h *zip.FileHeader) { h.UncompressedSize64 = 1 << 60 })
		}, "unpacks to more than"},
		"said to be more than there is": {func(w *testWheel) {
			w.raw = rawMember("x", func(h *zip.FileHeader) { h.UncompressedSize64 = 1<<64 - 1 })
		}, "unpacks to more than"},
		"smaller than it says": {func(w *testWheel) { w.raw = rawMember("x", func(h *zip.FileHeader) { h.UncompressedSize64 = 100 }) }, "x"},
		"larger than it says":  {func(w *testWheel) { w.raw = rawMember("x", func(h *zip.FileHeader) { h.UncompressedSize64 = 2 }) }, "x"},
		"wrong checksum":       {func(w *testWheel) { w.raw = rawMember("x", func(h *zip.FileHeader) { h.CRC32 = 1 }) }, "checksum"},
		"too many": {func(w *testWheel) {
			for i := range 60 {
				w.with("mod/"+strings.Repeat("x", i+1), "")
			}
		}, "more than 50 are refused"},
		"other digest": {func(w *testWheel) {
			w.record = func(r string) string {
				return strings.Replace(r, "mod/__init__.py,sha256=", "mod/__init__.py,sha256=A", 1)
			}
		}, "is no digest"},
		"digest of another file": {func(w *testWheel) {
			w.record = func(r string) string {
				return strings.Replace(r, "mod/__init__.py,", "mod/other.py,", 1) + "mod/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,6\n"
			}
		}, "not what RECORD promises"},
		"other size": {func(w *testWheel) {
			w.record = func(r string) string { return strings.Replace(r, ",6\n", ",7\n", 1) }
		}, "RECORD says 7"},
		"weak digest": {func(w *testWheel) {
			w.record = func(r string) string { return strings.Replace(r, "mod/__init__.py,sha256=", "mod/__init__.py,md5=", 1) }
		}, "not SHA-256 or better"},
		"two rows":    {func(w *testWheel) { w.record = func(r string) string { return r + "mod/__init__.py,,\n" } }, "two different rows"},
		"no RECORD":   {func(w *testWheel) { w.record = func(string) string { return "" } }, "no RECORD"},
		"no METADATA": {func(w *testWheel) { w.with("mod-1.0.dist-info/METADATA", "") }, "Name"},
		"other project": {func(w *testWheel) {
			w.with("mod-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
		}, "other"},
		"other version": {func(w *testWheel) {
			w.with("mod-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: mod\nVersion: 1.1\n")
		}, "1.1"},
		"two dist-info": {func(w *testWheel) { w.with("x-1.0.dist-info/METADATA", "") }, "two dist-info folders"},
		"other WHEEL":   {func(w *testWheel) { w.with("mod-1.0.dist-info/WHEEL", "Wheel-Version: 3.0\n") }, "only 1.x"},
	} {
		w := package1("mod", "x = 1\n")
		tt.change(w)
		_, err := unpackTo(t, w.filename(), w.pack(t), limits)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// What pip and uv install is installed, and what is odd about it is told.
func TestOddRecords(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(w *testWheel)
		want   string
	}{
		"as it should be": {func(*testWheel) {}, ""},
		"signed":          {func(w *testWheel) { w.raw = rawMember("mod-1.0.dist-info/RECORD.jws", nil) }, ""},
		"not listed":      {func(w *testWheel) { w.raw = rawMember("mod/extra", nil) }, `the archive holds what RECORD does not list: "mod/extra"`},
		"not there": {func(w *testWheel) {
			w.record = func(r string) string { return r + "mod/gone.py,sha256=x,3\nmod/too.py,,\n" }
		},
			`RECORD lists what is not in the archive: "mod/gone.py" and 1 more`},
		"outside": {func(w *testWheel) { w.record = func(r string) string { return r + "../../etc/passwd,,\n" } },
			`RECORD lists what is not in the archive: "../../etc/passwd"`},
		"no digest": {func(w *testWheel) {
			w.record = func(r string) string {
				before, rest, _ := strings.Cut(r, "mod/__init__.py,")
				_, rest, _ = strings.Cut(rest, "\n")
				return before + "mod/__init__.py,,\n" + rest
			}
		}, `RECORD has no digest of: "mod/__init__.py"`},
		"absolute": {func(w *testWheel) {
			w.record = func(r string) string { return strings.Replace(r, "mod/__init__", "/mod/__init__", 1) }
		}, ""},
		"dot": {func(w *testWheel) {
			w.record = func(r string) string { return strings.Replace(r, "mod/__init__", "./mod/__init__", 1) }
		}, ""},
		"twice the same": {func(w *testWheel) { w.record = func(r string) string { return r + r } }, ""},
	} {
		w := package1("mod", "x = 1\n")
		tt.change(w)
		m, err := unpackTo(t, w.filename(), w.pack(t), defaultLimits())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		mustEqual(t, name, strings.Join(m.notes, "; "), tt.want)
	}
}

// A wheel with 64-bit fields is an ordinary one; one that promises more than it
// has is not.
func TestZip64(t *testing.T) {
	t.Parallel()
	w := package1("mod", "x = 1\n")
	data := w.pack(t)
	end := len(data) - 22
	offset := binary.LittleEndian.Uint32(data[end+16:])
	size := binary.LittleEndian.Uint32(data[end+12:])
	count := uint64(binary.LittleEndian.Uint16(data[end+10:]))
	build := func(count, offset uint64) []byte {
		var b bytes.Buffer
		b.Write(data[:end])
		le := func(v ...any) {
			for _, x := range v {
				_ = binary.Write(&b, binary.LittleEndian, x)
			}
		}
		le(uint32(0x06064b50), uint64(44), uint16(45), uint16(45), uint32(0), uint32(0), count, count, uint64(size), offset)
		le(uint32(0x07064b50), uint32(0), uint64(end), uint32(1))
		le(uint32(0x06054b50), uint16(0), uint16(0), uint16(0xffff), uint16(0xffff), uint32(0xffffffff), uint32(0xffffffff), uint16(0))
		return b.Bytes()
	}
	if m, err := unpackTo(t, w.filename(), build(count, uint64(offset)), defaultLimits()); err != nil || len(m.files) != 4 {
		t.Errorf("%v, %v", m, err)
	}
	for name, bad := range map[string][]byte{
		"more members": build(1<<60, uint64(offset)), "other place": build(count, 1<<62), "negative place": build(count, 1<<63),
	} {
		if _, err := unpackTo(t, w.filename(), bad, defaultLimits()); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestNotWheels(t *testing.T) {
	t.Parallel()
	data := package1("mod", "x = 1\n").pack(t)
	for name, tt := range map[string]struct {
		filename string
		data     []byte
	}{
		"empty":     {"mod-1.0-py3-none-any.whl", nil},
		"text":      {"mod-1.0-py3-none-any.whl", []byte("not found")},
		"cut":       {"mod-1.0-py3-none-any.whl", data[:len(data)/2]},
		"cut begin": {"mod-1.0-py3-none-any.whl", data[50:]},
		"name":      {"mod.zip", data},
		"another's": {"dom-1.0-py3-none-any.whl", data},
	} {
		if _, err := unpackTo(t, tt.filename, tt.data, defaultLimits()); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	for _, w := range []*testWheel{
		package1("mod", "x = 1\n"),
		package1("mod", "").with("mod-1.0.data/scripts/x", "#!python\n").with("mod-1.0.dist-info/entry_points.txt", "[console_scripts]\nx=mod:x\n"),
		{name: "mod", version: "1.0", files: map[string]string{"a/b/c.so": "PyInit_c\x00"}, raw: rawMember("../x", nil)},
	} {
		f.Add(w.pack(f))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := unpackTo(t, "mod-1.0-py3-none-any.whl", data, Limits{Bytes: 1 << 20, Files: 100})
		if err != nil {
			return
		}
		again, err := parseManifest(string(m.encode()))
		if err != nil || len(again.files) != len(m.files) {
			t.Errorf("its manifest cannot be read: %v", err)
		}
	})
}

// A failure to read is told from a fault of the wheel.
func TestReadFailure(t *testing.T) {
	t.Parallel()
	spec := package1("mod", "x = 1\n")
	data := spec.pack(t)
	broken := errors.New("the disk is on fire")
	src := &source{r: failing{bytes.NewReader(data), broken}}
	_, err := unpackWheel(t.Context(), t.TempDir(), spec.filename(), src, int64(len(data)), defaultLimits(), 2)
	if err == nil || !errors.Is(src.failed(), broken) {
		t.Errorf("%v, %v", err, src.failed())
	}
}

type failing struct {
	r   *bytes.Reader
	err error
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off == 0 {
		return 0, f.err
	}
	return f.r.ReadAt(p, off)
}
