package browser_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/site"
	"github.com/ftpkg/ftpkg/tracker/site/sitetest"
	"github.com/ftpkg/ftpkg/tracker/status"
)

// Scripts that ask the front page what it shows.
const (
	names = `[...document.querySelectorAll("#table tbody tr")].filter(r => !r.hidden).map(r => r.querySelector("a").textContent)`
	ready = `performance.getEntriesByName("ftpkg-ready").length === 1`
)

// choose gives a field of the filters a value, as a user does.
func choose(t *testing.T, x *tab, field, value string) {
	t.Helper()
	ok := eval[bool](t, x, fmt.Sprintf(`(() => { const f = document.querySelector("#filters").elements[%q]; f.value = %q;
		f.dispatchEvent(new Event("input", {bubbles: true})); return f.value === %q })()`, field, value, value))
	if !ok {
		t.Errorf("the field %s has no %q", field, value)
	}
}

func want(in *site.Input, ok func(*status.Package) bool) []string {
	list := []string{}
	for _, p := range in.Document.Packages {
		if ok(p) {
			list = append(list, p.Name)
		}
	}
	return list
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %d packages %.300q, want %d %.300q", what, len(got), got, len(want), want)
	}
	if len(want) == 0 {
		t.Errorf("%s: the test looks for nothing", what)
	}
}

func TestTable(t *testing.T) {
	in := sitetest.Input(120)
	x := open(t, serve(t, in))
	x.visit(t, "")
	x.wait(t, ready)
	same(t, "at first", eval[[]string](t, x, names), want(in, func(*status.Package) bool { return true }))

	for _, f := range []struct {
		field, value string
		ok           func(*status.Package) bool
	}{
		{"q", "num", func(p *status.Package) bool { return strings.Contains(p.Name, "num") }},
		{"q", "NUM", func(p *status.Package) bool { return strings.Contains(p.Name, "num") }},
		{"state", "gil-on", func(p *status.Package) bool { return p.State == vocab.StateGILOn }},
		{"state", "blocked", func(p *status.Package) bool { return p.State == vocab.StateBlocked }},
		{"py", "3.14t", func(p *status.Package) bool { return p.InstallsEverywhere("3.14t", in.Document.Platforms) }},
		{"py", "-3.13t", func(p *status.Package) bool {
			return !slices.ContainsFunc(in.Document.Platforms, func(x string) bool { return p.Installs["3.13t"][x].IsWheel() })
		}},
		{"os", "windows-arm64", func(p *status.Package) bool { return p.Installs["3.14t"]["windows-arm64"].IsWheel() }},
		{"os", "-macos-arm64", func(p *status.Package) bool { return !p.Installs["3.14t"]["macos-arm64"].IsWheel() }},
		{"gil", "off", func(p *status.Package) bool { return p.GIL.Value == vocab.GILOff }},
		{"gil", "n/a", func(p *status.Package) bool { return p.GIL.Value == vocab.GILNone }},
	} {
		choose(t, x, f.field, f.value)
		what := f.field + "=" + f.value
		shown := want(in, f.ok)
		same(t, what, eval[[]string](t, x, names), shown)
		if got := eval[string](t, x, `new URLSearchParams(location.search).get("`+f.field+`")`); got != f.value {
			t.Errorf("%s: the address says %q", what, got)
		}
		if got := eval[string](t, x, `document.querySelector("#found").textContent`); got != fmt.Sprintf("%d of 120 packages", len(shown)) && len(shown) != 1 {
			t.Errorf("%s: the page says %q", what, got)
		}
		if f.field != "state" {
			checkCounts(t, x, in, f.ok)
		}
		choose(t, x, f.field, "")
		if got := eval[string](t, x, `location.search`); got != "" {
			t.Errorf("after %s: the address still has %q", what, got)
		}
	}
	x.calm(t)
}

