package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
)

// spoolSize is how much of a download is held in memory before it goes to a
// temporary file, in bytes.
const spoolSize = 2 << 20

// Download is a file fetched whole. It is read with ReadAt until Close, which
// also removes what was put on disk.
type Download struct {
	// SHA256 is the digest of what was received.
	SHA256 [32]byte
	size   int64
	mem    []byte
	file   *os.File
}

// Whole describes a file to download.
type Whole struct {
	URL string
	// SHA256 is the promised digest; nil if there is none to check.
	SHA256 *[32]byte
	// Limit caps the size in bytes.
	Limit int64
	// Dir is where a large file is put while it is in use, "" for the system's
	// temporary directory.
	Dir string
}

// Download fetches a file whole and checks its digest: a mismatch is a
// *HashError.
func (c *Client) Download(ctx context.Context, w Whole) (*Download, error) {
	var out *Download
	req := Request{URL: w.URL, Header: identity(), Limit: w.Limit}
	err := c.Stream(ctx, req, func(resp *http.Response) error {
		d, err := spool(resp, w)
		if err != nil {
			return err
		}
		if w.SHA256 != nil && d.SHA256 != *w.SHA256 {
			_ = d.Close()
			return &HashError{RedactURL(resp.Request.URL), *w.SHA256, d.SHA256}
		}
		out = d
		return nil
	})
	return out, err
}

// identity asks for a file as it is, not compressed on the way: a digest is of
// the file itself.
func identity() http.Header { return http.Header{"Accept-Encoding": {"identity"}} }

func spool(resp *http.Response, w Whole) (_ *Download, err error) {
	tooLarge := &TooLargeError{RedactURL(resp.Request.URL), w.Limit, resp.ContentLength}
	if resp.ContentLength > w.Limit {
		return nil, tooLarge
	}
	d := &Download{}
	defer func() {
		if err != nil {
			_ = d.Close()
		}
	}()
	hash := sha256.New()
	body := io.TeeReader(io.LimitReader(resp.Body, w.Limit+1), hash)
	var mem bytes.Buffer
	if d.size, err = mem.ReadFrom(io.LimitReader(body, spoolSize)); err != nil {
		return nil, err
	}
	d.mem = mem.Bytes()
	if d.size == spoolSize {
		if err := d.spill(body, w.Dir); err != nil {
			return nil, err
		}
	}
	if d.size > w.Limit {
		tooLarge.Size = -1
		return nil, tooLarge
	}
	hash.Sum(d.SHA256[:0])
	return d, nil
}

// spill moves what is in memory, and the rest of the body, to a file.
func (d *Download) spill(body io.Reader, dir string) error {
	f, err := os.CreateTemp(dir, "ftpkg-download-*")
	if err != nil {
		return Final(fmt.Errorf("no room for a download: %w", err))
	}
	d.file = f
	if _, err := f.Write(d.mem); err != nil {
		return Final(err)
	}
	d.mem = nil
	n, err := io.Copy(onlyWriter{f}, body)
	d.size += n
	if _, full := errors.AsType[*os.PathError](err); full {
		return Final(err)
	}
	return err
}

// onlyWriter hides a file's ReadFrom, which would mix the errors of reading the
// body with those of writing the file.
type onlyWriter struct{ io.Writer }

// Size returns the file's size in bytes.
func (d *Download) Size() int64 { return d.size }

// ReadAt implements io.ReaderAt.
func (d *Download) ReadAt(p []byte, off int64) (int, error) {
	if d.file != nil {
		return d.file.ReadAt(p, off)
	}
	return bytes.NewReader(d.mem).ReadAt(p, off)
}

// Close frees the file.
func (d *Download) Close() error {
	d.mem = nil
	if d.file == nil {
		return nil
	}
	name := d.file.Name()
	err := d.file.Close()
	d.file = nil
	return errors.Join(err, os.Remove(name))
}
