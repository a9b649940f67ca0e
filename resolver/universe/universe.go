package universe

import (
	"time"

	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// MainIndex is the name of the index that holds the projects a case writes
// outside any index.
const MainIndex = "main"

// Universe is everything there is to choose from.
type Universe struct {
	// Indexes in the order they are asked: the first that has a project serves it.
	Indexes []*Index
}

// Index is one package index.
type Index struct {
	Name     string
	Projects []*Project
}

// Project is one project of an index.
type Project struct {
	// Name as its maintainers write it.
	Name string
	// Status is a PEP 792 status marker, "" for an active project.
	Status, StatusReason string
	// Releases in the order they were written.
	Releases []*Release
}

// Release is one version of a project.
type Release struct {
	Version string
	Files   []*File
}

// Kind is what sort of file a release offers.
type Kind uint8

// The kinds of files.
const (
	Wheel Kind = iota
	Sdist
	// Other is a file under a name of its own: an installer from another age, or
	// a wheel name that cannot be read.
	Other
)

// Claim is what a page says about bytes that can be had.
type Claim uint8

// The claims.
const (
	True Claim = iota
	// None: the page says nothing.
	None
	// Wrong: the page names a digest that the bytes do not have.
	Wrong
	// Unreadable: the metadata is served and is no metadata.
	Unreadable
)

// File is one file of a release.
type File struct {
	Name string
	Kind Kind
	// Core is what its core metadata says.
	Core Core

	Yanked       bool
	YankedReason string
	// Uploaded is the zero time if the page does not say.
	Uploaded time.Time
	// Size is what the page claims; 0 stands for the true size.
	Size int64
	// Payload is the number of bytes of filling.
	Payload int64
	// Content makes two files of the same name differ.
	Content string
	// Digest is what the page claims about the file's sha256.
	Digest Claim
	// Metadata is what the page claims about the metadata beside the file.
	Metadata Claim
}

// Core is a file's core metadata.
type Core struct {
	MetadataVersion string
	Name, Version   string
	RequiresPython  string
	Requires        []string
	Extras          []string
	// Dynamic: a source distribution that does not state Requires-Dist; the
	// wheel built from it does.
	Dynamic bool
}

// Project returns the project of a normalised name and the index that serves
// it, the first that has it.
func (u *Universe) Project(name string) (*Index, *Project) {
	for _, x := range u.Indexes {
		if p := x.Project(name); p != nil {
			return x, p
		}
	}
	return nil, nil
}

// Index returns the index of that name, or nil.
func (u *Universe) Index(name string) *Index {
	for _, x := range u.Indexes {
		if x.Name == name {
			return x
		}
	}
	return nil
}

// Project returns the index's project of a normalised name, or nil.
func (x *Index) Project(name string) *Project {
	for _, p := range x.Projects {
		if pep508.NormalizeName(p.Name) == name {
			return p
		}
	}
	return nil
}

// File returns the index's file of that name, or nil.
func (x *Index) File(name string) *File {
	for _, p := range x.Projects {
		for _, r := range p.Releases {
			for _, f := range r.Files {
				if f.Name == name {
					return f
				}
			}
		}
	}
	return nil
}
