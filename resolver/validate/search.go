package validate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// ErrTooLarge says that a universe has more combinations than a search goes
// through.
var ErrTooLarge = errors.New("too many combinations to try them all")

// mostTries bounds a search.
const mostTries = 1 << 22

// Search looks for any set of files that meets the requirements on a target, by
// trying all combinations, and returns the first it finds, nil if there is none.
// It is for small universes and for uv's rules alone, under which whether a set
// exists does not depend on the order of decisions; of each version it takes the
// file uv would take.
func Search(ctx context.Context, index resolver.Index, req *resolver.Request, t wheeltags.Target) ([]Pick, error) {
	if req.Like != vocab.LikeUV || len(req.Overrides) > 0 {
		return nil, errors.New("a search knows uv's rules, without overrides")
	}
	s := &search{
		checker: checker{ctx: ctx, index: index, req: req, target: t, env: pep508.EnvironmentFor(t)},
		ranks:   map[wheeltags.Tag]int{}, options: map[string][]*option{}, chosen: map[string]*option{}, asked: map[[2]string]bool{},
	}
	for i, tag := range t.Tags(wheeltags.UVOrder) {
		s.ranks[tag] = i
	}
	var todo []pep508.Requirement
	for _, r := range req.Requirements {
		if r.Marker.Eval(s.env, "") {
			todo = append(todo, r.Requirement)
		}
	}
	ok, err := s.meet(todo)
	if err != nil || !ok {
		return nil, err
	}
	picks := []Pick{}
	for name, o := range s.chosen {
		picks = append(picks, Pick{name, o.version.String(), o.file.Filename})
	}
	slices.SortFunc(picks, func(a, b Pick) int { return strings.Compare(a.Name, b.Name) })
	return picks, nil
}

type search struct {
	checker
	ranks   map[wheeltags.Tag]int
	options map[string][]*option // by project, newest first
	chosen  map[string]*option
	asked   map[[2]string]bool // project and extra
	tries   int
}

// option is a version that could be chosen, with its file and what it requires.
type option struct {
	version pep440.Version
	file    *simple.File
	deps    []pep508.Requirement
}

// meet chooses until every requirement in todo is met, and takes back what it
// chose where that cannot be.
func (s *search) meet(todo []pep508.Requirement) (bool, error) {
	if len(todo) == 0 {
		return true, nil
	}
	if s.tries++; s.tries > mostTries {
		return false, ErrTooLarge
	}
	r, rest := todo[0], todo[1:]
	if o, ok := s.chosen[r.Name]; ok {
		if !r.Specifiers.Contains(o.version) {
			return false, nil
		}
		return s.ask(r, o, rest)
	}
	options, err := s.load(r.Name)
	if err != nil {
		return false, err
	}
	for _, o := range options {
		if !r.Specifiers.Contains(o.version) {
			continue
		}
		s.chosen[r.Name] = o
		if ok, err := s.ask(r, o, slices.Concat(rest, s.applying(o, ""))); ok || err != nil {
			return ok, err
		}
		delete(s.chosen, r.Name)
	}
	return false, nil
}

// ask goes on with what a requirement's extras add to todo, each extra once.
func (s *search) ask(r pep508.Requirement, o *option, todo []pep508.Requirement) (bool, error) {
	var added [][2]string
	for _, e := range r.Extras {
		if key := [2]string{r.Name, e}; !s.asked[key] {
			s.asked[key] = true
			added = append(added, key)
			todo = slices.Concat(todo, s.applying(o, e))
		}
	}
	ok, err := s.meet(todo)
	if !ok {
		for _, key := range added {
			delete(s.asked, key)
		}
	}
	return ok, err
}

// applying returns the dependencies that apply under an extra and not without.
func (s *search) applying(o *option, extra string) []pep508.Requirement {
	var out []pep508.Requirement
	for _, d := range o.deps {
		if d.Marker.Eval(s.env, extra) && (extra == "" || !d.Marker.Eval(s.env, "")) {
			out = append(out, d)
		}
	}
	return out
}

// load returns the versions of a project that could be chosen.
func (s *search) load(name string) ([]*option, error) {
	if o, ok := s.options[name]; ok {
		return o, nil
	}
	var options []*option
	page, err := s.index.Project(s.ctx, name)
	if err != nil && !errors.Is(err, simple.ErrNoProject) {
		return nil, err
	}
	for i := 0; err == nil && i < len(page.Releases); i++ {
		o, err := s.option(name, page, &page.Releases[i])
		if err != nil {
			return nil, err
		}
		if o != nil {
			options = append(options, o)
		}
	}
	s.options[name] = options
	return options, nil
}

// option returns a release as something to choose, nil if it is nothing.
func (s *search) option(name string, page *simple.Project, r *simple.Release) (*option, error) {
	if s.req.Prereleases == resolver.Disallow && r.Version.IsPrerelease() {
		return nil, nil
	}
	for _, c := range s.req.Constraints {
		if c.Name == name && c.Marker.Eval(s.env, "") && !c.Specifiers.Contains(r.Version) {
			return nil, nil
		}
	}
	f := s.best(name, page, r)
	if f == nil {
		return nil, nil
	}
	ch := &chosen{Pick: Pick{Name: name}, page: page, file: f}
	s.unknown = false
	if err := s.read(ch, r); err != nil {
		return nil, fmt.Errorf("%s %s: %w", name, r.Version, err)
	}
	if s.unknown || slices.ContainsFunc(ch.python, func(text string) bool { return !s.admits(text) }) {
		return nil, nil
	}
	return &option{r.Version, f, ch.deps}, nil
}

// best returns the file that is installed of a release: the wheel with the best
// tag, of several the one with the highest build tag, else the source.
func (s *search) best(name string, page *simple.Project, r *simple.Release) *simple.File {
	var best *simple.File
	bestRank := 0
	for i := range r.Files {
		f := &r.Files[i]
		if f.Yanked && !s.pinned(name, r.Version) {
			continue
		}
		switch f.Kind {
		case simple.Sdist:
			if best == nil && !s.req.OnlyBinary.Has(name) {
				best, bestRank = f, len(s.ranks)
			}
		case simple.Wheel:
			rank, ok := s.rank(page, f)
			if !ok || s.req.NoBinary.Has(name) {
				continue
			}
			if best == nil || rank < bestRank || rank == bestRank && f.Build.Compare(best.Build) > 0 {
				best, bestRank = f, rank
			}
		case simple.Variant, simple.Other:
		}
	}
	return best
}

// rank is the place of a wheel's best tag in the target's list.
func (s *search) rank(page *simple.Project, f *simple.File) (best int, ok bool) {
	for _, tag := range page.Tags[f.Tags].Tags() {
		if rank, has := s.ranks[tag]; has && (!ok || rank < best) {
			best, ok = rank, true
		}
	}
	return best, ok
}

// pinned reports whether the user pins a project to a version, which lets a
// yanked file in.
func (s *search) pinned(name string, v pep440.Version) bool {
	for _, r := range slices.Concat(s.req.Requirements, s.req.Constraints) {
		if p, ok := r.Specifiers.Pinned(); ok && r.Name == name && p.Equal(v) {
			return true
		}
	}
	return false
}
