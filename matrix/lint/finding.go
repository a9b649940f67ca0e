package lint

import (
	"cmp"
	"maps"
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// A Finding is one mistake.
type Finding struct {
	File string `json:"file"` // as it was named to [Check]
	// Line and Column are where it stands, from 1.
	Line   int `json:"line"`
	Column int `json:"column"`
	// Rule is the code of the rule: "FM101".
	Rule     string         `json:"rule"`
	Severity vocab.Severity `json:"severity"`
	// Message says what is wrong, in a sentence without capital or full stop.
	Message string `json:"message"`
	// Fixable says that [Fix] repairs it.
	Fixable bool `json:"fixable"`

	fix func(e *edits) error // nil if it takes judgement
}

// A Report is what was found.
type Report struct {
	Schema string `json:"schema"` // "ftpkg.lint/1"
	// Files are those that were checked, in the order they were named.
	Files    []string  `json:"files"`
	Findings []Finding `json:"findings"`
}

// SchemaName is the schema of a [Report].
const SchemaName = "ftpkg.lint/1"

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

// Fixable returns how many findings [Fix] repairs.
func (r *Report) Fixable() int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Fixable {
			n++
		}
	}
	return n
}

// Passed reports whether there is nothing but notes.
func (r *Report) Passed() bool { return r.Count(vocab.SeverityNote) == len(r.Findings) }

// arrange puts findings in the order of the files and of their places, each once.
func arrange(list []Finding, files []string) []Finding {
	order := map[string]int{}
	for i, f := range files {
		order[f] = i
	}
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(order[a.File], order[b.File]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(list, func(a, b Finding) bool {
		return a.File == b.File && a.Line == b.Line && a.Column == b.Column && a.Rule == b.Rule && a.Message == b.Message
	})
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
