package pyimport

import "strings"

// statements takes simple statements with semicolons between them.
func (s *scanner) statements(tokens []token) {
	depth, start := 0, 0
	for i := range tokens {
		switch t := &tokens[i]; {
		case t.kind == kindText:
		case t.is("(") || t.is("[") || t.is("{"):
			depth++
		case t.is(")") || t.is("]") || t.is("}"):
			depth--
		case t.is(";") && depth <= 0:
			s.statement(tokens[start:i])
			start = i + 1
		}
	}
	s.statement(tokens[start:])
}

// statement takes a simple statement.
func (s *scanner) statement(tokens []token) {
	if len(tokens) == 0 {
		return
	}
	place, main := s.place()
	lazy := false
	if len(tokens) > 1 && tokens[0].is("lazy") && (tokens[1].is("import") || tokens[1].is("from")) {
		tokens, lazy = tokens[1:], true // PEP 810: once it is used
	}
	at := Import{Place: place, Main: main, Line: tokens[0].line}
	if lazy {
		at.Place = max(at.Place, Maybe)
	}
	switch {
	case tokens[0].is("import"):
		s.plain(tokens[1:], at)
		return
	case tokens[0].is("from") && s.from(tokens[1:], at):
		return
	case tokens[0].is("raise") && place == Always && len(s.blocks) == 0:
		s.ended = true
	}
	s.bind(tokens)
	s.calls(tokens)
	if tokens[0].kind == kindText && len(tokens) == 1 || tokens[0].is("pass") {
		return // which cannot fail
	}
	s.failable()
}

// failable notes a statement that is no import: what stands behind it in a try runs
// only if it did not fail.
func (s *scanner) failable() {
	for i := range s.blocks {
		if b := &s.blocks[i]; b.tries {
			b.place, b.tries = max(b.place, Maybe), false
		}
	}
}

// plain reads what follows "import".
func (s *scanner) plain(tokens []token, at Import) {
	for len(tokens) > 0 {
		var name string
		name, tokens = dotted(tokens)
		if name == "" {
			return
		}
		one := at
		one.Module = name
		s.file.Imports = append(s.file.Imports, one)
		first, _, _ := strings.Cut(name, ".")
		if len(tokens) > 1 && tokens[0].is("as") {
			first, tokens = tokens[1].text, tokens[2:]
		}
		s.bindName(first)
		if len(tokens) == 0 || !tokens[0].is(",") {
			return
		}
		tokens = tokens[1:]
	}
}

// from reads what follows "from", and reports whether it is an import.
func (s *scanner) from(tokens []token, at Import) bool {
	for len(tokens) > 0 && tokens[0].is(".") {
		at.Level++
		tokens = tokens[1:]
	}
	if len(tokens) > 0 && !tokens[0].is("import") {
		at.Module, tokens = dotted(tokens)
	}
	if at.Level == 0 && at.Module == "" || len(tokens) < 2 || !tokens[0].is("import") {
		return false
	}
	at.Names = []string{}
	tokens = tokens[1:]
	for i := 0; i < len(tokens); i++ {
		switch t := &tokens[i]; {
		case t.is("*"):
			at.Names = append(at.Names, "*")
			s.file.Dynamic = true
		case t.is("as"):
			if i++; i < len(tokens) { // the name it gets
				s.bindName(tokens[i].text)
			}
		case t.kind == kindName:
			at.Names = append(at.Names, t.text)
		}
	}
	s.file.Imports = append(s.file.Imports, at)
	return true
}

// dotted reads a dotted name.
func dotted(tokens []token) (name string, rest []token) {
	for len(tokens) > 0 && tokens[0].kind == kindName {
		name += tokens[0].text
		tokens = tokens[1:]
		if len(tokens) < 2 || !tokens[0].is(".") {
			return name, tokens
		}
		name += "."
		tokens = tokens[1:]
	}
	return name, tokens
}

// calls looks for imports by calls: __import__("x") and import_module("x").
func (s *scanner) calls(tokens []token) {
	for i := 0; i+2 < len(tokens); i++ {
		t := &tokens[i]
		if !t.is("__import__") && !t.is("import_module") || !tokens[i+1].is("(") {
			continue
		}
		if i > 0 && tokens[i-1].is("def") {
			continue
		}
		arg := &tokens[i+2]
		if arg.kind != kindText || arg.text == "" {
			s.file.Computed++
			continue
		}
		place, main := s.place()
		name, level := arg.text, 0
		for len(name) > 0 && name[0] == '.' {
			name, level = name[1:], level+1
		}
		s.file.Imports = append(s.file.Imports, Import{Module: name, Level: level, Place: max(place, Maybe), Main: main, Line: t.line})
	}
}
