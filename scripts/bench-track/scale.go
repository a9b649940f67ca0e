//go:build unix

package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// The limits of memory, of the size of the site and its front page, and of how much
// more a package may cost among many.
const (
	mostMemory = 300e6
	mostSite   = 60e6
	mostFront  = 600e3
	mostGrowth = 1.5
)

// about says what the index is like.
func (w *world) about(seed uint64) string {
	return fmt.Sprintf("A made-up index (seed %d) on the same machine, of %d projects with %d files: of a hundred, %.0f are pure, %.0f are sources only, %.0f are compiled for Pythons with the GIL, %.0f for free-threaded ones as well; of the newest releases, %d free-threaded wheels of two small modules each can be read. Its pages have to be asked for anew at each update.",
		seed, len(w.packages), w.files, 100*pureShare, 100*sourceShare, 100*gilShare, 100*(1-pureShare-sourceShare-gilShare), w.wheels)
}

// A trial is what following and publishing a number of packages took.
type trial struct {
	n                      int
	first, second, publish *cost
	requests, again        int64 // of both updates
	inspected              int
	storeBytes             int64
	site                   sizes
}

// sizes are those of a site.
type sizes struct {
	files                int
	bytes, packed, front int64 // packed, front: compressed
}

// updated is what an update prints.
type updated struct {
	Refreshed int `json:"refreshed"`
	Changed   int `json:"changed"`
	Required  int `json:"required"`
	Files     int `json:"files"`
	Inspected int `json:"inspected"`
}

// A place is where a trial keeps its things.
type place struct{ store, cache, index string }

func (p *place) flags() []string { return []string{"--store", p.store, "--no-config"} }

func (p *place) update() []string {
	return append([]string{"track", "update", "--inspect", "--format", "json", "--index-url", p.index, "--cache-dir", p.cache}, p.flags()...)
}

// follow begins to track the first n packages, and updates twice.
func (b *bench) follow(ctx context.Context, n int, p *place) (*trial, error) {
	list := filepath.Join(b.tmp, "names-"+strconv.Itoa(n)+".list")
	var names strings.Builder
	for _, x := range b.server.world.packages[:n] {
		names.WriteString(x.name + "\n")
	}
	if err := os.WriteFile(list, []byte(names.String()), 0o600); err != nil {
		return nil, err
	}
	if _, err := b.run(ctx, nil, append([]string{"track", "init", "--empty"}, p.flags()...)...); err != nil {
		return nil, err
	}
	if _, err := b.run(ctx, nil, append([]string{"track", "import", list, "--cohort", "made-up"}, p.flags()...)...); err != nil {
		return nil, err
	}
	t := &trial{n: n}
	for i, c := range []**cost{&t.first, &t.second} {
		before := b.server.requests.Load()
		var u updated
		var err error
		if *c, err = b.run(ctx, &u, p.update()...); err != nil {
			return nil, err
		}
		requests := b.server.requests.Load() - before
		if i == 0 {
			t.requests, t.inspected = requests, u.Inspected
			if u.Refreshed != n || u.Changed != n || u.Required != 0 || u.Inspected == 0 && n >= 100 {
				return nil, fmt.Errorf("the first update of %d packages: %+v", n, u)
			}
			continue
		}
		t.again = requests
		if u.Refreshed != n || u.Changed != 0 || u.Files != 0 || u.Inspected != 0 {
			return nil, fmt.Errorf("the second update of %d packages: %+v", n, u)
		}
		b.limit(fmt.Sprintf("requests of an update of %d packages without news", n), float64(requests), float64(n), "requests")
	}
	if lost := b.server.lost.Load(); lost > 0 {
		return nil, fmt.Errorf("%d requests were for what the index does not have", lost)
	}
	for what, c := range map[string]*cost{"first": t.first, "second": t.second} {
		b.limit(fmt.Sprintf("memory of the %s update of %d packages", what, n), mb(c.Peak), mostMemory/1e6, "MB")
	}
	return t, nil
}

// scale measures all numbers of packages.
func (b *bench) scale(ctx context.Context) (string, error) {
	var trials []*trial
	for _, n := range b.sizes {
		t, err := b.trial(ctx, n)
		if err != nil {
			return "", fmt.Errorf("%d packages: %w", n, err)
		}
		trials = append(trials, t)
	}
	if b.images != "" {
		if err := os.MkdirAll(b.images, 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(b.images, picture), draw(trials), 0o644); err != nil {
			return "", err
		}
	}
	return b.tell(trials), nil
}

// trial follows n packages from a store of their own, and publishes them.
func (b *bench) trial(ctx context.Context, n int) (t *trial, err error) {
	dir := filepath.Join(b.tmp, strconv.Itoa(n))
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	p := &place{filepath.Join(dir, "track.db"), filepath.Join(dir, "cache"), b.server.url + "json/simple/"}
	if t, err = b.follow(ctx, n, p); err != nil {
		return nil, err
	}
	info, err := os.Stat(p.store)
	if err != nil {
		return nil, err
	}
	t.storeBytes = info.Size()
	public := filepath.Join(dir, "public")
	if t.publish, err = b.run(ctx, nil, append([]string{"publish", public, "--url", "https://example.invalid/"}, p.flags()...)...); err != nil {
		return nil, err
	}
	if t.site, err = measure(public); err != nil {
		return nil, err
	}
	b.limit(fmt.Sprintf("memory of publishing %d packages", n), mb(t.publish.Peak), mostMemory/1e6, "MB")
	return t, nil
}

