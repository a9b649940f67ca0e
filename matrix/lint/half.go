package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix"
)

// checkHalves holds what all workflows build together against the free-threaded twins
// of it. Where a part of it is not known, nothing is said.
func (w *world) checkHalves() {
	halves := w.halves()
	w.checkMissing(halves)
	w.checkUntested(halves)
}

// A half is what is built with cibuildwheel or maturin, by place.
type halves struct {
	// unknown are the systems for which something is built that is not known, "" for
	// any.
	unknown map[string]bool
	// identifiers are those of cibuildwheel, by the use that builds them first.
	identifiers map[string]*cibwUse
	// gil and free are the series that maturin builds for by name, by the use.
	gil, free map[target]maturinAt
	// builds says that anything is built at all, anyFree that something free-threaded is.
	builds, anyFree bool
	// skipped is the selector that leaves out free-threaded wheels and nothing else,
	// by identifier.
	skipped map[string]string
}

// A target is what maturin builds for: a version on a system.
type target struct {
	series

	os string
}

type maturinAt struct {
	run *run
	use *maturinUse
}

func (w *world) halves() *halves {
	h := &halves{unknown: map[string]bool{}, identifiers: map[string]*cibwUse{}, gil: map[target]maturinAt{}, free: map[target]maturinAt{}, skipped: map[string]string{}}
	for _, j := range w.jobs {
		if strings.Contains(j.Uses.Value, "@") && aboutWheels(j.Uses.Value+j.ID+j.Name.Value) {
			h.unknown[""] = true // somebody else's workflow
		}
		for _, r := range j.runs {
			if r.buildsUnseen() {
				h.unknown[r.os()] = true
			}
			for _, u := range r.builds {
				h.builds = true
				ids, ok := u.identifiers()
				if !ok {
					h.unknown[r.os()] = true
					continue
				}
				if r.runner != nil {
					if made := u.made(); len(made) > 0 {
						ids = made
					}
				}
				for _, id := range ids {
					if _, known := h.identifiers[id]; !known {
						h.identifiers[id] = u
					}
					h.anyFree = h.anyFree || freeThreaded(id)
				}
				for word := range strings.FieldsSeq(u.options["skip"].text) {
					h.skip(u.line, word)
				}
			}
			for i := range r.maturin {
				h.maturin(r, &r.maturin[i])
			}
			// A matrix that may have other cells may build anything.
			if len(r.builds)+len(r.maturin) > 0 && j.matrix != nil && j.matrix.Dynamic {
				h.unknown[""] = true
			}
		}
	}
	return h
}

// buildsUnseen reports whether a step may build wheels by a script, or an action of the
// project, that is not seen.
func (r *run) buildsUnseen() bool {
	for _, s := range r.job.Steps {
		if !r.May(s.If.Value) {
			continue
		}
		if strings.HasPrefix(s.Uses.Value, "./") && aboutWheels(s.Uses.Value+s.Name.Value) {
			return true
		}
		for _, c := range commands(s.Run.Value) {
			if c.delegates() && aboutWheels(c.rest(0)) && !strings.Contains(c.rest(0), "cibuildwheel") {
				return true
			}
		}
	}
	return false
}

// aboutWheels reports whether a text is likely to be about building wheels.
func aboutWheels(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "wheel") || strings.Contains(text, "build") || strings.Contains(text, "publish")
}

func (h *halves) maturin(r *run, u *maturinUse) {
	h.builds = true
	if u.sdist {
		return
	}
	if !u.known || u.find {
		h.anyFree = h.anyFree || u.find
		h.unknown[r.os()] = true // it builds for whatever there is
		return
	}
	for _, text := range u.interpreters {
		v, free, ok := interpreterVersion(text)
		t := target{v, r.os()}
		switch {
		case strings.Contains(text, "pypy") || strings.Contains(text, "graalpy"):
		case !ok:
			h.unknown[r.os()] = true
		case free:
			h.free[t], h.anyFree = maturinAt{r, u}, true
		default:
			if _, has := h.gil[t]; !has {
				h.gil[t] = maturinAt{r, u}
			}
		}
	}
}

// knows reports whether all that is built for a system is known.
func (h *halves) knows(os string) bool {
	if os == "" {
		return len(h.unknown) == 0
	}
	return !h.unknown[""] && !h.unknown[os]
}

// skip notes what a selector of skip leaves out, if that is free-threaded alone.
func (h *halves) skip(line *matrix.Line, word string) {
	var matched []string
	for _, os := range []string{"linux", "macos", "windows"} {
		for _, id := range line.Identifiers[os] {
			if !matrix.Match(word, id) {
				continue
			}
			if !freeThreaded(id) {
				return
			}
			matched = append(matched, id)
		}
	}
	for _, id := range matched {
		h.skipped[id] = word
	}
}

// freeThreaded reports whether an identifier is that of a free-threaded build.
func freeThreaded(id string) bool {
	python, _, _ := strings.Cut(id, "-")
	return strings.HasPrefix(python, "cp3") && strings.HasSuffix(python, "t")
}

