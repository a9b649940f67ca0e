package lint

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/matrix/workflow"
	"github.com/ftpkg/ftpkg/matrix/workflow/yamledit"
)

// missingInterpreters are steps for calls of maturin that list interpreters of the GIL
// build from 3.14 on and nothing free-threaded for the same system.
func (p *patch) missingInterpreters() []*step {
	have, had := p.interpreters(), systems(p.first.jobs)
	var steps []*step
	for _, j := range p.jobs() {
		for _, r := range j.runs {
			for i := range r.maturin {
				u := &r.maturin[i]
				if !u.known {
					continue
				}
				for _, text := range u.interpreters {
					v, free, ok := interpreterVersion(text)
					t := wheelTarget{target{v, r.os()}, u.platform}
					if !ok || free || v.minor < 14 || have[t] || had[t.target] {
						continue
					}
					version := "3." + itoa(v.minor)
					steps = append(steps, &step{
						key: fmt.Sprintf("maturin %s %d %s %s", j.ID, u.step.Index, r.where(), version), line: u.args.Line(),
						what: fmt.Sprintf("job %s: nothing is built for %st", j.ID, version), done: strings.TrimRight(fmt.Sprintf("job %s: builds for %st %s", j.ID, version, u.platform), " "),
						edit:   func(doc *yamledit.Document) error { return p.addInterpreter(doc, r, u, text, version) },
						mended: func() bool { return p.interpreters()[t] },
					})
				}
			}
		}
	}
	return steps
}

// A wheelTarget is a version on a system, for what maturin's inputs call the platform.
type wheelTarget struct {
	target

	platform string
}

// interpreters are the free-threaded ones that maturin is given.
func (p *patch) interpreters() map[wheelTarget]bool {
	have := map[wheelTarget]bool{}
	for _, j := range p.jobs() {
		for _, r := range j.runs {
			for i := range r.maturin {
				for _, text := range r.maturin[i].interpreters {
					if v, free, ok := interpreterVersion(text); ok && free {
						have[wheelTarget{target{v, r.os()}, r.maturin[i].platform}] = true
					}
				}
			}
		}
	}
	return have
}

// systems are those for which maturin was given free-threaded interpreters before the patch: what they lack is left to judgement.
func systems(jobs []*job) map[target]bool {
	had := map[target]bool{}
	for _, j := range jobs {
		for _, r := range j.runs {
			for i := range r.maturin {
				for _, text := range r.maturin[i].interpreters {
					if v, free, ok := interpreterVersion(text); ok && free {
						had[target{v, r.os()}] = true
					}
				}
			}
		}
	}
	return had
}

// addInterpreter makes cells that build for a free-threaded interpreter: twins of
// those that the matrix has, or, of a list in the arguments, by an axis of two lists,
// so that no job has both.
func (p *patch) addInterpreter(doc *yamledit.Document, r *run, u *maturinUse, text, version string) error {
	from, to, list := interpreterList(u.args.Value)
	if from < 0 {
		return errJudgement
	}
	if strings.Contains(strings.Join(list, " "), "${{") {
		for _, ref := range workflow.Refs(u.args.Value, false) {
			key, ok := strings.CutPrefix(ref, "matrix.")
			if !ok || r.Cell == nil {
				continue
			}
			if v, ok := r.Cell.Get(key); ok && v.Node != nil && freeText(dataText(v.Data), version) != dataText(v.Data) {
				return p.twinOf(doc, r, key, version)
			}
		}
		return errJudgement
	}
	const axis = "interpreter"
	m := r.job.matrix
	if m != nil {
		if m.Dynamic || m.Node.Kind != yaml.MappingNode {
			return &refusal{"the matrix is known only when the workflow runs"}
		}
		if len(m.Axes) == 0 {
			return &refusal{"the matrix has rows and no axes; add a row for " + text + "t by hand"}
		}
		for _, c := range m.Cells {
			if _, ok := c.Get(axis); ok {
				return &refusal{"the matrix has a key " + axis + " already"}
			}
		}
	}
	if err := doc.Replace(u.args.Path, from, to, "--interpreter ${{ matrix."+axis+" }}"); err != nil {
		return err
	}
	free := freeText(text, version)
	values := axis + ": [" + doc.Quote(strings.Join(list, " "), quoted) + ", " + doc.Quote(free, quoted) + "]"
	var err error
	switch strategy := r.job.Path.Then("strategy"); {
	case m != nil:
		err = doc.Put(m.Path, m.Axes[len(m.Axes)-1].Name, values)
	case doc.Find(strategy) != nil:
		err = doc.Put(strategy, "", "matrix:\n  "+values)
	default:
		err = doc.Put(r.job.Path, "runs-on", "strategy:\n  matrix:\n    # one build of Python a job\n    "+values)
	}
	if err != nil {
		return err
	}
	return p.tellArtifacts(doc, r.job, axis)
}

// quoted is a scalar to write others like.
var quoted = &yaml.Node{Kind: yaml.ScalarNode, Style: yaml.DoubleQuotedStyle}

// interpreterList finds the options of maturin's arguments that list interpreters, if
// they stand together.
func interpreterList(args string) (from, to int, list []string) {
	from = -1
	var words []word
	for _, c := range commands(args) {
		words = append(words, c.words...)
	}
	for i := 0; i < len(words); i++ {
		w := words[i]
		if w.text != "-i" && w.text != "--interpreter" {
			continue
		}
		if from >= 0 && strings.TrimSpace(args[to:w.at]) != "" {
			return -1, -1, nil
		}
		if from < 0 {
			from = w.at
		}
		to = w.end
		for i+1 < len(words) && !strings.HasPrefix(words[i+1].text, "-") {
			i++
			list = append(list, words[i].text)
			to = words[i].end
		}
	}
	return from, to, list
}
