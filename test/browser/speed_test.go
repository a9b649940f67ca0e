package browser_test

import (
	"context"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/ftpkg/ftpkg/tracker/site/sitetest"
)

func addHit(ctx context.Context) error {
	_, err := page.AddScriptToEvaluateOnNewDocument(`window.hits = 0; window.hit = () => { window.hits++ }`).Do(ctx)
	return err
}

func roleCounts(t *testing.T, x *tab) map[string]int {
	t.Helper()
	counts := map[string]int{}
	x.run(t, chromedp.ActionFunc(func(ctx context.Context) error {
		// What the driver's own types say of the answer is behind the browser's.
		var tree struct {
			Nodes []struct {
				Ignored bool `json:"ignored"`
				Role    struct {
					Value string `json:"value"`
				} `json:"role"`
			} `json:"nodes"`
		}
		err := cdp.Execute(ctx, "Accessibility.getFullAXTree", nil, &tree)
		for _, n := range tree.Nodes {
			if !n.Ignored {
				counts[n.Role.Value]++
			}
		}
		return err
	}))
	return counts
}

// BenchmarkFront loads the front page of 5,000 packages, and filters it. The figures
// are medians, of a browser that has nothing else to do.
func BenchmarkFront(b *testing.B) {
	x := open(b, serve(b, sitetest.Input(5000)))
	var load, filter, order []float64
	for b.Loop() {
		x.visit(b, "")
		x.wait(b, `performance.getEntriesByName("ftpkg-ready").length === 1`)
		load = append(load, eval[float64](b, x, `performance.getEntriesByName("ftpkg-ready")[0].startTime`))
		// From the key to the picture: the next frame has been laid out and drawn.
		measure := func(field, value string) float64 {
			return eval[float64](b, x, `new Promise(done => {
				const f = document.querySelector("#filters").elements.`+field+`;
				requestAnimationFrame(() => {
					const start = performance.now();
					f.value = "`+value+`";
					f.dispatchEvent(new Event("input", {bubbles: true}));
					document.body.offsetHeight;
					requestAnimationFrame(() => { const m = new MessageChannel(); m.port1.onmessage = () => done(performance.now() - start); m.port2.postMessage(0) });
				});
			})`)
		}
		measure("q", "py") // reads the table
		for _, v := range []string{"num", "n", "", "json", "a"} {
			filter = append(filter, measure("q", v))
		}
		for _, v := range []string{"gil-on", ""} {
			filter = append(filter, measure("state", v))
		}
		order = append(order, measure("sort", "-state"), measure("sort", ""))
	}
	median := func(list []float64) float64 { slices.Sort(list); return list[len(list)/2] }
	b.ReportMetric(median(load), "ms-to-interactive")
	b.ReportMetric(median(filter), "ms-to-filter")
	b.ReportMetric(median(order), "ms-to-sort")
	b.ReportMetric(eval[float64](b, x, `performance.memory ? performance.memory.usedJSHeapSize / 1048576 : 0`), "JS-MB")
	x.calm(b)
}
