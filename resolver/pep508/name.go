package pep508

import (
	"fmt"
	"strings"
)

// NormalizeName returns the name of a project in the one spelling of PEP 503
// that all its spellings share: lower case, with a single hyphen for each run
// of hyphens, underscores and dots. It doesn't check the name; see CheckName.
func NormalizeName(name string) string {
	if isNormal(name) {
		return name
	}
	name = strings.ToLower(name)
	b := make([]byte, 0, len(name))
	for i := range len(name) {
		c := name[i]
		if isNameSeparator(c) {
			c = '-'
			if len(b) > 0 && b[len(b)-1] == '-' {
				continue
			}
		}
		b = append(b, c)
	}
	return string(b)
}

// NormalizeExtra returns the name of an extra or dependency group in the
// spelling that PEP 685 and PEP 735 compare: that of project names.
func NormalizeExtra(extra string) string { return NormalizeName(extra) }

func isNormal(name string) bool {
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		case c == '-' && (i == 0 || name[i-1] != '-'):
		default:
			return false
		}
	}
	return true
}

// CheckName reports whether name is a project name by the core metadata
// specification: ASCII letters, digits, '.', '-' and '_', with a letter or
// digit at both ends.
func CheckName(name string) error {
	if name == "" {
		return fmt.Errorf("invalid project name %q: it is empty", name)
	}
	for i := range len(name) {
		if !isAlnum(name[i]) && !isNameSeparator(name[i]) {
			return fmt.Errorf("invalid project name %s: only ASCII letters, digits, '.', '-' and '_' may be in it", quote(name))
		}
	}
	if !isAlnum(name[0]) || !isAlnum(name[len(name)-1]) {
		return fmt.Errorf("invalid project name %s: it has to start and end with a letter or digit", quote(name))
	}
	return nil
}

func isNameSeparator(c byte) bool { return c == '-' || c == '_' || c == '.' }

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}
