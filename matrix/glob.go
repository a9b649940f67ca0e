package matrix

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxWords bounds what one selector may expand to, as cibuildwheel does; maxSelector
// how long it may be.
const (
	maxWords    = 1000
	maxSelector = 4096
)

// Match reports whether a list of selectors, separated by white space, has one
// that matches an identifier, as cibuildwheel understands it: braces are expanded as
// a shell does, and what results is a pattern of fnmatch.
func Match(selectors, identifier string) bool {
	for word := range strings.FieldsSeq(selectors) {
		patterns, err := expandBraces(word)
		if err != nil {
			continue // refused when the project was read
		}
		for _, p := range patterns {
			if fnmatch(p, identifier) {
				return true
			}
		}
	}
	return false
}

// checkSelectors reports a selector that cannot be expanded.
func checkSelectors(selectors string) error {
	for word := range strings.FieldsSeq(selectors) {
		if _, err := expandBraces(word); err != nil {
			return fmt.Errorf("selector %q: %w", word, err)
		}
	}
	return nil
}

// fnmatch reports whether a name matches a pattern of Python's fnmatch on a system
// that minds case: *, ?, [abc], [a-z], [!abc].
func fnmatch(pattern, name string) bool {
	var afterStar, tried string // where to go on if what follows the last star fails
	starred := false
	for {
		switch rest, ok := matchOne(pattern, name); {
		case strings.HasPrefix(pattern, "*"):
			pattern = pattern[1:]
			afterStar, tried, starred = pattern, name, true
		case ok:
			pattern, name = rest, name[1:]
		case pattern == "" && name == "":
			return true
		case !starred || tried == "":
			return false
		default:
			tried = tried[1:]
			pattern, name = afterStar, tried
		}
	}
}

// matchOne matches the first character of a name, and returns the rest of the pattern.
func matchOne(pattern, name string) (rest string, ok bool) {
	if pattern == "" || name == "" {
		return "", false
	}
	switch pattern[0] {
	case '?':
		return pattern[1:], true
	case '[':
		if set, rest, ok := class(pattern); ok {
			return rest, inClass(set, name[0])
		} // a bracket that nothing closes stands for itself
	}
	return pattern[1:], pattern[0] == name[0]
}

// class cuts the class that a pattern begins with: what stands between its
// brackets, and what follows. A ] that comes first is a member.
func class(pattern string) (set, rest string, ok bool) {
	first := 1
	if strings.HasPrefix(pattern[first:], "!") {
		first++
	}
	if strings.HasPrefix(pattern[first:], "]") {
		first++
	}
	end := strings.IndexByte(pattern[first:], ']')
	if end < 0 {
		return "", "", false
	}
	return pattern[1 : first+end], pattern[first+end+1:], true
}

func inClass(set string, c byte) bool {
	set, negated := strings.CutPrefix(set, "!")
	for i := 0; i < len(set); i++ {
		if i+2 < len(set) && set[i+1] == '-' {
			if set[i] <= c && c <= set[i+2] {
				return !negated
			}
			i += 2
			continue
		}
		if set[i] == c {
			return !negated
		}
	}
	return negated
}

// expandBraces expands {a,b} and {1..3} as bash does. Braces without a comma or a
// range, and those behind a $, stand for themselves; a backslash makes the next
// character plain.
func expandBraces(word string) ([]string, error) {
	if len(word) > maxSelector {
		return nil, fmt.Errorf("it is longer than %d characters", maxSelector)
	}
	words, err := expand(word)
	if err != nil {
		return nil, err
	}
	plain := words[:0]
	for _, w := range words {
		if w = unescape(w); w != "" {
			plain = append(plain, w)
		}
	}
	return plain, nil
}

