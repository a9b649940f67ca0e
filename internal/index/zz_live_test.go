package index

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
	"runtime/pprof"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

var liveNames = strings.Fields("aiohappyeyeballs aiohttp aiosignal annotated-doc annotated-types anyio attrs certifi cffi charset-normalizer click cloudpickle contourpy cryptography cycler fastapi fonttools frozenlist h11 httptools idna joblib kiwisolver lxml matplotlib multidict narwhals numpy opentelemetry-api packaging pandas pillow propcache pycparser pydantic pydantic-core pyparsing python-dateutil python-dotenv pyyaml requests scikit-learn scipy sqlalchemy starlette threadpoolctl typing-extensions typing-inspection tzdata urllib3 uvicorn uvloop watchfiles websockets yarl")

func mk(dir string, offline bool, cnt *fetch.Counter) (*Client, *fetch.Transport) {
	tr := fetch.NewTransport(fetch.TransportOptions{})
	d := fetch.Limit(fetch.Stall(tr, 30*time.Second), 50, 100)
	d = cnt.Wrap(fetch.Agent(d, "ftpkg/0 (test)"))
	c, err := New(Options{Now: time.Now, Doer: d, CacheDir: dir, Offline: offline})
	if err != nil { panic(err) }
	return c, tr
}

func pick(p *simple.Project) *simple.File {
	for _, r := range p.Releases {
		if r.Version.IsPrerelease() { continue }
		var any *simple.File
		for i := range r.Files {
			f := &r.Files[i]
			if f.Kind == simple.Wheel { any = f
				if strings.Contains(f.Filename, "cp314-cp314t-manylinux") && strings.Contains(f.Filename, "x86_64") { return f } }
		}
		if any != nil { return any }
	}
	return nil
}

func TestLive(t *testing.T) {
	dir := os.Getenv("LIVE_DIR")
	if dir == "" { dir = t.TempDir() }
	run := func(label string, par bool, offline bool, dir string) {
		var cnt fetch.Counter
		t0 := time.Now()
		c, tr := mk(dir, offline, &cnt)
		var wg sync.WaitGroup
		files := 0
		var mu sync.Mutex
		do := func(n string) {
			p, err := c.Project(context.Background(), n)
			if err != nil { t.Error(err); return }
			f := pick(p)
			_, err = c.Metadata(context.Background(), p, f)
			if err != nil { t.Error(n, err) }
			mu.Lock(); for _, r := range p.Releases { files += len(r.Files) }; mu.Unlock()
		}
		for _, n := range liveNames {
			if par { wg.Go(func() { do(n) }) } else { do(n) }
		}
		wg.Wait()
		d1 := time.Since(t0)
		c.Close(); tr.Close()
		fmt.Println(label, d1, "close", time.Since(t0)-d1, cnt.Total(), files, c.Warnings())
	}
	if f := os.Getenv("LIVE_PROF"); f != "" {
		w, _ := os.Create(f); pprof.StartCPUProfile(w); defer pprof.StopCPUProfile()
		for i := range 5 { run(fmt.Sprint("cold par ", i), true, false, t.TempDir()) }
		return
	}
	run("cold par", true, false, dir)
	run("warm online", true, false, dir)
	run("warm offline", true, true, dir)
	run("warm offline", true, true, dir)
	run("warm offline seq", false, true, dir)
	run("cold par 2", true, false, t.TempDir())
	run("cold par 3", true, false, t.TempDir())
	run("cold seq", false, false, t.TempDir())
}
