package bundle

import (
	"crypto/sha256"
	"io"
	"strings"
	"testing"
)

const good = `{"name": "cpython-3.13.5t+bundled-x86_64-linux-gnu", "python": "3.13.5t", "folder": "python",
	"sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "size": 3}`

func TestRead(t *testing.T) {
	t.Parallel()
	a, err := read(good, "abc")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // once to compare the digest, once to unpack
		text, err := io.ReadAll(a.Open())
		if err != nil || string(text) != "abc" || sha256.Sum256(text) != a.SHA256 {
			t.Errorf("%+v, %q, %v", a, text, err)
		}
	}
	if a.Python.String() != "3.13.5t" || a.Folder != "python" || !strings.HasPrefix(a.Name, "cpython-") {
		t.Errorf("%+v", a)
	}
	for _, tt := range []struct{ old, by, want string }{
		{"{", "", "bundled runtime: "},
		{"cpython-", "../", "not a name"},
		{"cpython-3.13.5t+bundled-x86_64-linux-gnu", "..", "not a name"},
		{`"3.13.5t"`, `"3.13t"`, "not a complete version"},
		{`"3.13.5t"`, `"ruby"`, "ruby"},
		{"ba78", "", "not a SHA-256 digest"},
		{"ba78", "zz78", "not a SHA-256 digest"},
		{"ba78", "ba78ba78", "not a SHA-256 digest"},
		{": 3", ": 4", "cut off"},
	} {
		if _, err := read(strings.Replace(good, tt.old, tt.by, 1), "abc"); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s for %s: %v, want %s", tt.by, tt.old, err, tt.want)
		}
	}
}

// A program built without the tag carries nothing.
func TestNone(t *testing.T) {
	t.Parallel()
	if a, err := Get(); a != nil || err != nil {
		t.Errorf("%+v, %v", a, err)
	}
}
