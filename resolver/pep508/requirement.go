package pep508

import (
	"errors"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// Requirement is one dependency: which project, which versions of it or where
// to get it, with which extras, and where it is needed at all.
type Requirement struct {
	Name       string            // normalised (PEP 503)
	Display    string            // the name as written
	Extras     []string          // normalised (PEP 685), sorted, distinct
	Specifiers pep440.Specifiers // empty if any version will do
	URL        string            // what follows "@", unchecked; Specifiers is then empty
	Marker     *Marker           // nil if the dependency is needed everywhere
}

// Parse reads one requirement. A refusal is a *SyntaxError.
func Parse(s string) (Requirement, error) {
	sc := scanner{s: s}
	r, err := sc.requirement()
	if err != nil {
		return Requirement{}, err
	}
	return r, nil
}

// String returns the requirement as text that parses to the same, with the
// normalised name.
func (r Requirement) String() string {
	var b strings.Builder
	writeName(&b, r.Name)
	for i, extra := range r.Extras {
		b.WriteByte("[,"[min(i, 1)])
		writeName(&b, extra)
	}
	if len(r.Extras) > 0 {
		b.WriteByte(']')
	}
	b.WriteString(r.Specifiers.String())
	if r.URL != "" {
		b.WriteString(" @ ")
		b.WriteString(r.URL)
	}
	if r.Marker != nil {
		if r.URL != "" {
			b.WriteByte(' ')
		}
		b.WriteString("; ")
		b.WriteString(r.Marker.String())
	}
	return b.String()
}

// writeName writes a normalised name. The few that end with a hyphen were
// written with an underscore there, which is the one spelling that parses.
func writeName(b *strings.Builder, name string) {
	if stem, ok := strings.CutSuffix(name, "-"); ok {
		b.WriteString(stem)
		b.WriteByte('_')
		return
	}
	b.WriteString(name)
}

// requirement reads: name extras? ("@" url | specifiers) (";" marker)?.
func (sc *scanner) requirement() (r Requirement, err error) {
	sc.space()
	if r.Display = sc.identifier(); r.Display == "" {
		return r, sc.fail(sc.i, "expected a package name")
	}
	r.Name = NormalizeName(r.Display)
	if sc.at('.') || sc.at('-') {
		return r, sc.fail(sc.i, "a package name can't end with '%c'", sc.s[sc.i])
	}
	sc.space()
	if r.Extras, err = sc.extras(); err != nil {
		return r, err
	}
	sc.space()
	if sc.take('@') {
		if r.URL, err = sc.url(); err != nil {
			return r, err
		}
	} else if r.Specifiers, err = sc.specifiers(); err != nil {
		return r, err
	}
	if sc.end() {
		return r, nil
	}
	if !sc.take(';') {
		switch {
		case r.URL != "":
			return r, sc.fail(sc.i, "expected ';' after the URL")
		case !r.Specifiers.IsEmpty():
			return r, sc.fail(sc.i, "expected ',' or ';' after the version specifier")
		default:
			return r, sc.fail(sc.i, "expected a version operator")
		}
	}
	r.Marker, err = sc.marker()
	return r, err
}

// extras reads: "[" (name ("," name)*)? "]", or nothing.
func (sc *scanner) extras() ([]string, error) {
	open := sc.i
	if !sc.take('[') {
		return nil, nil
	}
	var extras []string
	sc.space()
	for !sc.at(']') {
		extra := sc.identifier()
		if extra == "" {
			if sc.end() {
				return nil, sc.fail(open, "expected ']' for the '['")
			}
			return nil, sc.fail(sc.i, "expected the name of an extra")
		}
		extras = append(extras, NormalizeExtra(extra))
		sc.space()
		if sc.at(']') {
			break
		}
		if !sc.take(',') {
			if sc.end() {
				return nil, sc.fail(open, "expected ']' for the '['")
			}
			return nil, sc.fail(sc.i, "expected ',' or ']' after the name of an extra")
		}
		sc.space()
		if sc.at(']') {
			return nil, sc.fail(sc.i, "expected the name of an extra after ','")
		}
	}
	sc.take(']')
	slices.Sort(extras)
	return slices.Compact(extras), nil
}

// url reads what follows "@": everything up to white space, which has to come
// before the ";" of a marker.
func (sc *scanner) url() (string, error) {
	sc.space()
	n := strings.IndexAny(sc.s[sc.i:], " \t")
	if n < 0 {
		n = len(sc.s) - sc.i
	}
	if n == 0 {
		return "", sc.fail(sc.i, "expected a URL after '@'")
	}
	url := sc.s[sc.i : sc.i+n]
	sc.i += n
	sc.space()
	return url, nil
}

// specifiers reads: "(" list ")" | list.
func (sc *scanner) specifiers() (pep440.Specifiers, error) {
	open := sc.i
	parenthesised := sc.take('(')
	sc.space()
	start := sc.i
	sc.specifierList()
	specifiers, err := pep440.ParseSpecifiers(sc.s[start:sc.i])
	if err != nil {
		if syntax, ok := errors.AsType[*pep440.SyntaxError](err); ok {
			err = sc.fail(start+syntax.Offset, "%s", syntax.Msg)
		}
		return pep440.Specifiers{}, err
	}
	if parenthesised {
		if !sc.at(')') {
			if sc.end() {
				return pep440.Specifiers{}, sc.fail(open, "expected ')' for the '('")
			}
			return pep440.Specifiers{}, sc.fail(sc.i, "expected a version operator or ')'")
		}
		sc.i++
		sc.space()
	}
	return specifiers, nil
}

// specifierList reads clauses and commas up to where they end, without looking
// closely: a clause is an operator and what follows it up to white space, a
// comma, a semicolon or a closing parenthesis; after === commas don't end it.
// The last comma may have nothing after it.
func (sc *scanner) specifierList() {
	for !sc.end() && strings.IndexByte(operators, sc.s[sc.i]) >= 0 {
		rest := sc.s[sc.i:]
		arbitrary := strings.HasPrefix(rest, "===")
		if arbitrary {
			sc.i += len("===")
		} else {
			sc.i += len(rest) - len(strings.TrimLeft(rest, operators))
		}
		sc.i += len(sc.s[sc.i:]) - len(strings.TrimLeftFunc(sc.s[sc.i:], isSpaceRune))
		clause := strings.IndexFunc(sc.s[sc.i:], func(r rune) bool {
			return isSpaceRune(r) || r == ';' || r == ')' || r == ',' && !arbitrary
		})
		if clause < 0 {
			clause = len(sc.s) - sc.i
		}
		sc.i += clause
		sc.space()
		if !sc.take(',') {
			return
		}
		sc.space()
	}
}

// operators are the characters of version operators.
const operators = "~=!<>"
