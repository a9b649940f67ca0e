package index

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/cache"
	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// The types of pages, and how much each is wanted.
const (
	typeJSON   = "application/vnd.pypi.simple.v1+json"
	typeHTML   = "application/vnd.pypi.simple.v1+html"
	acceptPage = typeJSON + ", " + typeHTML + ";q=0.2, text/html;q=0.01"
)

// remote is an index over HTTP.
type remote struct {
	client *Client
	root   string // with a slash at its end
	shown  string // without credentials, and without that slash
	bucket *cache.Bucket
}

func newRemote(c *Client, root string) *remote {
	root = strings.TrimRight(root, "/")
	shown := fetch.Redact(root)
	return &remote{client: c, root: root + "/", shown: shown, bucket: c.cache.Bucket(shown)}
}

func (x *remote) String() string { return x.shown }

func (x *remote) project(ctx context.Context, name string) (*answer, error) {
	kept := x.bucket.Page(name)
	if kept != nil && !kept.Absent && !x.client.o.Refresh && kept.Fresh(x.client.now()) {
		if p := x.decode(kept, name); p != nil {
			return x.answer(p, name, kept), nil
		}
		kept = nil
	}
	if x.client.o.Offline {
		return x.offline(kept, name)
	}
	return x.fetch(ctx, kept, name)
}

// offline answers from the cache alone.
func (x *remote) offline(kept *cache.Page, name string) (*answer, error) {
	if kept != nil && kept.Absent {
		return nil, nil
	}
	if p := x.decode(kept, name); p != nil {
		return x.answer(p, name, kept), nil
	}
	return nil, &OfflineError{"project " + name, x.shown}
}

// decode returns the page that is kept, nil if there is none that is good.
func (x *remote) decode(kept *cache.Page, name string) *simple.Project {
	if kept == nil || kept.Absent {
		return nil
	}
	p, err := simple.Decode(kept.Data)
	if err != nil || p.Name != name {
		return nil
	}
	p.Index = x.shown
	return p
}

