package index

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ftpkg/ftpkg/internal/cache"
	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// Metadata returns a file's own metadata. Equal metadata of one project's files
// is one pointer. The error is simple.ErrNoMetadata if the file is gone,
// damaged, fails its digest, or describes something else; [ErrOffline] if it
// isn't in the cache; or what went wrong with the network.
func (c *Client) Metadata(ctx context.Context, p *simple.Project, f *simple.File) (*simple.Metadata, error) {
	if f.Kind == simple.Other {
		return nil, named(f, errKind)
	}
	pg := c.pageOf(p)
	o, url := pg.originOf(f), p.FileURL(f)
	keys := o.keys(url, f)
	m, err := c.recall(pg, o, f, keys)
	if m != nil || err != nil {
		return m, named(f, err)
	}
	suspicious := false
	if k := keys[0]; k.Kind == keyMetadata {
		keys = keys[1:]
		if !c.o.Offline {
			// One of the files that share a metadata file is asked for it.
			m, err = pg.metadata.do(ctx, k, isFinal, func(ctx context.Context) (*simple.Metadata, error) {
				return c.learnBeside(ctx, pg, o, f, url, append(keys, k))
			})
			var soft *besideError
			if !errors.As(err, &soft) {
				return m, named(f, err)
			}
			suspicious = soft.suspicious
		}
	}
	if len(keys) == 0 { // a metadata file with a digest, beside a file without
		keys = []cache.Key{o.urlKey(url)}
	}
	m, err = pg.metadata.do(ctx, keys[0], isFinal, func(ctx context.Context) (*simple.Metadata, error) {
		return c.learn(ctx, pg, o, f, url, keys, suspicious)
	})
	return m, named(f, err)
}

// isLocal reports whether a URL is that of a file on this machine.
func isLocal(url string) bool { return strings.HasPrefix(url, "file:") }

// named says whose metadata an error is about.
func named(f *simple.File, err error) error {
	if err == nil || strings.Contains(err.Error(), f.Filename) {
		return err
	}
	return fmt.Errorf("%s: %w", f.Filename, err)
}

// Cached reports whether Metadata would answer without a request.
func (c *Client) Cached(p *simple.Project, f *simple.File) bool {
	pg := c.pageOf(p)
	o, url := pg.originOf(f), p.FileURL(f)
	if isLocal(url) || f.Kind == simple.Other {
		return true
	}
	m, err := c.recall(pg, o, f, o.keys(url, f))
	return m != nil || err != nil
}

func (pg *page) originOf(f *simple.File) *origin {
	if o, ok := pg.others[f.Filename]; ok {
		return o
	}
	return pg.origin
}

// noneMark begins what is kept of a file that, whole and with the right digest,
// has no readable metadata; the reason follows.
const noneMark = "none:"

// keptError is such a reason.
type keptError string

func (e keptError) Error() string        { return string(e) }
func (e keptError) Is(target error) bool { return target == simple.ErrNoMetadata }

// recall returns what is known without asking anybody, nil if nothing is.
func (c *Client) recall(pg *page, o *origin, f *simple.File, keys []cache.Key) (*simple.Metadata, error) {
	pg.mu.Lock()
	defer pg.mu.Unlock()
	for _, k := range keys {
		m, err := c.known(pg, o, k)
		if err != nil {
			return nil, err
		}
		// A page may give one digest to the metadata of two versions, but that
		// doesn't make them the same.
		if m != nil && (k.Kind != keyMetadata || describes(pg.project, f, m) == nil) {
			return m, nil
		}
	}
	return nil, nil
}

// known returns what is known under one key. Callers hold pg.mu.
func (c *Client) known(pg *page, o *origin, k cache.Key) (*simple.Metadata, error) {
	if m, ok := pg.byKey[k]; ok {
		return m, nil
	}
	b, ok := o.log().Get(k)
	if !ok || !c.trusted(o, k) {
		return nil, nil
	}
	if reason, none := strings.CutPrefix(string(b), noneMark); none {
		return nil, keptError(reason)
	}
	if m, err := simple.DecodeMetadata(b); err == nil {
		return pg.intern(m, b, k), nil
	}
	return nil, nil // in the form of another version: read anew
}

