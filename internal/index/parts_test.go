package index

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
)

// The directory of a wheel is there when it is opened, however large it is.
func TestOpenParts(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	const members = 3000
	for i := range members {
		w, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("some/long/folder/with/a/name/file%d.py", i), Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(make([]byte, 500)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	asked, whole := 0, false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if whole {
			r.Header.Del("Range")
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	}))
	t.Cleanup(server.Close)
	open := func(offline bool, size int64) (*fetch.Ranges, error) {
		c, err := New(Options{Indexes: []string{server.URL}, Offline: offline, Now: time.Now, Doer: fetch.NewTransport(fetch.TransportOptions{})})
		if err != nil {
			t.Fatal(err)
		}
		return c.OpenParts(t.Context(), server.URL+"/a-1-py3-none-any.whl#sha256=x", size)
	}
	for _, size := range []int64{-1, int64(len(data))} {
		asked = 0
		f, err := open(false, size)
		if err != nil {
			t.Fatal(err)
		}
		if asked > 2 {
			t.Errorf("size %d: %d requests", size, asked)
		}
		before := asked
		r, err := zip.NewReader(f, f.Size())
		if err != nil || len(r.File) != members || asked != before {
			t.Errorf("size %d: %v, %d requests for the directory", size, err, asked-before)
		}
	}
	if _, err := open(false, 100); !errors.Is(err, fetch.ErrNoRanges) {
		t.Errorf("a wrong size: %v", err)
	}
	if _, err := open(true, -1); !errors.Is(err, ErrOffline) {
		t.Errorf("offline: %v", err)
	}
	whole = true
	if _, err := open(false, -1); !errors.Is(err, fetch.ErrNoRanges) {
		t.Errorf("no ranges: %v", err)
	}
}
