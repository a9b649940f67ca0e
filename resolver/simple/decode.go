package simple

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"unsafe"

	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// Decode reads what [Project.AppendBinary] wrote. The result's strings are parts
// of b, which must not be changed afterwards. Whatever b holds, Decode returns a
// well-formed page or an error that wraps [ErrFormat], and takes no more memory
// than a few times the length of b.
func Decode(b []byte) (*Project, error) {
	d, err := newDecoder(b, pageMagic)
	if err != nil {
		return nil, err
	}
	p := d.project()
	if d.fault != "" {
		return nil, fmt.Errorf("%w: %s", ErrFormat, d.fault)
	}
	return p, nil
}

// A decoder takes a compact form apart. Once something is amiss, fault says
// what, and everything read after it is empty.
type decoder struct {
	lengths []byte // the words of the head, tags, python, releases and skipped
	digests []byte
	rare    []byte
	text    string
	b       []byte // what was not dealt out yet
	fault   string
}

// newDecoder checks the header and the checksum.
func newDecoder(b []byte, magic string) (*decoder, error) {
	if len(b) < headerSize || string(b[:len(magic)]) != magic {
		return nil, fmt.Errorf("%w: no %q in front", ErrFormat, magic)
	}
	body := b[headerSize:]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(b[len(magic):]) {
		return nil, fmt.Errorf("%w: wrong checksum", ErrFormat)
	}
	return &decoder{b: body}, nil
}

// fail notes the first fault.
func (d *decoder) fail(what string) {
	if d.fault == "" {
		d.fault = what
	}
}

// word reads the next number of 32 bits of a section.
func (d *decoder) word(section *[]byte) uint32 {
	s := *section
	if len(s) < 4 {
		d.fail("a section is too short")
		return 0
	}
	*section = s[4:]
	return binary.LittleEndian.Uint32(s)
}

// take returns the next n texts' bytes.
func (d *decoder) take(n uint32) string {
	if uint64(n) > uint64(len(d.text)) {
		d.fail("the texts are too short")
		return ""
	}
	t := d.text[:n]
	d.text = d.text[n:]
	return t
}

// next reads a length and returns the text that long.
func (d *decoder) next() string { return d.take(d.word(&d.lengths)) }

// section cuts n bytes off what was not dealt out yet.
func (d *decoder) section(n uint64) []byte {
	if n > uint64(len(d.b)) {
		d.fail("shorter than its counts say")
		return nil
	}
	s := d.b[:n]
	d.b = d.b[n:]
	return s
}

func (d *decoder) project() *Project {
	var counts [nCounts]uint64
	header := d.section(4 * nCounts)
	for i := range counts {
		counts[i] = uint64(d.word(&header))
	}
	nTags, nPython, nReleases, nSkipped := counts[0], counts[1], counts[2], counts[3]
	nFiles, nDigests, nRare, nText := counts[4], counts[5], counts[6], counts[7]
	if nPython == 0 {
		d.fail("no Requires-Python values")
		return nil
	}
	d.lengths = d.section(4 * (nHead + nTags + nPython - 1 + 2*nReleases + 2*nSkipped))
	records := d.section(fileSize * nFiles)
	d.digests = d.section(digestSize * nDigests)
	d.rare = d.section(4 * nRare)
	if text := d.section(nText); len(text) > 0 {
		d.text = unsafe.String(&text[0], len(text)) //nolint:gosec // the input is not changed after this
	}
	if len(d.b) > 0 {
		d.fail("longer than its counts say")
	}
	if d.fault != "" {
		return nil
	}

	p := &Project{
		Name: d.next(), Status: d.next(), StatusReason: d.next(), Index: d.next(), Base: d.next(),
		Tags:           make([]wheeltags.TagSet, nTags),
		RequiresPython: make([]string, nPython),
		Releases:       make([]Release, nReleases),
	}
	for i := range p.Tags {
		set, err := wheeltags.ParseTagSet(d.next())
		if err != nil {
			d.fail(err.Error())
			return nil
		}
		p.Tags[i] = set
	}
	for i := range p.RequiresPython[1:] {
		p.RequiresPython[i+1] = d.next()
	}
	d.releases(p, make([]File, nFiles))
	if nSkipped > 0 {
		p.Skipped = make([]Skipped, nSkipped)
	}
	for i := range p.Skipped {
		p.Skipped[i] = Skipped{d.next(), d.next()}
	}
	for i := range p.Releases {
		files := p.Releases[i].Files
		for j := range files {
			d.file(&files[j], records, p)
			records = records[fileSize:]
		}
	}
	if len(d.text)+len(d.digests)+len(d.rare) > 0 {
		d.fail("parts that belong to nothing")
	}
	return p
}

