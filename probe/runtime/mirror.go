package runtime

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/ftpkg/ftpkg/internal/fetch"
)

// maxArchive bounds an archive: the stripped installations are of 20 to 60 MB.
const maxArchive = 1 << 30

// A location is where an archive or an index is: a URL, or a file on this
// machine.
type location struct {
	url  string
	file string // if not "", this and no URL
}

func (l location) String() string {
	if l.file != "" {
		return l.file
	}
	return fetch.Redact(l.url)
}

// locate reads a place given by a user: an http or https URL, a file URL, or a
// path.
func locate(place string) (location, error) {
	if !strings.Contains(place, "://") && !strings.HasPrefix(place, "file:") {
		if !filepath.IsAbs(place) {
			return location{}, fmt.Errorf("%q is neither a URL nor an absolute path", place)
		}
		return location{file: filepath.Clean(place)}, nil
	}
	u, err := url.Parse(place)
	if err != nil {
		return location{}, fmt.Errorf("%s: not a valid URL", fetch.Redact(place))
	}
	switch u.Scheme {
	case "http", "https":
		if u.Host != "" {
			return location{url: place}, nil
		}
	case "file":
		if (u.Host == "" || u.Host == "localhost") && u.Path != "" {
			return location{file: filePath(u.Path)}, nil
		}
	}
	return location{}, fmt.Errorf("%s: want an https, http or file URL", fetch.Redact(place))
}

// filePath turns the path of a file URL into one of this machine: "/C:/x" is a
// drive's on Windows.
func filePath(path string) string {
	if len(path) > 2 && path[0] == '/' && filepath.VolumeName(path[1:]) != "" {
		path = path[1:]
	}
	return filepath.FromSlash(path)
}

// archives returns where a build's archive may be, in the order to try. A mirror
// stands for the prefix of all archives, as UV_PYTHON_INSTALL_MIRROR does, and
// is then the only place. Of a mirror on this machine the archives may also lie
// side by side, without a folder for each release.
func (m *Manager) archives(b Build) ([]location, error) {
	if m.Mirror == "" {
		return []location{{url: m.Catalogue.Prefix + b.path()}}, nil
	}
	l, err := locate(m.Mirror)
	switch {
	case err != nil:
		return nil, fmt.Errorf("mirror: %w", err)
	case l.file != "":
		return []location{
			{file: filepath.Join(l.file, b.Release, b.File())},
			{file: filepath.Join(l.file, b.File())},
			// Some tools keep the name as the URL has it.
			{file: filepath.Join(l.file, b.Release, strings.ReplaceAll(b.File(), "+", "%2B"))},
		}, nil
	}
	return []location{{url: strings.TrimRight(l.url, "/") + "/" + b.path()}}, nil
}

// A DigestError says that an archive is not the one the catalogue lists.
type DigestError struct {
	// Where is its URL without credentials, or its path.
	Where     string
	Want, Got Digest
}

func (e *DigestError) Error() string {
	return fmt.Sprintf("%s: sha256 is %s, not %s as the catalogue says", e.Where, e.Got, e.Want)
}

// get copies a build's archive to a file, which is left behind whole and
// verified or not at all.
func (m *Manager) get(ctx context.Context, b Build, name string, progress func(done, total int64)) (err error) {
	places, err := m.archives(b)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = errors.Join(err, os.Remove(name))
		}
	}()
	for i, place := range places {
		sum := sha256.New()
		err = m.copyFrom(ctx, place, f, sum, progress)
		if errors.Is(err, fs.ErrNotExist) && i+1 < len(places) {
			continue
		} else if err != nil {
			if len(places) > 1 && errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%s: no archive %s: %w", filepath.Dir(filepath.Dir(places[0].file)), b.File(), fs.ErrNotExist)
			}
			return err
		}
		var got Digest
		sum.Sum(got[:0])
		if got != b.SHA256 {
			return &DigestError{place.String(), b.SHA256, got}
		}
		return nil
	}
	return nil
}

// copyFrom writes what is at a place to a file, from its beginning, and to a
// digest.
func (m *Manager) copyFrom(ctx context.Context, place location, f *os.File, sum hash.Hash, progress func(done, total int64)) error {
	if place.file != "" {
		src, err := os.Open(place.file)
		if err != nil {
			return err
		}
		defer func() { _ = src.Close() }()
		st, err := src.Stat()
		if err != nil {
			return err
		}
		if !st.Mode().IsRegular() {
			return fmt.Errorf("%s: not a file", place.file)
		}
		return copyBody(ctx, src, st.Size(), f, sum, place, progress)
	}
	req := fetch.Request{URL: place.url, Header: http.Header{"Accept-Encoding": {"identity"}}}
	return m.Client.Stream(ctx, req, func(resp *http.Response) error {
		sum.Reset()
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return fetch.Final(err)
		}
		if err := f.Truncate(0); err != nil {
			return fetch.Final(err)
		}
		return copyBody(ctx, resp.Body, resp.ContentLength, f, sum, place, progress)
	})
}

// copyBody copies an archive of total bytes, -1 if that is not known.
func copyBody(ctx context.Context, src io.Reader, total int64, f *os.File, sum hash.Hash, place location, progress func(done, total int64)) error {
	if total > maxArchive {
		return fetch.Final(fmt.Errorf("%s: %d bytes are more than any archive has", place, total))
	}
	buf := make([]byte, 256<<10)
	done := int64(0)
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		n, err := src.Read(buf)
		if n > 0 {
			done += int64(n)
			if done > maxArchive {
				return fetch.Final(fmt.Errorf("%s: more than %d bytes", place, int64(maxArchive)))
			}
			sum.Write(buf[:n])
			if _, err := f.Write(buf[:n]); err != nil {
				return fetch.Final(err)
			}
			if progress != nil {
				progress(done, max(total, 0))
			}
		}
		switch {
		case errors.Is(err, io.EOF) && total > done:
			return fmt.Errorf("%s: %w", place, io.ErrUnexpectedEOF)
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}