// fetch asks the index, with what is kept for a comparison.
func (x *remote) fetch(ctx context.Context, kept *cache.Page, name string) (*answer, error) {
	// Decoding takes the time that the answer is under way.
	old := make(chan *simple.Project, 1)
	go func() { old <- x.decode(kept, name) }()

	header := http.Header{"Accept": {acceptPage}}
	conditional(header, kept)
	if x.client.o.Refresh {
		header.Set("Cache-Control", "no-cache")
	}
	req := fetch.Request{
		URL: x.root + name + "/", Header: header, Limit: MaxPage, Accept: []int{http.StatusNotModified},
	}
	resp, err := x.client.http.Get(ctx, req)
	if err == nil && resp.Status == http.StatusNotModified {
		if p := <-old; p != nil {
			return x.unchanged(p, name, kept, resp), nil
		}
		// Nothing is left of what hasn't changed.
		header.Del("If-None-Match")
		header.Del("If-Modified-Since")
		req.Accept, kept = nil, nil
		old <- nil
		resp, err = x.client.http.Get(ctx, req)
	}
	if gone(err) {
		absent := &cache.Page{Checked: x.client.now(), Absent: true}
		if kept == nil || !kept.Absent {
			x.client.later(func() { _ = x.bucket.SetPage(name, absent) })
		}
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if kept != nil && kept.Body == stamp(resp) {
		if p := <-old; p != nil {
			return x.unchanged(p, name, kept, resp), nil
		}
	}
	p, err := parsePage(resp, name)
	if err != nil {
		return nil, err
	}
	p.Index = x.shown
	entry, store := newEntry(resp, x.client.now())
	a := x.answer(p, name, entry)
	if store {
		a.written = x.keep(name, entry, p)
	}
	return a, nil
}

// conditional asks for a page only if it is not the kept one.
func conditional(h http.Header, kept *cache.Page) {
	if kept == nil || kept.Absent {
		return
	}
	if kept.ETag != "" {
		h.Set("If-None-Match", kept.ETag)
	}
	if kept.LastModified != "" {
		h.Set("If-Modified-Since", kept.LastModified)
	}
}

// stamp is the digest of all that a page's meaning depends on.
func stamp(resp *fetch.Response) [32]byte {
	h := sha256.New()
	h.Write([]byte(resp.URL + "\n" + resp.Header.Get("Content-Type") + "\n"))
	h.Write(resp.SHA256[:])
	return [32]byte(h.Sum(nil))
}

// newEntry describes a response for the cache; store is false if it must not be
// kept.
func newEntry(resp *fetch.Response, now time.Time) (entry *cache.Page, store bool) {
	maxAge, store := freshness(resp.Header, now)
	return &cache.Page{
		Checked: now, MaxAge: maxAge, Body: stamp(resp),
		ETag: resp.Header.Get("ETag"), LastModified: resp.Header.Get("Last-Modified"),
	}, store
}

// unchanged answers with the kept page, of which only the age is noted anew, and
// that only where the next run can make use of it.
func (x *remote) unchanged(p *simple.Project, name string, kept *cache.Page, resp *fetch.Response) *answer {
	entry, store := newEntry(resp, x.client.now())
	entry.Body, entry.Complete = kept.Body, kept.Complete
	entry.Sealed, entry.Data = kept.Sealed, kept.Data
	if resp.Status == http.StatusNotModified { // validators need not be repeated
		if entry.ETag == "" {
			entry.ETag = kept.ETag
		}
		if entry.LastModified == "" {
			entry.LastModified = kept.LastModified
		}
		if resp.Header.Get("Cache-Control") == "" && resp.Header.Get("Expires") == "" {
			entry.MaxAge = kept.MaxAge
		}
	}
	switch {
	case !store:
	case entry.ETag != kept.ETag || entry.LastModified != kept.LastModified:
		x.client.later(func() { _ = x.bucket.SetPage(name, entry) })
	case entry.MaxAge > 0 || kept.MaxAge > 0:
		x.client.later(func() { _ = x.bucket.Touch(name, entry.Checked, entry.MaxAge) })
	}
	return x.answer(p, name, entry)
}

// keep writes a page to the cache; until the returned channel is closed, p and
// entry must not be changed. An error is the cache's to remember.
func (x *remote) keep(name string, entry *cache.Page, p *simple.Project) <-chan struct{} {
	if x.bucket == nil {
		return nil
	}
	done := make(chan struct{})
	x.client.later(func() {
		defer close(done)
		entry.Sealed, entry.Data = true, p.AppendBinary(nil)
		_ = x.bucket.SetPage(name, entry)
	})
	return done
}

func (x *remote) answer(p *simple.Project, name string, entry *cache.Page) *answer {
	a := &answer{
		project: p,
		origin:  &origin{bucket: x.bucket, name: name, stamp: entry.Body, stable: true, web: true},
	}
	if !entry.Complete && !haveTimes(p) {
		a.times = func(ctx context.Context, p *simple.Project) error {
			if a.written != nil {
				<-a.written
			}
			return x.uploads(ctx, name, *entry, p)
		}
	}
	return a
}

// parsePage reads a project page as its type says, or if that says nothing of
// use, as it looks.
func parsePage(resp *fetch.Response, name string) (*simple.Project, error) {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	looks := looksLike(resp.Body)
	isJSON := strings.HasSuffix(kind, "+json") || kind == "application/json"
	isHTML := strings.HasSuffix(kind, "html") || strings.HasSuffix(kind, "xml")
	if strings.HasPrefix(kind, "application/vnd.pypi.simple.") && kind != typeJSON && kind != typeHTML {
		return nil, fmt.Errorf("%s: pages of type %s are not known here", fetch.Redact(resp.URL), kind)
	}
	var p *simple.Project
	var err error
	switch {
	case isJSON && looks != '<', !isHTML && looks == '{':
		p, err = simple.ParseJSON(resp.Body, resp.URL)
		if err == nil && p.Name != name {
			err = fmt.Errorf("it is the page of %q", p.Name)
		}
	case isJSON:
		err = errors.New("it says it is JSON, but looks like HTML")
	case isHTML || looks == '<':
		p, err = simple.ParseHTML(resp.Body, resp.URL, name)
	default:
		err = fmt.Errorf("neither JSON nor HTML, but %q", kind)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fetch.Redact(resp.URL), err)
	}
	return p, nil
}

// looksLike returns the first byte of a document that is not space.
func looksLike(b []byte) byte {
	for _, c := range b {
		switch c {
		case ' ', '\t', '\r', '\n', 0xef, 0xbb, 0xbf: // a byte order mark, too
		default:
			return c
		}
	}
	return 0
}
