package lint

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix"
	"github.com/ftpkg/ftpkg/matrix/workflow"
	"github.com/ftpkg/ftpkg/matrix/workflow/yamledit"
)

// A Patched is a workflow with the free-threaded half that it lacked.
type Patched struct {
	Text string
	// Added says what was added, a line for each, in the order of the job.
	Added []string
	// Refused is what is missing still, and why it takes judgement.
	Refused []Refused
}

// A Refused is a part of the missing half that was not added.
type Refused struct {
	Line int // of the file as it was
	Msg  string
}

// Patch adds to a workflow what it lacks to build and test for the free-threaded
// build what it does for CPython 3.14 and newer: selectors and cells of cibuildwheel,
// interpreters of maturin, versions of test matrices, a check that the GIL stayed off.
// All cells that were there remain, and each cell that is added is the twin of one.
func Patch(source Source, opts Options) (*Patched, error) {
	p := &patch{source: source, opts: opts, text: source.Text, tried: map[string]bool{}}
	p.opts.Choice = Choice{}
	if p.opts.Tables == nil {
		p.opts.Tables = matrix.DefaultTables() // once
	}
	if err := p.look(); err != nil {
		return nil, err
	}
	p.first = p.world
	before, err := Check([]Source{source}, p.opts)
	if err != nil {
		return nil, err
	}
	for range maxRepairs {
		step := p.next()
		if step == nil {
			break
		}
		if err := p.try(step); err != nil {
			p.refuse(step.line, step.what+": "+reason(err))
		}
	}
	if err := p.checkGIL(before); err != nil {
		return nil, err
	}
	if err := p.verify(before); err != nil {
		return nil, err
	}
	return &Patched{Text: p.text, Added: p.added, Refused: p.refused}, nil
}

// A patch is one that is being made.
type patch struct {
	source Source
	opts   Options
	text   string // as it is by now
	doc    *yamledit.Document
	world  *world // of the text
	first  *world // of the text as it was
	// tried are the steps that were made or refused.
	tried   map[string]bool
	added   []string
	refused []Refused
}

// A step is one edit that adds something.
type step struct {
	key  string // tells steps apart
	line int
	what string // that is missing: "cp314t-win32 is not built"
	done string // that was added: "job wheels: builds cp314t-win32"
	// told says that after the edit, if it takes that to know; nil if not.
	told func() string
	edit func(doc *yamledit.Document) error
	// mended reports whether what was missing is there, after the edit.
	mended func() bool
}

// look reads the text as it is by now.
func (p *patch) look() error {
	w, err := newWorld([]Source{{p.source.Name, p.text}}, p.opts)
	if err != nil {
		return err
	}
	p.world = w
	for _, j := range w.jobs {
		if j.File.Name == p.source.Name {
			p.doc = j.File.Doc
		}
	}
	return nil
}

// jobs are those of the file, not of the project's others.
func (p *patch) jobs() []*job {
	return slices.DeleteFunc(slices.Clone(p.world.jobs), func(j *job) bool { return j.File.Name != p.source.Name })
}

func (p *patch) refuse(line int, msg string) {
	r := Refused{line, msg}
	if !slices.Contains(p.refused, r) {
		p.refused = append(p.refused, r)
	}
}

// try makes a step; the text is as it was if it fails.
func (p *patch) try(s *step) error {
	before := p.text
	doc, err := yamledit.Parse(p.text)
	if err != nil {
		return err
	}
	err = s.edit(doc)
	if err == nil {
		p.text = doc.Text()
		if err = p.look(); err == nil && !s.mended() {
			err = errJudgement
		}
	}
	if err == nil {
		err = p.keeps()
	}
	if err != nil {
		p.text = before
		return errors.Join(err, p.look())
	}
	done := s.done
	if s.told != nil {
		done = s.told()
	}
	if !slices.Contains(p.added, done) {
		p.added = append(p.added, done)
	}
	return nil
}

