package lint

import (
	"fmt"
	"slices"
	"strings"
)

// A Choice says which rules count. A word is a rule's code, the beginning of some
// ("FM11"), or "ALL". The longest word that fits a rule decides; of equal ones, that
// of Ignore. The zero Choice is all rules.
type Choice struct {
	Select []string // nil is ALL
	Ignore []string
}

// Check returns an error if a word fits no rule.
func (c *Choice) Check() error {
	for _, w := range slices.Concat(c.Select, c.Ignore) {
		if !slices.ContainsFunc(Rules(), func(r Rule) bool { return fits(w, r.Code) >= 0 }) {
			return fmt.Errorf("%q is no rule, nor the beginning of one", w)
		}
	}
	return nil
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

// wants reports whether a rule counts.
func (c *Choice) wants(code string) bool {
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
