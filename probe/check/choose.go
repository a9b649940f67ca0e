package check

import (
	"slices"

	"github.com/ftpkg/ftpkg/internal/choice"
)

// A Choice says which rules count; see [choice.Choice].
type Choice struct{ choice.Choice }

// Choose returns the choice that the words of --select and --ignore make; a nil
// selection is all rules.
func Choose(selected, ignored []string) Choice {
	return Choice{choice.Choice{Select: selected, Ignore: ignored}}
}

// Check returns an error if a word fits no rule.
func (c *Choice) Check() error {
	var codes []string
	for _, r := range Rules() {
		codes = append(codes, r.Code)
	}
	return c.CheckAgainst(codes)
}

// keep drops the findings that don't count.
func (c *Choice) keep(list []Finding) []Finding {
	return slices.DeleteFunc(list, func(f Finding) bool { return !c.Wants(f.Rule) })
}
