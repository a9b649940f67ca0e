// Package rules embeds the pages of the rules of ftpkg check, one for each code.
package rules

import (
	"embed"
	"strings"
)

//go:embed FT*.md
var pages embed.FS

// Page returns the page of a rule, in Markdown.
func Page(code string) (string, bool) {
	b, err := pages.ReadFile(code + ".md")
	return string(b), err == nil
}

// Codes returns the codes that have a page, sorted.
func Codes() []string {
	entries, err := pages.ReadDir(".")
	if err != nil {
		return nil // there is always a root
	}
	var codes []string
	for _, e := range entries {
		codes = append(codes, strings.TrimSuffix(e.Name(), ".md"))
	}
	return codes
}