// measure weighs a site, each file compressed by itself as a host sends it.
func measure(dir string) (sizes, error) {
	var all sizes
	var total, packed atomic.Int64
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	root, err := os.OpenRoot(dir)
	if err != nil {
		return all, err
	}
	defer func() { _ = root.Close() }()
	err = fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path, ".") {
			return err
		}
		all.files++
		g.Go(func() error {
			text, err := fs.ReadFile(root.FS(), path)
			if err != nil {
				return err
			}
			var out bytes.Buffer
			z := gzip.NewWriter(&out)
			if _, err := io.Copy(z, bytes.NewReader(text)); err != nil {
				return err
			}
			if err := z.Close(); err != nil {
				return err
			}
			total.Add(int64(len(text)))
			packed.Add(int64(out.Len()))
			if path == "index.html" {
				all.front = int64(out.Len())
			}
			return nil
		})
		return nil
	})
	err = errors.Join(err, g.Wait())
	all.bytes, all.packed = total.Load(), packed.Load()
	return all, err
}

// per is a cost for each package, in milliseconds.
func (t *trial) per(c *cost) (wall, cpu float64) {
	return c.Wall.Seconds() * 1000 / float64(t.n), c.CPU.Seconds() * 1000 / float64(t.n)
}

// tell writes the tables of all trials.
func (b *bench) tell(trials []*trial) string {
	var text strings.Builder
	text.WriteString("### For each package\n\nProcessor time of the whole command, user and system, divided by the number of packages; in brackets, time on the clock:\n\n" +
		"| packages | first `track update --inspect` | the second, nothing new | `publish DIR` | memory, at most, of these | requests, first and second | wheels read | the store |\n|---|---|---|---|---|---|---|---|\n")
	for _, t := range trials {
		fmt.Fprintf(&text, "| %d", t.n)
		for _, c := range []*cost{t.first, t.second, t.publish} {
			wall, cpu := t.per(c)
			fmt.Fprintf(&text, " | %.2f ms (%.2f)", cpu, wall)
		}
		fmt.Fprintf(&text, " | %.0f, %.0f, %.0f MB | %d, %d | %d | %.1f kB |\n", mb(t.first.Peak), mb(t.second.Peak), mb(t.publish.Peak), t.requests, t.again, t.inspected, float64(t.storeBytes)/1e3/float64(t.n))
	}
	if b.images != "" {
		fmt.Fprintf(&text, "\n![Processor time for each package, by the number of packages](images/%s)\n", picture)
	}
	if few, many := find(trials, b.typical), trials[len(trials)-1]; few != nil && many.n > few.n {
		text.WriteString("\n")
		for _, x := range []struct {
			what      string
			few, many *cost
		}{{"first update", few.first, many.first}, {"second update", few.second, many.second}, {"publish", few.publish, many.publish}} {
			_, before := few.per(x.few)
			_, after := many.per(x.many)
			growth := after / before
			fmt.Fprintf(&text, "- %s: a package among %d costs %.2f × that of one among %d.\n", x.what, many.n, growth, few.n)
			b.limit(fmt.Sprintf("%s, a package among %d beside one among %d", x.what, many.n, few.n), growth, mostGrowth, "×")
		}
	}
	if t := find(trials, b.typical); t != nil {
		fmt.Fprintf(&text, "\n### %d packages\n\n| | time | wanted | processor time | peak memory |\n|---|---|---|---|---|\n", t.n)
		fmt.Fprintf(&text, "| first `track update --inspect` | %.1f s | 60 s | %.1f s | %.0f MB |\n", t.first.Wall.Seconds(), t.first.CPU.Seconds(), mb(t.first.Peak))
		fmt.Fprintf(&text, "| the second, nothing new | %.1f s | 5 s | %.1f s | %.0f MB |\n", t.second.Wall.Seconds(), t.second.CPU.Seconds(), mb(t.second.Peak))
	}
	if t := find(trials, b.large); t != nil {
		fmt.Fprintf(&text, "\n### `publish` of %d packages\n\n| | | wanted |\n|---|---|---|\n", t.n)
		fmt.Fprintf(&text, "| time | %.1f s | 10 s |\n| processor time | %.1f s | |\n| peak memory | %.0f MB | 300 MB |\n", t.publish.Wall.Seconds(), t.publish.CPU.Seconds(), mb(t.publish.Peak))
		fmt.Fprintf(&text, "| the site, each of %d files gzipped | %.1f MB | 60 MB |\n| for each package | %d bytes | |\n| not compressed | %.1f MB | |\n| the front page, gzipped | %.0f kB | 600 kB |\n",
			t.site.files, mb(t.site.packed), t.site.packed/int64(t.n), mb(t.site.bytes), float64(t.site.front)/1e3)
		b.limit(fmt.Sprintf("the site of %d packages", t.n), mb(t.site.packed), mostSite/1e6, "MB")
		b.limit(fmt.Sprintf("the front page of %d packages", t.n), float64(t.site.front)/1e3, mostFront/1e3, "kB")
	}
	return text.String()
}

func find(trials []*trial, n int) *trial {
	for _, t := range trials {
		if t.n == n {
			return t
		}
	}
	return nil
}
