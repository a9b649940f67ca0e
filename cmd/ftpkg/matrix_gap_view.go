package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix/gap"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// A gapView is a report arranged for people.
type gapView struct {
	report  *gap.Report
	pythons []string // the columns
	rows    []gapRow
	groups  []gapGroup
}

// A gapRow is a platform.
type gapRow struct {
	platform wheeltags.Platform // of the first of its cells
	floors   []string           // the oldest systems asked about, each once
	cells    []*gap.Cell        // by column; nil if it wasn't asked about
}

// A gapGroup is gaps of one kind.
type gapGroup struct {
	first *gap.Cell
	cells []*gap.Cell
}

func newGapView(r *gap.Report) *gapView {
	v := &gapView{report: r}
	for i := range r.Cells {
		if c := &r.Cells[i]; !slices.Contains(v.pythons, c.Python) {
			v.pythons = append(v.pythons, c.Python)
		}
	}
	slices.SortStableFunc(v.pythons, func(a, b string) int { return pythonPlace(r, a) - pythonPlace(r, b) })
	for i := range r.Cells {
		v.place(&r.Cells[i])
	}
	v.group()
	return v
}

// pythonPlace orders the columns: by version, the GIL build before the free-threaded.
func pythonPlace(r *gap.Report, python string) int {
	for i := range r.Cells {
		if r.Cells[i].Python == python {
			p := r.Cells[i].Target().Python
			place := p.Minor * 1000
			if p.Micro >= 0 {
				place += 2 * (p.Micro + 1)
			}
			if p.FreeThreaded {
				place++
			}
			return place
		}
	}
	return 0
}

// place puts a cell in the first row of its platform where its column is free.
func (v *gapView) place(c *gap.Cell) {
	column := slices.Index(v.pythons, c.Python)
	platform := c.Target().Platform
	i := slices.IndexFunc(v.rows, func(r gapRow) bool { return r.platform.Name() == platform.Name() && r.cells[column] == nil })
	if i < 0 {
		i = len(v.rows)
		v.rows = append(v.rows, gapRow{platform: platform, cells: make([]*gap.Cell, len(v.pythons))})
	}
	row := &v.rows[i]
	row.cells[column] = c
	if f := platform.Floor(); f != "" && !slices.Contains(row.floors, f) {
		row.floors = append(row.floors, f)
	}
}

// group puts gaps together that have the same to be said about.
func (v *gapView) group() {
	for i := range v.report.Cells {
		c := &v.report.Cells[i]
		if c.Status == vocab.GapSame {
			continue
		}
		at := slices.IndexFunc(v.groups, func(g gapGroup) bool {
			f := g.first
			return f.Status == c.Status && f.Version == c.Version && f.Reason == c.Reason && f.Accepted == c.Accepted && f.Sdist == c.Sdist
		})
		if at < 0 {
			at = len(v.groups)
			v.groups = append(v.groups, gapGroup{first: c})
		}
		v.groups[at].cells = append(v.groups[at].cells, c)
	}
}

// system names a floor of a platform: "glibc 2.28", "macOS 10.15".
func system(platform, floor string) string {
	switch {
	case floor == "":
		return ""
	case strings.HasPrefix(platform, "musllinux"):
		return "musl " + floor
	case strings.HasPrefix(platform, "linux"):
		return "glibc " + floor
	case strings.HasPrefix(platform, "macos"):
		return "macOS " + floor
	}
	return floor
}

// floor names the systems that a row asks about.
func (r *gapRow) floor() string {
	if len(r.floors) == 0 {
		return ""
	}
	text := system(r.platform.Name(), r.floors[0])
	if len(r.floors) > 1 {
		text += "–" + r.floors[len(r.floors)-1]
	}
	return text
}

// summary is the one line that counts.
func (v *gapView) summary() string {
	all, accepted := v.report.Gaps()
	n := len(v.report.Cells)
	text := fmt.Sprintf("%s %s: ", v.report.Project, v.report.Version)
	switch all {
	case 0:
		return text + fmt.Sprintf("each of %s gets a wheel of it", plural(n, "cell"))
	case n:
		text += fmt.Sprintf("none of %s gets a wheel of it", plural(n, "cell"))
	default:
		text += fmt.Sprintf("%d of %s get a wheel of it, %d not", n-all, plural(n, "cell"), all)
	}
	if accepted > 0 {
		text += fmt.Sprintf(" (%d accepted)", accepted)
	}
	return text
}

// outcome says of a group what an installer does in its cells.
func (v *gapView) outcome(g *gapGroup) string {
	c := g.first
	switch c.Status {
	case vocab.GapOlder:
		if c.Sdist != "" {
			return fmt.Sprintf("told to take wheels only, an installer falls back to %s in silence; else it compiles %s", c.Version, c.Sdist)
		}
		return fmt.Sprintf("an installer falls back to %s in silence", c.Version)
	case vocab.GapSource:
		return "an installer compiles " + c.File
	case vocab.GapNone:
		return "nothing can be installed"
	case vocab.GapSame:
	}
	return ""
}

