//go:build unix

package runtime

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func header(name string) tar.Header { return tar.Header{Name: name} }

func program755(name string) tar.Header { return tar.Header{Name: name, Mode: 0o755} }

func link(name, target string) entry {
	return entry{Header: tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: target}}
}

func hard(name, target string) entry {
	return entry{Header: tar.Header{Typeflag: tar.TypeLink, Name: name, Linkname: target}}
}

func folder(name string) entry {
	return entry{Header: tar.Header{Typeflag: tar.TypeDir, Name: name}}
}

func file(name, text string) entry { return entry{header(name), text} }

// arena returns a directory to unpack into, with a neighbour that nothing may
// touch.
func arena(t testing.TB) (dir string, check func()) {
	t.Helper()
	parent := t.TempDir()
	dir, secret := filepath.Join(parent, "into"), filepath.Join(parent, "secret")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(secret, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir, func() {
		t.Helper()
		entries, err := os.ReadDir(parent)
		if err != nil || len(entries) != 2 {
			t.Errorf("beside the directory: %v, %v", entries, err)
		}
		if b, err := os.ReadFile(secret); err != nil || string(b) != "mine" {
			t.Errorf("the neighbour: %q, %v", b, err)
		}
		if st, err := os.Stat(secret); err != nil || st.Mode() != 0o600 {
			t.Errorf("the neighbour's mode: %v, %v", st, err)
		}
		checkTree(t, dir)
	}
}

// checkTree checks that a directory holds files, folders and links that stay
// within, and nothing else.
func checkTree(t testing.TB, dir string) {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		st, err := d.Info()
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		switch mode := st.Mode(); {
		case mode.IsDir(), mode.Type() == fs.ModeSymlink:
		case !mode.IsRegular():
			t.Errorf("%s is %v", rel, mode)
		case mode.Perm()&^0o755 != 0 || mode&(fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky) != 0:
			t.Errorf("%s has the mode %v", rel, mode)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestUnpack(t *testing.T) {
	t.Parallel()
	dir, check := arena(t)
	day := time.Date(2026, time.August, 14, 1, 2, 3, 0, time.UTC)
	text := tarGz(t,
		entry{Header: tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"comment": "made for a test"}}},
		folder("python/"),
		entry{tar.Header{Name: "python/bin/python3.14t", Mode: 0o4755, ModTime: day}, "#!"},
		link("python/bin/python3", "python3.14t"),
		hard("python/bin/python", "python/bin/python3.14t"),
		link("python/lib/later", "../share/there"),
		entry{Header: tar.Header{Typeflag: tar.TypeDir, Name: "python/share", ModTime: day}},
		file("./python/share/there/x", "y"),
		link("python/share/gone", "nowhere"),
		entry{tar.Header{Name: "python/" + strings.Repeat("long/", 60) + "x", ModTime: day}, "deep"},
	)
	if err := Unpack(t.Context(), bytes.NewReader(text), dir, "python", archiveLimits()); err != nil {
		t.Fatal(err)
	}
	check()
	for name, want := range map[string]string{"bin/python3": "#!", "bin/python": "#!", "lib/later/x": "y"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(b) != want {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
	for _, name := range []string{"bin/python3.14t", "share"} {
		if st, err := os.Stat(filepath.Join(dir, name)); err != nil || !st.ModTime().Equal(day) || st.Mode().Perm() != 0o755 {
			t.Errorf("%s: %v, %v", name, st, err)
		}
	}
}

func TestUnpackRefuses(t *testing.T) {
	t.Parallel()
	device := func(kind byte) entry {
		return entry{Header: tar.Header{Typeflag: kind, Name: "python/device", Devmajor: 1, Devminor: 3}}
	}
	small := Limits{Bytes: 1000, Entries: 20}
	for _, tt := range []struct {
		name    string
		entries []entry
		want    string
	}{
		{"dots", []entry{file("python/../../secret", "theirs")}, "leads out"},
		{"dots inside", []entry{file("python/a/../b", "")}, "leads out"},
		{"absolute", []entry{file("/secret", "theirs")}, "absolute path"},
		{"another folder", []entry{file("secret", "theirs")}, "not in the folder python"},
		{"like the folder", []entry{file("python3/x", "")}, "not in the folder python"},
		{"the folder a file", []entry{file("python", "x")}, "not a folder"},
		{"backslash", []entry{file(`python/..\..\secret`, "theirs")}, "backslash"},
		{"control", []entry{file("python/a\nb", "")}, "not a name"},
		{"bytes", []entry{file("python/\xff", "")}, "not a name"},
		{"long", []entry{file("python/"+strings.Repeat("x/", 600)+"x", "")}, "bytes"},
		{"link out", []entry{link("python/x", "../secret")}, "link out of the archive"},
		{"link out deep", []entry{link("python/a/b/x", "../../../secret")}, "link out of the archive"},
		{"absolute link", []entry{link("python/x", "/etc/passwd")}, "absolute link"},
		{"link to nothing", []entry{link("python/x", "")}, ""},
		{"link through a link", []entry{folder("python/d/e"), link("python/d/up", "e/.."), link("python/x", "d/up/../.."), file("python/d/e/y", "")}, "python/x"},
		{"winding link", []entry{link("python/x", "gone/../y")}, "link to nothing"},
		{"link to itself", []entry{link("python/x", "x")}, "python/x"},
		{"file through a link", []entry{folder("python/d"), link("python/l", "d"), file("python/l/x", "theirs")}, "file or link before"},
		{"file through a link out", []entry{link("python/l", ".."), file("python/l/secret", "theirs")}, "link out"},
		{"file over a link", []entry{link("python/l", "d"), file("python/l", "theirs")}, "twice"},
		{"folder over a file", []entry{file("python/d", ""), file("python/d/x", "")}, "file or link before"},
		{"twice", []entry{file("python/x", "1"), file("python/x", "2")}, "twice"},
		{"hard link out", []entry{hard("python/x", "../secret")}, "leads out"},
		{"absolute hard link", []entry{hard("python/x", "/etc/passwd")}, "absolute"},
		{"hard link beside", []entry{hard("python/x", "secret")}, "not in the folder"},
		{"hard link to what is not there", []entry{hard("python/x", "python/y")}, "no file of the archive"},
		{"hard link to a link", []entry{file("python/z", ""), link("python/y", "z"), hard("python/x", "python/y")}, "no file of the archive"},
		{"character device", []entry{device(tar.TypeChar)}, "neither a file"},
		{"block device", []entry{device(tar.TypeBlock)}, "neither a file"},
		{"pipe", []entry{device(tar.TypeFifo)}, "neither a file"},
		{"bomb", []entry{file("python/x", strings.Repeat("0", 600)), file("python/y", strings.Repeat("0", 600))}, "more than 1000 bytes"},
		{"many", manyFiles(30), "more than 20 entries"},
		{"many global headers", manyHeaders(30), "more than 20 entries"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir, check := arena(t)
			err := Unpack(t.Context(), bytes.NewReader(tarGz(t, tt.entries...)), dir, "python", small)
			var refused *ArchiveError
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one about %q", err, tt.want)
			}
			check()
		})
	}
}

// Where case means nothing, names that differ in it are one. A directory in which
// something is already shows what then happens.
func TestUnpackOver(t *testing.T) {
	t.Parallel()
	dir, check := arena(t)
	write(t, filepath.Join(dir, "share", "n", "x"), "earlier", 0o644)
	write(t, filepath.Join(dir, "link"), "earlier", 0o644)
	if err := os.Symlink("../secret", filepath.Join(dir, "file")); err != nil {
		t.Fatal(err)
	}
	text := tarGz(t, file("python/share/n/x", "later"), link("python/link", "share"), file("python/file", "theirs"), hard("python/share/hard", "python/file"))
	if err := Unpack(t.Context(), bytes.NewReader(text), dir, "python", archiveLimits()); err != nil {
		t.Fatal(err)
	}
	check()
	for name, want := range map[string]string{"share/n/x": "later", "link/n/x": "later", "file": "theirs", "share/hard": "theirs"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(b) != want {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
	// A link in the place of a folder leads elsewhere, a folder in that of a file
	// has something in it.
	for _, e := range []entry{file("python/away/x", "theirs"), file("python/share", "theirs")} {
		dir, check := arena(t)
		if err := os.Symlink("..", filepath.Join(dir, "away")); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "share", "x"), "", 0o644)
		var refused *ArchiveError
		if err := Unpack(t.Context(), bytes.NewReader(tarGz(t, e)), dir, "python", archiveLimits()); !errors.As(err, &refused) {
			t.Errorf("%s: %v", e.Name, err)
		}
		check()
	}
}

func manyFiles(n int) []entry {
	var all []entry
	for i := range n {
		all = append(all, file("python/"+strings.Repeat("x", i+1), ""))
	}
	return all
}

func manyHeaders(n int) []entry {
	var all []entry
	for range n {
		all = append(all, entry{Header: tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"a": "b"}}})
	}
	return all
}

