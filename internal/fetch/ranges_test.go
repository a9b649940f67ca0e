package fetch_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/fetch"
)

// blob returns n bytes that look random and are always the same.
func blob(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b) // never fails
	return b
}

// rangeServer serves one file and counts what it was asked.
func rangeServer(t *testing.T, b []byte, asked *[]string) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, r.Header.Get("Range"))
		if r.Header.Get("Accept-Encoding") != "identity" {
			t.Errorf("Accept-Encoding: %q", r.Header.Get("Accept-Encoding"))
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
	})
}

func TestRanges(t *testing.T) {
	t.Parallel()
	const size = 3 << 20
	b := blob(size)
	for _, tt := range []struct {
		name  string
		known int64
		reads [][2]int64 // offset, length
		want  []string
	}{
		{"tail only", -1, [][2]int64{{size - 10, 10}, {size - 65536, 100}}, []string{"bytes=-65536"}},
		{"size known", size, [][2]int64{{size - 10, 10}}, []string{fmt.Sprintf("bytes=%d-%d", size-65536, size-1)}},
		{"a hole is filled", size, [][2]int64{{size - 200000, 4096}, {size - 195904, 130000}},
			[]string{fmt.Sprintf("bytes=%d-%d", size-65536, size-1), fmt.Sprintf("bytes=%d-%d", size-200000, size-65537)}},
		{"far away", size, [][2]int64{{100, 30}, {130, 4000}, {65636, 10}},
			[]string{fmt.Sprintf("bytes=%d-%d", size-65536, size-1), "bytes=100-16483", "bytes=65636-98403"}},
		{"past the end", size, [][2]int64{{size - 5, 100}}, []string{fmt.Sprintf("bytes=%d-%d", size-65536, size-1)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var asked []string
			url := rangeServer(t, b, &asked)
			f, err := client(t, newClock()).OpenRanges(t.Context(), fetch.Parts{URL: url, Size: tt.known, Limit: size})
			if err != nil {
				t.Fatal(err)
			}
			if f.Size() != size {
				t.Errorf("size %d", f.Size())
			}
			for _, r := range tt.reads {
				p := make([]byte, r[1])
				n, err := f.ReadAt(p, r[0])
				want := b[r[0]:min(r[0]+r[1], size)]
				if !bytes.Equal(p[:n], want) || (n < len(p)) != errors.Is(err, io.EOF) {
					t.Errorf("ReadAt(%d, %d) = %d, %v", r[1], r[0], n, err)
				}
			}
			if diff := cmp.Diff(tt.want, asked); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			if _, ok := f.Whole(); ok {
				t.Error("it isn't whole")
			}
			low := int64(size)
			for _, r := range tt.reads {
				low = min(low, r[0])
			}
			if f.Tail() != size-low {
				t.Errorf("tail %d, want %d", f.Tail(), size-low)
			}
		})
	}
}

func TestRangesRandomly(t *testing.T) {
	t.Parallel()
	const size = 1<<20 + 12345
	b := blob(size)
	var asked []string
	f, err := client(t, newClock()).OpenRanges(t.Context(), fetch.Parts{URL: rangeServer(t, b, &asked), Size: -1, Limit: 2 * size})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		off, n := r.Int64N(size), r.Int64N(10000)
		if r.IntN(10) == 0 {
			if err := f.Prefetch(off, n*20); err != nil {
				t.Fatal(err)
			}
		}
		p := make([]byte, n)
		m, err := f.ReadAt(p, off)
		if !bytes.Equal(p[:m], b[off:min(off+n, size)]) || int64(m) < n && !errors.Is(err, io.EOF) {
			t.Fatalf("ReadAt(%d, %d) = %d, %v", n, off, m, err)
		}
	}
	if err := f.Prefetch(0, size); err != nil {
		t.Fatal(err)
	}
	if sum, ok := f.Whole(); !ok || sum != sha256.Sum256(b) {
		t.Errorf("whole: %v", ok)
	}
	n := len(asked)
	if _, err := f.ReadAt(make([]byte, size), 0); err != nil || len(asked) != n {
		t.Errorf("%v, %d more requests", err, len(asked)-n)
	}
}

func TestRangesOfSmallFiles(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 100, 65536, 65537} {
		for _, known := range []bool{true, false} {
			b := blob(size)
			var asked []string
			n := int64(-1)
			if known {
				n = int64(size)
			}
			f, err := client(t, newClock()).OpenRanges(t.Context(), fetch.Parts{URL: rangeServer(t, b, &asked), Size: n, Limit: 1 << 20})
			if err != nil || f.Size() != int64(size) || len(asked) != 1 {
				t.Fatalf("%d: %v, %v", size, err, asked)
			}
			sum, ok := f.Whole()
			if ok != (size <= 65536) || ok && sum != sha256.Sum256(b) {
				t.Errorf("%d: whole = %v", size, ok)
			}
		}
	}
}

