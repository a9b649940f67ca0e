package resolver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/pubgrub"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// A store holds what all targets share: project pages and the dependencies of
// versions, each loaded once.
type store struct {
	index Index
	req   *Request
	// direct are the user's URL requirements: the page of such a project holds
	// only the file at the URL.
	direct      map[string]string
	hashes      map[string][]string
	constraints map[string][]Requirement
	overrides   map[string][]Requirement
	// asked are the user's own requirements by project: those that stand, with
	// the constraints on it.
	asked map[string][]Requirement
	// matchers are those of the request's targets, in order.
	matchers []*wheeltags.Matcher

	mu       sync.Mutex
	projects map[string]*project
}

func newStore(index Index, req *Request) (*store, error) {
	s := &store{
		index: index, req: req,
		direct:      map[string]string{},
		hashes:      map[string][]string{},
		constraints: map[string][]Requirement{},
		overrides:   map[string][]Requirement{},
		asked:       map[string][]Requirement{},
		projects:    map[string]*project{},
	}
	for _, r := range req.Constraints {
		s.constraints[r.Name] = append(s.constraints[r.Name], r)
		s.hashes[r.Name] = append(s.hashes[r.Name], r.Hashes...)
	}
	for _, r := range req.Overrides {
		s.overrides[r.Name] = append(s.overrides[r.Name], r)
	}
	for _, r := range slices.Concat(req.Requirements, req.Constraints, req.Overrides) {
		if r.URL != "" {
			if old, ok := s.direct[r.Name]; ok && old != r.URL {
				return nil, &InputError{Origin: r.Origin, Text: r.String(), Err: fmt.Errorf("%s is required from two URLs", r.Name)}
			}
			s.direct[r.Name] = r.URL
		}
		for _, t := range req.Targets {
			env := *pep508.EnvironmentFor(t)
			env.AllowABIFeatures = req.ABIFeatures
			if err := r.Marker.Check(&env); err != nil {
				return nil, &InputError{Origin: r.Origin, Text: r.String(), Err: err}
			}
		}
	}
	for _, r := range slices.Concat(req.Overrides, req.Constraints) {
		s.asked[r.Name] = append(s.asked[r.Name], r)
	}
	for _, t := range req.Targets {
		s.matchers = append(s.matchers, wheeltags.NewMatcher(t, req.order()))
	}
	for _, r := range req.Requirements {
		s.hashes[r.Name] = append(s.hashes[r.Name], r.Hashes...)
		if s.overrides[r.Name] == nil {
			s.asked[r.Name] = append(s.asked[r.Name], r)
		}
	}
	return s, nil
}

// A project is one project's page with what was derived from it for all
// targets. The page's releases are the versions the solver counts, newest
// first; index len(Releases) is the phantom: a version that does not exist and
// satisfies everything. Only a cell that goes on without the project knows it
// (see cell.go).
type project struct {
	name string
	page *simple.Project
	// err is simple.ErrNoProject when no index has it; the page is then empty.
	err  error
	done chan struct{}

	releases []release

	mu   sync.Mutex
	sets map[string]pubgrub.Set
	// pythons are the parsed page.RequiresPython; nil where it does not parse,
	// which installers read as no restriction.
	pythons []*pep440.Specifiers
}

// A release holds the dependencies of one version.
type release struct {
	once sync.Once
	deps *dependencies
	err  error
}

// dependencies is the part of a file's metadata that resolution needs.
type dependencies struct {
	file     *simple.File // whose metadata it is, nil if no file's can be read
	meta     *simple.Metadata
	requires []pep508.Requirement
	python   *pep440.Specifiers
	// invalid is why the metadata cannot be used, "" if it can.
	invalid string
}

func (p *project) phantom() int { return len(p.page.Releases) }

