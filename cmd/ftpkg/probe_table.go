package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
)

// outcomeStyle is the colour of an outcome.
func outcomeStyle(o vocab.Outcome) style {
	switch {
	case o.Keeps():
		return green
	case o.IsUnknown():
		return yellow
	}
	return red
}

// maxOffenders is how many offenders of a package the table names, and how many
// modules that cannot be imported, unless more is asked for.
const maxOffenders = 5

// A probeView is a report as people read it.
type probeView struct {
	report *probe.Report
	all    bool // name every offender
}

// head says which runtime the answer holds for, and what it does not hold for.
func (v *probeView) head() []string {
	if len(v.report.Results) == 0 {
		return []string{"nothing was probed"}
	}
	r := v.report.Results[0]
	lines := []string{fmt.Sprintf("CPython %s on %s (%s), sandbox: %s", r.Runtime.Version, r.Runtime.Platform, sourceText(r.Runtime), r.Evidence.Sandbox.Level)}
	if minor := minorOf(r.Runtime.Version); minor != defaultRuntime {
		lines[0] += fmt.Sprintf("; measured on %s, which says nothing of %s", minor, defaultRuntime)
	}
	return lines
}

// defaultRuntime is the Python a probe is about unless another is asked for.
const defaultRuntime = "3.14t"

// minorOf is the version of a runtime without its micro number: 3.13.5t is 3.13t.
func minorOf(version string) string {
	flavour := ""
	if strings.HasSuffix(version, "t") {
		flavour = "t"
	}
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(strings.TrimSuffix(rest, "t"), ".")
	return major + "." + minor + flavour
}

func sourceText(r probe.Runtime) string {
	if r.Source == "" {
		return r.Executable
	}
	return string(r.Source)
}

// modulesText counts the modules by what they declare.
func modulesText(r *probe.Result) string {
	off, unknown := 0, 0
	for i := range r.Modules {
		switch r.Modules[i].Declaration {
		case vocab.LoadedNotUsed:
			off++
		case vocab.LoadedUnknown:
			unknown++
		case vocab.LoadedUsed:
		}
	}
	if unknown == len(r.Modules) { // none, or the lanes that tell were not run
		return "-"
	}
	return fmt.Sprintf("%d of %d", off, len(r.Modules))
}

// threadsText sums up lane D.
func threadsText(r *probe.Result) string {
	if r.Threads == nil {
		return "-"
	}
	if r.Threads.Outcome.Keeps() {
		return "ok"
	}
	return string(r.Threads.Outcome)
}