// expand is expandBraces with backslashes left where they are.
func expand(word string) ([]string, error) {
	open, end, parts := firstGroup(word)
	if open < 0 {
		return []string{word}, nil
	}
	var middles []string
	if len(parts) > 1 {
		for _, part := range parts {
			inner, err := expand(part)
			if err != nil {
				return nil, err
			}
			middles = append(middles, inner...)
		}
	} else {
		middles = span(word[open+1 : end])
	}
	tails, err := expand(word[end+1:])
	if err != nil {
		return nil, err
	}
	if len(middles)*len(tails) > maxWords {
		return nil, fmt.Errorf("its braces expand to more than %d words", maxWords)
	}
	var words []string
	for _, m := range middles {
		for _, t := range tails {
			words = append(words, word[:open]+m+t)
		}
	}
	return words, nil
}

// firstGroup finds the first braces of a word that expand: where they stand, and
// what their commas separate; open is -1 if there are none. One part is a range.
func firstGroup(word string) (open, end int, parts []string) {
	for i := 0; i < len(word); i++ {
		switch {
		case word[i] == '\\':
			i++
		case word[i] == '$' && strings.HasPrefix(word[i+1:], "{"):
			if n := closing(word[i+1:]); n > 0 {
				i += 1 + n
			}
		case word[i] == '{':
			n := closing(word[i:])
			if n < 0 {
				continue
			}
			if parts = splitGroup(word[i+1 : i+n]); len(parts) > 1 || span(word[i+1:i+n]) != nil {
				return i, i + n, parts
			}
		}
	}
	return -1, -1, nil
}

// closing returns where the brace is that closes the one text begins with, -1 if
// none does.
func closing(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// splitGroup splits what stands between braces at the commas that no inner braces
// enclose.
func splitGroup(text string) []string {
	var parts []string
	depth, start := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, text[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, text[start:])
}

// span expands the inside of {1..9}, {01..10..3} or {a..e}; nil if it is none.
func span(text string) []string {
	ends := strings.Split(text, "..")
	if len(ends) != 2 && len(ends) != 3 {
		return nil
	}
	step := 1
	if len(ends) == 3 {
		n, err := strconv.Atoi(ends[2])
		if err != nil {
			return nil
		}
		step = max(n, -n, 1)
	}
	from, to := ends[0], ends[1]
	if isLetter(from) && isLetter(to) {
		return letters(from[0], to[0], step)
	}
	width, err := spanWidth(from, to)
	if err != nil {
		return nil
	}
	a, _ := strconv.Atoi(from)
	b, _ := strconv.Atoi(to)
	var words []string
	for n := range steps(a, b, step) {
		text := fmt.Sprintf("%0*d", width, n)
		words = append(words, text)
		if len(words) > maxWords {
			break // the caller refuses it
		}
	}
	return words
}

func letters(from, to byte, step int) []string {
	var words []string
	for n := range steps(int(from), int(to), step) {
		words = append(words, string(rune(n)))
	}
	return words
}

// steps yields the numbers from a to b, both included, in either direction.
func steps(a, b, step int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for n := a; a <= b && n <= b || a > b && n >= b; {
			if !yield(n) {
				return
			}
			if a <= b {
				n += step
			} else {
				n -= step
			}
		}
	}
}

// errNoSpan says that the ends of a range are no numbers.
var errNoSpan = errors.New("not a range of numbers")

// spanWidth returns how wide the numbers of a range are written: as the wider end,
// if one of them has a leading zero.
func spanWidth(from, to string) (int, error) {
	width, padded := 0, false
	for _, end := range []string{from, to} {
		digits := strings.TrimLeft(end, "+-")
		if _, err := strconv.Atoi(end); err != nil || len(end)-len(digits) > 1 {
			return 0, errNoSpan
		}
		padded = padded || len(digits) > 1 && digits[0] == '0'
		width = max(width, len(strings.TrimPrefix(end, "+")))
	}
	if !padded {
		width = 0
	}
	return width, nil
}

func isLetter(s string) bool {
	return len(s) == 1 && (s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z')
}

// unescape takes out the backslashes that make a character plain.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			if i++; i == len(s) {
				break
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
