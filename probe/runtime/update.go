package runtime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/lockfile"
)

// Update replaces the catalogue of the data directory by one made from the
// publisher's index, or from the index at another place (a URL or an absolute
// path) if from is not "". It returns the new one, which the Manager then uses
// too. A broken, older or poorer index replaces nothing.
func (m *Manager) Update(ctx context.Context, from string) (*Catalogue, error) {
	if from == "" {
		from = m.Catalogue.Index
	}
	place, err := locate(from)
	if err != nil {
		return nil, err
	}
	c, err := m.readIndexAt(ctx, place)
	if err != nil {
		return nil, err
	}
	if c.AsOf.Before(m.Catalogue.AsOf) {
		return nil, fmt.Errorf("%s: its newest build is of %s; the catalogue here knows one of %s",
			place, c.AsOf.Format(time.DateOnly), m.Catalogue.AsOf.Format(time.DateOnly))
	}
	if len(m.Catalogue.On(m.Platform)) > 0 && len(c.On(m.Platform)) == 0 {
		return nil, fmt.Errorf("%s: no builds for %s", place, m.Platform)
	}
	if err := m.keep(ctx, c); err != nil {
		return nil, err
	}
	m.Catalogue = c
	return c, nil
}

func (m *Manager) readIndexAt(ctx context.Context, place location) (c *Catalogue, err error) {
	if place.file != "" {
		f, err := os.Open(place.file)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		if c, err = ReadIndex(cancelled{ctx, f}); err != nil {
			return nil, fmt.Errorf("%s: %w", place, err)
		}
		return c, nil
	}
	if m.Client == nil {
		return nil, fmt.Errorf("%s: %w", place, ErrOffline)
	}
	err = m.Client.Stream(ctx, fetch.Request{URL: place.url}, func(resp *http.Response) error {
		body := &countingReader{r: resp.Body}
		if c, err = ReadIndex(body); body.err != nil {
			return body.err // the connection's fault, which may pass
		}
		if err == nil && resp.ContentLength > body.n {
			return io.ErrUnexpectedEOF
		}
		return fetch.Final(err)
	})
	return c, err
}

// A countingReader knows how much it read and what ended it before its end.
type countingReader struct {
	r   io.Reader
	n   int64
	err error
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

// keep writes a catalogue to the data directory, in the place of the one there
// once it is whole.
func (m *Manager) keep(ctx context.Context, c *Catalogue) error {
	if err := os.MkdirAll(m.DataDir, 0o755); err != nil {
		return err
	}
	lock, err := lockfile.Acquire(ctx, filepath.Join(m.DataDir, lockPrefix+catalogueFile), nil)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	// One name, so that nothing piles up where processes are killed.
	part := filepath.Join(m.DataDir, partPrefix+catalogueFile)
	f, err := os.Create(part)
	if err != nil {
		return err
	}
	if err := errors.Join(c.Write(f), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, filepath.Join(m.DataDir, catalogueFile))
}
