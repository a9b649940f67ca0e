package publish_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/evidence"
	"github.com/ftpkg/ftpkg/tracker/publish"
	"github.com/ftpkg/ftpkg/tracker/site"
	"github.com/ftpkg/ftpkg/tracker/status"
)

func day(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

// facts is a source that holds histories.
type facts map[string]*evidence.History

func (f facts) Projects(context.Context) ([]evidence.Project, error) {
	var list []evidence.Project
	for _, h := range f {
		list = append(list, h.Project)
	}
	slices.SortFunc(list, func(a, b evidence.Project) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

func (f facts) History(_ context.Context, name string) (*evidence.History, error) {
	return f[name], nil
}

// add tracks a project that has files, each with the day of its upload:
// "2026-01-02 demo-1.0-cp314-cp314t-linux…".
func (f facts) add(name, cohort, from, until string, files ...string) {
	m := evidence.Membership{Cohort: cohort, From: day(from)}
	p := evidence.Project{Name: name, Added: day(from), Cohort: cohort}
	if until != "" {
		m.Until, p.Removed = day(until), day(until)
	}
	p.Memberships = []evidence.Membership{m}
	h := &evidence.History{Project: p, Static: map[string]*evidence.Static{}}
	for _, file := range files {
		date, file, _ := strings.Cut(file, " ")
		version := strings.Split(file, "-")[1]
		sum := sha256.Sum256([]byte(file))
		sha := hex.EncodeToString(sum[:])
		h.Files = append(h.Files, evidence.File{Project: name, Version: version, Name: file, SHA256: sha, Uploaded: day(date), FirstSeen: day(date)})
		h.Events = append(h.Events, evidence.FileEvent{Project: name, Name: file, SHA256: sha, Kind: vocab.FileAppeared, At: day(date)})
		h.Metadata = append(h.Metadata, evidence.Metadata{Project: name, Version: version, At: day(date)})
	}
	h.Observations = []evidence.Observation{{ID: 1, Project: name, At: day("2026-11-20"), Outcome: vocab.ObservedChanged}}
	f[name] = h
}

// some are facts of three packages: one that gained a platform and lost it, one that
// is no longer tracked, one that another requires.
func some() facts {
	f := facts{}
	f.add("demo", "list-2026", "2026-03-01", "",
		"2025-11-01 demo-1.0-cp314-cp314-manylinux_2_28_x86_64.whl", "2025-11-01 demo-1.0-cp314-cp314t-manylinux_2_28_x86_64.whl",
		"2025-11-01 demo-1.0-cp314-cp314-macosx_11_0_arm64.whl", "2025-11-01 demo-1.0-cp314-cp314t-macosx_11_0_arm64.whl",
		"2026-11-10 demo-1.1-cp314-cp314-manylinux_2_28_x86_64.whl", "2026-11-10 demo-1.1-cp314-cp314t-manylinux_2_28_x86_64.whl",
		"2026-11-10 demo-1.1-cp314-cp314-macosx_11_0_arm64.whl")
	f.add("gone", "list-2026", "2026-03-01", "2026-06-01", "2025-12-01 gone-1.0-cp314-cp314-manylinux_2_28_x86_64.whl")
	f.add("part", tracker.CohortRequired, "2026-03-01", "", "2025-12-01 part-1.0-cp314-cp314-manylinux_2_28_x86_64.whl")
	return f
}

func input(t testing.TB, f facts, o publish.Options) *site.Input {
	t.Helper()
	if o.At.IsZero() {
		o.At = day("2026-11-21")
	}
	if o.Title == "" {
		o.Title, o.Tool = "Test", "test"
	}
	in, err := publish.Input(t.Context(), f, status.New(status.DefaultRules()), o)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestInput(t *testing.T) {
	t.Parallel()
	notes, err := tracker.ParseNotes([]byte("- {package: demo, note: look, date: 2026-11-01, expires: 2027-01-01}\n- {package: part, note: old, date: 2026-01-01, expires: 2026-11-21}\n"))
	if err != nil {
		t.Fatal(err)
	}
	in := input(t, some(), publish.Options{Notes: notes})
	var names []string
	for _, p := range in.Document.Packages {
		names = append(names, p.Name+" "+p.Note)
	}
	if diff := cmp.Diff([]string{"demo look", "part "}, names); diff != "" {
		t.Error(diff)
	}
	var kinds []string
	for i := range in.Events {
		e := &in.Events[i]
		kinds = append(kinds, e.At.Format(time.DateOnly)+" "+e.Package+" "+string(e.Kind)+" "+string(e.Half))
	}
	if len(kinds) == 0 || !strings.HasPrefix(kinds[0], "2026-11-12 demo lost-platform") {
		t.Errorf("the newest event is not what demo 1.1 lost: %q", kinds)
	}
	if !slices.IsSortedFunc(in.Events, func(a, b status.Event) int { return b.At.Compare(a.At) }) {
		t.Errorf("not the newest first: %q", kinds)
	}
	// Those watched now, since the first had a wheel; those watched then, since somebody watched.
	if first := in.Fixed[0]; first.Day.Before(day("2025-11-03")) || first.Day.After(day("2025-11-11")) || first.Of != 1 || first.Installs != 1 {
		t.Errorf("fixed begins with %+v", first)
	}
	if last := in.Fixed[len(in.Fixed)-1]; !last.Day.Equal(day("2026-11-21")) || last.Of != 1 || last.Installs != 0 {
		t.Errorf("fixed ends with %+v", last)
	}
	of := map[int]bool{}
	for _, p := range in.Floating {
		of[p.Of] = true
		if p.Day.Before(day("2026-03-01")) || p.Of == 2 && !p.Day.Before(day("2026-06-01")) {
			t.Errorf("floating has %+v", p)
		}
	}
	if !of[1] || !of[2] {
		t.Errorf("floating does not count who was watched then: %+v", in.Floating)
	}
	var marks []string
	for _, m := range in.Marks {
		marks = append(marks, m.Day.Format(time.DateOnly)+" "+m.Text)
	}
	if diff := cmp.Diff([]string{"2026-05-01 cibuildwheel 4.0", "2026-10-01 CPython 3.15"}, marks); diff != "" {
		t.Error(diff)
	}
}

// That nothing is known makes a site, too.
func TestInputEmpty(t *testing.T) {
	t.Parallel()
	f := facts{}
	f.add("new", "", "2026-11-21", "")
	in := input(t, f, publish.Options{})
	if len(in.Fixed)+len(in.Floating)+len(in.Marks)+len(in.Events) != 0 || len(in.Document.Packages) != 1 {
		t.Errorf("%+v", in)
	}
	if _, err := site.Build(in); err != nil {
		t.Error(err)
	}
}

// Rules that change are marked, so that nobody takes the step for news.
func TestRuleMarks(t *testing.T) {
	t.Parallel()
	f := some()
	for _, s := range []*evidence.Static{{Rules: 3, At: day("2026-04-01")}, {Rules: 4, At: day("2026-07-01")}} {
		s.SHA256 = f["demo"].Files[0].SHA256
		f["demo"].Static[s.At.String()] = s
	}
	found := false
	for _, m := range input(t, f, publish.Options{}).Marks {
		found = found || m.Text == "reading 4" && m.Day.Equal(day("2026-07-01"))
		if m.Text == "reading 3" {
			t.Error("the rules that it began with are marked as a change")
		}
	}
	if !found {
		t.Error("the new rules are not marked")
	}
}

func TestFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "site")
	in := input(t, some(), publish.Options{})
	w, err := publish.Folder(dir, in, false)
	if err != nil || w.Changed != w.Files || w.Files == 0 {
		t.Fatalf("%+v, %v", w, err)
	}
	if w, err = publish.Folder(dir, in, false); err != nil || w.Changed != 0 || w.Removed != 0 {
		t.Errorf("the same site again: %+v, %v", w, err)
	}
	f := some()
	delete(f, "part")
	if w, err = publish.Folder(dir, input(t, f, publish.Options{}), false); err != nil || w.Removed == 0 {
		t.Errorf("a package less: %+v, %v", w, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "p", "part")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its page is still there: %v", err)
	}

	other := t.TempDir()
	mine := filepath.Join(other, "mine")
	if err := os.WriteFile(mine, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := publish.Folder(other, in, false); !errors.Is(err, publish.ErrForeign) {
		t.Errorf("a folder with other things: %v", err)
	}
	if entries, err := os.ReadDir(other); err != nil || len(entries) != 1 {
		t.Errorf("the folder that was refused has %v", entries)
	}
	if _, err := publish.Folder(other, in, true); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(mine); err != nil {
		t.Errorf("what was there is gone: %v", err)
	}
	if _, err := publish.Folder(other, in, false); err != nil {
		t.Errorf("it is a site by now: %v", err)
	}
}