// intern returns the one pointer for metadata, of which b is the compact form,
// and makes it known under keys. Callers hold pg.mu.
func (pg *page) intern(m *simple.Metadata, b []byte, keys ...cache.Key) *simple.Metadata {
	if pg.byKey == nil {
		pg.byKey, pg.unique = map[cache.Key]*simple.Metadata{}, map[string]*simple.Metadata{}
	}
	if same, ok := pg.unique[string(b)]; ok {
		m = same
	} else {
		pg.unique[string(b)] = m
	}
	for _, k := range keys {
		pg.byKey[k] = m
	}
	return m
}

// keep makes metadata known under keys, and keeps it if it is not at hand anyway.
func (c *Client) keep(pg *page, o *origin, m *simple.Metadata, local bool, keys []cache.Key) *simple.Metadata {
	b := m.AppendBinary(nil)
	if !local {
		_ = o.log().Put(b, keys...) // an error is the cache's to remember
	}
	pg.mu.Lock()
	defer pg.mu.Unlock()
	return pg.intern(m, b, keys...)
}

// besideError says that the metadata file was of no use, so that the file itself
// must be read. It is deliberately none of the errors it came from.
type besideError struct {
	text       string
	suspicious bool // it was there, with another digest
}

func (e *besideError) Error() string { return e.text }

// learnBeside reads the metadata file beside a file and keeps what it says.
func (c *Client) learnBeside(ctx context.Context, pg *page, o *origin, f *simple.File, url string, keys []cache.Key) (*simple.Metadata, error) {
	r := reader{client: c, page: pg, file: f, url: url}
	m, err := r.readBeside(ctx)
	if err == nil {
		err = describes(pg.project, f, m)
	}
	if err == nil {
		return c.keep(pg, o, m, false, keys), nil
	}
	if !errors.Is(unreadable(err), simple.ErrNoMetadata) {
		return nil, err
	}
	var hash *fetch.HashError
	soft := &besideError{text: err.Error(), suspicious: errors.As(err, &hash)}
	if soft.suspicious {
		c.warn("%v; read the file itself instead", err)
	}
	return nil, soft
}

// learn reads the metadata of a file and keeps it.
func (c *Client) learn(ctx context.Context, pg *page, o *origin, f *simple.File, url string, keys []cache.Key, suspicious bool) (*simple.Metadata, error) {
	var m *simple.Metadata
	var err error
	r := reader{client: c, page: pg, file: f, url: url}
	switch {
	case isLocal(url):
		m, err = c.readLocal(o, f, url)
	case c.o.Offline:
		return nil, &OfflineError{"metadata of " + f.Filename, fetch.Redact(url)}
	default:
		m, err = r.read(ctx, suspicious)
	}
	if err == nil {
		err = describes(pg.project, f, m)
	}
	if err != nil {
		err = unreadable(err)
		if r.verified && errors.Is(err, simple.ErrNoMetadata) {
			_ = o.log().Put([]byte(noneMark+err.Error()), keys[0])
		}
		return nil, err
	}
	return c.keep(pg, o, m, isLocal(url), keys), nil
}

// describes checks that metadata is of the project and version of a file.
func describes(p *simple.Project, f *simple.File, m *simple.Metadata) error {
	v, ok := versionOf(p, f)
	if !ok {
		return nil
	}
	return m.Describes(p.Name, v)
}

func versionOf(p *simple.Project, f *simple.File) (pep440.Version, bool) {
	if f.Kind == simple.Wheel || f.Kind == simple.Variant {
		_, rest, _ := strings.Cut(f.Filename, "-")
		text, _, _ := strings.Cut(rest, "-")
		v, err := pep440.Parse(text)
		return v, err == nil
	}
	for _, r := range p.Releases {
		for i := range r.Files {
			if r.Files[i].Filename == f.Filename {
				return r.Version, true
			}
		}
	}
	return pep440.Version{}, false
}
