package snapshot

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"encoding/binary"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// packed is a zip archive of files.
func packed(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, "content of "+name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReduceWheel(t *testing.T) {
	t.Parallel()
	got, err := ReduceWheel(packed(t,
		"demo/__init__.py", "demo/_x.cpython-314t-x86_64-linux-gnu.so", "demo/_y.pyd", "demo.libs/libz.so.1",
		"demo-1.0.dist-info/METADATA", "demo-1.0.dist-info/WHEEL", "demo-1.0.dist-info/RECORD", "demo-1.0.dist-info/sub/METADATA", "METADATA"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(got), int64(len(got)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range r.File {
		names = append(names, f.Name)
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(in); err != nil || string(text) != "content of "+f.Name {
			t.Errorf("%s: %q, %v", f.Name, text, err)
		}
	}
	want := []string{"demo/_x.cpython-314t-x86_64-linux-gnu.so", "demo/_y.pyd", "demo-1.0.dist-info/METADATA", "demo-1.0.dist-info/WHEEL"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := ReduceWheel([]byte("no archive")); err == nil {
		t.Error("what is no archive was reduced")
	}
}

// A wheel that is kept lies beside the page, which has its digest; one that is not
// is only named.
func TestWheelsAreKept(t *testing.T) {
	t.Parallel()
	const kept, named = "demo-1.0-cp314-cp314t-win_amd64.whl", "demo-1.0-py3-none-any.whl"
	wheel := packed(t, "demo.pyd")
	s := Snapshot{Projects: []Project{{Name: "demo", Files: []File{{Filename: kept}, {Filename: named}}, Wheels: map[string][]byte{kept: wheel}}}}
	dir, index := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "gone-1-py3-none-any.whl"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "gone-1-py3-none-any.whl")); err == nil {
		t.Error("a wheel of the snapshot before is still there")
	}
	if _, err := Unpack(os.DirFS(dir), index); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(index, "demo", kept))
	if err != nil || !bytes.Equal(got, wheel) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	page, err := os.ReadFile(filepath.Join(index, "demo", "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(wheel)
	if n := strings.Count(string(page), hex.EncodeToString(digest[:])); n != 1 {
		t.Errorf("the page has the digest %d times:\n%s", n, page)
	}
}

// elfFile is an ELF file with the sections .text and .debug_info, of 8 bytes each.
func elfFile(t *testing.T) []byte {
	t.Helper()
	const names = "\x00.text\x00.debug_info\x00.shstrtab\x00"
	const head, content = 64, 64 + 16
	sections := []elf.Section64{
		{},
		{Name: 1, Type: uint32(elf.SHT_PROGBITS), Off: head, Size: 8},
		{Name: 7, Type: uint32(elf.SHT_PROGBITS), Off: head + 8, Size: 8},
		{Name: 19, Type: uint32(elf.SHT_STRTAB), Off: content, Size: uint64(len(names))},
	}
	header := elf.Header64{
		Ident: [16]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_DYN), Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT), Ehsize: head,
		Shoff: content + uint64(len(names)), Shentsize: 64, Shnum: uint16(len(sections)), Shstrndx: 3,
	}
	var b bytes.Buffer
	for _, part := range []any{header, []byte("codecodedebugged"), []byte(names), sections} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func TestWithoutDebug(t *testing.T) {
	t.Parallel()
	before := elfFile(t)
	after := withoutDebug(bytes.Clone(before))
	want := bytes.Replace(before, []byte("debugged"), make([]byte, 8), 1)
	if bytes.Equal(before, want) || !bytes.Equal(after, want) {
		t.Errorf("%q became %q", before, after)
	}
	if got := withoutDebug([]byte("MZ no ELF")); string(got) != "MZ no ELF" {
		t.Errorf("another format became %q", got)
	}
}