// checkCounts compares the number beside each state with that of the packages of it
// that are so otherwise.
func checkCounts(t *testing.T, x *tab, in *site.Input, ok func(*status.Package) bool) {
	t.Helper()
	want := []string{"any"}
	for _, name := range vocab.States().Names() {
		n := 0
		for _, p := range in.Document.Packages {
			if ok(p) && string(p.State) == name {
				n++
			}
		}
		want = append(want, fmt.Sprintf("%s (%d)", name, n))
	}
	got := eval[[]string](t, x, `[...document.querySelector("#filters").elements.state.options].map(o => o.textContent)`)
	if !slices.Equal(got, want) {
		t.Errorf("the states are %q, want %q", got, want)
	}
}

// TestAddress goes to an address with everything in it, and back to it.
func TestAddress(t *testing.T) {
	in := sitetest.Input(120)
	x := open(t, serve(t, in))
	x.visit(t, "?q=a&gil=off&py=3.14t&sort=-name")
	x.wait(t, ready)
	list := want(in, func(p *status.Package) bool {
		return strings.Contains(p.Name, "a") && p.GIL.Value == vocab.GILOff && p.InstallsEverywhere("3.14t", in.Document.Platforms)
	})
	slices.Reverse(list)
	same(t, "everything", eval[[]string](t, x, names), list)
	if got := eval[string](t, x, `[...new FormData(document.querySelector("#filters")).entries()].map(e => e.join("=")).join("&")`); got != "q=a&state=&py=3.14t&os=&gil=off&sort=-name" {
		t.Errorf("the fields are %s", got)
	}
	x.visit(t, "?state=%3Cscript%3E&os=mars&sort=__proto__&q=%22%3E%3Cimg%20src%3Dx%3E")
	x.wait(t, ready)
	if got := eval[int](t, x, names+".length"); got != 0 {
		t.Errorf("%d packages for nonsense, want none: it is searched for", got)
	}
	if eval[bool](t, x, `document.querySelector("#none").hidden`) {
		t.Error("nobody says that there is nothing")
	}
	x.run(t, chromedp.Click("#reset"))
	if got := eval[int](t, x, names+".length"); got != 120 {
		t.Errorf("%d packages after all was reset", got)
	}
	// The states above the table are links that filter.
	x.run(t, chromedp.Click(`.states a[href^="?state=gil-on"]`))
	same(t, "the link", eval[[]string](t, x, names), want(in, func(p *status.Package) bool { return p.State == vocab.StateGILOn }))
	x.calm(t)
}

func TestOrder(t *testing.T) {
	in := sitetest.Input(120)
	x := open(t, serve(t, in))
	x.visit(t, "")
	x.wait(t, ready)
	// By keyboard: the first Tab goes to the link that skips the menu.
	x.run(t, chromedp.KeyEvent("\t"))
	if got := eval[string](t, x, `document.activeElement.className`); got != "skip" {
		t.Errorf("Tab goes to %q first", got)
	}
	x.run(t, chromedp.KeyEvent("/"))
	if got := eval[string](t, x, `document.activeElement.name`); got != "q" {
		t.Errorf("/ goes to %q", got)
	}
	choose(t, x, "q", "") // the driver types the key as well, whatever the page did with it
	sorts := func() string {
		return eval[string](t, x, `[...document.querySelectorAll("[aria-sort]")].map(e => e.dataset.k + " " + e.ariaSort).join()`)
	}
	if got := sorts(); got != "name ascending" {
		t.Errorf("at first the order is %s", got)
	}
	state := `th[data-k="state"] button`
	x.run(t, chromedp.Focus(state), chromedp.KeyEvent("\r"))
	if got := sorts(); got != "state ascending" {
		t.Errorf("after Enter the order is %s", got)
	}
	rank := vocab.States().Names()
	byState := slices.Clone(in.Document.Packages)
	slices.SortStableFunc(byState, func(a, b *status.Package) int {
		return slices.Index(rank, string(a.State)) - slices.Index(rank, string(b.State))
	})
	list := []string{}
	for _, p := range byState {
		list = append(list, p.Name)
	}
	same(t, "by state", eval[[]string](t, x, names), list)
	x.run(t, chromedp.KeyEvent("\r"))
	if got := sorts(); got != "state descending" || eval[string](t, x, `location.search`) != "?sort=-state" {
		t.Errorf("after Enter again the order is %s", got)
	}
	for _, key := range eval[[]string](t, x, `[...document.querySelector("#filters").elements.sort.options].map(o => o.value)`) {
		choose(t, x, "sort", key)
		if got := eval[int](t, x, `new Set(`+names+`).size`); got != 120 {
			t.Errorf("in the order %q there are %d packages", key, got)
		}
	}
	x.calm(t)
}

