package main

import (
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix"
)

// A droppedGroup is cells that are missing for one reason.
type droppedGroup struct {
	cause  vocab.DropCause
	reason string
	cells  []string
}

// groupDropped joins the cells that are missing for one reason. PyPy and GraalPy that
// nobody enabled are left out.
func groupDropped(p *matrix.Plan) []droppedGroup {
	var groups []droppedGroup
	byKey := map[string][]string{}
	for _, x := range p.Dropped {
		cpython := strings.HasPrefix(x.Identifier, "cp")
		if x.Cause == vocab.DropEnable || x.Cause == vocab.DropRequiresPython && !cpython || x.Cause == vocab.DropSettings && !cpython {
			continue
		}
		reason := x.Reason
		if x.Purpose == vocab.PurposeTest {
			reason = "not tested: " + reason
		}
		key := string(x.Cause) + "\x00" + reason
		if byKey[key] == nil {
			groups = append(groups, droppedGroup{cause: x.Cause, reason: reason})
		}
		byKey[key] = append(byKey[key], x.Identifier)
	}
	live := livePythons(p)
	for i := range groups {
		ids := byKey[string(groups[i].cause)+"\x00"+groups[i].reason]
		if c := groups[i].cause; c == vocab.DropRequiresPython || c == vocab.DropClassifiers || c == vocab.DropRetired {
			groups[i].cells = pythonWords(ids)
		} else {
			groups[i].cells = foldIdentifiers(ids, live)
		}
	}
	return groups
}

// livePythons says by platform for which Pythons there could be a cell: those that
// requires-python and enable let through.
func livePythons(p *matrix.Plan) map[string][]string {
	live := map[string][]string{}
	add := func(id string) {
		python, platform, _ := strings.Cut(id, "-")
		if !slices.Contains(live[platform], python) {
			live[platform] = append(live[platform], python)
		}
	}
	for _, c := range p.Cells {
		add(c.Identifier)
	}
	for _, x := range p.Dropped {
		switch x.Cause {
		case vocab.DropRequiresPython, vocab.DropClassifiers, vocab.DropEnable, vocab.DropRetired, vocab.DropImplementation:
		default:
			add(x.Identifier)
		}
	}
	return live
}

// pythonWords are the Pythons of identifiers: cp39, cp310.
func pythonWords(ids []string) []string {
	var words []string
	for _, id := range ids {
		if python, _, _ := strings.Cut(id, "-"); !slices.Contains(words, python) {
			words = append(words, python)
		}
	}
	return words
}

// foldIdentifiers writes identifiers of one platform as {cp39,cp310}-win32, or as
// *-win32 if they are all that live there, and platforms that have the same Pythons as
// cp39-{win32,win_amd64}.
func foldIdentifiers(ids []string, live map[string][]string) []string {
	var platforms []string
	pythons := map[string][]string{}
	for _, id := range ids {
		python, platform, _ := strings.Cut(id, "-")
		if pythons[platform] == nil {
			platforms = append(platforms, platform)
		}
		pythons[platform] = append(pythons[platform], python)
	}
	var order []string
	alike := map[string][]string{}
	for _, p := range platforms {
		key := braces(pythons[p])
		if len(pythons[p]) > 1 && len(pythons[p]) == len(live[p]) {
			key = "*"
		}
		if alike[key] == nil {
			order = append(order, key)
		}
		alike[key] = append(alike[key], p)
	}
	var words []string
	for _, key := range order {
		if key == "*" {
			for _, p := range alike[key] {
				words = append(words, "*-"+p)
			}
			continue
		}
		words = append(words, key+"-"+braces(alike[key]))
	}
	return words
}

// braces writes words as a shell would have them.
func braces(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return "{" + strings.Join(words, ",") + "}"
}
