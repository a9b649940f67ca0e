package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
)

func (v *resolveView) writeSlower(b *strings.Builder, width int) {
	if len(v.slower) == 0 {
		return
	}
	b.WriteString("\nworks, but slower than on the GIL build, which gets a compiled wheel:\n")
	for _, g := range v.slower {
		b.WriteString("  " + wrap(g.problem.Package+" "+g.version+" in "+cellList(g.cells, v.names), width, 4) + "\n")
	}
}

func (v *resolveView) writeBlocked(b *strings.Builder, color bool, width int) {
	for _, accepted := range []bool{false, true} {
		var groups []blockedGroup
		for _, g := range v.blocked {
			if (g.problem.Accepted != "") == accepted {
				groups = append(groups, g)
			}
		}
		if len(groups) == 0 {
			continue
		}
		title := "blocked"
		if accepted {
			title = "blocked, and accepted"
		}
		b.WriteString("\n" + paint(color, bold, title+":") + "\n")
		for _, g := range groups {
			v.writeGroup(b, g, color, width)
		}
	}
}

func (v *resolveView) writeGroup(b *strings.Builder, g blockedGroup, color bool, width int) {
	p := g.problem
	head := strings.TrimSpace(p.Package + " " + g.version)
	if head == "" {
		head = "your requirements"
	}
	s := red
	if p.Accepted != "" {
		s = dim
	}
	fmt.Fprintf(b, "  %s  %s\n", paint(color, s, head), paint(color, s, string(p.Kind)))
	line := func(label, text string) {
		b.WriteString("      " + wrap(label+text, width, 8) + "\n")
	}
	line("", "in "+cellList(g.cells, v.names))
	line("", p.Message)
	for i, l := range p.Explanation {
		if i == maxExplanation {
			fmt.Fprintf(b, "        … %s more in --format json\n", plural(len(p.Explanation)-i, "step"))
			break
		}
		b.WriteString("        " + wrap(l, width, 10) + "\n")
	}
	unrelated := slices.Contains([]vocab.ProblemKind{
		vocab.ProblemNoSuchProject, vocab.ProblemNoMatchingVersion, vocab.ProblemConflict, vocab.ProblemSdistOnly,
	}, p.Kind)
	if g.twin == vocab.TwinMissing && !unrelated && hasFreeThreaded(g.cells) {
		line("", "not free threading's fault: the GIL build has no wheel here either")
	}
	if len(p.RequiredBy) > 1 {
		line("required by ", strings.Join(p.RequiredBy, " → ")+also(p))
	}
	if p.Fix != nil {
		line(paint(color, green, "fix")+": ", p.Fix.Text)
	}
	if p.Accepted != "" {
		line("accepted: ", p.Accepted)
	}
}

// also names the other requirements a problem blocks.
func also(p resolver.Problem) string {
	if len(p.Roots) < 2 {
		return ""
	}
	return fmt.Sprintf("; blocks %s of yours: %s", plural(len(p.Roots), "requirement"), strings.Join(p.Roots, ", "))
}

func hasFreeThreaded(cells []string) bool {
	return slices.ContainsFunc(cells, func(c string) bool { return strings.HasSuffix(field(c, 0), "t") })
}

func (v *resolveView) writeAligned(b *strings.Builder, color bool, width int) {
	a := v.result.Aligned
	if a == nil {
		return
	}
	switch {
	case len(a.Splits) == 0 && len(a.Cost) == 0:
		b.WriteString("\n" + paint(color, bold, "aligned:") + " one version of each package serves every cell, at no cost\n")
		return
	case len(a.Splits) == 0:
		b.WriteString("\n" + paint(color, bold, "aligned:") + " one version of each package serves every cell; it costs\n")
	default:
		b.WriteString("\n" + paint(color, bold, "aligned:") + " not every package can have one version\n")
	}
	for _, c := range a.Cost {
		text := fmt.Sprintf("%s %s → %s in %s", c.Package, c.From, c.To, cellList(c.Cells, v.names))
		if len(c.Because) > 0 {
			text += ", because of " + cellList(c.Because, v.names)
		}
		b.WriteString("  " + wrap(text, width, 4) + "\n")
	}
	for _, s := range a.Splits {
		var parts []string
		for _, sv := range s.Versions {
			parts = append(parts, sv.Version+" in "+cellList(sv.Cells, v.names))
		}
		b.WriteString("  " + wrap("split: "+s.Package+" "+strings.Join(parts, "; "), width, 4) + "\n")
		if s.Reason != "" {
			b.WriteString("    " + wrap(s.Reason, width, 6) + "\n")
		}
	}
}

// A changePart is the changes of one kind.
type changePart struct {
	title   string
	style   style
	changes []resolver.Change
}

func changeParts(d *resolver.Delta) []changePart {
	return []changePart{{"cleared", green, d.Cleared}, {"broke", red, d.Broke}, {"moved", plainStyle, d.Moved}}
}

// writeChanges says what changed since the result given with --diff.
func (v *resolveView) writeChanges(b *strings.Builder, color bool, width int) {
	d := v.result.Changes
	if d == nil {
		return
	}
	if len(d.Cleared)+len(d.Broke)+len(d.Moved) == 0 {
		b.WriteString("\nnothing changed since the earlier result\n")
		return
	}
	for _, part := range changeParts(d) {
		if len(part.changes) == 0 {
			continue
		}
		b.WriteString("\n" + paint(color, bold, part.title+" since the earlier result:") + "\n")
		var order []resolver.Change
		cells := map[resolver.Change][]string{}
		for _, c := range part.changes {
			key := resolver.Change{Package: c.Package, Before: c.Before, After: c.After}
			if cells[key] == nil {
				order = append(order, key)
			}
			cells[key] = append(cells[key], c.Cell)
		}
		for _, key := range order {
			text := fmt.Sprintf("%s: %s → %s in %s", paint(color, part.style, key.Package), key.Before, key.After, cellList(cells[key], v.names))
			b.WriteString("  " + wrap(text, width, 4) + "\n")
		}
	}
}

func writeNotes(b *strings.Builder, title string, notes []resolver.Note, width int) {
	if len(notes) == 0 {
		return
	}
	b.WriteString("\n" + title + ":\n")
	for _, n := range notes {
		text := n.Text + ": " + n.Reason
		if n.Origin != "" {
			text = n.Origin + ": " + text
		}
		b.WriteString("  " + wrap(text, width, 4) + "\n")
	}
}
