package fleettest

import (
	"bytes"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// IndexOptions say what an index holds. The same options make the same index.
type IndexOptions struct {
	Projects int
	Seed     uint64
	// Releases is how many a project has at most; 0 is one.
	Releases int
	// Compiled is the share of projects, from 0 to 1, that have wheels with modules,
	// for each of some Pythons and platforms. The others have one wheel for all.
	Compiled float64
	// Latency is how long every answer takes.
	Latency time.Duration
}

// An Index is a package index on the loopback interface, which answers as the simple
// repository API has it in JSON, with metadata beside the wheels and parts of files.
// It is light, so that what is measured is not the index. It must be closed.
type Index struct {
	projects map[string]*project
	files    map[string]body
	names    []string
	latency  atomic.Int64
	http     *http.Server
	listener net.Listener

	inFlight atomic.Int64
	sent     atomic.Int64

	mu      sync.Mutex
	counts  map[Kind]int
	of      map[string]int
	busiest int64
}

// Kind is what a request is for.
type Kind string

// The kinds.
const (
	Page     Kind = "page"
	Metadata Kind = "metadata"
	File     Kind = "file" // or a part of one
	Unknown  Kind = "unknown"
)

// NewIndex makes an index and serves it.
func NewIndex(o IndexOptions) (*Index, error) {
	x := &Index{projects: map[string]*project{}, files: map[string]body{}, counts: map[Kind]int{}, of: map[string]int{}}
	x.latency.Store(int64(o.Latency))
	for i := range o.Projects {
		if err := x.generate(i, o); err != nil {
			return nil, err
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it returns at once
	if err != nil {
		return nil, err
	}
	x.listener = l
	x.http = &http.Server{Handler: x, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute}
	go func() { _ = x.http.Serve(l) }() // returns once Close is called
	return x, nil
}

// URL is the index's address, as installers take it.
func (x *Index) URL() string { return "http://" + x.listener.Addr().String() + "/simple/" }

// Names are the projects, sorted.
func (x *Index) Names() []string { return x.names }

// SetLatency changes how long answers take.
func (x *Index) SetLatency(d time.Duration) { x.latency.Store(int64(d)) }

// Close stops serving and breaks connections off.
func (x *Index) Close() error { return x.http.Close() }

// Counts are how many requests of each kind there were since the index was made or
// Reset was called.
func (x *Index) Counts() map[Kind]int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return maps.Clone(x.counts)
}

// Of is how many requests there were for a project's page, or for a file or its
// metadata.
func (x *Index) Of(name string) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.of[name]
}

// Sent is how many bytes the bodies of answers had.
func (x *Index) Sent() int64 { return x.sent.Load() }

// Busiest is how many requests were under way at once at most.
func (x *Index) Busiest() int64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.busiest
}

// Reset forgets what was counted.
func (x *Index) Reset() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.counts, x.of, x.busiest = map[Kind]int{}, map[string]int{}, 0
	x.sent.Store(0)
}

// ServeHTTP implements [http.Handler].
func (x *Index) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := x.inFlight.Add(1)
	defer x.inFlight.Add(-1)
	kind, name, b := x.find(r.URL.Path)
	x.mu.Lock()
	x.counts[kind]++
	x.of[name]++
	x.busiest = max(x.busiest, now)
	x.mu.Unlock()
	if d := time.Duration(x.latency.Load()); d > 0 {
		select {
		case <-time.After(d):
		case <-r.Context().Done():
			return
		}
	}
	if kind == Unknown {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("ETag", b.tag)
	h.Set("Content-Type", "application/octet-stream")
	if kind == Page {
		h.Set("Content-Type", "application/vnd.pypi.simple.v1+json")
		h.Set("Cache-Control", "max-age=0, must-revalidate")
		r.Header.Del("Range")
	}
	http.ServeContent(&counting{w, &x.sent}, r, "", time.Time{}, bytes.NewReader(b.data))
}

// find returns what a path means.
func (x *Index) find(path string) (Kind, string, body) {
	if name, ok := strings.CutPrefix(path, "/simple/"); ok {
		name = strings.TrimSuffix(name, "/")
		if p := x.projects[name]; p != nil {
			return Page, name, body{p.page, p.etag}
		}
		return Unknown, name, body{}
	}
	name := strings.TrimPrefix(path, "/files/")
	b, ok := x.files[name]
	b.tag = `"` + b.tag + `"`
	switch {
	case !ok:
		return Unknown, name, body{}
	case strings.HasSuffix(name, ".metadata"):
		return Metadata, name, b
	}
	return File, name, b
}

// counting counts what is sent.
type counting struct {
	http.ResponseWriter
	sent *atomic.Int64
}

func (c *counting) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.sent.Add(int64(n))
	return n, err
}
