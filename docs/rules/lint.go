package rules

import (
	"embed"
	"strings"
)

//go:embed FM*.md
var lintPages embed.FS

// LintPage returns the page of a rule of ftpkg matrix lint, in Markdown.
func LintPage(code string) (string, bool) {
	b, err := lintPages.ReadFile(code + ".md")
	return string(b), err == nil
}

// LintCodes returns the codes that have such a page, sorted.
func LintCodes() []string {
	entries, err := lintPages.ReadDir(".")
	if err != nil {
		return nil // there is always a root
	}
	var codes []string
	for _, e := range entries {
		codes = append(codes, strings.TrimSuffix(e.Name(), ".md"))
	}
	return codes
}
