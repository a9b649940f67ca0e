package index

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// readWheel reads a wheel's METADATA from its end, or, if the server sends no
// parts or suspicious says that its word is in doubt, from the whole file.
func (r *reader) readWheel(ctx context.Context, suspicious bool) (*simple.Metadata, error) {
	if !suspicious {
		m, err := r.readRanges(ctx)
		if err == nil {
			return m, nil
		}
		doubtful := errors.Is(unreadable(err), simple.ErrNoMetadata) && r.file.HasSHA256 && fetch.Status(err) == 0
		if !errors.Is(err, fetch.ErrNoRanges) && !doubtful || r.verified {
			return nil, err
		}
		// The whole file and its digest tell a bad wheel from a bad server.
	}
	d, err := r.client.download(ctx, r.file, r.url)
	if err != nil {
		return nil, err
	}
	r.verified = r.file.HasSHA256
	m, err := simple.WheelMetadata(d, d.Size(), r.file.Filename)
	return m, errors.Join(err, d.Close())
}

// readRanges reads a wheel's METADATA by ranges.
func (r *reader) readRanges(ctx context.Context) (*simple.Metadata, error) {
	tail := r.page.tail.Load()
	if tail == 0 {
		tail = fetch.TailSize
	}
	f, err := r.client.http.OpenRanges(ctx, fetch.Parts{
		URL: r.url, Size: r.file.Size, Limit: MaxRanges, Tail: tail,
	})
	if err != nil {
		return nil, err
	}
	if off, ok := directoryStart(f, f.Size()); ok && off < f.Size()-tail {
		// METADATA stands shortly before the directory as a rule; between them
		// is RECORD, which grows with the directory, and licences.
		more := (f.Size()-off)*3/4 + beforeDirectory
		if err := f.Prefetch(off-more, f.Size()-off+more); err != nil {
			return nil, err
		}
	}
	m, err := simple.WheelMetadata(f, f.Size(), r.file.Filename)
	if sum, ok := f.Whole(); ok && r.file.HasSHA256 { // it was short enough
		if sum != r.file.SHA256 {
			return nil, &fetch.HashError{RedactedURL: fetch.Redact(r.url), Want: r.file.SHA256, Got: sum}
		}
		r.verified = true
	}
	if err == nil {
		// The project's next wheel is likely to be built alike.
		r.page.expect(f.Tail())
	}
	return m, err
}

// maxTail bounds what is fetched of a wheel to begin with, in bytes. A wheel that
// takes more was not built with its metadata at the end, which is no reason to
// fetch half of the next one.
const maxTail = 320 << 10

// expect notes how much of a wheel's end was needed.
func (pg *page) expect(n int64) {
	n += n/8 + 8<<10 // as no two are quite alike
	if n > maxTail {
		return
	}
	for {
		old := pg.tail.Load()
		if n <= old || pg.tail.CompareAndSwap(old, n) {
			return
		}
	}
}

// beforeDirectory is how much more before a large directory is fetched along with
// it, in bytes.
const beforeDirectory = 64 << 10

// maxDirectory is the largest directory that is fetched in one piece.
const maxDirectory = 16 << 20

// directoryStart returns where the directory of a zip archive begins, as the end
// of the archive has it. It is only a hint.
func directoryStart(f io.ReaderAt, size int64) (int64, bool) {
	const endLen = 22
	tail := make([]byte, min(size, endLen+1000))
	at := size - int64(len(tail))
	if _, err := f.ReadAt(tail, at); err != nil && !errors.Is(err, io.EOF) {
		return 0, false
	}
	i := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if i < 0 || len(tail)-i < endLen {
		return 0, false
	}
	length := int64(binary.LittleEndian.Uint32(tail[i+12:]))
	off := at + int64(i) - length
	return off, off >= 0 && length <= maxDirectory
}
