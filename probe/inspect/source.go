package inspect

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"sync"

	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// A Source is where a wheel's bytes are: at a URL, in a file of this machine, or
// at hand. Exactly one of URL, Path and At is set.
type Source struct {
	// Name is the wheel's file name; what it is for comes from there.
	Name string

	URL  string // http, https or file
	Path string
	At   io.ReaderAt

	// Size is in bytes. It must be right with At; elsewhere 0 or less is unknown.
	Size int64
	// SHA256 is the digest in hexadecimal, "" if it is not known. It is a promise
	// of Index, or, beside At, a fact.
	SHA256 string
	// Index names whoever says so, as the URL of an index without credentials:
	// verdicts are kept apart by it.
	Index string
	// Yanked is passed on to the wheel.
	Yanked bool
}

// FromPage returns the source of a wheel that a project's page names.
func FromPage(p *simple.Project, f *simple.File) Source {
	s := Source{Name: f.Filename, URL: p.FileURL(f), Size: f.Size, Index: p.Index, Yanked: f.Yanked}
	if f.HasSHA256 {
		s.SHA256 = hex.EncodeToString(f.SHA256[:])
	}
	return s
}

// FromFile returns the source of a wheel on this machine.
func FromFile(path string) Source { return Source{Name: filepath.Base(path), Path: path} }

// path is the local file of the source, "" if it is not one.
func (s *Source) path() (string, error) {
	if s.Path != "" || !strings.HasPrefix(s.URL, "file:") {
		return s.Path, nil
	}
	u, err := url.Parse(s.URL)
	if err != nil {
		return "", fmt.Errorf("%s: not a valid URL", s.URL)
	}
	p := u.Path
	if len(p) > 2 && p[0] == '/' && p[2] == ':' { // file:///C:/…
		p = p[1:]
	}
	return filepath.FromSlash(p), nil
}

// digest is the promised digest, nil if there is none.
func (s *Source) digest() (*[32]byte, error) {
	if s.SHA256 == "" {
		return nil, nil
	}
	b, err := hex.DecodeString(s.SHA256)
	if err != nil || len(b) != 32 {
		return nil, fmt.Errorf("%s: %.80q is not a SHA-256 digest", s.Name, s.SHA256)
	}
	sum := [32]byte(b)
	return &sum, nil
}

// A described wheel is one before its bytes are looked at.
type described struct {
	Wheel
	audience
}

// describe says what the name of a wheel does.
func describe(name string) (*described, error) {
	f, err := wheeltags.ParseFilename(name)
	if err != nil {
		return nil, err
	}
	d := &described{audience: audienceOf(&f.Tags)}
	d.Wheel = Wheel{
		File: name, Project: f.Name, Version: f.Version.String(), Modules: []Module{},
		Pythons: d.names(), Platforms: d.platforms, FreeThreaded: len(d.free) > 0,
	}
	return d, nil
}

// A ReadError is a wheel, or another file, whose contents could not be read for
// what they are: no archive, a cut one, one over the limits. Trying again does not
// mend it.
type ReadError struct {
	File string
	err  error
}

func (e *ReadError) Error() string { return fmt.Sprintf("%s: %v", e.File, e.err) }
func (e *ReadError) Unwrap() error { return e.err }

// A faultyReader notes the first error of its reader that is not the end, so that
// a failure to get an archive's bytes can be told from a fault in them.
type faultyReader struct {
	io.ReaderAt

	mu  sync.Mutex
	err error
}

func (f *faultyReader) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.ReaderAt.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, errPlanning) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.err == nil {
			f.err = err
		}
	}
	return n, err
}

// failed reports whether the bytes could not be had.
func (f *faultyReader) failed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err != nil
}

// fault returns what to report for err, an error of package zip: that of the reader
// itself if that is what went wrong, otherwise that the file is no good archive.
func (f *faultyReader) fault(name string, err error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return fmt.Errorf("%s: %w", name, f.err)
	}
	return &ReadError{name, err}
}

// Unread is the wheel of a source that could not be read, for the reason given.
func Unread(s Source, why error) *Wheel {
	w := Wheel{File: s.Name, Modules: []Module{}}
	if d, err := describe(s.Name); err == nil {
		w = d.Wheel
	}
	w.SHA256, w.Yanked, w.Error = s.SHA256, s.Yanked, why.Error()
	return &w
}