func TestCheck(t *testing.T) {
	in := sitetest.Input(120)
	// One that is blocked, and one that is clear.
	i := slices.IndexFunc(in.Document.Packages, func(p *status.Package) bool { return p.State == vocab.StateBlocked })
	j := slices.IndexFunc(in.Document.Packages, func(p *status.Package) bool { return p.State == vocab.StateClear && len(p.Since) > 0 })
	if i < 0 || j < 0 {
		t.Fatal("the made-up world has none that is blocked or none that is clear")
	}
	blocked, fine := in.Document.Packages[i], in.Document.Packages[j]
	hindering, _ := status.Unblock(in.Document.Packages, []string{blocked.Name, fine.Name})
	x := open(t, serve(t, in))
	x.visit(t, "")
	x.wait(t, ready)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"requirements.txt": fmt.Sprintf("# of the application\n--index-url https://example.invalid\n%s[extra]>=1 ; python_version > '3'\n%s==0.1 \\\n    --hash=sha256:00\n-r other.txt\nnot-watched\n", strings.ToUpper(blocked.Name), fine.Name),
		"uv.lock":          fmt.Sprintf("version = 1\n\n[[package]]\nname = \"app\"\nversion = \"0\"\nsource = { virtual = \".\" }\ndependencies = [\n  { name = \"x\" },\n]\n\n[[package]]\nname = %q\nversion = \"9.9\"\n\n[[package]]\nname = %q\nversion = \"0.1\"\nwheels = [\n { url = \"a\" },\n]\n\n[[package]]\nname = \"not-watched\"\nversion = \"1\"\n", blocked.Name, fine.Name),
		"poetry.lock":      fmt.Sprintf("[[package]]\nname = %q\nversion = \"9.9\"\n\n[package.dependencies]\nname = \"wrong\"\n\n[[package]]\nname = %q\nversion = \"0.1\"\n\n[[package]]\nname = \"Not.Watched\"\nversion = \"1\"\n", blocked.Name, fine.Name),
		"pylock.toml":      fmt.Sprintf("lock-version = '1.0'\n\n[[packages]]\nname = '%s'\nversion = '9.9'\n\n[[packages.wheels]]\nname = 'a.whl'\n\n[[packages]]\nname = '%s'\nversion = '0.1'\n\n[[packages]]\nname = 'not-watched'\n", blocked.Name, fine.Name),
		"pdm.lock":         fmt.Sprintf("[metadata]\ngroups = [\"default\"]\n\n[[package]]\nname = %q\nversion = \"9.9\"\n\n[[package]]\nname = %q\nversion = \"0.1\"\n\n[[package]]\nname = \"not-watched\"\nversion = \"1\"\n", blocked.Name, fine.Name),
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(dir, name)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			x.run(t, chromedp.Evaluate(`document.querySelector("#answer").replaceChildren()`, nil), chromedp.SetUploadFiles("#file", []string{file}, chromedp.ByQuery))
			x.wait(t, `document.querySelector("#sentence") !== null`)
			got := eval[string](t, x, `document.querySelector("#answer").innerText`)
			things := fmt.Sprintf("%d packages have to change", len(hindering))
			if len(hindering) == 1 {
				things = "1 package has to change"
			}
			for _, part := range append([]string{things, "3 packages were named", "not-watched is not watched here", "you have 0.1, the first with a wheel for 3.14t is 1.2.0"}, hindering...) {
				if !strings.Contains(got, part) {
					t.Errorf("the answer has no %q:\n%s", part, got)
				}
			}
			if strings.Contains(got, "wrong") || strings.Contains(got, "app ") {
				t.Errorf("the answer is about what is no requirement:\n%s", got)
			}
		})
	}
	t.Run("dropped", func(t *testing.T) {
		x.run(t, chromedp.Evaluate(`(() => {
			document.querySelector("#answer").replaceChildren();
			const data = new DataTransfer();
			data.items.add(new File([`+"`"+blocked.Name+"\\n`"+`], "requirements.txt"));
			const drop = document.querySelector("#drop");
			for (const kind of ["dragenter", "dragover", "drop"]) drop.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: data}));
		})()`, nil))
		x.wait(t, `document.querySelector("#sentence") !== null`)
		if got := eval[string](t, x, `document.querySelector("#answer").innerText`); !strings.Contains(got, "1 package was named") {
			t.Errorf("the answer is\n%s", got)
		}
	})
	t.Run("hostile", func(t *testing.T) {
		text, err := json.Marshal("[[package]]\nname = \"<img src=x onerror=window.hit()>\"\n[[package]]\nname = \"constructor\"\nversion = \"<script>\"\n[[package]]\nname=\"a\"\n")
		if err != nil {
			t.Fatal(err)
		}
		x.run(t, chromedp.Evaluate(`document.querySelector("#answer").replaceChildren(); document.querySelector("#names").value = `+string(text), nil), chromedp.Click(`#project button[type="submit"]`))
		x.wait(t, `document.querySelector("#sentence") !== null`)
		if n := eval[int](t, x, `document.querySelectorAll("#answer img, #answer script").length`); n != 0 {
			t.Errorf("%d elements came in with a lock file", n)
		}
	})
	t.Run("nothing", func(t *testing.T) {
		x.run(t, chromedp.Evaluate(`document.querySelector("#names").value = "\n\n"`, nil), chromedp.Click(`#project button[type="submit"]`))
		x.wait(t, `document.querySelector("#answer").innerText.includes("No names")`)
	})
	x.shoot(t, "check")
	x.calm(t)
}

