package pep440

import "strings"

// Op is the operator of a specifier.
type Op uint8

// The operators of PEP 440.
const (
	OpCompatible   Op = iota + 1 // ~=
	OpEqual                      // ==
	OpNotEqual                   // !=
	OpLessEqual                  // <=
	OpGreaterEqual               // >=
	OpLess                       // <
	OpGreater                    // >
	OpArbitrary                  // ===
)

var opText = [...]string{
	OpCompatible: "~=", OpEqual: "==", OpNotEqual: "!=", OpLessEqual: "<=",
	OpGreaterEqual: ">=", OpLess: "<", OpGreater: ">", OpArbitrary: "===",
}

// String returns the operator as it is written.
func (o Op) String() string {
	if int(o) < len(opText) {
		return opText[o]
	}
	return ""
}

// Specifier is one clause of a version specifier, such as >=1.2 or ==1.2.*.
// The zero value is not a specifier and contains nothing.
type Specifier struct {
	op       Op
	test     test
	wildcard bool
	// version is what follows the operator, without ".*". It is the zero
	// Version if op is OpArbitrary and the text isn't a version.
	version Version
	// hi and lo are a key, or a mask for keys, depending on test.
	hi, lo uint64
	// text is what follows ===, as written.
	text string
}

// ParseSpecifier reads one clause. A refusal is a *SyntaxError.
func ParseSpecifier(s string) (Specifier, error) {
	c, err := parseSpecifier(s)
	if err != nil {
		return Specifier{}, err
	}
	return c, nil
}

func parseSpecifier(s string) (Specifier, *SyntaxError) {
	start, end := trimSpace(s)
	op, n := cutOp(s[start:end])
	fail := func(at int, msg string) (Specifier, *SyntaxError) {
		return Specifier{}, &SyntaxError{What: "version specifier", Input: s, Offset: at, Msg: msg}
	}
	if n == 0 && start < end && s[start] == '=' {
		return fail(start, "expected a version operator ('==', not '=')")
	}
	if n == 0 {
		return fail(start, "expected a version operator (one of ~=, ==, !=, <=, >=, <, >, ===)")
	}
	at, _ := trimSpace(s[start+n : end])
	at += start + n
	text := s[at:end]
	if op == OpArbitrary {
		if i := strings.IndexFunc(text, endsArbitrary); i >= 0 {
			return fail(at+i, "white space, ';' and ')' can't be part of a version")
		}
		return arbitrary(text), nil
	}
	public, wildcard := text, false
	if op == OpEqual || op == OpNotEqual {
		public, wildcard = strings.CutSuffix(text, ".*")
	}
	v, err := parse(public)
	if err != nil {
		if strings.HasSuffix(text, ".*") && !wildcard {
			return fail(end-2, ".* can only follow == or !=")
		}
		return fail(at+err.Offset, err.Msg)
	}
	if wildcard && (v.IsPrerelease() || v.IsPostrelease() || v.HasLocal() || endsInSpace(public)) {
		return fail(end-2, ".* can only follow a release number")
	}
	spec, msg := newSpecifier(op, v, wildcard)
	if msg != "" {
		return fail(at, msg)
	}
	return spec, nil
}

// NewSpecifier builds the clause "op v". It fails for === and where PEP 440
// doesn't allow v: a local version after anything but == and !=, or fewer than
// two release numbers after ~=. It does not allocate on success.
func NewSpecifier(op Op, v Version) (Specifier, error) {
	if op == 0 || op >= OpArbitrary || !v.IsValid() {
		return Specifier{}, &SyntaxError{What: "version specifier", Input: op.String() + v.String(), Msg: "expected an operator other than === and a version"}
	}
	spec, msg := newSpecifier(op, v, false)
	if msg != "" {
		return Specifier{}, &SyntaxError{What: "version specifier", Input: op.String() + v.String(), Offset: len(op.String()), Msg: msg}
	}
	return spec, nil
}

func newSpecifier(op Op, v Version, wildcard bool) (spec Specifier, msg string) {
	if op != OpEqual && op != OpNotEqual && v.HasLocal() {
		return spec, "a local version can only follow == or !="
	}
	if op == OpCompatible && v.releaseLen() < 2 {
		return spec, "~= needs at least two release numbers"
	}
	return Specifier{op: op, version: v, wildcard: wildcard}.compiled(), ""
}

func arbitrary(text string) Specifier {
	spec := Specifier{op: OpArbitrary, text: text}
	if v, err := Parse(text); err == nil {
		spec.version = v
	}
	return spec.compiled()
}

// cutOp returns the operator at the start of s and its length.
func cutOp(s string) (Op, int) {
	if len(s) == 0 {
		return 0, 0
	}
	equals := len(s) > 1 && s[1] == '='
	switch s[0] {
	case '=':
		if equals && len(s) > 2 && s[2] == '=' {
			return OpArbitrary, 3
		}
		if equals {
			return OpEqual, 2
		}
	case '~':
		if equals {
			return OpCompatible, 2
		}
	case '!':
		if equals {
			return OpNotEqual, 2
		}
	case '<':
		if equals {
			return OpLessEqual, 2
		}
		return OpLess, 1
	case '>':
		if equals {
			return OpGreaterEqual, 2
		}
		return OpGreater, 1
	}
	return 0, 0
}

func endsArbitrary(r rune) bool { return isSpace(r) || r == ';' || r == ')' }

func endsInSpace(s string) bool {
	_, end := trimSpace(s)
	return end != len(s)
}

// releaseLen returns how many release numbers v was written with.
func (v Version) releaseLen() int {
	if v.wide != nil {
		return len(v.wide.release)
	}
	return int(v.lo & lenMask)
}

// Op returns the operator.
func (c Specifier) Op() Op { return c.op }

// Version returns what follows the operator, without the ".*" of a wildcard.
// It is not valid if the operator is === and the text isn't a version.
func (c Specifier) Version() Version { return c.version }

// Wildcard reports whether the version is followed by ".*".
func (c Specifier) Wildcard() bool { return c.wildcard }

// String returns the clause with its version normalised and without space. The
// text after === is kept as it is.
func (c Specifier) String() string { return string(c.append(nil)) }

func (c Specifier) append(b []byte) []byte {
	b = append(b, c.op.String()...)
	if c.op == OpArbitrary {
		return append(b, c.text...)
	}
	b, _ = c.version.AppendText(b)
	if c.wildcard {
		b = append(b, ".*"...)
	}
	return b
}

// MentionsPrerelease reports whether the clause asks for pre-releases by
// naming one, as >=2.0rc1 does. != names what is not wanted and never counts.
func (c Specifier) MentionsPrerelease() bool {
	return c.op != OpNotEqual && !c.wildcard && c.version.IsPrerelease()
}
