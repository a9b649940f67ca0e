// Package storetest holds what every store has to do, whatever database is below
// it: [Run] is called once for each.
package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/evidence"
	"github.com/ftpkg/ftpkg/tracker/store"
)

// A suite tests stores at places that fresh makes up.
type suite struct {
	fresh func(t *testing.T) string
}

// Run tests stores. Fresh returns a new place each time, as [store.Open] takes it,
// where there is no store yet.
func Run(t *testing.T, fresh func(t *testing.T) string) {
	s := suite{fresh}
	for _, test := range []struct {
		name string
		run  func(t *testing.T)
	}{
		{"Empty", s.empty}, {"Projects", s.projects}, {"Looks", s.looks}, {"Files", s.files}, {"LateLook", s.lateLook},
		{"Details", s.details}, {"Refusals", s.refusals}, {"Hostile", s.hostile}, {"Bodies", s.bodies}, {"Seen", s.seen},
		{"Runs", s.runs}, {"Story", s.story}, {"TwoUpdaters", s.twoUpdaters}, {"Cancelled", s.cancelled},
		{"Downloads", s.downloads}, {"OnlyAdded", s.onlyAdded}, {"Tampered", s.tampered}, {"Backup", s.backup}, {"ReadOnly", s.readOnly},
		{"Readers", s.readers}, {"OpenTogether", s.openTogether}, {"NewerSchema", s.newerSchema},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t)
		})
	}
}

// A clock tells a later time each time it is asked.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(time.Minute)
	return c.at
}

// Options are those of stores in tests: the time is that of stories.
func Options() store.Options {
	return store.Options{Now: (&clock{at: Begin()}).now, Tool: "ftpkg test"}
}

// Open opens a store until the end of a test.
func Open(t *testing.T, where string, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), where, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// open makes a store.
func (s suite) open(t *testing.T) *store.Store {
	t.Helper()
	return Open(t, s.fresh(t), Options())
}

