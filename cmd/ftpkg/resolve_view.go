package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
)

// A resolveView is a result arranged for people: the same grouping serves the
// table and the Markdown.
type resolveView struct {
	result *resolver.Result
	names  []string // every cell's name, in order
	// rows are the packages worth a row of their own; settled are those that
	// every cell gets alike as a pure wheel of the newest version.
	rows    []packageRow
	settled []packageRow
	blocked []blockedGroup
	slower  []blockedGroup
}

// A packageRow is one package across all cells.
type packageRow struct {
	name    string
	version string              // what most cells get
	cells   []*resolver.Package // nil where a cell does not need it
	blocked []bool              // where it is a problem
}

// A blockedGroup is cells in which the same is true of a package.
type blockedGroup struct {
	problem resolver.Problem
	twin    vocab.Twin
	version string
	cells   []string
}

func newResolveView(r *resolver.Result, everyRow bool) *resolveView {
	v := &resolveView{result: r}
	byName := map[string]int{}
	var rows []packageRow
	for i := range r.Targets {
		c := &r.Targets[i]
		v.names = append(v.names, c.Name())
		for j := range c.Packages {
			p := &c.Packages[j]
			n, ok := byName[p.Name]
			if !ok {
				n = len(rows)
				byName[p.Name] = n
				rows = append(rows, packageRow{
					name: p.Name, cells: make([]*resolver.Package, len(r.Targets)), blocked: make([]bool, len(r.Targets)),
				})
			}
			rows[n].cells[i] = p
		}
		for _, p := range c.Problems {
			if n, ok := byName[p.Package]; ok {
				rows[n].blocked[i] = true
			}
			v.addBlocked(c, p)
		}
		for j := range c.Packages {
			if p := &c.Packages[j]; p.Twin == vocab.TwinSlower {
				v.slower = addGroup(v.slower, blockedGroup{problem: resolver.Problem{Package: p.Name}, version: p.Version}, c.Name())
			}
		}
	}
	slices.SortFunc(rows, func(a, b packageRow) int { return strings.Compare(a.name, b.name) })
	for _, row := range rows {
		row.version = row.common()
		if !everyRow && row.isSettled() {
			v.settled = append(v.settled, row)
		} else {
			v.rows = append(v.rows, row)
		}
	}
	slices.SortStableFunc(v.blocked, func(a, b blockedGroup) int {
		return cmp.Or(cmp.Compare(len(b.problem.Roots), len(a.problem.Roots)),
			strings.Compare(a.problem.Package, b.problem.Package))
	})
	return v
}

func (v *resolveView) addBlocked(c *resolver.Cell, p resolver.Problem) {
	g := blockedGroup{problem: p}
	if pkg, ok := c.Package(p.Package); ok {
		g.twin, g.version = pkg.Twin, pkg.Version
	}
	v.blocked = addGroup(v.blocked, g, c.Name())
}

// addGroup adds a cell to the group that says the same, or begins one.
func addGroup(groups []blockedGroup, g blockedGroup, name string) []blockedGroup {
	for i := range groups {
		if groups[i].says() == g.says() {
			groups[i].cells = append(groups[i].cells, name)
			return groups
		}
	}
	g.cells = []string{name}
	return append(groups, g)
}

// says is what makes two cells' problems one for the reader.
func (g *blockedGroup) says() string {
	fix := ""
	if g.problem.Fix != nil {
		fix = g.problem.Fix.Text
	}
	return strings.Join([]string{g.problem.Package, g.version, string(g.problem.Kind), string(g.twin), fix, g.problem.Accepted}, "\x00")
}

// kind is the kind of file that a cell which needs the package gets: none where
// the rules do not let it have the one there is.
func (r *packageRow) kind(i int) vocab.FileKind {
	kind := r.cells[i].FileKind
	if r.blocked[i] && kind != vocab.FileSdist {
		return vocab.FileNone
	}
	return kind
}

// common returns the version most cells get, the newer among equals.
func (r *packageRow) common() string {
	count := map[string]int{}
	best := ""
	for _, p := range r.cells {
		if p == nil || p.Version == "" {
			continue
		}
		count[p.Version]++
		if best == "" || count[p.Version] > count[best] {
			best = p.Version
		}
	}
	return best
}