// Streams that are no archive, or not all of one.
func TestUnpackStreams(t *testing.T) {
	t.Parallel()
	whole := tarGz(t, file("python/x", strings.Repeat("text that is long enough to be cut ", 100)))
	wrongSum := bytes.Clone(whole)
	wrongSum[len(wrongSum)-6] ^= 1
	var endless bytes.Buffer
	z := gzip.NewWriter(&endless)
	_, _ = z.Write(make([]byte, 3<<20)) // a tar that ends at once, then more and more
	_ = z.Close()
	for name, text := range map[string][]byte{
		"empty": nil, "text": []byte("hello"), "cut": whole[:len(whole)/2], "cut at the end": whole[:len(whole)-1],
		"wrong checksum": wrongSum, "garbage after": append(bytes.Clone(whole), "garbage"...), "goes on": endless.Bytes(),
	} {
		dir, check := arena(t)
		var refused *ArchiveError
		if err := Unpack(t.Context(), bytes.NewReader(text), dir, "python", archiveLimits()); !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
		check()
	}
}

func TestUnpackCancelled(t *testing.T) {
	t.Parallel()
	dir, check := arena(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Unpack(ctx, bytes.NewReader(tarGz(t, file("python/x", "y"))), dir, "python", archiveLimits()); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	check()
}

func FuzzUnpack(f *testing.F) {
	for _, entries := range [][]entry{
		{file("python/x", "text"), link("python/y", "x"), hard("python/z", "python/x")},
		{folder("python/d"), link("python/l", "d"), file("python/l/x", "")},
		{link("python/a", "b/../.."), link("python/b", "c"), folder("python/c/d")},
		{file("python/../x", "")},
	} {
		// Compression would hide the structure from the fuzzer.
		z, err := gzip.NewReader(bytes.NewReader(tarGz(f, entries...)))
		if err != nil {
			f.Fatal(err)
		}
		var plain bytes.Buffer
		if _, err := plain.ReadFrom(z); err != nil {
			f.Fatal(err)
		}
		f.Add(plain.Bytes())
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		if _, err := z.Write(plain); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		dir, check := arena(t)
		err := Unpack(t.Context(), &packed, dir, "python", Limits{Bytes: 1 << 20, Entries: 100})
		check()
		if err != nil {
			return
		}
		// Every link of an archive that was taken ends within, or nowhere.
		root, rootErr := os.OpenRoot(dir)
		if rootErr != nil {
			t.Fatal(rootErr)
		}
		defer root.Close()
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, _ error) error {
			if d.Type() == fs.ModeSymlink {
				rel, _ := filepath.Rel(dir, path)
				if _, err := root.Stat(rel); err != nil && !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s: %v", rel, err)
				}
			}
			return nil
		})
	})
}
