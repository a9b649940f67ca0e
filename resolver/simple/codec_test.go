package simple

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"runtime"
	"testing"
)

// codecPages are pages that together use all of the compact form.
func codecPages(t testing.TB) map[string]*Project {
	t.Helper()
	mixed, err := ParseJSON(readPage(t, "mixed.json"), mixedBase)
	if err != nil {
		t.Fatal(err)
	}
	mixed.Index = "https://index.example.invalid/mirror/simple/"
	return map[string]*Project{
		"mixed": mixed,
		"empty": FromFiles("a", nil),
		"bare":  {Name: "a"},
		"build tags": FromFiles("a", []RawFile{
			{URL: "a-1-0-py3-none-any.whl"}, {URL: "a-1-0b-py3-none-any.whl"}, {URL: "a-1-7_x-py3-none-any.whl"},
			{URL: "a-1-99999999999999999999-py3-none-any.whl"}, {URL: "a-1-py3-none-any.whl"},
		}),
		"renamed": FromFiles("a", []RawFile{{Filename: "a-1.tar.gz", URL: "get?1"}, {Filename: "a-2.tar.gz", URL: "2.tar.gz"}}),
	}
}

func TestCodec(t *testing.T) {
	for name, p := range codecPages(t) {
		t.Run(name, func(t *testing.T) {
			if len(p.RequiresPython) > 0 {
				checkProject(t, p)
			}
			q, err := Decode(p.AppendBinary(nil))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := q.AppendBinary(nil), p.AppendBinary(nil); !bytes.Equal(got, want) {
				t.Error("encoded again it differs")
			}
			for i := range p.Releases {
				for j := range p.Releases[i].Files {
					f, g := p.Releases[i].Files[j], q.Releases[i].Files[j]
					if len(f.OtherHashes) == 0 {
						f.OtherHashes = nil
					}
					if got, want := dump(&g), dump(&f); got != want {
						t.Errorf("got  %s\nwant %s", got, want)
					}
				}
			}
		})
	}
}

// TestDecodeTorn cuts a page off everywhere, changes each byte of it, and adds
// to it.
func TestDecodeTorn(t *testing.T) {
	for name, p := range codecPages(t) {
		b := p.AppendBinary(nil)
		for i := range b {
			if _, err := Decode(b[:i]); !errors.Is(err, ErrFormat) {
				t.Fatalf("%s: %d of %d bytes: %v", name, i, len(b), err)
			}
			b[i] ^= 0x41
			if _, err := Decode(b); !errors.Is(err, ErrFormat) {
				t.Fatalf("%s: byte %d of %d changed: %v", name, i, len(b), err)
			}
			b[i] ^= 0x41
		}
		if _, err := Decode(append(b, 0)); !errors.Is(err, ErrFormat) {
			t.Fatalf("%s: a byte too many: %v", name, err)
		}
	}
	if _, err := Decode(new(Metadata).AppendBinary(nil)); !errors.Is(err, ErrFormat) {
		t.Errorf("metadata taken for a page: %v", err)
	}
}

// TestDecodeHostile changes pages at random and mends the checksum, so that
// only the decoder's own checks stand between the bytes and a panic.
func TestDecodeHostile(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	errs, oks := 0, 0
	for _, p := range codecPages(t) {
		whole := p.AppendBinary(nil)
		for range 5_000 {
			b := bytes.Clone(whole)
			for range 1 + rnd.IntN(3) {
				i := headerSize + rnd.IntN(len(b)-headerSize)
				switch rnd.IntN(4) {
				case 0:
					b[i] = byte(rnd.Uint32())
				case 1:
					b[i] = 0xff
				case 2:
					b[i]++
				case 3:
					b = b[:max(i, headerSize+1)]
				}
			}
			seal(b, 0)
			p, err := Decode(b)
			switch {
			case err == nil:
				oks++
				describe(p)
			case errors.Is(err, ErrFormat):
				errs++
			default:
				t.Fatalf("%v is not ErrFormat", err)
			}
		}
	}
	if errs == 0 || oks == 0 {
		t.Errorf("%d errors and %d pages: one of the ways is not tried", errs, oks)
	}
}

