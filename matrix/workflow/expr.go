package workflow

import (
	"math"
	"strconv"
	"strings"
)

// An evaluator evaluates an expression while it reads it. Both sides of && and || are
// read; which one counts is known then.
type evaluator struct {
	ctx   *Context
	words []token
	at    int
	depth int
	// refs are the properties of contexts that were asked for: "matrix.os".
	refs []string
}

func (e *evaluator) peek() token { return e.words[e.at] }

func (e *evaluator) next() token {
	t := e.words[e.at]
	if t.kind != tokenEnd {
		e.at++
	}
	return t
}

// accept takes an operator if it is next.
func (e *evaluator) accept(ops ...string) (string, bool) {
	if t := e.peek(); t.kind == tokenOperator {
		for _, op := range ops {
			if t.text == op {
				e.at++
				return op, true
			}
		}
	}
	return "", false
}

// evaluate returns the value of an expression, Unknown for one that can't be read,
// and what it refers to.
func (c *Context) evaluate(expr string) (value any, refs []string, err error) {
	words, err := lex(expr)
	if err != nil {
		return Unknown, nil, err
	}
	e := &evaluator{ctx: c, words: words}
	v, err := e.or()
	if err == nil && e.peek().kind != tokenEnd {
		err = errExpression
	}
	if err != nil {
		return Unknown, e.refs, err
	}
	return v, e.refs, nil
}

func (e *evaluator) or() (any, error) {
	if e.depth++; e.depth > maxDepth {
		return nil, errExpression
	}
	defer func() { e.depth-- }()
	v, err := e.and()
	for err == nil {
		if _, ok := e.accept("||"); !ok {
			break
		}
		var w any
		if w, err = e.and(); err == nil {
			switch truth, known := truthy(v); {
			case !known:
				v = Unknown
			case !truth:
				v = w
			}
		}
	}
	return v, err
}

func (e *evaluator) and() (any, error) {
	v, err := e.equality()
	for err == nil {
		if _, ok := e.accept("&&"); !ok {
			break
		}
		var w any
		if w, err = e.equality(); err == nil {
			truth, known := truthy(v)
			other, otherKnown := truthy(w)
			switch {
			case !known && otherKnown && !other:
				v = w // falsy whatever the first is
			case !known:
				v = Unknown
			case truth:
				v = w
			}
		}
	}
	return v, err
}

func (e *evaluator) equality() (any, error) {
	v, err := e.comparison()
	for err == nil {
		op, ok := e.accept("==", "!=")
		if !ok {
			break
		}
		var w any
		if w, err = e.comparison(); err == nil {
			if v == Unknown || w == Unknown {
				v = Unknown
				continue
			}
			v = equal(v, w) == (op == "==")
		}
	}
	return v, err
}

func (e *evaluator) comparison() (any, error) {
	v, err := e.unary()
	for err == nil {
		op, ok := e.accept("<", "<=", ">", ">=")
		if !ok {
			break
		}
		var w any
		if w, err = e.unary(); err == nil {
			v = compare(v, w, op)
		}
	}
	return v, err
}

func (e *evaluator) unary() (any, error) {
	if _, ok := e.accept("!"); ok {
		if e.depth++; e.depth > maxDepth {
			return nil, errExpression
		}
		defer func() { e.depth-- }()
		v, err := e.unary()
		if truth, known := truthy(v); known {
			return !truth, err
		}
		return Unknown, err
	}
	return e.postfix()
}

// postfix reads a value with the properties and indexes behind it.
func (e *evaluator) postfix() (any, error) {
	v, ref, err := e.primary()
	for err == nil {
		if _, ok := e.accept("."); ok {
			t := e.next()
			switch {
			case t.kind == tokenName:
				v, ref = property(v, t.text), e.refer(ref, t.text)
			case t.kind == tokenOperator && t.text == "*":
				v, ref = Unknown, ""
			default:
				return nil, errExpression
			}
			continue
		}
		if _, ok := e.accept("["); !ok {
			break
		}
		if _, ok := e.accept("*"); ok {
			v, ref = Unknown, ""
		} else {
			var index any
			if index, err = e.or(); err != nil {
				break
			}
			if name, ok := index.(string); ok {
				ref = e.refer(ref, name)
			} else {
				ref = ""
			}
			v = property(v, index)
		}
		if _, ok := e.accept("]"); !ok {
			return nil, errExpression
		}
	}
	return v, err
}

