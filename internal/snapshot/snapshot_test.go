package snapshot

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/resolver/simple"
)

func TestRoundTrip(t *testing.T) {
	const metadata = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n"
	s := Snapshot{
		Taken: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC),
		Projects: []Project{{
			Name: "demo",
			Files: []File{
				{Filename: "demo-1.0-py3-none-any.whl", RequiresPython: ">=3.9", Uploaded: "2026-01-02T00:00:00Z"},
				{Filename: "demo-1.0.tar.gz"},
				{Filename: "demo-0.9.tar.gz", Yanked: true, YankedReason: "broken"},
				{Filename: "demo-0.8.tar.gz", Yanked: true},
			},
			Metadata: map[string]string{"demo-1.0-py3-none-any.whl": metadata, "demo-1.0.tar.gz": metadata},
		}},
	}
	packed, unpacked := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(packed, "gone.txtar"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(packed); err != nil {
		t.Fatal(err)
	}
	taken, err := Unpack(os.DirFS(packed), unpacked)
	if err != nil {
		t.Fatal(err)
	}
	if !taken.Equal(s.Taken) {
		t.Errorf("taken %s, want %s", taken, s.Taken)
	}
	if _, err := os.Stat(filepath.Join(unpacked, "gone")); err == nil {
		t.Error("a project of the snapshot before is still there")
	}
	page, err := os.ReadFile(filepath.Join(unpacked, "demo", "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := simple.ParseJSON(page, "")
	if err != nil {
		t.Fatal(err)
	}
	type file struct {
		Name, Python, Reason string
		Yanked, Metadata     bool
		Uploaded             int64
	}
	var got []file
	for _, r := range p.Releases {
		for _, f := range r.Files {
			got = append(got, file{f.Filename, p.RequiresPython[f.RequiresPython], f.YankedReason, f.Yanked, f.Metadata.Offered, f.Uploaded})
		}
	}
	want := []file{
		{"demo-1.0-py3-none-any.whl", ">=3.9", "", false, true, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC).Unix()},
		{"demo-1.0.tar.gz", "", "", false, true, 0},
		{"demo-0.9.tar.gz", "", "broken", true, false, 0},
		{"demo-0.8.tar.gz", "", "", true, false, 0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, name := range []string{"demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"} {
		b, err := os.ReadFile(filepath.Join(unpacked, "demo", name+".metadata"))
		if err != nil || string(b) != metadata {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
}

func TestUnpackErrors(t *testing.T) {
	date := &fstest.MapFile{Data: []byte("2026-11-21T12:00:00Z\n")}
	for name, fsys := range map[string]fstest.MapFS{
		"no date":              {},
		"a bad date":           {"DATE": {Data: []byte("today")}},
		"a way out":            {"DATE": date, "x.txtar": {Data: []byte("-- ../../evil --\n")}},
		"a file in a dir":      {"DATE": date, "x.txtar": {Data: []byte("-- a/b --\n")}},
		"a field nobody knows": {"DATE": date, "x.txtar": {Data: []byte("-- files --\na.whl\tsize 3\n")}},
	} {
		if _, err := Unpack(fsys, t.TempDir()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
