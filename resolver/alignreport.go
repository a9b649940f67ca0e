package resolver

import (
	"cmp"
	"maps"
	"slices"

	"github.com/ftpkg/ftpkg/resolver/pubgrub"
)

// cellsOf reads the aligned solution as one cell for each target.
func (a *aligner) cellsOf(solution pubgrub.Solution) ([]*cell, error) {
	cells := make([]*cell, len(a.cells))
	for t, c := range a.cells {
		pr := a.providers[t]
		versions := map[nodeKey]int{}
		for _, d := range solution.Decisions {
			if n := a.nodes[d.Package]; n.targets.has(t) {
				versions[nodeKey{n.name, n.extra, n.extra != ""}] = d.Version
			}
		}
		cells[t] = &cell{view: c.view, roots: c.roots, own: c.own, twin: c.twin, blockers: c.blockers}
		if err := cells[t].collectVersions(pr, versions); err != nil {
			return nil, err
		}
	}
	return cells, nil
}

// report compares the aligned cells with the independent ones.
func (a *aligner) report(aligned []*cell, reasons map[string]string) *Aligned {
	out := &Aligned{Versions: map[string]string{}, Cost: []AlignCost{}, Splits: []Split{}}
	for t := range aligned {
		// A cell's twin among the targets, or the cell itself: the twin that is no
		// target was not aligned.
		twin := aligned[t]
		for u := range aligned {
			if aligned[u].view.target == aligned[t].view.target.Twin() {
				twin = aligned[u]
			}
		}
		out.Cells = append(out.Cells, aligned[t].describe(twin))
	}
	names := map[string]bool{}
	for _, c := range aligned {
		for name := range c.picks {
			names[name] = true
		}
	}
	for _, name := range sortedKeys(names) {
		byVersion := map[string][]int{}
		var order []string
		for t, c := range aligned {
			if ch := c.picks[name]; ch != nil && ch.version < ch.project.phantom() {
				v := ch.project.page.Releases[ch.version].Version.String()
				if byVersion[v] == nil {
					order = append(order, v)
				}
				byVersion[v] = append(byVersion[v], t)
			}
		}
		switch len(order) {
		case 0:
			continue
		case 1:
			out.Versions[name] = order[0]
		default:
			split := Split{Package: name, Reason: cmp.Or(reasons[name], "no version of "+name+" that every cell can have was found")}
			for _, v := range order {
				split.Versions = append(split.Versions, SplitVersion{v, a.names(byVersion[v])})
			}
			out.Splits = append(out.Splits, split)
		}
		out.Cost = append(out.Cost, a.cost(name, aligned)...)
	}
	return out
}

// cost lists what the cells give up of one package.
func (a *aligner) cost(name string, aligned []*cell) []AlignCost {
	var list []AlignCost
	for t, c := range a.cells {
		before, after := c.picks[name], aligned[t].picks[name]
		if before == nil || after == nil || before.version >= after.version {
			continue
		}
		p := before.project
		from, to := p.page.Releases[before.version].Version.String(), "none"
		if after.version < p.phantom() {
			to = p.page.Releases[after.version].Version.String()
		}
		i := slices.IndexFunc(list, func(c AlignCost) bool { return c.From == from && c.To == to })
		if i < 0 {
			i = len(list)
			list = append(list, AlignCost{Package: name, From: from, To: to, Because: []string{}})
			for u, other := range a.cells {
				if ch := other.picks[name]; ch != nil && ch.version > before.version {
					list[i].Because = append(list[i].Because, a.cells[u].view.target.String())
				}
			}
		}
		list[i].Cells = append(list[i].Cells, c.view.target.String())
	}
	return list
}

func (a *aligner) names(targets []int) []string {
	list := make([]string, len(targets))
	for i, t := range targets {
		list[i] = a.cells[t].view.target.String()
	}
	return list
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
