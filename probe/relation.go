package probe

import (
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// standardLibrary is the owner of modules that belong to the runtime itself.
const standardLibrary = "python"

// A requirer is a distribution as far as its requirements go.
type requirer struct {
	name     string   // normalised
	requires []string // Requires-Dist
}

// closure returns the names of what a distribution requires, directly or not,
// in an environment, itself included. extras are those asked of it. What is not
// installed is in the closure as well, but leads nowhere.
func closure(installed map[string]requirer, root string, extras []string, env *pep508.Environment) map[string]bool {
	type need struct{ name, extra string }
	seen := map[need]bool{}
	names := map[string]bool{}
	var visit func(name, extra string)
	visit = func(name, extra string) {
		n := need{name, extra}
		if seen[n] {
			return
		}
		seen[n] = true
		names[name] = true
		for _, text := range installed[name].requires {
			r, err := pep508.Parse(text)
			if err != nil || !r.Marker.Eval(env, extra) {
				continue // an installer would have refused it; there is nothing to follow
			}
			visit(r.Name, "")
			for _, e := range r.Extras {
				visit(r.Name, e)
			}
		}
	}
	visit(root, "")
	for _, e := range extras {
		visit(root, pep508.NormalizeExtra(e))
	}
	return names
}

// relation says whose a module is, seen from a package with a closure.
func relation(pkg, owner string, required map[string]bool) vocab.Relation {
	switch {
	case owner == pkg:
		return vocab.RelationOwn
	case required[owner]:
		return vocab.RelationDependency
	default:
		return vocab.RelationOptional
	}
}

// worse returns the outcome that says more of two: what went wrong goes before
// what did not, and what is known before what is not.
func worse(a, b vocab.Outcome) vocab.Outcome {
	if severity(b) > severity(a) {
		return b
	}
	return a
}

// severities are the outcomes from the mildest to the worst.
var severities = []vocab.Outcome{
	"", vocab.OutcomePure, vocab.OutcomeGILOff, vocab.OutcomeSkipped, vocab.OutcomeInfrastructure,
	vocab.OutcomeSandboxDenied, vocab.OutcomeImportError, vocab.OutcomeGILReenabled, vocab.OutcomeUnresolvable, vocab.OutcomeNoWheel,
	vocab.OutcomeTimeout, vocab.OutcomeOOM, vocab.OutcomeDeadlock, vocab.OutcomeCrash, vocab.OutcomeABICrash,
}

func severity(o vocab.Outcome) int { return slices.Index(severities, o) }
