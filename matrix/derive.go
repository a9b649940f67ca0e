package matrix

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/suggest"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// An ImpossibleError says that no cell is left.
type ImpossibleError struct {
	// Reasons say what took the cells, at most three.
	Reasons []string
}

// Error lists the reasons.
func (e *ImpossibleError) Error() string {
	return "no cell is left in the matrix: " + strings.Join(e.Reasons, "; ")
}

// Derive makes the smallest matrix that suffices for a project: what cibuildwheel
// would build, without the wheels that one of the stable ABI makes needless, and
// without the cells whose requirements have no wheel. index is asked for those; if it
// is nil, they are not looked at. The error is an *Error if the project asks for what
// there is not, and an *ImpossibleError if no cell is left.
func Derive(ctx context.Context, p *Project, s Settings, index resolver.Index) (*Plan, error) {
	d := &deriver{project: p, settings: s, tables: s.Tables, index: index}
	if d.tables == nil {
		d.tables = DefaultTables()
	}
	var ok bool
	if d.line, ok = d.tables.Line(s.Line); !ok {
		names := LineNames()
		if near, ok := suggest.Closest(s.Line, names); ok {
			return nil, fmt.Errorf("cibuildwheel %s is not known: did you mean %s?", s.Line, near)
		}
		return nil, fmt.Errorf("cibuildwheel %s is not known: the release lines are %s", s.Line, strings.Join(names, ", "))
	}
	if err := p.Cibuildwheel.CheckLine(d.line); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{d.candidates, d.buildable, d.collapse, d.tested} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	d.order()
	d.notes()
	if len(d.plan.Cells) == 0 {
		return nil, &ImpossibleError{d.reasons()}
	}
	return &d.plan, nil
}

// A deriver holds a plan while it is made.
type deriver struct {
	project  *Project
	settings Settings
	tables   *Tables
	line     *Line
	index    resolver.Index

	selections map[string]*selection // by system
	plan       Plan
	// builds are the cells that could be built, each with what it is for.
	builds []Cell
	// tests are the cells in which a wheel is to be tested.
	tests []Cell
}

func (d *deriver) drop(id string, purpose vocab.Purpose, cause vocab.DropCause, reason string) {
	d.plan.Dropped = append(d.plan.Dropped, Dropped{id, purpose, cause, reason})
}

// candidates are the cells that the project's options select.
func (d *deriver) candidates(context.Context) error {
	d.selections = map[string]*selection{}
	for _, os := range platforms() {
		sel, err := d.project.selectOn(d.line, os, d.natives(os))
		if err != nil {
			return err
		}
		if d.settings.Platforms != nil {
			sel.archs = nil // what is asked for here goes before archs, as a flag does
		}
		d.selections[os] = sel
		for _, id := range d.line.Identifiers[os] {
			if err := d.candidate(sel, id); err != nil {
				return err
			}
		}
		d.retired(sel)
	}
	return nil
}

// candidate takes an identifier, or drops it.
func (d *deriver) candidate(sel *selection, id string) error {
	cause, reason := sel.drops(id)
	if cause == "" {
		cause, reason = d.unwanted(id)
	}
	if cause != "" {
		d.drop(id, vocab.PurposeBuild, cause, reason)
		return nil
	}
	python, ok := pythonOf(id)
	if !ok {
		d.drop(id, vocab.PurposeBuild, vocab.DropImplementation, "not CPython: cibuildwheel builds it, a job of its own is yours to add")
		return nil
	}
	c := Cell{Identifier: id, Python: python, ABI: vocab.ABIGIL, Platform: platformOf(id), Purpose: vocab.PurposeBuild}
	if python.FreeThreaded {
		c.ABI = vocab.ABIFreeThreaded
	}
	if reason := d.unsupported(sel.os, &c); reason != "" {
		d.drop(id, vocab.PurposeBuild, vocab.DropBackend, reason)
		return nil
	}
	var err error
	if c.Platform.Floor, err = d.floor(sel.os, id); err != nil {
		return err
	}
	if c.Runner, c.Emulated, ok = d.runner(c.Platform); !ok {
		d.drop(id, vocab.PurposeBuild, vocab.DropNoRunner, "no runner is known for "+c.Platform.Word)
		return nil
	}
	d.builds = append(d.builds, c)
	return nil
}

// unwanted says why the classifiers or the settings leave an identifier out.
func (d *deriver) unwanted(id string) (vocab.DropCause, string) {
	if cpython, ok := pythonOf(id); ok && !d.project.HasRequiresPython {
		if named := d.project.promised(); len(named) > 0 && cpython.Minor < slices.Min(named) {
			return vocab.DropClassifiers, fmt.Sprintf("there is no requires-python, and the oldest Python the classifiers name is 3.%d", slices.Min(named))
		}
	}
	word := platformOf(id).Word
	if d.settings.Platforms != nil && !slices.Contains(d.settings.Platforms, word) {
		return vocab.DropSettings, "the platforms asked for are " + strings.Join(d.settings.Platforms, ", ")
	}
	if d.settings.Pythons == nil {
		return "", ""
	}
	python, ok := pythonOf(id)
	wanted := slices.ContainsFunc(d.settings.Pythons, func(p wheeltags.Python) bool {
		return ok && p.Minor == python.Minor && p.FreeThreaded == python.FreeThreaded
	})
	if !wanted {
		var names []string
		for _, p := range d.settings.Pythons {
			names = append(names, p.String())
		}
		return vocab.DropSettings, "the Pythons asked for are " + strings.Join(names, ", ")
	}
	return "", ""
}

