package browser_test

import (
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"

	"github.com/ftpkg/ftpkg/tracker/site"
	"github.com/ftpkg/ftpkg/tracker/site/sitetest"
)

// TestWholeSite goes to every page of a site that was written to a folder, with the
// script and without, follows every link, and has every page's HTML judged. The site
// is kept in the folder that SITE names.
func TestWholeSite(t *testing.T) {
	dir := os.Getenv("SITE")
	if dir == "" {
		dir = t.TempDir()
	}
	in := sitetest.Input(60)
	if _, err := site.Write(dir, in); err != nil {
		t.Fatal(err)
	}
	files := build(t, in)
	server := serveFiles(t, files)
	var pages []string
	for name := range files {
		if page, ok := strings.CutSuffix(name, "index.html"); ok {
			pages = append(pages, page)
		}
	}
	slices.Sort(pages)
	if len(pages) < 60 {
		t.Fatalf("%d pages", len(pages))
	}

	links := map[string]string{} // address without its fragment, to a page that has it
	anchors := map[string]string{}
	ids := map[string][]string{} // of each page
	for _, script := range []bool{true, false} {
		x := open(t, server)
		x.run(t, emulation.SetScriptExecutionDisabled(!script))
		for _, page := range pages {
			x.visit(t, page)
			if broken := eval[[]string](t, x, `[...document.images].filter(i => !i.complete || !i.naturalWidth).map(i => i.src)`); len(broken) > 0 {
				t.Errorf("%q: pictures that do not show: %q", page, broken)
			}
			if sheets := eval[int](t, x, `[...document.styleSheets].filter(s => s.cssRules.length).length`); sheets == 0 {
				t.Errorf("%q: no style", page)
			}
			for _, link := range eval[[]string](t, x, `[...document.querySelectorAll("[href], [src]")].map(e => e.href || e.src).filter(h => typeof h === "string" && h)`) {
				bare, fragment, _ := strings.Cut(link, "#")
				if !strings.HasPrefix(bare, server+"/") {
					continue // those elsewhere are looked at below
				}
				links[bare] = page
				if fragment != "" {
					anchors[link] = page
				}
			}
			if script {
				for _, link := range eval[[]string](t, x, `[...document.querySelectorAll("a[href]")].map(e => e.href).filter(h => !h.startsWith(location.origin))`) {
					if u, err := url.Parse(link); err != nil || u.Scheme != "https" || !strings.HasSuffix(u.Hostname(), ".invalid") {
						t.Errorf("%q leads to %s, which nothing in the facts names", page, link)
					}
				}
				ids[server+"/"+page] = eval[[]string](t, x, `[...document.querySelectorAll("[id]")].map(e => e.id)`)
			}
		}
		x.calm(t)
	}
	for link, page := range links {
		answer, err := http.Get(link) //nolint:noctx // of the test's own server
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%q leads to %s: %s", page, link, answer.Status)
		}
	}
	for link, page := range anchors {
		bare, fragment, _ := strings.Cut(link, "#")
		bare, _, _ = strings.Cut(bare, "?")
		if list, ok := ids[bare]; !ok || !slices.Contains(list, fragment) {
			t.Errorf("%q leads to %s, and there is no such place", page, link)
		}
	}
	if len(links) < len(pages) || len(anchors) < 5 {
		t.Errorf("%d links and %d anchors were followed, on %d pages", len(links), len(anchors), len(pages))
	}
	judgeHTML(t, dir)
	hostile := t.TempDir()
	if _, err := site.Write(hostile, sitetest.Hostile()); err != nil {
		t.Fatal(err)
	}
	judgeHTML(t, hostile)
}

// judgeHTML has html-validate judge all pages in a folder.
func judgeHTML(t *testing.T, dir string) {
	t.Helper()
	program, err := filepath.Abs(filepath.Join("node_modules", ".bin", "html-validate"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "--config", "htmlvalidate.json", "--formatter", "text", "--max-warnings", "0", filepath.Join(dir, "**", "*.html"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("html-validate: %v\n%.8000s", err, out)
	}
}