func TestRangesNotServed(t *testing.T) {
	t.Parallel()
	big, small := blob(1<<20), blob(100000)
	var n atomic.Int64
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		b := big
		if r.URL.Path == "/small" {
			b = small
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(b)))
		_, _ = w.Write(b)
	})
	c := client(t, newClock())
	f, err := c.OpenRanges(t.Context(), fetch.Parts{URL: url + "/small", Size: int64(len(small)), Limit: 1 << 20})
	if err != nil {
		t.Fatalf("a short file came whole: %v", err)
	}
	if sum, ok := f.Whole(); !ok || sum != sha256.Sum256(small) {
		t.Errorf("whole = %v", ok)
	}
	for range 3 {
		if _, err := c.OpenRanges(t.Context(), fetch.Parts{URL: url + "/big", Size: -1, Limit: 1 << 30}); !errors.Is(err, fetch.ErrNoRanges) {
			t.Errorf("err = %v", err)
		}
	}
	if n.Load() != 2 {
		t.Errorf("%d requests, want 2: the answer is remembered", n.Load())
	}
	d, err := c.Download(t.Context(), fetch.Whole{URL: url + "/big", Limit: 1 << 20})
	if err != nil || d.SHA256 != sha256.Sum256(big) {
		t.Errorf("whole: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func TestRangesWithoutSuffix(t *testing.T) {
	t.Parallel()
	b := blob(1 << 20)
	var asked []string
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("Range"))
		if strings.HasPrefix(r.Header.Get("Range"), "bytes=-") {
			w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
			return
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
	})
	c := client(t, newClock())
	for range 2 {
		f, err := c.OpenRanges(t.Context(), fetch.Parts{URL: url, Size: -1, Limit: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		p := make([]byte, 10)
		if _, err := f.ReadAt(p, 1<<20-10); err != nil || !bytes.Equal(p, b[1<<20-10:]) {
			t.Error(err)
		}
	}
	want := []string{"bytes=-65536", "bytes=0-0", "bytes=983040-1048575", "bytes=0-0", "bytes=983040-1048575"}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A server that answers 206 with something else than was asked for.
func TestRangesLies(t *testing.T) {
	t.Parallel()
	const size = 200000
	for _, tt := range []struct {
		name, contentRange string
		body               int
		known              int64
		want               string
	}{
		{"no Content-Range", "", 65536, -1, "without saying which"},
		{"nonsense", "bytes x-y/z", 65536, -1, "without saying which"},
		{"other unit", "lines 134464-199999/200000", 65536, -1, "without saying which"},
		{"unknown size", "bytes 134464-199999/*", 65536, -1, "without saying which"},
		{"backwards", "bytes 199999-134464/200000", 65536, -1, "without saying which"},
		{"past the end", "bytes 134464-200000/200000", 65537, -1, "without saying which"},
		{"overflow", "bytes 9223372036854775808-9223372036854775809/9223372036854775810", 2, -1, "without saying which"},
		{"not the end", "bytes 0-65535/200000", 65536, -1, "asked for the end, it sent up to byte 65536 of 200000"},
		{"another part", "bytes 5-65540/200000", 65536, size, "asked for byte 134464, it sent from byte 5"},
		{"another size", "bytes 134464-199999/300000", 65536, size, "it says the file has 300000 bytes, not 200000"},
		{"short body", "bytes 134464-199999/200000", 100, -1, "isn't as long as it says"},
		{"long body", "bytes 134464-199999/200000", 70000, -1, "isn't as long as it says"},
		{"over the budget", "bytes 0-1999999999/2000000000", 1, -1, "is over the limit of"},
	} {
		for _, chunked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s chunked=%v", tt.name, chunked), func(t *testing.T) {
				t.Parallel()
				url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Range", tt.contentRange)
					if !chunked {
						w.Header().Set("Content-Length", strconv.Itoa(tt.body))
					}
					w.WriteHeader(http.StatusPartialContent)
					w.(http.Flusher).Flush()
					_, _ = w.Write(make([]byte, tt.body))
				})
				_, err := client(t, newClock()).OpenRanges(t.Context(), fetch.Parts{URL: url, Size: tt.known, Limit: 1 << 20})
				var large *fetch.TooLargeError
				if err == nil || !strings.Contains(err.Error(), tt.want) || !errors.Is(err, fetch.ErrNoRanges) && !errors.As(err, &large) {
					t.Errorf("err = %v, want %s", err, tt.want)
				}
			})
		}
	}
}

