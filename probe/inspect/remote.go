package inspect

import (
	"archive/zip"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/ftpkg/ftpkg/internal/fetch"
)

// remote reads a wheel over HTTP: by ranges, or whole where the server has none, or
// sends an archive by ranges that is none.
func (r *Reader) remote(ctx context.Context, d *described, s Source, promised *[32]byte) (*Wheel, error) {
	w, intact, err := r.parts(ctx, d, s)
	var bad *ReadError
	switch {
	case err == nil:
		if promised != nil && intact {
			r.memory.keep(w, s.Index, *promised)
		}
		return w, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case !errors.Is(err, fetch.ErrNoRanges) && (promised == nil || !errors.As(err, &bad)):
		return nil, err
	}
	// The whole file and its digest also tell a bad wheel from a bad server.
	f, err := r.o.Remote.Open(ctx, s.URL, promised)
	if err != nil {
		return nil, err
	}
	w, err = r.local(ctx, d, f, f.Size(), promised)
	return w, errors.Join(err, f.Close())
}

// parts reads a wheel by ranges. intact says that every member was what the archive
// promises.
func (r *Reader) parts(ctx context.Context, d *described, s Source) (_ *Wheel, intact bool, err error) {
	size := s.Size
	if size <= 0 {
		size = -1
	}
	f, err := r.o.Remote.OpenParts(ctx, s.URL, size)
	if err != nil {
		return nil, false, err
	}
	p := &planner{ReaderAt: f}
	src := &faultyReader{ReaderAt: p}
	a, all, err := openArchive(src, f.Size())
	if err != nil {
		return nil, false, src.fault(d.File, err)
	}
	x := r.examine(d, a)
	headers := p.headers(all)
	order := make([]int, len(a.members)) // as they lie in the file
	var wanted []*zip.File
	for i := range a.members {
		order[i] = i
		if a.members[i].bad == "" {
			wanted = append(wanted, a.members[i].zip)
		}
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(headers[a.members[i].zip], headers[a.members[j].zip]) })
	if a.metadata != nil && memberFault(a.metadata) == "" && a.metadata.UncompressedSize64 <= maxMetadata {
		wanted = append(wanted, a.metadata)
	}
	p.ReaderAt = &window{file: f, spans: coalesce(spans(headers, wanted, f.Size()))}

	described := a.metadata == nil
	for _, i := range order {
		if !described && headers[a.metadata] < headers[a.members[i].zip] {
			described = true
			x.metadata()
		}
		if err := x.member(ctx, i); err != nil {
			return nil, false, fmt.Errorf("%s: %w", d.File, err)
		}
		if src.failed() {
			return nil, false, src.fault(d.File, nil)
		}
	}
	if !described || a.metadata == nil {
		x.metadata()
	}
	if src.failed() {
		return nil, false, src.fault(d.File, nil)
	}
	return x.wheel(), !x.damaged, nil
}

// chunk is how much is fetched at a time, in bytes.
const chunk = 8 << 20

// A window reads a remote file in the order of its bytes: it fetches planned spans
// in chunks and forgets what lies behind.
type window struct {
	file  *fetch.Ranges
	spans []span
	to    int64 // what is fetched of the span that is being read
}

func (w *window) ReadAt(b []byte, off int64) (int, error) {
	end := off + int64(len(b))
	i, found := slices.BinarySearchFunc(w.spans, off, func(s span, off int64) int {
		switch {
		case s.end <= off:
			return -1
		case s.off > off:
			return 1
		}
		return 0
	})
	if found && end > w.to {
		from := max(off, w.to)
		to := min(w.spans[i].end, from+max(chunk, end-from))
		w.file.Forget(0, off)
		w.file.SetLimit(max(to-from, 0) + chunk)
		if err := w.file.Prefetch(from, to-from); err != nil {
			return 0, err
		}
		w.to = max(to, from)
	}
	n, err := w.file.ReadAt(b, off)
	if err == nil && n < len(b) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
