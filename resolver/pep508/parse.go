package pep508

import (
	"strings"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// maxDepth is how deep parentheses may be nested; markers come from strangers.
const maxDepth = 100

// ParseMarker reads a marker. A refusal is a *SyntaxError.
func ParseMarker(s string) (*Marker, error) {
	sc := scanner{s: s}
	return sc.marker()
}

// marker reads a marker that takes up all that is left.
func (sc *scanner) marker() (*Marker, error) {
	m := &Marker{}
	var err error
	if m.terms, err = sc.terms(m); err != nil {
		return nil, err
	}
	if !sc.end() {
		return nil, sc.fail(sc.i, "expected 'and', 'or' or the end of the marker")
	}
	return m, nil
}

// terms reads: term (("and" | "or") term)*.
func (sc *scanner) terms(m *Marker) ([]term, error) {
	var terms []term
	for or := false; ; {
		t, err := sc.term(m)
		if err != nil {
			return nil, err
		}
		t.or = or
		terms = append(terms, t)
		word := sc.word()
		if word != "and" && word != "or" {
			return terms, nil
		}
		sc.i += len(word)
		or = word == "or"
	}
}

// term reads: "(" terms ")" | comparison.
func (sc *scanner) term(m *Marker) (t term, err error) {
	sc.space()
	open := sc.i
	if !sc.take('(') {
		if err := sc.comparison(&t.comparison); err != nil {
			return t, err
		}
		if t.key != noVariable {
			m.uses |= 1 << t.key
		}
		sc.space()
		return t, nil
	}
	if sc.depth++; sc.depth > maxDepth {
		return t, sc.fail(open, "parentheses are nested too deep")
	}
	if t.group, err = sc.terms(m); err != nil {
		return t, err
	}
	if !sc.take(')') {
		if sc.end() {
			return t, sc.fail(open, "expected ')' for the '('")
		}
		return t, sc.fail(sc.i, "expected 'and', 'or' or ')'")
	}
	sc.depth--
	sc.space()
	return t, nil
}

// comparison reads: operand operator operand.
func (sc *scanner) comparison(c *comparison) (err error) {
	if c.left, err = sc.operand(); err != nil {
		return err
	}
	sc.space()
	if c.op, err = sc.operator(); err != nil {
		return err
	}
	sc.space()
	if c.right, err = sc.operand(); err != nil {
		return err
	}
	c.compile()
	return nil
}

// operand reads a variable or a quoted string.
func (sc *scanner) operand() (operand, error) {
	if sc.at('"') || sc.at('\'') {
		return sc.quoted()
	}
	at, name := sc.i, sc.word()
	if name == "" {
		return operand{}, sc.fail(at, "expected a marker variable or a quoted string")
	}
	sc.i += len(name)
	switch name {
	case "os", "sys", "platform":
		if sc.take('.') {
			sc.i += len(sc.word())
			name = sc.s[at:sc.i]
		}
	}
	v := variableSpelled(name)
	if v == noVariable {
		return operand{}, sc.fail(at, "unknown marker variable %s", quote(name))
	}
	return operand{v, v.String()}, nil
}

func (sc *scanner) quoted() (operand, error) {
	open := sc.i
	s := sc.s[open+1:]
	n := strings.IndexByte(s, sc.s[open])
	if n < 0 {
		return operand{}, sc.fail(open, "expected a closing %c for the string", sc.s[open])
	}
	value, at, msg := unquote(s[:n])
	if msg != "" {
		return operand{}, sc.fail(open+1+at, "%s", msg)
	}
	sc.i += n + 2
	return operand{text: value}, nil
}

func (sc *scanner) operator() (operator, error) {
	rest := sc.s[sc.i:]
	switch word := sc.word(); word {
	case "in":
		sc.i += len(word)
		return opIn, nil
	case "not":
		sc.i += len(word)
		after := sc.i
		sc.space()
		if sc.i == after || sc.word() != "in" {
			return 0, sc.fail(after, "expected ' in' after 'not'")
		}
		sc.i += len("in")
		return opNotIn, nil
	case "":
		for _, op := range [...]pep440.Op{
			pep440.OpArbitrary, pep440.OpEqual, pep440.OpCompatible, pep440.OpNotEqual,
			pep440.OpLessEqual, pep440.OpGreaterEqual, pep440.OpLess, pep440.OpGreater,
		} {
			if text := op.String(); strings.HasPrefix(rest, text) {
				sc.i += len(text)
				return operator(op), nil
			}
		}
	}
	return 0, sc.fail(sc.i, "expected a comparison (one of <=, <, !=, ==, >=, >, ~=, ===, in, not in)")
}

// compile chooses how c is evaluated. It keeps to the letter of packaging,
// where the left side decides: if it is a variable, the right side counts as
// text; if it is text, the right side is the name of a variable, even when
// that name is quoted.
func (c *comparison) compile() {
	if c.left.variable != noVariable {
		c.key = c.left.variable
		if c.key == extraName && c.right.variable == noVariable {
			c.right.text = NormalizeExtra(c.right.text)
		}
		c.compileVariable()
		return
	}
	c.key = c.right.variable
	if c.key == extraName || c.key == extrasSet || c.key == groupsSet {
		c.left.text = NormalizeExtra(c.left.text)
	}
	if c.key == noVariable {
		c.key = variableNamed(c.right.text)
	}
	switch {
	case c.key == noVariable:
		c.how = undefined
	case c.key.isSet():
		c.how = textInSet
	case c.key.isVersion() && c.op < opIn:
		c.how = textInVersion
		if v, err := pep440.Parse(c.left.text); err == nil {
			c.version = v
		}
	default:
		c.how = textVariable
	}
}

func (c *comparison) compileVariable() {
	switch {
	case c.key.isSet():
		c.how = undefined
		return
	case c.key.isVersion() && c.op < opIn:
		// The operator and the text are read together: packaging takes
		// < and "=3.8" for <=3.8.
		if spec, err := pep440.ParseSpecifier(c.op.String() + c.right.text); err == nil {
			c.how, c.spec = versionInSpec, spec
			return
		}
	}
	c.how = variableInText
}
