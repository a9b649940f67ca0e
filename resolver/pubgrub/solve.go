package pubgrub

import (
	"context"
	"errors"
	"fmt"
)

// ErrTooManySteps is the error of a search that [Options.MaxSteps] ended.
var ErrTooManySteps = errors.New("version solving took too many steps")

// Solve looks for a [Solution] of the provider's universe. If there is none, it
// returns a [Failure], which is the proof; an error means that the question was
// not answered: ctx ended, the provider failed or broke its contract, or the
// search took more than [Options.MaxSteps].
//
// Equal answers of the provider give equal results.
func Solve(ctx context.Context, p Provider, opts Options) (Solution, *Failure, error) {
	s := &solver{ctx: ctx, provider: p, opts: opts}
	s.prefetcher, _ = p.(Prefetcher)
	if s.opts.MaxSteps == 0 {
		s.opts.MaxSteps = DefaultMaxSteps
	}
	s.init()
	conclusion, err := s.run()
	s.stats.Incompatibilities = len(s.incs)
	switch {
	case err != nil:
		return Solution{}, nil, err
	case conclusion != none:
		return Solution{}, s.failure(conclusion), nil
	}
	return s.solution(), nil, nil
}

// A solver is the state of one search.
type solver struct {
	ctx        context.Context
	provider   Provider
	prefetcher Prefetcher // nil if the provider is none
	opts       Options
	stats      Stats
	mem        slab

	// What is known for certain (incompat.go).
	incs  []incompat
	terms []termNode
	facts []fact
	// stated are the dependencies stated last.
	stated []int32

	// What is assumed (trail.go).
	trail       []assignment
	level       int32
	idle        []retired
	backtracked bool // whether any assignment was ever taken back

	// Work in hand (propagate.go).
	changed []Package
	causes  []causeOf

	// The order of decisions (order.go).
	open          []Package // packages to decide, and maybe others
	candidates    []Candidate
	sooner, later []Package // packages that have met the limit of conflicts
	groups        int32     // number of groups met
	places        int32     // number of packages met

	pkgs []pkg
}

// A pkg is what the solver keeps of a package. Indexes are none where they
// index nothing.
type pkg struct {
	n        int   // number of versions, or none if not yet known
	last     int32 // the last assignment
	incs     int32 // the newest term of the package, as an index into solver.terms
	deps     int32 // the dependency stated last
	unusable int32 // the unusable version stated last
	added    Set   // versions whose dependencies are known

	group    Package // the base, or the package itself
	class    class   // of the group, kept with the package it is named after
	index    int32   // likewise: the place of the group among groups
	place    int32   // the place among packages
	affected int32   // conflicts that refused versions of the package
	culprit  int32   // conflicts with the package's decision or requirement
	key      uint64
	stale    bool // key is out of date
	open     bool // the package is in solver.open
	wasTold  bool
	told     Set // what the provider's Prefetch was told
}

func (s *solver) init() {
	const hint = 64
	s.pkgs = make([]pkg, 0, hint)
	s.incs = make([]incompat, 0, 4*hint)
	s.terms = make([]termNode, 0, 8*hint)
	s.facts = make([]fact, 0, 4*hint)
	s.trail = make([]assignment, 0, 4*hint)
	s.idle = make([]retired, 0, 4*hint)
	s.open = make([]Package, 0, hint)
	s.grow(Root)
	s.pkgs[Root].n = 1
	s.pkgs[Root].group = Root
	s.pkgs[Root].added = Empty(1)
	// The search is driven by one incompatibility: not choosing the root.
	lo := len(s.terms)
	s.addTerm(Root, term{set: Empty(1), absent: true})
	s.link(s.newIncompat(causeRoot, lo))
}

// grow makes the table of packages large enough for p.
func (s *solver) grow(p Package) {
	for len(s.pkgs) <= int(p) {
		s.pkgs = append(s.pkgs, pkg{n: none, last: none, incs: none, deps: none, unusable: none,
			group: none, index: none, place: none})
	}
}

// run is the main loop (ALGORITHM.md section 1). It returns the incompatibility
// that rules out the root, or none if the decisions made are a solution.
func (s *solver) run() (conclusion int32, err error) {
	next := Root
	for {
		if err := s.step(); err != nil {
			return none, err
		}
		conclusion, err := s.propagate(next)
		if err != nil || conclusion != none {
			return conclusion, err
		}
		if s.opts.Next == nil {
			for _, c := range s.causes {
				s.blame(c.pkg, next, c.inc)
			}
			s.reorder()
		}
		next, err = s.pick()
		if err != nil || next == none {
			return none, err
		}
		if err := s.choose(next); err != nil {
			return none, err
		}
	}
}

