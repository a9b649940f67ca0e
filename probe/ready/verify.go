package ready

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
)

// Verified compares what the files say with what a probe saw.
type Verified struct {
	// Runtime is the interpreter, "3.14.2t", and Cell the one it stands for.
	Runtime string `json:"runtime"`
	Cell    string `json:"cell"`
	// Packages are those that were loaded, and Agreed counts those on which both
	// say the same.
	Packages int `json:"packages"`
	Agreed   int `json:"agreed"`
	// Differences are mistakes of ours, or modules that lie.
	Differences []Difference `json:"differences"`
	// Failed are the packages that could not be loaded or predicted, and why; those of
	// one reason stand together.
	Failed []string `json:"failed,omitempty"`
}

// Difference is a package of which files and probe say different things.
type Difference struct {
	Package   string `json:"package"`
	Predicted string `json:"predicted"`
	Seen      string `json:"seen"`
}

// Verify compares an application that was judged for the one cell that a runtime is
// with what a probe of all its packages saw there.
func Verify(predicted *Application, results []probe.Result) *Verified {
	v := &Verified{Cell: predicted.Cells[0].Name(), Differences: []Difference{}}
	on := turnedOn(results)
	because := map[string][]string{}
	failed := func(name, reason string) { because[reason] = append(because[reason], name) }
	for i := range results {
		r := &results[i]
		v.Runtime = r.Runtime.Version
		p, ok := predicted.Package(r.Package)
		if !ok {
			failed(r.Package, "it is not among the packages that were judged")
			continue
		}
		s := &p.Cells[0]
		wrong := r.Outcome == vocab.OutcomeABICrash
		switch {
		case r.Outcome.IsUnknown() && len(on[r.Package]) == 0:
			failed(r.Package, fmt.Sprintf("%s: %s", r.Outcome, r.Detail))
			continue
		case s.Readiness == vocab.ReadyUnknown:
			failed(r.Package, "its files do not tell")
			continue
		case s.File == "":
			failed(r.Package, "there is no wheel")
			continue
		}
		v.Packages++
		seen := ""
		switch {
		case wrong:
			seen = string(vocab.VerdictWrongABI)
		case len(on[r.Package]) > 0:
			seen = string(vocab.VerdictTurnsOn) + ": " + strings.Join(on[r.Package], ", ")
		}
		said := ""
		switch s.GIL {
		case vocab.VerdictWrongABI, vocab.VerdictTurnsOn:
			said = string(s.GIL)
		default:
		}
		if verdict, _, _ := strings.Cut(seen, ":"); verdict == said {
			v.Agreed++
			continue
		}
		d := Difference{Package: r.Package, Predicted: string(s.GIL), Seen: seen}
		if seen == "" {
			d.Seen = string(r.Outcome)
		}
		v.Differences = append(v.Differences, d)
	}
	for reason, names := range because {
		slices.Sort(names)
		v.Failed = append(v.Failed, strings.Join(names, ", ")+": "+reason)
	}
	slices.Sort(v.Failed)
	return v
}

// turnedOn are the modules that were seen to turn the GIL on, without those of
// tests, by whose they are.
func turnedOn(results []probe.Result) map[string][]string {
	on := map[string][]string{}
	add := func(owner, module string) {
		if !slices.Contains(on[owner], module) {
			on[owner] = append(on[owner], module)
		}
	}
	for i := range results {
		r := &results[i]
		for _, m := range r.Modules {
			if m.Declaration == vocab.LoadedUsed && !m.Test {
				add(m.Distribution, m.Module)
			}
		}
		for _, o := range r.Offenders {
			if !o.Test {
				add(o.Distribution, o.Module)
			}
		}
	}
	for _, list := range on {
		slices.Sort(list)
	}
	return on
}
