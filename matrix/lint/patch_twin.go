package lint

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/matrix/workflow"
	"github.com/ftpkg/ftpkg/matrix/workflow/yamledit"
)

// freeText makes the free-threaded twin of a text that names a version: 3.14, py314,
// cp314, 314 become those with a t.
func freeText(s, version string) string {
	digits := strings.ReplaceAll(version, ".", "")
	var b strings.Builder
	for i := 0; i < len(s); {
		word := ""
		for _, w := range []string{version, digits} {
			if strings.HasPrefix(s[i:], w) && standsAlone(s, i, len(w)) {
				word = w
			}
		}
		if word == "" {
			b.WriteByte(s[i])
			i++
			continue
		}
		b.WriteString(word)
		i += len(word)
		if strings.HasPrefix(s[i:], "-cp"+digits) {
			continue // the python tag of a pair of tags has no t
		}
		// A patch release stays before the t.
		for n := i + 1; i < len(s) && s[i] == '.' && n < len(s) && '0' <= s[n] && s[n] <= '9'; n = i + 1 {
			b.WriteByte('.')
			for i++; i < len(s) && '0' <= s[i] && s[i] <= '9'; i++ {
				b.WriteByte(s[i])
			}
		}
		b.WriteByte('t')
	}
	return b.String()
}

