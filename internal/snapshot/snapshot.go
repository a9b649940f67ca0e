// Package snapshot keeps a reduced copy of a package index, so that the commands
// in the documentation can be run again without a network and print the same.
//
// A snapshot is a directory: DATE holds the moment it was taken, and each project
// has a txtar file. Its first section, files, has a line for each file, with what
// the page says of it behind tabs; the others are the metadata of the files that
// were read, one section for all files with equal metadata. Wheels whose extension
// modules were read are files of their own, with nothing but those and the metadata
// in them. scripts/record takes a snapshot; [Unpack] lays it out as a directory with a page for each project, as
// PEP 691 has it, with relative URLs, which the index client reads.
package snapshot

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
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
	dateName  = "DATE"
	filesName = "files"
	ext       = ".txtar"
	wheelExt  = ".whl"
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
	// Wheels are reduced wheels, by the names of the files; see [ReduceWheel].
	Wheels map[string][]byte
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
	Size           int            `json:"size,omitempty"`
}

// page returns the project's page.
func (p *Project) page() ([]byte, error) {
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
		if wheel, ok := p.Wheels[f.Filename]; ok {
			digest := sha256.Sum256(wheel)
			pf.Hashes["sha256"], pf.Size = hex.EncodeToString(digest[:]), len(wheel)
		}
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

// The fields behind a file's name.
const (
	pythonField   = "python "
	uploadedField = "uploaded "
	yankedField   = "yanked"
)

// line is the file as a line.
func (f *File) line() string {
	fields := []string{f.Filename}
	if f.RequiresPython != "" {
		fields = append(fields, pythonField+f.RequiresPython)
	}
	if f.Uploaded != "" {
		fields = append(fields, uploadedField+f.Uploaded)
	}
	if f.Yanked {
		reason := strings.Join(strings.Fields(f.YankedReason), " ")
		fields = append(fields, strings.TrimSpace(yankedField+" "+reason))
	}
	return strings.Join(fields, "\t")
}

func parseFile(line string) (File, error) {
	fields := strings.Split(line, "\t")
	f := File{Filename: fields[0]}
	for _, field := range fields[1:] {
		if v, ok := strings.CutPrefix(field, pythonField); ok {
			f.RequiresPython = v
		} else if v, ok := strings.CutPrefix(field, uploadedField); ok {
			f.Uploaded = v
		} else if v, ok := strings.CutPrefix(field, yankedField); ok {
			f.Yanked, f.YankedReason = true, strings.TrimSpace(v)
		} else {
			return f, fmt.Errorf("%s: unknown field %q", f.Filename, field)
		}
	}
	return f, nil
}

// archive is the project as a txtar file.
func (p *Project) archive() []byte {
	var files strings.Builder
	for i := range p.Files {
		files.WriteString(p.Files[i].line() + "\n")
	}
	a := &txtar.Archive{Files: []txtar.File{{Name: filesName, Data: []byte(files.String())}}}
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
	return txtar.Format(a)
}

// Write writes the snapshot into dir, in place of the one there.
func (s *Snapshot) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, pattern := range []string{"*" + ext, "*" + wheelExt} {
		old, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return err
		}
		for _, name := range old {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	for i := range s.Projects {
		p := &s.Projects[i]
		if err := os.WriteFile(filepath.Join(dir, p.Name+ext), p.archive(), 0o644); err != nil {
			return err
		}
		for name, wheel := range p.Wheels {
			if err := os.WriteFile(filepath.Join(dir, name), wheel, 0o644); err != nil {
				return err
			}
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
		project := strings.TrimSuffix(name, ext)
		if err := unpack(fsys, project, txtar.Parse(text), filepath.Join(dir, project)); err != nil {
			return time.Time{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	return taken, nil
}

func unpack(fsys fs.FS, project string, a *txtar.Archive, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	p := Project{Name: project, Metadata: map[string]string{}, Wheels: map[string][]byte{}}
	for _, section := range a.Files {
		if section.Name == filesName {
			for line := range strings.Lines(string(section.Data)) {
				f, err := parseFile(strings.TrimRight(line, "\r\n"))
				if err != nil {
					return err
				}
				p.Files = append(p.Files, f)
			}
			continue
		}
		for name := range strings.FieldsSeq(section.Name) {
			p.Metadata[name] = string(section.Data)
			if filepath.Base(name) != name {
				return fmt.Errorf("%q is not the name of a file", name)
			}
			if err := os.WriteFile(filepath.Join(dir, name+".metadata"), section.Data, 0o644); err != nil {
				return err
			}
		}
	}
	for i := range p.Files {
		name := p.Files[i].Filename
		wheel, err := fs.ReadFile(fsys, name)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
			continue
		}
		if err != nil {
			return err
		}
		p.Wheels[name] = wheel
		if err := os.WriteFile(filepath.Join(dir, name), wheel, 0o644); err != nil {
			return err
		}
	}
	page, err := p.page()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "index.json"), page, 0o644)
}
