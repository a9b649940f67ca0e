package wheeltags

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxTags bounds how many tags a compressed set may stand for. The names in
// use stay below fifty; a hostile one could stand for billions.
const maxTags = 4096

// inlineCodes is how many components a TagSet holds without a slice.
const inlineCodes = 8

// A TagSet is the compressed set of tags in a wheel's file name (PEP 425): the
// cross product of its python, ABI and platform tags. The zero TagSet is
// empty. A TagSet must not be changed, but can be copied and read by several
// goroutines.
type TagSet struct {
	text string // lower case, two dashes
	// The codes of the components, in the order of the text: nPython python
	// tags, nABI ABI tags, nPlatform platform tags.
	nPython, nABI, nPlatform uint16
	inline                   [inlineCodes]code
	more                     []code // instead of inline if they don't fit
}

// ParseTagSet parses the compressed tag set of a wheel's file name, such as
// "cp314-cp314t-manylinux_2_27_x86_64.manylinux_2_28_x86_64". Parts may hold any
// tags, in any order, also ones that no interpreter accepts; see
// [TagSet.Mislabelled]. The set refers to s. Beyond four components the result
// takes one allocation, below none.
func ParseTagSet(s string) (TagSet, error) {
	var set TagSet
	if msg := set.parse(s); msg != "" {
		return TagSet{}, fmt.Errorf("tag set %q: %s", s, msg)
	}
	return set, nil
}

// parse sets s and returns "", or says what is wrong.
func (s *TagSet) parse(text string) (problem string) {
	var dash [2]int
	n := [3]int{1, 1, 1} // how many tags each part has
	part, upper := 0, false
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '_':
		case c == '.':
			n[part]++
		case c == '-':
			if part == len(dash) {
				return wantThreeParts
			}
			dash[part] = i
			part++
		case 'A' <= c && c <= 'Z':
			upper = true
		default:
			return fmt.Sprintf("character %q: tags are ASCII letters, digits and underscores", firstRune(text[i:]))
		}
	}
	if part != len(dash) {
		return wantThreeParts
	}
	if n[0] > maxTags || n[1] > maxTags || n[2] > maxTags || n[0]*n[1]*n[2] > maxTags {
		return fmt.Sprintf("more than %d tags in one name", maxTags)
	}
	if upper {
		text = strings.ToLower(text)
	}
	s.text = text
	s.nPython, s.nABI, s.nPlatform = uint16(n[0]), uint16(n[1]), uint16(n[2])
	codes := s.inline[:]
	if total := n[0] + n[1] + n[2]; total > len(codes) {
		s.more = make([]code, total)
		codes = s.more
	}
	codes, problem = parseTags(codes, text[:dash[0]], parsePythonTag)
	if problem == "" {
		codes, problem = parseTags(codes, text[dash[0]+1:dash[1]], parseABITag)
	}
	if problem == "" {
		_, problem = parseTags(codes, text[dash[1]+1:], parsePlatformTag)
	}
	if problem != "" {
		return problem
	}
	for python := text[:dash[0]]; ; {
		if isDigit(python[0]) {
			return fmt.Sprintf("%q is not a python tag: it begins with a digit", component(python, 0))
		}
		dot := strings.IndexByte(python, '.')
		if dot < 0 {
			return ""
		}
		python = python[dot+1:]
	}
}

const wantThreeParts = "want three parts with dashes between them: python, ABI and platform tags"

// parseTags puts the codes of the dotted tags of part into codes and returns
// what is left of it.
func parseTags(codes []code, part string, parse func(string) code) (rest []code, problem string) {
	for {
		tag := part
		dot := strings.IndexByte(part, '.')
		if dot >= 0 {
			tag = part[:dot]
		}
		if tag == "" {
			return nil, "an empty tag"
		}
		codes[0] = parse(tag)
		codes = codes[1:]
		if dot < 0 {
			return codes, ""
		}
		part = part[dot+1:]
	}
}

// firstRune returns the first character of s as text, or its first byte if it
// is not UTF-8.
func firstRune(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return s[:size]
}

// codes returns the codes of the three parts.
func (s *TagSet) codes() (pythons, abis, platforms []code) {
	all := s.inline[:]
	if s.more != nil {
		all = s.more
	}
	i := int(s.nPython)
	j := i + int(s.nABI)
	return all[:i], all[i:j], all[j : j+int(s.nPlatform)]
}

func (s *TagSet) pythons() []code   { p, _, _ := s.codes(); return p }
func (s *TagSet) abis() []code      { _, a, _ := s.codes(); return a }
func (s *TagSet) platforms() []code { _, _, p := s.codes(); return p }

// String returns the set as it was written, in lower case.
func (s *TagSet) String() string { return s.text }

// Len returns how many tags the set stands for, repetitions included.
func (s *TagSet) Len() int { return int(s.nPython) * int(s.nABI) * int(s.nPlatform) }

// Tags returns all tags of the set, the platform varying fastest. There are at
// most 4096.
func (s *TagSet) Tags() []Tag {
	if s.text == "" {
		return nil
	}
	tags := make([]Tag, 0, s.Len())
	for py := range s.nPython {
		for abi := range s.nABI {
			for platform := range s.nPlatform {
				tags = append(tags, s.tag(int(py), int(abi), int(platform)))
			}
		}
	}
	return tags
}

// tag returns one tag of the set. It does not allocate.
func (s *TagSet) tag(python, abi, platform int) Tag {
	py, rest, _ := strings.Cut(s.text, "-")
	a, p, _ := strings.Cut(rest, "-")
	return Tag{Python: component(py, python), ABI: component(a, abi), Platform: component(p, platform)}
}

// component returns the i-th dotted component of s.
func component(s string, i int) string {
	for range i {
		s = s[strings.IndexByte(s, '.')+1:]
	}
	if dot := strings.IndexByte(s, '.'); dot >= 0 {
		return s[:dot]
	}
	return s
}