// releases reads the versions and deals files out to them.
func (d *decoder) releases(p *Project, files []File) {
	for i := range p.Releases {
		v, err := pep440.Parse(d.next())
		if err != nil {
			d.fail(err.Error())
			return
		}
		if i > 0 && p.Releases[i-1].Version.Compare(v) <= 0 {
			d.fail("releases out of order")
			return
		}
		n := d.word(&d.lengths)
		if uint64(n) > uint64(len(files)) {
			d.fail("more files in releases than files")
			return
		}
		p.Releases[i] = Release{v, files[:n:n]}
		files = files[n:]
	}
	if len(files) > 0 {
		d.fail("files in no release")
	}
}

// file reads the record at the front of r into f.
func (d *decoder) file(f *File, r []byte, p *Project) {
	r = r[:fileSize]
	kind, flags := r[32], r[33]
	f.Kind = Kind(kind)
	f.Tags = binary.LittleEndian.Uint32(r[8:])
	f.RequiresPython = binary.LittleEndian.Uint32(r[12:])
	f.Size = int64(binary.LittleEndian.Uint64(r[16:]))
	f.Uploaded = int64(binary.LittleEndian.Uint64(r[24:]))
	if f.Kind > Other || uint64(f.RequiresPython) >= uint64(len(p.RequiresPython)) ||
		f.Kind <= Variant && f.Kind != Sdist && uint64(f.Tags) >= uint64(len(p.Tags)) {
		d.fail("a file refers to nothing")
		return
	}

	f.URL = d.take(binary.LittleEndian.Uint32(r))
	name := binary.LittleEndian.Uint32(r[4:])
	switch {
	case flags&flagNameInURL == 0:
		f.Filename = d.take(name)
	case uint64(name) <= uint64(len(f.URL)):
		f.Filename = f.URL[len(f.URL)-int(name):]
	default:
		d.fail("a file name longer than its URL")
	}
	if flags&flagSHA256 != 0 {
		f.HasSHA256 = d.digest(&f.SHA256)
	}
	f.Metadata.Offered = flags&flagMetadata != 0
	if flags&flagMetaSHA256 != 0 {
		f.Metadata.HasSHA256 = d.digest(&f.Metadata.SHA256)
	}
	f.Yanked = flags&flagYanked != 0
	f.Build.Zero = flags&flagBuildZero != 0
	if flags&flagRare != 0 {
		d.rareFields(f)
	}
}

func (d *decoder) digest(sum *[32]byte) bool {
	if len(d.digests) < digestSize {
		d.fail("too few digests")
		return false
	}
	*sum = [32]byte(d.digests)
	d.digests = d.digests[digestSize:]
	return true
}

// rareFields reads an entry of the rare section.
func (d *decoder) rareFields(f *File) {
	low := d.word(&d.rare)
	high := d.word(&d.rare)
	f.Build.N = int64(uint64(high)<<32 | uint64(low))
	rest, reason, n := d.word(&d.rare), d.word(&d.rare), d.word(&d.rare)
	f.Build.Rest = d.take(rest)
	f.YankedReason = d.take(reason)
	if n == 0 {
		return
	}
	if uint64(n) > uint64(len(d.rare)/8) {
		d.fail("too few digests")
		return
	}
	f.OtherHashes = make([]Hash, n)
	for i := range f.OtherHashes {
		algorithm, digest := d.word(&d.rare), d.word(&d.rare)
		f.OtherHashes[i] = Hash{d.take(algorithm), d.take(digest)}
	}
}
