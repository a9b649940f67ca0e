package index

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// readLocal reads the metadata of a file on this machine.
func (c *Client) readLocal(o *origin, f *simple.File, url string) (*simple.Metadata, error) {
	path, ok := filePath(url)
	if o.web || !ok {
		return nil, fmt.Errorf("%w: a page on the web names the file %s", simple.ErrNoMetadata, fetch.Redact(url))
	}
	if f.Metadata.Offered {
		b, err := readCapped(path+".metadata", MaxMetadata)
		if err == nil && (!f.Metadata.HasSHA256 || sha256.Sum256(b) == f.Metadata.SHA256) {
			return simple.ParseMetadata(b)
		}
	}
	file, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w: %w", simple.ErrNoMetadata, err)
		}
		return nil, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w: not a regular file", path, simple.ErrNoMetadata)
	}
	switch f.Kind {
	case simple.Wheel, simple.Variant:
		return simple.WheelMetadata(file, info.Size(), f.Filename)
	case simple.Sdist:
		return simple.SdistMetadata(file, f.Filename)
	default:
		return nil, errKind
	}
}

// errKind says that a file is of a kind that no installer reads.
var errKind = fmt.Errorf("%w: not a wheel or source distribution", simple.ErrNoMetadata)

// A reader gets one file's metadata over HTTP.
type reader struct {
	client *Client
	page   *page
	file   *simple.File
	url    string
	// verified says that what was read is the file whole, with the digest that
	// its index gives.
	verified bool
}

// read reads the metadata from the file itself, unless there is a metadata file
// whose digest is not known. suspicious says that nothing but a digest counts.
func (r *reader) read(ctx context.Context, suspicious bool) (*simple.Metadata, error) {
	if r.file.Metadata.Offered && !r.file.Metadata.HasSHA256 {
		m, err := r.readBeside(ctx)
		if err == nil || !errors.Is(unreadable(err), simple.ErrNoMetadata) {
			return m, err
		}
	}
	switch r.file.Kind {
	case simple.Wheel, simple.Variant:
		return r.readWheel(ctx, suspicious)
	case simple.Sdist:
		return r.readSdist(ctx, suspicious)
	default:
		return nil, errKind
	}
}

// readBeside reads the metadata file beside the file (PEP 658).
func (r *reader) readBeside(ctx context.Context) (*simple.Metadata, error) {
	target := r.url + ".metadata"
	if u, err := url.Parse(r.url); err == nil && u.RawQuery != "" {
		u.Path, u.RawPath = u.Path+".metadata", ""
		target = u.String()
	}
	resp, err := r.client.http.Get(ctx, fetch.Request{URL: target, Limit: MaxMetadata})
	if err != nil {
		return nil, err
	}
	if want := r.file.Metadata; want.HasSHA256 && resp.SHA256 != want.SHA256 {
		return nil, &fetch.HashError{RedactedURL: fetch.Redact(resp.URL), Want: want.SHA256, Got: resp.SHA256}
	}
	return simple.ParseMetadata(resp.Body)
}

// Digest returns the SHA-256 digest of a file: the one its index gives, or else
// that of the file itself, for which it is read or fetched whole.
func (c *Client) Digest(ctx context.Context, p *simple.Project, f *simple.File) ([32]byte, error) {
	if f.HasSHA256 {
		return f.SHA256, nil
	}
	url := p.FileURL(f)
	if !isLocal(url) {
		if c.o.Offline {
			return [32]byte{}, &OfflineError{"the digest of " + f.Filename, fetch.Redact(url)}
		}
		d, err := c.download(ctx, f, url)
		if err != nil {
			return [32]byte{}, err
		}
		return d.SHA256, d.Close()
	}
	path, ok := filePath(url)
	if !ok || c.pageOf(p).originOf(f).web {
		return [32]byte{}, fmt.Errorf("%s: not a file on this machine", fetch.Redact(url))
	}
	file, err := os.Open(path)
	if err != nil {
		return [32]byte{}, err
	}
	defer func() { _ = file.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return [32]byte{}, err
	}
	return [32]byte(h.Sum(nil)), ctx.Err()
}

// download fetches a file whole and checks the digest its index gives.
func (c *Client) download(ctx context.Context, f *simple.File, url string) (*fetch.Download, error) {
	w := fetch.Whole{URL: url, Limit: MaxFile, Dir: c.cache.Temp()}
	if f.HasSHA256 {
		w.SHA256 = &f.SHA256
	}
	return c.http.Download(ctx, w)
}