// status is a group's status with the version, in a few words.
func (g *gapGroup) status() string {
	switch c := g.first; c.Status {
	case vocab.GapOlder:
		return "older: " + c.Version
	case vocab.GapSource:
		return "source only"
	case vocab.GapNone:
		return "nothing"
	case vocab.GapSame:
	}
	return ""
}

// where names the cells of a group: Pythons on platforms, those that have the same
// Pythons together.
func (g *gapGroup) where() string {
	names := make([]slotName, len(g.cells))
	for i, c := range g.cells {
		p := c.Target().Platform
		name := p.Name()
		if s := system(name, p.Floor()); s != "" {
			name += " (" + s + ")"
		}
		names[i] = slotName{c.Python, name}
	}
	return joinSlots(names)
}

// A slotName is a Python and a platform, as people read them.
type slotName struct{ python, platform string }

// joinSlots writes "3.14t, 3.15t on linux-x86_64, linux-aarch64; 3.15t on macos-arm64".
func joinSlots(names []slotName) string {
	type block struct{ pythons, platforms []string }
	var byPlatform []block
	for _, n := range names {
		i := slices.IndexFunc(byPlatform, func(b block) bool { return b.platforms[0] == n.platform })
		if i < 0 {
			byPlatform = append(byPlatform, block{platforms: []string{n.platform}})
			i = len(byPlatform) - 1
		}
		byPlatform[i].pythons = append(byPlatform[i].pythons, n.python)
	}
	var merged []block
	for _, b := range byPlatform {
		if i := slices.IndexFunc(merged, func(m block) bool { return slices.Equal(m.pythons, b.pythons) }); i >= 0 {
			merged[i].platforms = append(merged[i].platforms, b.platforms...)
		} else {
			merged = append(merged, b)
		}
	}
	var parts []string
	for _, b := range merged {
		parts = append(parts, strings.Join(b.pythons, ", ")+" on "+strings.Join(b.platforms, ", "))
	}
	return strings.Join(parts, "; ")
}

// differences are sentences on how the halves differ: floors one by one, the rest by
// the half worse off.
func (v *gapView) differences() []string {
	var lines []string
	var groups []gap.Difference // the first of each
	platforms := map[int][]string{}
	for _, d := range v.report.Differences {
		if d.Kind == vocab.HalfFloor {
			lines = append(lines, floorDifference(&d))
			continue
		}
		i := slices.IndexFunc(groups, func(g gap.Difference) bool { return g.Kind == d.Kind && g.Python == d.Python })
		if i < 0 {
			i = len(groups)
			groups = append(groups, d)
		}
		platforms[i] = append(platforms[i], d.Platform)
	}
	for i, g := range groups {
		where := strings.Join(platforms[i], ", ")
		switch {
		case g.Kind == vocab.HalfPure:
			lines = append(lines, fmt.Sprintf("%s gets the wheel without compiled code where %s has a compiled one: %s", g.Python, g.Twin, where))
		case strings.HasSuffix(g.Twin, "t"):
			lines = append(lines, fmt.Sprintf("%s has no wheel where %s has one: %s (did the free-threaded wheel take its place in one job?)", g.Python, g.Twin, where))
		default:
			lines = append(lines, fmt.Sprintf("%s has no wheel where %s has one: %s", g.Python, g.Twin, where))
		}
	}
	return lines
}

// floorDifference is a sentence on a half that needs a newer system than its twin.
func floorDifference(d *gap.Difference) string {
	need := system(d.Platform, d.Floor)
	line := fmt.Sprintf("%s on %s needs %s, its twin %s only %s: below %s ", d.Python, d.Platform, need, d.Twin, d.TwinFloor, need)
	switch d.Below.Status {
	case vocab.GapSame:
		line += "it takes the wheel without compiled code"
	case vocab.GapOlder:
		line += fmt.Sprintf("it falls back to %s in silence", d.Below.Version)
	case vocab.GapSource:
		line += "it is left with the source distribution"
	case vocab.GapNone:
		line += "nothing is left"
	}
	return line
}

// losses are sentences on what the release before had.
func (v *gapView) losses() []string {
	var lines []string
	for _, l := range v.report.Losses {
		pythons, platforms := strings.Join(l.Pythons, ", "), strings.Join(l.Platforms, ", ")
		switch l.Kind {
		case vocab.LossPlatform:
			lines = append(lines, fmt.Sprintf("the platform %s (%s)", platforms, pythons))
		case vocab.LossABI:
			lines = append(lines, fmt.Sprintf("every wheel for %s (%s)", pythons, platforms))
		case vocab.LossWheel:
			lines = append(lines, fmt.Sprintf("%s on %s", pythons, platforms))
		case vocab.LossFloor:
			lines = append(lines, fmt.Sprintf("%s below %s, down to %s (%s)", platforms, system(platforms, l.After), l.Before, pythons))
		}
	}
	return lines
}
