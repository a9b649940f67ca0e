package pyimport

import (
	"bytes"
	"maps"
	"slices"
)

// A Place says when an import runs, seen from its module.
type Place uint8

// The places, from certain to never.
const (
	// Always is whenever the module is imported.
	Always Place = iota
	// Tried is among the imports that a try begins with, and nothing less certain
	// is around it; or what is taken from a package that may make the name itself.
	Tried
	// Maybe is in a function, a condition, a loop, a handler, or further down in a
	// try; and where the import is a call.
	Maybe
	// Never is where only type checkers look.
	Never
)

// An Import is one import.
type Import struct {
	// Module is what is imported, "" with dots alone; Level counts the dots in front
	// of it.
	Module string `json:"m,omitempty"`
	Level  int    `json:"l,omitempty"`
	// Names are what is taken from it, nil for a plain import; "*" is everything.
	Names []string `json:"n,omitempty"`
	Place Place    `json:"p,omitempty"`
	// Main reports that it runs only where the module is the program.
	Main bool `json:"main,omitempty"`
	Line int  `json:"at"`
}

// A File is what a source file tells.
type File struct {
	Imports []Import `json:"i,omitempty"`
	// Bound are the names that the module gives itself other than by importing its
	// own submodules, sorted: by assignments, definitions, imports with "as".
	Bound []string `json:"b,omitempty"`
	// Dynamic reports that it may have further names: it takes everything of
	// another module, or makes names by calls.
	Dynamic bool `json:"d,omitempty"`
	// Computed counts the calls that import what is not written out.
	Computed int `json:"c,omitempty"`
}

// Scan reads source. Of a file that is too large it reads the beginning.
func Scan(src []byte) *File {
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	s := &scanner{file: &File{}, bound: map[string]bool{}}
	x := &lexer{src: src[:min(len(src), maxSource)], line: 1}
	if len(src) > maxSource {
		s.file.Dynamic = true
		s.file.Computed++
	}
	for {
		l, ok := x.next()
		if !ok {
			s.file.Bound = slices.Sorted(maps.Keys(s.bound))
			return s.file
		}
		s.logical(&l)
	}
}

// A scanner knows in which blocks the current line stands.
type scanner struct {
	file   *File
	bound  map[string]bool
	blocks []block
	// last is how the if that an else may belong to is to be taken.
	last map[int]block // by indent
	// ended reports that a raise of the module itself ends it.
	ended bool
}

// A block is a compound statement.
type block struct {
	indent int // of its head
	place  Place
	main   bool
	scope  bool // names in it are not the module's
	// tries reports that it is the body of a try of which only imports were seen.
	tries bool
	// other is what an else of it is.
	other Place
}

// logical takes a logical line.
func (s *scanner) logical(l *logical) {
	for len(s.blocks) > 0 && l.indent <= s.blocks[len(s.blocks)-1].indent {
		s.blocks = s.blocks[:len(s.blocks)-1]
	}
	for i := range l.tokens {
		if t := &l.tokens[i]; t.kind == kindName && makesNames(t.text) {
			s.file.Dynamic = true
		}
	}
	head, body, compound := cutHead(l.tokens)
	if !compound {
		s.statements(l.tokens)
		return
	}
	s.bindHead(head)
	s.calls(head)
	s.failable()
	s.blocks = append(s.blocks, s.block(l.indent, head))
	if len(body) > 0 { // on the same line
		s.statements(body)
		s.blocks = s.blocks[:len(s.blocks)-1]
	}
}

// makesNames reports whether a name in a module's source lets it have names that
// do not stand there.
func makesNames(name string) bool {
	switch name {
	case "__getattr__", "globals", "locals", "vars", "setattr", "exec", "eval", "__dict__":
		return true
	}
	return false
}

// place is where a statement in the current blocks stands.
func (s *scanner) place() (p Place, main bool) {
	for _, b := range s.blocks {
		p = max(p, b.place)
		main = main || b.main
	}
	if s.ended {
		p = Never
	}
	return p, main
}