// reason says in a few words why an edit was not made.
func reason(err error) string {
	if errors.Is(err, yamledit.ErrShape) {
		return "the file has a shape that is to be edited by hand"
	}
	if refusal, ok := errors.AsType[*refusal](err); ok {
		return refusal.why
	}
	return "the place takes judgement"
}

// A refusal is the error of an edit that takes judgement.
type refusal struct{ why string }

func (r *refusal) Error() string { return r.why }

// keeps reports an error if a job lost a cell, or a value of one.
func (p *patch) keeps() error {
	for _, old := range p.first.jobs {
		if old.File.Name != p.source.Name || old.matrix == nil {
			continue
		}
		var now *job
		for _, j := range p.jobs() {
			if j.ID == old.ID {
				now = j
			}
		}
		if now == nil || now.matrix == nil {
			return errJudgement
		}
		used := map[*workflow.Cell]bool{}
		for _, c := range old.matrix.Cells {
			i := slices.IndexFunc(now.matrix.Cells, func(d *workflow.Cell) bool { return !used[d] && contains(d, c) })
			if i < 0 {
				return &refusal{"a cell would be lost: " + c.String()}
			}
			used[now.matrix.Cells[i]] = true
		}
		if now.matrix.Size > maxJobs && old.matrix.Size <= maxJobs {
			return &refusal{fmt.Sprintf("the matrix would have %d cells, and GitHub runs %d", now.matrix.Size, maxJobs)}
		}
	}
	return nil
}

// contains reports whether a cell has all values of another one.
func contains(c, other *workflow.Cell) bool {
	for _, k := range other.Keys {
		v, _ := other.Get(k)
		w, ok := c.Get(k)
		if !ok || fmt.Sprint(v.Data) != fmt.Sprint(w.Data) {
			return false
		}
	}
	return true
}

// verify reports an error if the result has findings that the file had not.
func (p *patch) verify(before *Report) error {
	after, err := Check([]Source{{p.source.Name, p.text}}, p.opts)
	if err != nil {
		return fmt.Errorf("the result cannot be read: %w", err)
	}
	had := map[string]bool{} // what stands in a copied row as well is not new
	for i := range before.Findings {
		had[what(&before.Findings[i])] = true
	}
	for i := range after.Findings {
		f := &after.Findings[i]
		if had[what(f)] || f.Rule == ruleNoGILCheck || f.Rule == ruleMissingHalf || f.Severity == vocab.SeverityNote {
			continue // what is missing still was told
		}
		p.refuse(f.Line, "the result has a new finding: "+f.Rule+" "+f.Message)
	}
	return nil
}

// next finds something that is missing and was not tried yet, nil if there is nothing.
func (p *patch) next() *step {
	steps := slices.Concat(p.missingWheels(), p.missingInterpreters(), p.missingTests())
	for _, s := range steps {
		if !p.tried[s.key] {
			p.tried[s.key] = true
			return s
		}
	}
	return nil
}

// missingWheels are steps for wheels of cibuildwheel whose twin is not built.
func (p *patch) missingWheels() []*step {
	built := p.identifiers()
	var steps []*step
	for _, j := range p.jobs() {
		for _, r := range j.runs {
			for _, u := range r.builds {
				if s := p.wheelStep(r, u, built); s != nil {
					steps = append(steps, s)
				}
			}
		}
	}
	return steps
}

// identifiers are all that the file is known to build.
func (p *patch) identifiers() map[string]bool {
	built := map[string]bool{}
	for _, j := range p.jobs() {
		for _, r := range j.runs {
			for _, u := range r.builds {
				ids, _ := u.identifiers()
				for _, id := range ids {
					built[id] = true
				}
			}
		}
	}
	return built
}