// twin returns the free-threaded twin of an identifier of CPython 3.14 or newer.
func twin(id string) (string, bool) {
	python, platform, _ := strings.Cut(id, "-")
	var minor int
	if _, err := fmt.Sscanf(python, "cp3%d", &minor); err != nil || minor < 14 || strings.HasSuffix(python, "t") {
		return "", false
	}
	return python + "t-" + platform, true
}

// checkMissing finds wheels whose free-threaded twin nobody builds.
func (w *world) checkMissing(h *halves) {
	lacks := map[place]*lack{}
	for _, id := range sortedKeys(h.identifiers) {
		u := h.identifiers[id]
		free, ok := twin(id)
		_, platform, _ := strings.Cut(id, "-")
		if os := (matrix.Platform{Word: platform}).OS(); !ok || w.files.abi3t && !strings.HasPrefix(free, "cp314t") || h.identifiers[free] != nil || !h.knows(os) || !slices.Contains(u.line.Identifiers[os], free) {
			continue
		}
		f := w.placeOf(u)
		at := place{f.File, f.Line, f.Column}
		if lacks[at] == nil {
			lacks[at] = &lack{finding: f}
		}
		lacks[at].missing = append(lacks[at].missing, free)
		lacks[at].skipped = h.skipped[free]
	}
	for _, l := range lacks {
		f := l.finding
		f.Rule = ruleMissingHalf
		f.Message = fmt.Sprintf("%s is built, its free-threaded twin %s is not", strings.Replace(l.missing[0], "t-", "-", 1), l.missing[0])
		if n := len(l.missing); n > 1 {
			f.Message += fmt.Sprintf(", nor %d more", n-1)
		}
		if l.skipped != "" {
			f.Message += "; skip has " + l.skipped
			f.Severity = vocab.SeverityNote // somebody meant it
		}
		w.find(f)
	}
	for t, at := range h.gil {
		if _, ok := h.free[t]; ok || t.minor < 14 || !h.knows(t.os) || t.minor > 14 && (w.files.abi3t || strings.Contains(at.use.args.Value, "abi3t")) {
			continue
		}
		on := ""
		if t.os != "" {
			on = " on " + map[string]string{"linux": "Linux", "macos": "macOS", "windows": "Windows"}[t.os]
		}
		python := "3." + itoa(t.minor)
		w.find(at.run.job.at(at.use.args.Node, ruleMissingHalf, "wheels are built for %s%s, but none for %st", python, on, python))
	}
}

// A place is where a finding stands.
type place struct {
	file         string
	line, column int
}

// A lack is what is missing of what is built at a place.
type lack struct {
	finding Finding
	missing []string
	skipped string
}

// placeOf begins a finding where it is said what a use of cibuildwheel builds: in the
// workflow, or in pyproject.toml if that was asked about.
func (w *world) placeOf(u *cibwUse) Finding {
	for _, name := range []string{"build", "skip"} {
		if o := u.options[name]; o.path != nil && w.project != nil && w.checked[w.project.name] {
			f := Finding{File: w.project.name}
			f.Line, f.Column = w.project.position(o.path...)
			return f
		}
	}
	at := u.place()
	if at.Node == u.step.Run.Node || at.Node == u.step.Uses.Node {
		return u.run.job.at(at.Node, "", "")
	}
	text, _ := u.run.text(at)
	if first, _, _ := strings.Cut(strings.TrimSpace(text), " "); first != "" {
		at, _ = u.run.origin(at, first)
	}
	return u.run.job.at(at.Node, "", "")
}

// checkUntested finds that free-threaded wheels are built and nothing is tested.
func (w *world) checkUntested(h *halves) {
	if !h.anyFree || !h.knows("") {
		return
	}
	for _, j := range w.jobs {
		if j.Uses.Node != nil || j.delegates() || j.matrix != nil && j.matrix.Dynamic {
			return // it may test
		}
		for _, r := range j.runs {
			if r.free() {
				return
			}
			for _, p := range r.pythons {
				if p.version == "" {
					return
				}
			}
			for _, u := range r.builds {
				if o := u.options["test-command"]; o.set || !o.known {
					return
				}
			}
		}
	}
	tested := slices.ContainsFunc(w.jobs, func(j *job) bool {
		return slices.ContainsFunc(j.runs, func(r *run) bool { return len(r.tests) > 0 })
	})
	if !tested || h.overridden(w) {
		return // tests are somewhere else
	}
	for _, id := range sortedKeys(h.identifiers) {
		if freeThreaded(id) {
			f := w.placeOf(h.identifiers[id])
			f.Rule = ruleUntested
			f.Message = fmt.Sprintf("free-threaded wheels are built (%s), but no job tests on a free-threaded Python", id)
			w.find(f)
			return
		}
	}
}

// overridden reports whether overrides of the project may test what is built.
func (h *halves) overridden(w *world) bool {
	return w.project.get("tool", "cibuildwheel", "overrides") != nil
}
