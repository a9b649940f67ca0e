package gather

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"
	"time"
)

// pipe returns a Reader of a pipe and the pipe's other end.
func pipe(t *testing.T) (*Reader, *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	g, err := New(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return g, w
}

// TestRead writes more than a pipe holds, in lines and at once.
func TestRead(t *testing.T) {
	t.Parallel()
	for name, piece := range map[string]int{"lines": 100, "at once": 1 << 20} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, w := pipe(t)
			want := bytes.Repeat([]byte("0123456789"), 1<<20/10)
			go func() {
				for rest := want; len(rest) > 0; {
					n, err := w.Write(rest[:min(piece, len(rest))])
					if err != nil {
						t.Error(err)
						return
					}
					rest = rest[n:]
				}
				_ = w.Close()
			}()
			got, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%d bytes, want %d", len(got), len(want))
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestStop ends a Read that waits for somebody who never writes.
func TestStop(t *testing.T) {
	t.Parallel()
	for name, hurried := range map[string]bool{"before Hurry": false, "after Hurry": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, w := pipe(t)
			if _, err := w.WriteString("last words"); err != nil {
				t.Fatal(err)
			}
			if hurried {
				r.Hurry()
			}
			buf := make([]byte, 100)
			if n, err := r.Read(buf); err != nil || string(buf[:n]) != "last words" {
				t.Fatalf("%q, %v", buf[:n], err)
			}
			ended := make(chan error, 1)
			go func() {
				_, err := r.Read(buf)
				ended <- err
			}()
			select {
			case err := <-ended:
				t.Fatalf("it ended by itself: %v", err)
			case <-time.After(20 * time.Millisecond):
			}
			r.Hurry() // and once more
			r.Stop()
			r.Stop()
			select {
			case err := <-ended:
				if err == nil || errors.Is(err, io.EOF) {
					t.Errorf("%v is not what a stopped one returns", err)
				}
			case <-time.After(10 * time.Second):
				t.Fatal("it does not end")
			}
		})
	}
}

// TestHurry does not wait once the writer is gone.
func TestHurry(t *testing.T) {
	t.Parallel()
	r, w := pipe(t)
	ended := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, r)
		ended <- err
	}()
	time.Sleep(5 * longest) // now it looks rarely
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r.Hurry()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it does not end")
	}
}

// TestClosed takes a pipe that is none any more.
func TestClosed(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	if g, err := New(r); err == nil {
		if _, err := g.Read(make([]byte, 1)); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("reading it gives %v", err)
		}
	}
}