// refer notes the first property that is asked of a context.
func (e *evaluator) refer(context, name string) string {
	if context != "" {
		e.refs = append(e.refs, context+"."+name)
	}
	return ""
}

// primary reads a literal, a context, a call or an expression in parentheses; ref is
// the name of a context.
func (e *evaluator) primary() (v any, ref string, err error) {
	t := e.next()
	switch t.kind {
	case tokenString:
		return t.text, "", nil
	case tokenNumber:
		if f, ok := number(t.text); ok {
			return f, "", nil
		}
	case tokenName:
		if _, ok := e.accept("("); ok {
			v, err = e.call(strings.ToLower(t.text))
			return v, "", err
		}
		switch t.text {
		case "true":
			return true, "", nil
		case "false":
			return false, "", nil
		case "null":
			return nil, "", nil
		case "NaN":
			return math.NaN(), "", nil
		case "Infinity":
			return math.Inf(1), "", nil
		}
		ref = strings.ToLower(t.text)
		return e.ctx.value(ref), ref, nil
	case tokenOperator:
		if t.text == "(" {
			if v, err = e.or(); err == nil {
				if _, ok := e.accept(")"); ok {
					return v, "", nil
				}
			}
		}
	case tokenEnd:
	}
	return nil, "", errExpression
}

// An open mapping may have more keys than are known.
type open map[string]any

// property returns a property or an element; what is not there is null.
func property(v, key any) any {
	if v == Unknown || key == Unknown {
		return Unknown
	}
	switch v := v.(type) {
	case open:
		if x := property(map[string]any(v), key); x != nil {
			return x
		}
		return Unknown
	case map[string]any:
		name, ok := key.(string)
		if !ok {
			return nil
		}
		if x, ok := v[name]; ok {
			return x
		}
		for k, x := range v {
			if strings.EqualFold(k, name) {
				return x
			}
		}
	case []any:
		if i := toNumber(key); i >= 0 && i < float64(len(v)) {
			return v[int(i)]
		}
	}
	return nil
}

// truthy reports whether a value counts as true; known is false for Unknown.
func truthy(v any) (truth, known bool) {
	switch v := v.(type) {
	case unknown:
		return false, false
	case nil:
		return false, true
	case bool:
		return v, true
	case float64:
		return v != 0 && !math.IsNaN(v), true
	case string:
		return v != "", true
	}
	return true, true
}

// toNumber makes a number of a value, NaN of what is none.
func toNumber(v any) float64 {
	switch v := v.(type) {
	case nil:
		return 0
	case bool:
		if v {
			return 1
		}
		return 0
	case float64:
		return v
	case string:
		s := strings.TrimSpace(v)
		if s == "" {
			return 0
		}
		if f, ok := number(s); ok {
			return f
		}
	}
	return math.NaN()
}

// equal compares as GitHub does: strings without regard to case; values of different
// types as numbers; lists and mappings are equal to none.
func equal(a, b any) bool {
	if s, ok := a.(string); ok {
		if t, ok := b.(string); ok {
			return strings.EqualFold(s, t)
		}
	}
	if a == nil && b == nil {
		return true
	}
	for _, v := range []any{a, b} {
		switch v.(type) {
		case []any, map[string]any:
			return false
		}
	}
	return toNumber(a) == toNumber(b)
}

func compare(a, b any, op string) any {
	if a == Unknown || b == Unknown {
		return Unknown
	}
	var order int
	s, ok := a.(string)
	t, both := b.(string)
	if ok && both {
		order = strings.Compare(strings.ToLower(s), strings.ToLower(t))
	} else {
		x, y := toNumber(a), toNumber(b)
		switch {
		case x < y:
			order = -1
		case x > y:
			order = 1
		case x != y:
			return false // not a number
		}
	}
	switch op {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

// toText makes a string of a value, and false of Unknown and of lists and mappings,
// which no one puts into text.
func toText(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		return FormatNumber(v), true
	case string:
		return v, true
	}
	return "", false
}
