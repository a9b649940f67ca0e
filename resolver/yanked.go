package resolver

import (
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/pubgrub"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// yanked says which yanked files count.
type yanked int8

const (
	yankedPinned yanked = iota // those that an exact pin lets in
	yankedToo                  // all
	yankedNever                // none
)

// mayBeYanked reports whether a yanked file of a version may be taken because of
// what the user asks. To uv an exact pin lets in the very version it names, and
// all its files. pip looks at what all requirements together admit, local
// versions of a public pin too, and takes yanked files only where an exact pin
// is among them and nothing else fits; that is certain where it holds for the
// user's requirements alone. The pins of packages are pinnedYanked's.
func (v *view) mayBeYanked(p *project, version pep440.Version) bool {
	like := v.store.req.Like
	admitted, pinned := pubgrub.Full(p.phantom()+1), false
	for i := range v.store.asked[p.name] {
		r := &v.store.asked[p.name][i]
		if !appliesTo(&r.Requirement, v.env, "") {
			continue
		}
		if like != vocab.LikePip {
			if pin, ok := r.Specifiers.Pinned(); ok && pin.Compare(version) == 0 {
				return true
			}
			continue
		}
		if !r.Specifiers.Contains(version) {
			return false
		}
		admitted = admitted.Intersect(p.set(r.Specifiers))
		pinned = pinned || pins(r.Specifiers)
	}
	return pinned && !v.unyanked(p, admitted)
}

// pins reports whether pip sees an exact pin in a specifier: any clause will do.
func pins(s pep440.Specifiers) bool {
	for _, c := range s.Clauses() {
		if _, ok := pep440.NewSpecifiers(c).Pinned(); ok {
			return true
		}
	}
	return false
}

// unyanked reports whether some of the versions has a file that fits and is not
// yanked.
func (v *view) unyanked(p *project, versions pubgrub.Set) bool {
	for i := versions.First(); i >= 0 && i < p.phantom(); i = versions.Next(i) {
		if v.best(p, i, rules{yanked: yankedNever}).file != nil {
			return true
		}
	}
	return false
}

// pinnedYanked returns the yanked file that pip takes of a version because some
// requirement in force is an exact pin and they together admit nothing else.
func (pr *provider) pinnedYanked(p *project, version int) choice {
	if pr.store.req.Like != vocab.LikePip {
		return choice{}
	}
	admitted, pinned := pr.admitted(p)
	if !pinned || !admitted.Has(version) || pr.view.unyanked(p, admitted) {
		return choice{}
	}
	c := pr.view.best(p, version, rules{yanked: yankedToo})
	if c.file != nil {
		pr.view.yanked[pick{p, version}] = c
	}
	return c
}
