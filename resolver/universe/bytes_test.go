package universe_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/resolver/universe"
)

const archives = `shows archives
package Some.Thing
  version 1.0+ft
    requires dep>=1
    extra x: other
    payload 5000
    wheel 1-cp313.cp314-cp313t-manylinux_2_28_x86_64.manylinux_2_27_x86_64 py3-none-any
    sdist dynamic
    sdist zip
      metadata-version 2.1
`

func files(t *testing.T, text string) []*universe.File {
	t.Helper()
	c, err := universe.Parse("archives", text)
	if err != nil {
		t.Fatal(err)
	}
	return c.Universe.Indexes[0].Projects[0].Releases[0].Files
}

func unzip(t *testing.T, b []byte) map[string]string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range r.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(rc)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(data)
	}
	return out
}

func untar(t *testing.T, b []byte) map[string]string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[h.Name] = string(data)
	}
}

func TestWheelBytes(t *testing.T) {
	f := files(t, archives)[0]
	b, err := f.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	again, _ := f.Bytes()
	if !bytes.Equal(b, again) {
		t.Error("the same file has different bytes each time")
	}
	members := unzip(t, b)
	info := "some_thing-1.0+ft.dist-info/"
	if got := members[info+universe.OriginFile]; got != f.Name+"\n" {
		t.Errorf("origin %q, want %q", got, f.Name)
	}
	wheel := members[info+"WHEEL"]
	for _, tag := range []string{
		"cp313-cp313t-manylinux_2_27_x86_64", "cp313-cp313t-manylinux_2_28_x86_64",
		"cp314-cp313t-manylinux_2_27_x86_64", "cp314-cp313t-manylinux_2_28_x86_64",
	} {
		if !strings.Contains(wheel, "Tag: "+tag+"\n") {
			t.Errorf("WHEEL lacks %s:\n%s", tag, wheel)
		}
	}
	if !strings.Contains(wheel, "Root-Is-Purelib: false\n") {
		t.Errorf("WHEEL of a platform wheel:\n%s", wheel)
	}
	record := members[info+"RECORD"]
	for name, data := range members {
		if name == info+"RECORD" {
			continue
		}
		sum := sha256.Sum256([]byte(data))
		want := fmt.Sprintf("%s,sha256=%s,%d\n", name, base64.RawURLEncoding.EncodeToString(sum[:]), len(data))
		if !strings.Contains(record, want) {
			t.Errorf("RECORD lacks %q:\n%s", want, record)
		}
	}
	if len(members["some_thing/payload.bin"]) != 5000 {
		t.Error("the filling is not there")
	}
	md, err := simple.ParseMetadata([]byte(members[info+"METADATA"]))
	if err != nil {
		t.Fatal(err)
	}
	if md.Version != "1.0+ft" || len(md.RequiresDist) != 2 || md.RequiresDist[1] != `other; extra == "x"` {
		t.Errorf("metadata %+v", md)
	}
}

func TestSdistBytes(t *testing.T) {
	all := files(t, archives)
	for _, tt := range []struct {
		file   *universe.File
		open   func(*testing.T, []byte) map[string]string
		static bool
	}{
		{all[2], untar, false},
		{all[3], unzip, false},
		{files(t, "shows x\npackage a\n  version 1\n    sdist\n")[0], untar, true},
	} {
		b, err := tt.file.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		members := tt.open(t, b)
		dir := strings.TrimSuffix(strings.TrimSuffix(tt.file.Name, ".zip"), ".tar.gz") + "/"
		for _, name := range []string{"pyproject.toml", "backend.py", "built/METADATA", "built/" + universe.OriginFile} {
			if members[dir+name] == "" {
				t.Errorf("%s lacks %s", tt.file.Name, name)
			}
		}
		md, err := simple.ParseMetadata([]byte(members[dir+"PKG-INFO"]))
		if err != nil {
			t.Fatal(err)
		}
		if md.StaticDependencies() != tt.static {
			t.Errorf("%s: static is %t", tt.file.Name, md.StaticDependencies())
		}
		if tt.file.Core.Dynamic && len(md.RequiresDist) > 0 {
			t.Errorf("%s states dynamic dependencies", tt.file.Name)
		}
	}
}

// TestClaims holds that a page's lies are lies about real bytes.
func TestClaims(t *testing.T) {
	f := files(t, "shows x\npackage a\n  version 1\n    digest wrong\n    metadata wrong\n    size 7\n")[0]
	b, err := f.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := f.RawFile("")
	if err != nil {
		t.Fatal(err)
	}
	if raw.Size != 7 || len(raw.Hashes) != 1 || raw.Hashes[0].Hex == fmt.Sprintf("%x", sha256.Sum256(b)) {
		t.Errorf("the page does not lie: %+v", raw)
	}
	if raw.Metadata.SHA256 == sha256.Sum256(f.Beside()) || !raw.Metadata.Offered {
		t.Errorf("the page does not lie about metadata: %+v", raw.Metadata)
	}
	g := files(t, "shows x\npackage a\n  version 1\n    digest none\n    metadata none\n")[0]
	if raw, err = g.RawFile(""); err != nil || len(raw.Hashes) != 0 || raw.Metadata.Offered || g.Beside() != nil {
		t.Errorf("the page claims what it should not: %+v, %v", raw, err)
	}
}
