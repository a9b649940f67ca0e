package markertext

import (
	"fmt"
	"strings"
)

// maxDepth bounds nesting, as a guard of the stack.
const maxDepth = 100

type parser struct {
	text string
	at   int
}

func parse(marker string) (*node, error) {
	p := &parser{text: marker}
	n, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.blank(); p.at < len(p.text) {
		return nil, p.fail("unexpected text")
	}
	return n, nil
}

func (p *parser) fail(what string) error {
	return fmt.Errorf("marker %q: %s at byte %d", p.text, what, p.at)
}

func (p *parser) or(depth int) (*node, error)  { return p.joined("or", depth, p.and) }
func (p *parser) and(depth int) (*node, error) { return p.joined("and", depth, p.one) }

func (p *parser) joined(op string, depth int, part func(int) (*node, error)) (*node, error) {
	first, err := part(depth)
	if err != nil {
		return nil, err
	}
	parts := []*node{first}
	for p.word(op) {
		next, err := part(depth)
		if err != nil {
			return nil, err
		}
		parts = append(parts, next)
	}
	if len(parts) == 1 {
		return first, nil
	}
	return &node{op: op, parts: parts}, nil
}

func (p *parser) one(depth int) (*node, error) {
	p.blank()
	if strings.HasPrefix(p.text[p.at:], "(") {
		if depth == maxDepth {
			return nil, p.fail("too deep")
		}
		p.at++
		n, err := p.or(depth + 1)
		if err != nil {
			return nil, err
		}
		if p.blank(); !strings.HasPrefix(p.text[p.at:], ")") {
			return nil, p.fail(`no ")"`)
		}
		p.at++
		return n, nil
	}
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	op, err := p.operator()
	if err != nil {
		return nil, err
	}
	right, err := p.operand()
	if err != nil {
		return nil, err
	}
	return &node{cmp: comparison{left, op, right}}, nil
}

func (p *parser) operand() (string, error) {
	p.blank()
	rest := p.text[p.at:]
	if rest == "" {
		return "", p.fail("no operand")
	}
	if q := rest[0]; q == '\'' || q == '"' {
		end := strings.IndexByte(rest[1:], q)
		if end < 0 {
			return "", p.fail("no closing quote")
		}
		p.at += end + 2
		return rest[:end+2], nil
	}
	end := 0
	for end < len(rest) && isWord(rest[end]) {
		end++
	}
	if end == 0 {
		return "", p.fail("no operand")
	}
	p.at += end
	return rest[:end], nil
}

func (p *parser) operator() (string, error) {
	if p.word("in") {
		return "in", nil
	}
	if p.word("not") {
		if !p.word("in") {
			return "", p.fail(`no "in" after "not"`)
		}
		return "not in", nil
	}
	p.blank()
	for _, op := range []string{"===", "==", "!=", "<=", ">=", "~=", "<", ">"} {
		if strings.HasPrefix(p.text[p.at:], op) {
			p.at += len(op)
			return op, nil
		}
	}
	return "", p.fail("no operator")
}

// word takes a whole word if it comes next.
func (p *parser) word(w string) bool {
	p.blank()
	rest := p.text[p.at:]
	if !strings.HasPrefix(rest, w) || len(rest) > len(w) && isWord(rest[len(w)]) {
		return false
	}
	p.at += len(w)
	return true
}

func (p *parser) blank() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

func isWord(c byte) bool {
	return c == '_' || c == '.' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}