// TestNoScript reads the page as a browser without scripts shows it.
func TestNoScript(t *testing.T) {
	in := sitetest.Input(60)
	x := open(t, serve(t, in))
	x.run(t, emulation.SetScriptExecutionDisabled(true))
	x.visit(t, "")
	var visible string
	x.run(t, chromedp.Text("main", &visible, chromedp.ByQuery))
	same(t, "the table", eval[[]string](t, x, names), want(in, func(*status.Package) bool { return true }))
	if eval[bool](t, x, `performance.getEntriesByName("ftpkg-ready").length > 0`) {
		t.Error("the script ran")
	}
	if !strings.Contains(visible, "ftpkg track status -r FILE") || strings.Contains(visible, "Choose a file") {
		t.Error("without a script, the page offers what needs one")
	}
	x.shoot(t, "no-script")
	x.calm(t)
}

// TestLooks goes to every kind of page, in the light, in the dark, and on a phone.
func TestLooks(t *testing.T) {
	in := sitetest.Input(60)
	blocked := in.Document.Packages[slices.IndexFunc(in.Document.Packages, func(p *status.Package) bool { return p.State == vocab.StateBlocked })]
	on := in.Document.Packages[slices.IndexFunc(in.Document.Packages, func(p *status.Package) bool { return p.State == vocab.StateGILOn })]
	x := open(t, serve(t, in))
	pages := map[string]string{
		"front": "", "blocked": "p/" + blocked.Name + "/", "gil-on": "p/" + on.Name + "/", "changes": "changes/", "regressions": "regressions/",
		"blockers": "blockers/", "contradictions": "contradictions/", "matrix": "matrix/3.14t/", "about": "about/",
	}
	axe := readAxe(t)
	for name, path := range pages {
		for _, look := range []struct {
			name          string
			width, height int64
			set           chromedp.Action
		}{
			{"light", 1280, 900, emulation.SetEmulatedMedia()},
			{"dark", 1280, 900, dark()},
			{"phone", 390, 844, emulation.SetEmulatedMedia()},
			{"phone-dark", 390, 844, dark()},
			{"print", 800, 1100, emulation.SetEmulatedMedia().WithMedia("print")},
		} {
			t.Run(name+" "+look.name, func(t *testing.T) {
				x.run(t, chromedp.EmulateViewport(look.width, look.height), look.set)
				x.visit(t, path)
				if wide := eval[int](t, x, `document.documentElement.scrollWidth`); wide > int(look.width) {
					t.Errorf("the page is %d wide in a window of %d: %v", wide, look.width, eval[[]string](t, x,
						`[...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll")).slice(0, 5).map(e => e.tagName + "." + e.className)`))
				}
				bg := eval[string](t, x, `getComputedStyle(document.body).backgroundColor`)
				if isDark := bg != "rgb(255, 255, 255)"; isDark != strings.HasSuffix(look.name, "dark") {
					t.Errorf("the background is %s", bg)
				}
				x.shoot(t, name+"-"+look.name)
				if look.name != "print" {
					checkAxe(t, x, axe)
				}
			})
		}
	}
	x.calm(t)
}

