package lint

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// checkFlavours finds jobs in which the two flavours meet, or the wrong one is used.
func (w *world) checkFlavours(j *job) {
	found := map[*yaml.Node]bool{} // of each step, one run is enough
	for _, r := range j.runs {
		for i := range r.maturin {
			u := &r.maturin[i]
			w.checkRefused(r, u)
			if !found[u.step.Node] {
				found[u.step.Node] = w.checkInterpreters(r, u) || w.checkContainer(r, u)
			}
		}
	}
}

// checkRefused finds interpreters that maturin refuses.
func (w *world) checkRefused(r *run, u *maturinUse) {
	for _, text := range u.interpreters {
		if v, free, ok := interpreterVersion(text); ok && free && v.minor == 13 && u.refuses313t() {
			at, _ := r.origin(u.args, text)
			w.find(r.job.within(at, max(strings.Index(at.Value, text), 0), ruleRefused, "maturin 1.14 and newer refuses %s: free-threaded wheels begin with 3.14", text))
		}
	}
}

// checkInterpreters finds both flavours among the interpreters that maturin is given.
func (w *world) checkInterpreters(r *run, u *maturinUse) bool {
	have := map[series][2]bool{}
	for _, text := range u.interpreters {
		v, free, ok := interpreterVersion(text)
		if !ok {
			continue
		}
		both := have[v]
		both[map[bool]int{true: 1}[free]] = true
		have[v] = both
	}
	if u.find && !u.container && !u.inDoubt {
		for _, p := range r.pythons { // those that it finds
			if v, _, free, ok := parseVersion(p.version); ok {
				both := have[v]
				both[map[bool]int{true: 1}[free || p.free]] = true
				have[v] = both
			}
		}
	}
	var twins []string
	for v, both := range have {
		if both[0] && both[1] {
			twins = append(twins, "3."+itoa(v.minor))
		}
	}
	if slices.Sort(twins); len(twins) > 0 {
		f := r.job.at(u.args.Node, ruleBothFlavours, "one job builds for %s and %st%s; where both are found, one can take the place of the other: give each a job of its own", twins[0], twins[0], r.where())
		if u.container {
			f.Severity = vocab.SeverityNote // there each has a directory of its own
		}
		w.find(f)
	}
	return len(twins) > 0
}

// refuses313t reports whether the version of maturin is known to refuse 3.13t.
func (u *maturinUse) refuses313t() bool {
	if !u.versionKnown {
		return false
	}
	v := numbers(u.version)
	return u.version == "" || len(v) > 1 && (v[0] > 1 || v[0] == 1 && v[1] >= 14)
}

// checkContainer finds a free-threaded interpreter that was set up for a build in a
// container.
func (w *world) checkContainer(r *run, u *maturinUse) bool {
	if !u.container || u.inDoubt || !u.known || u.find || len(u.interpreters) > 0 || u.sdist {
		return false
	}
	for _, p := range r.pythons {
		if !p.free || p.step.Index > u.step.Index || p.by != "setup-python" {
			continue
		}
		f := r.job.at(u.args.Node, ruleHostPython, "maturin builds in a container, where the %s that setup-python brings is not; it builds for the container's default Python unless --interpreter says otherwise%s", p.version, r.where())
		if _, _, _, ok := parseVersion(p.version); ok && w.allVersions(r.job, p.step.Index) {
			f.fix = giveInterpreter(r.job, u, p)
		}
		w.find(f)
		return true
	}
	return false
}

// allVersions reports whether a step brings a plain version in every run, so that its
// text can be used as one.
func (w *world) allVersions(j *job, step int) bool {
	for _, r := range j.runs {
		for _, p := range r.pythons {
			if p.step.Index != step {
				continue
			}
			if _, _, t, ok := parseVersion(p.version); !ok || p.free && !t {
				return false
			}
		}
	}
	return true
}

// giveInterpreter adds --interpreter to maturin's arguments.
func giveInterpreter(j *job, u *maturinUse, p pythonUse) func(e *edits) error {
	return func(e *edits) error {
		if strings.Contains(p.at.Value, "\n") {
			return errJudgement
		}
		doc, err := e.workflow(j.File.Name)
		if err != nil {
			return err
		}
		option := "--interpreter python" + strings.TrimSpace(p.at.Value)
		t, ok := u.step.With("args")
		if !ok {
			with := u.step.Path.Then("with")
			if doc.Find(with) == nil {
				return doc.Put(u.step.Path, "uses", "with:\n  args: "+option)
			}
			return doc.Put(with, "", "args: "+option)
		}
		end := len(strings.TrimRight(t.Value, "\n"))
		return doc.Replace(t.Path, end, end, " "+option)
	}
}
