// Package snapshot keeps a reduced copy of a package index, so that the commands
// in the documentation can be run again without a network and print the same.
//
// A snapshot is a directory: DATE holds the moment it was taken, and each project
// has a txtar file with its page (index.json, as PEP 691 has it, with relative
// URLs) and the metadata of those of its files that were read. Files with equal
// metadata share a section. scripts/record takes one; [Unpack] lays it out as a
// directory that the index client reads.
package snapshot

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

const (
	dateName = "DATE"
	pageName = "index.json"
	ext      = ".txtar"
)

// A Snapshot is a reduced index.
type Snapshot struct {
	Taken    time.Time
	Projects []Project
}

// A Project is the reduced page of one project.
type Project struct {
	Name  string
	Files []File
	// Metadata are the contents of metadata files, by the name of the file they
	// belong to.
	Metadata map[string]string
}

// A File is one file of a page.
type File struct {
	Filename       string
	RequiresPython string
	Uploaded       string // RFC 3339, "" to leave it out
	Yanked         bool
	YankedReason   string
}

// pageFile is a File as PEP 691 writes it.
type pageFile struct {
	Filename       string         `json:"filename"`
	URL            string         `json:"url"`
	Hashes         map[string]any `json:"hashes"`
	RequiresPython string         `json:"requires-python,omitempty"`
	Uploaded       string         `json:"upload-time,omitempty"`
	Yanked         any            `json:"yanked,omitempty"`
	Metadata       bool           `json:"core-metadata,omitempty"`
}

// Page returns the project's page.
func (p *Project) Page() ([]byte, error) {
	var b strings.Builder
	name, err := json.Marshal(p.Name)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(&b, `{"meta": {"api-version": "1.0"}, "name": %s, "files": [`, name)
	for i, f := range p.Files {
		pf := pageFile{
			Filename: f.Filename, URL: f.Filename, Hashes: map[string]any{},
			RequiresPython: f.RequiresPython, Uploaded: f.Uploaded,
		}
		if f.Yanked {
			pf.Yanked = true
			if f.YankedReason != "" {
				pf.Yanked = f.YankedReason
			}
		}
		_, pf.Metadata = p.Metadata[f.Filename]
		line, err := json.Marshal(pf)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		b.Write(line)
	}
	b.WriteString("\n]}\n")
	return []byte(b.String()), nil
}

// archive is the project as a txtar file.
func (p *Project) archive() ([]byte, error) {
	page, err := p.Page()
	if err != nil {
		return nil, err
	}
	a := &txtar.Archive{Files: []txtar.File{{Name: pageName, Data: page}}}
	owners := map[string][]string{}
	for name, text := range p.Metadata {
		owners[text] = append(owners[text], name)
	}
	sections := map[string]string{}
	for text, names := range owners {
		slices.Sort(names)
		sections[strings.Join(names, " ")] = text
	}
	for _, names := range slices.Sorted(maps.Keys(sections)) {
		a.Files = append(a.Files, txtar.File{Name: names, Data: []byte(sections[names])})
	}
	return txtar.Format(a), nil
}

// Write writes the snapshot into dir, in place of the one there.
func (s *Snapshot) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(dir, "*"+ext))
	if err != nil {
		return err
	}
	for _, name := range old {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	for i := range s.Projects {
		text, err := s.Projects[i].archive()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, s.Projects[i].Name+ext), text, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, dateName), []byte(s.Taken.UTC().Format(time.RFC3339)+"\n"), 0o644)
}

// Unpack lays the snapshot in fsys out below dir as an index, a folder for each
// project, and returns the moment it was taken.
func Unpack(fsys fs.FS, dir string) (time.Time, error) {
	date, err := fs.ReadFile(fsys, dateName)
	if err != nil {
		return time.Time{}, err
	}
	taken, err := time.Parse(time.RFC3339, strings.TrimSpace(string(date)))
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: %w", dateName, err)
	}
	names, err := fs.Glob(fsys, "*"+ext)
	if err != nil {
		return time.Time{}, err
	}
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return time.Time{}, err
		}
		if err := unpack(txtar.Parse(text), filepath.Join(dir, strings.TrimSuffix(name, ext))); err != nil {
			return time.Time{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	return taken, nil
}

func unpack(a *txtar.Archive, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range a.Files {
		for owner := range strings.FieldsSeq(f.Name) {
			name := owner
			if owner != pageName {
				name += ".metadata"
			}
			if !filepath.IsLocal(name) || filepath.Base(name) != name {
				return fmt.Errorf("%q is not the name of a file", owner)
			}
			if err := os.WriteFile(filepath.Join(dir, name), f.Data, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}
