package universe

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// Origin is the made-up host a universe's URLs are on. A case that requires a
// file by its URL writes Origin/INDEX/files/FILENAME; package indextest answers
// for the same paths.
const Origin = "https://universe.example.invalid"

// FilePath is the path of a file on its index's host.
func FilePath(index, filename string) string {
	return "/" + index + "/files/" + escape(filename)
}

// escape escapes a file name for a URL's path, the plus of local versions too,
// as the public index does.
func escape(filename string) string {
	return strings.ReplaceAll(url.PathEscape(filename), "+", "%2B")
}

// Memory is a universe as a [resolver.Index]. It is safe for concurrent use.
type Memory struct {
	u            *Universe
	excludeNewer time.Time

	mu       sync.Mutex
	pages    map[string]*page
	metadata map[metadataKey]*simple.Metadata
	reads    []string
}

var _ resolver.Index = (*Memory)(nil)

// page is a project's page and the files on it by name.
type page struct {
	project *simple.Project
	files   map[string]*File
	err     error
}

// metadataKey makes equal metadata of one project one value.
type metadataKey struct {
	project *simple.Project
	sum     [sha256.Size]byte
}

// NewMemory returns the universe as an index. Files uploaded at excludeNewer or
// later, or at an unknown time, are hidden unless it is the zero time.
func NewMemory(u *Universe, excludeNewer time.Time) *Memory {
	return &Memory{u: u, excludeNewer: excludeNewer, pages: map[string]*page{}, metadata: map[metadataKey]*simple.Metadata{}}
}

// Project implements [resolver.Index]: the first index that has the project
// serves it.
func (m *Memory) Project(ctx context.Context, name string) (*simple.Project, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	pg := m.page(name, func() (*Index, *Project) { return m.u.Project(name) })
	return pg.project, pg.err
}

// Direct implements [resolver.Index] for URLs under [Origin].
func (m *Memory) Direct(ctx context.Context, rawURL string) (*simple.Project, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	clean, _, _ := strings.Cut(rawURL, "#")
	pg := m.page(clean, func() (*Index, *Project) { return m.u.direct(clean) })
	if pg.err != nil {
		return nil, fmt.Errorf("%s: %w", rawURL, pg.err)
	}
	return pg.project, nil
}

// page returns the page under a key, made on first use.
func (m *Memory) page(key string, find func() (*Index, *Project)) *page {
	pg, ok := m.pages[key]
	if !ok {
		pg = m.newPage(find())
		m.pages[key] = pg
	}
	return pg
}

func (m *Memory) newPage(x *Index, p *Project) *page {
	pg := &page{files: map[string]*File{}, err: simple.ErrNoProject}
	if p == nil {
		return pg
	}
	var raw []simple.RawFile
	for _, r := range p.Releases {
		for _, f := range r.Files {
			if !m.excludeNewer.IsZero() && (f.Uploaded.IsZero() || !f.Uploaded.Before(m.excludeNewer)) {
				continue
			}
			rf, err := f.RawFile("../../files/")
			if err != nil {
				pg.err = err
				return pg
			}
			raw = append(raw, rf)
			pg.files[f.Name] = f
		}
	}
	pg.err = nil
	pg.project = simple.FromFiles(p.Name, raw)
	pg.project.Status, pg.project.StatusReason = p.Status, p.StatusReason
	pg.project.Index = Origin + "/" + x.Name + "/simple/"
	pg.project.Base = pg.project.Index + pg.project.Name + "/"
	return pg
}

// direct returns a project of the one file that a URL under Origin names.
func (u *Universe) direct(rawURL string) (*Index, *Project) {
	rest, ok := strings.CutPrefix(rawURL, Origin+"/")
	name, err := url.PathUnescape(path.Base(rest))
	if !ok || err != nil {
		return nil, nil
	}
	index, _, _ := strings.Cut(rest, "/")
	x := u.Index(index)
	if x == nil || rawURL != Origin+FilePath(index, name) {
		return nil, nil
	}
	for _, p := range x.Projects {
		for _, r := range p.Releases {
			for _, f := range r.Files {
				if f.Name == name {
					return x, &Project{Name: p.Name, Releases: []*Release{{Version: r.Version, Files: []*File{f}}}}
				}
			}
		}
	}
	return nil, nil
}

// Metadata implements [resolver.Index]. Only a wheel, or a source distribution
// that states its dependencies, has metadata that can be read.
func (m *Memory) Metadata(ctx context.Context, p *simple.Project, f *simple.File) (*simple.Metadata, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	file := m.file(p, f)
	if file == nil {
		return nil, fmt.Errorf("%s is not on the page of %s: %w", f.Filename, p.Name, simple.ErrNoMetadata)
	}
	m.reads = append(m.reads, f.Filename)
	var text []byte
	switch {
	case file.Metadata == Unreadable || file.Kind == Other:
		return nil, fmt.Errorf("%s: %w", f.Filename, simple.ErrNoMetadata)
	case file.Kind == Wheel:
		text = file.METADATA()
	default:
		text = file.PKGINFO()
	}
	key := metadataKey{p, sha256.Sum256(text)}
	if md, ok := m.metadata[key]; ok {
		return md, nil
	}
	md, err := simple.ParseMetadata(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", f.Filename, simple.ErrNoMetadata, err)
	}
	m.metadata[key] = md
	return md, nil
}

// file returns what a page's file was made from.
func (m *Memory) file(p *simple.Project, f *simple.File) *File {
	for _, pg := range m.pages {
		if pg.project == p {
			return pg.files[f.Filename]
		}
	}
	return nil
}

// Cached implements [resolver.Index]: nothing here needs a request.
func (m *Memory) Cached(*simple.Project, *simple.File) bool { return true }

// Reads returns the names of the files whose metadata was asked for, in order.
func (m *Memory) Reads() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.reads...)
}