// retired drops the cells that older release lines built and that the project's
// selectors would still take.
func (d *deriver) retired(sel *selection) {
	at := slices.Index(d.tables.Lines, d.line)
	seen := map[string]bool{}
	for _, old := range d.tables.Lines[at+1:] {
		for _, id := range old.Identifiers[sel.os] {
			if _, cpython := pythonOf(id); !cpython || seen[id] || slices.Contains(d.line.Identifiers[sel.os], id) {
				continue
			}
			seen[id] = true
			cause, _ := sel.drops(id)
			if cause == "" {
				cause, _ = d.unwanted(id)
			}
			if cause == "" {
				d.drop(id, vocab.PurposeBuild, vocab.DropRetired, fmt.Sprintf("cibuildwheel %s no longer builds it, %s did", d.line.Name(), old.Name()))
			}
		}
	}
}

// unsupported says why the project cannot be built for a cell's Python.
func (d *deriver) unsupported(os string, c *Cell) string {
	p := d.project
	if p.PyO3.IsValid() && p.Cibuildwheel.variable("UNSAFE_PYO3_SKIP_VERSION_CHECK", os, c.Identifier) != "1" {
		if reason := d.pyo3Refuses(c.Python); reason != "" {
			return reason
		}
	}
	if p.Stable.Refuses != "" && c.Python.FreeThreaded && c.Python.Minor < firstABI3T && !d.limitedOff(os, c.Identifier) {
		return fmt.Sprintf("%s (%s)", p.Stable.Refuses, p.Stable.At)
	}
	return ""
}

// limitedOff reports whether the options turn meson-python's limited API off.
func (d *deriver) limitedOff(os, id string) bool {
	return strings.Contains(d.project.Cibuildwheel.raw("config-settings", os, id), "allow_limited_api=false")
}

func (d *deriver) pyo3Refuses(python wheeltags.Python) string {
	p := d.project
	holds, ok := d.tables.PyO3.release(p.PyO3)
	switch {
	case !ok:
		return ""
	case python.FreeThreaded && holds.FreeNewest == 0:
		return fmt.Sprintf("PyO3 %s does not build for free-threaded Python (%s)", p.PyO3, p.PyO3At)
	case python.FreeThreaded && python.Minor < holds.FreeOldest:
		return fmt.Sprintf("PyO3 %s builds for free-threaded Python from 3.%dt on (%s)", p.PyO3, holds.FreeOldest, p.PyO3At)
	case python.FreeThreaded && python.Minor > holds.FreeNewest:
		return fmt.Sprintf("PyO3 %s builds for free-threaded Python up to 3.%dt (%s)", p.PyO3, holds.FreeNewest, p.PyO3At)
	case !python.FreeThreaded && python.Minor > holds.Newest && p.Stable.ABI3 == 0:
		return fmt.Sprintf("PyO3 %s builds for Python up to 3.%d (%s)", p.PyO3, holds.Newest, p.PyO3At)
	}
	return ""
}

// tested takes the tests that can run.
func (d *deriver) tested(ctx context.Context) error {
	var left []Cell
	for _, c := range d.tests {
		sel := d.selections[c.Platform.OS()]
		reason := sel.skipsTest(c.Identifier)
		switch {
		case reason != "":
			d.drop(c.Identifier, vocab.PurposeTest, vocab.DropTestSkip, reason)
		case c.Emulated && !d.settings.Emulate:
			d.drop(c.Identifier, vocab.PurposeTest, vocab.DropEmulated, fmt.Sprintf("%s would be emulated on %s", c.Platform.Arch(), c.Runner))
		default:
			left = append(left, c)
		}
	}
	left, err := d.testable(ctx, left)
	d.plan.Cells = append(d.plan.Cells, left...)
	return err
}

// order sorts the plan by platform, Python, flavour and purpose.
func (d *deriver) order() {
	words := d.tables.words()
	place := func(id string, purpose vocab.Purpose) [4]int {
		_, word, _ := strings.Cut(id, "-")
		python, cpython := pythonOf(id)
		key := [4]int{slices.Index(words, word), python.Minor}
		if !cpython {
			key[1] = 1000
		}
		if python.FreeThreaded {
			key[2] = 1
		}
		if purpose == vocab.PurposeTest {
			key[3] = 1
		}
		return key
	}
	slices.SortStableFunc(d.plan.Cells, func(a, b Cell) int {
		x, y := place(a.Identifier, a.Purpose), place(b.Identifier, b.Purpose)
		return slices.Compare(x[:], y[:])
	})
	slices.SortStableFunc(d.plan.Dropped, func(a, b Dropped) int {
		x, y := place(a.Identifier, a.Purpose), place(b.Identifier, b.Purpose)
		return slices.Compare(x[:], y[:])
	})
}

// reasons are what took the cells, first what took those that came nearest to being
// in the matrix, then what took most.
func (d *deriver) reasons() []string {
	order := []vocab.DropCause{
		vocab.DropDependency, vocab.DropNoRunner, vocab.DropBackend, vocab.DropRetired, vocab.DropSettings,
		vocab.DropArch, vocab.DropSelector, vocab.DropClassifiers, vocab.DropRequiresPython,
	}
	count := map[string]int{}
	rank := map[string]int{}
	var all []string
	for _, x := range d.plan.Dropped {
		if x.Cause == vocab.DropEnable || x.Cause == vocab.DropImplementation {
			continue
		}
		if count[x.Reason]++; count[x.Reason] == 1 {
			all = append(all, x.Reason)
			rank[x.Reason] = slices.Index(order, x.Cause)
		}
	}
	slices.SortStableFunc(all, func(a, b string) int {
		return cmp.Or(cmp.Compare(rank[a], rank[b]), cmp.Compare(count[b], count[a]))
	})
	return all[:min(len(all), 3)]
}