func writeProbeTable(w io.Writer, v *probeView, color bool, width int) error {
	if width <= 0 || width > tableWidth {
		width = tableWidth
	}
	var b strings.Builder
	for _, line := range v.head() {
		b.WriteString(paint(color, bold, wrap(line, width, 2)) + "\n")
	}
	b.WriteByte('\n')
	var t table
	t.header("package", "version", "verdict", "declare", "threads", "time")
	for i := range v.report.Results {
		r := &v.report.Results[i]
		t.add(cell{text: r.Package}, cell{text: orDash(r.Version)}, cell{text: string(r.Outcome), style: outcomeStyle(r.Outcome)},
			cell{text: modulesText(r)}, cell{text: threadsText(r)}, cell{text: fmt.Sprintf("%.1f s", r.Seconds), right: true})
	}
	if err := t.write(&b, color); err != nil {
		return err
	}
	for i := range v.report.Results {
		v.writeStory(&b, &v.report.Results[i], color, width)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// writeStory tells what there is to tell of one package beyond its row.
func (v *probeView) writeStory(b *strings.Builder, r *probe.Result, color bool, width int) {
	lines := v.story(r)
	if len(lines) == 0 {
		return
	}
	b.WriteString("\n" + paint(color, outcomeStyle(r.Outcome), strings.TrimSpace(r.Package+" "+r.Version)) + "\n")
	for _, line := range lines {
		text := strings.TrimLeft(line, " ")
		indent := len(line) - len(text) + 2
		b.WriteString(strings.Repeat(" ", indent) + wrap(text, width, indent+2) + "\n")
	}
}

// story is what there is to tell of one package beyond its row. Leading spaces
// make a line a part of the one above.
//
// Much of it is in the words of strangers; what terminals take for commands is
// made harmless.
func (v *probeView) story(r *probe.Result) []string {
	lines := v.tell(r)
	for i, line := range lines {
		lines[i] = strings.Map(func(r rune) rune {
			if unicode.IsPrint(r) {
				return r
			}
			return '?'
		}, line)
	}
	return lines
}

func (v *probeView) tell(r *probe.Result) []string {
	var lines []string
	if r.Detail != "" && (!r.Outcome.Keeps() || r.Outcome == vocab.OutcomePure && v.all) {
		lines = append(lines, r.Detail)
	}
	if line := withGILText(r.Outcome, r.WithGIL); line != "" {
		lines = append(lines, line)
	}
	for _, group := range groupOffenders(r.Offenders) {
		lines = append(lines, group.title())
		shown := group.offenders
		if !v.all && len(shown) > maxOffenders {
			shown = shown[:maxOffenders]
		}
		for i := range shown {
			lines = append(lines, "  "+offenderText(&shown[i]))
		}
		if n := len(group.offenders) - len(shown); n > 0 {
			lines = append(lines, fmt.Sprintf("  and %d more (--verbose)", n))
		}
		for _, fix := range group.fixes() {
			lines = append(lines, "  "+fix)
		}
	}
	lines = append(lines, v.failures(r)...)
	for i := range r.Modules {
		if m := &r.Modules[i]; m.Disagrees {
			lines = append(lines, fmt.Sprintf("%s: its file says %s, the runtime took it as %s: please report this as a fault of ftpkg's", m.Module, m.Static, m.Declaration))
		}
	}
	if t := r.Threads; t != nil {
		if !t.Outcome.Keeps() {
			lines = append(lines, fmt.Sprintf("%d threads importing at once: %s", t.Threads, outcomeText(t.Outcome, t.Detail)))
			if line := withGILText(t.Outcome, t.WithGIL); line != "" {
				lines = append(lines, "  "+line)
			}
		}
		lines = append(lines, stressText(t.Stress)...)
		lines = append(lines, testsText(t.Tests)...)
	}
	return lines
}

// failures are the modules that cannot be imported by their names, although their
// package can: they do not change the outcome, but their users will want to know.
func (v *probeView) failures(r *probe.Result) []string {
	var lines []string
	more := 0
	for i := range r.Modules {
		m := &r.Modules[i]
		switch {
		case m.Outcome.Keeps() || m.Outcome == vocab.OutcomeGILReenabled:
		case !v.all && (m.Test || m.Outcome == vocab.OutcomeSkipped || r.Outcome == vocab.OutcomeSkipped || !importable(r, m)):
		case !v.all && len(lines) == maxOffenders:
			more++
		default:
			line := fmt.Sprintf("%s: %s", m.Module, outcomeText(m.Outcome, m.Detail))
			if text := withGILText(m.Outcome, m.WithGIL); text != "" {
				line += "; " + text
			}
			lines = append(lines, line)
		}
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more that cannot be imported (--verbose)", more))
	}
	return lines
}

// importable reports whether the public module that an extension is in can be
// imported: if it cannot, that is the story, and not what follows from it.
func importable(r *probe.Result, m *probe.Module) bool {
	return !slices.ContainsFunc(r.Public, func(p probe.Import) bool {
		return (m.Module == p.Module || strings.HasPrefix(m.Module, p.Module+".")) && !p.Outcome.Keeps() && p.Outcome != vocab.OutcomeGILReenabled
	})
}

func outcomeText(o vocab.Outcome, detail string) string {
	if detail == "" {
		return string(o)
	}
	return string(o) + ": " + detail
}

// withGILText compares a failure with the run under the GIL.
func withGILText(o, with vocab.Outcome) string {
	switch {
	case with == "" || o.Keeps():
		return ""
	case with == o:
		return "the same happens with the GIL on: not free threading's fault"
	case with.Keeps() || with == vocab.OutcomeGILReenabled:
		return "with the GIL on it works"
	}
	return fmt.Sprintf("with the GIL on: %s", with)
}

// An offenderGroup is the offenders of one distribution that are alike.
type offenderGroup struct {
	first     *probe.Offender
	offenders []probe.Offender
}

func groupOffenders(list []probe.Offender) []offenderGroup {
	var groups []offenderGroup
	for i := range list {
		o := &list[i]
		at := slices.IndexFunc(groups, func(g offenderGroup) bool {
			return g.first.Distribution == o.Distribution && g.first.When == o.When && g.first.Test == o.Test
		})
		if at < 0 {
			groups = append(groups, offenderGroup{first: o})
			at = len(groups) - 1
		}
		groups[at].offenders = append(groups[at].offenders, *o)
	}
	return groups
}

func (g *offenderGroup) title() string {
	var owner string
	switch g.first.Relation {
	case vocab.RelationOwn:
		owner = "its own"
	case vocab.RelationDependency:
		owner = "of " + strings.TrimSpace(g.first.Distribution+" "+g.first.Version) + ", which it requires"
	case vocab.RelationOptional:
		owner = "of " + strings.TrimSpace(g.first.Distribution+" "+g.first.Version) + ", which it uses if it is there"
	}
	when := "turned on at import"
	switch {
	case g.first.Test:
		when = "turned on by its tests only"
	case g.first.When == vocab.WhenUse:
		when = "turned on when used"
	}
	return fmt.Sprintf("GIL %s by %s, %s:", when, plural(len(g.offenders), "module"), owner)
}

func offenderText(o *probe.Offender) string {
	text := o.Module
	if len(o.Chain) > 1 || len(o.Chain) == 1 && o.Chain[0] != o.Module {
		text += " via " + strings.Join(shortChain(o.Chain, o.Module), " → ")
	}
	return text
}

// shortChain leaves the module itself out, and the middle of a long way.
func shortChain(chain []string, module string) []string {
	if n := len(chain); n > 0 && chain[n-1] == module {
		chain = chain[:n-1]
	}
	const most = 6
	if len(chain) > most {
		return slices.Concat(chain[:most/2], []string{"…"}, chain[len(chain)-most/2:])
	}
	return chain
}

// fixes are the distinct lines that would declare the group's modules; of several,
// each says what it is for.
func (g *offenderGroup) fixes() []string {
	var fixes []string
	counts := map[string]int{}
	toolchains := map[string]string{}
	for i := range g.offenders {
		o := &g.offenders[i]
		if o.Fix == "" {
			continue
		}
		if counts[o.Fix]++; counts[o.Fix] == 1 {
			fixes = append(fixes, o.Fix)
			toolchains[o.Fix] = string(o.Toolchain)
		}
	}
	for i, fix := range fixes {
		if len(fixes) > 1 {
			fixes[i] = fmt.Sprintf("fix (%s, %s): %s", toolchains[fix], plural(counts[fix], "module"), fix)
		} else {
			fixes[i] = "fix: " + fix
		}
	}
	return fixes
}

func stressText(s *probe.Stress) []string {
	if s == nil {
		return nil
	}
	lines := []string{fmt.Sprintf("stress: %s run %s in %.0f s: %s",
		plural(s.Examples, "example"), times(s.Runs), s.Seconds, outcomeText(s.Outcome, s.Detail))}
	if line := withGILText(s.Outcome, s.WithGIL); line != "" {
		lines = append(lines, "  "+line)
	}
	if s.Unstable > 0 {
		lines = append(lines, fmt.Sprintf("  %d not compared: they differ from run to run without threads", s.Unstable))
	}
	for _, f := range s.Findings {
		line := fmt.Sprintf("  %s: %s: %s", f.Example, f.Kind, f.Detail)
		if f.WithGIL {
			line += " (with the GIL too)"
		}
		lines = append(lines, line)
	}
	return lines
}

func testsText(t *probe.Tests) []string {
	if t == nil {
		return nil
	}
	head := fmt.Sprintf("its own tests on %d threads: ", t.Threads)
	counts := fmt.Sprintf("%d passed, %d failed, %d errors, %d skipped", t.Passed, t.Failed, t.Errors, t.Skipped)
	switch {
	case t.Outcome.IsUnknown():
		return []string{head + outcomeText(t.Outcome, t.Detail)}
	case !t.Outcome.Keeps() && t.Outcome != vocab.OutcomeGILReenabled:
		head += outcomeText(t.Outcome, t.Detail) + "; "
	}
	lines := []string{head + counts}
	if line := withGILText(t.Outcome, t.WithGIL); line != "" {
		lines = append(lines, "  "+line)
	}
	if t.Failed+t.Errors > 0 && t.WithGIL == "" {
		lines[0] += fmt.Sprintf("; with the GIL on, %d of those do not fail", t.WithoutGIL)
	}
	for _, f := range t.Failures {
		line := fmt.Sprintf("  %s: %s", f.Test, f.Detail)
		if f.WithGIL {
			line += " (with the GIL too)"
		}
		lines = append(lines, line)
	}
	return lines
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
