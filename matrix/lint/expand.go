package lint

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/internal/suggest"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix/workflow"
	"github.com/ftpkg/ftpkg/matrix/workflow/yamledit"
)

// maxJobs is how many jobs GitHub makes of a matrix.
const maxJobs = 256

// checkMatrix finds matrices that GitHub refuses, and keys that no cell has.
func (w *world) checkMatrix(j *job) {
	m := j.matrix
	if m == nil {
		return
	}
	for _, p := range m.Problems {
		w.find(j.at(p.Node, ruleBadMatrix, "%s", p.Msg))
	}
	if m.Size > maxJobs {
		w.find(j.at(m.Node, ruleTooMany, "the matrix has %d cells; GitHub runs %d", m.Size, maxJobs))
	}
	if len(m.Problems) > 0 || m.Size > workflow.MaxCells {
		return
	}
	if !m.Dynamic {
		for _, r := range m.Exclude {
			if !r.Matched && r.Node != nil {
				w.find(j.at(r.Node, ruleIdleExclude, "this row of exclude fits no cell: %s", r.String()))
			}
		}
		w.checkKeys(j)
	}
}

// checkKeys finds expressions of a job that ask for a key that no cell has.
func (w *world) checkKeys(j *job) {
	has := func(key string) bool {
		for _, c := range j.matrix.Cells {
			if _, ok := c.Get(key); ok {
				return true
			}
		}
		return false
	}
	var keys []string
	for _, c := range j.matrix.Cells {
		keys = append(keys, c.Keys...)
	}
	var walk func(n *yaml.Node, key string, depth int)
	walk = func(n *yaml.Node, key string, depth int) {
		n = yamledit.Resolve(n)
		if depth > 30 {
			return
		}
		switch n.Kind {
		case yaml.ScalarNode:
			for _, ref := range workflow.Refs(n.Value, key == "if") {
				if name, ok := strings.CutPrefix(ref, "matrix."); ok && !has(name) {
					offset := max(strings.Index(n.Value, name), 0)
					f := j.within(workflow.Text{Value: n.Value, Node: n}, offset, ruleUnknownKey, "no cell of the matrix has the key %s", name)
					if near, ok := suggest.Closest(name, keys); ok {
						f.Message += "; did you mean " + near + "?"
					} else {
						f.Severity = vocab.SeverityNote // maybe one that no cell needs to have
					}
					w.find(f)
				}
			}
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				if k := yamledit.Resolve(n.Content[i]).Value; depth > 0 || k != "strategy" {
					walk(n.Content[i+1], k, depth+1)
				}
			}
		default:
			for _, c := range n.Content {
				walk(c, "", depth+1)
			}
		}
	}
	walk(j.Node, "", 0)
}
