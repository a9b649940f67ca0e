package workflow

import (
	"errors"
	"fmt"
	"strings"
)

// A token is a word of an expression.
type token struct {
	kind tokenKind
	text string // an identifier, an operator, a string's value, a number
}

type tokenKind int

const (
	tokenEnd tokenKind = iota
	tokenName
	tokenString
	tokenNumber
	tokenOperator
)

var errExpression = errors.New("malformed expression")

// lex splits an expression into its words.
func lex(s string) ([]token, error) {
	var list []token
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case c == '\'':
			text, n, ok := quotedString(s[i:])
			if !ok {
				return nil, fmt.Errorf("%w: a string that does not end", errExpression)
			}
			list = append(list, token{tokenString, text})
			i += n
		case isNameStart(c):
			n := i
			for n < len(s) && (isNameStart(s[n]) || s[n] == '-' || '0' <= s[n] && s[n] <= '9') {
				n++
			}
			list = append(list, token{tokenName, s[i:n]})
			i = n
		case '0' <= c && c <= '9' || (c == '-' || c == '+' || c == '.') && i+1 < len(s) && ('0' <= s[i+1] && s[i+1] <= '9' || c != '.' && s[i+1] == '.'):
			n := i + 1
			for n < len(s) && (isNameStart(s[n]) || s[n] == '.' || '0' <= s[n] && s[n] <= '9' || (s[n] == '-' || s[n] == '+') && s[n-1]|0x20 == 'e') {
				n++
			}
			list = append(list, token{tokenNumber, s[i:n]})
			i = n
		default:
			op := ""
			for _, o := range []string{"&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", ".", ",", "*"} {
				if strings.HasPrefix(s[i:], o) {
					op = o
					break
				}
			}
			if op == "" {
				return nil, fmt.Errorf("%w: %q", errExpression, s[i:i+1])
			}
			list = append(list, token{tokenOperator, op})
			i += len(op)
		}
	}
	return append(list, token{kind: tokenEnd}), nil
}

func isNameStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
}

// quotedString reads a string between single quotes, of which two are one.
func quotedString(s string) (text string, n int, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '\'' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 == len(s) || s[i+1] != '\'' {
			return b.String(), i + 1, true
		}
		b.WriteByte('\'')
		i++
	}
	return "", 0, false
}
