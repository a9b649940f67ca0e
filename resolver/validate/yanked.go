package validate

import (
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// yanked: uv takes a yanked file where one of the user's own requirements pins
// that very version; pip where a clause of some requirement is an exact pin and
// all requirements together admit no other file.
func (c *checker) yanked(name string, ch *chosen) {
	if !ch.file.Yanked || c.url(name) != "" {
		return
	}
	var specs []pep440.Specifiers
	for _, s := range ch.specs {
		if s.from == "" || c.req.Like == vocab.LikePip {
			specs = append(specs, s.req.Specifiers)
		}
	}
	for _, r := range slices.Concat(c.req.Constraints, c.req.Overrides) {
		if r.Name == name && r.Marker.Eval(c.env, "") {
			specs = append(specs, r.Specifiers)
		}
	}
	pinned := slices.ContainsFunc(specs, func(s pep440.Specifiers) bool { return c.pins(s, ch.version) })
	if !pinned {
		c.violate(Yanked, name, "%s is yanked and not pinned", ch.File)
		return
	}
	if c.req.Like != vocab.LikePip {
		return
	}
	for i := range ch.page.Releases {
		r := &ch.page.Releases[i]
		if slices.ContainsFunc(specs, func(s pep440.Specifiers) bool { return !s.Contains(r.Version) }) {
			continue
		}
		for j := range r.Files {
			if f := &r.Files[j]; !f.Yanked && c.misfit(name, ch.page, f) == "" && c.admits(ch.page.RequiresPython[f.RequiresPython]) && c.hashed(name, f) {
				c.violate(Yanked, name, "%s is yanked, and %s is not", ch.File, f.Filename)
			}
		}
	}
}

// pins reports whether a specifier is an exact pin that lets in a version.
func (c *checker) pins(s pep440.Specifiers, v pep440.Version) bool {
	if c.req.Like != vocab.LikePip {
		pin, ok := s.Pinned()
		return ok && pin.Equal(v)
	}
	return slices.ContainsFunc(s.Clauses(), func(clause pep440.Specifier) bool {
		return !clause.Wildcard() && (clause.Op() == pep440.OpEqual || clause.Op() == pep440.OpArbitrary)
	})
}