// standsAlone reports whether a version in a text is a whole one: not a part of
// another number, nor free-threaded already.
func standsAlone(s string, at, n int) bool {
	if at > 0 && (isDigit(s[at-1]) || s[at-1] == '.') {
		return false
	}
	rest := s[at+n:]
	return rest == "" || !isDigit(rest[0]) && (rest[0] != 't' || len(rest) > 1 && 'a' <= rest[1] && rest[1] <= 'z')
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// cellText writes the values of a cell, to compare cells.
func cellText(c *workflow.Cell) string {
	var words []string
	for _, k := range c.Keys {
		v, _ := c.Get(k)
		words = append(words, fmt.Sprintf("%s=%v", strings.ToLower(k), dataText(v.Data)))
	}
	sort.Strings(words)
	return strings.Join(words, "\n")
}

// dataText writes a value; a number as GitHub puts it into text.
func dataText(v any) string {
	if f, ok := v.(float64); ok {
		return workflow.FormatNumber(f)
	}
	return fmt.Sprint(v)
}

// freeCell is the text of a cell's free-threaded twin.
func freeCell(c *workflow.Cell, version string) string { return freeText(cellText(c), version) }

// twinOf makes the twin of a run by the value of a key of its matrix: another value of
// an axis, or another row of include.
func (p *patch) twinOf(doc *yamledit.Document, r *run, key, version string) error {
	v, _ := r.Cell.Get(key)
	switch {
	case v.Node == nil || len(v.Path) == 0:
		return &refusal{"an expression makes the matrix"}
	case r.Cell.Row != nil:
		if err := p.copyRow(doc, r.Cell.Row, version); err != nil {
			return err
		}
		return p.tellArtifacts(doc, r.job, key)
	}
	for _, a := range r.job.matrix.Axes {
		if !strings.EqualFold(a.Name, key) {
			continue
		}
		i, ok := v.Path[len(v.Path)-1].(int)
		if !ok {
			return errJudgement
		}
		if has := slices.IndexFunc(a.Values, func(w workflow.Value) bool { return dataText(w.Data) == freeText(dataText(v.Data), version) }); has >= 0 {
			return excludedTwin(r, key, version)
		}
		if err := p.copyValue(doc, v, i, version); err != nil {
			return err
		}
		if err := p.copyRows(doc, r.job.matrix, a.Name, v, version); err != nil {
			return err
		}
		return p.tellArtifacts(doc, r.job, key)
	}
	// A row of include adds the value to cells of the axes: its selectors get more.
	value := yamledit.Resolve(v.Node)
	if value.Kind != yaml.ScalarNode {
		return errJudgement
	}
	python := "cp" + strings.ReplaceAll(version, ".", "")
	for word := range strings.FieldsSeq(value.Value) {
		if strings.HasPrefix(word, python+"-") {
			return addWord(doc, workflow.Text{Value: value.Value, Node: value, Path: v.Path}, word, freeText(word, version))
		}
	}
	return errJudgement
}

// excludedTwin is the error of a twin that the axes make and a row of exclude takes out.
func excludedTwin(r *run, key, version string) error {
	for _, row := range r.job.matrix.Exclude {
		fits := row.Node != nil
		for _, k := range row.Keys {
			want, _ := row.Get(k)
			got, _ := r.Cell.Get(k)
			text := dataText(got.Data)
			if strings.EqualFold(k, key) {
				text = freeText(text, version)
			}
			fits = fits && dataText(want.Data) == text
		}
		if fits {
			return &refusal{fmt.Sprintf("the row of exclude at line %d leaves it out", row.Node.Line)}
		}
	}
	return errJudgement
}

// copyValue puts the twin of a value of an axis behind it. Of several selectors, only
// the twins of those that have one are in it.
func (p *patch) copyValue(doc *yamledit.Document, v workflow.Value, i int, version string) error {
	n := yamledit.Resolve(v.Node)
	source, ok := doc.Source(doc.Find(v.Path))
	if !ok {
		return fmt.Errorf("%s: %w", v.Path, yamledit.ErrShape)
	}
	if n.Kind == yaml.ScalarNode {
		text := freeText(n.Value, version)
		if words := twinWords(n.Value, version); words != "" {
			text = words
		}
		if text == n.Value {
			return errJudgement
		}
		source = doc.Quote(text, n)
	} else {
		source = freeText(source, version)
	}
	return doc.Insert(v.Path[:len(v.Path)-1], i+1, source)
}

// copyRows copies the rows of include and exclude that are about a value of an axis,
// for its twin.
func (p *patch) copyRows(doc *yamledit.Document, m *workflow.Matrix, axis string, v workflow.Value, version string) error {
	for _, rows := range [][]*workflow.Row{m.Include, m.Exclude} {
		for _, row := range slices.Backward(rows) { // from the last, so that places stay
			w, ok := row.Get(axis)
			if !ok || dataText(w.Data) != dataText(v.Data) || !row.Matched {
				continue
			}
			if err := p.copyRow(doc, row, version); err != nil {
				return err
			}
		}
	}
	return nil
}

// copyRow puts the twin of a row behind it.
func (p *patch) copyRow(doc *yamledit.Document, row *workflow.Row, version string) error {
	if len(row.Path) == 0 {
		return &refusal{"an expression makes the row"}
	}
	source, ok := doc.Source(doc.Find(row.Path))
	if !ok {
		return fmt.Errorf("%s: %w", row.Path, yamledit.ErrShape)
	}
	twin := freeText(source, version)
	if twin == source {
		return errJudgement
	}
	i, ok := row.Path[len(row.Path)-1].(int)
	if !ok {
		return errJudgement
	}
	if err := doc.Insert(row.Path[:len(row.Path)-1], i+1, twin); err != nil {
		return err
	}
	// Of several versions in one value, only those that have become another are the twin's.
	for _, k := range row.Keys {
		v, _ := row.Get(k)
		value, ok := v.Data.(string)
		if words := twinWords(value, version); ok && words != "" && words != freeText(value, version) {
			if err := doc.Set(row.Path[:len(row.Path)-1].Then(i+1, k), words); err != nil {
				return err
			}
		}
	}
	return nil
}

var versionWord = regexp.MustCompile(`^(?:python|cp|py|pypy|pp|graalpy|gp)?\d[\d.]*t?(?:-\S*)?$`)

// twinWords are the twins of those words of a list of versions that have one; "" of
// what is no such list.
func twinWords(s, version string) string {
	var twins []string
	words := strings.Fields(s)
	for _, w := range words {
		if !versionWord.MatchString(w) {
			return ""
		}
		if t := freeText(w, version); t != w {
			twins = append(twins, t)
		}
	}
	if len(words) < 2 {
		return ""
	}
	return strings.Join(twins, " ")
}

// tellArtifacts gives artifacts that a job uploads names of their own, where those of
// a cell and of its twin would be the same.
func (p *patch) tellArtifacts(doc *yamledit.Document, j *job, key string) error {
	now, err := workflow.Parse(j.File.Name, doc.Text())
	if err != nil {
		return err
	}
	for _, s := range now.Job(j.ID).Steps {
		name, _ := s.Action()
		t, ok := s.With("name")
		if name != "actions/upload-artifact" || !ok || !clash(now.Job(j.ID), s, t) || clash(j.Job, s, t) {
			continue
		}
		for _, r := range j.runs {
			if r.Cell == nil {
				break // it had no matrix
			}
			v, _ := r.Cell.Get(key)
			switch v.Data.(type) {
			case []any, map[string]any:
				return &refusal{"artifacts of both halves would have one name"}
			}
		}
		if strings.Contains(t.Value, "\n") {
			return errJudgement
		}
		end := len(t.Value)
		if err := doc.Replace(t.Path, end, end, "${{ endsWith(matrix."+key+", 't') && '-t' || '' }}"); err != nil {
			return err
		}
	}
	return nil
}

// clash reports whether a text is the same in two cells in which its step runs.
func clash(j *workflow.Job, s *workflow.Step, t workflow.Text) bool {
	seen := map[string]bool{}
	for _, r := range j.Matrix().Runs() {
		text, known := r.Text(t.Value)
		if !known || !r.May(s.If.Value) {
			continue
		}
		if seen[text] {
			return true
		}
		seen[text] = true
	}
	return false
}
