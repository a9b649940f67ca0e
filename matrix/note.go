package matrix

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// note adds a sentence, once.
func (d *deriver) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(d.plan.Notes, text) {
		d.plan.Notes = append(d.plan.Notes, text)
	}
}

// notes says what was taken for granted, and what people would want to know.
func (d *deriver) notes() {
	p := d.project
	slices.Sort(d.plan.Notes)
	switch {
	case p.HasRequiresPython:
	case len(p.promised()) > 0:
		d.note("there is no requires-python: the oldest Python is the one the classifiers name")
	default:
		d.note("there is no requires-python: every Python that cibuildwheel %s builds for is in", d.line.Name())
	}
	if d.index == nil {
		d.note("whether what the project requires has wheels was not asked")
	}
	free, minors, free15 := false, map[int]bool{}, false
	for _, c := range d.plan.Cells {
		free = free || c.Python.FreeThreaded
		minors[c.Python.Minor] = true
		free15 = free15 || c.ABI == vocab.ABI3T
	}
	if !free {
		d.note("there is no free-threaded cell")
	}
	d.classifierNotes(minors, free)
	if free15 && p.usesBackend("setuptools") && p.Stable.ABI3 != 0 && p.Stable.ABI3 < firstABI3T {
		d.note("py_limited_api is cp3%d (%s); for the free-threaded wheel of 3.15 it has to be cp315, since no older Python loads it", p.Stable.ABI3, p.Stable.At)
	}
}

var pythonClassifier = regexp.MustCompile(`^Programming Language :: Python :: 3\.(\d+)$`)

// promised are the minor versions of Python 3 that the classifiers name.
func (p *Project) promised() []int {
	var minors []int
	for _, c := range p.Classifiers {
		if m := pythonClassifier.FindStringSubmatch(c); m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil {
				minors = append(minors, n)
			}
		}
	}
	return minors
}

// classifierNotes compares what the classifiers promise with the matrix.
func (d *deriver) classifierNotes(minors map[int]bool, free bool) {
	claims := ""
	for _, c := range d.project.Classifiers {
		if strings.Contains(c, ":: Free Threading") {
			claims = c
		}
	}
	for _, n := range d.project.promised() {
		if !minors[n] {
			d.note("a classifier promises 3.%d, and no cell has it", n)
		}
	}
	switch {
	case claims != "" && !free:
		d.note("the classifier %q is promised, and no cell tests it", claims)
	case claims == "" && free && len(d.project.Classifiers) > 0:
		d.note("no classifier says Free Threading; add one once the free-threaded tests pass")
	}
}
