package probe

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/environment"
	"github.com/ftpkg/ftpkg/probe/pyprobe"
)

// result puts together what the processes showed.
func (l *load) result(required map[string]bool) *Result {
	r := &Result{
		Package: l.dist.Name, Version: l.dist.Version, Runtime: l.prober.runtime(), WithGIL: l.withGIL, Threads: l.threads,
		Public: []Import{}, Modules: []Module{}, Offenders: l.offenders(required),
	}
	for i := range l.dist.Extensions {
		r.Modules = append(r.Modules, l.module(&l.dist.Extensions[i]))
	}
	for _, name := range l.dist.Public {
		run := l.public[name]
		if run == nil {
			continue
		}
		im := Import{Module: name, Outcome: run.verdict.outcome, Detail: run.verdict.detail, MaxRSS: run.exit.MaxRSS}
		if len(run.report.Imports) > 0 {
			im.Millis = run.report.Imports[0].Millis
		}
		r.Public = append(r.Public, im)
		if worse(r.Outcome, im.Outcome) != r.Outcome {
			r.Outcome, r.Detail, r.Reason = im.Outcome, im.Detail, run.verdict.fault
		}
	}
	l.settle(r)
	return r
}

// settle gives the package its outcome from that of its public imports.
func (l *load) settle(r *Result) {
	compiled := len(l.dist.Extensions) > 0 || len(l.dist.Libraries) > 0 || !l.dist.Pure
	switch {
	case !l.has(vocab.LaneImport):
		r.Outcome, r.Detail = vocab.OutcomeSkipped, "the import lane was not asked for"
	case len(l.public) == 0 && compiled:
		r.Outcome, r.Detail = vocab.OutcomeSkipped, "it has compiled modules, but nothing public to import"
	case len(l.public) == 0:
		r.Outcome, r.Detail = vocab.OutcomePure, "it has nothing to import"
	case r.Outcome == vocab.OutcomeGILOff && !compiled:
		r.Outcome = vocab.OutcomePure
		r.Detail = "no compiled code of its own"
	case r.Outcome == vocab.OutcomeGILReenabled:
		r.Detail = offendersText(r.Offenders)
	case (r.Outcome == vocab.OutcomeCrash || r.Outcome == vocab.OutcomeImportError) && l.foreignFault():
		r.Outcome, r.Reason = vocab.OutcomeABICrash, ""
	case r.Outcome == vocab.OutcomeGILOff:
		if m, n := unloadable(r.Modules); m != nil {
			r.Outcome, r.WithGIL = m.Outcome, m.WithGIL
			r.Detail = "importing it loads no extension module, and " + noneLoads(n) + "; " + m.Module + ": " + m.Detail
		}
	}
	// Threads are held against a package only if it claims to be made for them.
	if t := r.Threads; t != nil && r.Outcome.Keeps() && !t.Outcome.Keeps() && t.Outcome != t.WithGIL && !t.Outcome.IsUnknown() {
		r.Outcome, r.Detail, r.WithGIL = t.Outcome, "when threads import it at once: "+t.Detail, t.WithGIL
	}
}

// unloadable returns the extension module that fails worst, and how many there are,
// if none of a package's can be loaded and some fail badly. Such a package does not
// keep the GIL off, however well the import of an empty package goes. Modules that
// merely raise may miss what only some users have.
func unloadable(modules []Module) (worst *Module, n int) {
	for i := range modules {
		m := &modules[i]
		switch m.Outcome {
		case vocab.OutcomeSkipped:
			continue
		case vocab.OutcomeABICrash, vocab.OutcomeCrash, vocab.OutcomeDeadlock, vocab.OutcomeTimeout, vocab.OutcomeOOM:
			if worst == nil || worse(worst.Outcome, m.Outcome) != worst.Outcome {
				worst = m
			}
		case vocab.OutcomeImportError:
		default:
			return nil, 0
		}
		if m.Declaration != vocab.LoadedUnknown {
			return nil, 0
		}
		n++
	}
	return worst, n
}

func noneLoads(n int) string {
	if n == 1 {
		return "its only one cannot be loaded"
	}
	return fmt.Sprintf("none of its %d can be loaded", n)
}

// offendersText sums up the offenders that a public import loads.
func offendersText(list []Offender) string {
	var owners []string
	n := 0
	for i := range list {
		if o := &list[i]; o.When == vocab.WhenImport {
			n++
			if !slices.Contains(owners, o.Distribution) {
				owners = append(owners, o.Distribution)
			}
		}
	}
	if n == 0 {
		return "the GIL was on after the import, though no module was seen to turn it on"
	}
	return count(n, "module") + " of " + strings.Join(owners, ", ")
}

