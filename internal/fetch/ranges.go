package fetch

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// TailSize is how much of a file's end [Client.OpenRanges] fetches to begin
// with. The directory of an ordinary wheel and the metadata right before it fit:
// one request instead of eight with 16 KiB, measured on a wheel of 15 MB.
const TailSize = 64 << 10

// maxGap is the largest hole between a read and what is already there that is
// filled with one request rather than read around.
const maxGap = 256 << 10

// firstStep is how much a read far from all that is there fetches at least.
const firstStep = 16 << 10

// Ranges reads parts of a remote file as an io.ReaderAt. Each part is fetched
// once and kept. It is safe for concurrent use, though reads wait for each
// other.
type Ranges struct {
	ctx    context.Context
	client *Client
	url    string
	tag    string // of the version of the file the parts belong to, "" if unknown
	size   int64
	budget int64

	mu    sync.Mutex
	low   int64  // the first byte that was read, size if none
	parts []part // in order, not overlapping
	step  int64  // what the next read outside of them fetches at least
}

type part struct {
	off  int64
	data []byte
}

func (p part) end() int64 { return p.off + int64(len(p.data)) }

// Parts describes a file to read parts of.
type Parts struct {
	URL string
	// Size is the file's size in bytes if it is known, otherwise -1.
	Size int64
	// Tail is how much of the end to begin with, 0 for [TailSize].
	Tail int64
	// Limit caps all parts together in bytes.
	Limit int64
}

// OpenRanges fetches the end of a file. The error wraps [ErrNoRanges] if the
// server sends whole files only; that is remembered for its origin, so that it
// costs one request. ctx serves the reads that follow, too.
func (c *Client) OpenRanges(ctx context.Context, p Parts) (*Ranges, error) {
	u, err := parseURL(p.URL)
	if err != nil {
		return nil, err
	}
	origin := u.Scheme + "://" + u.Host
	size, tail := p.Size, p.Tail
	if tail <= 0 {
		tail = TailSize
	}
	f := &Ranges{ctx: ctx, client: c, url: p.URL, size: -1, budget: p.Limit, step: firstStep}
	known := c.ranges(origin)
	if known == rangesNone {
		return nil, fmt.Errorf("%s: %w", RedactURL(u), ErrNoRanges)
	}
	if size < 0 && known != rangesNoSuffix {
		err := f.request("bytes=-"+strconv.FormatInt(tail, 10), -1, -1)
		if !errors.Is(err, errRefused) {
			return f.opened(origin, err)
		}
		c.learn(origin, rangesNoSuffix)
	}
	if size < 0 { // any part tells the size
		if err := f.request(span(0, 1), 0, -1); err != nil {
			return f.opened(origin, err)
		}
		size = f.size
	}
	off := max(size-tail, 0)
	return f.opened(origin, f.request(span(off, max(size, 1)), off, size))
}

// opened returns f, or remembers that its origin serves no ranges.
func (f *Ranges) opened(origin string, err error) (*Ranges, error) {
	if err == nil {
		f.low = f.size
		return f, nil
	}
	if errors.Is(err, errWhole) {
		f.client.learn(origin, rangesNone)
	}
	return nil, err
}

// rangeSupport is what is known of how an origin serves ranges.
type rangeSupport int

const (
	rangesUnknown  rangeSupport = iota
	rangesNoSuffix              // not the last N bytes
	rangesNone
)

func (c *Client) ranges(origin string) rangeSupport {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.support[origin]
}

func (c *Client) learn(origin string, s rangeSupport) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.support[origin] = max(c.support[origin], s)
}

// How a server says that it serves no ranges, or not those asked for.
var (
	errWhole   = fmt.Errorf("%w: it sent the whole file", ErrNoRanges)
	errRefused = fmt.Errorf("%w: it refused the request", ErrNoRanges)
)

// Size returns the file's size in bytes.
func (f *Ranges) Size() int64 { return f.size }

// Tail returns how much of the file's end was read so far, in bytes: what would
// have been the right amount to begin with.
func (f *Ranges) Tail() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.size - f.low
}

