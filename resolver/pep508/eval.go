package pep508

import (
	"strings"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// Eval reports whether the marker holds in env for the requested extra, whose
// name need not be normalised; "" stands for none. A nil Marker always holds.
//
// The rules are packaging's. Variables that hold versions are compared as
// versions, pre-releases admitted, if what they are compared with makes a
// version specifier; else, and for all other variables, < and > are false, <=
// and >= mean equal, and in asks for a part of a text or a member of a set.
// Where packaging raises an exception because a comparison means nothing,
// Check gives the reason and Eval takes that comparison for false.
//
// Eval does not allocate, but for a python_full_version that ends with "+", a
// variable that should hold a version and doesn't, and names of extras that
// aren't normalised.
func (m *Marker) Eval(env *Environment, extra string) bool {
	if m == nil {
		return true
	}
	if m.uses&(1<<extraName) != 0 {
		extra = NormalizeExtra(extra)
	}
	return evalTerms(m.terms, env, extra)
}

// evalTerms evaluates alternatives of terms, of which one has to hold.
func evalTerms(terms []term, env *Environment, extra string) bool {
	holds := true
	for i := range terms {
		t := &terms[i]
		if t.or {
			if holds {
				return true
			}
			holds = true
		}
		if !holds {
			continue
		}
		if t.group != nil {
			holds = evalTerms(t.group, env, extra)
		} else {
			holds, _ = t.eval(env, extra)
		}
	}
	return holds
}

// eval evaluates one comparison; ok is false if it means nothing.
func (c *comparison) eval(env *Environment, extra string) (holds, ok bool) {
	switch c.how {
	case versionInSpec:
		return c.spec.ContainsText(env.value(c.key)), true
	case textInVersion:
		return c.evalVersion(env.value(c.key))
	case variableInText:
		return compareText(c.value(env, extra), c.op, c.right.text)
	case textVariable:
		return compareText(c.left.text, c.op, c.value(env, extra))
	case textInSet:
		return c.evalSet(env)
	default:
		return false, false
	}
}

func (c *comparison) value(env *Environment, extra string) string {
	if c.key == extraName {
		return extra
	}
	return env.value(c.key)
}

// evalVersion compares the left side with the version that a variable holds:
// it asks whether the specifier made of operator and value contains the left
// side.
func (c *comparison) evalVersion(value string) (holds, ok bool) {
	if v, err := pep440.Parse(value); err == nil && c.op != operator(pep440.OpArbitrary) {
		if spec, err := pep440.NewSpecifier(pep440.Op(c.op), v); err == nil {
			return c.version.IsValid() && spec.Contains(c.version), true
		}
	} else if spec, err := pep440.ParseSpecifier(c.op.String() + value); err == nil {
		return spec.ContainsText(c.left.text), true
	}
	return compareText(c.left.text, c.op, value)
}

// evalSet compares the left side with a set. Only in and not in are of use:
// for the other operators, no text is equal to a set.
func (c *comparison) evalSet(env *Environment) (holds, ok bool) {
	if !env.knows(c.key) {
		return false, false
	}
	switch c.op {
	case opIn:
		return env.has(c.key, c.member()), true
	case opNotIn:
		return !env.has(c.key, c.member()), true
	case operator(pep440.OpCompatible), operator(pep440.OpArbitrary):
		return false, false
	default:
		return c.op == operator(pep440.OpNotEqual), true
	}
}

// member returns the left side as the members of the set are compared.
func (c *comparison) member() string {
	if c.key == abiFeatures {
		return c.left.text
	}
	return NormalizeExtra(c.left.text)
}

// compareText compares two texts that aren't, or not both, versions.
func compareText(left string, op operator, right string) (holds, ok bool) {
	switch op {
	case opIn:
		return strings.Contains(right, left), true
	case opNotIn:
		return !strings.Contains(right, left), true
	case operator(pep440.OpEqual), operator(pep440.OpLessEqual), operator(pep440.OpGreaterEqual):
		return left == right, true
	case operator(pep440.OpNotEqual):
		return left != right, true
	case operator(pep440.OpLess), operator(pep440.OpGreater):
		return false, true
	default:
		return false, false
	}
}
