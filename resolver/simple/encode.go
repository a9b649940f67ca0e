package simple

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/wheeltags"
)

// The compact form of a page, for a cache on disk. All numbers are
// little-endian; texts stand at the end, one behind the other in the order in
// which the records before them name their lengths, so that decoding is one pass
// with no allocation per text:
//
//	magic     8 bytes, the last of them the version of the format
//	checksum  4 bytes: CRC-32C of everything that follows
//	counts    words: tag sets, Requires-Python values, releases, names
//	          skipped, files, digests, rare words, bytes of text
//	head      words: lengths of name, status, reason, index, base
//	tags      words: length of each
//	python    words: length of each but the first, which is ""
//	releases  pairs of words: length of the version, number of files
//	skipped   pairs of words: lengths of file name and reason
//	files     fileSize bytes each, see appendFile
//	digests   32 bytes each, of the files that have them, in their order
//	rare      words: what few files have, see appendRare
//	text
const (
	pageMagic  = "ftpkgP\x00\x01"
	headerSize = len(pageMagic) + 4
	nCounts    = 8
	nHead      = 5
	fileSize   = 34
	digestSize = 32
	usualURL   = 160 // what to make room for
)

// The flags of a file's record.
const (
	flagNameInURL  = 1 << iota // the URL ends in the file name
	flagSHA256                 // a digest follows in digests
	flagMetadata               // metadata is offered
	flagMetaSHA256             // and its digest follows in digests
	flagYanked
	flagRare      // there is an entry in rare
	flagBuildZero // the build tag is 0, which is not the same as none
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// AppendBinary appends a compact form of p to b and returns the longer slice.
// [Decode] reads it back; it is meant for the program that wrote it, and a later
// version of it may refuse it.
func (p *Project) AppendBinary(b []byte) []byte {
	files := 0
	for i := range p.Releases {
		files += len(p.Releases[i].Files)
	}
	e := encoder{
		files:   make([]byte, 0, files*fileSize),
		digests: make([]byte, 0, files*digestSize),
		text:    make([]byte, 0, files*usualURL),
	}
	e.head(p)
	for i := range p.Releases {
		for j := range p.Releases[i].Files {
			e.appendFile(&p.Releases[i].Files[j])
		}
	}

	start := len(b)
	b = slices.Grow(b, headerSize+4*nCounts+len(e.lengths)+len(e.files)+len(e.digests)+len(e.rare)+len(e.text))
	b = append(b, pageMagic...)
	b = append(b, 0, 0, 0, 0)
	b = words(b, len(p.Tags), max(1, len(p.RequiresPython)), len(p.Releases), len(p.Skipped),
		files, len(e.digests)/digestSize, len(e.rare)/4, len(e.text))
	for _, section := range [][]byte{e.lengths, e.files, e.digests, e.rare, e.text} {
		b = append(b, section...)
	}
	return seal(b, start)
}

// seal writes the checksum into the header that begins at start.
func seal(b []byte, start int) []byte {
	body := b[start+headerSize:]
	binary.LittleEndian.PutUint32(b[start+headerSize-4:], crc32.Checksum(body, castagnoli))
	return b
}

// words appends numbers of 32 bits.
func words(b []byte, numbers ...int) []byte {
	for _, n := range numbers {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	return b
}

// An encoder gathers the sections of one page.
type encoder struct {
	lengths, files, digests, rare, text []byte
}

// texts appends texts and, to lengths, the length of each.
func (e *encoder) texts(texts ...string) {
	for _, t := range texts {
		e.lengths = words(e.lengths, len(t))
		e.text = append(e.text, t...)
	}
}

func (e *encoder) head(p *Project) {
	e.texts(p.Name, p.Status, p.StatusReason, p.Index, p.Base)
	for i := range p.Tags {
		e.texts(p.Tags[i].String())
	}
	e.texts(p.RequiresPython[min(1, len(p.RequiresPython)):]...)
	for i := range p.Releases {
		e.texts(p.Releases[i].Version.String())
		e.lengths = words(e.lengths, len(p.Releases[i].Files))
	}
	for _, s := range p.Skipped {
		e.texts(s.Filename, s.Reason)
	}
}

// appendFile appends a file's record:
//
//	0  length of the URL        4
//	4  length of the file name  4
//	8  index of the tag set     4
//	12 index in RequiresPython  4
//	16 size                     8
//	24 upload time              8
//	32 kind                     1
//	33 flags                    1
func (e *encoder) appendFile(f *File) {
	var flags byte
	e.text = append(e.text, f.URL...)
	if strings.HasSuffix(f.URL, f.Filename) {
		flags |= flagNameInURL
	} else {
		e.text = append(e.text, f.Filename...)
	}
	if f.HasSHA256 {
		flags |= flagSHA256
		e.digests = append(e.digests, f.SHA256[:]...)
	}
	if f.Metadata.Offered {
		flags |= flagMetadata
	}
	if f.Metadata.HasSHA256 {
		flags |= flagMetaSHA256
		e.digests = append(e.digests, f.Metadata.SHA256[:]...)
	}
	if f.Yanked {
		flags |= flagYanked
	}
	if f.Build.Zero {
		flags |= flagBuildZero
	}
	if e.appendRare(f) {
		flags |= flagRare
	}
	e.files = words(e.files, len(f.URL), len(f.Filename), int(f.Tags), int(f.RequiresPython))
	e.files = binary.LittleEndian.AppendUint64(e.files, uint64(f.Size))
	e.files = binary.LittleEndian.AppendUint64(e.files, uint64(f.Uploaded))
	e.files = append(e.files, byte(f.Kind), flags)
}

// appendRare appends what few files have, if f has any of it: the build tag's
// number as two words, the lengths of its rest and of the reason for a yank, and
// the number of other digests, followed by the lengths of each one's algorithm
// and digest.
func (e *encoder) appendRare(f *File) bool {
	if f.Build == (wheeltags.Build{}) && f.YankedReason == "" && len(f.OtherHashes) == 0 {
		return false
	}
	e.rare = binary.LittleEndian.AppendUint64(e.rare, uint64(f.Build.N))
	e.rare = words(e.rare, len(f.Build.Rest), len(f.YankedReason), len(f.OtherHashes))
	e.text = append(append(e.text, f.Build.Rest...), f.YankedReason...)
	for _, h := range f.OtherHashes {
		e.rare = words(e.rare, len(h.Algorithm), len(h.Hex))
		e.text = append(append(e.text, h.Algorithm...), h.Hex...)
	}
	return true
}
