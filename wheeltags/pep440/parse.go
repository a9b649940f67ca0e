package pep440

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SyntaxError says why a version or specifier was refused.
type SyntaxError struct {
	What   string // "version" or "version specifier"
	Input  string // as it was given
	Offset int    // in bytes from the start of Input
	Msg    string // what was expected or found there
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("invalid %s %s: %s at %d", e.What, quote(e.Input), e.Msg, e.Offset)
}

// quote quotes s for a message, shortened if it is very long.
func quote(s string) string {
	const limit = 200
	if len(s) <= limit {
		return strconv.Quote(s)
	}
	return strconv.Quote(strings.ToValidUTF8(s[:limit], "")) + "…"
}

// Parse reads one version in any spelling PEP 440 allows: surrounding space, a
// leading v, upper case, alternative separators and names of suffixes. A
// refusal is a *SyntaxError. For a version that fits the packed form Parse does
// not allocate.
func Parse(s string) (Version, error) {
	v, err := parse(s)
	if err != nil {
		return Version{}, err
	}
	return v, nil
}

func parse(s string) (Version, *SyntaxError) {
	if v, ok := parseOrdinary(s); ok {
		return v, nil
	}
	p := parser{s: s, end: len(s)}
	return p.parse()
}

// MustParse is Parse for versions known to be good; it panics on any other.
func MustParse(s string) Version {
	v, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return v
}

// parseOrdinary reads what nearly every version looks like: short release
// numbers and at most one suffix, normalised. It reports false for anything
// else, good or bad.
func parseOrdinary(s string) (v Version, ok bool) {
	var r [4]uint64
	limits := [4]uint64{max0, max1, max2, max3}
	i, n := 0, 0
	for {
		start := i
		var x uint64
		for i < len(s) && isDigit(s[i]) {
			x = x*10 + uint64(s[i]-'0')
			i++
		}
		if i == start || i-start > 9 {
			return v, false
		}
		if n < len(r) {
			if x >= limits[n] {
				return v, false
			}
			r[n] = x
		} else if x != 0 || n == maxPackedLen {
			return v, false
		}
		n++
		if i+1 >= len(s) || s[i] != '.' || !isDigit(s[i+1]) {
			break
		}
		i++
	}
	kind, num := uint64(kindFinal), uint64(0)
	if i < len(s) {
		if kind, i = ordinarySuffix(s, i); kind == kindFinal || i == len(s) || len(s)-i > 9 {
			return v, false
		}
		for ; i < len(s); i++ {
			if !isDigit(s[i]) {
				return v, false
			}
			num = num*10 + uint64(s[i]-'0')
		}
		if num >= maxNum {
			return v, false
		}
	}
	v.hi, v.lo = packKey(r[0], r[1], r[2], r[3], kind, num)
	v.lo |= uint64(n)
	return v, true
}

// ordinarySuffix reads the name of a suffix in its normalised spelling at s[i:]
// and returns its kind and where its number starts; kindFinal if there is none.
func ordinarySuffix(s string, i int) (kind uint64, next int) {
	switch s[i] {
	case 'a':
		return kindAlpha, i + 1
	case 'b':
		return kindBeta, i + 1
	case 'r':
		if strings.HasPrefix(s[i:], "rc") {
			return kindRC, i + 2
		}
	case '.':
		if strings.HasPrefix(s[i:], ".post") {
			return kindPost, i + 5
		}
		if strings.HasPrefix(s[i:], ".dev") {
			return kindDev, i + 4
		}
	}
	return kindFinal, i
}

// maxDigits is how many digits a number may have, leading zeros included: what
// CPython converts to an int without protest, and so what packaging accepts.
const maxDigits = 4300

// parser reads s[i:end] by the grammar of PEP 440, appendix B. The grammar
// never needs to go back more than one separator.
type parser struct {
	s      string
	i, end int
	long   int // where the first number of too many digits is, plus one
}

func (p *parser) parse() (Version, *SyntaxError) {
	p.i, p.end = trimSpace(p.s)
	var v parts
	if !p.letter('v') && p.i == p.end {
		return Version{}, p.fail("empty version")
	}
	n, ok := p.number()
	if !ok {
		return Version{}, p.fail("expected a release number")
	}
	if p.i < p.end && p.s[p.i] == '!' {
		p.i++
		v.epoch = n
		if n, ok = p.number(); !ok {
			return Version{}, p.fail("expected a release number after the epoch")
		}
	}
	var buf [8]number
	release := append(buf[:0], n)
	for p.i+1 < p.end && p.s[p.i] == '.' && isDigit(p.s[p.i+1]) {
		p.i++
		n, _ = p.number()
		release = append(release, n)
	}
	p.pre(&v)
	p.post(&v)
	if p.word("dev") != "" {
		v.dev, v.devN = true, p.suffixNumber()
	}
	if err := p.local(&v); err != nil {
		return Version{}, err
	}
	if p.i < p.end {
		return Version{}, p.fail("unexpected " + p.found())
	}
	if p.long > 0 {
		p.i = p.long - 1
		return Version{}, p.fail("number of more than 4300 digits")
	}
	// What is packed is done here, before anything moves to the heap.
	all := v
	all.release = release
	if key, exact := all.key(); exact && v.local == "" {
		return key, nil
	}
	v.release = append([]number(nil), release...)
	return v.version(), nil
}

