package check

import (
	"cmp"
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// A Finding is one mistake.
type Finding struct {
	// File is the wheel, as it was named to [Set]; of what is missing, whatever
	// it is missing beside.
	File string `json:"file"`
	// Member is the path of a file within the wheel, "" if it is about the whole.
	Member string `json:"member"`
	// Rule is the code of the rule: "FT103".
	Rule     string         `json:"rule"`
	Severity vocab.Severity `json:"severity"`
	// Message says what is wrong, in a sentence without capital or full stop.
	Message string `json:"message"`
}

// A Report is what was found in a set of wheels.
type Report struct {
	Schema string `json:"schema"` // "ftpkg.check/1"
	// Wheels are those that were checked, in the order they were named.
	Wheels []Checked `json:"wheels"`
	// Against is the release that they were compared with, "" for none.
	Against  string    `json:"against,omitempty"`
	Findings []Finding `json:"findings"`
}

// Checked is one wheel that was checked.
type Checked struct {
	File    string `json:"file"`
	Project string `json:"project"` // normalised; "" if the file's name is not that of a wheel
	Version string `json:"version"`
	// Modules is the number of its extension modules.
	Modules int `json:"modules"`
}

// SchemaName is the schema of a [Report].
const SchemaName = "ftpkg.check/1"

// Count returns how many findings are of a severity.
func (r *Report) Count(s vocab.Severity) int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Severity == s {
			n++
		}
	}
	return n
}

// Passed reports whether there is nothing but notes.
func (r *Report) Passed() bool { return r.Count(vocab.SeverityNote) == len(r.Findings) }

// sortFindings orders the findings of one file: by member, then by rule.
func sortFindings(list []Finding) {
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Member, b.Member), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
}
