package ready

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// Rank fills in r.Upgrades: the packages that keep applications from being ready,
// those that free most first. What is accepted counts for nothing.
func (r *Report) Rank() {
	wants := make([]map[string]bool, len(r.Applications)) // packages by application
	upgrades := map[string]*Upgrade{}
	versions := map[string][]string{}
	for i := range r.Applications {
		a := &r.Applications[i]
		wants[i] = map[string]bool{}
		for j := range a.Findings {
			f := &a.Findings[j]
			if f.Accepted != "" || f.Readiness == vocab.ReadyUnknown {
				continue
			}
			u := upgrades[f.Package]
			if u == nil {
				u = &Upgrade{Package: f.Package, Frees: []string{}, Helps: []string{}}
				upgrades[f.Package] = u
			}
			if !wants[i][f.Package] {
				u.Helps = append(u.Helps, a.Name)
			}
			wants[i][f.Package] = true
			if f.Fix != nil {
				versions[f.Package] = append(versions[f.Package], f.Fix.To)
			}
		}
	}
	for i := range r.Applications {
		for name := range wants[i] {
			if len(wants[i]) == 1 {
				upgrades[name].Frees = append(upgrades[name].Frees, r.Applications[i].Name)
			}
		}
	}
	for name, u := range upgrades {
		for _, v := range versions[name] { // the newest that one of them takes
			if u.To == "" || older(u.To, v) {
				u.To = v
			}
		}
	}
	order := slices.SortedFunc(maps.Values(upgrades), func(a, b *Upgrade) int {
		return cmp.Or(known(b)-known(a), cmp.Compare(len(b.Frees), len(a.Frees)), cmp.Compare(len(b.Helps), len(a.Helps)), strings.Compare(a.Package, b.Package))
	})
	made := map[string]bool{}
	r.Upgrades = []Upgrade{}
	for _, u := range order {
		made[u.Package] = u.To != ""
		for i := range wants {
			if len(wants[i]) == 0 {
				continue
			}
			free := true
			for name := range wants[i] {
				free = free && made[name]
			}
			if free {
				u.Together++
			}
		}
		r.Upgrades = append(r.Upgrades, *u)
	}
}

// known is 1 for an upgrade to a version that is known to do, else 0.
func known(u *Upgrade) int {
	if u.To == "" {
		return 0
	}
	return 1
}