// project returns the project of a normalised name, loading its page once. A
// project that no index has is returned with err set and no releases.
func (s *store) project(ctx context.Context, name string) (*project, error) {
	s.mu.Lock()
	p, ok := s.projects[name]
	if !ok {
		p = &project{name: name, done: make(chan struct{}), sets: map[string]pubgrub.Set{}}
		s.projects[name] = p
	}
	s.mu.Unlock()
	if !ok {
		s.load(ctx, p)
		close(p.done)
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if p.err != nil && !errors.Is(p.err, simple.ErrNoProject) {
		return nil, p.err
	}
	return p, nil
}

func (s *store) load(ctx context.Context, p *project) {
	if url, ok := s.direct[p.name]; ok {
		p.page, p.err = s.index.Direct(ctx, url)
	} else {
		p.page, p.err = s.index.Project(ctx, p.name)
	}
	if p.err != nil || p.page == nil {
		p.page = &simple.Project{Name: p.name}
	}
	s.adopt(p, p.page)
}

// adopt makes a page a project's own.
func (s *store) adopt(p *project, page *simple.Project) {
	p.page = page
	p.releases = make([]release, len(p.page.Releases))
	p.pythons = make([]*pep440.Specifiers, len(p.page.RequiresPython))
	for i, text := range p.page.RequiresPython {
		p.pythons[i] = s.requiresPython(text)
	}
}

// requiresPython parses a Requires-Python as the followed installer reads it.
func (s *store) requiresPython(text string) *pep440.Specifiers {
	if text == "" {
		return nil
	}
	spec, err := pep440.ParseSpecifiers(text)
	if err != nil {
		return nil
	}
	if s.req.Like != vocab.LikePip {
		spec = spec.WithoutUpperBounds()
	}
	return &spec
}

// known returns the projects loaded so far.
func (s *store) known() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.projects)
}

// set returns the versions that a specifier admits.
func (p *project) set(spec pep440.Specifiers) pubgrub.Set {
	key := spec.String()
	p.mu.Lock()
	defer p.mu.Unlock()
	if set, ok := p.sets[key]; ok {
		return set
	}
	n := p.phantom() + 1
	set := pubgrub.FromFunc(n, func(i int) bool {
		return i < n-1 && spec.Contains(p.page.Releases[i].Version)
	})
	p.sets[key] = set
	return set
}

// dependencies returns the dependencies that all targets solve a version with:
// those of one of its files. Which file is a function of the page and the
// request alone, so that equal input gives equal answers.
func (s *store) dependencies(ctx context.Context, p *project, version int) (*dependencies, error) {
	r := &p.releases[version]
	r.once.Do(func() {
		r.deps, r.err = s.first(ctx, p, s.candidates(p, version))
	})
	return r.deps, r.err
}

// first returns the dependencies that the first of several files tells which
// tells any.
func (s *store) first(ctx context.Context, p *project, files []*simple.File) (*dependencies, error) {
	none := &dependencies{invalid: "has no metadata that can be read"}
	for i, f := range files {
		meta, err := s.index.Metadata(ctx, p.page, f)
		switch {
		case errors.Is(err, simple.ErrNoMetadata):
			if i == 0 {
				none.invalid = "cannot be read: " + err.Error()
			}
		case err != nil:
			return nil, err
		case f.Kind == simple.Sdist && !meta.StaticDependencies():
			// What a build would say is not known.
		default:
			return s.parse(f, meta), nil
		}
	}
	return none, nil
}

// candidates returns the files of a version in the order their metadata is
// tried: the wheel that the first target able to use one would take, the other
// wheels, then source distributions.
func (s *store) candidates(p *project, version int) []*simple.File {
	files := p.installable(version)
	for _, m := range s.matchers {
		for i, f := range files {
			if f.Kind != simple.Wheel {
				break
			}
			if _, ok := m.Rank(&p.page.Tags[f.Tags]); ok {
				files[0], files[i] = files[i], files[0]
				return files
			}
		}
	}
	return files
}

// installable returns the files of a version that could be installed somewhere:
// wheels in the order of the page, then source distributions.
func (p *project) installable(version int) []*simple.File {
	files := p.page.Releases[version].Files
	var list []*simple.File
	for _, kind := range []simple.Kind{simple.Wheel, simple.Sdist} {
		for i := range files {
			if files[i].Kind == kind {
				list = append(list, &files[i])
			}
		}
	}
	return list
}

// parse reads the dependencies out of a file's metadata.
func (s *store) parse(f *simple.File, meta *simple.Metadata) *dependencies {
	d := &dependencies{file: f, meta: meta, python: s.requiresPython(meta.RequiresPython)}
	d.requires = make([]pep508.Requirement, 0, len(meta.RequiresDist))
	for _, line := range meta.RequiresDist {
		r, err := pep508.Parse(line)
		if err != nil {
			d.invalid = fmt.Sprintf("has a requirement that cannot be read: %v", err)
			return d
		}
		d.requires = append(d.requires, r)
	}
	return d
}