// wheelStep is the step for what a use of cibuildwheel lacks, nil if that is nothing.
func (p *patch) wheelStep(r *run, u *cibwUse, built map[string]bool) *step {
	line := u.place().Line()
	ids, ok := u.identifiers()
	if !ok {
		why := "what it builds is known only when it runs"
		switch {
		case u.version == nil && r.job.matrix != nil && r.job.matrix.Dynamic:
		case u.version == nil:
			why = "which cibuildwheel it runs is not known"
		case u.line == nil:
			why = "there is no table of its cibuildwheel"
		}
		return &step{
			key: fmt.Sprintf("unknown %s %d", r.job.ID, u.step.Index), line: line, what: "the job " + r.job.ID + " is left as it is",
			edit: func(*yamledit.Document) error { return &refusal{why} },
		}
	}
	var missing []string
	for _, id := range ids {
		if free, ok := twin(id); ok && !built[free] {
			missing = append(missing, free)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	free := missing[0]
	s := &step{
		key: fmt.Sprintf("wheel %s %d %s %s", r.job.ID, u.step.Index, r.where(), free), line: line,
		what: free + " is not built",
	}
	s.told = func() string {
		more := -1
		for id := range p.identifiers() {
			if !built[id] {
				more++
			}
		}
		if more > 0 {
			return fmt.Sprintf("job %s: builds %s and %d more", r.job.ID, free, more)
		}
		return fmt.Sprintf("job %s: builds %s", r.job.ID, free)
	}
	s.mended = func() bool { return p.identifiers()[free] }
	s.edit = func(doc *yamledit.Document) error {
		os := (matrix.Platform{Word: free[strings.Index(free, "-")+1:]}).OS()
		if !slices.Contains(u.line.Identifiers[os], free) || !u.enabled(free) {
			return &refusal{fmt.Sprintf("cibuildwheel %s does not build it; take %s", joinNumbers(u.version), p.world.tables.Lines[0].Version)}
		}
		if matrix.Match(u.options["skip"].text, free) {
			return p.unskip(doc, r, u, free)
		}
		return p.addIdentifier(doc, r, u, free)
	}
	return s
}

func joinNumbers(v []int) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(v), "[]"), " ", ".")
}

// unskip takes the selectors out of skip that leave out a free-threaded wheel.
func (p *patch) unskip(doc *yamledit.Document, r *run, u *cibwUse, free string) error {
	o := u.options["skip"]
	if o.at.Node == nil {
		line, _ := o.file.position(o.path...)
		return &refusal{fmt.Sprintf("skip in %s:%d leaves it out", o.file.name, line)}
	}
	for word := range strings.FieldsSeq(o.text) {
		if !matrix.Match(word, free) {
			continue
		}
		h := &halves{skipped: map[string]string{}}
		if h.skip(u.line, word); h.skipped[free] == "" {
			return &refusal{"skip has " + word + ", which leaves out both halves"}
		}
		at, _ := r.origin(o.at, word)
		return replaceWord(r.job.File.Name, at.Path, word, "")(&edits{docs: map[string]*yamledit.Document{r.job.File.Name: doc}})
	}
	return errJudgement
}

// addIdentifier makes a run, or a twin of it, build a free-threaded wheel.
func (p *patch) addIdentifier(doc *yamledit.Document, r *run, u *cibwUse, free string) error {
	o := u.options["build"]
	if u.only != "" {
		o = u.options["only"]
	}
	if !o.set {
		return errJudgement
	}
	if o.at.Node == nil {
		line, _ := o.file.position(o.path...)
		return &refusal{fmt.Sprintf("build in %s:%d selects what is built", o.file.name, line)}
	}
	python, _, _ := strings.Cut(free, "t-")
	gil := strings.Replace(free, "t-", "-", 1)
	digits := strings.TrimPrefix(python, "cp")
	// A word of the text itself: its twin comes behind it.
	for word := range strings.FieldsSeq(o.at.Value) {
		if strings.HasPrefix(word, python+"-") && matrix.Match(word, gil) && !strings.Contains(word, "${{") && u.only == "" {
			return addWord(doc, o.at, word, python+"t"+strings.TrimPrefix(word, python))
		}
	}
	for _, ref := range workflow.Refs(o.at.Value, false) {
		key, ok := strings.CutPrefix(ref, "matrix.")
		if !ok || r.Cell == nil {
			continue
		}
		if v, ok := r.Cell.Get(key); ok && v.Node != nil && strings.Contains(fmt.Sprint(v.Data), digits) {
			return p.twinOf(doc, r, key, "3."+digits[1:])
		}
	}
	return errJudgement
}

