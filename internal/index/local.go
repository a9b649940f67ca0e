package index

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// A place is where an index or links are: a path on this machine, or a URL.
type place struct {
	path string // absolute, "" for a URL
	url  string
}

func (p place) String() string {
	if p.path != "" {
		return fileURL(p.path)
	}
	return strings.TrimRight(fetch.Redact(p.url), "/")
}

// locate understands what a user gives as an index or as links.
func locate(raw string) (place, error) {
	scheme, _, ok := strings.Cut(raw, ":")
	switch {
	case raw == "":
		return place{}, errors.New("location is empty")
	case ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")):
		u, err := url.Parse(raw)
		if err != nil || u.Host == "" {
			return place{}, fmt.Errorf("%s: not a valid URL", fetch.Redact(raw))
		}
		return place{url: u.String()}, nil
	case ok && strings.EqualFold(scheme, "file"):
		path, ok := filePath(raw)
		if !ok {
			return place{}, fmt.Errorf("%s: not a path on this machine", fetch.Redact(raw))
		}
		return place{path: path}, nil
	case strings.Contains(raw, "://"):
		return place{}, fmt.Errorf("%s: neither a web address nor a path", fetch.Redact(raw))
	}
	path, err := filepath.Abs(raw)
	return place{path: path}, err
}

// filePath returns the path that a file URL names.
func filePath(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "file" || u.Host != "" && u.Host != "localhost" || u.Path == "" {
		return "", false
	}
	path := u.Path
	if runtime.GOOS == "windows" {
		path = strings.TrimPrefix(path, "/") // file:///C:/wheels
	}
	path = filepath.FromSlash(path)
	return filepath.Clean(path), filepath.IsAbs(path)
}

// fileURL returns the file URL of an absolute path.
func fileURL(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// isWeb reports whether a URL leads to another machine.
func isWeb(u string) bool {
	return !strings.HasPrefix(u, "file:") && strings.Contains(u, "://")
}

// directory is an index on this machine: a folder for each project, with a page
// or just the files in it, or all files side by side.
type directory struct {
	client *Client
	root   string

	once  sync.Once
	files []simple.RawFile // side by side in root
	err   error
}

func (d *directory) String() string { return fileURL(d.root) }

func (d *directory) project(_ context.Context, name string) (*answer, error) {
	d.once.Do(func() { d.files, d.err = listDir(d.root) })
	if d.err != nil {
		return nil, d.err
	}
	p, err := d.folder(name)
	if err != nil {
		return nil, err
	}
	if p == nil {
		p = simple.FromFiles(name, d.files)
		if len(p.Releases) == 0 && len(p.Skipped) == 0 {
			return nil, nil
		}
	}
	p.Index = d.String()
	measure(p)
	return &answer{project: p, origin: &origin{name: name}}, nil
}

// folder reads the project's own folder, nil if it has none.
func (d *directory) folder(name string) (*simple.Project, error) {
	dir := filepath.Join(d.root, name)
	base := fileURL(dir) + "/"
	for _, page := range []string{"index.json", "index.html"} {
		body, err := readCapped(filepath.Join(dir, page), MaxPage)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		var p *simple.Project
		if page == "index.json" {
			p, err = simple.ParseJSON(body, base+page)
		} else {
			p, err = simple.ParseHTML(body, base+page, name)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Join(dir, page), err)
		}
		return p, nil
	}
	files, err := listDir(dir)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNotDir) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return simple.FromFiles(name, files), nil
}

var errNotDir = errors.New("not a directory")

// listDir returns the files of a directory.
func listDir(dir string) ([]simple.RawFile, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s: %w", dir, errNotDir)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []simple.RawFile
	for _, e := range entries {
		if !e.IsDir() {
			files = append(files, simple.RawFile{Filename: e.Name(), URL: fileURL(filepath.Join(dir, e.Name()))})
		}
	}
	return files, nil
}

// measure fills in the sizes of files on this machine.
func measure(p *simple.Project) {
	for _, r := range p.Releases {
		for i := range r.Files {
			f := &r.Files[i]
			if f.Size >= 0 {
				continue
			}
			if path, ok := filePath(p.FileURL(f)); ok {
				if info, err := os.Stat(path); err == nil {
					f.Size = info.Size()
				}
			}
		}
	}
}

// readCapped reads a file that may be anything, whatever a page says of it.
func readCapped(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", path)
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%s: %w", path, &fetch.TooLargeError{RedactedURL: fileURL(path), Limit: limit, Size: info.Size()})
	}
	b := make([]byte, info.Size())
	n, err := f.ReadAt(b, 0)
	if n == len(b) {
		err = nil
	}
	return b[:n], err
}
