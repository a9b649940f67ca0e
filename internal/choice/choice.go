// Package choice says which rules count, by the words of --select and --ignore. The
// rules of wheels and those of workflows are chosen in the same way.
package choice

import (
	"fmt"
	"slices"
	"strings"
)

// A Choice says which rules count. A word is a rule's code, the beginning of some
// ("FT2"), or "ALL". The longest word that fits a rule decides; of equal ones, that
// of Ignore. The zero Choice is all rules.
type Choice struct {
	Select []string // nil is ALL
	Ignore []string
}

// CheckAgainst returns an error if a word fits none of the codes.
func (c *Choice) CheckAgainst(codes []string) error {
	for _, w := range slices.Concat(c.Select, c.Ignore) {
		if !slices.ContainsFunc(codes, func(code string) bool { return fits(w, code) >= 0 }) {
			return fmt.Errorf("%q is no rule, nor the beginning of one", w)
		}
	}
	return nil
}

// Wants reports whether the rule of a code counts.
func (c *Choice) Wants(code string) bool {
	longest := func(words []string) int {
		n := -1
		for _, w := range words {
			n = max(n, fits(w, code))
		}
		return n
	}
	selected := 0
	if c.Select != nil {
		selected = longest(c.Select)
	}
	return selected > longest(c.Ignore)
}

// fits returns how long a word is that fits a code, -1 for one that doesn't.
func fits(word, code string) int {
	if word == "ALL" {
		return 0
	}
	if word != "" && strings.HasPrefix(code, word) {
		return len(word)
	}
	return -1
}
