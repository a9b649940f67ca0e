package pep508

import "github.com/ftpkg/ftpkg/wheeltags/pep440"

// Marker is a condition on the environment, such as
//
//	python_version < "3.11" or extra == "test"
//
// A nil *Marker is the condition that always holds.
type Marker struct {
	terms []term
	uses  uint16 // bit set of variables
}

// term is a comparison or a parenthesised marker. In a list of them, or marks
// the first of each alternative; within an alternative all have to hold.
type term struct {
	or    bool
	group []term // nil for a comparison
	comparison
}

// operator is what stands between the sides of a comparison: one of pep440's,
// in, or not in.
type operator uint8

const (
	opIn    = operator(pep440.OpArbitrary) + 1 + iota
	opNotIn // not in
)

func (op operator) String() string {
	switch op {
	case opIn:
		return "in"
	case opNotIn:
		return "not in"
	}
	return pep440.Op(op).String()
}

// operand is one side of a comparison.
type operand struct {
	variable variable // noVariable for a quoted string
	text     string   // the value of a quoted string, or the variable's name
}

// comparison is one comparison, prepared for evaluation.
type comparison struct {
	left, right operand
	op          operator
	how         how
	// key is the variable that is looked up: that on the left, else that on
	// the right. The other side counts as text even if it is a variable.
	key variable
	// spec is op and the right side, if how is versionInSpec.
	spec pep440.Specifier
	// version is the left side, if how is textInVersion and it is a version.
	version pep440.Version
}

// how is the way to evaluate a comparison. Names have the left side first.
type how uint8

const (
	undefined      how = iota // means nothing; see Marker.Check
	versionInSpec             // a version variable, and a version on the right
	textInVersion             // text compared with a version variable
	variableInText            // a variable compared with text
	textVariable              // text compared with a variable
	textInSet                 // text compared with a set
)

// UsesExtra reports whether the marker asks for the variable extra, so that it
// can be true for one extra and false for another.
func (m *Marker) UsesExtra() bool { return m.usesVariable(extraName) }

// UsesABIFeatures reports whether the marker asks for the variable
// sys_abi_features of the draft PEP 780.
func (m *Marker) UsesABIFeatures() bool { return m.usesVariable(abiFeatures) }

func (m *Marker) usesVariable(v variable) bool { return m != nil && m.uses&(1<<v) != 0 }

// String returns the marker as text that parses to the same, in packaging's
// layout: double quotes, single spaces, and the parentheses that were written
// unless they enclose everything or a single comparison. A nil Marker gives "".
func (m *Marker) String() string {
	if m == nil {
		return ""
	}
	return string(appendTerms(nil, unwrap(m.terms)))
}

// unwrap removes parentheses around all there is.
func unwrap(terms []term) []term {
	for len(terms) == 1 && terms[0].group != nil {
		terms = terms[0].group
	}
	return terms
}

func appendTerms(b []byte, terms []term) []byte {
	for i := range terms {
		t := &terms[i]
		if i > 0 {
			if t.or {
				b = append(b, " or "...)
			} else {
				b = append(b, " and "...)
			}
		}
		switch group := unwrap(t.group); {
		case t.group == nil:
			b = t.append(b)
		case len(group) == 1:
			b = group[0].append(b)
		default:
			b = append(b, '(')
			b = appendTerms(b, group)
			b = append(b, ')')
		}
	}
	return b
}

func (c *comparison) append(b []byte) []byte {
	b = c.left.append(b)
	b = append(b, ' ')
	b = append(b, c.op.String()...)
	b = append(b, ' ')
	return c.right.append(b)
}

func (o operand) append(b []byte) []byte {
	if o.variable != noVariable {
		return append(b, o.text...)
	}
	return appendQuoted(b, o.text)
}
