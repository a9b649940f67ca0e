package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/ready"
)

// readyGlyphs are what a cell of the table shows, best first.
var readyGlyphs = []struct {
	readiness vocab.Readiness
	glyph     string
	style     style
	text      string
}{
	{vocab.Ready, "●", green, "ready"},
	{vocab.ReadyUnknown, "?", yellow, "unknown"},
	{vocab.ReadyWhenBuilt, "△", yellow, "ready when built"},
	{vocab.ReadyTurnsOn, "!", red, "turns the GIL on"},
	{vocab.ReadyBlocked, "✗", red, "blocked"},
}

// maxModules is how many modules at fault the table names.
const maxModules = 6

// writeReadyTable prints a report as a table of packages × cells with what is not
// ready explained below; several applications as a table of their own.
func writeReadyTable(w io.Writer, v *readyView, color bool, width int) error {
	if width <= 0 || width > tableWidth {
		width = tableWidth
	}
	var b strings.Builder
	if len(v.apps) > 1 {
		if err := v.writeRollUp(&b, color, width); err != nil {
			return err
		}
	}
	if len(v.apps) > 1 && !v.all {
		what := "each application by itself"
		if slices.ContainsFunc(v.apps, func(a *readyApp) bool { return a.Repair != nil }) {
			what += ", with its patch"
		}
		b.WriteString("\n" + paint(color, dim, what+": --verbose, or --format json") + "\n")
		_, err := io.WriteString(w, b.String())
		return err
	}
	for i, a := range v.apps {
		if i > 0 || len(v.apps) > 1 {
			b.WriteByte('\n')
		}
		a.write(&b, color, width)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (a *readyApp) write(b *strings.Builder, color bool, width int) {
	b.WriteString(paint(color, bold, a.summary()) + "\n")
	a.writeGrid(b, color, width)
	a.writeFindings(b, color, width)
	a.writeSettled(b, width)
	a.writeRepair(b, color, width)
	a.writeEntry(b, width)
	a.writeVerified(b, color, width)
	writeNotes(b, "not judged", a.NotJudged, width)
	writeNotes(b, "ignored", a.Ignored, width)
}

// writeGrid writes the rows, in the columns of ftpkg resolve.
func (a *readyApp) writeGrid(b *strings.Builder, color bool, width int) {
	if len(a.rows) == 0 {
		return
	}
	columns := &resolveView{names: a.names}
	for _, row := range a.rows {
		columns.rows = append(columns.rows, packageRow{name: row.name, version: row.version})
	}
	if len(a.rows) > 1 { // the verdict of each cell
		columns.rows = append(columns.rows, packageRow{name: "overall"})
	}
	used := map[string]bool{}
	for _, block := range columns.blocks(width) {
		b.WriteByte('\n')
		columns.writeColumns(b, block, color, func(row, i int) (glyph, mark string, s style) {
			if row == len(a.rows) {
				glyph, s = readyGlyph(a.Cells[i].Readiness)
				return glyph, "", s
			}
			glyph, mark, s = a.rows[row].glyph(i)
			used[glyph], used[mark] = true, true
			return glyph, mark, s
		})
	}
	var legend []string
	for _, g := range readyGlyphs {
		if used[g.glyph] {
			legend = append(legend, g.glyph+" "+g.text)
		}
	}
	for _, m := range [][2]string{{glyphUnneeded, "not needed"}, {markVersion, "another version"}} {
		if used[m[0]] {
			legend = append(legend, m[0]+" "+m[1])
		}
	}
	b.WriteString("\n" + paint(color, dim, wrap(strings.Join(legend, "   "), width, 0)) + "\n")
}

// readyGlyph is how a readiness is shown.
func readyGlyph(r vocab.Readiness) (glyph string, s style) {
	for _, g := range readyGlyphs {
		if g.readiness == r {
			return g.glyph, g.style
		}
	}
	return "", dim
}

// glyph is what a row shows in a cell, and the mark behind it.
func (r *readyRow) glyph(i int) (glyph, mark string, s style) {
	st := r.states[i]
	if st == nil {
		return glyphUnneeded, "", dim
	}
	glyph, s = readyGlyph(st.Readiness)
	if st.Version != r.version && st.Version != "" {
		mark = markVersion
	}
	return glyph, mark, s
}

func (a *readyApp) writeFindings(b *strings.Builder, color bool, width int) {
	for _, accepted := range []bool{false, true} {
		begun := false
		for i := range a.Findings {
			f := &a.Findings[i]
			if (f.Accepted != "") != accepted {
				continue
			}
			if !begun {
				begun = true
				title := "not ready"
				if accepted {
					title = "not ready, and accepted"
				}
				b.WriteString("\n" + paint(color, bold, title+":") + "\n")
			}
			a.writeFinding(b, f, color, width)
		}
	}
}

func (a *readyApp) writeFinding(b *strings.Builder, f *ready.Finding, color bool, width int) {
	head := strings.TrimSpace(f.Package + " " + f.Version)
	if head == "" {
		head = "your requirements"
	}
	s := red
	switch {
	case f.Accepted != "":
		s = dim
	case f.Readiness == vocab.ReadyUnknown || f.Readiness == vocab.ReadyWhenBuilt:
		s = yellow
	}
	fmt.Fprintf(b, "  %s  %s", paint(color, s, head), paint(color, s, string(f.Readiness)))
	if len(f.Chain) > 1 {
		b.WriteString("  via " + strings.Join(f.Chain[:len(f.Chain)-1], " → "))
	}
	b.WriteByte('\n')
	line := func(label, text string) {
		if text != "" {
			b.WriteString("      " + wrap(label+text, width, 8) + "\n")
		}
	}
	line("", "in "+cellList(f.Cells, a.names))
	line("", f.Reason)
	line("", refusedBy(f))
	if len(f.Modules) > 0 {
		most := maxModules
		if a.isLong(f) {
			most = len(f.Modules)
		}
		line("modules: ", moduleText(f, most))
	}
	if len(f.Roots) > 1 {
		line("", fmt.Sprintf("brought by %s of yours: %s", plural(len(f.Roots), "requirement"), strings.Join(f.Roots, ", ")))
	}
	line("", importText(f))
	label, text := fixText(f)
	if label == "fix" {
		label = paint(color, green, label)
	}
	line(label+": ", text)
	if f.Fix == nil && f.Install != nil && f.Accepted == "" {
		line("no other version: ", f.NoFix)
	}
	if f.Accepted == "" {
		for _, l := range sourceLines(f) {
			line("in the source ("+l.toolchain+"): ", l.text)
		}
	}
}

// isLong reports whether naming all modules takes no more than saying how many are
// left out.
func (a *readyApp) isLong(f *ready.Finding) bool { return len(f.Modules) == maxModules+1 }

// writeSettled names what is ready everywhere.
func (a *readyApp) writeSettled(b *strings.Builder, width int) {
	list := func(rows []readyRow) string {
		var names []string
		for _, r := range rows {
			name := strings.TrimSpace(r.name + " " + r.version)
			if u := r.unless(); len(u) > 0 {
				name += " (unless " + strings.Join(u, ", ") + " does)"
			}
			names = append(names, name)
		}
		return strings.Join(names, ", ")
	}
	if len(a.compiled) > 0 {
		fmt.Fprintf(b, "\n%s\n", wrap("ready in every cell, and leave the GIL off: "+list(a.compiled), width, 2))
	}
	if len(a.pure) > 0 {
		fmt.Fprintf(b, "\n%s\n", wrap("pure, so the GIL stays off unless something they import turns it on: "+list(a.pure), width, 2))
	}
}

func (a *readyApp) writeRepair(b *strings.Builder, color bool, width int) {
	r := a.Repair
	if r == nil {
		return
	}
	b.WriteString("\n" + paint(color, bold, "together: ") + repairSummary(r) + "\n")
	for _, c := range r.Changes {
		b.WriteString("  " + wrap(changeText(c), width, 4) + "\n")
	}
	if len(r.Left) > 0 {
		b.WriteString("  " + wrap("no version helps: "+strings.Join(r.Left, ", "), width, 4) + "\n")
	}
	if r.Patch != "" {
		b.WriteString("\n" + strings.TrimSuffix(r.Patch, "\n") + "\n")
	}
	for _, c := range r.Commands {
		b.WriteString("\nrun: " + c + "\n")
	}
}

func repairSummary(r *ready.Repair) string {
	n := 0
	for i := range r.Changes {
		if r.Changes[i].Asked() {
			n++
		}
	}
	if len(r.Changes) == 0 {
		return "no change of versions helps"
	}
	text := plural(n, "change")
	switch {
	case r.Fewest && n > 1:
		text += ", and fewer cannot do"
	case !r.Fewest:
		text += ", none of which can be left out"
	}
	if r.Readiness == vocab.Ready {
		return text + "; then every cell is ready"
	}
	return text + "; the worst cell is then " + string(r.Readiness)
}

func changeText(c ready.Change) string {
	switch {
	case c.From == "":
		return c.Package + " " + c.To + ", which is new"
	case c.To == "":
		return c.Package + " " + c.From + " is no longer needed"
	}
	return c.Package + " " + c.From + " → " + c.To
}

func (a *readyApp) writeEntry(b *strings.Builder, width int) {
	e := a.Entry
	if e == nil {
		return
	}
	text := fmt.Sprintf("imports of %s, followed through %s in %s", e.Name, plural(e.Modules, "module"), e.Cell)
	switch {
	case e.Compiled == 1:
		text += "; what the compiled one imports no source shows"
	case e.Compiled > 1:
		text += fmt.Sprintf("; what the %d compiled ones import no source shows", e.Compiled)
	}
	if e.Computed > 0 {
		text += fmt.Sprintf("; %s a name that is computed", plural(e.Computed, "import")+" of")
	}
	b.WriteString("\n" + wrap(text, width, 2) + "\n")
	for _, u := range e.Unread {
		b.WriteString("  " + wrap("not read: "+u, width, 4) + "\n")
	}
}

func (a *readyApp) writeVerified(b *strings.Builder, color bool, width int) {
	v := a.Verified
	if v == nil {
		return
	}
	fmt.Fprintf(b, "\nloaded in CPython %s: %d of %s as the files say\n", v.Cell, v.Agreed, plural(v.Packages, "package"))
	for _, d := range v.Differences {
		b.WriteString("  " + wrap(paint(color, red, d.Package)+": the files say "+d.Predicted+", loading says "+d.Seen, width, 4) + "\n")
	}
	for _, f := range v.Failed {
		b.WriteString("  " + wrap("not loaded: "+f, width, 4) + "\n")
	}
}

// writeRollUp writes the table of applications and the upgrades that free them.
func (v *readyView) writeRollUp(b *strings.Builder, color bool, width int) error {
	ready := 0
	t := new(table)
	t.header("application", "free-threaded", "with the GIL", "not ready")
	for _, a := range v.apps {
		if a.Readiness == vocab.Ready {
			ready++
		}
		row := []cell{{text: a.Name}}
		for _, free := range []bool{true, false} {
			worst := a.worst(free)
			_, s := readyGlyph(worst)
			row = append(row, cell{text: string(worst), style: s})
		}
		culprits := a.culprits()
		const most = 3
		if len(culprits) > most+1 {
			culprits = append(culprits[:most:most], fmt.Sprintf("and %d more", len(culprits)-most))
		}
		t.add(append(row, cell{text: strings.Join(culprits, ", ")})...)
	}
	fmt.Fprintf(b, "%s\n\n", paint(color, bold, fmt.Sprintf("%s; %d ready", plural(len(v.apps), "application"), ready)))
	if err := t.write(b, color); err != nil {
		return err
	}
	if len(v.report.Upgrades) == 0 {
		return nil
	}
	b.WriteString("\n" + paint(color, bold, "upgrades, those that free most applications first:") + "\n")
	for i := range v.report.Upgrades {
		b.WriteString("  " + wrap(upgradeText(&v.report.Upgrades[i]), width, 4) + "\n")
	}
	return nil
}

// upgradeText says what an upgrade does.
func upgradeText(u *ready.Upgrade) string {
	text := u.Package + " to " + u.To
	if u.To == "" {
		text = u.Package + ", of which no version is known to do"
	}
	if len(u.Frees) > 0 {
		text += fmt.Sprintf(": frees %s (%s)", plural(len(u.Frees), "application"), strings.Join(u.Frees, ", "))
	} else {
		text += ": one of several things that " + applicationsNeed(len(u.Helps))
	}
	if more := len(u.Helps) - len(u.Frees); more > 0 && len(u.Frees) > 0 {
		text += ", and is one of several things that " + applicationsNeed(more)
	}
	if u.To != "" {
		text += fmt.Sprintf("; with all before it %d free", u.Together)
	}
	return text
}

func applicationsNeed(n int) string {
	if n == 1 {
		return "1 application needs"
	}
	return fmt.Sprintf("%d applications need", n)
}
