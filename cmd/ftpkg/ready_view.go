package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/ready"
)

// A readyView is a report arranged for people: the same grouping serves the table
// and the Markdown.
type readyView struct {
	report *ready.Report
	all    bool
	apps   []*readyApp
}

// A readyApp is one application.
type readyApp struct {
	*ready.Application

	names []string // every cell's name, in order
	// rows are the packages worth a row of their own. The others are ready in
	// every cell: compiled those with machine code, pure those without.
	rows, compiled, pure []readyRow
}

// A readyRow is one package across all cells.
type readyRow struct {
	name, version string
	states        []*ready.State // nil where a cell does not need it
}

func newReadyView(r *ready.Report, everyRow bool) *readyView {
	v := &readyView{report: r, all: everyRow}
	for i := range r.Applications {
		v.apps = append(v.apps, newReadyApp(&r.Applications[i], everyRow))
	}
	return v
}

func newReadyApp(a *ready.Application, everyRow bool) *readyApp {
	app := &readyApp{Application: a}
	at := map[string]int{}
	for i := range a.Cells {
		app.names = append(app.names, a.Cells[i].Name())
		at[a.Cells[i].Name()] = i
	}
	for i := range a.Packages {
		p := &a.Packages[i]
		row := readyRow{name: p.Name, states: make([]*ready.State, len(a.Cells))}
		settled, compiled := true, false
		for j := range p.Cells {
			s := &p.Cells[j]
			row.states[at[s.Cell]] = s
			settled = settled && s.Readiness == vocab.Ready
			compiled = compiled || s.FileKind.IsCompiled() || s.Modules > 0
		}
		row.version = row.common()
		switch {
		case everyRow || !settled:
			app.rows = append(app.rows, row)
		case compiled:
			app.compiled = append(app.compiled, row)
		default:
			app.pure = append(app.pure, row)
		}
	}
	return app
}

// common returns the version that most cells get, the first among equals.
func (r *readyRow) common() string {
	count := map[string]int{}
	best := ""
	for _, s := range r.states {
		if s == nil || s.Version == "" {
			continue
		}
		count[s.Version]++
		if best == "" || count[s.Version] > count[best] {
			best = s.Version
		}
	}
	return best
}

// unless are the packages on which it depends whether the GIL stays off.
func (r *readyRow) unless() []string {
	var names []string
	for _, s := range r.states {
		if s != nil {
			names = append(names, s.Unless...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// summary is the answer in one line.
func (a *readyApp) summary() string {
	counts := map[vocab.Readiness]int{}
	for i := range a.Cells {
		counts[a.Cells[i].Readiness]++
	}
	head := fmt.Sprintf("%s: %s, %s", cmp.Or(a.Name, "requirements"), plural(len(a.Packages), "package"), plural(len(a.Cells), "cell"))
	if counts[vocab.Ready] == len(a.Cells) {
		return head + "; every cell is ready"
	}
	var parts []string
	for _, word := range vocab.Readinesses().Names() {
		if n := counts[vocab.Readiness(word)]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		}
	}
	return head + "; " + strings.Join(parts, ", ")
}

// worst is the readiness of the worst cell among those without the GIL, or with it;
// "" if there is none.
func (a *readyApp) worst(freeThreaded bool) vocab.Readiness {
	var worst vocab.Readiness
	for i := range a.Cells {
		if c := &a.Cells[i]; c.FreeThreaded == freeThreaded && (worst == "" || c.Readiness.Worse(worst)) {
			worst = c.Readiness
		}
	}
	return worst
}

// culprits are the packages of findings that are not accepted, each once, with
// their versions.
func (a *readyApp) culprits() []string {
	var names []string
	for i := range a.Findings {
		f := &a.Findings[i]
		name := strings.TrimSpace(f.Package + " " + f.Version)
		if f.Accepted == "" && name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// moduleText names the modules at fault and what made them, briefly.
func moduleText(f *ready.Finding, most int) string {
	var names []string
	for i := range f.Modules {
		if i == most {
			names = append(names, fmt.Sprintf("and %d more", len(f.Modules)-i))
			break
		}
		names = append(names, f.Modules[i].Module)
	}
	return strings.Join(names, ", ")
}

// A readyLine is one way to say that modules declare, with what it is for.
type readyLine struct{ toolchain, text string }

// sourceLines are the lines that declare the modules at fault in their source, each
// once: what their authors can do.
func sourceLines(f *ready.Finding) []readyLine {
	var lines []readyLine
	if f.Readiness != vocab.ReadyTurnsOn {
		return nil
	}
	for i := range f.Modules {
		m := &f.Modules[i]
		if line := (readyLine{string(m.Toolchain), m.Fix}); m.Fix != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// refusedBy says who says no: the authors, or a tool that nobody told otherwise.
func refusedBy(f *ready.Finding) string {
	explicit, unasked, silent := 0, 0, 0
	for i := range f.Modules {
		switch m := &f.Modules[i]; {
		case m.Declaration == vocab.DeclarationUsed && m.ByDefault:
			unasked++
		case m.Declaration == vocab.DeclarationUsed:
			explicit++
		case m.Declaration == vocab.DeclarationSilent:
			silent++
		}
	}
	switch n := len(f.Modules); {
	case f.Readiness != vocab.ReadyTurnsOn || n == 0:
		return ""
	case explicit == n:
		return "its authors said that it needs the GIL"
	case unasked == n:
		return "its toolchain says so unless it is told otherwise"
	case silent == n:
		return "nothing was declared, which counts as needing the GIL"
	}
	return ""
}

// fixText is what helps, and label what kind of help that is.
func fixText(f *ready.Finding) (label, text string) {
	switch {
	case f.Accepted != "":
		return "accepted", f.Accepted
	case f.Fix != nil:
		return "fix", f.Fix.Text
	case f.Install != nil:
		return "to install", f.Install.Text
	case f.NoFix != "":
		return "no fix", f.NoFix
	}
	return "", ""
}

// importText says whether the program imports it.
func importText(f *ready.Finding) string {
	if f.Import == nil {
		return ""
	}
	var steps []string
	for _, s := range f.Import.Chain {
		steps = append(steps, fmt.Sprintf("%s:%d", s.Module, s.Line))
	}
	if f.Import.Module != "" {
		steps = append(steps, f.Import.Module)
	}
	text := map[vocab.Reach]string{
		vocab.ReachCertain: "certainly imported at start", vocab.ReachTried: "imported at start unless an import before it fails",
		vocab.ReachPossible: "possibly imported", vocab.ReachNotSeen: "no import of it was seen, which proves nothing",
	}[f.Import.Reach]
	if len(steps) > 0 {
		text += ": " + strings.Join(steps, " → ")
	}
	return text
}
