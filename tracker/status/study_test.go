package status

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestStudy asks a study all questions, twice and for different times: none may depend
// on what was asked before.
func TestStudy(t *testing.T) {
	t.Parallel()
	h := script(t, "it", wheels("2026-01-01", "it", "1.0", "cp314", "")+wheels("2026-01-01", "it", "1.0", "cp314t", "it=used it._x=not-used")+`
2026-02-01 + it-1.1-py3-none-any.whl
2026-03-01 + it-1.1-1-py3-none-any.whl
2026-03-10 yank it-1.1-1-py3-none-any.whl
2026-04-01 yank it-1.1-py3-none-any.whl
2026-05-01 + it-1.2.tar.gz
2026-06-01 requires other
`+wheels("2026-07-01", "it", "1.3", "cp314t", "it=not-used"))
	d := New(DefaultRules())
	times := []string{now, "2026-03-05", "2026-01-20", "2026-04-20", "2026-05-20", "2026-07-01", "2026-07-20", "2025-12-31"}
	study := d.Study(h)
	unexported := cmpopts.IgnoreUnexported(Package{})
	for range 2 {
		for _, text := range times {
			at := day(t, text)
			for what, pair := range map[string][2]any{
				"package":      {d.Package(h, at), study.Package(at)},
				"events":       {d.Events(h, day(t, "2026-02-15"), at), study.Events(day(t, "2026-02-15"), at)},
				"marks":        {d.Marks(h, at), study.Marks(at)},
				"read":         {d.Read(h, at), study.Read(at)},
				"described":    {d.Described(h, at), study.Described(at)},
				"requirements": {d.Requirements(h, at), study.Requirements(at)},
			} {
				if diff := cmp.Diff(pair[0], pair[1], unexported); diff != "" {
					t.Errorf("%s, %s (-alone +studied):\n%s", text, what, diff)
				}
			}
		}
	}
	// The build number decides between files of one tag, while both are there.
	for text, want := range map[string]string{
		"2026-02-20": "it-1.1-py3-none-any.whl", "2026-03-05": "it-1.1-1-py3-none-any.whl", "2026-03-20": "it-1.1-py3-none-any.whl",
	} {
		if got := study.Package(day(t, text)).Cells[0].File; got != want {
			t.Errorf("on %s: %s, want %s", text, got, want)
		}
	}
}

// TestSharedRows holds that equal rows are one, and others are not.
func TestSharedRows(t *testing.T) {
	t.Parallel()
	d := New(DefaultRules())
	at := day(t, now)
	a := d.Package(script(t, "a", "2026-01-01 + a-1.0-py3-none-any.whl\n"), at)
	b := d.Package(script(t, "b", "2026-01-01 + b-2.0-py3-none-any.whl\n"), at)
	c := d.Package(script(t, "c", "2026-01-01 + c-2.0.tar.gz\n"), at)
	if diff := cmp.Diff(a.Installs, b.Installs); diff != "" {
		t.Errorf("two pure packages (-a +b):\n%s", diff)
	}
	if cmp.Equal(a.Installs, c.Installs) {
		t.Error("a source distribution installs as a pure wheel does")
	}
	for python, row := range a.Installs {
		if len(row) != len(d.cells)/len(a.Installs) {
			t.Errorf("%s: %d platforms", python, len(row))
		}
	}
}