// isSettled reports whether nothing about the package needs a look.
func (r *packageRow) isSettled() bool {
	for _, p := range r.cells {
		if p != nil && (p.FileKind != vocab.FilePure || p.Version != r.version ||
			p.VersionStatus == vocab.VersionPrerelease || p.VersionStatus == vocab.VersionOlder || p.Twin != vocab.TwinSame || p.Note != "") {
			return false
		}
	}
	return !slices.Contains(r.blocked, true)
}

// deviations says which cells get another version than most, and which get one
// that is not the newest, one entry a version.
func (r *packageRow) deviations(names []string) []string {
	cells := map[string][]string{}
	newest := map[string]string{}
	var order []string
	for i, p := range r.cells {
		if p == nil || p.Version == "" || p.Version == r.version && p.VersionStatus != vocab.VersionOlder {
			continue
		}
		if cells[p.Version] == nil {
			order = append(order, p.Version)
		}
		cells[p.Version] = append(cells[p.Version], names[i])
		if p.VersionStatus == vocab.VersionOlder {
			newest[p.Version] = " (newest: " + p.Newest + ")"
		}
	}
	list := make([]string, len(order))
	for i, version := range order {
		list[i] = fmt.Sprintf("%s %s%s in %s", r.name, version, newest[version], cellList(cells[version], names))
	}
	return list
}

// summary is the answer in one line.
func (v *resolveView) summary() string {
	counts := map[vocab.Installable]int{}
	for i := range v.result.Targets {
		counts[v.result.Targets[i].Installable]++
	}
	total := len(v.result.Targets)
	what := "resolved like " + string(v.result.Like)
	if v.result.Judged != "" {
		what = "judged " + v.result.Judged
	}
	packages := len(v.rows) + len(v.settled)
	head := fmt.Sprintf("%s: %s, %s", what, plural(packages, "package"), plural(total, "cell"))
	if counts[vocab.InstallableWheels] == total {
		return head + "; every cell installs from wheels"
	}
	parts := []string{}
	for _, p := range []struct {
		kind vocab.Installable
		text string
	}{
		{vocab.InstallableWheels, "%d install from wheels"},
		{vocab.InstallableOnlyIfBuilt, "%d only if something is built"},
		{vocab.InstallableNo, "%d cannot be installed"},
	} {
		if n := counts[p.kind]; n > 0 {
			parts = append(parts, fmt.Sprintf(p.text, n))
		}
	}
	return head + "; " + strings.Join(parts, ", ")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// cellList names cells as briefly as is exact: all of them, every cell of a
// Python or of a platform, or one by one.
func cellList(cells, all []string) string {
	if len(cells) == len(all) {
		if len(all) == 1 {
			return all[0]
		}
		return "every cell"
	}
	in := map[string]bool{}
	for _, c := range cells {
		in[c] = true
	}
	var parts []string
	// Whole Pythons, then whole platforms, of what is left.
	for _, part := range []int{0, 1} {
		var whole []string
		for _, key := range distinct(all, part) {
			var members []string
			for _, c := range all {
				if field(c, part) == key {
					members = append(members, c)
				}
			}
			if len(members) < 2 || slices.ContainsFunc(members, func(m string) bool { return !in[m] }) {
				continue
			}
			whole = append(whole, key)
			for _, m := range members {
				delete(in, m)
			}
		}
		if len(whole) > 0 {
			parts = append(parts, "every "+strings.Join(whole, ", ")+" cell")
		}
	}
	// The rest by Python: "3.14t on a, b".
	for _, python := range distinct(all, 0) {
		var platforms []string
		for _, c := range all {
			if in[c] && field(c, 0) == python {
				platforms = append(platforms, field(c, 1))
			}
		}
		if len(platforms) > 0 {
			parts = append(parts, python+" on "+strings.Join(platforms, ", "))
		}
	}
	return strings.Join(parts, "; ")
}

// field returns the Python (0) or the platform (1) of a cell's name.
func field(name string, part int) string {
	python, platform, _ := strings.Cut(name, " ")
	if part == 0 {
		return python
	}
	return platform
}

func distinct(names []string, part int) []string {
	var list []string
	for _, n := range names {
		if f := field(n, part); !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return list
}
