package lock

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/resolver/simple"
)

func raw(name string) simple.RawFile {
	return simple.RawFile{Filename: name, URL: "https://files.example.invalid/" + name, Hashes: []simple.Hash{{Algorithm: "sha256", Hex: "aa"}}}
}

func TestWriteErrors(t *testing.T) {
	wheel, sdist := raw("a-1.0-py3-none-any.whl"), raw("a-1.0.tar.gz")
	bare, lost := wheel, wheel
	bare.Hashes, lost.URL = nil, ""
	for _, tt := range []struct {
		p    DocumentPackage
		want string
	}{
		{DocumentPackage{Name: "A", Version: "1.0", Wheels: []simple.RawFile{wheel}}, "lock: A 1.0: the name is not a normalised one"},
		{DocumentPackage{Name: "", Version: "1.0", Wheels: []simple.RawFile{wheel}}, "lock: the name is not a normalised one"},
		{DocumentPackage{Name: "a", Version: "1.0"}, "lock: a 1.0: there is no file"},
		{DocumentPackage{Name: "a", Sdist: &sdist}, "lock: a: there is no version"},
		{DocumentPackage{Name: "a", Version: "1.0", Wheels: []simple.RawFile{bare}}, "lock: a 1.0: a-1.0-py3-none-any.whl has no hash, and PEP 751 wants one"},
		{DocumentPackage{Name: "a", Version: "1.0", Wheels: []simple.RawFile{lost}}, "lock: a 1.0: a-1.0-py3-none-any.whl has no URL"},
		{DocumentPackage{Name: "a", Version: "1.0", Wheels: []simple.RawFile{wheel}, Archive: &sdist}, "lock: a 1.0: an archive excludes wheels and sdist"},
	} {
		var b bytes.Buffer
		err := WritePylock(&b, &Document{Packages: []DocumentPackage{tt.p}})
		var de *DocumentError
		if !errors.As(err, &de) || err.Error() != tt.want || b.Len() > 0 {
			t.Errorf("got %v and %d bytes, want %s", err, b.Len(), tt.want)
		}
	}
	var b bytes.Buffer
	if err := WriteRequirements(&b, &Document{Packages: []DocumentPackage{{Name: "a"}}}); err == nil || b.Len() > 0 {
		t.Errorf("a requirement without a version was written: %q", b.String())
	}
}

func TestWritePylockParts(t *testing.T) {
	archive := raw("odd name.zip")
	archive.URL = "https://files.example.invalid/odd%20name.zip"
	local := raw("a-1.0+x-py3-none-any.whl")
	local.URL = "wheels/a-1.0+x-py3-none-any.whl"
	local.Hashes = []simple.Hash{{Algorithm: "sha512", Hex: "BB"}, {Algorithm: "md5", Hex: "aa"}}
	renamed := raw("a-1.0+x-cp314-cp314t-win_amd64.whl")
	renamed.URL = "https://files.example.invalid/download?id=7"
	doc := &Document{
		CreatedBy: `odd "name"` + "\t\\",
		Packages: []DocumentPackage{
			{Name: "url", Version: "2", Archive: &archive, Marker: `os_name == "posix"`},
			{Name: "a", Version: "1.0+x", RequiresPython: ">=3.9", Wheels: []simple.RawFile{local, renamed}, Dependencies: []DocumentDep{{"url", ""}, {"b", "1"}, {"url", ""}}},
		},
	}
	var b bytes.Buffer
	if err := WritePylock(&b, doc); err != nil {
		t.Fatal(err)
	}
	const want = `lock-version = "1.0"
created-by = "odd \"name\"\u0009\\"

[[packages]]
name = "a"
version = "1.0+x"
requires-python = ">=3.9"
dependencies = [
    { name = "b", version = "1" },
    { name = "url" },
]
wheels = [
    { name = "a-1.0+x-cp314-cp314t-win_amd64.whl", url = "https://files.example.invalid/download?id=7", hashes = { sha256 = "aa" } },
    { path = "wheels/a-1.0+x-py3-none-any.whl", hashes = { md5 = "aa", sha512 = "BB" } },
]

[[packages]]
name = "url"
version = "2"
marker = "os_name == \"posix\""
archive = { url = "https://files.example.invalid/odd%20name.zip", hashes = { sha256 = "aa" } }
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := Read("pylock.toml", b.Bytes()); err != nil {
		t.Errorf("it cannot be read back: %v", err)
	}

	b.Reset()
	if err := WritePylock(&b, &Document{}); err != nil {
		t.Fatal(err)
	}
	if l, err := Read("pylock.toml", b.Bytes()); err != nil || len(l.Packages) != 0 {
		t.Errorf("an empty lock: %v in %s", err, b.String())
	}
}

func TestWriteRequirementsWithoutHashes(t *testing.T) {
	weak := raw("b-1.tar.gz")
	weak.Hashes = []simple.Hash{{Algorithm: "md5", Hex: "aa"}}
	direct := raw("c-2-py3-none-any.whl")
	doc := &Document{RequiresPython: "==3.14.*", Packages: []DocumentPackage{
		{Name: "c", Version: "2", Archive: &direct},
		{Name: "b", Version: "1", Sdist: &weak, Marker: "os_name == 'nt'"},
	}}
	var b bytes.Buffer
	if err := WriteRequirements(&b, doc); err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"# for Python ==3.14.*",
		"# without hashes: b has none that an installer takes",
		"b==1 ; os_name == 'nt'",
		"c @ https://files.example.invalid/c-2-py3-none-any.whl",
		"",
	}, "\n")
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// failWriter fails after n bytes.
type failWriter struct{ n int }

func (w *failWriter) Write(p []byte) (int, error) {
	if len(p) > w.n {
		return w.n, errors.New("disk full")
	}
	w.n -= len(p)
	return len(p), nil
}

func TestWriteReportsTheWriter(t *testing.T) {
	doc, _ := Assemble(example())
	if err := WritePylock(&failWriter{10}, doc); err == nil {
		t.Error("WritePylock swallowed the writer's error")
	}
	if err := WriteRequirements(&failWriter{10}, doc); err == nil {
		t.Error("WriteRequirements swallowed the writer's error")
	}
}
