// Command bench-inspect measures what inspecting the wheels of projects costs: how
// many bytes travel beside those of the extension modules, how long it takes, and
// that a second time costs neither. It asks the index that INDEX_URL names, the
// default one otherwise:
//
//	go run ./scripts/bench-inspect numpy lxml
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/index"
	"github.com/ftpkg/ftpkg/probe/inspect"
)

func main() {
	log.SetFlags(0)
	limit := flag.Float64("limit", 0, "fail if more than this ratio of bytes travels for some project")
	flag.Parse()
	names := flag.Args()
	if len(names) == 0 {
		names = []string{"numpy"}
	}
	fmt.Println("project version   wheels  modules  member bytes  transferred  ratio  requests  seconds  again: requests  seconds")
	worst := 0.0
	for _, name := range names {
		ratio, err := measure(context.Background(), name)
		if err != nil {
			log.Fatalf("bench-inspect: %s: %v", name, err)
		}
		worst = max(worst, ratio)
	}
	if *limit > 0 && worst > *limit {
		log.Fatalf("bench-inspect: %.4f times the bytes of the modules; at most %.2f are wanted", worst, *limit)
	}
}

// phase labels the requests for parts of wheels.
const phase = "wheels"

func measure(ctx context.Context, name string) (ratio float64, err error) {
	cache, err := os.MkdirTemp("", "bench-inspect-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(cache) }()
	first, err := once(ctx, name, cache)
	if err != nil {
		return 0, err
	}
	again, err := once(ctx, name, cache)
	if err != nil {
		return 0, err
	}
	if again.traffic.Requests > 0 {
		return 0, fmt.Errorf("the second time %d requests were made for wheels", again.traffic.Requests)
	}
	ratio = float64(first.traffic.Bytes) / float64(first.bytes)
	fmt.Printf("%-17s %6d  %7d  %12d  %11d  %.4f  %8d  %7.2f  %15d  %7.3f\n", name+" "+first.version, first.wheels, first.modules,
		first.bytes, first.traffic.Bytes, ratio, first.traffic.Requests, first.took.Seconds(), again.traffic.Requests, again.took.Seconds())
	return ratio, nil
}

// A run is what inspecting a project once took, but for its page.
type run struct {
	version         string
	wheels, modules int
	bytes           int64 // compressed, of the members that were read
	traffic         fetch.Counts
	took            time.Duration
}

func once(ctx context.Context, name, cache string) (*run, error) {
	t := fetch.NewTransport(fetch.TransportOptions{Proxy: http.ProxyFromEnvironment})
	defer t.Close()
	counter := new(fetch.Counter)
	o := index.Options{CacheDir: cache, Now: time.Now, Doer: counter.Wrap(fetch.Limit(fetch.Stall(t, time.Minute), 50, 100))}
	if url := os.Getenv("INDEX_URL"); url != "" {
		o.Indexes = []string{url}
	}
	c, err := index.New(o)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	page, err := c.Project(ctx, name)
	if err != nil {
		return nil, err
	}
	choice := inspect.Pick(page, inspect.Question{})
	if choice.Release == nil {
		return nil, errors.New("no wheel")
	}
	var sources []inspect.Source
	for _, f := range choice.Wheels {
		sources = append(sources, inspect.FromPage(page, f))
	}
	r := inspect.NewReader(inspect.Options{Remote: c, CacheDir: cache})
	started := time.Now()
	wheels, errs := r.Wheels(fetch.WithPhase(ctx, phase), sources, nil)
	x := &run{version: choice.Release.Version.String(), wheels: len(wheels), took: time.Since(started), traffic: counter.ByPhase()[phase]}
	for i, w := range wheels {
		if errs[i] != nil {
			return nil, errs[i]
		}
		x.modules += len(w.Modules)
		x.bytes += w.MemberBytes
	}
	return x, nil
}
