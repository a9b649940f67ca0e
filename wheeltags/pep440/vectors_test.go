package pep440_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// vectors are answers of packaging; see testdata/README.md.
type vectors struct {
	Parse [][2]*string         `json:"parse"`
	Cmp   [][3]json.RawMessage `json:"cmp"`
	Spec  [][4]json.RawMessage `json:"spec"`
}

func readVectors(t *testing.T, name string) *vectors {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	var v vectors
	if err := json.NewDecoder(r).Decode(&v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(v.Parse) == 0 || len(v.Cmp) == 0 || len(v.Spec) == 0 {
		t.Fatalf("%s: want versions, orderings and specifiers; got %d, %d, %d", name, len(v.Parse), len(v.Cmp), len(v.Spec))
	}
	return &v
}

// TestVectors holds the package to packaging's recorded answers and, if the
// environment names a file of fresh ones, to those too.
func TestVectors(t *testing.T) {
	files := []string{"testdata/pep440_vectors.json.gz"}
	if fresh := os.Getenv("FTPKG_PEP440_VECTORS"); fresh != "" {
		files = append(files, strings.Split(fresh, string(os.PathListSeparator))...)
	}
	for _, name := range files {
		t.Run(name, func(t *testing.T) {
			v := readVectors(t, name)
			t.Run("parse", v.testParse)
			t.Run("cmp", v.testCmp)
			t.Run("spec", v.testSpec)
			t.Logf("%d versions, %d orderings, %d containments", len(v.Parse), len(v.Cmp), len(v.Spec))
		})
	}
}

func (v *vectors) testParse(t *testing.T) {
	for _, c := range v.Parse {
		got, err := pep440.Parse(*c[0])
		switch {
		case c[1] == nil:
			if err == nil {
				t.Errorf("Parse(%q) = %v, want it refused", *c[0], got)
			}
		case err != nil:
			t.Errorf("Parse(%q): %v; want %q", *c[0], err, *c[1])
		case got.String() != *c[1]:
			t.Errorf("Parse(%q) = %q, want %q", *c[0], got, *c[1])
		}
	}
}

func (v *vectors) testCmp(t *testing.T) {
	for _, c := range v.Cmp {
		var a, b string
		var want int
		decode(t, c[0], &a)
		decode(t, c[1], &b)
		decode(t, c[2], &want)
		x, y := pep440.MustParse(a), pep440.MustParse(b)
		if got := x.Compare(y); got != want {
			t.Errorf("%q.Compare(%q) = %d, want %d", a, b, got, want)
		}
		if got := y.Compare(x); got != -want {
			t.Errorf("%q.Compare(%q) = %d, want %d", b, a, got, -want)
		}
	}
}

func (v *vectors) testSpec(t *testing.T) {
	for _, c := range v.Spec {
		var text string
		var version *string
		var byDefault, withPre bool
		decode(t, c[0], &text)
		decode(t, c[1], &version)
		set, err := pep440.ParseSpecifiers(text)
		if version == nil {
			if err == nil {
				t.Errorf("ParseSpecifiers(%q) = %v, want it refused", text, set)
			}
			continue
		}
		if err != nil {
			t.Error(err)
			continue
		}
		decode(t, c[2], &byDefault)
		decode(t, c[3], &withPre)
		w := pep440.MustParse(*version)
		if got := set.Contains(w); got != withPre {
			t.Errorf("%q.Contains(%q) = %t, want %t", text, *version, got, withPre)
		}
		if got := set.ContainsDefault(w); got != byDefault {
			t.Errorf("%q.ContainsDefault(%q) = %t, want %t", text, *version, got, byDefault)
		}
		// The normalised text must mean the same.
		if again := pep440.MustParseSpecifiers(set.String()); again.Contains(w) != withPre {
			t.Errorf("%q, printed as %q, doesn't answer the same for %q", text, again, *version)
		}
	}
}

func decode(t *testing.T, raw json.RawMessage, to any) {
	t.Helper()
	if err := json.Unmarshal(raw, to); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
}
