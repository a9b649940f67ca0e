package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/inspect"
)

// An inspectView is a report as people read it.
type inspectView struct {
	report  *inspect.Report
	all     bool // list every module
	hazards bool
}

// A moduleRow is one module, wherever it says the same.
type moduleRow struct {
	module  *inspect.Module
	owner   string // the package it belongs to
	sibling bool
	where   []string // "3.14t linux-x86_64"
	all     []string // where there is a module of this name
}

// rows groups the modules of a subject: those that turn the GIL on or are not
// decided, or all.
func (v *inspectView) rows(s *inspect.Subject) (rows []moduleRow, hidden int) {
	told := map[string]bool{} // by module
	all := map[string][]string{}
	v.each(s, func(w *inspect.Wheel, m *inspect.Module) {
		key := placeKey(w, m)
		if p := placeName(w, m); !slices.Contains(all[key], p) {
			all[key] = append(all[key], p)
		}
		told[m.Module] = told[m.Module] || v.all || remarkable(m) && !w.Sibling
	})
	for _, d := range s.Differences {
		told[d.Module] = true
	}
	v.each(s, func(w *inspect.Wheel, m *inspect.Module) {
		if !told[m.Module] {
			return
		}
		i := slices.IndexFunc(rows, func(r moduleRow) bool { return alike(&r, w, m) })
		if i < 0 {
			i = len(rows)
			rows = append(rows, moduleRow{module: m, owner: strings.TrimSpace(w.Project + " " + w.Version), sibling: w.Sibling, all: all[placeKey(w, m)]})
		}
		if p := placeName(w, m); !slices.Contains(rows[i].where, p) {
			rows[i].where = append(rows[i].where, p)
		}
	})
	slices.SortStableFunc(rows, func(a, b moduleRow) int {
		return cmp.Or(strings.Compare(a.owner, b.owner), strings.Compare(a.module.Module, b.module.Module))
	})
	for _, is := range told {
		if !is {
			hidden++
		}
	}
	return rows, hidden
}

// each visits what is an extension module in the subject's wheels.
func (v *inspectView) each(s *inspect.Subject, visit func(w *inspect.Wheel, m *inspect.Module)) {
	for _, i := range s.Wheels {
		w := &v.report.Wheels[i]
		for j := range w.Modules {
			m := &w.Modules[j]
			unread := m.Declaration == vocab.DeclarationUndecided && m.Fit != vocab.FitWrongABI && !s.Narrowed && slices.Contains(s.NotRead, m.Platform)
			if m.IsModule() && (m.Fit != vocab.FitIgnored || v.all) && (!unread || v.all) {
				visit(w, m)
			}
		}
	}
}

// remarkable reports whether a module is not simply one that leaves the GIL off.
func remarkable(m *inspect.Module) bool {
	return m.Declaration != vocab.DeclarationNotUsed || m.Fit == vocab.FitWrongABI || m.Fit == vocab.FitForeign
}

// placeKey names a module of one package, apart from its siblings.
func placeKey(w *inspect.Wheel, m *inspect.Module) string {
	return fmt.Sprintf("%v %s %s", w.Sibling, w.Project, m.Module)
}

// placeName is where a module was found: "3.14t linux-x86_64".
func placeName(w *inspect.Wheel, m *inspect.Module) string {
	if len(w.Pythons) == 0 {
		return cmp.Or(m.Platform, "-")
	}
	return w.Pythons[0] + " " + m.Platform
}

// alike reports whether a module of a wheel belongs in a row.
func alike(r *moduleRow, w *inspect.Wheel, m *inspect.Module) bool {
	a := r.module
	return r.owner == strings.TrimSpace(w.Project+" "+w.Version) && r.sibling == w.Sibling && a.Module == m.Module && a.Declaration == m.Declaration && a.ByDefault == m.ByDefault && a.ABI == m.ABI &&
		a.Fit == m.Fit && a.Toolchain == m.Toolchain && a.ToolchainVersion == m.ToolchainVersion && a.Evidence == m.Evidence
}

