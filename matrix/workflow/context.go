package workflow

import "strings"

// A Context is what expressions are asked of: values by the names of contexts, in
// small letters: "matrix", "env", "runner". Others are Unknown. The zero Context knows
// nothing but what expressions say themselves.
type Context struct {
	Values map[string]any
}

func (c *Context) value(name string) any {
	if c != nil {
		if v, ok := c.Values[name]; ok {
			return v
		}
	}
	return Unknown
}

// With returns a context that has one more value.
func (c *Context) With(name string, v any) *Context {
	values := map[string]any{name: v}
	if c != nil {
		for k, x := range c.Values {
			if k != name {
				values[k] = x
			}
		}
	}
	return &Context{values}
}

// Value returns what a string of a workflow is with its expressions evaluated: any
// value if it is one expression, else a string; Unknown if an expression is.
func (c *Context) Value(s string) any {
	parts := split(s)
	if len(parts) == 1 && parts[0].expr {
		v, _, _ := c.evaluate(parts[0].text)
		return v
	}
	var b strings.Builder
	for _, p := range parts {
		if !p.expr {
			b.WriteString(p.text)
			continue
		}
		v, _, _ := c.evaluate(p.text)
		text, ok := toText(v)
		if !ok {
			return Unknown
		}
		b.WriteString(text)
	}
	return b.String()
}

// Text is Value as a string; known is false if that can't be said.
func (c *Context) Text(s string) (text string, known bool) { return toText(c.Value(s)) }

// May reports whether a condition may hold: that of an if, with or without ${{ }}.
// It is false only where the condition is known not to hold. None is one that holds.
func (c *Context) May(condition string) bool {
	if strings.TrimSpace(condition) == "" {
		return true
	}
	var v any
	if strings.Contains(condition, "${{") {
		v = c.Value(condition)
	} else {
		v, _, _ = c.evaluate(condition)
	}
	truth, known := truthy(v)
	return truth || !known
}

// Refs returns the properties of contexts that the expressions of a string ask for,
// such as "matrix.os"; whole says that the string is an expression without ${{ }}, as
// conditions may be.
func Refs(s string, whole bool) []string {
	var c *Context
	if whole && !strings.Contains(s, "${{") {
		_, refs, _ := c.evaluate(s)
		return refs
	}
	var refs []string
	for _, p := range split(s) {
		if p.expr {
			_, r, _ := c.evaluate(p.text)
			refs = append(refs, r...)
		}
	}
	return refs
}

// A part of a string is text, or the inside of ${{ }}.
type part struct {
	text string
	expr bool
}

// split takes a string apart.
func split(s string) []part {
	var parts []part
	for {
		i := strings.Index(s, "${{")
		if i < 0 {
			break
		}
		end := exprEnd(s, i+len("${{"))
		if end < 0 {
			break
		}
		if i > 0 {
			parts = append(parts, part{s[:i], false})
		}
		parts = append(parts, part{s[i+len("${{") : end], true})
		s = s[end+len("}}"):]
	}
	if s != "" || len(parts) == 0 {
		parts = append(parts, part{s, false})
	}
	return parts
}

// exprEnd finds the }} of an expression, not within a string; -1 if there is none.
func exprEnd(s string, at int) int {
	quoted := false
	for i := at; i < len(s); i++ {
		switch {
		case s[i] == '\'':
			quoted = !quoted
		case !quoted && strings.HasPrefix(s[i:], "}}"):
			return i
		}
	}
	return -1
}
