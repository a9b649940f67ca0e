package simple

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// checkProject checks what is true of every page, however it was made, and that
// its compact form says the same.
func checkProject(t *testing.T, p *Project) {
	t.Helper()
	if len(p.RequiresPython) == 0 || p.RequiresPython[0] != "" {
		t.Fatalf("RequiresPython is %q", p.RequiresPython)
	}
	for i, r := range p.Releases {
		if i > 0 && p.Releases[i-1].Version.Compare(r.Version) <= 0 {
			t.Fatalf("release %s before %s", p.Releases[i-1].Version, r.Version)
		}
		if len(r.Files) == 0 {
			t.Fatalf("release %s has no files", r.Version)
		}
		for j := range r.Files {
			f := &r.Files[j]
			if int(f.RequiresPython) >= len(p.RequiresPython) {
				t.Fatalf("%s: RequiresPython %d of %d", f.Filename, f.RequiresPython, len(p.RequiresPython))
			}
			if (f.Kind == Wheel || f.Kind == Variant) && int(f.Tags) >= len(p.Tags) {
				t.Fatalf("%s: Tags %d of %d", f.Filename, f.Tags, len(p.Tags))
			}
			if !validFilename(f.Filename) || f.URL == "" || f.Size < -1 {
				t.Fatalf("malformed file %+v", f)
			}
			p.FileURL(f)
		}
	}

	encoded := p.AppendBinary(nil)
	decoded, err := Decode(encoded)
	if err != nil {
		t.Fatalf("Decode: %v", err)
	}
	if want, got := describe(p), describe(decoded); want != got {
		t.Fatalf("decoded page differs (-want +got):\n%s", cmp.Diff(want, got))
	}
	if again := decoded.AppendBinary([]byte("x")); again[0] != 'x' || !bytes.Equal(again[1:], encoded) {
		t.Fatal("the compact form of the decoded page differs")
	}
}
