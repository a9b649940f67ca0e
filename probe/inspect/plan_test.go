package inspect

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCoalesce(t *testing.T) {
	t.Parallel()
	const mib = 1 << 20
	for _, tt := range []struct {
		name string
		in   []span
		want []span
	}{
		{"nothing", nil, nil},
		{"one", []span{{5, 9}}, []span{{5, 9}}},
		{"they touch", []span{{5, 9}, {9, 12}}, []span{{5, 12}}},
		{"they overlap", []span{{7, 12}, {5, 9}, {6, 7}}, []span{{5, 12}}},
		{"a small hole", []span{{0, 10}, {100, 200}}, []span{{0, 200}}},
		{"a large hole", []span{{0, 10}, {10000, 10100}}, []span{{0, 10}, {10000, 10100}}},
		{"a hole that is small beside the rest", []span{{0, mib}, {mib + 10000, 2 * mib}}, []span{{0, 2 * mib}}},
		{"only the smallest holes", []span{{0, 10}, {3010, 3020}, {4020, 4030}, {7000, 7010}}, []span{{0, 10}, {3010, 7010}}},
	} {
		if diff := cmp.Diff(tt.want, coalesce(tt.in), cmp.AllowUnexported(span{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// Whatever is joined, all that is wanted is there, in order, and little more.
func TestCoalesceRandom(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var in []span
		wanted := map[int64]bool{}
		for range rnd.IntN(12) {
			off := rnd.Int64N(20000)
			s := span{off, off + rnd.Int64N(300)}
			in = append(in, s)
			for b := s.off; b < s.end; b++ {
				wanted[b] = true
			}
		}
		out := coalesce(in)
		var total, last int64
		covered := 0
		for i, s := range out {
			if i > 0 && s.off <= last {
				t.Fatalf("%v: %v is not in order", in, out)
			}
			last, total = s.end, total+s.size()
			for b := s.off; b < s.end; b++ {
				if wanted[b] {
					covered++
				}
			}
		}
		if covered != len(wanted) || total > int64(len(wanted))*(wasteShare+1)/wasteShare+wasteFree {
			t.Fatalf("%v: %v has %d of %d, in %d bytes", in, out, covered, len(wanted), total)
		}
	}
}

// Where the members lie is heard without reading anything.
func TestHeaders(t *testing.T) {
	t.Parallel()
	var files []file
	for i := range 5 {
		files = append(files, file{fmt.Sprintf("f%d", i), bytes.Repeat([]byte{byte(i)}, 1000*i)})
	}
	data := append([]byte("something before the archive"), pack(t, func(h *zip.FileHeader) { h.Extra = make([]byte, 4) }, files...)...)
	p := &planner{ReaderAt: bytes.NewReader(data)}
	_, all, err := openArchive(p, int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	headers := p.headers(all)
	for _, f := range all {
		off := headers[f]
		if off < 0 || string(data[off:off+4]) != "PK\x03\x04" || string(data[off+30:off+30+int64(len(f.Name))]) != f.Name {
			t.Errorf("%s begins at %d", f.Name, off)
		}
		body, err := f.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		s := spans(headers, []*zip.File{f}, int64(len(data)))[0]
		if s.off != off || s.end < body+int64(f.CompressedSize64) {
			t.Errorf("%s: %v of data from %d", f.Name, s, body)
		}
	}
}