// whereText lists places by interpreter, shortly where they are all there are:
// "3.13t, 3.14t everywhere", "3.14t on macos-arm64, windows-arm64".
func whereText(places, all []string) string {
	switch {
	case len(places) == len(all) && len(all) > 1:
		return "everywhere"
	case len(places) == 1:
		return places[0]
	case len(all) > 2*len(places): // no exception
	case len(all) > len(places):
		rest := slices.DeleteFunc(slices.Clone(all), func(p string) bool { return slices.Contains(places, p) })
		return "everywhere but " + whereText(rest, nil)
	}
	on := func(list []string) (pythons []string, platforms map[string][]string) {
		platforms = map[string][]string{}
		for _, p := range slices.Sorted(slices.Values(list)) {
			python, platform, ok := strings.Cut(p, " ")
			if !ok {
				python, platform = "", p
			}
			if platforms[python] == nil {
				pythons = append(pythons, python)
			}
			platforms[python] = append(platforms[python], platform)
		}
		return pythons, platforms
	}
	pythons, platforms := on(places)
	_, there := on(all) // nil if that does not matter
	var parts []string
	for len(pythons) > 0 { // those with the same platforms together
		mine := platforms[pythons[0]]
		together := slices.Clone(pythons)
		together = slices.DeleteFunc(together, func(p string) bool { return !slices.Equal(platforms[p], mine) })
		what := "on " + strings.Join(mine, ", ")
		if !slices.ContainsFunc(together, func(p string) bool { return len(there[p]) != len(mine) }) && len(mine) > 1 {
			what = "everywhere"
		}
		parts = append(parts, strings.TrimSpace(strings.Join(together, ", ")+" "+what))
		pythons = slices.DeleteFunc(pythons, func(p string) bool { return slices.Contains(together, p) })
	}
	return strings.Join(parts, "; ")
}

// places is where a row's module is.
func (r *moduleRow) places() string {
	text := whereText(r.where, r.all)
	if r.sibling {
		text = "build with the GIL: " + text
	}
	return text
}

// declares is what a row's module declares.
func (r *moduleRow) declares() string {
	text := string(r.module.Declaration)
	if r.module.ByDefault {
		text += " (by default)"
	}
	return text
}

func (r *moduleRow) abi() string {
	switch r.module.Fit {
	case vocab.FitWrongABI, vocab.FitForeign, vocab.FitIgnored:
		return fmt.Sprintf("%s: %s", r.module.ABI, r.module.Fit)
	case vocab.FitLoads, vocab.FitUnknown, "":
	}
	return string(r.module.ABI)
}

func (r *moduleRow) toolchain() string {
	return orDash(strings.TrimSpace(string(r.module.Toolchain) + " " + r.module.ToolchainVersion))
}

// side says for whom a module is.
func (r *moduleRow) side() string {
	switch {
	case r.module.Test:
		return "test"
	case r.module.Public:
		return "public"
	}
	return "private"
}

func (r *moduleRow) style() style {
	switch d := r.module.Declaration; {
	case r.module.Fit == vocab.FitWrongABI, d.TurnsOn():
		return red
	case d == vocab.DeclarationUndecided:
		return yellow
	}
	return green
}

// verdictStyle is the colour of a verdict.
func verdictStyle(v vocab.Verdict) style {
	switch {
	case v.Passes():
		return green
	case v == vocab.VerdictUndecided:
		return yellow
	}
	return red
}

// title names a subject and its verdict.
func (v *inspectView) title(s *inspect.Subject) string {
	name := s.Argument
	if s.Sought {
		name = strings.TrimSpace(s.Project + " " + s.Version)
	}
	if s.Error != "" {
		return name + ": " + s.Error
	}
	return fmt.Sprintf("%s: %s", name, s.Verdict)
}

