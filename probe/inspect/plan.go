package inspect

import (
	"archive/zip"
	"cmp"
	"errors"
	"io"
	"slices"
)

// errPlanning is what a planner answers while it listens.
var errPlanning = errors.New("only where it would be read")

// A planner stands before an archive's bytes. While it listens it reads nothing and
// notes where it was asked to: that is how it learns where the members are, which
// package zip knows and does not say.
type planner struct {
	io.ReaderAt

	listening bool
	heard     int64
}

func (p *planner) ReadAt(b []byte, off int64) (int, error) {
	if p.listening {
		p.heard = off
		return 0, errPlanning
	}
	return p.ReaderAt.ReadAt(b, off)
}

// headers returns where the members' headers begin, -1 for one beyond the file.
func (p *planner) headers(files []*zip.File) map[*zip.File]int64 {
	p.listening = true
	defer func() { p.listening = false }()
	at := make(map[*zip.File]int64, len(files))
	for _, f := range files {
		p.heard = -1
		_, _ = f.DataOffset() // errPlanning, or that it lies beyond the file
		at[f] = p.heard
	}
	return at
}

// A span is a part of a file.
type span struct{ off, end int64 }

func (s span) size() int64 { return s.end - s.off }

// headerSlack is how much longer the header of a member's own may be than what the
// directory says of it, in bytes, before a further request is needed; and what may
// follow its data.
const headerSlack = 128

// spans returns what must be fetched to read the wanted members: from each one's
// header to the next one's, or to where it must end.
func spans(headers map[*zip.File]int64, wanted []*zip.File, size int64) []span {
	starts := make([]int64, 0, len(headers))
	for _, off := range headers {
		starts = append(starts, off)
	}
	slices.Sort(starts)
	var list []span
	for _, f := range wanted {
		off := headers[f]
		if off < 0 {
			continue // reading it says what is wrong
		}
		const fixed = 30 // of a header
		end := min(size, off+fixed+int64(len(f.Name)+len(f.Extra))+headerSlack+clamp(f.CompressedSize64))
		if i, _ := slices.BinarySearch(starts, off+1); i < len(starts) {
			end = min(end, starts[i])
		}
		list = append(list, span{off, end})
	}
	return list
}

// waste is how much may be fetched that is not wanted, to save requests: one part
// in wasteShare of what is, and wasteFree.
const (
	wasteShare = 100
	wasteFree  = 4 << 10
)

// coalesce joins spans, the nearest ones first, as long as what lies between is
// not too much of the whole. The result is in order and does not overlap.
func coalesce(list []span) []span {
	if len(list) == 0 {
		return nil
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b span) int { return cmp.Or(cmp.Compare(a.off, b.off), cmp.Compare(a.end, b.end)) })
	merged := list[:1]
	for _, s := range list[1:] { // those that touch or overlap
		if last := &merged[len(merged)-1]; s.off <= last.end {
			last.end = max(last.end, s.end)
			continue
		}
		merged = append(merged, s)
	}
	var wanted int64
	gaps := make([]int, len(merged)-1) // by the index of the span before
	for i, s := range merged {
		wanted += s.size()
		if i < len(gaps) {
			gaps[i] = i
		}
	}
	width := func(i int) int64 { return merged[i+1].off - merged[i].end }
	slices.SortFunc(gaps, func(a, b int) int { return cmp.Or(cmp.Compare(width(a), width(b)), cmp.Compare(a, b)) })
	budget := wanted/wasteShare + wasteFree
	closed := make([]bool, len(merged))
	for _, i := range gaps {
		if budget -= width(i); budget < 0 {
			break
		}
		closed[i] = true
	}
	out := merged[:0:0]
	for i, s := range merged {
		if i > 0 && closed[i-1] {
			out[len(out)-1].end = s.end
			continue
		}
		out = append(out, s)
	}
	return out
}