// TestDecodeCounts gives counts that would ask for terabytes.
func TestDecodeCounts(t *testing.T) {
	whole := FromFiles("a", []RawFile{{URL: "a-1.tar.gz"}}).AppendBinary(nil)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range nCounts {
		for _, n := range []uint32{1 << 16, 1 << 24, 1<<32 - 1} {
			b := bytes.Clone(whole)
			binary.LittleEndian.PutUint32(b[headerSize+4*i:], n)
			seal(b, 0)
			if _, err := Decode(b); !errors.Is(err, ErrFormat) {
				t.Errorf("count %d is %d: %v", i, n, err)
			}
		}
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
		t.Errorf("%d bytes allocated for pages of %d bytes", got, len(whole))
	}
}

// TestDecodeAllocations holds Decode to a number of allocations that doesn't
// grow with the files.
func TestDecodeAllocations(t *testing.T) {
	small, large := numpyLike("a", 10, 10), numpyLike("a", 10, 1000)
	allocs := func(p *Project) float64 {
		b := p.AppendBinary(nil)
		return testing.AllocsPerRun(10, func() {
			if _, err := Decode(b); err != nil {
				t.Fatal(err)
			}
		})
	}
	if s, l := allocs(small), allocs(large); l > s+float64(len(large.Tags)-len(small.Tags))*4 {
		t.Errorf("%v allocations for 100 files, %v for 10000", s, l)
	}
}

func TestMetadataCodec(t *testing.T) {
	for _, m := range []*Metadata{
		{},
		{MetadataVersion: "2.4", Name: "a", Version: "1", RequiresPython: ">=3.9",
			RequiresDist: []string{"b>=1", "c; extra == 'x'"}, ProvidesExtra: []string{"x"}, Dynamic: []string{"License"},
			FreeThreading: []string{freeThreading}, URLs: []string{"Source, x", "y"}},
	} {
		b := m.AppendBinary([]byte("in front"))[len("in front"):]
		got, err := DecodeMetadata(b)
		if err != nil || dump(got) != dump(m) {
			t.Errorf("got %s, %v; want %s", dump(got), err, dump(m))
		}
		for i := range b {
			if _, err := DecodeMetadata(b[:i]); !errors.Is(err, ErrFormat) {
				t.Errorf("%d of %d bytes: %v", i, len(b), err)
			}
			b[i] ^= 0x41
			if _, err := DecodeMetadata(b); !errors.Is(err, ErrFormat) {
				t.Errorf("byte %d of %d changed: %v", i, len(b), err)
			}
			if i >= headerSize {
				seal(b, 0)
				if _, err := DecodeMetadata(b); err != nil && !errors.Is(err, ErrFormat) {
					t.Errorf("byte %d changed and sealed: %v", i, err)
				}
			}
			b[i] ^= 0x41
			seal(b, 0)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, p := range codecPages(f) {
		f.Add(p.AppendBinary(nil)[headerSize:])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		b := append([]byte(pageMagic+"\x00\x00\x00\x00"), body...)
		p, err := Decode(seal(b, 0))
		if err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Errorf("%v is not ErrFormat", err)
			}
			return
		}
		describe(p)
		if _, err := Decode(p.AppendBinary(nil)); err != nil {
			t.Errorf("encoded again: %v", err)
		}
	})
}

func FuzzDecodeMetadata(f *testing.F) {
	m := Metadata{Name: "a", Version: "1", RequiresDist: []string{"b"}}
	f.Add(m.AppendBinary(nil)[headerSize:])
	f.Fuzz(func(t *testing.T, body []byte) {
		b := seal(append([]byte(metadataMagic+"\x00\x00\x00\x00"), body...), 0)
		m, err := DecodeMetadata(b)
		if err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Errorf("%v is not ErrFormat", err)
			}
			return
		}
		if again := m.AppendBinary(nil); !bytes.Equal(again, b) {
			t.Errorf("%x is encoded again as %x", b, again)
		}
	})
}
