package lint

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/matrix"
	"github.com/ftpkg/ftpkg/matrix/workflow"
)

// A world is everything that findings rest on.
type world struct {
	tables *matrix.Tables
	today  string
	// jobs are those of all workflows of the project, those that were not asked about
	// included; what they do counts as evidence.
	jobs []*job
	// project is the project's pyproject.toml, nil if there is none or it is unknown.
	project *pyproject
	// fsys is the project's directory, nil if it is not known; configs are files of it
	// that configure cibuildwheel, nil for one that can't be read.
	fsys    fs.FS
	configs map[string]*pyproject
	files   evidence

	// twice are the builds whose greedy selector builds what others build by name.
	twice map[*cibwUse]bool

	report  *Report
	choice  Choice
	checked map[string]bool // the files that were asked about
}

// newWorld reads sources and, of the project they belong to, what was not among them.
func newWorld(sources []Source, opts Options) (*world, error) {
	w := &world{tables: opts.Tables, today: opts.Today, choice: opts.Choice, checked: map[string]bool{}, twice: map[*cibwUse]bool{}, fsys: opts.Project, configs: map[string]*pyproject{}, report: &Report{Schema: SchemaName, Files: []string{}, Findings: []Finding{}}}
	if w.tables == nil {
		w.tables = matrix.DefaultTables()
	}
	for _, s := range sources {
		if err := w.add(s.Name, s.Text); err != nil {
			return nil, err
		}
		w.checked[s.Name] = true
		w.report.Files = append(w.report.Files, s.Name)
	}
	if opts.Project != nil {
		if err := w.surroundings(opts); err != nil {
			return nil, err
		}
	}
	for _, j := range w.jobs {
		j.analyse()
	}
	return w, nil
}

// add reads a workflow or a pyproject.toml.
func (w *world) add(name, text string) error {
	if strings.EqualFold(path.Ext(name), ".toml") {
		p, err := readPyproject(name, text)
		if err != nil {
			return err
		}
		w.project = p
		return nil
	}
	f, err := workflow.Parse(name, text)
	if err != nil {
		return err
	}
	for _, j := range f.Jobs {
		w.jobs = append(w.jobs, newJob(w, j))
	}
	return nil
}

// surroundings reads what the project has beside the sources. A file of it that is
// broken counts for nothing: nobody asked about it.
func (w *world) surroundings(opts Options) error {
	if w.project == nil {
		if text, err := fs.ReadFile(opts.Project, "pyproject.toml"); err == nil {
			if p, err := readPyproject("pyproject.toml", string(text)); err == nil {
				w.project = p
			}
		}
	}
	for _, pattern := range []string{".github/workflows/*.yml", ".github/workflows/*.yaml"} {
		names, err := fs.Glob(opts.Project, pattern)
		if err != nil {
			return fmt.Errorf("%s: %w", pattern, err)
		}
		for _, name := range names {
			if opts.known(name) {
				continue
			}
			if text, err := fs.ReadFile(opts.Project, name); err == nil && len(text) < maxEvidence {
				_ = w.add(name, string(text)) // see above
			}
		}
	}
	w.files = gather(opts.Project)
	return nil
}

// known reports whether a file of the project is among the sources.
func (o *Options) known(name string) bool {
	return slices.Contains(o.Sources, name)
}

// find notes a finding, if its file was asked about and its rule counts.
func (w *world) find(f Finding) {
	if !w.checked[f.File] || !w.choice.Wants(f.Rule) {
		return
	}
	r, _ := Lookup(f.Rule)
	if f.Severity == "" {
		f.Severity = r.Severity
	}
	f.Fixable = f.fix != nil
	f.Line, f.Column = max(f.Line, 1), max(f.Column, 1)
	w.report.Findings = append(w.report.Findings, f)
}

// at begins a finding at a node of a job's file.
func (j *job) at(n *yaml.Node, rule, format string, args ...any) Finding {
	return Finding{File: j.File.Name, Line: n.Line, Column: n.Column, Rule: rule, Message: fmt.Sprintf(format, args...)}
}

// within begins a finding at a byte of a scalar's value.
func (j *job) within(t workflow.Text, offset int, rule, format string, args ...any) Finding {
	f := j.at(t.Node, rule, format, args...)
	f.Line, f.Column = j.File.Doc.Position(t.Node, offset)
	return f
}
