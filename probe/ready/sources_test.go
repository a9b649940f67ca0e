package ready

import (
	"archive/zip"
	"bytes"
	"testing"
)

// A countedArchive is an archive in memory that counts what is fetched ahead.
type countedArchive struct {
	*bytes.Reader

	ahead int64
}

func (*countedArchive) Close() error { return nil }

func (a *countedArchive) Prefetch(off, n int64) error {
	a.ahead += max(0, min(n, a.Size()-off))
	return nil
}

// What is no wheel, or a hostile one, does no harm.
func FuzzSources(f *testing.F) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"a/__init__.py", "a/b.so", "x.pth", "../up.py", "a.data/purelib/c.py"} {
		w, err := z.Create(name)
		if err != nil {
			f.Fatal(err)
		}
		if _, err := w.Write([]byte("import a")); err != nil {
			f.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("PK"))
	f.Fuzz(func(t *testing.T, data []byte) {
		a := &countedArchive{Reader: bytes.NewReader(data)}
		s, err := readSources(t.Context(), a)
		if a.ahead > int64(len(data)) {
			t.Errorf("%d bytes were fetched ahead of %d", a.ahead, len(data))
		}
		if err != nil {
			return
		}
		for i := range s.Files {
			if name, ok := installedAt(s.Files[i].Path); !ok || name != s.Files[i].Path {
				t.Errorf("a file at %q", s.Files[i].Path)
			}
		}
	})
}