// Whole returns the digest of the file if all of it has been fetched.
func (f *Ranges) Whole() (sum [32]byte, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.parts) != 1 || int64(len(f.parts[0].data)) != f.size {
		return sum, false
	}
	return sha256.Sum256(f.parts[0].data), true
}

// ReadAt implements io.ReaderAt, fetching what isn't there yet.
func (f *Ranges) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("negative offset")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.low = min(f.low, off)
	n := 0
	for n < len(p) && off < f.size {
		i, ok := f.find(off)
		if !ok {
			if err := f.fetch(off, int64(len(p)-n)); err != nil {
				return n, err
			}
			continue
		}
		m := copy(p[n:], f.parts[i].data[off-f.parts[i].off:])
		n += m
		off += int64(m)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Prefetch makes sure that n bytes from off are there, with as few requests as
// it takes.
func (f *Ranges) Prefetch(off, n int64) error {
	off = max(off, 0)
	end := min(off+n, f.size)
	f.mu.Lock()
	defer f.mu.Unlock()
	for off < end {
		i, ok := f.find(off)
		if ok {
			off = f.parts[i].end()
			continue
		}
		if err := f.request(span(off, min(end, f.before(i))), off, f.size); err != nil {
			return err
		}
	}
	return nil
}

func span(off, end int64) string { return fmt.Sprintf("bytes=%d-%d", off, end-1) }

// find returns the part that holds off, or the index of the one after it.
func (f *Ranges) find(off int64) (int, bool) {
	return slices.BinarySearchFunc(f.parts, off, func(p part, off int64) int {
		switch {
		case p.end() <= off:
			return -1
		case p.off > off:
			return 1
		}
		return 0
	})
}

// before returns where part i begins, or the file ends.
func (f *Ranges) before(i int) int64 {
	if i < len(f.parts) {
		return f.parts[i].off
	}
	return f.size
}

// fetch gets at least the byte at off. A hole up to the next part is filled if
// it is small; otherwise reads in order fetch more each time, so that their
// number stays low however small they are.
func (f *Ranges) fetch(off, n int64) error {
	i, _ := f.find(off)
	end := f.before(i)
	if end-off > maxGap {
		end = min(end, off+max(n, f.step))
		f.step = min(2*f.step, 4<<20)
	}
	return f.request(span(off, end), off, f.size)
}

// request fetches one range and adds it to the parts. off is where it must begin,
// or -1 if it must reach to the file's end; size is how long the file must be, or
// -1 if that is what is to be learnt.
func (f *Ranges) request(spec string, off, size int64) error {
	header := identity()
	header.Set("Range", spec)
	if f.tag != "" {
		header.Set("If-Range", f.tag)
	}
	req := Request{URL: f.url, Header: header, Accept: []int{
		http.StatusPartialContent,
		http.StatusBadRequest, http.StatusRequestedRangeNotSatisfiable, http.StatusNotImplemented,
	}}
	var got part
	var total int64
	var final, tag string
	err := f.client.Stream(f.ctx, req, func(resp *http.Response) (err error) {
		final, tag = resp.Request.URL.String(), strongTag(resp)
		got, total, err = readPart(resp, f.budget)
		return err
	})
	if err != nil {
		return err
	}
	lie := func(format string, args ...any) error {
		return fmt.Errorf("%s: %w: %s", Redact(f.url), ErrNoRanges, fmt.Sprintf(format, args...))
	}
	whole := got.off == 0 && got.end() == total
	switch {
	case size >= 0 && total != size:
		return lie("it says the file has %d bytes, not %d", total, size)
	case off >= 0 && got.off != off && !whole:
		return lie("asked for byte %d, it sent from byte %d", off, got.off)
	case off < 0 && got.end() != total:
		return lie("asked for the end, it sent up to byte %d of %d", got.end(), total)
	case f.tag != "" && tag != "" && tag != f.tag:
		return lie("the file changed meanwhile")
	case len(got.data) == 0:
		return lie("it sent nothing")
	}
	f.size, f.tag, f.url = total, tag, final
	f.budget -= int64(len(got.data))
	if whole {
		f.parts = []part{got}
		return nil
	}
	i, found := f.find(got.off)
	if found { // asked for anew, as the first byte that told the size
		return nil
	}
	if over := f.before(i); got.end() > over { // it sent more than was asked for
		got.data = got.data[:over-got.off]
	}
	f.parts = slices.Insert(f.parts, i, got)
	f.join(i)
	return nil
}

// join merges part i with its neighbours where they touch.
func (f *Ranges) join(i int) {
	if i+1 < len(f.parts) && f.parts[i].end() == f.parts[i+1].off {
		f.parts[i].data = append(f.parts[i].data, f.parts[i+1].data...)
		f.parts = slices.Delete(f.parts, i+1, i+2)
	}
	if i > 0 && f.parts[i-1].end() == f.parts[i].off {
		f.parts[i-1].data = append(f.parts[i-1].data, f.parts[i].data...)
		f.parts = slices.Delete(f.parts, i, i+1)
	}
}

// strongTag returns a validator that proves two parts to be of one file.
func strongTag(resp *http.Response) string {
	tag := resp.Header.Get("ETag")
	if strings.HasPrefix(tag, "W/") || !strings.HasPrefix(tag, `"`) {
		return ""
	}
	return tag
}

// readPart reads the answer to a range request and where it belongs.
func readPart(resp *http.Response, budget int64) (part, int64, error) {
	none := func(why string) error { return fmt.Errorf("%w: %s", ErrNoRanges, why) }
	switch resp.StatusCode {
	case http.StatusPartialContent:
	case http.StatusOK:
		// A short file whole is as good as its end.
		if resp.ContentLength < 0 || resp.ContentLength > 4*TailSize {
			return part{}, 0, errWhole
		}
		b, err := readAll(resp, min(resp.ContentLength, budget))
		return part{0, b}, int64(len(b)), err
	default:
		return part{}, 0, errRefused
	}
	from, to, total, ok := parseContentRange(resp.Header.Get("Content-Range"))
	if !ok {
		return part{}, 0, none("it sent a part without saying which")
	}
	n := to - from + 1
	if n > budget {
		return part{}, 0, &TooLargeError{RedactURL(resp.Request.URL), budget, n}
	}
	if resp.ContentLength >= 0 && resp.ContentLength != n {
		return part{}, 0, none("the part isn't as long as it says")
	}
	b, err := readAll(resp, n)
	var large *TooLargeError
	if errors.As(err, &large) || err == nil && int64(len(b)) != n {
		return part{}, 0, none("the part isn't as long as it says")
	}
	return part{from, b}, total, err
}

// parseContentRange reads "bytes 0-9/100". A total of * is of no use here.
func parseContentRange(s string) (from, to, total int64, ok bool) {
	unit, s, _ := strings.Cut(strings.TrimSpace(s), " ")
	span, size, ok1 := strings.Cut(s, "/")
	first, last, ok2 := strings.Cut(strings.TrimSpace(span), "-")
	if !ok1 || !ok2 || !strings.EqualFold(unit, "bytes") {
		return 0, 0, 0, false
	}
	var n [3]int64
	for i, digits := range [3]string{first, last, size} {
		v, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 63)
		if err != nil {
			return 0, 0, 0, false
		}
		n[i] = int64(v)
	}
	return n[0], n[1], n[2], n[0] <= n[1] && n[1] < n[2]
}

// SetLimit caps what is fetched from now on, in bytes, in place of Parts.Limit.
func (f *Ranges) SetLimit(n int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.budget = n
}

// Forget frees what was fetched of n bytes from off, for a reader that will not
// come back to it. A later read would fetch it anew, at the cost of the limit.
func (f *Ranges) Forget(off, n int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	end := off + n
	var kept []part
	for _, p := range f.parts {
		if p.end() <= off || p.off >= end {
			kept = append(kept, p)
			continue
		}
		if p.off < off {
			kept = append(kept, part{p.off, slices.Clone(p.data[:off-p.off])})
		}
		if p.end() > end {
			kept = append(kept, part{end, slices.Clone(p.data[end-p.off:])})
		}
	}
	f.parts = kept
}
