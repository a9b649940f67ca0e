package status

import (
	"cmp"
	"fmt"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// Diff are the headlines that differ between two documents, by name: a package that
// only one of them has came or went.
func Diff(before, after *Document) []Event {
	was := map[string]*Package{}
	for _, p := range before.Packages {
		was[p.Name] = p
	}
	events := []Event{}
	seen := map[string]bool{}
	for _, p := range after.Packages {
		seen[p.Name] = true
		e := Event{At: after.Generated, Package: p.Name, Kind: vocab.EventState, Version: p.Version, After: string(p.State)}
		q := was[p.Name]
		switch {
		case q == nil:
			e.Kind, e.Detail = vocab.EventCohort, fmt.Sprintf("%s is tracked: %s", p.Name, p.State)
		case q.State == p.State:
			continue
		default:
			e.Before = string(q.State)
			e.Detail = fmt.Sprintf("%s: %s in %s, %s in %s", p.Name, q.State, cmp.Or(q.Version, "no release"), p.State, cmp.Or(p.Version, "no release"))
			if p.Reason != "" {
				e.Detail += ": " + p.Reason
			}
		}
		events = append(events, e)
	}
	for _, q := range before.Packages {
		if !seen[q.Name] {
			events = append(events, Event{
				At: after.Generated, Package: q.Name, Kind: vocab.EventCohort, Before: string(q.State), Detail: q.Name + " is no longer tracked",
			})
		}
	}
	return events
}
