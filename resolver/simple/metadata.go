package simple

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// Metadata is the part of a distribution's core metadata that a resolver needs.
// Values are as written, with folded lines joined; the placeholder UNKNOWN of
// old tools counts as absent.
type Metadata struct {
	MetadataVersion string
	Name            string
	Version         string
	RequiresPython  string
	RequiresDist    []string
	ProvidesExtra   []string
	// Dynamic are the fields that a build may change (PEP 643).
	Dynamic []string
	// FreeThreading are the classifiers about free threading; others are not kept.
	FreeThreading []string
	// URLs are the project's, as "label, address"; Home-page has the label Homepage.
	URLs []string
}

// freeThreading begins the classifiers that are kept.
const freeThreading = "Programming Language :: Python :: Free Threading"

// maxURLs is how many addresses of a project are kept.
const maxURLs = 32

// maxMetadata bounds a metadata file in bytes. The longest on the public index
// are long descriptions of a few megabytes.
const maxMetadata = 16 << 20

// ParseMetadata reads the header block of METADATA or PKG-INFO: fields in the
// form of e-mail headers, whose names ignore case, with folded lines, up to the
// first empty line. Of a field that may stand once, the first counts. Text that
// is not UTF-8 is read as Latin-1. Name and Version must be there, so that a
// page that is no metadata at all is never taken for "no dependencies"; such
// errors wrap [ErrNoMetadata].
func ParseMetadata(b []byte) (*Metadata, error) {
	if len(b) > maxMetadata {
		return nil, fmt.Errorf("%w: metadata of %d bytes is over %d", ErrNoMetadata, len(b), maxMetadata)
	}
	m := new(Metadata)
	var text []byte
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	for len(b) > 0 {
		var line []byte
		line, b = cutLine(b)
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			continue // continues a line that is not there
		}
		name, value, ok := bytes.Cut(line, []byte{':'})
		if !ok || !isHeaderName(name) {
			break // the body, with no empty line before it
		}
		field := m.field(name)
		if field.none() {
			for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
				_, b = cutLine(b)
			}
			continue
		}
		text = append(text[:0], bytes.TrimSpace(value)...)
		for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
			line, b = cutLine(b)
			text = append(append(text, ' '), bytes.TrimSpace(line)...)
		}
		if value := bytes.TrimSpace(text); len(value) > 0 && string(value) != "UNKNOWN" {
			field.set(decodeText(value))
		}
	}
	for _, f := range [...]struct{ name, value string }{{"Name", m.Name}, {"Version", m.Version}} {
		if f.value == "" {
			return nil, fmt.Errorf("%w: metadata has no %s", ErrNoMetadata, f.name)
		}
	}
	return m, nil
}

// cutLine returns the first line of b, without its end, and what follows.
func cutLine(b []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(b, []byte{'\n'})
	return bytes.TrimSuffix(line, []byte{'\r'}), rest
}

// isHeaderName reports whether a header's name has only the characters of one:
// printable ASCII without a space.
func isHeaderName(name []byte) bool {
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return len(name) > 0
}

// decodeText reads b as UTF-8, or as Latin-1 if it isn't that.
func decodeText(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

// A metadataField is where a header's value goes: to a field that may stand
// once, or to a list.
type metadataField struct {
	one  *string
	many *[]string
	// prefix is what the values of the list must begin with, put is put before them,
	// and most is how many there may be, 0 for any number.
	prefix, put string
	most        int
}

func (f metadataField) none() bool { return f.one == nil && f.many == nil }

func (f metadataField) set(value string) {
	switch {
	case f.many != nil && (!strings.HasPrefix(value, f.prefix) || f.most > 0 && len(*f.many) >= f.most):
	case f.many != nil && f.put != "":
		*f.many = append(*f.many, f.put+value)
	case f.many != nil:
		*f.many = append(*f.many, value)
	case *f.one == "":
		*f.one = value
	}
}

// field returns the place of a header, none for the headers that are not kept.
func (m *Metadata) field(name []byte) metadataField {
	if len(name) > len("metadata-version") {
		return metadataField{}
	}
	var lower [len("metadata-version")]byte
	n := copy(lower[:], name)
	for i, c := range lower[:n] {
		if 'A' <= c && c <= 'Z' {
			lower[i] = c + 'a' - 'A'
		}
	}
	switch string(lower[:n]) {
	case "metadata-version":
		return metadataField{one: &m.MetadataVersion}
	case "name":
		return metadataField{one: &m.Name}
	case "version":
		return metadataField{one: &m.Version}
	case "requires-python":
		return metadataField{one: &m.RequiresPython}
	case "requires-dist":
		return metadataField{many: &m.RequiresDist}
	case "provides-extra":
		return metadataField{many: &m.ProvidesExtra}
	case "dynamic":
		return metadataField{many: &m.Dynamic}
	case "classifier":
		return metadataField{many: &m.FreeThreading, prefix: freeThreading}
	case "project-url":
		return metadataField{many: &m.URLs, most: maxURLs}
	case "home-page":
		return metadataField{many: &m.URLs, put: "Homepage, ", most: maxURLs}
	}
	return metadataField{}
}

// StaticDependencies reports whether a source distribution's metadata says for
// certain what any wheel built from it requires (PEP 643): Metadata-Version 2.2
// or a later 2.x, and none of Requires-Dist, Requires-Python and Provides-Extra
// left to the build. uv asks for the same.
func (m *Metadata) StaticDependencies() bool {
	major, minor, ok := strings.Cut(m.MetadataVersion, ".")
	if n, err := strconv.Atoi(minor); !ok || major != "2" || err != nil || n < 2 {
		return false
	}
	return !slices.ContainsFunc(m.Dynamic, func(field string) bool {
		return strings.EqualFold(field, "Requires-Dist") ||
			strings.EqualFold(field, "Requires-Python") ||
			strings.EqualFold(field, "Provides-Extra")
	})
}

// Equal reports whether m and o are the same to a resolver: the same
// requirements, extras and Requires-Python, in whatever order they stand.
func (m *Metadata) Equal(o *Metadata) bool {
	if m == nil || o == nil {
		return m == o
	}
	return m.RequiresPython == o.RequiresPython &&
		sameStrings(m.RequiresDist, o.RequiresDist) &&
		sameStrings(m.ProvidesExtra, o.ProvidesExtra)
}

func sameStrings(a, b []string) bool {
	if slices.Equal(a, b) {
		return true
	}
	if len(a) != len(b) {
		return false
	}
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// Describes returns an error, wrapping [ErrNoMetadata], unless m is the metadata
// of the project with the normalised name in version v. As in uv, v may lack the
// local version that the metadata has.
func (m *Metadata) Describes(name string, v pep440.Version) error {
	if !normalizesTo(m.Name, name) {
		return fmt.Errorf("%w: metadata names project %q, not %q", ErrNoMetadata, m.Name, name)
	}
	got, err := pep440.Parse(m.Version)
	if err != nil {
		return fmt.Errorf("%w: metadata has version %q: %w", ErrNoMetadata, m.Version, err)
	}
	if got.Compare(v) != 0 && got.Public().Compare(v) != 0 {
		return fmt.Errorf("%w: metadata has version %s, not %s", ErrNoMetadata, got, v)
	}
	return nil
}
