package extmod

import (
	"bytes"
	"errors"
	"io"
)

const (
	pageSize = 32 << 10
	// maxPages bounds what is kept of a file: 16 MB. Beyond, it is read anew.
	maxPages = 512
)

// pages reads a file in pages and keeps them.
type pages struct {
	r    io.ReaderAt
	size int64
	kept map[int64][]byte
	err  error // the first of r

	lastIndex int64
	last      []byte

	scratch []byte // for going through the file, see buffer
}

// buffer returns n bytes for what goes through the file. They are the caller's until
// the next call.
func (p *pages) buffer(n int) []byte {
	if len(p.scratch) < n {
		p.scratch = make([]byte, max(n, markChunk+markSpan))
	}
	return p.scratch[:n]
}

func newPages(r io.ReaderAt, size int64) *pages {
	return &pages{r: r, size: size, kept: map[int64][]byte{}, lastIndex: -1}
}

// page returns a page, which is shorter than pageSize only at the file's end.
func (p *pages) page(index int64) []byte {
	if index == p.lastIndex {
		return p.last
	}
	b, ok := p.kept[index]
	if !ok {
		if index < 0 || index >= (p.size+pageSize-1)/pageSize {
			return nil
		}
		b = make([]byte, min(pageSize, p.size-index*pageSize))
		if !p.fill(b, index*pageSize) {
			b = nil
		}
		if len(p.kept) >= maxPages {
			clear(p.kept)
		}
		p.kept[index] = b
	}
	p.lastIndex, p.last = index, b
	return b
}

// fill reads len(b) bytes. A file that is shorter than was said is as good as one
// whose headers lie: it is for the caller to go without.
func (p *pages) fill(b []byte, off int64) bool {
	n, err := p.r.ReadAt(b, off)
	if n == len(b) {
		return true
	}
	if p.err == nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		p.err = err
	}
	return false
}

// view returns up to n bytes at an offset, n being at most pageSize: fewer at the
// file's end, none beyond it. They are not to be changed, and valid until the next
// call only.
func (p *pages) view(off int64, n int) []byte {
	if off < 0 || off >= p.size {
		return nil
	}
	b := p.page(off / pageSize)
	at := int(off % pageSize)
	if at >= len(b) {
		return nil
	}
	if at+n <= len(b) || off+int64(len(b)-at) >= p.size {
		return b[at:min(at+n, len(b))]
	}
	joined := make([]byte, 0, n)
	joined = append(joined, b[at:]...)
	next := p.page(off/pageSize + 1)
	return append(joined, next[:min(n-len(joined), len(next))]...)
}

// bytes returns exactly n bytes that are the caller's own, or nil.
func (p *pages) bytes(off int64, n int64) []byte {
	if off < 0 || n < 0 || off > p.size || n > p.size-off {
		return nil
	}
	b := make([]byte, n)
	if !p.fill(b, off) {
		return nil
	}
	return b
}

// maxString bounds the names that are read.
const maxString = 1 << 10

// text returns the bytes before the next zero, and false if that is too far away.
func (p *pages) text(off int64) (string, bool) {
	b := p.view(off, maxString)
	s, _, ok := bytes.Cut(b, []byte{0})
	return string(s), ok
}
