package browser_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/ftpkg/ftpkg/tracker/site/sitetest"
)

// TestLarge looks at a table so large that the browser does not lay out what is out
// of sight: nobody may notice, whatever they look with.
func TestLarge(t *testing.T) {
	const n = 1200
	in := sitetest.Input(n)
	last := in.Document.Packages[n-1].Name
	x := open(t, serve(t, in))
	x.visit(t, "")
	x.wait(t, ready)
	if !eval[bool](t, x, `document.querySelector("#table").classList.contains("large") && getComputedStyle(document.querySelector("#table tbody:last-of-type")).contentVisibility === "auto"`) {
		t.Fatal("the table is laid out whole: this tests nothing")
	}
	t.Run("find in page", func(t *testing.T) {
		// The same search that the browser's own field does.
		if !eval[bool](t, x, fmt.Sprintf(`window.find(%q)`, last)) {
			t.Errorf("%s is not found", last)
		}
		x.wait(t, `(() => { const r = getSelection().getRangeAt(0).getBoundingClientRect(); return r.height > 0 && r.top >= 0 && r.bottom <= innerHeight })()`)
	})
	t.Run("keyboard", func(t *testing.T) {
		// Shift and Tab from behind the table leads to the last row, and brings it into sight.
		x.run(t, chromedp.Evaluate(`document.querySelector(".legend summary").focus()`, nil), chromedp.KeyEvent("\t", chromedp.KeyModifiers(8)))
		x.wait(t, `document.activeElement.closest("#table tbody tr") !== null`)
		row := eval[string](t, x, `document.activeElement.closest("tr").querySelector("th a").textContent`)
		if row != last {
			t.Errorf("the keyboard leads to %s, want %s", row, last)
		}
		if !eval[bool](t, x, `(() => { const r = document.activeElement.getBoundingClientRect(); return r.height > 0 && r.top >= 0 && r.bottom <= innerHeight })()`) {
			t.Error("what has the focus is out of sight")
		}
	})
	t.Run("the end", func(t *testing.T) {
		x.run(t, chromedp.Evaluate(`scrollTo(0, document.documentElement.scrollHeight)`, nil))
		x.wait(t, `(() => { const r = document.querySelector("footer").getBoundingClientRect(); return r.top < innerHeight })()`)
	})
	t.Run("assistive technology", func(t *testing.T) {
		// The browser tells it of rows that are laid out, and of the others when it is
		// asked to.
		choose(t, x, "q", "num")
		x.run(t, chromedp.Focus("#whole"), chromedp.KeyEvent("\r"))
		if got := eval[string](t, x, `document.activeElement.id`); got != "table" {
			t.Errorf("the focus goes to %q", got)
		}
		found := eval[int](t, x, names+".length")
		if roles := roleCounts(t, x); found == 0 || roles["rowheader"] != found {
			t.Errorf("it is told of %d rows, and %d are shown", roles["rowheader"], found)
		}
		choose(t, x, "q", "")
		if roles := roleCounts(t, x); roles["table"] < 1 || roles["rowheader"] != n || roles["cell"]+roles["gridcell"] < n*10 {
			t.Errorf("it is told of %d tables, %d heads of rows and %d cells, of %d rows", roles["table"], roles["rowheader"], roles["cell"]+roles["gridcell"], n)
		}
	})
	t.Run("no script", func(t *testing.T) {
		y := open(t, x.server)
		y.run(t, emulation.SetScriptExecutionDisabled(true))
		y.visit(t, "")
		if roles := roleCounts(t, y); roles["rowheader"] != n {
			t.Errorf("it is told of %d rows, of %d", roles["rowheader"], n)
		}
		y.calm(t)
	})
	axe := readAxe(t)
	for _, look := range []struct {
		name          string
		width, height int64
		set           chromedp.Action
	}{{"light", 1280, 900, emulation.SetEmulatedMedia()}, {"phone-dark", 390, 844, dark()}} {
		t.Run("axe "+look.name, func(t *testing.T) {
			x.run(t, chromedp.EmulateViewport(look.width, look.height), look.set)
			x.visit(t, "")
			x.wait(t, ready)
			checkAxe(t, x, axe)
		})
	}
	x.calm(t)
}
