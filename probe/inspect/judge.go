package inspect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// Subject is the answer for one thing that was asked for.
type Subject struct {
	// Argument is what was asked for, as it was written; of several wheels of one
	// release, a pattern of their names.
	Argument string `json:"argument"`
	Project  string `json:"project,omitempty"`
	Version  string `json:"version,omitempty"`
	// Verdict is "" if there is none, for the reason in Error.
	Verdict vocab.Verdict `json:"verdict,omitempty"`
	// Detail is the verdict's reason in one line.
	Detail string `json:"detail,omitempty"`
	Error  string `json:"error,omitempty"`
	// Newer is a newer version that has no wheel.
	Newer string `json:"newer,omitempty"`
	// Classifier is what the project claims about free threading, and Contradicted
	// how the files contradict it, "" if they don't.
	Classifier   string `json:"classifier,omitempty"`
	Contradicted string `json:"contradicted,omitempty"`
	// Counts are how many modules there are of each declaration, but those of the
	// siblings, each for each platform.
	Counts map[vocab.Declaration]int `json:"counts,omitempty"`
	// Differences are modules that declare one thing here and another there.
	Differences []Difference `json:"differences"`
	// NotRead are the platforms whose modules are not read for their declaration, for
	// want of knowledge of their processors.
	NotRead []string `json:"not_read,omitempty"`
	// Narrowed says that platforms were asked for by name: one that is not read then
	// leaves the answer open. Elsewhere it is only told.
	Narrowed bool `json:"-"`
	// Sought says that wheels were looked for in an index: that there is none is then
	// an answer.
	Sought bool `json:"-"`
	// Wheels are the indexes of its wheels in Report.Wheels.
	Wheels []int `json:"wheels"`
	// Pure and Sdist are as in [Choice].
	Pure  bool `json:"pure,omitempty"`
	Sdist bool `json:"sdist,omitempty"`
}

// Judge fills in what the subject's wheels, those of siblings included, amount to.
// Verdict and Error are the caller's to set where there is no wheel to judge.
func (s *Subject) Judge(wheels []*Wheel) {
	t := tally{narrowed: s.Narrowed, counts: map[vocab.Declaration]int{}, free: slices.ContainsFunc(wheels, func(w *Wheel) bool { return w.FreeThreaded })}
	s.name(wheels)
	for _, w := range wheels {
		// Beside what free-threaded builds take, the rest is only to be compared.
		if w.Sibling || t.free && !w.FreeThreaded && w.Error == "" {
			continue
		}
		if s.Project != "" {
			s.Classifier = max(s.Classifier, w.Classifier)
		}
		t.add(w)
	}
	s.Counts = t.counts
	slices.Sort(t.notRead)
	s.NotRead = t.notRead
	s.Differences = differences(wheels)
	s.Verdict, s.Detail = t.verdict(s.Pure)
	if s.Sought && len(wheels) == 0 && !s.Pure {
		s.Verdict, s.Detail = vocab.VerdictNoWheel, "no wheel is for what was asked"
	}
	s.Contradicted = s.contradiction(&t)
}

// name fills in the project and version that all wheels are of.
func (s *Subject) name(wheels []*Wheel) {
	if s.Project != "" || len(wheels) == 0 {
		return
	}
	first := wheels[0]
	if !slices.ContainsFunc(wheels, func(w *Wheel) bool { return w.Project != first.Project || w.Version != first.Version }) {
		s.Project, s.Version = first.Project, first.Version
	}
}

// Add judges a subject by its wheels, and adds them to the report.
func (r *Report) Add(s Subject, wheels []*Wheel) {
	s.Judge(wheels)
	s.Wheels = make([]int, 0, len(wheels))
	for _, w := range wheels {
		s.Wheels = append(s.Wheels, len(r.Wheels))
		r.Wheels = append(r.Wheels, *w)
	}
	r.Subjects = append(r.Subjects, s)
}

// DropHazards takes the hazards out of a report of which nobody asked for them.
func (r *Report) DropHazards() {
	for i := range r.Wheels {
		w := &r.Wheels[i]
		w.Modules = slices.Clone(w.Modules) // others may have the wheel, too
		for j := range w.Modules {
			w.Modules[j].Hazards = nil
		}
	}
}

// A tally counts modules by what matters.
type tally struct {
	counts                     map[vocab.Declaration]int
	modules, on, tests         int
	wrong, undecided, delegate int
	explicit                   int // say that they use the GIL, not by their toolchain's default
	declare                    int
	unread                     int // wheels
	free                       bool
	narrowed                   bool
	foreign                    int // modules for processors that are not read
	notRead                    []string
	firstWrong, firstUndecided string
	delegates                  []string
	unreadable                 string
}

