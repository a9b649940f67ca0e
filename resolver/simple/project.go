package simple

import (
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// Project is one project's page: everything an index says about its files.
// Once built it is not changed and is safe for concurrent readers.
type Project struct {
	// Name is the normalised name (PEP 503).
	Name string
	// Releases are newest first in the order of PEP 440. Versions that compare
	// equal, such as 1.0 and 1.0.0, are one release.
	Releases []Release
	// Tags holds the distinct tag sets of the page's wheels; File.Tags is an
	// index in it.
	Tags []wheeltags.TagSet
	// RequiresPython holds the distinct Requires-Python values as served;
	// File.RequiresPython is an index in it. The first is always "".
	RequiresPython []string
	// Status is the project's status marker (PEP 792), such as "archived" or
	// "quarantined"; "" if the index gives none. StatusReason is free text.
	Status, StatusReason string
	// Skipped are the files whose names no installer understands.
	Skipped []Skipped
	// Index is the redacted URL of the index that served the page, "" if
	// unknown. The parsers leave it to the caller.
	Index string
	// Base is the URL that relative file URLs join to. It has no user or
	// password.
	Base string
}

// Release is the files of one version.
type Release struct {
	Version pep440.Version
	// Files are in the order of the page.
	Files []File
}

// Kind is what a file is to an installer.
type Kind uint8

// The kinds of files.
const (
	// Wheel is a wheel (PEP 427).
	Wheel Kind = iota
	// Sdist is a source distribution in any archive format that pip unpacks;
	// see [File.PEP625].
	Sdist
	// Variant is a wheel with a variant label (PEP 825, a draft): no released
	// installer takes it.
	Variant
	// Other is a file of this version that is never installed: an egg, a
	// Windows installer, an rpm.
	Other
)

// String returns "wheel", "sdist", "variant" or "other".
func (k Kind) String() string {
	switch k {
	case Wheel:
		return "wheel"
	case Sdist:
		return "sdist"
	case Variant:
		return "variant"
	case Other:
		return "other"
	}
	return "invalid kind"
}

// Skipped is a file that was not understood.
type Skipped struct {
	Filename, Reason string
}

// File is one file of a release.
type File struct {
	// Filename is the last segment of the URL's path, percent-decoded.
	Filename string
	// URL is as served, without fragment, user and password: maybe relative to
	// Project.Base.
	// Use [Project.FileURL] for the absolute one.
	URL string
	// OtherHashes are the digests that are not SHA-256, nil as a rule.
	OtherHashes []Hash
	// YankedReason is why the file was yanked (PEP 592), often "".
	YankedReason string
	// Build is a wheel's build tag.
	Build wheeltags.Build
	// Size is in bytes, -1 if unknown.
	Size int64
	// Uploaded is when the index received the file, in whole seconds since the
	// Unix epoch (rounded down), 0 if unknown.
	Uploaded int64
	// Tags is the index of the wheel's tag set in Project.Tags. It means nothing
	// for a Sdist or Other.
	Tags uint32
	// RequiresPython is an index in Project.RequiresPython.
	RequiresPython uint32
	// SHA256 is the file's digest if HasSHA256.
	SHA256    [32]byte
	HasSHA256 bool
	Kind      Kind
	Yanked    bool
	// Metadata says whether the index serves the file's metadata beside it.
	Metadata MetadataFile
}

// MetadataFile is what an index says about the metadata file it serves beside a
// distribution, at the file's URL + ".metadata" (PEP 658, PEP 714).
type MetadataFile struct {
	Offered bool
	// SHA256 is the digest of the metadata file if HasSHA256.
	HasSHA256 bool
	SHA256    [32]byte
}

// Hash is a file's digest in another algorithm than SHA-256.
type Hash struct {
	Algorithm string // lower case, as in "md5"
	Hex       string // lower case
}

// RawFile is a file as an index, a directory or a universe names it, before
// its name is understood.
type RawFile struct {
	// Filename may be left empty: it is then the last segment of URL.
	Filename string
	// URL may be relative to the project's base, without a fragment.
	URL string
	// Hashes are the file's digests, SHA-256 among them.
	Hashes []Hash
	// Size is in bytes, zero or less if unknown.
	Size int64
	// Uploaded is in seconds since the Unix epoch, 0 if unknown.
	Uploaded       int64
	RequiresPython string
	Metadata       MetadataFile
	Yanked         bool
	YankedReason   string
}