// about are the lines that say what was read of a subject, and what is to be said
// of all of it.
func (v *inspectView) about(s *inspect.Subject) []string {
	if s.Error != "" {
		return nil
	}
	lines := []string{s.Detail}
	if text := v.wheelsText(s); text != "" {
		lines = append(lines, text)
	}
	if s.Newer != "" {
		lines = append(lines, s.Newer+" is newer, and has no wheel")
	}
	if len(s.NotRead) > 0 {
		lines = append(lines, "only x86-64 and ARM64 code is read for its declarations, so not that on "+strings.Join(s.NotRead, ", "))
	}
	switch {
	case s.Contradicted != "":
		lines = append(lines, "classifier: "+s.Contradicted)
	case s.Classifier != "":
		lines = append(lines, "classifier: "+strings.TrimPrefix(s.Classifier, "Programming Language :: Python :: "))
	case s.Verdict.Passes() && s.Verdict != vocab.VerdictPure && s.Sought:
		lines = append(lines, "no classifier claims anything about free threading")
	}
	return lines
}

// wheelsText says which wheels were read.
func (v *inspectView) wheelsText(s *inspect.Subject) string {
	var free, other, siblings, failed int
	var pythons, platforms []string
	for _, i := range s.Wheels {
		w := &v.report.Wheels[i]
		switch {
		case w.Sibling:
			siblings++
			continue
		case w.FreeThreaded:
			free++
		default:
			other++
		}
		if w.Error != "" {
			failed++
		}
		if len(w.Pythons) > 0 && !slices.Contains(pythons, w.Pythons[0]) {
			pythons = append(pythons, w.Pythons[0])
		}
		for _, p := range w.Platforms {
			if !slices.Contains(platforms, p) {
				platforms = append(platforms, p)
			}
		}
	}
	if free+other+siblings < 2 && failed == 0 {
		return ""
	}
	slices.Sort(pythons)
	slices.Sort(platforms)
	what := "wheel"
	if slices.ContainsFunc(s.Wheels, func(i int) bool { return !strings.HasSuffix(v.report.Wheels[i].File, ".whl") }) {
		what = "package"
	}
	text := "read " + plural(free+other, what)
	if other > 0 && free > 0 {
		text += fmt.Sprintf(", %d of them not for a free-threaded build", other)
	}
	if len(pythons) > 0 {
		text += ": " + strings.Join(pythons, ", ")
	}
	if len(platforms) > 0 {
		text += " on " + strings.Join(platforms, ", ")
	}
	if siblings > 0 {
		text += fmt.Sprintf("; compared with %s of the build with the GIL", plural(siblings, "wheel"))
	}
	return text
}

// remarks are the lines below a subject's table. Leading spaces make a line a part
// of the one above.
func (v *inspectView) remarks(s *inspect.Subject, rows []moduleRow) []string {
	lines := v.differences(s)
	why := map[string][]string{} // modules by reason
	var reasons, fixes []string
	for i := range rows {
		m := rows[i].module
		for _, text := range []string{m.Reason, m.FitReason} {
			if text == "" || !remarkable(m) || slices.Contains(why[text], m.Module) {
				continue
			}
			if why[text] == nil {
				reasons = append(reasons, text)
			}
			why[text] = append(why[text], m.Module)
		}
		if m.Fix != "" && !rows[i].sibling {
			if line := fmt.Sprintf("fix (%s): %s", m.Toolchain, m.Fix); !slices.Contains(fixes, line) {
				fixes = append(fixes, line)
			}
		}
	}
	for i, text := range reasons {
		reasons[i] = v.namesText(why[text]) + ": " + text
	}
	lines = append(lines, v.some(reasons)...)
	lines = append(lines, fixes...)
	lines = append(lines, v.troubles(s)...)
	return lines
}

