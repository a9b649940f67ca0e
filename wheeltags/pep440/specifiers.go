package pep440

import "strings"

// Specifiers is a set of clauses that all have to hold, such as >=1.2,<2. The
// zero value is the empty set, which every version satisfies.
type Specifiers struct {
	clauses []Specifier // distinct, in the order they were written
}

// ParseSpecifiers reads clauses separated by commas. Empty ones are passed
// over, so "" gives the empty set. A refusal is a *SyntaxError.
func ParseSpecifiers(s string) (Specifiers, error) {
	if start, end := trimSpace(s); start == end {
		return Specifiers{}, nil
	}
	clauses := make([]Specifier, 0, strings.Count(s, ",")+1)
	for at, rest, more := 0, s, true; more; {
		var clause string
		clause, rest, more = strings.Cut(rest, ",")
		if start, end := trimSpace(clause); start < end {
			c, err := parseSpecifier(clause)
			if err != nil {
				err.Input, err.Offset = s, err.Offset+at
				return Specifiers{}, err
			}
			clauses = append(clauses, c)
		}
		at += len(clause) + 1
	}
	return Specifiers{distinct(clauses)}, nil
}

// MustParseSpecifiers is ParseSpecifiers for sets known to be good; it panics
// on any other.
func MustParseSpecifiers(s string) Specifiers {
	set, err := ParseSpecifiers(s)
	if err != nil {
		panic(err)
	}
	return set
}

// NewSpecifiers returns the set of the given clauses.
func NewSpecifiers(clauses ...Specifier) Specifiers {
	return Specifiers{distinct(append([]Specifier(nil), clauses...))}
}

// distinct removes, in place, clauses that are spelled as an earlier one.
func distinct(clauses []Specifier) []Specifier {
	const few = 16
	if len(clauses) > few {
		return distinctMany(clauses)
	}
	kept := clauses[:0]
next:
	for i := range clauses {
		for j := range kept {
			if kept[j].same(clauses[i]) {
				continue next
			}
		}
		kept = append(kept, clauses[i])
	}
	return kept
}

// distinctMany is distinct for sets so long that comparing each clause with
// each would take noticeable time.
func distinctMany(clauses []Specifier) []Specifier {
	seen := make(map[string]struct{}, len(clauses))
	kept := clauses[:0]
	for _, c := range clauses {
		text := c.String()
		if _, ok := seen[text]; !ok {
			seen[text] = struct{}{}
			kept = append(kept, c)
		}
	}
	return kept
}

// same reports whether two clauses have the same text.
func (c Specifier) same(d Specifier) bool {
	return c.op == d.op && c.wildcard == d.wildcard && c.text == d.text &&
		c.version.Equal(d.version) && c.version.releaseLen() == d.version.releaseLen()
}

// And returns the set that asks for all that s and t ask for.
func (s Specifiers) And(t Specifiers) Specifiers {
	if s.IsEmpty() {
		return t
	}
	if t.IsEmpty() {
		return s
	}
	clauses := make([]Specifier, 0, len(s.clauses)+len(t.clauses))
	return Specifiers{distinct(append(append(clauses, s.clauses...), t.clauses...))}
}

// IsEmpty reports whether there is no clause at all.
func (s Specifiers) IsEmpty() bool { return len(s.clauses) == 0 }

// Clauses returns the clauses in the order they were written. The slice must
// not be changed.
func (s Specifiers) Clauses() []Specifier { return s.clauses }

// String returns the clauses, normalised, separated by commas without space, in
// the order they were written.
func (s Specifiers) String() string {
	var b []byte
	for i := range s.clauses {
		if i > 0 {
			b = append(b, ',')
		}
		b = s.clauses[i].append(b)
	}
	return string(b)
}

// Contains reports whether v satisfies every clause. Whether v is a pre-release
// makes no difference beyond what PEP 440 says of the operators (packaging's
// prereleases=True): which pre-releases to consider at all is for the caller to
// decide, see MentionsPrerelease. It does not allocate.
func (s Specifiers) Contains(v Version) bool {
	for i := range s.clauses {
		if !s.clauses[i].Contains(v) {
			return false
		}
	}
	return true
}

// ContainsDefault answers as packaging does when it is asked about one version
// and not told what to do with pre-releases (prereleases=None). Since packaging
// 26.0 that is what Contains answers: PEP 440 admits a pre-release where
// nothing else satisfies the set, and one version has no alternatives.
func (s Specifiers) ContainsDefault(v Version) bool { return s.Contains(v) }

// MentionsPrerelease reports whether a clause asks for pre-releases by naming
// one, as >=2.0rc1 does. Clauses with != and wildcards never count.
func (s Specifiers) MentionsPrerelease() bool {
	for i := range s.clauses {
		if s.clauses[i].MentionsPrerelease() {
			return true
		}
	}
	return false
}

// Pinned returns the version the set names if it is a single clause with == or
// === and no wildcard. PEP 592 lets such a set have a yanked release.
func (s Specifiers) Pinned() (Version, bool) {
	if len(s.clauses) != 1 {
		return Version{}, false
	}
	c := &s.clauses[0]
	if c.op != OpEqual && c.op != OpArbitrary || c.wildcard || !c.version.IsValid() {
		return Version{}, false
	}
	return c.version, true
}
