package cache

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"time"
)

// Page is what an index said of one project, or one address, and how to find out
// whether it still says so.
type Page struct {
	// Checked is when the index last said so, to the second.
	Checked time.Time
	// MaxAge is how long that holds without asking again.
	MaxAge time.Duration
	// ETag and LastModified are the validators as served, "" if none.
	ETag, LastModified string
	// Body is the SHA-256 digest of the page as served.
	Body [32]byte
	// Absent says that the index has no such page: there is no Data.
	Absent bool
	// Complete says that everything the index can tell of upload times is in
	// Data.
	Complete bool
	// Sealed says that Data has a checksum of its own, which its owner checks
	// whenever it is read.
	Sealed bool
	// Data is the page in the form its owner keeps it in.
	Data []byte
}

// The form of a page file, numbers little-endian:
//
//	0   magic, the last byte the version of the form
//	8   CRC-32C of everything from 32 up to the data
//	12  when checked, in seconds since the epoch    8 \
//	20  max age in seconds                          8  } rewritten in place
//	28  CRC-32C of the sixteen bytes before         4 /
//	32  flags                                       4
//	36  lengths of ETag, Last-Modified, data        3 × 4
//	48  CRC-32C of the data                         4
//	52  digest of the body                         32
//	84  ETag, Last-Modified, data
const (
	pageMagic  = "ftpkgC\x00\x01"
	pageHeader = 84

	flagAbsent   = 1
	flagComplete = 2
	flagSealed   = 4
)

// maxFile is the largest file that is read, in bytes.
const maxFile = 256 << 20

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Page returns the page kept under a name, nil if there is none that is whole.
// Its Data may be kept, but not changed.
func (b *Bucket) Page(name string) *Page {
	if b == nil {
		return nil
	}
	return decodePage(load(b.path(pagePrefix, name), maxFile, !b.cache.Unmapped), false)
}

// SetPage keeps a page under a name in place of the one before.
func (b *Bucket) SetPage(name string, p *Page) error {
	if b == nil {
		return nil
	}
	return b.cache.replace(b.path(pagePrefix, name), p.header(), p.Data)
}

// Touch notes that the page kept under a name was checked again and holds for
// maxAge. Nothing else of it is written.
func (b *Bucket) Touch(name string, checked time.Time, maxAge time.Duration) error {
	if b == nil {
		return nil
	}
	if err := b.cache.Err(); err != nil {
		return err
	}
	f, err := os.OpenFile(b.path(pagePrefix, name), os.O_WRONLY, 0)
	if os.IsNotExist(err) {
		return nil // somebody cleaned up meanwhile
	}
	if err != nil {
		b.cache.fail(err)
		return err
	}
	_, err = f.WriteAt(appendAge(nil, checked, maxAge), 12)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		b.cache.fail(err)
	}
	return err
}

// header returns what stands before the page's data.
func (p *Page) header() []byte {
	var flags uint32
	if p.Absent {
		flags |= flagAbsent
	}
	if p.Complete {
		flags |= flagComplete
	}
	if p.Sealed {
		flags |= flagSealed
	}
	h := make([]byte, 0, pageHeader+len(p.ETag)+len(p.LastModified))
	h = append(h, pageMagic...)
	h = append(h, 0, 0, 0, 0)
	h = appendAge(h, p.Checked, p.MaxAge)
	h = binary.LittleEndian.AppendUint32(h, flags)
	h = binary.LittleEndian.AppendUint32(h, uint32(len(p.ETag)))
	h = binary.LittleEndian.AppendUint32(h, uint32(len(p.LastModified)))
	h = binary.LittleEndian.AppendUint32(h, uint32(len(p.Data)))
	h = binary.LittleEndian.AppendUint32(h, crc32.Checksum(p.Data, castagnoli))
	h = append(h, p.Body[:]...)
	h = append(append(h, p.ETag...), p.LastModified...)
	binary.LittleEndian.PutUint32(h[8:], crc32.Checksum(h[32:], castagnoli))
	return h
}

func appendAge(b []byte, checked time.Time, maxAge time.Duration) []byte {
	at := len(b)
	b = binary.LittleEndian.AppendUint64(b, uint64(checked.Unix()))
	b = binary.LittleEndian.AppendUint64(b, uint64(maxAge/time.Second))
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[at:], castagnoli))
}

// decodePage reads what header and data make up, nil if they don't. The data is
// checked if it is not sealed, or if thorough says so.
func decodePage(b []byte, thorough bool) *Page {
	if len(b) < pageHeader || string(b[:8]) != pageMagic {
		return nil
	}
	flags := binary.LittleEndian.Uint32(b[32:])
	etag := uint64(binary.LittleEndian.Uint32(b[36:]))
	modified := uint64(binary.LittleEndian.Uint32(b[40:]))
	data := uint64(binary.LittleEndian.Uint32(b[44:]))
	if pageHeader+etag+modified+data != uint64(len(b)) {
		return nil
	}
	head, body := b[:pageHeader+etag+modified], b[pageHeader+etag+modified:]
	if crc32.Checksum(head[32:], castagnoli) != binary.LittleEndian.Uint32(b[8:]) {
		return nil
	}
	if (thorough || flags&flagSealed == 0) &&
		crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(b[48:]) {
		return nil
	}
	p := &Page{
		Absent:   flags&flagAbsent != 0,
		Complete: flags&flagComplete != 0,
		Sealed:   flags&flagSealed != 0,
		Body:     [32]byte(b[52:84]),
	}
	if crc32.Checksum(b[12:28], castagnoli) == binary.LittleEndian.Uint32(b[28:]) {
		p.Checked = time.Unix(int64(binary.LittleEndian.Uint64(b[12:])), 0).UTC()
		// A page that claims to hold for decades is not believed.
		const decade = 10 * 365 * 24 * 3600
		p.MaxAge = time.Duration(min(binary.LittleEndian.Uint64(b[20:]), decade)) * time.Second
	}
	p.ETag, p.LastModified = string(head[pageHeader:pageHeader+etag]), string(head[pageHeader+etag:])
	p.Data = body
	return p
}

// Fresh reports whether the page holds at a moment without asking again. A page
// checked in the future, by a clock that was wrong then or is now, does not.
func (p *Page) Fresh(now time.Time) bool {
	age := now.Sub(p.Checked)
	return age >= -time.Minute && age < p.MaxAge
}
