package index

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/ftpkg/ftpkg/internal/cache"
	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// A linkSource is one place of --find-links: a directory, a file, or a page that
// links to files of many projects.
type linkSource struct {
	client *Client
	at     place
	memo   memo[struct{}, *listing]
}

// A listing is all files of a place, of whatever project.
type listing struct {
	files []simple.RawFile
	// bucket and stamp are those of a page that was fetched.
	bucket *cache.Bucket
	stamp  [32]byte
	web    bool
}

// linked is what one place has of a project.
type linked struct {
	project *simple.Project
	origin  *origin
}

// linked returns what each place of FindLinks has of a project.
func (c *Client) linked(ctx context.Context, name string) ([]linked, error) {
	var out []linked
	for _, s := range c.links {
		l, err := s.list(ctx)
		if err != nil {
			return nil, err
		}
		p := simple.FromFiles(name, l.files)
		if len(p.Releases)+len(p.Skipped) == 0 {
			continue
		}
		p.Index = s.at.String()
		if !l.web {
			measure(p)
		}
		out = append(out, linked{p, &origin{bucket: l.bucket, name: name, stamp: l.stamp, stable: true, web: l.web}})
	}
	return out, nil
}

// list returns the files of the place, listed once.
func (s *linkSource) list(ctx context.Context) (*listing, error) {
	return s.memo.do(ctx, struct{}{}, isFinal, func(ctx context.Context) (*listing, error) {
		l, err := s.read(ctx)
		if err != nil {
			return nil, fmt.Errorf("find-links %s: %w", s.at, err)
		}
		return l, nil
	})
}

func (s *linkSource) read(ctx context.Context) (*listing, error) {
	if s.at.path == "" {
		return s.fetch(ctx)
	}
	files, err := listDir(s.at.path)
	if err == nil {
		return &listing{files: files}, nil
	}
	if !errors.Is(err, errNotDir) {
		return nil, err
	}
	switch strings.ToLower(filepath.Ext(s.at.path)) {
	case ".html", ".htm":
		body, err := readCapped(s.at.path, MaxPage)
		if err != nil {
			return nil, err
		}
		files, err := absolute(body, fileURL(s.at.path))
		return &listing{files: files}, err
	}
	if _, err := os.Stat(s.at.path); err != nil {
		return nil, err
	}
	return &listing{files: []simple.RawFile{{URL: fileURL(s.at.path)}}}, nil
}

// absolute returns the links of a page with whole URLs.
func absolute(body []byte, base string) ([]simple.RawFile, error) {
	files, base, err := simple.Links(body, base)
	p := &simple.Project{Base: base}
	for i := range files {
		files[i].URL = p.FileURL(&simple.File{URL: files[i].URL})
	}
	return files, err
}

// linksName is what a page of links is kept under; no project is called so.
const linksName = "=links"

// fetch gets a page of links. It is kept as it was served: it is read once a
// run, not once a project.
func (s *linkSource) fetch(ctx context.Context) (*listing, error) {
	c := s.client
	bucket := c.cache.Bucket("links " + s.at.String())
	build := func(body []byte, url string, entry *cache.Page) (*listing, error) {
		files, err := absolute(body, url)
		return &listing{files: files, bucket: bucket, stamp: entry.Body, web: true}, err
	}
	kept := bucket.Page(linksName)
	if kept != nil && (c.o.Offline || !c.o.Refresh && kept.Fresh(c.now())) {
		if url, body, ok := strings.Cut(string(kept.Data), "\n"); ok {
			return build([]byte(body), url, kept)
		}
	}
	if c.o.Offline {
		return nil, &OfflineError{"the page of links", s.at.String()}
	}
	header := http.Header{"Accept": {"text/html"}}
	conditional(header, kept)
	resp, err := c.http.Get(ctx, fetch.Request{
		URL: s.at.url, Header: header, Limit: MaxPage, Accept: []int{http.StatusNotModified},
	})
	if err != nil {
		return nil, err
	}
	entry, store := newEntry(resp, c.now())
	if resp.Status == http.StatusNotModified && kept != nil {
		url, body, _ := strings.Cut(string(kept.Data), "\n")
		c.later(func() { _ = bucket.Touch(linksName, entry.Checked, entry.MaxAge) })
		return build([]byte(body), url, kept)
	}
	if looksLike(resp.Body) != '<' {
		return nil, errors.New("not an HTML page")
	}
	if store && (kept == nil || kept.Body != entry.Body || kept.ETag != entry.ETag || entry.MaxAge > 0) {
		entry.Data = append([]byte(resp.URL+"\n"), resp.Body...)
		c.later(func() { _ = bucket.SetPage(linksName, entry) })
	}
	return build(resp.Body, resp.URL, entry)
}