func (t *tally) add(w *Wheel) {
	if w.Error != "" {
		t.unread++
		t.unreadable = cmp.Or(t.unreadable, w.Error)
	}
	for i := range w.Modules {
		m := &w.Modules[i]
		t.counts[m.Declaration]++
		if !m.Loadable() {
			continue
		}
		t.modules++
		wrong := m.Fit == vocab.FitWrongABI
		if wrong {
			t.wrong++
			t.firstWrong = cmp.Or(t.firstWrong, m.Module+": "+m.FitReason)
		}
		switch {
		case m.Declaration.TurnsOn():
			t.on++
			if m.Test {
				t.tests++
			}
			if m.Declaration == vocab.DeclarationUsed && !m.ByDefault {
				t.explicit++
			}
		case m.Declaration == vocab.DeclarationUndecided:
			if !m.Readable() && !slices.Contains(t.notRead, m.Platform) {
				t.notRead = append(t.notRead, m.Platform)
			}
			switch {
			case wrong:
			case !m.Readable() && !t.narrowed:
				t.foreign++
			default:
				t.undecided++
				t.firstUndecided = cmp.Or(t.firstUndecided, m.Module+": "+m.Reason)
			}
		case m.Declaration == vocab.DeclarationDelegated:
			t.delegate++
			if to := cmp.Or(m.Delegate, "another module"); !slices.Contains(t.delegates, to) {
				t.delegates = append(t.delegates, to)
			}
		case m.Declaration == vocab.DeclarationNotUsed:
			t.declare++
		}
	}
}

// verdict is the worst that was counted. pure says that a free-threaded installer
// takes a pure wheel where there is no other.
func (t *tally) verdict(pure bool) (vocab.Verdict, string) {
	switch {
	case !t.free && pure:
		return vocab.VerdictPure, "a free-threaded build takes the wheel without machine code" + t.siblingText()
	case !t.free && t.modules+t.unread > 0:
		return vocab.VerdictNoWheel, "no wheel is for a free-threaded build" + t.siblingText()
	case t.wrong > 0:
		return vocab.VerdictWrongABI, fmt.Sprintf("%d of %s for another ABI; %s", t.wrong, many(t.modules, "module"), t.firstWrong)
	case t.on > 0:
		text := fmt.Sprintf("loading %d of %s turns the GIL on", t.on, many(t.modules, "module"))
		if t.tests == t.on {
			text += "; only tests load them"
		}
		return vocab.VerdictTurnsOn, text
	case t.unread > 0:
		return vocab.VerdictUndecided, fmt.Sprintf("%s could not be read: %s", many(t.unread, "wheel"), t.unreadable)
	case t.undecided > 0:
		return vocab.VerdictUndecided, fmt.Sprintf("%d of %s undecided; %s", t.undecided, many(t.modules, "module"), t.firstUndecided)
	case t.foreign == t.modules && t.modules > 0:
		return vocab.VerdictUndecided, many(t.modules, "module") + ", all for processors whose code is not read"
	case t.delegate > 0:
		return vocab.VerdictDelegates, fmt.Sprintf("%d of %s left to %s", t.delegate, many(t.modules, "module"), strings.Join(t.delegates, ", "))
	case t.modules == 0:
		return vocab.VerdictPure, "no extension modules"
	}
	text := many(t.modules-t.foreign, "module") + ", all declare that they do not use the GIL"
	if t.foreign > 0 {
		text += fmt.Sprintf("; %d are for processors whose code is not read", t.foreign)
	}
	return vocab.VerdictDeclares, text
}

// siblingText is what the modules for builds with the GIL tell of what is to come.
// Most toolchains write the declaration for free-threaded builds alone.
func (t *tally) siblingText() string {
	switch {
	case t.explicit > 0:
		return fmt.Sprintf("; in the wheels for the GIL build %d of %s say that they use the GIL: its authors said no", t.explicit, many(t.modules, "module"))
	case t.modules > 0 && t.declare == t.modules:
		return "; the modules of the wheels for the GIL build declare already that they do not use the GIL"
	case t.declare > 0:
		return fmt.Sprintf("; in the wheels for the GIL build %d of %s declare already that they do not use the GIL", t.declare, many(t.modules, "module"))
	case t.modules > 0:
		return "; the wheels for the GIL build do not tell what it would declare"
	}
	return ""
}

// contradiction says how the files contradict the classifier.
func (s *Subject) contradiction(t *tally) string {
	if !claimsSupport(s.Classifier) {
		return ""
	}
	switch s.Verdict {
	case vocab.VerdictTurnsOn:
		return fmt.Sprintf("it claims %q, and loading %s turns the GIL on", claim(s.Classifier), many(t.on, "module"))
	case vocab.VerdictWrongABI:
		return fmt.Sprintf("it claims %q, and %s for another ABI", claim(s.Classifier), isAre(t.wrong, "module"))
	case vocab.VerdictNoWheel:
		return fmt.Sprintf("it claims %q, and there is no wheel for a free-threaded build", claim(s.Classifier))
	case vocab.VerdictPure, vocab.VerdictDeclares, vocab.VerdictDelegates, vocab.VerdictUndecided:
	}
	return ""
}

// many is a number of things.
func many(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func isAre(n int, thing string) string {
	if n == 1 {
		return "1 " + thing + " is"
	}
	return many(n, thing) + " are"
}
