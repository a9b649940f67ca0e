package simple

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// FromFiles groups files into the page of the project with a normalised name.
// Files of other projects are left out, so that one flat listing (a directory,
// a page of links) serves them all; files whose names say neither are ignored.
// The caller sets Base if the files' URLs are relative.
func FromFiles(name string, files []RawFile) *Project {
	b := newBuilder(name, 0)
	b.flat = true
	for i := range files {
		r := &files[i]
		f := File{
			Filename:     r.Filename,
			URL:          r.URL,
			Size:         -1,
			Uploaded:     r.Uploaded,
			Metadata:     r.Metadata,
			Yanked:       r.Yanked,
			YankedReason: r.YankedReason,
		}
		if r.Size > 0 {
			f.Size = r.Size
		}
		for _, h := range r.Hashes {
			f.addHash(h.Algorithm, h.Hex)
		}
		b.add(&f, r.RequiresPython)
	}
	return b.project()
}

// A builder understands files one by one and then groups them into releases.
type builder struct {
	p *Project
	// spelling is how the wheels seen last write the project's name.
	spelling string
	// flat says that files of other projects and links to anything may be among
	// the files, which is nothing to report.
	flat bool

	files    []pending
	versions []pep440.Version  // of the releases, as first written
	byText   map[string]int    // version as written -> index in versions, -1 if invalid
	tags     map[string]uint32 // tag set as written -> index in Project.Tags
	python   map[string]uint32 // Requires-Python -> index in Project.RequiresPython
}

// A listed file is one as an index lists it, before its name is understood.
type listed struct {
	File
	python string // Requires-Python
}

// A pending file waits for its release; version is an index in builder.versions.
type pending struct {
	file    File
	version int
}

// newBuilder returns a builder for a project of about n files.
func newBuilder(name string, n int) *builder {
	return &builder{
		files:  make([]pending, 0, n),
		p:      &Project{Name: pep508.NormalizeName(name), RequiresPython: []string{""}},
		byText: map[string]int{},
		tags:   map[string]uint32{},
		python: map[string]uint32{"": 0},
	}
}

// add takes a file with all that its index says of it; what its name says is
// filled in here.
func (b *builder) add(f *File, requiresPython string) {
	if f.Filename == "" {
		f.Filename = filenameOf(f.URL)
	}
	if !validFilename(f.Filename) {
		if !b.flat {
			b.skip(f.Filename, "not a file name")
		}
		return
	}
	version, reason := b.understand(f)
	if reason != "" {
		b.skip(f.Filename, reason)
		return
	}
	if version < 0 {
		return
	}
	// A list of files, as a lock has, may know them by name and digest alone.
	ok := b.flat && f.URL == ""
	if !ok {
		f.URL, ok = cleanURL(f.URL)
	}
	if !ok {
		b.skip(f.Filename, "malformed URL")
		return
	}
	requiresPython = strings.TrimSpace(requiresPython)
	n, ok := b.python[requiresPython]
	if !ok {
		n = uint32(len(b.p.RequiresPython))
		b.python[requiresPython] = n
		b.p.RequiresPython = append(b.p.RequiresPython, requiresPython)
	}
	f.RequiresPython = n
	b.files = append(b.files, pending{*f, version})
}

func (b *builder) skip(filename, reason string) {
	b.p.Skipped = append(b.p.Skipped, Skipped{filename, reason})
}

// understand sets what a file's name says: its kind, build tag and tag set. It
// returns the index of its version, or -1 and, unless the file is of no
// concern, the reason why it is not understood.
func (b *builder) understand(f *File) (version int, reason string) {
	if strings.HasSuffix(f.Filename, ".whl") {
		return b.wheel(f)
	}
	stem, sdist := cutSuffix(f.Filename, sdistSuffixes[:])
	if !sdist {
		var ok bool
		if stem, ok = cutSuffix(f.Filename, otherSuffixes[:]); !ok {
			return b.foreign("no format of a distribution")
		}
	}
	text, ok := versionAfter(stem, b.p.Name)
	if !ok {
		return b.foreign("not named after project " + b.p.Name)
	}
	f.Kind = Sdist
	if sdist {
		if version := b.version(text); version >= 0 {
			return version, ""
		}
	}
	f.Kind = Other
	if plain, ok := binaryVersion(text); ok || !sdist {
		if version := b.version(plain); version >= 0 {
			return version, ""
		}
	}
	return -1, fmt.Sprintf("version %q is not one of PEP 440", text)
}

