package tracker_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/evidence"
	"github.com/ftpkg/ftpkg/tracker/status"
)

// A declaring index says more of each release than its metadata do.
type declaring struct {
	tracker.Index
	classifiers, urls []string
}

func (d declaring) Metadata(ctx context.Context, p *simple.Project, f *simple.File) (*simple.Metadata, error) {
	m, err := d.Index.Metadata(ctx, p, f)
	if err != nil {
		return nil, err
	}
	more := *m
	more.FreeThreading, more.URLs = d.classifiers, d.urls
	return &more, nil
}

// What releases declare, and where they say that they live, is kept with what they
// require; of a store that has only that, the rest is read as well.
func TestDeclared(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(first)
	w.track("part")
	page, err := w.updater().Index.Project(t.Context(), "part")
	if err != nil {
		t.Fatal(err)
	}
	old := evidence.Metadata{Project: "part", Version: "1.0", At: w.now, Tool: "older"}
	for i := range page.Releases[0].Files {
		old.SHA256 = digestOf(&page.Releases[0].Files[i])
	}
	if err := w.store.PutMetadata(t.Context(), &old); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.AddDate(0, 0, 1)
	for range 2 {
		u := w.updater()
		u.Index = declaring{
			u.Index, []string{"Programming Language :: Python :: Free Threading :: 3 - Stable"},
			[]string{"Source, https://example.invalid/part", "Source, https://example.invalid/other", "no label", "Odd, javascript:alert(1)"},
		}
		if _, err := u.Update(t.Context(), nil, tracker.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	h, err := w.store.History(t.Context(), "part")
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Metadata) != 2 {
		t.Fatalf("%d times read: %+v", len(h.Metadata), h.Metadata)
	}
	if diff := cmp.Diff(map[string]string{"Source": "https://example.invalid/part"}, h.Metadata[1].URLs); diff != "" {
		t.Error(diff)
	}
	d := status.New(status.DefaultRules())
	if got := d.Package(h, w.now).Declared; got != "stable" {
		t.Errorf("declared %q", got)
	}
	// The day before, that was not known.
	if got := d.Package(h, w.now.AddDate(0, 0, -1)).Declared; got != "" {
		t.Errorf("declared %q before it was read", got)
	}
}

func digestOf(f *simple.File) string {
	for _, h := range f.Hashes() {
		if h.Algorithm == "sha256" {
			return h.Hex
		}
	}
	return ""
}
