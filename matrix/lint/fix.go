package lint

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/matrix"
	"github.com/ftpkg/ftpkg/matrix/workflow/yamledit"
)

// edits are the files that repairs change.
type edits struct {
	docs  map[string]*yamledit.Document
	tomls map[string]*pyproject
	texts map[string]string
}

// workflow returns a workflow to change.
func (e *edits) workflow(name string) (*yamledit.Document, error) {
	if d, ok := e.docs[name]; ok {
		return d, nil
	}
	text, ok := e.texts[name]
	if !ok {
		return nil, fmt.Errorf("%s: it was not to be changed", name)
	}
	d, err := yamledit.Parse(text)
	if err != nil {
		return nil, err
	}
	e.docs[name] = d
	return d, nil
}

// pyproject returns a pyproject.toml to change.
func (e *edits) pyproject(name string) (*pyproject, error) {
	if p, ok := e.tomls[name]; ok {
		return p, nil
	}
	text, ok := e.texts[name]
	if !ok {
		return nil, fmt.Errorf("%s: it was not to be changed", name)
	}
	p, err := readPyproject(name, text)
	if err != nil {
		return nil, err
	}
	e.tomls[name] = p
	return p, nil
}

// A Fixed is what [Fix] did.
type Fixed struct {
	// Sources are the files as they are now.
	Sources []Source
	// Repaired are the findings that are gone, as they were.
	Repaired []Finding
	// Report is what is left.
	Report *Report
}

// maxRepairs bounds the repairs of one call; maxAgain how often one is made that
// leaves a finding like the one before.
const (
	maxRepairs = 1000
	maxAgain   = 50
)

// Fix makes the repairs that need no judgement, one at a time, until none is left.
// Fixing what was fixed changes nothing.
func Fix(sources []Source, opts Options) (*Fixed, error) {
	f := &Fixed{Sources: slices.Clone(sources)}
	if opts.Tables == nil {
		opts.Tables = matrix.DefaultTables() // once
	}
	var first *Report
	failed, made := map[string]bool{}, map[string]int{}
	for range maxRepairs {
		report, err := Check(f.Sources, opts)
		if err != nil {
			return nil, err
		}
		if f.Report = report; first == nil {
			first = report
		}
		i := slices.IndexFunc(report.Findings, func(x Finding) bool { return x.fix != nil && !failed[key(&x)] && made[key(&x)] < maxAgain })
		if i < 0 {
			break
		}
		x := report.Findings[i]
		changed, err := repaired(f.Sources, &x)
		if err != nil || slices.Equal(changed, f.Sources) {
			failed[key(&x)] = true // it takes judgement after all
			continue
		}
		f.Sources = changed
		made[key(&x)]++
		clear(failed) // what could not be edited before may be now
	}
	left := map[string]int{}
	for i := range f.Report.Findings {
		left[what(&f.Report.Findings[i])]++
	}
	for _, x := range first.Findings {
		if left[what(&x)]--; left[what(&x)] < 0 {
			f.Repaired = append(f.Repaired, x)
		}
	}
	for i := range f.Report.Findings {
		f.Report.Findings[i].Fixable = false // what could be done was
	}
	return f, nil
}

// what tells findings apart wherever they stand.
func what(f *Finding) string { return f.File + "\x00" + f.Rule + "\x00" + f.Message }

// key tells findings apart while lines don't move; a repair may move them, which makes
// another finding of one that could not be repaired, and costs a try.
func key(f *Finding) string {
	return fmt.Sprintf("%s\x00%d\x00%d\x00%s\x00%s", f.File, f.Line, f.Column, f.Rule, f.Message)
}

// repaired returns the sources after one repair.
func repaired(sources []Source, f *Finding) ([]Source, error) {
	e := &edits{map[string]*yamledit.Document{}, map[string]*pyproject{}, map[string]string{}}
	for _, s := range sources {
		e.texts[s.Name] = s.Text
	}
	if err := f.fix(e); err != nil {
		return nil, err
	}
	changed := slices.Clone(sources)
	for i, s := range changed {
		if d, ok := e.docs[s.Name]; ok {
			changed[i].Text = d.Text()
		}
		if p, ok := e.tomls[s.Name]; ok {
			changed[i].Text = p.text
		}
	}
	return changed, nil
}

// errJudgement is the error of a repair that turned out to need judgement.
var errJudgement = errors.New("this is to be decided by somebody")

// replaceWord puts words in the place of one in a scalar that is a list of them. If it
// is with none, the white space that parts it from the next goes too, and with the
// last word the scalar's key.
func replaceWord(file string, at yamledit.Path, word, with string) func(e *edits) error {
	return func(e *edits) error {
		doc, err := e.workflow(file)
		if err != nil {
			return err
		}
		n := yamledit.Resolve(doc.Find(at))
		if n == nil {
			return errJudgement
		}
		from, to := findWord(n.Value, word)
		switch {
		case from < 0:
			return errJudgement
		case with == "" && strings.TrimSpace(n.Value) == word && slices.Contains(at, any("matrix")):
			return errJudgement // a cell would go, or its meaning
		case with == "" && strings.TrimSpace(n.Value) == word:
			if parent := yamledit.Resolve(doc.Find(at[:len(at)-1])); parent != nil && len(parent.Content) <= 2 && len(at) > 1 {
				at = at[:len(at)-1] // an env that has nothing else
			}
			return doc.Delete(at)
		case with == "":
			for to < len(n.Value) && strings.IndexByte(" \t\n", n.Value[to]) >= 0 {
				to++
			}
			if to == len(n.Value) {
				to = from + len(word)
				for from > 0 && strings.IndexByte(" \t\n", n.Value[from-1]) >= 0 {
					from--
				}
			}
		}
		return doc.Replace(at, from, to, with)
	}
}

// findWord finds a word between white space; -1 if it is not there.
func findWord(s, word string) (from, to int) {
	for at := 0; at <= len(s); {
		i := strings.Index(s[at:], word)
		if i < 0 {
			break
		}
		from, to = at+i, at+i+len(word)
		if (from == 0 || strings.IndexByte(" \t\n", s[from-1]) >= 0) && (to == len(s) || strings.IndexByte(" \t\n", s[to]) >= 0) {
			return from, to
		}
		at = from + 1
	}
	return -1, -1
}

// replaceTOMLWord puts words in the place of one, or takes it out; the option goes
// with its last word.
func replaceTOMLWord(file string, option []any, w tomlWord, with []string) func(e *edits) error {
	return func(e *edits) error {
		p, err := e.pyproject(file)
		if err != nil {
			return err
		}
		switch {
		case len(with) == 0 && len(p.words(option...)) == 1:
			return p.remove(option)
		case len(with) == 0 && w.alone:
			return p.remove(w.path)
		case w.alone:
			if err := p.set(w.path, with[0]); err != nil {
				return err
			}
			i, _ := w.path[len(w.path)-1].(int)
			for k, more := range with[1:] {
				if err := p.insert(option, i+k, more); err != nil {
					return err
				}
			}
			return nil
		}
		s, _ := p.get(w.path...).(string)
		var words []string
		for f := range strings.FieldsSeq(s) {
			if f == w.text {
				words = append(words, with...)
			} else {
				words = append(words, f)
			}
		}
		return p.set(w.path, strings.Join(words, " "))
	}
}