// Raw opens the database below a store until the end of a test.
func Raw(t *testing.T, where string) *sql.DB {
	t.Helper()
	driver := "sqlite"
	if strings.HasPrefix(where, "postgres://") {
		driver = "pgx"
	}
	db, err := sql.Open(driver, where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// sound fails the test if verifying finds anything.
func sound(t *testing.T, s *store.Store) {
	t.Helper()
	r, err := s.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Faults {
		t.Errorf("verify: %s", f)
	}
}

// record records a batch.
func record(t *testing.T, s *store.Store, b *evidence.Batch) *evidence.Recorded {
	t.Helper()
	r, err := s.Record(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func history(t *testing.T, s *store.Store, name string) *evidence.History {
	t.Helper()
	h, err := s.History(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// look is a batch of a look at the project "p", so many hours after the beginning.
func look(hours int, outcome vocab.Observed, listing ...evidence.Listed) *evidence.Batch {
	return &evidence.Batch{
		Observation: evidence.Observation{
			Project: "p", At: Begin().Add(time.Duration(hours) * time.Hour), Source: "https://index.example.invalid/simple/",
			Tool: "ftpkg test", Outcome: outcome,
		},
		Listing: listing,
	}
}

// file is a listed file of "p"; each mark is "yanked" or a reason for that.
func file(name string, marks ...string) evidence.Listed {
	l := evidence.Listed{File: evidence.File{
		Project: "p", Version: "1.0", Name: name, SHA256: Digest(name), Size: 10, Uploaded: Begin().Add(-24 * time.Hour),
		RequiresPython: ">=3.9", URL: "https://files.example.invalid/ab/" + name,
	}}
	for _, m := range marks {
		if l.Yanked = true; m != "yanked" {
			l.Reason = m
		}
	}
	return l
}

// changes are the events of a history in short: hour, change, name, reason.
func changes(events []evidence.FileEvent) []string {
	var all []string
	for _, e := range events {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%v %s %s %s", e.At.Sub(Begin()).Hours(), e.Kind, e.Name, e.Reason)))
	}
	return all
}

func (s suite) empty(t *testing.T) {
	st := s.open(t)
	names, err := st.Names(t.Context())
	if err != nil || len(names) > 0 {
		t.Errorf("names %q, %v", names, err)
	}
	h := history(t, st, "nothing")
	if h.Project.Tracked() || len(h.Observations)+len(h.Files)+len(h.Events) > 0 || h.Static == nil {
		t.Errorf("history of nothing: %+v", h)
	}
	seen, err := st.Seen(t.Context(), "nothing")
	if err != nil || seen.Last != nil || seen.Answered != nil {
		t.Errorf("seen of nothing: %+v, %v", seen, err)
	}
	stats, err := st.Stats(t.Context())
	if err != nil || stats.Schema == 0 || stats.Bytes == 0 || !stats.First.IsZero() || stats.Rows["file"] != 0 {
		t.Errorf("stats %+v, %v", stats, err)
	}
	sound(t, st)
}

func (s suite) projects(t *testing.T) {
	ctx := t.Context()
	where := s.fresh(t)
	frozen := Begin()
	st := Open(t, where, store.Options{Now: func() time.Time { return frozen }, Tool: "ftpkg test"})
	step := func(what string, want []string, got []string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		equal(t, what, got, want)
	}
	got, err := st.AddProjects(ctx, "", "numpy", "lxml", "numpy")
	step("add", []string{"numpy", "lxml"}, got, err)
	got, err = st.AddProjects(ctx, "", "numpy")
	step("add again", nil, got, err)
	got, err = st.AddProjects(ctx, "default-1", "numpy", "pandas")
	step("cohort", []string{"numpy", "pandas"}, got, err)
	got, err = st.RemoveProjects(ctx, "lxml", "unheard-of")
	step("remove", []string{"lxml"}, got, err)
	frozen = frozen.Add(time.Hour)
	got, err = st.AddProjects(ctx, "default-2", "numpy")
	step("next cohort", []string{"numpy"}, got, err)
	got, err = st.LeaveCohort(ctx, "default-1", "numpy", "pandas", "lxml")
	step("leave", []string{"numpy", "pandas"}, got, err)
	got, err = st.Names(ctx)
	step("names", []string{"numpy"}, got, err)
	got, err = st.AddProjects(ctx, "", "lxml")
	step("add what was removed", []string{"lxml"}, got, err)
	for _, bad := range []string{"", "NumPy", "a_b", "x y", "../x", "-x"} {
		if _, err := st.AddProjects(ctx, "", bad); err == nil {
			t.Errorf("the name %q was taken", bad)
		}
	}

	all, err := st.Projects(ctx)
	if err != nil {
		t.Fatal(err)
	}
	first, second := Begin(), frozen
	tick := func(at time.Time, n int) time.Time { return at.Add(time.Duration(n) * time.Microsecond) }
	equal(t, "projects", all, []evidence.Project{
		{Name: "lxml", Added: first, Memberships: []evidence.Membership{
			{Cohort: "", From: first, Until: tick(first, 1)}, {Cohort: "", From: second},
		}},
		{Name: "numpy", Added: first, Cohort: "default-2", Memberships: []evidence.Membership{
			{Cohort: "", From: first}, {Cohort: "default-1", From: first, Until: second}, {Cohort: "default-2", From: second},
		}},
		{Name: "pandas", Added: first, Removed: second, Memberships: []evidence.Membership{{Cohort: "default-1", From: first, Until: second}}},
	})
	equal(t, "history's project", history(t, st, "numpy").Project, all[1])
	sound(t, st)
}

func (s suite) looks(t *testing.T) {
	st := s.open(t)
	first := look(0, vocab.ObservedChanged, file("a"))
	first.Observation.BodySHA256, first.Observation.ETag = Digest("body"), `"1"`
	r := record(t, st, first)
	if r.Again || r.Observation == 0 || len(r.Files) != 1 || len(r.Events) != 0 {
		t.Errorf("first: %+v", r)
	}
	again := record(t, st, first)
	if !again.Again || again.Observation != r.Observation || len(again.Files)+len(again.Events) > 0 {
		t.Errorf("again: %+v", again)
	}
	failed := look(1, vocab.ObservedFailed)
	failed.Observation.Detail = "503"
	for _, b := range []*evidence.Batch{failed, look(2, vocab.ObservedMissing), look(3, vocab.ObservedUnchanged), failed} {
		record(t, st, b)
	}
	other := look(0, vocab.ObservedChanged, file("a"))
	other.Observation.Source = "https://mirror.example.invalid/"
	if r := record(t, st, other); r.Again || len(r.Files)+len(r.Events) > 0 {
		t.Errorf("the same page from elsewhere: %+v", r)
	}
	h := history(t, st, "p")
	var outcomes []string
	for _, o := range h.Observations {
		outcomes = append(outcomes, strings.TrimSpace(string(o.Outcome)+" "+o.Detail))
	}
	equal(t, "looks", outcomes, []string{"changed", "changed", "failed 503", "missing", "unchanged"})
	first.Observation.ID = r.Observation
	equal(t, "first look", h.Observations[0], first.Observation)
	want := first.Listing[0].File
	want.Observation, want.FirstSeen = r.Observation, first.Observation.At
	equal(t, "files", h.Files, []evidence.File{want})
	equal(t, "files told", r.Files, []evidence.File{want})
	sound(t, st)
}

func (s suite) files(t *testing.T) {
	st := s.open(t)
	replaced := file("a")
	replaced.SHA256 = Digest("other bytes")
	for i, listing := range [][]evidence.Listed{
		{file("a"), file("b"), file("c", "yanked"), file("b")},
		{file("b", "broken"), file("c", "yanked")},
		{file("b", "very broken"), file("c")},
		{file("a", "back, but bad"), file("b"), file("c")},
		{replaced, file("b")},
		{},
		{file("b"), file("c", "yanked")},
	} {
		record(t, st, look(i, vocab.ObservedChanged, listing...))
		record(t, st, look(i, vocab.ObservedChanged, listing...))
	}
	record(t, st, look(8, vocab.ObservedMissing))
	h := history(t, st, "p")
	equal(t, "events", changes(h.Events), []string{
		"0 appeared a", "0 appeared b", "0 appeared c", "0 yanked c",
		"1 yanked b broken", "1 vanished a",
		"2 unyanked c", "2 yanked b very broken",
		"3 returned a", "3 unyanked b", "3 yanked a back, but bad",
		"4 appeared a", "4 vanished a", "4 vanished c",
		"5 vanished a", "5 vanished b",
		"6 returned b", "6 returned c", "6 yanked c",
	})
	present := func(hour int) []string {
		var all []string
		for _, f := range h.Present(Begin().Add(time.Duration(hour) * time.Hour)) {
			mark := ""
			if f.Yanked {
				mark = " yanked " + f.Reason
			}
			all = append(all, strings.TrimSpace(f.File.Name+" "+f.File.SHA256[:2]+mark))
		}
		return all
	}
	a, b, c := "a "+Digest("a")[:2], "b "+Digest("b")[:2], "c "+Digest("c")[:2]
	equal(t, "before the first look", present(-1), []string{a, b, c + " yanked"})
	equal(t, "before any upload", present(-100), []string(nil))
	equal(t, "at 1", present(1), []string{b + " yanked broken", c + " yanked"})
	equal(t, "at 5", present(5), []string(nil))
	equal(t, "at the end", present(100), []string{b, c + " yanked"})
	sound(t, st)
}

func (s suite) lateLook(t *testing.T) {
	st := s.open(t)
	record(t, st, look(0, vocab.ObservedChanged, file("a")))
	record(t, st, look(5, vocab.ObservedChanged, file("b")))
	// Another updater was slower with what it saw earlier.
	r := record(t, st, look(3, vocab.ObservedChanged, file("a"), file("short-lived", "yanked")))
	if len(r.Files) != 1 {
		t.Errorf("files told: %+v", r.Files)
	}
	record(t, st, look(6, vocab.ObservedChanged, file("b")))
	equal(t, "events", changes(history(t, st, "p").Events), []string{
		"0 appeared a", "3 appeared short-lived", "3 yanked short-lived", "5 appeared b", "5 vanished a", "5 vanished short-lived",
	})
	sound(t, st)
}

func (s suite) details(t *testing.T) {
	st := s.open(t)
	bare := file("a")
	bare.Size, bare.Uploaded, bare.RequiresPython, bare.URL = -1, time.Time{}, "", ""
	r := record(t, st, look(0, vocab.ObservedChanged, bare))
	some := bare
	some.Uploaded = Begin().Add(-time.Hour)
	record(t, st, look(1, vocab.ObservedChanged, some))
	record(t, st, look(2, vocab.ObservedChanged, file("a")))
	moved := file("a")
	moved.URL, moved.Size = "https://elsewhere.example.invalid/a", 11
	record(t, st, look(3, vocab.ObservedChanged, moved))
	want := file("a").File
	want.Uploaded, want.Observation, want.FirstSeen = some.Uploaded, r.Observation, Begin()
	h := history(t, st, "p")
	equal(t, "file", h.Files, []evidence.File{want})
	equal(t, "since", h.Files[0].Since(), some.Uploaded)
	equal(t, "events", changes(h.Events), []string{"0 appeared a"})
	stats, err := st.Stats(t.Context())
	if err != nil || stats.Rows["file_detail"] != 2 {
		t.Errorf("stats %+v, %v", stats, err)
	}
	sound(t, st)
}

func (s suite) refusals(t *testing.T) {
	st := s.open(t)
	ctx := t.Context()
	record(t, st, look(0, vocab.ObservedChanged, file("a")))
	for what, b := range map[string]*evidence.Batch{
		"another answer":    look(0, vocab.ObservedFailed),
		"no outcome":        look(1, "fine"),
		"unchanged, listed": look(1, vocab.ObservedUnchanged, file("a")),
		"no name":           {Observation: evidence.Observation{Outcome: vocab.ObservedMissing}},
		"other name":        {Observation: evidence.Observation{Project: "P_p", Outcome: vocab.ObservedMissing}},
		"static of nothing": {Observation: look(1, vocab.ObservedUnchanged).Observation, Static: []evidence.Static{{SHA256: Digest("a"), Rules: 1}}},
		"probe of nothing":  {Observation: look(1, vocab.ObservedUnchanged).Observation, Probes: []evidence.Probe{{SHA256: "xyz"}}},
	} {
		_, err := st.Record(ctx, b)
		if err == nil || !strings.Contains(err.Error(), st.Name()) {
			t.Errorf("%s: %v", what, err)
		}
		if what == "another answer" && !errors.Is(err, store.ErrConflict) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if h := history(t, st, "p"); len(h.Observations) != 1 || len(h.Events) != 1 {
		t.Errorf("something was recorded: %+v", h)
	}
	long := file(strings.Repeat("x", 10_000))
	version := file("v")
	version.Version = strings.Repeat("1", 10_000)
	r := record(t, st, look(2, vocab.ObservedChanged, long, version, file(""), file("b")))
	if r.Skipped != 3 || len(r.Files) != 1 {
		t.Errorf("names that are too long: %+v", r)
	}
	if _, err := store.Open(ctx, "", Options()); err == nil {
		t.Error("a store without a place was opened")
	}
	if _, err := store.Open(ctx, "mysql://user:secret@host/db", Options()); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("address of another kind: %v", err)
	}
	sound(t, st)
}

func (s suite) hostile(t *testing.T) {
	st := s.open(t)
	nasty := "<script>alert('x')</script>\x00\xff\u202e'; DROP TABLE file; -- \U0001F600 $1 ? %s"
	clean := strings.NewReplacer("\x00", "\uFFFD", "\xff", "\uFFFD").Replace(nasty)
	l := file(nasty, nasty)
	l.Version, l.RequiresPython, l.URL = nasty, nasty, "https://files.example.invalid/"+nasty
	b := look(0, vocab.ObservedChanged, l)
	b.Observation.Source, b.Observation.Detail, b.Observation.ETag, b.Observation.Tool = nasty, nasty, nasty, nasty
	b.Metadata = []evidence.Metadata{{Project: "p", Version: nasty, Classifiers: []string{nasty}, RequiresDist: []string{nasty}, URLs: map[string]string{nasty: nasty}}}
	b.Upstream = []evidence.Upstream{{Project: "p", Repository: nasty, File: nasty, Tests: []string{nasty}, Source: nasty}}
	record(t, st, b)
	if r := record(t, st, b); !r.Again {
		t.Errorf("again: %+v", r)
	}
	h := history(t, st, "p")
	equal(t, "look", []string{h.Observations[0].Source, h.Observations[0].Detail, h.Observations[0].ETag, h.Observations[0].Tool}, []string{clean, clean, clean, clean})
	f := h.Files[0]
	equal(t, "file", []string{f.Name, f.Version, f.RequiresPython, f.URL}, []string{clean, clean, clean, "https://files.example.invalid/" + clean})
	equal(t, "reason", h.Events[1].Reason, clean)
	equal(t, "metadata", []string{h.Metadata[0].Version, h.Upstream[0].File, h.Upstream[0].Source}, []string{clean, clean, clean})
	body := strings.ReplaceAll(nasty, "\xff", "\uFFFD") // NUL is fine in JSON
	equal(t, "classifiers", []string{h.Metadata[0].Classifiers[0], h.Metadata[0].RequiresDist[0], h.Metadata[0].URLs[body], h.Upstream[0].Tests[0]},
		[]string{body, body, body, body})
	sound(t, st)
}

func (s suite) bodies(t *testing.T) {
	st := s.open(t)
	ctx := t.Context()
	hour := func(n int) time.Time { return Begin().Add(time.Duration(n) * time.Hour) }
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	record(t, st, look(0, vocab.ObservedChanged, file("a"), file("b")))

	// The same again is no news, going back to what was said before is.
	for i, classifier := range []string{"one", "one", "two", "two", "one"} {
		check(st.PutMetadata(ctx, &evidence.Metadata{Project: "p", Version: "1", Classifiers: []string{classifier}, Full: true, At: hour(i)}))
		check(st.PutUpstream(ctx, &evidence.Upstream{Project: "p", Repository: "r", File: "f", Tests: []string{classifier}, At: hour(i), Source: fmt.Sprint("clone ", i)}))
	}
	// Nor is what a slower updater saw in between.
	check(st.PutMetadata(ctx, &evidence.Metadata{Project: "p", Version: "1", Classifiers: []string{"two"}, Full: true, At: hour(1).Add(time.Minute)}))
	check(st.PutMetadata(ctx, &evidence.Metadata{Project: "p", Version: "1", SHA256: Digest("a"), Classifiers: []string{"one"}, Full: true, At: hour(9)}))
	// Requirements alone are not all that is to be known.
	check(st.PutMetadata(ctx, &evidence.Metadata{Project: "p", Version: "2", RequiresDist: []string{"x"}, At: hour(0)}))
	if has, err := st.HasMetadata(ctx, "p", "2", ""); err != nil || has {
		t.Errorf("has metadata of which only a part was read: %v, %v", has, err)
	}
	check(st.PutMetadata(ctx, &evidence.Metadata{Project: "p", Version: "2", RequiresDist: []string{"x"}, Full: true, At: hour(10)}))
	if has, err := st.HasMetadata(ctx, "p", "2", ""); err != nil || !has {
		t.Errorf("has metadata that were read again: %v, %v", has, err)
	}
	h := history(t, st, "p")
	var said []string
	for _, m := range h.Metadata {
		said = append(said, fmt.Sprint(m.At.Sub(Begin()).Hours(), " ", m.Classifiers, " ", len(m.SHA256)))
	}
	equal(t, "metadata", said, []string{"0 [one] 0", "0 [] 0", "2 [two] 0", "4 [one] 0", "9 [one] 64", "10 [] 0"})
	said = nil
	for _, u := range h.Upstream {
		said = append(said, fmt.Sprint(u.At.Sub(Begin()).Hours(), " ", u.Tests, " ", u.Source))
	}
	equal(t, "upstream", said, []string{"0 [one] clone 0", "2 [two] clone 2", "4 [one] clone 4"})
	for sha, want := range map[string]bool{"": true, Digest("a"): true, Digest("b"): false} {
		if got, err := st.HasMetadata(ctx, "p", "1", sha); err != nil || got != want {
			t.Errorf("has metadata %q: %v, %v", sha, got, err)
		}
	}

	a := file("a").File
	for i, rules := range []int{1, 1, 3, 2} {
		check(st.PutStatic(ctx, &evidence.Static{SHA256: a.SHA256, Rules: rules, At: hour(i), Tool: fmt.Sprint("tool ", i), Wheel: Wheel(&a)}))
	}
	check(st.PutStatic(ctx, &evidence.Static{SHA256: Digest("somebody else's"), Rules: 1, Wheel: Wheel(&a)}))
	for rules, want := range map[int]bool{1: true, 2: true, 3: true, 4: false} {
		if got, err := st.HasStatic(ctx, a.SHA256, rules); err != nil || got != want {
			t.Errorf("has static by %d: %v, %v", rules, got, err)
		}
	}
	h = history(t, st, "p")
	equal(t, "static", h.Static, map[string]*evidence.Static{
		a.SHA256: {SHA256: a.SHA256, Rules: 3, At: hour(2), FirstAt: hour(0), Tool: "tool 2", Wheel: Wheel(&a)},
	})

	p := (Story{Files: 1, Looks: 1}).Batches(0)[0].Probes[0]
	p.SHA256 = a.SHA256
	var want []evidence.Probe
	for i, python := range []string{"3.13t", "3.14t", "3.14t"} {
		p.Python, p.At = python, hour(i)
		for range 2 {
			check(st.PutProbe(ctx, &p))
		}
		want = append(want, p)
	}
	equal(t, "probes", history(t, st, "p").Probes, want)
	if at, err := st.LastProbe(ctx, a.SHA256, "3.14t", p.Platform); err != nil || !at.Equal(hour(2)) {
		t.Errorf("last probe: %v, %v", at, err)
	}
	if at, err := st.LastProbe(ctx, a.SHA256, "3.15t", p.Platform); err != nil || !at.IsZero() {
		t.Errorf("probe of another Python: %v, %v", at, err)
	}
	sound(t, st)
}

// Downloads is a list of the n-th month: its projects are downloaded a thousand
// times, two thousand times and so on.
func Downloads(n int, projects ...string) []evidence.Downloads {
	var all []evidence.Downloads
	for i, name := range projects {
		all = append(all, evidence.Downloads{Project: name, At: Begin().AddDate(0, n, 0), Source: "top <b>", Count: int64(1000 * (i + 1)), Tool: "list"})
	}
	return all
}

func (s suite) downloads(t *testing.T) {
	st := s.open(t)
	ctx := t.Context()
	var want []evidence.Downloads
	for n := range 3 {
		list := Downloads(n, "p", "q")
		for range 2 { // again is once
			if err := st.PutDownloads(ctx, list...); err != nil {
				t.Fatal(err)
			}
		}
		want = append(want, list[1])
	}
	other := Downloads(1, "q")
	other[0].Count = 7 // the same list cannot say two things
	if err := st.PutDownloads(ctx, other...); err != nil {
		t.Fatal(err)
	}
	equal(t, "downloads", history(t, st, "q").Downloads, want)
	equal(t, "downloads of another", len(history(t, st, "r").Downloads), 0)

	// All or none.
	for _, bad := range []evidence.Downloads{{Project: "Not a name"}, {Project: "s", Count: -1}, {Project: "s", Source: strings.Repeat("x", 1001)}} {
		if err := st.PutDownloads(ctx, append(Downloads(5, "s"), bad)...); err == nil {
			t.Errorf("recorded: %.60v", bad)
		}
	}
	equal(t, "downloads of what was refused", len(history(t, st, "s").Downloads), 0)

	// What says nothing of its time and its tool is the store's own.
	if err := st.PutDownloads(ctx, evidence.Downloads{Project: "s", Source: "a\x00b", Count: 1}); err != nil {
		t.Fatal(err)
	}
	if d := history(t, st, "s").Downloads; len(d) != 1 || d[0].At.IsZero() || d[0].Tool == "" || d[0].Source != "a\uFFFDb" {
		t.Errorf("downloads %+v", d)
	}
	var many []evidence.Downloads
	for i := range 3000 {
		many = append(many, Downloads(6, fmt.Sprint("many-", i))...)
	}
	if err := st.PutDownloads(ctx, many...); err != nil {
		t.Fatal(err)
	}
	equal(t, "downloads of the last of many", history(t, st, "many-2999").Downloads, many[2999:])
	sound(t, st)
}

func (s suite) seen(t *testing.T) {
	st := s.open(t)
	check := func(what string, last vocab.Observed, body, etag string) {
		t.Helper()
		seen, err := st.Seen(t.Context(), "p")
		if err != nil {
			t.Fatal(err)
		}
		if seen.Last == nil || seen.Last.Outcome != last {
			t.Errorf("%s: last look %+v", what, seen.Last)
		}
		got := [2]string{}
		if seen.Answered != nil {
			got = [2]string{seen.Answered.BodySHA256, seen.Answered.ETag}
		}
		equal(t, what, got, [2]string{body, etag})
	}
	record(t, st, look(0, vocab.ObservedFailed))
	check("only a failure", vocab.ObservedFailed, "", "")
	changed := look(1, vocab.ObservedChanged, file("a"))
	changed.Observation.BodySHA256, changed.Observation.ETag = Digest("body"), `"x"`
	record(t, st, changed)
	check("a page", vocab.ObservedChanged, Digest("body"), `"x"`)
	record(t, st, look(2, vocab.ObservedUnchanged))
	check("the same without a body", vocab.ObservedUnchanged, Digest("body"), `"x"`)
	remarked := look(3, vocab.ObservedUnchanged)
	remarked.Observation.ETag = `"y"`
	record(t, st, remarked)
	check("with another mark", vocab.ObservedUnchanged, Digest("body"), `"y"`)
	record(t, st, look(4, vocab.ObservedFailed))
	check("then a failure", vocab.ObservedFailed, Digest("body"), `"y"`)
	sound(t, st)
}

func (s suite) runs(t *testing.T) {
	st := s.open(t)
	ctx := t.Context()
	var ids []int64
	for i := range 3 {
		r, err := st.BeginRun(ctx, fmt.Sprint("run ", i))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	for _, result := range []string{"all done", "again"} {
		if err := st.EndRun(ctx, ids[1], result); err != nil {
			t.Fatal(err)
		}
	}
	runs, err := st.Runs(ctx, 2)
	if err != nil {
		t.Fatal(err)
	}
	minute := func(n int) time.Time { return Begin().Add(time.Duration(n) * time.Minute) }
	equal(t, "runs", runs, []evidence.Run{
		{ID: ids[2], Began: minute(3), Tool: "ftpkg test", What: "run 2"},
		{ID: ids[1], Began: minute(2), Tool: "ftpkg test", What: "run 1", Ended: minute(4), Result: "all done"},
	})
	if err := st.EndRun(ctx, 99, "never began"); err == nil {
		t.Error("a run ended that never began")
	}
	sound(t, st)
}

// A story is told back as it was seen, look by look, by a store that was closed and
// opened between them.
func (s suite) story(t *testing.T) {
	where := s.fresh(t)
	const projects = 4
	tell := Story{Seed: 7, Looks: 25, Files: 3}
	for look := range tell.Looks {
		st, err := store.Open(t.Context(), where, Options())
		if err != nil {
			t.Fatal(err)
		}
		for p := range projects {
			record(t, st, tell.Batches(p)[look])
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
	st := Open(t, where, Options())
	kinds := map[vocab.FileChange]int{}
	for p := range projects {
		h := history(t, st, tell.Name(p))
		for _, e := range h.Events {
			kinds[e.Kind]++
		}
		for i, b := range tell.Batches(p) {
			if b.Observation.Outcome != vocab.ObservedChanged {
				continue
			}
			var want, got []string
			for _, l := range b.Listing {
				want = append(want, fmt.Sprint(l.Name, l.Yanked, l.Reason))
			}
			for _, f := range h.Present(b.Observation.At) {
				got = append(got, fmt.Sprint(f.File.Name, f.Yanked, f.Reason))
			}
			slices.Sort(want)
			slices.Sort(got)
			equal(t, fmt.Sprintf("look %d at %s", i, tell.Name(p)), got, want)
		}
	}
	for _, kind := range vocab.FileChanges().Names() {
		if kinds[vocab.FileChange(kind)] == 0 {
			t.Errorf("the stories tell of no file that %s", kind)
		}
	}
	sound(t, st)
}

// Two updaters that do the same at once leave what one leaves.
func (s suite) twoUpdaters(t *testing.T) {
	const projects = 6
	tell := Story{Seed: 11, Looks: 8, Files: 5}
	names := make([]string, projects)
	for p := range names {
		names[p] = tell.Name(p)
	}
	update := func(ctx context.Context, st *store.Store, from int) error {
		if _, err := st.AddProjects(ctx, "", names...); err != nil {
			return err
		}
		var wg sync.WaitGroup
		errs := make([]error, projects)
		for i := range projects {
			wg.Go(func() {
				for _, b := range tell.Batches((from + i) % projects) {
					if _, err := st.Record(ctx, b); err != nil {
						errs[i] = err
						return
					}
				}
			})
		}
		wg.Wait()
		return errors.Join(errs...)
	}
	frozen := store.Options{Now: Begin, Tool: "ftpkg test"}
	alone := Open(t, s.fresh(t), frozen)
	if err := update(t.Context(), alone, 0); err != nil {
		t.Fatal(err)
	}
	where := s.fresh(t)
	one, two := Open(t, where, frozen), Open(t, where, frozen)
	var wg sync.WaitGroup
	for i, st := range []*store.Store{one, two, one, two} {
		wg.Go(func() {
			if err := update(t.Context(), st, i); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	equal(t, "dump", Dump(t, two), Dump(t, alone))
	sound(t, one)
}

func (s suite) cancelled(t *testing.T) {
	st := s.open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := st.Record(ctx, look(0, vocab.ObservedChanged, file("a"))); !errors.Is(err, context.Canceled) {
		t.Errorf("recorded by nobody: %v", err)
	}
	// A batch is recorded as a whole or not at all.
	b := look(0, vocab.ObservedChanged, file("a"))
	b.Probes = []evidence.Probe{{SHA256: Digest("a")}}
	if _, err := st.Record(t.Context(), b); err == nil {
		t.Error("a probe of nothing was recorded")
	}
	if h := history(t, st, "p"); len(h.Observations)+len(h.Files) > 0 {
		t.Errorf("half of a batch: %+v", h)
	}
	record(t, st, look(0, vocab.ObservedChanged, file("a")))
	sound(t, st)
}

// tablesOfFacts are the tables, with a column that can be changed.
func tablesOfFacts() map[string]string {
	return map[string]string{
		"tracked": "tool", "observation": "detail", "file": "version", "file_detail": "size", "file_event": "reason",
		"metadata": "tool", "upstream": "source", "static": "tool", "probe": "tool", "downloads": "tool", "run": "what", "run_end": "result",
	}
}

// populated makes a store with something in each table.
func (s suite) populated(t *testing.T) string {
	t.Helper()
	where := s.fresh(t)
	st, err := store.Open(t.Context(), where, Options())
	if err != nil {
		t.Fatal(err)
	}
	Populate(t, st)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	return where
}

// Populate records a little of everything, always the same.
func Populate(t *testing.T, st *store.Store) {
	t.Helper()
	ctx := t.Context()
	tell := Story{Seed: 3, Looks: 10, Files: 2}
	for p := range 3 {
		if _, err := st.AddProjects(ctx, "default-2026-11-21", tell.Name(p)); err != nil {
			t.Fatal(err)
		}
		for _, b := range tell.Batches(p) {
			record(t, st, b)
		}
	}
	bare := file("a", "<b>")
	bare.Uploaded = time.Time{}
	record(t, st, look(0, vocab.ObservedChanged, bare))
	record(t, st, look(1, vocab.ObservedChanged, file("a")))
	if _, err := st.RemoveProjects(ctx, tell.Name(2)); err != nil {
		t.Fatal(err)
	}
	if err := st.PutDownloads(ctx, Downloads(1, tell.Name(0), "p")...); err != nil {
		t.Fatal(err)
	}
	r, err := st.BeginRun(ctx, "update")
	if err == nil {
		err = st.EndRun(ctx, r.ID, "done")
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (s suite) onlyAdded(t *testing.T) {
	where := s.populated(t)
	db := Raw(t, where)
	for table, column := range tablesOfFacts() {
		for _, q := range []string{"UPDATE " + table + " SET " + column + " = " + column, "DELETE FROM " + table} {
			if _, err := db.ExecContext(t.Context(), q); err == nil || !strings.Contains(err.Error(), "only added to") {
				t.Errorf("%s: %v", q, err)
			}
		}
	}
	sound(t, Open(t, where, Options()))
}

// Whatever is changed behind the store's back is found.
func (s suite) tampered(t *testing.T) {
	where := s.populated(t)
	ctx := t.Context()
	db := Raw(t, where)
	postgres := strings.HasPrefix(where, "postgres://")
	db.SetMaxOpenConns(1)
	off := []string{"PRAGMA foreign_keys = 0"}
	for table := range tablesOfFacts() {
		if postgres {
			off = append(off, "ALTER TABLE "+table+" DISABLE TRIGGER ALL")
		} else {
			off = append(off, "DROP TRIGGER "+table+"_no_update", "DROP TRIGGER "+table+"_no_delete")
		}
	}
	if postgres {
		off = off[1:]
	}
	for _, q := range off {
		if _, err := db.ExecContext(ctx, q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	st := Open(t, where, Options())
	sound(t, st)
	type tamper struct{ do, undo string }
	var tampers []tamper
	text := func(table string, columns ...string) {
		for _, c := range columns {
			tampers = append(tampers, tamper{
				fmt.Sprintf("UPDATE %s SET %s = %s || '0'", table, c, c), fmt.Sprintf("UPDATE %s SET %s = substr(%s, 1, length(%s) - 1)", table, c, c, c),
			})
		}
	}
	number := func(table string, columns ...string) {
		for _, c := range columns {
			tampers = append(tampers, tamper{
				fmt.Sprintf("UPDATE %s SET %s = %s + 1000000", table, c, c), fmt.Sprintf("UPDATE %s SET %s = %s - 1000000", table, c, c),
			})
		}
	}
	text("tracked", "project", "cohort", "tool", "digest")
	text("observation", "project", "source", "tool", "outcome", "detail", "body_sha256", "etag", "digest")
	text("file", "project", "name", "sha256", "version", "requires_python", "url")
	text("file_detail", "project", "name", "sha256", "requires_python", "url")
	text("file_event", "project", "name", "sha256", "kind", "reason")
	text("metadata", "project", "version", "sha256", "tool", "body", "digest")
	text("upstream", "project", "repository", "file", "tool", "source", "body", "digest")
	text("static", "sha256", "tool", "body", "digest")
	text("probe", "sha256", "python", "platform", "tool", "body", "digest")
	text("downloads", "project", "source", "tool", "digest")
	number("tracked", "at")
	number("observation", "at", "id")
	number("file", "size", "uploaded", "observation")
	number("file_detail", "size", "uploaded", "observation")
	number("file_event", "at", "observation")
	for _, table := range []string{"metadata", "upstream", "static", "probe"} {
		number(table, "at")
	}
	number("static", "rules")
	number("downloads", "at", "count")
	for _, q := range []string{
		"UPDATE file_event SET kind = 'yanked' WHERE kind = 'vanished'", "DELETE FROM file_event WHERE kind = 'unyanked'",
		"DELETE FROM observation WHERE project = 'p'", "DELETE FROM file_detail", "DELETE FROM file",
	} {
		tampers = append(tampers, tamper{do: q}) // the last ones, since they are not undone
	}
	exec := func(q string) {
		t.Helper()
		if r, err := db.ExecContext(ctx, q); err != nil {
			t.Fatalf("%s: %v", q, err)
		} else if n, err := r.RowsAffected(); err != nil || n == 0 {
			t.Errorf("%s: %d rows, %v", q, n, err)
		}
	}
	verify := func() *store.Report {
		t.Helper()
		r, err := st.Verify(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for _, tamper := range tampers {
		exec(tamper.do)
		r := verify()
		if r.OK() {
			t.Errorf("not found: %s", tamper.do)
		}
		if len(r.Faults) > 0 && r.Faults[0].String() == "" {
			t.Errorf("%s: a fault without a word", tamper.do)
		}
		if tamper.undo == "" {
			continue
		}
		exec(tamper.undo)
		if r := verify(); !r.OK() {
			t.Fatalf("%s: %s", tamper.undo, r.Faults[0])
		}
	}
}

func (s suite) backup(t *testing.T) {
	where := s.populated(t)
	ctx := t.Context()
	st := Open(t, where, Options())
	path := filepath.Join(t.TempDir(), "copy of it.db")
	if err := st.Backup(ctx, path); err != nil {
		t.Fatal(err)
	}
	if err := st.Backup(ctx, path); err == nil {
		t.Error("a backup replaced a file")
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("beside the backup: %q, %v", left, err)
	}
	saved := Open(t, path, Options())
	sound(t, saved)
	equal(t, "backup", Dump(t, saved), Dump(t, st))
	runs, err := saved.Runs(ctx, 9)
	if err != nil || len(runs) != 1 || runs[0].Result != "done" {
		t.Errorf("runs of the backup: %+v, %v", runs, err)
	}

	// Back into a new store, which goes on from there.
	back := s.open(t)
	if err := store.Copy(ctx, saved, back); err != nil {
		t.Fatal(err)
	}
	equal(t, "copy", Dump(t, back), Dump(t, st))
	if err := store.Copy(ctx, saved, back); err == nil {
		t.Error("facts were copied to others")
	}
	for _, st := range []*store.Store{saved, back} {
		record(t, st, look(48, vocab.ObservedChanged, file("new")))
		if _, err := st.BeginRun(ctx, "next"); err != nil {
			t.Error(err)
		}
		sound(t, st)
	}
}

func (s suite) readOnly(t *testing.T) {
	ctx := t.Context()
	o := Options()
	o.ReadOnly = true
	empty := s.fresh(t)
	if _, err := store.Open(ctx, empty, o); !errors.Is(err, store.ErrMissing) {
		t.Errorf("reading where there is none: %v", err)
	}
	exists := Options()
	exists.MustExist = true
	if _, err := store.Open(ctx, empty, exists); !errors.Is(err, store.ErrMissing) {
		t.Errorf("where there should be one: %v", err)
	}
	where := s.populated(t)
	Open(t, where, exists)
	st := Open(t, where, o)
	before := Dump(t, st)
	if len(before) < 1000 {
		t.Errorf("dump: %s", before)
	}
	if _, err := st.Record(ctx, look(99, vocab.ObservedMissing)); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("recorded: %v", err)
	}
	if err := st.Backup(ctx, filepath.Join(t.TempDir(), "b")); err != nil {
		t.Errorf("backup: %v", err)
	}
	sound(t, st)
	equal(t, "afterwards", Dump(t, st), before)
}

// Many may read at once, and while somebody writes.
func (s suite) readers(t *testing.T) {
	where := s.populated(t)
	st := Open(t, where, Options())
	tell := Story{Seed: 3, Looks: 10, Files: 2}
	want := history(t, Open(t, where, Options()), tell.Name(1)) // of another store, which has asked before
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			if i%6 == 0 {
				for _, b := range tell.Batches(100 + i) {
					if _, err := st.Record(ctx, b); err != nil {
						t.Error(err)
					}
				}
				return
			}
			for range 5 {
				got, err := st.History(ctx, tell.Name(1))
				if err != nil {
					t.Error(err)
					return
				}
				equal(t, "history", got, want)
				if _, err := st.Seen(ctx, tell.Name(2)); err != nil {
					t.Error(err)
				}
				if _, err := st.HasStatic(ctx, Digest("x"), 1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	sound(t, st)
}

// A store that several make at once is made once.
func (s suite) openTogether(t *testing.T) {
	where := s.fresh(t)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			st, err := store.Open(t.Context(), where, Options())
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := st.Record(t.Context(), look(0, vocab.ObservedChanged, file("a"))); err != nil {
				t.Error(err)
			}
			if err := st.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	st := Open(t, where, Options())
	if h := history(t, st, "p"); len(h.Observations) != 1 {
		t.Errorf("%+v", h.Observations)
	}
	sound(t, st)
}

func (s suite) newerSchema(t *testing.T) {
	where := s.populated(t)
	db := Raw(t, where)
	if _, err := db.ExecContext(t.Context(), "INSERT INTO ftpkg_schema (version_id, is_applied) VALUES (4711, true)"); err != nil {
		t.Fatal(err)
	}
	for _, readOnly := range []bool{false, true} {
		o := Options()
		o.ReadOnly = readOnly
		_, err := store.Open(t.Context(), where, o)
		if e, ok := errors.AsType[*store.SchemaError](err); !ok || !e.Newer() || e.Have != 4711 {
			t.Errorf("a newer schema: %v", err)
		}
	}
}