func TestRangesOfAFileThatChanges(t *testing.T) {
	t.Parallel()
	b := blob(3 << 20)
	var n atomic.Int64
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", fmt.Sprintf(`"%d"`, n.Add(1)))
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
	})
	f, err := client(t, newClock()).OpenRanges(t.Context(), fetch.Parts{URL: url, Size: -1, Limit: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	// If-Range doesn't hold any more, so the server sends the whole new file.
	if _, err := f.ReadAt(make([]byte, 10), 0); !errors.Is(err, fetch.ErrNoRanges) {
		t.Errorf("err = %v", err)
	}
}

func TestRangesBudget(t *testing.T) {
	t.Parallel()
	b := blob(3 << 20)
	var asked []string
	f, err := client(t, newClock()).OpenRanges(t.Context(), fetch.Parts{URL: rangeServer(t, b, &asked), Size: -1, Limit: 70 << 10})
	if err != nil {
		t.Fatal(err)
	}
	var large *fetch.TooLargeError
	if _, err := f.ReadAt(make([]byte, 1), 0); !errors.As(err, &large) {
		t.Errorf("err = %v", err)
	}
	if _, err := f.ReadAt(make([]byte, 1), -1); err == nil {
		t.Error("a negative offset")
	}
}

func TestRangesEndWithTheirContext(t *testing.T) {
	t.Parallel()
	var asked []string
	ctx, cancel := context.WithCancel(t.Context())
	f, err := client(t, newClock()).OpenRanges(ctx, fetch.Parts{URL: rangeServer(t, blob(3<<20), &asked), Size: -1, Limit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := f.ReadAt(make([]byte, 1), 0); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}

func TestDownload(t *testing.T) {
	t.Parallel()
	big := blob(20 << 20)
	sum := sha256.Sum256(big)
	var n atomic.Int64
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		first := n.Add(1) == 1
		w.Header().Set("Content-Length", strconv.Itoa(len(big)))
		if first && r.URL.Path == "/cut" {
			_, _ = w.Write(big[:12<<20])
			return
		}
		_, _ = w.Write(big)
	})
	dir := t.TempDir()
	c := client(t, newClock())
	d, err := c.Download(t.Context(), fetch.Whole{URL: url + "/cut", SHA256: &sum, Limit: 20 << 20, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 100)
	if _, err := d.ReadAt(p, 15<<20); err != nil || !bytes.Equal(p, big[15<<20:][:100]) || d.Size() != 20<<20 {
		t.Errorf("%v, size %d", err, d.Size())
	}
	if n.Load() != 2 {
		t.Errorf("%d requests", n.Load())
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}

	var hash *fetch.HashError
	n.Store(1)
	wrong := [32]byte{1}
	if _, err := c.Download(t.Context(), fetch.Whole{URL: url, SHA256: &wrong, Limit: 20 << 20, Dir: dir}); !errors.As(err, &hash) || n.Load() != 2 {
		t.Errorf("err = %v after %d requests", err, n.Load()-1)
	} else if want := fmt.Sprintf("%s: sha256 is %x, not %x as the index says", url, sum, wrong); err.Error() != want {
		t.Errorf("err = %v", err)
	}
	var large *fetch.TooLargeError
	if _, err := c.Download(t.Context(), fetch.Whole{URL: url, Limit: 20<<20 - 1, Dir: dir}); !errors.As(err, &large) {
		t.Errorf("err = %v", err)
	}
	if _, err := c.Download(t.Context(), fetch.Whole{URL: url, Limit: 20 << 20, Dir: dir + "/missing"}); err == nil || !strings.Contains(err.Error(), "no room for a download") {
		t.Errorf("err = %v", err)
	}
	if left := dirEntries(t, dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// What is forgotten is fetched anew when it is read; the rest is not.
func TestRangesForget(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	b := blob(size)
	var asked []string
	url := rangeServer(t, b, &asked)
	c := fetch.NewClient(fetch.NewTransport(fetch.TransportOptions{}), fetch.NewRetrier(fetch.RetryOptions{Retries: -1}))
	f, err := c.OpenRanges(t.Context(), fetch.Parts{URL: url, Size: size, Tail: 1000, Limit: 10 << 20})
	if err != nil {
		t.Fatal(err)
	}
	read := func(off, n int) {
		t.Helper()
		got := make([]byte, n)
		if _, err := f.ReadAt(got, int64(off)); err != nil || !bytes.Equal(got, b[off:off+n]) {
			t.Errorf("%d bytes from %d are wrong, %v", n, off, err)
		}
	}
	if err := f.Prefetch(1000, 5000); err != nil {
		t.Fatal(err)
	}
	f.Forget(2000, 1000)
	f.Forget(0, 1500)
	f.Forget(size-100, 1000)
	asked = nil
	read(1500, 500)
	read(3000, 3000)
	read(size-1000, 900)
	if len(asked) != 0 {
		t.Errorf("asked again for what was kept: %q", asked)
	}
	read(1500, 4500)
	read(size-100, 100)
	if diff := cmp.Diff([]string{"bytes=2000-2999", fmt.Sprintf("bytes=%d-%d", size-100, size-1)}, asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	f.SetLimit(99)
	var large *fetch.TooLargeError
	if err := f.Prefetch(100000, 100); !errors.As(err, &large) {
		t.Errorf("over the limit: %v", err)
	}
	f.SetLimit(100)
	if err := f.Prefetch(100000, 100); err != nil {
		t.Errorf("at the limit: %v", err)
	}
}
