package browser_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/ftpkg/ftpkg/tracker/site"
)

// patience is how long one test may take, on a machine that is busy.
const patience = 20 * time.Minute

// chromium finds the browser.
func chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "google-chrome", "chrome"} {
		if name == "" {
			continue
		}
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	t.Fatal("no Chromium: install one, or name it in CHROMIUM")
	return ""
}

// A tab is a page of a browser of its own, which keeps what a test must not see: what
// it asked the network for, and what it complained about.
type tab struct {
	context.Context
	server string

	mu       sync.Mutex
	asked    []string
	troubles []string
}

// open starts a browser with a fresh profile. What it asks of any other host than the
// server fails, and is kept.
func open(t testing.TB, server string) *tab {
	t.Helper()
	profile, err := os.MkdirTemp("", "browser-") //nolint:usetesting // the browser writes to it until after the test
	if err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.UserDataDir(profile), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WSURLReadTimeout(3*time.Minute),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("no-first-run", true),
		// Nothing but the server can be reached, whatever a page asks for.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
	)
	ctx, cancelTime := context.WithTimeout(context.Background(), patience)
	ctx, cancelBrowser := chromedp.NewExecAllocator(ctx, options...)
	ctx, cancelTab := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // and wait for it
		cancelTab()
		cancelBrowser()
		cancelTime()
		// Some of its processes write until they are gone.
		for range 50 {
			if os.RemoveAll(profile) == nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Errorf("the profile %s could not be removed", profile)
	})
	x := &tab{Context: ctx, server: server}
	chromedp.ListenTarget(ctx, x.listen)
	if err := chromedp.Run(ctx, network.Enable(), log.Enable(), runtime.Enable(), chromedp.EmulateViewport(1280, 900)); err != nil {
		t.Fatal(err)
	}
	return x
}

func (x *tab) listen(event any) {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, "data:image/svg+xml") { // the marks of the style sheet
			x.asked = append(x.asked, e.Request.URL)
		}
	case *log.EventEntryAdded:
		x.troubles = append(x.troubles, fmt.Sprintf("%s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL))
	case *runtime.EventConsoleAPICalled:
		for _, a := range e.Args {
			x.troubles = append(x.troubles, fmt.Sprintf("console.%s: %s%s", e.Type, a.Value, a.Description))
		}
	case *runtime.EventExceptionThrown:
		x.troubles = append(x.troubles, e.ExceptionDetails.Error())
	}
}

// calm reports whatever the page asked others for, or complained about.
func (x *tab) calm(t testing.TB) {
	t.Helper()
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, u := range x.asked {
		if !strings.HasPrefix(u, x.server+"/") && u != strings.TrimSuffix(x.server, "/ft")+"/favicon.ico" {
			t.Errorf("asked for %s", u)
		}
	}
	for _, s := range x.troubles {
		t.Errorf("console: %s", s)
	}
}

// run does things one after the other.
func (x *tab) run(t testing.TB, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(x, actions...); err != nil {
		t.Fatal(err)
	}
}

func (x *tab) visit(t testing.TB, path string) {
	t.Helper()
	x.run(t, chromedp.Navigate(x.server+"/"+path))
}

// eval asks the page for a value.
func eval[T any](t testing.TB, x *tab, script string) T {
	t.Helper()
	var v T
	x.run(t, chromedp.Evaluate(script, &v, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	return v
}

// wait waits until the page says so.
func (x *tab) wait(t testing.TB, script string) {
	t.Helper()
	x.run(t, chromedp.Poll(script, nil, chromedp.WithPollingTimeout(5*time.Minute)))
}

// shoot keeps a picture of the whole page, if somebody wants it.
func (x *tab) shoot(t testing.TB, name string) {
	t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	var png []byte
	x.run(t, chromedp.FullScreenshot(&png, 100))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

func dark() chromedp.Action {
	return emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}})
}

// build makes the files of a site, by path.
func build(t testing.TB, in *site.Input) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	if err := site.Each(in, func(f site.File) error { files[f.Path] = f.Data; return nil }); err != nil {
		t.Fatal(err)
	}
	return files
}

// serve serves a site under a folder, as a host of pages does.
func serve(t testing.TB, in *site.Input) string {
	t.Helper()
	return serveFiles(t, build(t, in))
}

func serveFiles(t testing.TB, files map[string][]byte) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/favicon.ico" { // which the browser asks for beside what is no page
			w.WriteHeader(http.StatusNoContent)
			return
		}
		name := strings.TrimPrefix(r.URL.Path, "/ft/")
		if name == "" || strings.HasSuffix(name, "/") {
			name += "index.html"
		}
		data, ok := files[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		for suffix, kind := range map[string]string{
			".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".json": "application/json", ".atom": "application/atom+xml",
		} {
			if strings.HasSuffix(name, suffix) {
				w.Header().Set("Content-Type", kind)
			}
		}
		_, _ = w.Write(data)
	}))
	t.Cleanup(server.Close)
	if _, err := url.Parse(server.URL); err != nil {
		t.Fatal(err)
	}
	return server.URL + "/ft"
}