func (p *parser) fail(msg string) *SyntaxError {
	return &SyntaxError{What: "version", Input: p.s, Offset: p.i, Msg: msg}
}

// found describes the character at the current position.
func (p *parser) found() string {
	r, n := utf8.DecodeRuneInString(p.s[p.i:p.end])
	if r == utf8.RuneError && n <= 1 {
		return fmt.Sprintf("byte %#x", p.s[p.i])
	}
	return strconv.QuoteRune(r)
}

func (p *parser) letter(c byte) bool {
	if p.i < p.end && p.s[p.i]|0x20 == c {
		p.i++
		return true
	}
	return false
}

// number reads digits.
func (p *parser) number() (number, bool) {
	start := p.i
	for p.i < p.end && isDigit(p.s[p.i]) {
		p.i++
	}
	if p.i == start {
		return number{}, false
	}
	if p.i-start > maxDigits && p.long == 0 {
		p.long = start + 1
	}
	digits := trimZeros(p.s[start:p.i])
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return number{big: strings.Clone(digits)}, true
	}
	return number{n: n}, true
}

// trimZeros removes leading zeros but the last digit.
func trimZeros(digits string) string {
	for len(digits) > 1 && digits[0] == '0' {
		digits = digits[1:]
	}
	return digits
}

// word reads an optional separator and the first of the given words that
// follows it, in any case, and returns that word. It returns "" and stays
// where it was if none does.
func (p *parser) word(words ...string) string {
	i := p.i
	if i < p.end && isSeparator(p.s[i]) {
		i++
	}
	for _, w := range words {
		if len(w) <= p.end-i && equalFold(p.s[i:i+len(w)], w) {
			p.i = i + len(w)
			return w
		}
	}
	return ""
}

// suffixNumber reads what follows the name of a suffix: an optional separator
// and an optional number, 0 if it isn't given.
func (p *parser) suffixNumber() number {
	if p.i < p.end && isSeparator(p.s[p.i]) {
		p.i++
	}
	n, _ := p.number()
	return n
}

func (p *parser) pre(v *parts) {
	switch p.word("alpha", "a", "beta", "b", "preview", "pre", "c", "rc") {
	case "":
		return
	case "alpha", "a":
		v.pre = kindAlpha
	case "beta", "b":
		v.pre = kindBeta
	default:
		v.pre = kindRC
	}
	v.preN = p.suffixNumber()
}

func (p *parser) post(v *parts) {
	if p.i+1 < p.end && p.s[p.i] == '-' && isDigit(p.s[p.i+1]) { // 1.0-1
		p.i++
		v.post = true
		v.postN, _ = p.number()
		return
	}
	if p.word("post", "rev", "r") != "" {
		v.post, v.postN = true, p.suffixNumber()
	}
}

func (p *parser) local(v *parts) *SyntaxError {
	if p.i == p.end || p.s[p.i] != '+' {
		return nil
	}
	p.i++
	start, normal := p.i, true
	for {
		first := p.i
		for p.i < p.end && isAlnum(p.s[p.i]) {
			normal = normal && (p.s[p.i] < 'A' || 'Z' < p.s[p.i])
			p.i++
		}
		if p.i == first {
			return p.fail("expected a letter or digit of the local version")
		}
		if p.i-first > maxDigits && isDigits(p.s[first:p.i]) {
			p.i = first
			return p.fail("number of more than 4300 digits")
		}
		normal = normal && (p.i-first == 1 || p.s[first] != '0')
		if p.i == p.end || !isSeparator(p.s[p.i]) {
			break
		}
		normal = normal && p.s[p.i] == '.'
		p.i++
	}
	v.local = p.s[start:p.i]
	if !normal {
		v.local = normalizeLocal(v.local)
	}
	return nil
}

// normalizeLocal puts a local version in lower case, with dots between its
// segments and no leading zeros in those that are numbers.
func normalizeLocal(s string) string {
	segments := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return isSeparator(byte(r)) })
	for i, segment := range segments {
		if isDigits(segment) {
			segments[i] = trimZeros(segment)
		}
	}
	return strings.Join(segments, ".")
}

func isGraph(c byte) bool     { return ' ' < c && c < utf8.RuneSelf }
func isDigit(c byte) bool     { return '0' <= c && c <= '9' }
func isSeparator(c byte) bool { return c == '.' || c == '-' || c == '_' }
func isAlnum(c byte) bool     { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' }

// equalFold compares s with a lower-case ASCII word.
func equalFold(s, word string) bool {
	for i := range len(s) {
		if s[i]|0x20 != word[i] {
			return false
		}
	}
	return true
}

// trimSpace returns the bounds of s without surrounding white space, as Python
// sees white space.
func trimSpace(s string) (start, end int) {
	if s != "" && isGraph(s[0]) && isGraph(s[len(s)-1]) {
		return 0, len(s)
	}
	rest := strings.TrimLeftFunc(s, isSpace)
	start = len(s) - len(rest)
	return start, start + len(strings.TrimRightFunc(rest, isSpace))
}

// isSpace reports what Python's str.isspace does: Unicode white space and the
// four separators of ASCII.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || '\x1c' <= r && r <= '\x1f'
}
