package workflow

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// call reads the arguments of a function, whose parenthesis is open, and calls it.
func (e *evaluator) call(name string) (any, error) {
	var args []any
	if _, ok := e.accept(")"); !ok {
		for {
			v, err := e.or()
			if err != nil {
				return nil, err
			}
			args = append(args, v)
			if _, ok := e.accept(","); ok {
				continue
			}
			if _, ok := e.accept(")"); ok {
				break
			}
			return nil, errExpression
		}
	}
	if name == "always" {
		return true, nil
	}
	if slices.ContainsFunc(args, func(v any) bool { return v == Unknown }) {
		return Unknown, nil
	}
	return apply(name, args), nil
}

// apply calls a function with values that are known; Unknown is the answer of those
// that ask the run, and of wrong calls.
func apply(name string, args []any) any {
	texts := make([]string, len(args))
	scalars := true
	for i, v := range args {
		var ok bool
		texts[i], ok = toText(v)
		scalars = scalars && ok
	}
	switch {
	case name == "contains" && len(args) == 2:
		if list, ok := args[0].([]any); ok {
			return containsValue(list, args[1])
		}
		if scalars {
			return strings.Contains(strings.ToLower(texts[0]), strings.ToLower(texts[1]))
		}
	case name == "startswith" && len(args) == 2 && scalars:
		return strings.HasPrefix(strings.ToLower(texts[0]), strings.ToLower(texts[1]))
	case name == "endswith" && len(args) == 2 && scalars:
		return strings.HasSuffix(strings.ToLower(texts[0]), strings.ToLower(texts[1]))
	case name == "format" && len(args) > 0 && scalars:
		return format(texts[0], texts[1:])
	case name == "join" && (len(args) == 1 || len(args) == 2):
		return joinValues(args)
	case name == "fromjson" && len(args) == 1 && scalars:
		var v any
		if json.Unmarshal([]byte(texts[0]), &v) == nil {
			return v
		}
	}
	return Unknown
}

func containsValue(list []any, item any) any {
	open := false
	for _, v := range list {
		if v == Unknown {
			open = true
		} else if equal(v, item) {
			return true
		}
	}
	if open {
		return Unknown
	}
	return false
}

func joinValues(args []any) any {
	separator := ","
	if len(args) == 2 {
		s, ok := toText(args[1])
		if !ok {
			return Unknown
		}
		separator = s
	}
	list, ok := args[0].([]any)
	if !ok {
		list = args[:1]
	}
	var texts []string
	for _, v := range list {
		s, ok := toText(v)
		if !ok {
			return Unknown
		}
		texts = append(texts, s)
	}
	return strings.Join(texts, separator)
}

// format puts arguments in the places of {0}, {1}; {{ is a brace.
func format(s string, args []string) any {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "{{"), strings.HasPrefix(s[i:], "}}"):
			b.WriteByte(s[i])
			i++
		case s[i] == '{':
			number, _, ok := strings.Cut(s[i+1:], "}")
			n, err := strconv.Atoi(number)
			if !ok || err != nil || n < 0 || n >= len(args) {
				return Unknown
			}
			b.WriteString(args[n])
			i += len(number) + 1
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
