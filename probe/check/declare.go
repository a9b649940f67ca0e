package check

import (
	"fmt"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// classifierRoot begins the classifiers about free threading.
const classifierRoot = "Programming Language :: Python :: Free Threading"

// claim is the classifier by which a project says that it supports free threading,
// "" if it has none, or only one that says the contrary (1 - Unstable).
func claim(classifiers []string) string {
	for _, c := range classifiers {
		rest, ok := strings.CutPrefix(c, classifierRoot)
		if ok && (rest == "" || strings.HasPrefix(rest, " :: ")) && !strings.HasPrefix(rest, " :: 1") {
			return c
		}
	}
	return ""
}

// checkDeclarations judges what modules declare about the GIL: in free-threaded
// wheels whether they turn it on, in all others whether they say that they need it
// while the project says that it doesn't.
func (w *wheel) checkDeclarations() {
	free := w.tags.hasABI((*abiTag).forFree)
	var against []*module
	for _, m := range w.modules {
		if m.faulty {
			continue
		}
		switch {
		case free && m.Declaration.TurnsOn():
			w.checkTurnsOn(m)
			if !m.test {
				against = append(against, m)
			}
		case free && m.Declaration == vocab.DeclarationUndecided:
			w.found(m.path, ruleUndecided, "whether it turns the GIL on could not be read from it: "+m.Reason)
		case !free && m.Declaration == vocab.DeclarationUsed && !m.ByDefault && m.Evidence == vocab.EvidenceStaticSlots && !m.test:
			against = append(against, m)
		}
	}
	if c := claim(w.classifiers); c != "" && len(against) > 0 {
		text := "turns the GIL on"
		if !free {
			text = "declares that it needs the GIL"
		}
		if n := len(against); n > 1 {
			text += fmt.Sprintf(", and so do %d more", n-1)
		}
		w.found(w.info+"/METADATA", ruleClaim, fmt.Sprintf("it has the classifier %q, but %s %s", c, against[0].path, text))
	}
}

func (w *wheel) checkTurnsOn(m *module) {
	said := "declares nothing about the GIL"
	if m.Declaration == vocab.DeclarationUsed {
		said = "declares that it needs the GIL"
		if m.ByDefault {
			said += " (as its toolchain does unless told otherwise)"
		}
	}
	message := fmt.Sprintf("it %s: importing %s turns it on for the whole process", said, m.name)
	if fix := m.Toolchain.Fix(); fix != "" {
		message += "; once it is safe: " + fix
	}
	severity := severityOf(ruleTurnsOn)
	if m.test {
		severity = vocab.SeverityNote
	}
	w.less(m.path, ruleTurnsOn, severity, message)
}
