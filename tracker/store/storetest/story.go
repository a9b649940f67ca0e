package storetest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/tracker/evidence"
	"github.com/ftpkg/ftpkg/tracker/store"
)

// Begin is when all stories begin.
func Begin() time.Time { return time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC) }

// Digest is a made-up digest.
func Digest(of ...any) string {
	d := sha256.Sum256([]byte(fmt.Sprintln(of...)))
	return hex.EncodeToString(d[:])
}

// Story makes up what an updater sees of a project, always the same for the same
// numbers: a look a day, at pages to which releases are added, of which files are
// yanked, given back, deleted and uploaded again, that cannot be had or are missing.
type Story struct {
	Seed  uint64
	Looks int
	Files int // in a release
}

// Name is the name of a story's project.
func (s Story) Name(project int) string { return fmt.Sprintf("project-%04d", project) }

// Batches are the looks at a project, one after the other.
func (s Story) Batches(project int) []*evidence.Batch {
	r := rand.New(rand.NewPCG(s.Seed, uint64(project))) //nolint:gosec // the same each time is what is wanted
	name := s.Name(project)
	var page []evidence.Listed
	uploaded := map[string]time.Time{}
	var all []*evidence.Batch
	for look := range s.Looks {
		at := Begin().AddDate(0, 0, look).Add(time.Duration(project) * time.Second)
		b := &evidence.Batch{Observation: evidence.Observation{
			Project: name, At: at, Source: "https://index.example.invalid/simple/", Tool: "ftpkg story", Outcome: vocab.ObservedChanged,
		}}
		all = append(all, b)
		switch n := r.IntN(12); {
		case look > 0 && n == 0:
			b.Observation.Outcome, b.Observation.Detail = vocab.ObservedFailed, "503 Service Unavailable"
			continue
		case look > 0 && n == 1:
			b.Observation.Outcome = vocab.ObservedMissing
			continue
		case look > 0 && n < 5:
			b.Observation.Outcome = vocab.ObservedUnchanged
			continue
		}
		page = s.change(r, name, look, at, page, uploaded)
		b.Listing = slices.Clone(page)
		b.Observation.BodySHA256 = Digest(name, look, page)
		b.Observation.ETag = fmt.Sprintf(`"%s-%d"`, name, look)
		s.findOut(b, look)
	}
	return all
}

// change is what happened to a page since the last look.
func (s Story) change(r *rand.Rand, name string, look int, at time.Time, page []evidence.Listed, uploaded map[string]time.Time) []evidence.Listed {
	page = slices.DeleteFunc(page, func(evidence.Listed) bool { return r.IntN(20) == 0 })
	for i := range page {
		if r.IntN(10) == 0 {
			page[i].Yanked = !page[i].Yanked
			page[i].Reason = ""
			if page[i].Yanked {
				page[i].Reason = fmt.Sprintf("broken since look %d", look)
			}
		}
	}
	releases := []int{look}
	if look > 1 && r.IntN(4) == 0 {
		releases = append(releases, r.IntN(look)) // files that are gone come back
	}
	for _, release := range releases {
		for n := range s.Files {
			file := fmt.Sprintf("%s-%d.0-%d-cp314-cp314t-linux_x86_64.whl", name, release, n)
			if slices.ContainsFunc(page, func(l evidence.Listed) bool { return l.Name == file }) {
				continue
			}
			if uploaded[file].IsZero() {
				uploaded[file] = at.Add(-time.Hour)
			}
			page = append(page, evidence.Listed{File: evidence.File{
				Project: name, Version: fmt.Sprintf("%d.0", release), Name: file, SHA256: Digest(name, release, n), Size: int64(1000*release + n + 1),
				Uploaded: uploaded[file], RequiresPython: ">=3.9", URL: "https://files.example.invalid/" + name + "/" + file,
			}})
		}
	}
	return page
}

// findOut adds what an updater finds out about the newest file.
func (s Story) findOut(b *evidence.Batch, look int) {
	f := b.Listing[len(b.Listing)-1].File
	b.Metadata = []evidence.Metadata{{
		Project: f.Project, Version: f.Version, SHA256: f.SHA256, At: b.Observation.At, Tool: "ftpkg story",
		Classifiers: []string{"Programming Language :: Python :: Free Threading :: 2 - Beta"}, RequiresDist: []string{"project-0000>=1"},
		URLs: map[string]string{"Source": "https://code.example.invalid/" + f.Project},
	}}
	b.Upstream = []evidence.Upstream{{
		Project: f.Project, Repository: "https://code.example.invalid/" + f.Project, File: ".github/workflows/test.yml",
		Tests: []string{"3.14t"}[:look%2], At: b.Observation.At, Tool: "ftpkg story", Source: fmt.Sprintf("clone %d", look),
	}}
	b.Static = []evidence.Static{{SHA256: f.SHA256, Rules: 1 + look/3, At: b.Observation.At, Tool: "ftpkg story", Wheel: Wheel(&f)}}
	b.Probes = []evidence.Probe{{
		SHA256: f.SHA256, Python: "3.14t", Platform: "linux-x86_64", At: b.Observation.At, Tool: "ftpkg story",
		Result: &probe.Result{Package: f.Project, Version: f.Version, Outcome: vocab.OutcomeGILOff, Detail: "the GIL stays off"},
	}}
}

// Wheel is what reading a file might show.
func Wheel(f *evidence.File) *inspect.Wheel {
	return &inspect.Wheel{
		File: f.Name, SHA256: f.SHA256, Project: f.Project, Version: f.Version, FreeThreaded: true, Pythons: []string{"3.14t"}, Platforms: []string{"linux-x86_64"},
		Modules: []inspect.Module{{Path: f.Project + "/_core.so", Module: f.Project + "._core", Platform: "linux-x86_64", Declaration: vocab.DeclarationNotUsed}},
	}
}

// Dump is all that a store says of its projects, as JSON in which the store's own
// numbers are left out: stores that hold the same facts have the same dump.
func Dump(tb testing.TB, s *store.Store) string {
	tb.Helper()
	ctx := tb.Context()
	projects, err := s.Projects(ctx)
	if err != nil {
		tb.Fatal(err)
	}
	var all []*evidence.History
	for _, p := range projects {
		h, err := s.History(ctx, p.Name)
		if err != nil {
			tb.Fatal(err)
		}
		for i := range h.Observations {
			h.Observations[i].ID = 0
		}
		for i := range h.Files {
			h.Files[i].Observation = 0
		}
		for i := range h.Events {
			h.Events[i].Observation = 0
		}
		all = append(all, h)
	}
	data, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		tb.Fatal(err)
	}
	return string(data)
}
