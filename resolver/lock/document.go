package lock

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// Document is a lock to be written. [Assemble] makes one of the answers for
// several targets.
type Document struct {
	// Comment stands at the top, a line each.
	Comment []string
	// RequiresPython is the Pythons the lock is for, "" for any.
	RequiresPython string
	// Environments are markers of which one must hold; none means any.
	Environments []string
	// CreatedBy is the tool, "ftpkg" if empty.
	CreatedBy string
	// Packages may be in any order; writers sort them.
	Packages []DocumentPackage
}

// DocumentPackage is one pinned version of a document.
type DocumentPackage struct {
	Name, Version string
	// Marker must hold for the package to apply, "" for always.
	Marker string
	// RequiresPython is the package's own.
	RequiresPython string
	// Index is the base URL of the index the files are from, "" if none is.
	Index string
	// Dependencies name other packages of the document.
	Dependencies []DocumentDep
	// Wheels and Sdist are the files of a release. Each needs a hash and a URL
	// (or a path).
	Wheels []simple.RawFile
	Sdist  *simple.RawFile
	// Archive is the one file of a requirement on a URL, in place of the others.
	Archive *simple.RawFile
}

// DocumentDep names a package of a document, with its version where there are
// several of the name.
type DocumentDep struct{ Name, Version string }

// DocumentError says why a document cannot be written.
type DocumentError struct {
	Package, Version string
	Msg              string
}

// Error returns "package version: message".
func (e *DocumentError) Error() string {
	if e.Package == "" {
		return "lock: " + e.Msg
	}
	return strings.TrimSpace("lock: "+e.Package+" "+e.Version) + ": " + e.Msg
}

// sorted returns the packages by name, version and marker, files by name.
func (d *Document) sorted() []DocumentPackage {
	out := slices.Clone(d.Packages)
	for i := range out {
		p := &out[i]
		p.Wheels = slices.Clone(p.Wheels)
		slices.SortFunc(p.Wheels, func(a, b simple.RawFile) int { return cmp.Compare(rawName(a), rawName(b)) })
		p.Dependencies = slices.Clone(p.Dependencies)
		slices.SortFunc(p.Dependencies, func(a, b DocumentDep) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
		})
		p.Dependencies = slices.Compact(p.Dependencies)
	}
	slices.SortStableFunc(out, func(a, b DocumentPackage) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version), cmp.Compare(a.Marker, b.Marker))
	})
	return out
}

// check refuses what no reader would take.
func (p *DocumentPackage) check() error {
	fail := func(format string, args ...any) error {
		return &DocumentError{Package: p.Name, Version: p.Version, Msg: fmt.Sprintf(format, args...)}
	}
	if err := pep508.CheckName(p.Name); err != nil || pep508.NormalizeName(p.Name) != p.Name {
		return fail("the name is not a normalised one")
	}
	if p.Archive != nil && (p.Sdist != nil || len(p.Wheels) > 0) {
		return fail("an archive excludes wheels and sdist")
	}
	files := p.files()
	if len(files) == 0 {
		return fail("there is no file")
	}
	if p.Version == "" && p.Archive == nil {
		return fail("there is no version")
	}
	for _, f := range files {
		switch {
		case f.URL == "":
			return fail("%s has no URL", rawName(f))
		case len(f.Hashes) == 0:
			return fail("%s has no hash, and PEP 751 wants one", rawName(f))
		}
	}
	return nil
}

// files returns all files of the package.
func (p *DocumentPackage) files() []simple.RawFile {
	files := slices.Clone(p.Wheels)
	for _, f := range []*simple.RawFile{p.Sdist, p.Archive} {
		if f != nil {
			files = append(files, *f)
		}
	}
	return files
}

// rawName returns the name of a file, from its URL if it has no other.
func rawName(f simple.RawFile) string {
	if f.Filename != "" {
		return f.Filename
	}
	return fileName(f.URL)
}