// foreign reports a file that is not of this project, which is nothing to
// report in a flat listing.
func (b *builder) foreign(reason string) (int, string) {
	if b.flat {
		reason = ""
	}
	return -1, reason
}

// wheel is understand for a wheel. Wheels of a page share their few names,
// versions and tag sets, so a name whose parts were all seen before is known to
// be good without parsing it again.
func (b *builder) wheel(f *File) (version int, reason string) {
	stem := strings.TrimSuffix(f.Filename, ".whl")
	name, rest, _ := strings.Cut(stem, "-")
	text, tags, _ := strings.Cut(rest, "-")
	if n, ok := b.tags[tags]; ok && name == b.spelling {
		if version, ok := b.byText[text]; ok && version >= 0 {
			f.Kind, f.Tags = Wheel, n
			return version, ""
		}
	}

	w, err := wheeltags.ParseFilename(f.Filename)
	if err != nil {
		if !normalizesTo(name, b.p.Name) {
			return b.foreign("not named after project " + b.p.Name)
		}
		return -1, wheelReason(err)
	}
	if w.Name != b.p.Name {
		return b.foreign("not named after project " + b.p.Name)
	}
	b.spelling = name
	f.Kind = Wheel
	if w.Variant != "" {
		f.Kind = Variant
	}
	f.Build = w.Build
	f.Tags = b.tagSet(tagText(stem, f.Kind == Variant), w.Tags)
	return b.release(text, w.Version), ""
}

// wheelReason says why a wheel's name is malformed, without repeating the name.
func wheelReason(err error) string {
	if e, ok := errors.AsType[*wheeltags.FilenameError](err); ok {
		return e.Msg
	}
	return err.Error()
}

// tagText returns the three parts of a wheel's name that are its tag set: the
// last ones, but for the label of a variant.
func tagText(stem string, variant bool) string {
	if variant {
		stem = stem[:strings.LastIndexByte(stem, '-')]
	}
	i := len(stem)
	for range 3 {
		i = strings.LastIndexByte(stem[:i], '-')
	}
	return stem[i+1:]
}

func (b *builder) tagSet(text string, set wheeltags.TagSet) uint32 {
	n, ok := b.tags[text]
	if !ok {
		n = uint32(len(b.p.Tags))
		b.tags[text] = n
		b.p.Tags = append(b.p.Tags, set)
	}
	return n
}

// version returns the index of the release of a version as written, -1 if it is
// not a version.
func (b *builder) version(text string) int {
	if n, ok := b.byText[text]; ok {
		return n
	}
	v, err := pep440.Parse(text)
	if err != nil {
		b.byText[text] = -1
		return -1
	}
	return b.release(text, v)
}

// release returns the index of the release of v, written as text.
func (b *builder) release(text string, v pep440.Version) int {
	n, ok := b.byText[text]
	if !ok {
		n = len(b.versions)
		b.byText[text] = n
		b.versions = append(b.versions, v)
	}
	return n
}

// project groups the files and returns the page. The builder is spent.
func (b *builder) project() *Project {
	// Order the versions that have files, newest first, and merge those that are
	// equal; of several spellings the first on the page stays.
	count := make([]int, len(b.versions))
	for i := range b.files {
		count[b.files[i].version]++
	}
	order := make([]int, 0, len(b.versions))
	for i, n := range count {
		if n > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return b.versions[j].Compare(b.versions[i]) })
	releaseOf := make([]int, len(b.versions))
	b.p.Releases = make([]Release, 0, len(order))
	for _, i := range order {
		n := len(b.p.Releases)
		if n == 0 || !b.p.Releases[n-1].Version.Equal(b.versions[i]) {
			b.p.Releases = append(b.p.Releases, Release{Version: b.versions[i]})
			n++
		}
		releaseOf[i] = n - 1
	}

	// Deal the files out to their releases, in one backing array.
	next := make([]int, len(b.p.Releases))
	for i := range b.files {
		next[releaseOf[b.files[i].version]]++
	}
	start := 0
	for i, n := range next {
		next[i] = start
		start += n
	}
	files := make([]File, len(b.files))
	first := slices.Clone(next)
	for i := range b.files {
		r := releaseOf[b.files[i].version]
		files[next[r]] = b.files[i].file
		next[r]++
	}
	for i := range b.p.Releases {
		b.p.Releases[i].Files = files[first[i]:next[i]:next[i]]
	}
	return b.p
}