// block is the one that a head begins.
func (s *scanner) block(indent int, head []token) block {
	b := block{indent: indent, place: Maybe, other: Maybe}
	if s.last == nil {
		s.last = map[int]block{}
	}
	before, chained := s.last[indent]
	delete(s.last, indent)
	switch word := headWord(head); word {
	case "def":
		b.scope = true
	case "class":
		b.place, b.scope = Always, true
	case "finally":
		b.place = Always
	case "try":
		b.place, b.tries = Tried, true
	case "with":
		// What it opens may swallow what fails in it.
		b.place, b.tries = Tried, true
		if mentions(head, "catch_warnings") {
			b.place, b.tries = Always, false
		}
	case "if", "elif":
		b.place, b.other, b.main = condition(head)
		if word == "elif" {
			if b.place != Never {
				b.place = Maybe
			}
			if chained {
				b.other = max(b.other, before.other)
			}
		}
		s.last[indent] = b
	case "else":
		if chained {
			b.place = before.other
		}
	}
	return b
}

// headWord is the word that says what kind of block a head begins.
func headWord(head []token) string {
	if head[0].is("async") && len(head) > 1 {
		return head[1].text
	}
	return head[0].text
}

func mentions(tokens []token, name string) bool {
	for i := range tokens {
		if tokens[i].is(name) {
			return true
		}
	}
	return false
}

// condition says how the body of an if is to be taken, and its else.
func condition(head []token) (body, other Place, main bool) {
	words := head[1:]
	negated := len(words) > 0 && words[0].is("not")
	if negated {
		words = words[1:]
	}
	body, other = Maybe, Maybe
	switch {
	case isTypeChecking(words), len(words) == 1 && (words[0].is("False") || words[0].is("0")):
		body, other = Never, Always
	case len(words) == 1 && (words[0].is("True") || words[0].is("1")):
		body, other = Always, Never
	case !negated && isMain(words):
		return Always, Maybe, true
	}
	if negated {
		body, other = other, body
	}
	return body, other, false
}

// isTypeChecking matches TYPE_CHECKING and typing.TYPE_CHECKING.
func isTypeChecking(words []token) bool {
	switch len(words) {
	case 1:
		return words[0].is("TYPE_CHECKING")
	case 3:
		return words[0].kind == kindName && words[1].is(".") && words[2].is("TYPE_CHECKING")
	}
	return false
}

// isMain matches __name__ == "__main__", either way around.
func isMain(words []token) bool {
	if len(words) != 4 || !words[1].is("=") || !words[2].is("=") {
		return false
	}
	a, b := words[0], words[3]
	if a.kind == kindText {
		a, b = b, a
	}
	return a.is("__name__") && b.kind == kindText && b.text == "__main__"
}

// cutHead splits a compound statement into its head and what follows the colon on
// the same line.
func cutHead(tokens []token) (head, body []token, compound bool) {
	word := headWord(tokens)
	switch word {
	case "if", "elif", "else", "for", "while", "try", "except", "finally", "with", "def", "class":
	case "match", "case": // words that can be names, too
		if n := len(tokens); !tokens[n-1].is(":") && word == "match" || n > 1 && (tokens[1].is("=") || tokens[1].is(".") || tokens[1].is(":") || tokens[1].is(",")) {
			return tokens, nil, false
		}
	default:
		return tokens, nil, false
	}
	depth, lambdas := 0, 0
	for i := range tokens {
		t := &tokens[i]
		switch {
		case t.kind == kindText:
		case t.is("(") || t.is("[") || t.is("{"):
			depth++
		case t.is(")") || t.is("]") || t.is("}"):
			depth--
		case depth > 0:
		case t.is("lambda"):
			lambdas++
		case t.is(":") && i+1 < len(tokens) && tokens[i+1].is("=") && lambdas == 0:
			// a walrus
		case t.is(":") && lambdas > 0:
			lambdas--
		case t.is(":"):
			return tokens[:i], tokens[i+1:], true
		}
	}
	return tokens, nil, false
}
