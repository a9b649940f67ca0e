package matrix

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// collapse leaves out the wheels that one of the stable ABI makes needless, and
// decides what each cell is for. Without compiled code no wheel of a platform is
// needed at all.
func (d *deriver) collapse(context.Context) error {
	if d.project.CompiledBy == "" {
		d.pure()
		return nil
	}
	var words []string
	byWord := map[string][]Cell{}
	for _, c := range d.builds {
		w := c.Platform.Word
		if byWord[w] == nil {
			words = append(words, w)
		}
		byWord[w] = append(byWord[w], c)
	}
	for _, w := range words {
		d.collapsePlatform(byWord[w])
	}
	return nil
}

// A family is one wheel of the stable ABI and the cells it serves.
type family struct {
	abi   vocab.ABI
	cells []Cell
}

// collapsePlatform does it for the cells of one platform.
func (d *deriver) collapsePlatform(cells []Cell) {
	slices.SortStableFunc(cells, func(a, b Cell) int { return cmp.Compare(a.Python.Minor, b.Python.Minor) })
	stable := d.project.Stable
	abi3, abi3t := family{abi: vocab.ABI3}, family{abi: vocab.ABI3T}
	var own []Cell
	for _, c := range cells {
		limited := !d.limitedOff(c.Platform.OS(), c.Identifier)
		switch {
		case !c.Python.FreeThreaded && stable.ABI3 != 0 && c.Python.Minor >= stable.ABI3 && limited:
			abi3.cells = append(abi3.cells, c)
		case c.Python.FreeThreaded && stable.ABI3T != 0 && c.Python.Minor >= stable.ABI3T && limited:
			abi3t.cells = append(abi3t.cells, c)
		default:
			own = append(own, c)
		}
	}
	// A wheel for abi3.abi3t serves the builds with the GIL as well.
	if len(abi3t.cells) > 0 && len(abi3.cells) > 0 && abi3.cells[0].Python.Minor >= abi3t.cells[0].Python.Minor {
		abi3t.cells = append(abi3t.cells, abi3.cells...)
		abi3.cells = nil
	}
	for _, c := range own {
		c.Reason = fmt.Sprintf("%s takes no other wheel", c.Python)
		d.build(c)
		d.test(c, c.Identifier, "the wheel is tested where it is built")
	}
	for _, f := range []family{abi3, abi3t} {
		d.stable(f)
	}
}

// stable builds one wheel for a family, and tests it with the oldest and the newest
// Python of each flavour it serves.
func (d *deriver) stable(f family) {
	if len(f.cells) == 0 {
		return
	}
	builder := f.cells[0]
	builder.ABI = f.abi
	builder.Reason = fmt.Sprintf("one wheel for %s serves %s", f.abi, served(f.cells))
	d.build(builder)
	d.test(builder, builder.Identifier, "the wheel is tested where it is built")
	newest := map[bool]int{}
	for i, c := range f.cells {
		newest[c.Python.FreeThreaded] = i
	}
	for i, c := range f.cells[1:] {
		c.ABI = f.abi
		d.drop(c.Identifier, vocab.PurposeBuild, vocab.DropStableABI, fmt.Sprintf("the %s wheel of %s serves it", f.abi, builder.Identifier))
		if newest[c.Python.FreeThreaded] == i+1 {
			d.test(c, builder.Identifier, fmt.Sprintf("the newest Python that takes the %s wheel of %s", f.abi, builder.Identifier))
		} else {
			d.drop(c.Identifier, vocab.PurposeTest, vocab.DropStableABI, fmt.Sprintf("the %s wheel is tested with the oldest and the newest Python it serves", f.abi))
		}
	}
}

// served names the Pythons of cells: "3.11 to 3.15, 3.15t".
func served(cells []Cell) string {
	var names []string
	for _, free := range []bool{false, true} {
		var first, last string
		for _, c := range cells {
			if c.Python.FreeThreaded == free {
				first, last = cmp.Or(first, c.Python.String()), c.Python.String()
			}
		}
		switch first {
		case "":
		case last:
			names = append(names, first)
		default:
			names = append(names, first+" to "+last)
		}
	}
	return strings.Join(names, ", ") + " and newer"
}

func (d *deriver) build(c Cell) {
	c.Purpose, c.Wheel = vocab.PurposeBuild, c.Identifier
	d.plan.Cells = append(d.plan.Cells, c)
}

// test takes a cell for testing a wheel.
func (d *deriver) test(c Cell, wheel, reason string) {
	c.Purpose, c.Wheel, c.Reason = vocab.PurposeTest, wheel, reason
	d.tests = append(d.tests, c)
}

// pure keeps the tests of a project without compiled code: every Python on the main
// platform of each system.
func (d *deriver) pure() {
	for _, c := range d.builds {
		d.drop(c.Identifier, vocab.PurposeBuild, vocab.DropPure, "nothing shows that the project has compiled code: one wheel serves every platform")
		switch c.Platform.Word {
		case "manylinux_x86_64", "macosx_arm64", "win_amd64":
			d.test(c, "", "the wheel that serves every platform is tested with this Python")
		}
	}
}
