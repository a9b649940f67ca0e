package workflow

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/matrix/workflow/yamledit"
)

// A File is a workflow.
type File struct {
	Name string // as it was given
	Doc  *yamledit.Document
	// On are the names of the events that start it.
	On   []string
	Env  []Pair
	Jobs []*Job
}

// A Text is a scalar of the file.
type Text struct {
	// Value is its text as it stands there, expressions and all: of 3.10, "3.10".
	Value string
	Node  *yaml.Node // nil for one that is not there
	Path  yamledit.Path
}

// Line returns the line of the text, from 1; 0 if it is not there.
func (t Text) Line() int {
	if t.Node == nil {
		return 0
	}
	return t.Node.Line
}

// A Pair is an entry of env or with.
type Pair struct {
	Key string
	Text
}

// lookup finds a key, whose case may count or not.
func lookup(pairs []Pair, key string, fold bool) (Text, bool) {
	for _, p := range pairs {
		if p.Key == key || fold && strings.EqualFold(p.Key, key) {
			return p.Text, true
		}
	}
	return Text{}, false
}

// A Job is one job of a workflow.
type Job struct {
	ID   string
	File *File
	Node *yaml.Node // its mapping
	Key  *yaml.Node // its name
	Path yamledit.Path

	Name  Text
	If    Text
	Needs []Text
	// RunsOn are the labels, of which a runner must have all.
	RunsOn    []Text
	Container Text // the image
	// Uses is the reusable workflow that a job without steps calls.
	Uses  Text
	With  []Pair
	Env   []Pair
	Steps []*Step
}

// An Error is a file that is no workflow.
type Error struct {
	File         string
	Line, Column int // from 1, or 0
	Msg          string
}

// Error implements error: "ci.yml:3:5: …".
func (e *Error) Error() string {
	at := e.File
	if e.Line > 0 {
		at += fmt.Sprintf(":%d", e.Line)
		if e.Column > 0 {
			at += fmt.Sprintf(":%d", e.Column)
		}
	}
	return at + ": " + e.Msg
}

// Parse reads a workflow. Its errors are of type *[Error]. What GitHub would refuse
// deeper inside (an unknown key, a step without uses or run) is passed over.
func Parse(name, text string) (*File, error) {
	doc, err := yamledit.Parse(text)
	if err != nil {
		if s, ok := err.(*yamledit.SyntaxError); ok { //nolint:errorlint // it is what Parse returns
			return nil, &Error{name, s.Line, s.Column, s.Msg}
		}
		return nil, &Error{File: name, Msg: err.Error()}
	}
	root := yamledit.Resolve(doc.Root())
	if root == nil || root.Kind != yaml.MappingNode {
		return nil, &Error{name, 1, 0, "not a workflow: it is no mapping"}
	}
	f := &File{Name: name, Doc: doc}
	jobs := yamledit.Resolve(yamledit.Lookup(root, "jobs"))
	switch {
	case jobs == nil:
		return nil, &Error{name, root.Line, 0, "not a workflow: it has no jobs"}
	case jobs.Kind != yaml.MappingNode:
		return nil, &Error{name, jobs.Line, jobs.Column, "jobs is no mapping"}
	}
	on := yamledit.Lookup(root, "on")
	if on = yamledit.Resolve(on); on != nil {
		switch on.Kind {
		case yaml.MappingNode:
			for i := 0; i < len(on.Content); i += 2 {
				f.On = append(f.On, yamledit.Resolve(on.Content[i]).Value)
			}
		default:
			for _, t := range texts(on, yamledit.Path{"on"}) {
				f.On = append(f.On, t.Value)
			}
		}
	}
	f.Env = pairs(yamledit.Lookup(root, "env"), yamledit.Path{"env"})
	for i := 0; i < len(jobs.Content); i += 2 {
		key, n := yamledit.Resolve(jobs.Content[i]), yamledit.Resolve(jobs.Content[i+1])
		if n.Kind != yaml.MappingNode {
			return nil, &Error{name, n.Line, n.Column, fmt.Sprintf("the job %s is no mapping", key.Value)}
		}
		f.Jobs = append(f.Jobs, newJob(f, key, n))
	}
	return f, nil
}

// Job returns the job of an ID, nil if there is none.
func (f *File) Job(id string) *Job {
	for _, j := range f.Jobs {
		if j.ID == id {
			return j
		}
	}
	return nil
}

func newJob(f *File, key, n *yaml.Node) *Job {
	j := &Job{ID: key.Value, File: f, Node: n, Key: key, Path: yamledit.Path{"jobs", key.Value}}
	j.Name, j.If, j.Uses = textAt(n, j.Path, "name"), textAt(n, j.Path, "if"), textAt(n, j.Path, "uses")
	j.Needs = texts(yamledit.Lookup(n, "needs"), j.Path.Then("needs"))
	if on := yamledit.Lookup(n, "runs-on"); on != nil {
		path := j.Path.Then("runs-on")
		if labels := yamledit.Lookup(on, "labels"); labels != nil {
			on, path = labels, path.Then("labels")
		}
		j.RunsOn = texts(on, path)
	}
	if c := yamledit.Lookup(n, "container"); c != nil {
		if j.Container = textAt(c, j.Path.Then("container"), "image"); j.Container.Node == nil {
			j.Container = textAt(n, j.Path, "container")
		}
	}
	j.With, j.Env = pairs(yamledit.Lookup(n, "with"), j.Path.Then("with")), pairs(yamledit.Lookup(n, "env"), j.Path.Then("env"))
	if steps := yamledit.Resolve(yamledit.Lookup(n, "steps")); steps != nil && steps.Kind == yaml.SequenceNode {
		for i, s := range steps.Content {
			j.Steps = append(j.Steps, newStep(j, i, yamledit.Resolve(s)))
		}
	}
	return j
}

// textAt is the scalar of a key, one that is not there if it has none.
func textAt(n *yaml.Node, path yamledit.Path, key string) Text {
	v := yamledit.Resolve(yamledit.Lookup(n, key))
	if v == nil || v.Kind != yaml.ScalarNode {
		return Text{}
	}
	return Text{v.Value, v, path.Then(key)}
}

// texts are a scalar, or the scalars of a list.
func texts(n *yaml.Node, path yamledit.Path) []Text {
	switch n = yamledit.Resolve(n); {
	case n == nil:
	case n.Kind == yaml.ScalarNode:
		return []Text{{n.Value, n, path}}
	case n.Kind == yaml.SequenceNode:
		var list []Text
		for i, c := range n.Content {
			if c = yamledit.Resolve(c); c.Kind == yaml.ScalarNode {
				list = append(list, Text{c.Value, c, path.Then(i)})
			}
		}
		return list
	}
	return nil
}

// pairs are the entries of a mapping whose values are scalars.
func pairs(n *yaml.Node, path yamledit.Path) []Pair {
	n = yamledit.Resolve(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	var list []Pair
	for i := 0; i < len(n.Content); i += 2 {
		key, v := yamledit.Resolve(n.Content[i]), yamledit.Resolve(n.Content[i+1])
		if v.Kind == yaml.ScalarNode {
			list = append(list, Pair{key.Value, Text{v.Value, v, path.Then(key.Value)}})
		}
	}
	return list
}
