package index

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/url"
	"os"

	"github.com/ftpkg/ftpkg/internal/fetch"
)

// A File is a distribution file at hand. It is read with ReadAt until Close.
type File interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// Open gets the file at a URL (http, https or file) whole and checks its digest,
// if one is given: a mismatch is a [*fetch.HashError].
func (c *Client) Open(ctx context.Context, rawURL string, digest *[32]byte) (File, error) {
	u, err := url.Parse(c.creds.Take(rawURL))
	if err != nil {
		return nil, fmt.Errorf("%s: not a valid URL", fetch.Redact(rawURL))
	}
	u.Fragment, u.RawFragment = "", ""
	path, ok := filePath(u.String())
	switch {
	case ok:
		return openLocal(ctx, path, digest)
	case c.o.Offline:
		return nil, &OfflineError{"the file", fetch.RedactURL(u)}
	}
	d, err := c.http.Download(ctx, fetch.Whole{URL: u.String(), SHA256: digest, Limit: MaxFile, Dir: c.cache.Temp()})
	if err != nil {
		return nil, err // not a nil *Download in a File
	}
	return d, nil
}

// A localFile is a file on this machine.
type localFile struct {
	*os.File

	size int64
}

func (f *localFile) Size() int64 { return f.size }

func openLocal(ctx context.Context, path string, digest *[32]byte) (_ File, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", path)
	}
	if digest != nil {
		h := sha256.New()
		if _, err := io.Copy(h, f); err != nil {
			return nil, err
		}
		if got := [32]byte(h.Sum(nil)); got != *digest {
			return nil, &fetch.HashError{RedactedURL: path, Want: *digest, Got: got}
		}
	}
	return &localFile{f, info.Size()}, ctx.Err()
}
