package ready

import (
	"cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/inspect"
)

// settleDelegates looks among the packages of the cell for the modules that others
// leave their declaration to. One that is found answers for itself, in its own
// package; where none is, nothing is known.
func (c *cell) settleDelegates() {
	var owners map[string]bool
	for _, l := range c.loads {
		if len(l.left) == 0 || l.verdict != vocab.VerdictDelegates && l.verdict != vocab.VerdictUndecided {
			continue
		}
		if owners == nil {
			owners = c.owners()
		}
		var lost []inspect.Module
		for _, m := range l.left {
			if owners[m.Delegate] {
				continue
			}
			m.Reason = "it leaves the declaration to " + cmp.Or(m.Delegate, "something that the file doesn't name") + ", which no package here brings"
			lost = append(lost, m)
		}
		if len(lost) > 0 {
			l.open = append(l.open, lost...)
			l.verdict = vocab.VerdictUndecided
		}
	}
}

// owners are the names of the modules that packages of the cell have and that
// speak for themselves.
func (c *cell) owners() map[string]bool {
	owned := map[string]bool{}
	for _, l := range c.loads {
		for _, name := range l.own {
			owned[name] = true
		}
	}
	return owned
}