// addWord puts a word behind one in a list of words.
func addWord(doc *yamledit.Document, t workflow.Text, word, with string) error {
	from, to := findWord(t.Value, word)
	if from < 0 {
		return errJudgement
	}
	return doc.Replace(t.Path, from, to, word+" "+with)
}

// missingTests are steps for matrices that test 3.14 or newer and no free-threaded
// Python at all.
func (p *patch) missingTests() []*step {
	if p.testedFree() {
		return nil
	}
	var steps []*step
	for _, j := range p.jobs() {
		if j.matrix == nil || !j.testing() {
			continue
		}
		for _, r := range j.runs {
			for _, use := range r.pythons {
				v, _, free, ok := parseVersion(use.version)
				key := matrixKey(use.at)
				if !ok || free || use.free || v.minor < 14 || key == "" || r.Cell == nil || elsewhere(cellText(r.Cell)) {
					continue
				}
				if r.Cell.Row != nil && slices.ContainsFunc(j.matrix.Axes, func(a workflow.Axis) bool { return strings.EqualFold(a.Name, key) }) {
					continue // a variant of what the axes have
				}
				version := "3." + itoa(v.minor)
				twin := freeCell(r.Cell, version)
				id := j.ID
				has := func() bool {
					for _, j := range p.jobs() {
						if j.ID == id && slices.ContainsFunc(j.runs, func(x *run) bool { return x.Cell != nil && cellText(x.Cell) == twin }) {
							return true
						}
					}
					return false
				}
				if has() {
					continue
				}
				steps = append(steps, &step{
					key: "test " + j.ID + r.where() + key, line: use.at.Line(),
					what: fmt.Sprintf("job %s: %s is not tested%s", j.ID, version+"t", r.where()), done: fmt.Sprintf("job %s: tests on %st", j.ID, version),
					edit:   func(doc *yamledit.Document) error { return p.twinOf(doc, r, key, version) },
					mended: has,
				})
			}
		}
	}
	return steps
}

// testing reports whether the job runs tests, as far as one can see, on a system that
// has free-threaded builds.
func (j *job) testing() bool {
	text := strings.ToLower(j.runTexts() + j.ID + j.Name.Value)
	if elsewhere(text) {
		return false
	}
	for _, word := range []string{"test", "tox", "nox", "coverage"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// elsewhere reports whether a text names a system that has no free-threaded builds.
func elsewhere(text string) bool {
	for _, word := range []string{"emscripten", "pyodide", "wasm", "android", "iphone", "ios_", "ios-"} {
		if strings.Contains(strings.ToLower(text), word) {
			return true
		}
	}
	return false
}

// matrixKey is the key of the matrix that a text is, "" if it is something else.
func matrixKey(t workflow.Text) string {
	if !strings.HasPrefix(strings.TrimSpace(t.Value), "${{") {
		return ""
	}
	refs := workflow.Refs(t.Value, false)
	if len(refs) != 1 {
		return ""
	}
	key, _ := strings.CutPrefix(refs[0], "matrix.")
	if key == refs[0] {
		return ""
	}
	return key
}

// testedFree reports whether the file tested on a free-threaded Python from the start:
// where it doesn't, nobody may have meant it to.
func (p *patch) testedFree() bool {
	for _, j := range p.first.jobs {
		if j.File.Name == p.source.Name && j.testing() && slices.ContainsFunc(j.runs, (*run).free) {
			return true
		}
	}
	return false
}
