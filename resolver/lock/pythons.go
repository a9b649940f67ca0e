package lock

import (
	"github.com/ftpkg/ftpkg/resolver/internal/poetry"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// Pythons is a set of versions, of Python as a rule: the union of PEP 440 sets,
// since Poetry writes unions. The zero value holds every version.
type Pythons struct {
	text string
	any  []pep440.Specifiers
}

// ParsePythons reads a PEP 440 set, such as a Requires-Python.
func ParsePythons(s string) (Pythons, error) {
	specs, err := pep440.ParseSpecifiers(s)
	if err != nil {
		return Pythons{}, err
	}
	return SpecifierPythons(specs), nil
}

// SpecifierPythons returns the set of one PEP 440 set.
func SpecifierPythons(s pep440.Specifiers) Pythons {
	if s.IsEmpty() {
		return Pythons{}
	}
	return Pythons{text: s.String(), any: []pep440.Specifiers{s}}
}

// ParsePoetry reads a constraint in Poetry's language, "^3.10" or
// ">=2.7,<3 || >=3.6".
func ParsePoetry(s string) (Pythons, error) {
	c, err := poetry.Parse(s)
	if err != nil {
		return Pythons{}, err
	}
	if len(c.Alternatives()) == 0 {
		return Pythons{}, nil
	}
	return Pythons{text: s, any: c.Alternatives()}, nil
}

// String returns the set as it was written, "" if it holds every version.
func (p Pythons) String() string { return p.text }

// IsAny reports whether the set holds every version.
func (p Pythons) IsAny() bool { return len(p.any) == 0 }

// Specifiers returns the sets of which any may hold.
func (p Pythons) Specifiers() []pep440.Specifiers { return p.any }

// Contains reports whether the set holds v, pre-releases included.
func (p Pythons) Contains(v pep440.Version) bool {
	for _, s := range p.any {
		if s.Contains(v) {
			return true
		}
	}
	return len(p.any) == 0
}
