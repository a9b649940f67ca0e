package wheeltags

import (
	"fmt"
	"strings"
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
	text = strings.ToLower(text)
	python, rest, ok := strings.Cut(text, "-")
	abi, platform, ok2 := strings.Cut(rest, "-")
	if !ok || !ok2 || strings.Contains(platform, "-") {
		return "want three parts with dashes between them: python, ABI and platform tags"
	}
	s.text = text
	n := [3]int{count(python), count(abi), count(platform)}
	if product := n[0] * n[1] * n[2]; product > maxTags || n[0] > maxTags || n[1] > maxTags || n[2] > maxTags {
		return fmt.Sprintf("more than %d tags in one name", maxTags)
	}
	s.nPython, s.nABI, s.nPlatform = uint16(n[0]), uint16(n[1]), uint16(n[2])
	codes := s.inline[:]
	if total := n[0] + n[1] + n[2]; total > len(codes) {
		s.more = make([]code, total)
		codes = s.more
	}
	i := 0
	for field, part := range [...]string{python, abi, platform} {
		for range n[field] {
			tag := part
			if dot := strings.IndexByte(part, '.'); dot >= 0 {
				tag, part = part[:dot], part[dot+1:]
			}
			if tag == "" {
				return "an empty tag"
			}
			if !isWord(tag) {
				return fmt.Sprintf("%q is not a tag: tags are ASCII letters, digits and underscores", tag)
			}
			switch field {
			case 0:
				if isDigit(tag[0]) {
					return fmt.Sprintf("%q is not a python tag: it begins with a digit", tag)
				}
				codes[i] = parsePythonTag(tag)
			case 1:
				codes[i] = parseABITag(tag)
			default:
				codes[i] = parsePlatformTag(tag)
			}
			i++
		}
	}
	return ""
}

// count returns the number of dotted components.
func count(s string) int { return strings.Count(s, ".") + 1 }

// isWord reports whether s has only lower-case letters, digits and underscores.
func isWord(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < 'a' || c > 'z') && !isDigit(c) && c != '_' {
			return false
		}
	}
	return true
}

func (s *TagSet) codes() []code {
	if s.more != nil {
		return s.more
	}
	return s.inline[:]
}

func (s *TagSet) pythons() []code { return s.codes()[:s.nPython] }
func (s *TagSet) abis() []code    { return s.codes()[s.nPython : s.nPython+s.nABI] }

func (s *TagSet) platforms() []code {
	first := s.nPython + s.nABI
	return s.codes()[first : first+s.nPlatform]
}

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
