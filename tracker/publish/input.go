package publish

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/ftpkg/ftpkg/internal/cpython"
	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/evidence"
	"github.com/ftpkg/ftpkg/tracker/site"
	"github.com/ftpkg/ftpkg/tracker/status"
	"github.com/ftpkg/ftpkg/tracker/store"
)

// Options say what a site is about.
type Options struct {
	// At is the moment that the site is about.
	At time.Time
	// Notes are what people wrote of packages.
	Notes []tracker.Note
	// Title, URL, Issues and Tool are those of site.Input.
	Title, URL, Issues, Tool string
}

// Moment is when the facts in a store are from: the end of the last update, or the
// last look or change of what is tracked if that is later. It is zero if nothing was
// tracked yet. A site that is about that moment has the same bytes whenever it is made.
func Moment(ctx context.Context, s *store.Store) (time.Time, error) {
	stats, err := s.Stats(ctx)
	if err != nil {
		return time.Time{}, err
	}
	at := stats.Last
	const some = 20 // runs that were cut off have no end
	runs, err := s.Runs(ctx, some)
	if err != nil {
		return time.Time{}, err
	}
	for i := range runs {
		if runs[i].Ended.After(at) {
			at = runs[i].Ended
		}
	}
	projects, err := s.Projects(ctx)
	if err != nil {
		return time.Time{}, err
	}
	for i := range projects {
		for _, t := range []time.Time{projects[i].Added, projects[i].Removed} {
			if t.After(at) {
				at = t
			}
		}
	}
	return at, nil
}

// Input derives what a site is made of from the facts of a store.
func Input(ctx context.Context, s tracker.Source, d *status.Deriver, o Options) (*site.Input, error) {
	g := &gatherer{at: o.At, marks: map[string][]status.Mark{}, rules: map[int]time.Time{}}
	doc, err := tracker.Survey(ctx, s, d, o.At, g.gather)
	if err != nil {
		return nil, err
	}
	tracker.Annotate(doc, o.Notes)
	// Those that are no longer watched count in the curves of the time when they were.
	projects, err := s.Projects(ctx)
	if err != nil {
		return nil, err
	}
	for i := range projects {
		p := &projects[i]
		if _, ok := g.marks[p.Name]; ok || len(p.Memberships) == 0 {
			continue
		}
		h, err := s.History(ctx, p.Name)
		if err != nil {
			return nil, err
		}
		g.marks[p.Name] = d.Marks(h, o.At)
	}
	in := &site.Input{Document: doc, Events: g.sorted(), Rules: d.Rules(), Title: o.Title, URL: o.URL, Issues: o.Issues, Tool: o.Tool}
	in.Fixed, in.Floating = curves(projects, g.marks, o.At)
	in.Marks = g.chartMarks(in.Fixed, d.Rules())
	return in, nil
}

// A gatherer keeps what is drawn from each history beside the row of its package.
type gatherer struct {
	at time.Time

	mu     sync.Mutex
	events []status.Event
	marks  map[string][]status.Mark
	rules  map[int]time.Time // since when wheels are read by those rules
}

func (g *gatherer) gather(h *evidence.History, study *status.Study) {
	events, marks := study.Events(time.Time{}, g.at), study.Marks(g.at)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.events = append(g.events, events...)
	g.marks[h.Project.Name] = marks
	for _, s := range h.Static {
		if first, ok := g.rules[s.Rules]; !ok || s.At.Before(first) {
			g.rules[s.Rules] = s.At
		}
	}
}

// sorted are the events, the newest first, those of one moment by package and kind.
func (g *gatherer) sorted() []status.Event {
	events := append([]status.Event{}, g.events...)
	slices.SortStableFunc(events, func(a, b status.Event) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Package, b.Package), cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.Half, b.Half), cmp.Compare(a.Python, b.Python), cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.Detail, b.Detail))
	})
	return events
}

// week is how far apart the points of curves are.
const week = 7 * 24 * time.Hour

// curves are weekly, the last point being the moment itself: fixed of those that are
// watched at the moment, since the first of them had a wheel; floating of those that
// were watched at the time, since the first was.
func curves(projects []evidence.Project, marks map[string][]status.Mark, at time.Time) (fixed, floating []status.Point) {
	members := map[string][]evidence.Membership{}
	var watched, first time.Time
	earliest := func(t *time.Time, other time.Time) {
		if t.IsZero() || other.Before(*t) {
			*t = other
		}
	}
	for i := range projects {
		p := &projects[i]
		for _, m := range p.Memberships {
			if m.Cohort == tracker.CohortRequired {
				continue
			}
			members[p.Name] = append(members[p.Name], m)
			earliest(&watched, m.From)
		}
		for _, m := range marks[p.Name] {
			if m.Of && len(members[p.Name]) > 0 {
				earliest(&first, m.At)
			}
		}
	}
	member := func(name string, day time.Time) bool {
		return slices.ContainsFunc(members[name], func(m evidence.Membership) bool {
			return !m.From.After(day) && (m.Until.IsZero() || m.Until.After(day))
		})
	}
	if !first.IsZero() && first.Before(at) {
		fixed = status.Curves(marks, weeks(first, at), func(name string, _ time.Time) bool { return member(name, at) })
	}
	if !watched.IsZero() && watched.Before(at) {
		floating = status.Curves(marks, weeks(watched, at), member)
	}
	return fixed, floating
}

// weeks are days from one to another, a week apart as counted from the end, and the
// end itself.
func weeks(from, to time.Time) []time.Time {
	days := []time.Time{to}
	for day := to.Add(-week).Truncate(24 * time.Hour); !day.Before(from); day = day.Add(-week) {
		days = append(days, day)
	}
	slices.Reverse(days)
	return days
}

// rulesSince is since when there are the rules by which status is derived, by their
// version.
func rulesSince() map[int]time.Time {
	return map[int]time.Time{1: time.Date(2026, time.November, 21, 0, 0, 0, 0, time.UTC)}
}

// chartMarks are the days that explain the curves: Pythons that were released, tools
// that gave one up, rules that changed.
func (g *gatherer) chartMarks(curve []status.Point, rules *status.Rules) []site.Mark {
	if len(curve) == 0 {
		return nil
	}
	var marks []site.Mark
	for _, r := range cpython.Releases() {
		marks = append(marks, site.Mark{Day: r.Final, Text: fmt.Sprintf("CPython 3.%d", r.Minor)})
	}
	for python, day := range rules.Retired {
		text := python + " retired"
		if python == "3.13t" {
			text = "cibuildwheel 4.0"
		}
		marks = append(marks, site.Mark{Day: day, Text: text})
	}
	for version, day := range rulesSince() {
		if version > 1 && version <= rules.Version {
			marks = append(marks, site.Mark{Day: day, Text: fmt.Sprintf("rules %d", version)})
		}
	}
	for i, version := range slices.Sorted(maps.Keys(g.rules)) {
		if i > 0 { // the first are those that it began with
			marks = append(marks, site.Mark{Day: g.rules[version], Text: fmt.Sprintf("reading %d", version)})
		}
	}
	first, last := curve[0].Day, curve[len(curve)-1].Day
	marks = slices.DeleteFunc(marks, func(m site.Mark) bool { return m.Day.Before(first) || m.Day.After(last) })
	slices.SortFunc(marks, func(a, b site.Mark) int { return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Text, b.Text)) })
	return marks
}
