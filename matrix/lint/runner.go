package lint

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/matrix/workflow/yamledit"
)

// checkRunners finds labels whose runners are gone, or going.
func (w *world) checkRunners(j *job) {
	seen := map[*yaml.Node]bool{}
	for _, r := range j.runs {
		for _, l := range r.labels {
			found, ok := w.tables.Runners.Find(l.text)
			if !ok || seen[l.at] {
				continue
			}
			seen[l.at] = true
			instead := ""
			if found.Successor != "" {
				instead = "; " + found.Successor + " comes after it"
			}
			switch {
			case found.Gone != "" && (w.today == "" || found.Gone <= w.today):
				f := j.at(l.at, ruleDeadRunner, "GitHub has no runner %s since %s%s", l.text, found.Gone, instead)
				if l.exact && found.Successor != "" && w.renamable(j, l.text, found.Successor) {
					f.fix = renameLabel(j.File.Name, l.text, found.Successor)
				}
				w.find(f)
			case found.Deprecated != "" && found.Deprecated <= w.today:
				w.find(j.at(l.at, ruleDyingRunner, "the runner %s is deprecated since %s and gone on %s%s", l.text, found.Deprecated, found.Gone, instead))
			}
		}
	}
}

// renamable reports whether a label can be written otherwise throughout its file:
// nothing else there names it, as a part of a text or in an expression, and no list
// has its successor already.
func (w *world) renamable(j *job, old, successor string) bool {
	ok := true
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode && n.Value != old && containsWord(n.Value, old) {
			ok = false
		}
		if n.Kind == yaml.SequenceNode {
			had, has := false, false
			for _, c := range n.Content {
				c = yamledit.Resolve(c)
				had, has = had || c.Value == old, has || c.Value == successor
			}
			ok = ok && !(had && has)
		}
		for i, c := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 0 {
				ok = ok && c.Value != old
				continue
			}
			walk(c)
		}
	}
	walk(j.File.Doc.Root())
	return ok
}

// containsWord reports whether a text has a label that is not a part of a longer one.
func containsWord(text, word string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		i += at
		at = i + len(word)
		before, after := i == 0 || !labelByte(text[i-1]), at == len(text) || !labelByte(text[at])
		if before && after {
			return true
		}
	}
}

func labelByte(c byte) bool {
	return c == '-' || c == '_' || c == '.' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// renameLabel writes a label otherwise wherever it stands as a value.
func renameLabel(file, old, successor string) func(e *edits) error {
	return func(e *edits) error {
		doc, err := e.workflow(file)
		if err != nil {
			return err
		}
		for {
			p := scalarPath(doc.Root(), nil, old)
			if p == nil {
				return nil
			}
			if err := doc.Set(p, successor); err != nil {
				return err
			}
		}
	}
}

// scalarPath finds the first scalar of a value, nil if there is none.
func scalarPath(n *yaml.Node, at yamledit.Path, value string) yamledit.Path {
	switch n.Kind {
	case yaml.ScalarNode:
		if n.Value == value {
			return at
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			if p := scalarPath(c, at.Then(i), value); p != nil {
				return p
			}
		}
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			if p := scalarPath(n.Content[i+1], at.Then(yamledit.Resolve(n.Content[i]).Value), value); p != nil {
				return p
			}
		}
	default: // an alias: what it stands for is found where it stands
	}
	return nil
}

// scalarWith finds the first scalar within a node whose value has a word.
func scalarWith(n *yaml.Node, at yamledit.Path, word string) (*yaml.Node, yamledit.Path) {
	n = yamledit.Resolve(n)
	switch n.Kind {
	case yaml.ScalarNode:
		if strings.Contains(n.Value, word) {
			return n, at
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			if found, p := scalarWith(c, at.Then(i), word); found != nil {
				return found, p
			}
		}
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			if found, p := scalarWith(n.Content[i+1], at.Then(yamledit.Resolve(n.Content[i]).Value), word); found != nil {
				return found, p
			}
		}
	default:
	}
	return nil, nil
}
