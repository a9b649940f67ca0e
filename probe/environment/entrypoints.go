package environment

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// A script is a program that an entry point asks for.
type script struct {
	name   string
	module string // dotted
	object string // dotted, within the module
	gui    bool
}

// parseEntryPoints reads the sections console_scripts and gui_scripts of an
// entry_points.txt, sorted by name. Of a name that stands twice the last counts.
// A script whose name is no plain file name, or that names no object, is an
// error, as with pip.
func parseEntryPoints(text []byte) ([]script, error) {
	found := map[string]script{}
	section := ""
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if line[0] == '[' && line[len(line)-1] == ']' {
			section = strings.TrimSpace(line[1 : len(line)-1])
			continue
		}
		if section != "console_scripts" && section != "gui_scripts" {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("entry point %.80q has no value", line)
		}
		s := script{name: strings.TrimSpace(name), gui: section == "gui_scripts"}
		if err := s.parse(value); err != nil {
			return nil, err
		}
		found[s.name] = s
	}
	scripts := make([]script, 0, len(found))
	for _, s := range found {
		scripts = append(scripts, s)
	}
	slices.SortFunc(scripts, func(a, b script) int { return strings.Compare(a.name, b.name) })
	return scripts, nil
}

// parse reads what stands behind the equals sign: module:object [extras].
func (s *script) parse(value string) error {
	value, _, _ = strings.Cut(value, "[") // extras are an idea that was given up
	module, object, _ := strings.Cut(value, ":")
	s.module, s.object = strings.TrimSpace(module), strings.TrimSpace(object)
	if !isDotted(s.module) || !isDotted(s.object) {
		return fmt.Errorf("entry point %.80q names no object: %.80q", s.name, strings.TrimSpace(value))
	}
	if clean, err := cleanPath(s.name); err != nil || clean != s.name || strings.ContainsRune(s.name, '/') {
		return fmt.Errorf("entry point %.80q: not the name of a file", s.name)
	}
	return nil
}

// isDotted reports whether a text is a dotted name of identifiers.
func isDotted(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if !isIdentifier(part) {
			return false
		}
	}
	return true
}

// isIdentifier reports whether a text is an identifier of Python; keywords count
// as ones.
func isIdentifier(s string) bool {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && !unicode.Is(unicode.Mc, r)) {
			return false
		}
	}
	return s != ""
}
