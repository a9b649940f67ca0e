// Package poetry reads the version constraints of Poetry's own tables and locks
// ("^1.2", "~1.4", "1.*", ">=2.7 <3 || >=3.6") as PEP 440 specifiers.
//
// The language is a superset of PEP 440 in practice: a comma or a space joins
// clauses, "||" (or "|") separates alternatives, a bare version means equality,
// and "^" and "~" are ranges up to the next breaking or minor release.
package poetry

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// Constraint is a set of versions: those that any of the alternatives holds.
// The zero value holds every version.
type Constraint struct {
	alternatives []pep440.Specifiers
}

// Parse reads a constraint. The error names the part that is not understood.
func Parse(s string) (Constraint, error) {
	var c Constraint
	for alt := range strings.SplitSeq(strings.ReplaceAll(s, "||", "|"), "|") {
		specs, err := parseAlternative(alt)
		if err != nil {
			return Constraint{}, err
		}
		if specs.IsEmpty() {
			return Constraint{}, nil // one alternative takes everything
		}
		c.alternatives = append(c.alternatives, specs)
	}
	return c, nil
}

// Alternatives returns the sets of which any may hold; none means any version.
func (c Constraint) Alternatives() []pep440.Specifiers { return c.alternatives }

// Contains reports whether a version is in the set, pre-releases included.
func (c Constraint) Contains(v pep440.Version) bool {
	for _, alt := range c.alternatives {
		if alt.Contains(v) {
			return true
		}
	}
	return len(c.alternatives) == 0
}

// Specifiers returns the set as one PEP 440 set. It is false for a set with a
// gap, which PEP 440 cannot write.
func (c Constraint) Specifiers() (pep440.Specifiers, bool) {
	switch len(c.alternatives) {
	case 0:
		return pep440.Specifiers{}, true
	case 1:
		return c.alternatives[0], true
	}
	return c.joined()
}

// String returns the constraint in PEP 440 clauses, alternatives separated by
// " || ".
func (c Constraint) String() string {
	parts := make([]string, len(c.alternatives))
	for i, alt := range c.alternatives {
		parts[i] = alt.String()
	}
	return strings.Join(parts, " || ")
}

// joined merges alternatives that are plain ranges ">=A,<B" without a gap
// between them.
func (c Constraint) joined() (pep440.Specifiers, bool) {
	type span struct {
		low, high pep440.Specifier
		hasHigh   bool
	}
	spans := make([]span, 0, len(c.alternatives))
	for _, alt := range c.alternatives {
		var s span
		var hasLow bool
		for _, clause := range alt.Clauses() {
			switch {
			case clause.Op() == pep440.OpGreaterEqual && !hasLow:
				s.low, hasLow = clause, true
			case clause.Op() == pep440.OpLess && !s.hasHigh:
				s.high, s.hasHigh = clause, true
			default:
				return pep440.Specifiers{}, false
			}
		}
		if !hasLow {
			return pep440.Specifiers{}, false
		}
		spans = append(spans, s)
	}
	for i := range spans { // few enough for any sort
		for j := i + 1; j < len(spans); j++ {
			if spans[j].low.Version().Compare(spans[i].low.Version()) < 0 {
				spans[i], spans[j] = spans[j], spans[i]
			}
		}
	}
	all := spans[0]
	for _, s := range spans[1:] {
		switch {
		case !all.hasHigh:
		case s.low.Version().Compare(all.high.Version()) > 0:
			return pep440.Specifiers{}, false
		case !s.hasHigh:
			all.hasHigh = false
		case s.high.Version().Compare(all.high.Version()) > 0:
			all.high = s.high
		}
	}
	if !all.hasHigh {
		return pep440.NewSpecifiers(all.low), true
	}
	return pep440.NewSpecifiers(all.low, all.high), true
}

// parseAlternative reads clauses joined by commas or spaces.
func parseAlternative(s string) (pep440.Specifiers, error) {
	var clauses []pep440.Specifier
	rest := strings.TrimRight(strings.TrimSpace(s), ", ")
	if rest == "" {
		return pep440.Specifiers{}, fmt.Errorf("empty version constraint in %q", s)
	}
	for rest != "" {
		op := rest[:len(rest)-len(strings.TrimLeft(rest, "^~=!<>"))]
		rest = strings.TrimLeft(rest[len(op):], " ")
		end := strings.IndexAny(rest, ", ")
		if end < 0 {
			end = len(rest)
		}
		version := rest[:end]
		rest = strings.TrimLeft(rest[end:], ", ")
		more, err := clause(op, version)
		if err != nil {
			return pep440.Specifiers{}, err
		}
		clauses = append(clauses, more...)
	}
	return pep440.NewSpecifiers(clauses...), nil
}

// clause turns one operator and version into PEP 440 clauses.
func clause(op, version string) ([]pep440.Specifier, error) {
	bad := func() ([]pep440.Specifier, error) {
		return nil, fmt.Errorf("version constraint %q is not understood", op+version)
	}
	if isAny(version) && (op == "" || op == "==" || op == "=") {
		return nil, nil
	}
	switch op {
	case "", "=":
		op = "=="
	case "<>":
		op = "!="
	case "^", "~":
		low, err := pep440.Parse(version)
		if err != nil {
			return bad()
		}
		high := nextMinor(low)
		if op == "^" {
			high = nextBreaking(low)
		}
		specs, err := pep440.ParseSpecifiers(">=" + low.String() + ",<" + high)
		if err != nil {
			return bad()
		}
		return specs.Clauses(), nil
	case "~=":
		if v, err := pep440.Parse(version); err == nil && len(v.Release()) < 2 {
			op = "~" // PEP 440 wants two numbers; Poetry reads one as a major version
			return clause(op, version)
		}
	case "==", "!=", ">=", "<=", ">", "<", "===":
	default:
		return bad()
	}
	if (op == "==" || op == "!=") && strings.HasSuffix(version, ".*.*") {
		version = strings.TrimRight(version, ".*") + ".*"
	}
	spec, err := pep440.ParseSpecifier(op + version)
	if err != nil {
		return bad()
	}
	return []pep440.Specifier{spec}, nil
}

// isAny reports whether a version is a lone wildcard: "*", "x", "*.*".
func isAny(version string) bool {
	v := strings.TrimPrefix(version, "v")
	if v == "" {
		return false
	}
	for part := range strings.SplitSeq(v, ".") {
		if part != "*" && part != "x" && part != "X" {
			return false
		}
	}
	return true
}

// nextBreaking returns the first version that "^v" refuses: the next increment
// of the leftmost number that is not zero, or of the last one given.
func nextBreaking(v pep440.Version) string {
	r := v.Release()
	i := 0
	for i < len(r)-1 && i < 2 && r[i] == 0 {
		i++
	}
	return bump(v, r, i)
}

// nextMinor returns the first version that "~v" refuses.
func nextMinor(v pep440.Version) string {
	r := v.Release()
	return bump(v, r, min(1, len(r)-1))
}

// bump increments the i-th number and drops those after it.
func bump(v pep440.Version, release []int, i int) string {
	var b strings.Builder
	if e := v.Epoch(); e > 0 {
		fmt.Fprintf(&b, "%d!", e)
	}
	for j, n := range release[:i+1] {
		if j > 0 {
			b.WriteByte('.')
		}
		if j == i {
			n++
		}
		b.WriteString(strconv.Itoa(n))
	}
	return b.String()
}
