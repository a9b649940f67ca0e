package wheeltags

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// Filename is what the name of a wheel says about it (PEP 427, PEP 440, PEP 491).
type Filename struct {
	// Name is the project's normalised name (PEP 503), Project the name as the
	// file spells it.
	Name, Project string
	Version       pep440.Version
	// Build is the zero Build if the name has no build tag.
	Build Build
	Tags  TagSet
	// Variant is the label of a variant wheel (PEP 825, a draft), "" for an
	// ordinary one. Installers of today refuse variant wheels.
	Variant string
}

// Reason says what is wrong with the name of a wheel.
type Reason uint8

const (
	// BadExtension says that the name does not end in .whl, lower case.
	BadExtension Reason = iota + 1
	// BadCharacter is a path separator, a control character or invalid UTF-8.
	BadCharacter
	// BadParts says that there are not five or six parts with dashes between
	// them, or seven with a variant label.
	BadParts
	// BadName says that the project's name is empty or has characters no name has.
	BadName
	// BadVersion says that the version is not one of PEP 440.
	BadVersion
	// BadBuild says that the build tag does not begin with a digit.
	BadBuild
	// BadTag says that a tag is empty, not a word, or there are too many tags.
	BadTag
	// BadVariant says that the variant label has other characters than 0-9,
	// a-z, _ and the full stop.
	BadVariant
)

var reasons = [...]string{
	BadExtension: "extension",
	BadCharacter: "character",
	BadParts:     "parts",
	BadName:      "name",
	BadVersion:   "version",
	BadBuild:     "build",
	BadTag:       "tag",
	BadVariant:   "variant",
}

// String returns the part of the name that is at fault, as one word that does
// not change: "extension", "version", "tag".
func (r Reason) String() string {
	if r > 0 && int(r) < len(reasons) {
		return reasons[r]
	}
	return "unknown"
}

// A FilenameError says why a name is not that of a wheel.
type FilenameError struct {
	Filename string
	Reason   Reason
	// Msg says what is wrong without repeating the name.
	Msg string
}

// Error returns the message with the name.
func (e *FilenameError) Error() string { return fmt.Sprintf("wheel %q: %s", e.Filename, e.Msg) }

// ParseFilename parses the name of a wheel, without directory and not
// URL-encoded. The error is a [*FilenameError].
//
// It takes what packaging 26.3 takes, and the names of variant wheels besides,
// which packaging reports as bad build tags. It is stricter only with hostile
// names: tags are ASCII words, and there are at most 4096 of them. The result
// refers to s.
func ParseFilename(s string) (Filename, error) {
	f, reason, msg := parseFilename(s)
	if reason != 0 {
		return Filename{}, &FilenameError{Filename: s, Reason: reason, Msg: msg}
	}
	return f, nil
}

func parseFilename(s string) (f Filename, reason Reason, msg string) {
	stem, ok := strings.CutSuffix(s, ".whl")
	if !ok {
		return f, BadExtension, "the extension is not .whl"
	}
	if i := badByte(s); i >= 0 {
		return f, BadCharacter, fmt.Sprintf("a file name must not have %q", s[i:i+1])
	}
	var part [7]string
	n := strings.Count(stem, "-") + 1
	if n < 5 || n > len(part) {
		return f, BadParts, fmt.Sprintf("%d parts with dashes between them; want name, version, perhaps a build tag, then python, ABI and platform tags", n)
	}
	rest := stem
	for i := range part[:n] {
		part[i], rest, _ = strings.Cut(rest, "-")
	}
	tags := 2 // the part that tags begin with
	build := ""
	switch {
	case n == 7:
		build, tags, f.Variant = part[2], 3, part[6]
	case n == 6 && isVariant(part[2:6]):
		f.Variant = part[5]
	case n == 6:
		build, tags = part[2], 3
	}
	if !isProject(part[0]) {
		return f, BadName, fmt.Sprintf("%q is not the name of a project", part[0])
	}
	f.Project, f.Name = part[0], normalize(part[0])
	var err error
	if f.Version, err = pep440.Parse(part[1]); err != nil {
		return f, BadVersion, fmt.Sprintf("%q is not a version of PEP 440", part[1])
	}
	if tags == 3 {
		if f.Build, ok = parseBuild(build); !ok {
			return f, BadBuild, fmt.Sprintf("the build tag %q does not begin with a digit", build)
		}
	}
	labelled := n == tags+4
	if labelled && !isLabel(f.Variant) {
		return f, BadVariant, fmt.Sprintf("%q is not a variant label: want 0-9, a-z, _ and full stops", f.Variant)
	}
	text := stem[len(part[0])+1+len(part[1])+1:]
	if tags == 3 {
		text = text[len(build)+1:]
	}
	if labelled {
		text = text[:len(text)-1-len(f.Variant)]
	}
	if msg = f.Tags.parse(text); msg != "" {
		return f, BadTag, msg
	}
	return f, 0, ""
}

// badByte returns the index of the first byte that no file name should have,
// -1 if there is none.
func badByte(s string) int {
	ascii := true
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == 0x7f || c == '/' || c == '\\' {
			return i
		} else if c >= utf8.RuneSelf {
			ascii = false
		}
	}
	if !ascii && !utf8.ValidString(s) {
		for i, r := range s {
			if r == utf8.RuneError {
				return i
			}
		}
	}
	return -1
}

// isVariant reports whether the last four parts of a name of six are python,
// ABI and platform tags and a variant label, rather than a build tag and the
// three tags. PEP 825: they are if the first does not begin with a digit. That
// would also take in a mistaken build tag, so where the tags fit only if the
// first part is a build tag, it is one.
func isVariant(part []string) bool {
	if part[0] == "" || isDigit(part[0][0]) {
		return false
	}
	known := func(python, abi, platform string) bool {
		python, _, _ = strings.Cut(strings.ToLower(python), ".")
		abi, _, _ = strings.Cut(strings.ToLower(abi), ".")
		platform, _, _ = strings.Cut(strings.ToLower(platform), ".")
		return parsePythonTag(python) != other && parseABITag(abi) != other && parsePlatformTag(platform) != other
	}
	return known(part[0], part[1], part[2]) || !known(part[1], part[2], part[3])
}

// isLabel reports whether s may label a variant.
func isLabel(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && !isDigit(c) && c != '_' && c != '.' {
			return false
		}
	}
	return s != ""
}

// isProject reports whether s may be a project's name in a file name: letters
// and digits of any script, underscores and full stops, no two underscores
// together.
func isProject(s string) bool {
	if s == "" || strings.Contains(s, "__") {
		return false
	}
	for _, r := range s {
		if r != '_' && r != '.' && !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			return false
		}
	}
	return true
}

// normalize returns a project's name in the form of PEP 503. Letters beyond
// ASCII, which indexes refuse in names, are lowered one by one; Python's lower
// differs for two of them (the dotted capital I, the final capital sigma).
func normalize(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		c := s[i]
		clean = 'a' <= c && c <= 'z' || isDigit(c)
	}
	if clean {
		return s
	}
	b := make([]byte, 0, len(s))
	for _, c := range []byte(strings.ToLower(s)) {
		if c == '_' || c == '.' || c == '-' {
			if len(b) > 0 && b[len(b)-1] == '-' {
				continue
			}
			c = '-'
		}
		b = append(b, c)
	}
	return string(b)
}