// namesText lists names, of many only the first.
func (v *inspectView) namesText(names []string) string {
	const most = 3
	if len(names) > most+1 && !v.all {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// maxRemarks is how many lines of a kind are shown, unless more is asked for.
const maxRemarks = 5

func (v *inspectView) some(lines []string) []string {
	if n := len(lines); n > maxRemarks && !v.all {
		return append(slices.Clone(lines[:maxRemarks]), fmt.Sprintf("and %d more (--verbose)", n-maxRemarks))
	}
	return lines
}

// differences says which modules declare one thing here and another there.
func (v *inspectView) differences(s *inspect.Subject) []string {
	var lines []string
	for _, d := range s.Differences {
		var says []string
		for _, x := range d.Says {
			says = append(says, fmt.Sprintf("%s on %s", x.Declaration, whereText(x.In, nil)))
		}
		between := map[string]string{"sibling": "differs from the build with the GIL", "platforms": "differs between platforms", "pythons": "differs between Pythons"}[d.Between]
		lines = append(lines, fmt.Sprintf("%s %s: %s", d.Module, between, strings.Join(says, "; ")))
	}
	return v.some(lines)
}

// troubles are the faults of archives, and what was not read.
func (v *inspectView) troubles(s *inspect.Subject) []string {
	var lines []string
	for _, i := range s.Wheels {
		w := &v.report.Wheels[i]
		if w.Error != "" && len(s.Wheels) > 1 {
			lines = append(lines, fmt.Sprintf("%s could not be read: %s", w.File, w.Error))
		}
		for _, f := range w.Findings {
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s: %s", w.File, strings.TrimPrefix(f.Member+": "+f.Message, ": "))))
		}
	}
	lines = v.some(lines)
	if v.all {
		for _, i := range s.Wheels {
			for _, x := range v.report.Wheels[i].Skipped {
				lines = append(lines, fmt.Sprintf("%s: %s (%s) was not read: %s", v.report.Wheels[i].File, x.Path, byteCount(x.Size), x.Reason))
			}
		}
	}
	return lines
}

// hazardLines are the hints of a subject.
func (v *inspectView) hazardLines(s *inspect.Subject) []string {
	if !v.hazards || s.Error != "" {
		return nil
	}
	users := map[string][]string{}
	v.each(s, func(w *inspect.Wheel, m *inspect.Module) {
		for _, h := range m.Hazards {
			if !w.Sibling && !slices.Contains(users[h], m.Module) {
				users[h] = append(users[h], m.Module)
			}
		}
	})
	var lines []string
	for _, h := range inspect.Hazards() {
		if names := users[h.Function]; len(names) > 0 {
			slices.Sort(names)
			shown := v.namesText(names)
			lines = append(lines, fmt.Sprintf("  %s in %s; instead: %s", h.Function, shown, h.Instead))
		}
	}
	if lines == nil {
		return []string{"hints: no function that is known to be unsafe without the GIL is imported; macros leave no trace in a file"}
	}
	return append([]string{"hints, no verdict: often unsafe without the GIL, and macros of the kind leave no trace in a file: " + inspect.HazardsPage}, lines...)
}

// verifiedLines say how loading the modules compares.
func (v *inspectView) verifiedLines() []string {
	r := v.report.Verified
	if r == nil {
		return nil
	}
	var lines []string
	if r.Agreed+r.Open+len(r.Disagreements) > 0 {
		text := fmt.Sprintf("verified by loading on CPython %s: %s", r.Runtime, plural(r.Agreed, "module"))
		if r.Agreed == 1 {
			text += " agrees"
		} else {
			text += " agree"
		}
		text += fmt.Sprintf(", %d disagree", len(r.Disagreements))
		if r.Open > 0 {
			text += fmt.Sprintf(", %d not compared", r.Open)
		}
		lines = append(lines, text)
	}
	for _, d := range r.Disagreements {
		lines = append(lines, fmt.Sprintf("  %s: the file says %s, the runtime took it as %s: please report this as a fault of ftpkg's", d.Module, d.Static, d.Loaded))
	}
	for _, f := range r.Failed {
		lines = append(lines, "not verified: "+f)
	}
	return lines
}
