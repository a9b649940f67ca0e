package ready

import (
	"time"

	"github.com/ftpkg/ftpkg/resolver"
)

// Accept marks the findings that a list accepts on a day, whatever is wrong with
// the package, and returns a line for each entry that is past its day or matches
// nothing any more. It is the list that package resolver takes.
func (a *Application) Accept(list []resolver.Accept, today time.Time) []string {
	if len(list) == 0 {
		return nil
	}
	// The resolver knows how to match its list with problems of cells.
	r := &resolver.Result{Targets: make([]resolver.Cell, len(a.Cells))}
	at := map[string]int{}
	for i := range a.Cells {
		r.Targets[i].Python, r.Targets[i].Platform = a.Cells[i].Python, a.Cells[i].Platform
		at[a.Cells[i].Name()] = i
	}
	for _, f := range a.Findings {
		for _, name := range f.Cells {
			c := &r.Targets[at[name]]
			c.Problems = append(c.Problems, resolver.Problem{Package: f.Package})
		}
	}
	stale := r.Accept(list, today)
	findings := a.Findings
	a.Findings = []Finding{}
	next := make([]int, len(a.Cells)) // of the problems of each cell
	for _, f := range findings {
		names := f.Cells
		for _, name := range names {
			i := at[name]
			one := f
			one.Cells = []string{name}
			if text := r.Targets[i].Problems[next[i]].Accepted; text != "" {
				one.Accepted = text
			}
			next[i]++
			a.find(one)
		}
	}
	a.sortFindings()
	a.sum()
	return stale
}