// module is what is known of one extension module of the package.
func (l *load) module(e *environment.Extension) Module {
	m := Module{
		Module: e.Module, File: e.Path, Distribution: l.dist.Name, Declaration: vocab.LoadedUnknown, Public: e.Public, Test: e.Test,
		Outcome: vocab.OutcomeSkipped, Toolchain: l.toolchain(l.path(e)),
	}
	switch {
	case !l.loads(e):
		m.Detail = "this runtime does not look at files that end in " + e.Suffix
		return m
	case e.Module == "":
		m.Detail = "its path is no name that can be imported"
		return m
	}
	if r := l.create[e.Path]; r != nil {
		m.Create = r.verdict.outcome
		if c := r.seen(e.Module); c != nil && c.Declaration != "" { // others are those that its init function imports
			m.Declaration = c.Declaration
		}
	}
	for _, r := range l.survey {
		if s := r.loaded(e.Module); s != nil {
			m.Millis, m.RSS = s.Millis, s.RSS
			if m.Declaration == vocab.LoadedUnknown {
				m.Declaration = s.Declaration
			}
		}
	}
	l.imported(e, &m)
	if m.Create == m.Outcome {
		m.Create = ""
	}
	if l.foreign(e) && (m.Outcome == vocab.OutcomeCrash || m.Outcome == vocab.OutcomeImportError) {
		m.Outcome = vocab.OutcomeABICrash
	}
	if m.Disagrees = l.disagrees(e, m.Declaration); m.Disagrees {
		m.Static = l.static[e.Path].Declaration
	}
	return m
}

// imported says what importing an extension by its name does.
func (l *load) imported(e *environment.Extension, m *Module) {
	set := func(o vocab.Outcome, detail string) {
		m.Outcome, m.Detail = o, detail
		if o == vocab.OutcomeGILOff || o == vocab.OutcomeGILReenabled {
			after := o == vocab.OutcomeGILReenabled
			m.GILEnabledAfter = &after
		}
	}
	if r := l.importedBy(e); r != nil {
		detail := r.verdict.detail
		if r.verdict.failed() {
			detail = "importing the package failed"
		}
		set(r.verdict.outcome, detail)
		return
	}
	if u := l.use[e.Module]; u != nil {
		set(u.verdict.outcome, u.verdict.detail)
		m.WithGIL = u.withGIL
		return
	}
	if l.foreign(e) {
		m.Detail = "not imported: it is made for another ABI"
		if m.Create != "" {
			m.Outcome = m.Create
			if c := l.create[e.Path]; c.verdict.failed() {
				m.Detail += "; creating it: " + c.verdict.detail
			}
		}
	}
}

// loads reports whether the runtime looks at files of an extension's suffix.
func (l *load) loads(e *environment.Extension) bool {
	return e.Suffix == "" || slices.Contains(l.prober.Runtime.Suffixes, e.Suffix)
}

// offenders are the modules that turned the GIL on, those at import first.
func (l *load) offenders(required map[string]bool) []Offender {
	list := []Offender{}
	add := func(r *run, when vocab.When) {
		if r == nil {
			return
		}
		for _, name := range r.offenders() {
			if !slices.ContainsFunc(list, func(o Offender) bool { return o.Module == name }) {
				list = append(list, l.offender(r, name, when, required))
			}
		}
	}
	for _, name := range l.dist.Public {
		add(l.public[name], vocab.WhenImport)
	}
	for _, r := range l.survey {
		if len(l.dist.Public) > 0 && len(r.job.Modules) > 0 && slices.Contains(l.dist.Public, r.job.Modules[0]) {
			add(r, vocab.WhenImport)
		}
	}
	for i := range l.dist.Extensions {
		if u := l.use[l.dist.Extensions[i].Module]; u != nil {
			add(u.run, vocab.WhenUse)
		}
	}
	for _, r := range append(slices.Clone(l.shared), l.survey...) {
		add(r, vocab.WhenUse)
	}
	for i := range l.dist.Extensions { // those whose import fails, but which would
		e := &l.dist.Extensions[i]
		if r := l.create[e.Path]; r != nil && !r.verdict.failed() {
			add(r, vocab.WhenUse)
		}
	}
	return list
}

// offender describes a module that turned the GIL on in a run.
func (l *load) offender(r *run, name string, when vocab.When, required map[string]bool) Offender {
	o := Offender{Module: name, When: when, Chain: []string{}, Distribution: standardLibrary, Relation: vocab.RelationDependency}
	seen := r.seen(name)
	if seen == nil { // its creation was hidden from us; the survey may have seen it
		for _, s := range l.survey {
			if seen = s.seen(name); seen != nil {
				break
			}
		}
	}
	if seen != nil {
		o.File = seen.File
		o.Chain = append(o.Chain, seen.Chain...)
		if n := len(o.Chain); n == 0 || o.Chain[n-1] != name { // loaded by hand
			o.Chain = append(o.Chain, name)
		}
	}
	if at := slices.IndexFunc(l.dist.Extensions, func(e environment.Extension) bool { return e.Module == name }); at >= 0 {
		e := &l.dist.Extensions[at]
		o.Test = e.Test
		if o.File == "" {
			o.File = l.path(e)
		}
	}
	if o.File != "" {
		o.Toolchain = l.toolchain(o.File)
		o.Fix = o.Toolchain.Fix()
		if d, ok := l.env.Owner(o.File); ok {
			o.Distribution, o.Version = d.Name, d.Version
			o.Relation = relation(l.dist.Name, d.Name, required)
		}
		o.File = l.relative(o.File)
	}
	return o
}

// seen returns what a run says of an extension module, however far it came.
func (r *run) seen(name string) *pyprobe.Loaded {
	for i := range r.report.Modules {
		if r.report.Modules[i].Module == name {
			return &r.report.Modules[i]
		}
	}
	return nil
}

// relative makes a path relative to the site folder it is in: where an
// environment was for a moment is no news.
func (l *load) relative(path string) string {
	for _, site := range l.env.Site {
		if rel, err := filepath.Rel(site, path); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel)
		}
	}
	return path
}
