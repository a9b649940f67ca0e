package pyimport

// bindName notes a name that the module gets, unless it is one of a function's or
// a class's.
func (s *scanner) bindName(name string) {
	for i := range s.blocks {
		if s.blocks[i].scope {
			return
		}
	}
	s.bound[name] = true
}

// bind notes the names that a simple statement assigns to, rather one too many:
// all that stand to the left of its last "=", and those that "global" names.
func (s *scanner) bind(tokens []token) {
	if tokens[0].is("global") {
		for _, t := range tokens[1:] {
			if t.kind == kindName {
				s.bound[t.text] = true
			}
		}
		return
	}
	s.assigned(tokens)
}

// assigned notes the names to the left of the last "=" that assigns.
func (s *scanner) assigned(tokens []token) {
	last := -1
	for i := range tokens {
		if !tokens[i].is("=") {
			continue
		}
		before, after := i > 0 && isComparison(&tokens[i-1]), i+1 < len(tokens) && tokens[i+1].is("=")
		if !before && !after {
			last = i
		}
	}
	for i := range max(last, 0) {
		if t := &tokens[i]; t.kind == kindName && (i == 0 || !tokens[i-1].is(".")) {
			s.bindName(t.text)
		}
	}
}

// isComparison reports whether an operator before "=" makes it a comparison.
func isComparison(t *token) bool { return t.is("=") || t.is("<") || t.is(">") || t.is("!") }

// bindHead notes the names that the head of a compound statement binds: those of
// definitions, of loops, behind "as", and in patterns.
func (s *scanner) bindHead(head []token) {
	switch headWord(head) {
	case "def", "class":
		for i := range head {
			if (head[i].is("def") || head[i].is("class")) && i+1 < len(head) {
				s.bindName(head[i+1].text)
				break
			}
		}
		return
	case "for":
		for i := range head {
			if head[i].is("in") {
				break
			}
			if head[i].kind == kindName && !head[i].is("for") && !head[i].is("async") {
				s.bindName(head[i].text)
			}
		}
	case "case":
		for _, t := range head[1:] {
			if t.kind == kindName {
				s.bindName(t.text)
			}
		}
	}
	inAs, depth := false, 0
	for i := range head {
		switch t := &head[i]; {
		case t.is("as"):
			inAs, depth = true, 0
		case t.is("(") || t.is("["):
			depth++
		case t.is(")") || t.is("]"):
			depth--
			inAs = inAs && depth > 0
		case t.is(","):
			inAs = inAs && depth > 0
		case inAs && t.kind == kindName:
			s.bindName(t.text)
		}
	}
	s.assigned(head)
}
