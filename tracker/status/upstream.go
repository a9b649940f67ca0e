package status

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// Workflows is what a project's own workflows say that they test.
type Workflows struct {
	// Repository is where they are from: its URL, or the name of the source distribution
	// that they were found in. Source says of which commit or digest.
	Repository string    `json:"repository"`
	Source     string    `json:"source"`
	At         time.Time `json:"at"` // when that was first seen to be so
	// Files is how many there are, Broken those of them that cannot be read.
	Files  int      `json:"files"`
	Broken []string `json:"broken,omitempty"`
	// Pythons are the free-threaded ones that some job is seen to run tests on. That there
	// are none does not mean that none is tested on: scripts are not read.
	Pythons []string `json:"pythons"`
}

// workflows returns what was known by a time of a project's own tests, nil if nothing
// was, and a line for each job that tests on a free-threaded Python. A repository tells
// more than source distributions, which most projects leave their workflows out of.
func (p *project) workflows(at time.Time) (*Workflows, []string) {
	byPlace := map[string]map[string]*evidence.Upstream{}
	var chosen *evidence.Upstream // whose repository counts
	for i := range p.Upstream {
		u := &p.Upstream[i]
		if u.At.After(at) {
			continue
		}
		if byPlace[u.Repository] == nil {
			byPlace[u.Repository] = map[string]*evidence.Upstream{}
		}
		byPlace[u.Repository][u.File] = u // in the order of time
		if chosen == nil || !fromSdist(u) || fromSdist(chosen) {
			chosen = u
		}
	}
	if chosen == nil {
		return nil, nil
	}
	w := &Workflows{Repository: chosen.Repository, Source: chosen.Source, At: chosen.At, Pythons: []string{}}
	var lines []string
	facts := byPlace[chosen.Repository]
	told := false
	for _, name := range sortedNames(facts) {
		u := facts[name]
		switch {
		case u.Problem == evidence.UpstreamGone:
			continue
		case u.Problem != "":
			if !fromSdist(u) || strings.HasSuffix(name, ".yml") || strings.HasSuffix(name, ".yaml") {
				w.Files++
				w.Broken = append(w.Broken, name)
			}
			continue
		}
		told = true
		if strings.HasPrefix(name, ".github/workflows/") {
			w.Files++
		}
		for i := range u.Runs {
			r := &u.Runs[i]
			w.Pythons = append(w.Pythons, r.Python)
			on := ""
			if len(r.Platforms) > 0 {
				on = " on " + strings.Join(r.Platforms, ", ")
			}
			lines = append(lines, fmt.Sprintf("%s%s: %s (%s:%d, job %s)", r.Python, on, r.Command, name, r.Line, r.Job))
		}
		if len(u.Runs) > 0 {
			continue
		}
		for _, cell := range u.Tests {
			python, _, _ := strings.Cut(cell, " ")
			w.Pythons = append(w.Pythons, python)
			lines = append(lines, name+": "+cell)
		}
	}
	if !told && len(w.Broken) == 0 {
		return nil, nil
	}
	slices.SortFunc(w.Pythons, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	w.Pythons = slices.Compact(w.Pythons)
	return w, lines
}

func fromSdist(u *evidence.Upstream) bool { return strings.HasPrefix(u.Source, "sdist") }

func sortedNames(facts map[string]*evidence.Upstream) []string {
	var names []string
	for name := range facts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
