package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// The changes of a project's membership.
const (
	added   = "added"
	removed = "removed"
)

const trackedColumns = "project, cohort, at, change, tool, digest"

// AddProjects has projects tracked from now on, as members of a cohort, or "" for
// those that are named by hand, and returns the names that were not members.
func (s *Store) AddProjects(ctx context.Context, cohort string, names ...string) ([]string, error) {
	if cohort = text(cohort); len(cohort) > longestName {
		return nil, s.wrap(fmt.Errorf("the name of the cohort is too long: %q", cohort[:longestName]))
	}
	for _, name := range names {
		if err := checkName(name); err != nil {
			return nil, s.wrap(err)
		}
	}
	return s.members(ctx, names, func(p *evidence.Project) []string {
		for _, m := range p.Memberships {
			if m.Cohort == cohort && m.Until.IsZero() {
				return nil
			}
		}
		return []string{cohort}
	}, added)
}

// RemoveProjects gives up projects, whatever cohorts they belong to, and returns
// the names of those that were tracked. Their facts stay.
func (s *Store) RemoveProjects(ctx context.Context, names ...string) ([]string, error) {
	return s.members(ctx, names, current, removed)
}

// LeaveCohort takes projects out of a cohort, and returns the names of those that
// belonged to it. One that belongs to no other is given up.
func (s *Store) LeaveCohort(ctx context.Context, cohort string, names ...string) ([]string, error) {
	return s.members(ctx, names, func(p *evidence.Project) []string {
		if slices.Contains(current(p), cohort) {
			return []string{cohort}
		}
		return nil
	}, removed)
}

// members adds the same change for each project, in the cohorts that of names.
func (s *Store) members(ctx context.Context, names []string, of func(p *evidence.Project) []string, change string) ([]string, error) {
	var changed []string
	err := s.change(ctx, []string{"tracked"}, func(tx *sql.Tx) error {
		changed = nil
		all, err := projectsOf(ctx, tx, names)
		if err != nil {
			return err
		}
		byName := make(map[string]*evidence.Project, len(all))
		for i := range all {
			byName[all[i].Name] = &all[i]
		}
		at := micros(s.when(time.Time{}))
		var rows [][]any
		done := map[string]bool{}
		for _, name := range names {
			p := byName[name]
			if p == nil {
				p = &evidence.Project{Name: name}
			}
			if done[name] {
				continue
			}
			done[name] = true
			cohorts := of(p)
			for _, cohort := range cohorts {
				row := []any{name, cohort, max(at, lastChange(p, cohort)+1), change, s.tool}
				rows = append(rows, append(row, digest("tracked", row...)))
			}
			if len(cohorts) > 0 {
				changed = append(changed, name)
			}
		}
		return s.dialect.insert(ctx, tx, "tracked", trackedColumns, false, rows)
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}

// current are the cohorts that a project belongs to.
func current(p *evidence.Project) []string {
	var cohorts []string
	for _, m := range p.Memberships {
		if m.Until.IsZero() {
			cohorts = append(cohorts, m.Cohort)
		}
	}
	return cohorts
}

// lastChange is when a project's membership of a cohort last changed.
func lastChange(p *evidence.Project, cohort string) int64 {
	var last int64
	for _, m := range p.Memberships {
		if m.Cohort == cohort {
			last = max(last, micros(m.From), micros(m.Until))
		}
	}
	return last
}

// Projects returns all projects that are tracked or were, by name.
func (s *Store) Projects(ctx context.Context) ([]evidence.Project, error) {
	all, err := projects(ctx, s.read, "")
	return all, s.wrap(err)
}

// Names returns the names of the projects that are tracked, sorted.
func (s *Store) Names(ctx context.Context) ([]string, error) {
	all, err := s.Projects(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for i := range all {
		if all[i].Tracked() {
			names = append(names, all[i].Name)
		}
	}
	return names, nil
}

// projects returns all projects, or the one of a name.
func projects(ctx context.Context, q querier, name string) ([]evidence.Project, error) {
	query, args := `SELECT project, cohort, at, change FROM tracked`, []any{}
	if name != "" {
		query, args = query+` WHERE project = $1`, []any{name}
	}
	var all []evidence.Project
	err := each(ctx, q, query+` ORDER BY project, at, cohort`, args, func(rows *sql.Rows) error {
		var name, cohort, change string
		var at int64
		if err := rows.Scan(&name, &cohort, &at, &change); err != nil {
			return err
		}
		if len(all) == 0 || all[len(all)-1].Name != name {
			all = append(all, evidence.Project{Name: name})
		}
		p := &all[len(all)-1]
		if change == added {
			p.Memberships = append(p.Memberships, evidence.Membership{Cohort: cohort, From: instant(at)})
			return nil
		}
		for i := range p.Memberships {
			if m := &p.Memberships[i]; m.Cohort == cohort && m.Until.IsZero() {
				m.Until = instant(at)
			}
		}
		return nil
	})
	for i := range all {
		conclude(&all[i])
	}
	return all, err
}

// few is for how many projects asking for each is less work than asking for all.
const few = 16

// projectsOf returns the projects of some names, and maybe others.
func projectsOf(ctx context.Context, q querier, names []string) ([]evidence.Project, error) {
	if len(names) > few {
		return projects(ctx, q, "")
	}
	var all []evidence.Project
	for _, name := range names {
		if name == "" {
			continue
		}
		some, err := projects(ctx, q, name)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// conclude derives from memberships whether a project is tracked.
func conclude(p *evidence.Project) {
	tracked := false
	for _, m := range p.Memberships {
		if p.Added.IsZero() {
			p.Added = m.From
		}
		if m.Until.IsZero() {
			tracked = true
			if m.Cohort != "" {
				p.Cohort = m.Cohort
			}
		}
		if m.Until.After(p.Removed) {
			p.Removed = m.Until
		}
	}
	if tracked {
		p.Removed = time.Time{}
	}
}
