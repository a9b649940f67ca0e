package workflow

import (
	"math"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/matrix/workflow/yamledit"
)

// unknown is the type of [Unknown].
type unknown struct{}

// Unknown is the value of what is known only when the workflow runs.
var Unknown any = unknown{}

// scalarValue returns what a scalar is for GitHub: nil, a bool, a float64 or a
// string. That is YAML 1.2's core schema: 3.10 is the number 3.1, and on is a string.
func scalarValue(n *yaml.Node) any {
	const quoted = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	if n.Style&quoted != 0 || n.Style&yaml.TaggedStyle != 0 && n.ShortTag() == "!!str" {
		return n.Value
	}
	switch n.Value {
	case "", "null", "Null", "NULL", "~":
		return nil
	case "true", "True", "TRUE":
		return true
	case "false", "False", "FALSE":
		return false
	}
	if f, ok := number(n.Value); ok {
		return f
	}
	return n.Value
}

// number reads a number as YAML 1.2 has it.
func number(s string) (float64, bool) {
	switch strings.TrimLeft(s, "+-") {
	case ".inf", ".Inf", ".INF":
		return math.Inf(map[bool]int{true: -1, false: 1}[s[0] == '-']), len(s)-len(strings.TrimLeft(s, "+-")) < 2
	case ".nan", ".NaN", ".NAN":
		return math.NaN(), s[0] == '.'
	}
	if hex, ok := strings.CutPrefix(s, "0x"); ok {
		return integer(hex, 16)
	}
	if octal, ok := strings.CutPrefix(s, "0o"); ok {
		return integer(octal, 8)
	}
	digits := false
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			digits = true
		case (c == '+' || c == '-') && (i == 0 || s[i-1]|0x20 == 'e'), c == '.', (c == 'e' || c == 'E') && digits:
		default:
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && digits
}

func integer(s string, base int) (float64, bool) {
	if strings.HasPrefix(s, "+") || strings.HasPrefix(s, "-") || strings.Contains(s, "_") {
		return 0, false
	}
	i, err := strconv.ParseInt(s, base, 32)
	return float64(i), err == nil
}

// FormatNumber writes a number as GitHub does in a string: 3.10 becomes 3.1.
func FormatNumber(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0:
		return "0"
	}
	const digits = 15 // of .NET's G15
	s := strconv.FormatFloat(f, 'G', digits, 64)
	mantissa, exponent, ok := strings.Cut(s, "E")
	if strings.Contains(mantissa, ".") {
		mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	}
	if !ok {
		return mantissa
	}
	return mantissa + "E" + exponent
}

// nodeValue returns a node's value: that of a scalar, []any, map[string]any.
// Expressions in strings are evaluated; nodes nested too deeply are Unknown.
func nodeValue(n *yaml.Node, ctx *Context, depth int) any {
	n = yamledit.Resolve(n)
	if n == nil {
		return nil
	}
	if depth > maxDepth {
		return Unknown
	}
	switch n.Kind {
	case yaml.ScalarNode:
		v := scalarValue(n)
		if s, ok := v.(string); ok {
			return ctx.Value(s)
		}
		return v
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, c := range n.Content {
			list[i] = nodeValue(c, ctx, depth+1)
		}
		return list
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[yamledit.Resolve(n.Content[i]).Value] = nodeValue(n.Content[i+1], ctx, depth+1)
		}
		return m
	default: // documents hold no documents, aliases were followed
		return Unknown
	}
}

// maxDepth bounds how deeply values and expressions are followed.
const maxDepth = 50

// Number returns the number that a scalar is for GitHub, and false if it is none.
func Number(n *yaml.Node) (float64, bool) {
	f, ok := scalarValue(n).(float64)
	return f, ok
}
