package index

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// restWorthReading is how much of a source distribution is read behind its
// PKG-INFO for the sake of its digest, in bytes. More is not worth it: what
// matters is the file that gets installed, and installers check that.
const restWorthReading = 2 << 20

// readSdist reads the PKG-INFO of a source distribution. A tar archive is read
// up to there; a zip archive by ranges.
func (r *reader) readSdist(ctx context.Context, suspicious bool) (*simple.Metadata, error) {
	if strings.HasSuffix(r.file.Filename, ".zip") {
		return r.readZip(ctx, suspicious)
	}
	var m *simple.Metadata
	req := fetch.Request{URL: r.url, Header: http.Header{"Accept-Encoding": {"identity"}}, Limit: MaxFile}
	err := r.client.http.Stream(ctx, req, func(resp *http.Response) (err error) {
		r.verified = false
		hash := sha256.New()
		body := io.TeeReader(&cappedReader{resp.Body, MaxFile, r.url}, hash)
		m, err = simple.SdistMetadata(body, r.file.Filename)
		if err != nil && !errors.Is(err, simple.ErrNoMetadata) {
			return err
		}
		if !r.file.HasSHA256 {
			return fetch.Final(err)
		}
		if err != nil || suspicious {
			// To say that it has none, or to be believed again, takes the whole.
			if _, err := io.Copy(io.Discard, body); err != nil {
				return err
			}
		} else if n, err := io.CopyN(io.Discard, body, restWorthReading); err == nil || n == restWorthReading {
			return nil
		} else if !errors.Is(err, io.EOF) {
			return err
		}
		if sum := [32]byte(hash.Sum(nil)); sum != r.file.SHA256 {
			return &fetch.HashError{RedactedURL: fetch.Redact(r.url), Want: r.file.SHA256, Got: sum}
		}
		r.verified = true
		return fetch.Final(err)
	})
	return m, err
}

// readZip reads a zipped source distribution.
func (r *reader) readZip(ctx context.Context, suspicious bool) (*simple.Metadata, error) {
	if !suspicious {
		f, err := r.client.http.OpenRanges(ctx, fetch.Parts{URL: r.url, Size: r.file.Size, Limit: MaxRanges})
		if err == nil {
			return simple.SdistMetadata(io.NewSectionReader(f, 0, f.Size()), r.file.Filename)
		}
		if !errors.Is(err, fetch.ErrNoRanges) {
			return nil, err
		}
	}
	d, err := r.client.download(ctx, r.file, r.url)
	if err != nil {
		return nil, err
	}
	r.verified = r.file.HasSHA256
	m, err := simple.SdistMetadata(io.NewSectionReader(d, 0, d.Size()), r.file.Filename)
	return m, errors.Join(err, d.Close())
}

// cappedReader fails once more than left bytes were read.
type cappedReader struct {
	r    io.Reader
	left int64
	url  string
}

func (c *cappedReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.left -= int64(n)
	if c.left < 0 {
		return 0, &fetch.TooLargeError{RedactedURL: fetch.Redact(c.url), Limit: MaxFile, Size: -1}
	}
	return n, err
}