// step counts one step of work and says whether it is time to stop.
func (s *solver) step() error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	if s.stats.Steps++; s.stats.Steps > s.opts.MaxSteps {
		return fmt.Errorf("%w (more than %d)", ErrTooManySteps, s.opts.MaxSteps)
	}
	return nil
}

// choose chooses a version of p, or finds that it cannot and states why in an
// incompatibility (ALGORITHM.md section 6).
func (s *solver) choose(p Package) error {
	allowed := s.known(p).set
	version := 0
	if p != Root {
		v, reason, err := s.provider.Choose(p, allowed)
		if err != nil {
			return err
		}
		if v < 0 {
			s.leaf(CauseNoVersion, fact{pkg: p, versions: allowed, reason: reason})
			return nil
		}
		if !allowed.Has(v) {
			return contractError("version %d was chosen of package %d, which is not allowed", v, p)
		}
		version = v
	}
	if s.pkgs[p].added.Has(version) {
		s.decide(p, version)
		return nil
	}
	deps, unusable, err := s.provider.Dependencies(p, version)
	if err != nil {
		return err
	}
	if unusable != nil {
		s.forbid(p, version, unusable)
		return nil
	}
	self := single(s.pkgs[p].n, version, &s.mem)
	s.pkgs[p].added = s.pkgs[p].added.union(self, &s.mem)
	for k := range deps {
		if err := s.admit(&deps[k]); err != nil {
			return err
		}
	}
	s.stated = s.stated[:0]
	for k := range deps {
		s.require(p, version, self, &deps[k])
	}
	// As long as nothing went wrong, nothing is likely to now, and if it does
	// then propagation finds out.
	if s.backtracked {
		if id := s.refusal(); id != none {
			s.stats.Conflicts++
			if s.opts.Next == nil {
				s.blame(p, p, id)
			}
			return nil
		}
	}
	s.decide(p, version)
	return nil
}

// admit checks a dependency and makes room for the packages it names.
func (s *solver) admit(d *Dependency) error {
	for _, p := range [2]Package{d.Package, d.Base} {
		if p < 0 {
			return contractError("package number %d is negative", p)
		}
		s.grow(p)
		pk := &s.pkgs[p]
		switch {
		case p == Root && d.Package != Root: // no base
		case pk.n == none:
			pk.n = d.Allowed.Len()
			pk.added = Empty(pk.n)
		case pk.n != d.Allowed.Len():
			return contractError("package %d has %d versions and a set over %d", p, pk.n, d.Allowed.Len())
		}
	}
	s.meet(d)
	return nil
}

// require states a dependency of one version of p. If the package needed is a
// facet, it also states that the facet's base must be where the facet must.
func (s *solver) require(p Package, version int, self Set, d *Dependency) {
	if d.Package == p && d.Allowed.Has(version) {
		return
	}
	if d.Base != Root && d.Base != d.Package && !d.Allowed.IsEmpty() {
		s.depend(d.Package, d.Allowed, &Dependency{Package: d.Base, Allowed: d.Allowed, Requirement: d.Requirement})
	}
	s.stated = append(s.stated, s.depend(p, self, d))
}

// refusal returns the first of the dependencies just stated that contradicts
// what is known, so that the version which has it must not be chosen, or none.
func (s *solver) refusal() int32 {
	for _, id := range s.stated {
		ts := s.termsOf(id)
		if len(ts) == 1 {
			return id
		}
		if known := s.known(ts[1].pkg); known != nil && known.subset(&ts[1].term) {
			return id
		}
	}
	return none
}

// solution returns the decisions made.
func (s *solver) solution() Solution {
	sol := Solution{Decisions: make([]Decision, 0, s.level), Stats: s.stats}
	for k := range s.trail {
		if a := &s.trail[k]; a.cause == none {
			sol.Decisions = append(sol.Decisions, Decision{a.pkg, a.known.set.First()})
		}
	}
	return sol
}

// contractError is the error of a provider that does not do what [Provider]
// says it must.
func contractError(format string, args ...any) error {
	return fmt.Errorf("pubgrub: provider: "+format, args...)
}
