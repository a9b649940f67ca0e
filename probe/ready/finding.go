package ready

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// add puts what a cell says into the application; at has the places of packages
// that are there already.
func (a *Application) add(index int, c *cell, at map[string]int) {
	for i := range c.of.Packages {
		name := c.of.Packages[i].Name
		n, ok := at[name]
		if !ok {
			n = len(a.Packages)
			at[name] = n
			a.Packages = append(a.Packages, Package{Name: name})
		}
		s := c.states[name]
		s.index = index
		a.Packages[n].Cells = append(a.Packages[n].Cells, *s)
	}
	for _, f := range c.findings {
		a.find(f)
	}
}

// find adds a finding of one cell to the one that says the same, or begins one.
func (a *Application) find(f Finding) {
	says := f.says()
	for i := range a.Findings {
		if a.Findings[i].says() == says {
			a.Findings[i].Cells = append(a.Findings[i].Cells, f.Cells...)
			return
		}
	}
	a.Findings = append(a.Findings, f)
}

// says is what makes the findings of two cells one for the reader.
func (f *Finding) says() string {
	parts := []string{f.Package, f.Version, string(f.Readiness), string(f.Problem), f.Reason, f.Accepted, strings.Join(f.Chain, " ")}
	if f.Problem != "" { // its message names files, which differ between platforms
		parts[4] = ""
	}
	if f.Install != nil {
		parts = append(parts, f.Install.Text)
	}
	for i := range f.Modules {
		parts = append(parts, f.Modules[i].Module)
	}
	return strings.Join(parts, "\x00")
}

// sortFindings orders the findings: the worst first, then those that spoil most of
// the user's requirements and most cells, then by name.
func (a *Application) sortFindings() {
	slices.SortStableFunc(a.Findings, func(f, g Finding) int {
		return cmp.Or(-rank(f.Readiness, g.Readiness), cmp.Compare(len(g.Roots), len(f.Roots)),
			strings.Compare(f.Package, g.Package), cmp.Compare(len(g.Cells), len(f.Cells)))
	})
}

func rank(a, b vocab.Readiness) int {
	switch {
	case a.Worse(b):
		return 1
	case b.Worse(a):
		return -1
	}
	return 0
}

// sum works out the readiness of cells and application from the findings that are
// not accepted.
func (a *Application) sum() {
	a.Readiness = vocab.Ready
	for i := range a.Cells {
		a.Cells[i].Readiness = vocab.Ready
	}
	for i := range a.Findings {
		f := &a.Findings[i]
		if f.Accepted != "" {
			continue
		}
		for j := range a.Cells {
			if c := &a.Cells[j]; slices.Contains(f.Cells, c.Name()) && f.Readiness.Worse(c.Readiness) {
				c.Readiness = f.Readiness
			}
		}
		if f.Readiness.Worse(a.Readiness) {
			a.Readiness = f.Readiness
		}
	}
}