func readAxe(t *testing.T) string {
	t.Helper()
	axe, err := os.ReadFile(filepath.Join("node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatalf("no axe-core, run npm ci in this folder: %v", err)
	}
	return string(axe)
}

// checkAxe reports what axe-core finds, be it ever so small.
func checkAxe(t *testing.T, x *tab, axe string) {
	t.Helper()
	x.run(t, chromedp.Evaluate(axe, nil))
	for _, s := range eval[[]string](t, x, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.flatMap(v => v.nodes.slice(0, 3).map(n =>
		v.impact + " " + v.id + ": " + n.target.join(" ") + ": " + n.failureSummary.replace(/\s+/g, " "))))`) {
		t.Error(s)
	}
}

// TestTree asks the browser's accessibility tree whether the table, whose rows are
// laid out as grids, is still a table.
func TestTree(t *testing.T) {
	x := open(t, serve(t, sitetest.Input(30)))
	x.visit(t, "")
	x.wait(t, ready)
	roles := roleCounts(t, x)
	for role, want := range map[string]int{"table": 1, "columnheader": 11, "rowheader": 30} {
		if roles[role] < want {
			t.Errorf("%d of role %s, want %d at least: %v", roles[role], role, want, roles)
		}
	}
	if roles["cell"]+roles["gridcell"] < 30*10 {
		t.Errorf("%d cells, want 300 at least", roles["cell"])
	}
}

// TestHostile loads pages of which every field is an attack.
func TestHostile(t *testing.T) {
	in := sitetest.Hostile()
	x := open(t, serve(t, in))
	if err := chromedp.Run(x, chromedp.ActionFunc(addHit)); err != nil {
		t.Fatal(err)
	}
	paths := []string{"", "changes/", "regressions/", "blockers/", "contradictions/", "matrix/3.14t/", "about/"}
	for _, p := range in.Document.Packages {
		paths = append(paths, "p/"+p.Name+"/", "badge/"+p.Name+".svg", "data/p/"+p.Name+".json")
	}
	paths = append(paths, "data/status.json")
	for _, path := range paths {
		x.visit(t, path)
		if hits := eval[int](t, x, `window.hits || 0`); hits != 0 {
			t.Errorf("%q: an attack ran", path)
		}
		if wide := eval[int](t, x, `document.documentElement.scrollWidth`); wide > 1280 && (path == "" || strings.HasSuffix(path, "/")) {
			t.Errorf("%q: the page is %d wide: %v", path, wide, eval[[]string](t, x,
				`[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll")).slice(0, 5).map(e => e.tagName + "." + e.className)`))
		}
	}
	// The answer of the check is made of the same fields.
	x.visit(t, "")
	x.wait(t, ready)
	x.run(t, chromedp.SetValue("#names", in.Document.Packages[0].Name+"\n"+in.Document.Packages[1].Name), chromedp.Click(`#project button[type="submit"]`))
	x.wait(t, `document.querySelector("#sentence") !== null`)
	if hits := eval[int](t, x, `window.hits || 0`); hits != 0 {
		t.Error("an attack ran in the answer")
	}
	x.shoot(t, "hostile")
	x.calm(t)
}
