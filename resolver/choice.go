package resolver

import (
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// A view is one target's reading of the shared pages: which file of each
// release it would take. It is used by one goroutine at a time.
type view struct {
	store   *store
	target  wheeltags.Target
	python  pep440.Version
	env     *pep508.Environment
	matcher *wheeltags.Matcher
	// onlyBinary adds to the request's own, for fixes.
	onlyBinary Names
	projects   map[*project]*pageView
	// yanked are the choices of yanked versions that pip takes because some
	// package of the graph requires exactly them.
	yanked map[pick]choice
	// twinMatcher is that of the GIL twin, made when first needed.
	twinMatcher *wheeltags.Matcher
}

// A pageView is what a target makes of one page; entries are filled on demand.
type pageView struct {
	ranks   []int32 // by tag set: rank+1, 0 not yet known, -1 no match
	pythons []int8  // by Requires-Python: 0 not yet known, 1 admits, -1 refuses
	choices []choice
}

// A choice is the file a target takes from one release.
type choice struct {
	known bool
	file  *simple.File // nil if none is usable
	rank  int32
	kind  vocab.FileKind
}

func newView(s *store, t wheeltags.Target) *view {
	env := *pep508.EnvironmentFor(t)
	env.AllowABIFeatures = s.req.ABIFeatures
	return &view{
		store:    s,
		target:   t,
		python:   pep440.MustParse(t.Python.FullVersion()),
		env:      &env,
		matcher:  wheeltags.NewMatcher(t, s.req.order()),
		projects: map[*project]*pageView{},
		yanked:   map[pick]choice{},
	}
}

// twin returns the matcher of the target's GIL twin; of a GIL target, its own.
func (v *view) twin() *wheeltags.Matcher {
	switch {
	case !v.target.FreeThreaded():
		return v.matcher
	case v.twinMatcher == nil:
		v.twinMatcher = wheeltags.NewMatcher(v.target.Twin(), v.store.req.order())
	}
	return v.twinMatcher
}

func (v *view) page(p *project) *pageView {
	pv, ok := v.projects[p]
	if !ok {
		pv = &pageView{
			ranks:   make([]int32, len(p.page.Tags)),
			pythons: make([]int8, len(p.page.RequiresPython)),
			choices: make([]choice, len(p.page.Releases)),
		}
		v.projects[p] = pv
	}
	return pv
}

// rank returns a wheel's rank for the target; lower is better.
func (v *view) rank(p *project, f *simple.File) (int32, bool) {
	pv := v.page(p)
	r := pv.ranks[f.Tags]
	if r == 0 {
		r = -1
		if rank, ok := v.matcher.Rank(&p.page.Tags[f.Tags]); ok {
			r = rank + 1
		}
		pv.ranks[f.Tags] = r
	}
	return r - 1, r > 0
}

// admitsPython reports whether a file's Requires-Python admits the target.
func (v *view) admitsPython(p *project, f *simple.File) bool {
	pv := v.page(p)
	a := pv.pythons[f.RequiresPython]
	if a == 0 {
		a = 1
		if spec := p.pythons[f.RequiresPython]; spec != nil && !spec.Contains(v.python) {
			a = -1
		}
		pv.pythons[f.RequiresPython] = a
	}
	return a > 0
}

// choose returns the file the target takes from a release: the wheel with the
// best tag, the higher build tag among equals, a source distribution only when
// no wheel fits.
func (v *view) choose(p *project, version int) choice {
	pv := v.page(p)
	if c := pv.choices[version]; c.known {
		return c
	}
	c := v.best(p, version, rules{})
	pv.choices[version] = c
	return c
}

// taken returns the file of a release that was chosen, which may be a yanked one
// that choose would not give.
func (v *view) taken(p *project, version int) choice {
	if c := v.choose(p, version); c.file != nil {
		return c
	}
	if c, ok := v.yanked[pick{p, version}]; ok {
		return c
	}
	return v.choose(p, version)
}

// rules are what best leaves out of account, to find the reason why nothing fits.
type rules struct {
	anyPython, anyHash bool
	yanked             yanked
	matcher            *wheeltags.Matcher // instead of the target's own
	wheelsOnly         bool
}

func (v *view) best(p *project, version int, without rules) choice {
	rel := &p.page.Releases[version]
	c := choice{known: true, kind: vocab.FileNone}
	noSdist := without.wheelsOnly || v.store.req.OnlyBinary.Has(p.name) || v.onlyBinary.Has(p.name)
	noWheel := v.store.req.NoBinary.Has(p.name)
	for i := range rel.Files {
		f := &rel.Files[i]
		if !v.acceptable(p, rel.Version, f, without) {
			continue
		}
		switch {
		case f.Kind == simple.Wheel && !noWheel:
			var rank int32
			var ok bool
			if without.matcher != nil {
				rank, ok = without.matcher.Rank(&p.page.Tags[f.Tags])
			} else {
				rank, ok = v.rank(p, f)
			}
			if !ok {
				continue
			}
			if c.file == nil || c.file.Kind != simple.Wheel || rank < c.rank ||
				rank == c.rank && f.Build.Compare(c.file.Build) > 0 {
				c.file, c.rank = f, rank
			}
		case f.Kind == simple.Sdist && !noSdist && c.file == nil:
			c.file = f
		}
	}
	if c.file != nil && !without.anyPython && !v.admitsPython(p, c.file) {
		c.file = nil
	}
	c.kind = v.kind(p, c.file)
	return c
}

// acceptable applies the rules that do not depend on a wheel's tags. To pip a
// file that refuses the Python is not there at all; uv chooses by tags and then
// looks whether the Python will do.
func (v *view) acceptable(p *project, version pep440.Version, f *simple.File, without rules) bool {
	if f.Yanked {
		switch without.yanked {
		case yankedToo:
		case yankedNever:
			return false
		case yankedPinned:
			if !v.mayBeYanked(p, version) {
				return false
			}
		}
	}
	if v.store.req.Like == vocab.LikePip && !without.anyPython && !v.admitsPython(p, f) {
		return false
	}
	if want := v.store.hashes[p.name]; len(want) > 0 && !without.anyHash {
		return hasHash(f, want)
	}
	return true
}

// hasHash reports whether a file has one of the digests wanted, as far as the
// index says: of a file whose digests are all in other algorithms it cannot be
// known without fetching it, and an installer would.
func hasHash(f *simple.File, want []string) bool {
	known := false
	for _, h := range f.Hashes() {
		for _, w := range want {
			algorithm, hex, _ := strings.Cut(w, ":")
			if algorithm == h.Algorithm {
				known = true
				if strings.EqualFold(hex, h.Hex) {
					return true
				}
			}
		}
	}
	return !known
}

// kind classifies a file for the target.
func (v *view) kind(p *project, f *simple.File) vocab.FileKind {
	switch {
	case f == nil:
		return vocab.FileNone
	case f.Kind == simple.Sdist:
		return vocab.FileSdist
	}
	set := &p.page.Tags[f.Tags]
	tag, _, ok := v.matcher.Best(set)
	if !ok {
		return vocab.FileNone
	}
	// A set of abi3 and a false abi3t is right about the GIL build.
	if _, bad := set.Mislabelled(); bad && v.target.FreeThreaded() {
		return vocab.FileMislabelled
	}
	switch tag.Kind() {
	case wheeltags.Native:
		return vocab.FileNative
	case wheeltags.StableABI:
		return vocab.FileStableABI
	case wheeltags.ABINone:
		return vocab.FileABINone
	default:
		return vocab.FilePure
	}
}
