package resolver

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/lock"
	"github.com/ftpkg/ftpkg/resolver/pubgrub"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// Judge says for each of the request's targets what an existing lock, or an
// environment read as one, would install: its packages and their exact versions
// are taken as they are, nothing is solved. The files are those the lock lists;
// where it lists none, those that index has of the version. index may be nil if
// every package lists its files. Extras and groups are those to select.
func Judge(ctx context.Context, index Index, req *Request, l *lock.Lock, extras, groups []string) (*Result, error) {
	if len(req.Targets) == 0 {
		return nil, ErrNoTargets
	}
	s, err := newStore(index, req)
	if err != nil {
		return nil, err
	}
	j := judge{store: s, lock: l, pages: map[*lock.Package]*project{}}
	cells := s.cells()
	selected := make([][]lock.Selected, len(cells))
	for i, c := range cells {
		if selected[i], err = l.Select(c.view.env, extras, groups); err != nil {
			c.blockers = append(c.blockers, &blocker{unusable: &unusable{kind: vocab.ProblemConflict, text: err.Error()}})
		}
	}
	if err := j.load(ctx, selected); err != nil {
		return nil, err
	}
	for i, c := range cells {
		j.cell(c, selected[i])
	}
	result := s.result(cells)
	result.Judged = l.Path
	for _, n := range l.Notes {
		result.Ignored = append(result.Ignored, Note{Origin: j.at(n.Line), Text: n.Text, Reason: n.Reason})
	}
	result.NotJudged = append(result.NotJudged, j.local(selected)...)
	return result, nil
}

type judge struct {
	store *store
	lock  *lock.Lock
	pages map[*lock.Package]*project
}

// load makes a page for every selected package: of the lock's own files, or, if
// it lists none, the index's.
func (j *judge) load(ctx context.Context, selected [][]lock.Selected) error {
	var g errgroup.Group
	g.SetLimit(maxParallel)
	for _, list := range selected {
		for _, sel := range list {
			pkg := sel.Package
			if j.pages[pkg] != nil || unjudged(pkg) != "" {
				continue
			}
			p := &project{name: pkg.Name, sets: map[string]pubgrub.Set{}}
			j.pages[pkg] = p
			if len(pkg.Files) > 0 || j.store.index == nil {
				j.store.adopt(p, simple.FromFiles(pkg.Name, pkg.Files))
				continue
			}
			g.Go(func() error {
				page, err := j.store.project(ctx, pkg.Name)
				if err != nil {
					return err
				}
				p.err = page.err
				j.store.adopt(p, page.page)
				return nil
			})
		}
	}
	return g.Wait()
}

// cell fills in what a target gets of the selected packages.
func (j *judge) cell(c *cell, selected []lock.Selected) {
	c.picks = make(map[string]*chosen, len(selected))
	for _, sel := range selected {
		p := j.pages[sel.Package]
		if p == nil {
			continue
		}
		ch := &chosen{
			project: p, version: p.phantom(), source: vocab.MetadataUnread,
			extras: sel.With, requiredBy: sel.RequiredBy,
			locked: len(sel.Package.Files) > 0,
		}
		ch.choice.kind = vocab.FileNone
		c.picks[sel.Package.Name] = ch
		for i := range p.page.Releases {
			if p.page.Releases[i].Version.Compare(sel.Package.Version) == 0 {
				ch.version = i
				ch.choice = c.view.choose(p, i)
			}
		}
		if ch.choice.file != nil {
			continue
		}
		b := &blocker{unusable: &unusable{name: p.name, project: p, allowed: pubgrub.Single(p.phantom()+1, ch.version)}, exact: true}
		if ch.version == p.phantom() && p.err == nil {
			b.kind = vocab.ProblemNoMatchingVersion
			b.text = fmt.Sprintf("%s is locked, but no index has it", sel.Package.Version)
		}
		c.blockers = append(c.blockers, b)
	}
}

// at names a place in the lock; line 0 is the lock as a whole.
func (j *judge) at(line int) string {
	if line == 0 {
		return j.lock.Path
	}
	return fmt.Sprintf("%s:%d", j.lock.Path, line)
}

// unjudged says why a locked package has no file to judge, "" if it may have.
func unjudged(pkg *lock.Package) string {
	switch {
	case pkg.Source.IsLocal():
		return "a project on disk has no file on an index; what it requires is judged"
	case pkg.Source.Kind == lock.SourceVCS:
		return "a repository has no file to judge; what it requires is judged"
	case !pkg.Version.IsValid():
		return "the lock does not say which version it is"
	}
	return ""
}

// local names the selected packages that have no file to judge.
func (j *judge) local(selected [][]lock.Selected) []Note {
	var notes []Note
	seen := map[*lock.Package]bool{}
	for _, list := range selected {
		for _, sel := range list {
			pkg := sel.Package
			if seen[pkg] || j.pages[pkg] != nil {
				continue
			}
			seen[pkg] = true
			notes = append(notes, Note{Origin: j.at(pkg.Line), Text: pkg.Name, Reason: unjudged(pkg)})
		}
	}
	return notes
}
