package inspect

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/index"
)

// Remote is what wheels are fetched from; an [index.Client] is one.
type Remote interface {
	// OpenParts opens a wheel to read parts of it; the error wraps
	// [fetch.ErrNoRanges] if there are only whole files.
	OpenParts(ctx context.Context, url string, size int64) (*fetch.Ranges, error)
	// Open gets a file whole, and checks a digest that is not nil.
	Open(ctx context.Context, url string, digest *[32]byte) (index.File, error)
}

// Options say how a [Reader] works. The zero value is one for local files that
// keeps nothing.
type Options struct {
	// Remote is nil if only files of this machine are read.
	Remote Remote
	// CacheDir is where verdicts are kept, "" for nowhere.
	CacheDir string
	// TempDir is for large files while they are read, "" for the system's.
	TempDir string
	// Jobs bounds how many wheels are read at once; 0 is some.
	Jobs int
}

// defaultJobs lets the network and the processors both have something to do.
const defaultJobs = 8

// inMemory bounds what unpacked files take in memory at once, in bytes.
const inMemory = 512 << 20

// A Reader reads wheels. Its methods may be called by several goroutines.
type Reader struct {
	o      Options
	memory *memory
	room   *semaphore.Weighted

	mu     sync.Mutex
	flying map[string]*flight
}

// A flight is a wheel that is being read, whoever wants it.
type flight struct {
	done  chan struct{}
	wheel *Wheel
	err   error
}

// NewReader returns a reader.
func NewReader(o Options) *Reader {
	if o.Jobs <= 0 {
		o.Jobs = defaultJobs
	}
	return &Reader{o: o, memory: newMemory(o.CacheDir), room: semaphore.NewWeighted(inMemory), flying: map[string]*flight{}}
}

// CacheErr returns why verdicts are not kept any more, nil if they are.
func (r *Reader) CacheErr() error { return r.memory.err() }

// Wheel reads a wheel, or recalls what was read of it. The error is a
// [wheeltags.FilenameError], a [ReadError], one of a local file, or what
// [Options.Remote] had. Faults of single members are in the wheel's findings.
// The wheel must not be changed.
func (r *Reader) Wheel(ctx context.Context, s Source) (*Wheel, error) {
	w, err := r.once(ctx, s)
	if err != nil || w.Yanked == s.Yanked {
		return w, err
	}
	copied := *w
	copied.Yanked = s.Yanked
	return &copied, nil
}

// once reads a wheel that several ask for at the same time only once.
func (r *Reader) once(ctx context.Context, s Source) (*Wheel, error) {
	if s.SHA256 == "" || s.At != nil {
		return r.wheel(ctx, s)
	}
	key := s.Index + "\n" + s.SHA256 + "\n" + s.Name
	for {
		r.mu.Lock()
		f, ok := r.flying[key]
		if !ok {
			f = &flight{done: make(chan struct{})}
			r.flying[key] = f
			r.mu.Unlock()
			f.wheel, f.err = r.wheel(ctx, s)
			r.mu.Lock()
			delete(r.flying, key) // the cache has it, or it is to be tried again
			r.mu.Unlock()
			close(f.done)
			return f.wheel, f.err
		}
		r.mu.Unlock()
		select {
		case <-f.done:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		// Another one's end is not ours.
		if !errors.Is(f.err, context.Canceled) && !errors.Is(f.err, context.DeadlineExceeded) {
			return f.wheel, f.err
		}
	}
}

func (r *Reader) wheel(ctx context.Context, s Source) (*Wheel, error) {
	d, err := describe(s.Name)
	if err != nil {
		return nil, err
	}
	promised, err := s.digest()
	if err != nil {
		return nil, err
	}
	path, err := s.path()
	switch {
	case err != nil:
		return nil, err
	case s.At != nil:
		return r.local(ctx, d, s.At, s.Size, promised)
	case path != "":
		return r.file(ctx, d, path, promised)
	}
	d.SHA256 = s.SHA256
	if promised != nil {
		if w := r.memory.recall(&d.Wheel, s.Index, *promised); w != nil {
			return w, nil
		}
	}
	if r.o.Remote == nil {
		return nil, fmt.Errorf("%s: there is no network to read it from", s.Name)
	}
	return r.remote(ctx, d, s, promised)
}

// file reads a wheel on this machine.
func (r *Reader) file(ctx context.Context, d *described, path string, promised *[32]byte) (*Wheel, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", path)
	}
	sum, err := digestOf(ctx, f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if promised != nil && *promised != sum {
		return nil, &fetch.HashError{RedactedURL: path, Want: *promised, Got: sum}
	}
	return r.local(ctx, d, f, info.Size(), &sum)
}

// digestOf is the digest of a file.
func digestOf(ctx context.Context, r io.ReaderAt, size int64) ([32]byte, error) {
	h := sha256.New()
	b := make([]byte, 1<<20)
	src := io.NewSectionReader(r, 0, size)
	for {
		n, err := src.Read(b)
		h.Write(b[:n])
		if errors.Is(err, io.EOF) {
			return [32]byte(h.Sum(nil)), nil
		}
		if err != nil {
			return [32]byte{}, err
		}
		if ctx.Err() != nil {
			return [32]byte{}, context.Cause(ctx)
		}
	}
}

// local reads a wheel whose bytes are at hand. A digest that is not nil is known to
// be theirs.
func (r *Reader) local(ctx context.Context, d *described, at io.ReaderAt, size int64, digest *[32]byte) (*Wheel, error) {
	if digest != nil {
		d.SHA256 = hex.EncodeToString(digest[:])
		if w := r.memory.recall(&d.Wheel, here, *digest); w != nil {
			return w, nil
		}
	}
	src := &faultyReader{ReaderAt: at}
	a, _, err := openArchive(src, size)
	if err != nil {
		return nil, src.fault(d.File, err)
	}
	x := r.examine(d, a)
	g, inner := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range a.members {
		g.Go(func() error { return x.member(inner, i) })
	}
	x.metadata()
	if err := g.Wait(); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, fmt.Errorf("%s: %w", d.File, err)
	}
	if src.failed() {
		return nil, src.fault(d.File, nil)
	}
	w := x.wheel()
	if digest != nil {
		r.memory.keep(w, here, *digest)
	}
	return w, nil
}

// Wheels reads several wheels at once. What came of each stands at its source's
// place: a wheel, or an error. read, if not nil, is called after each with how many
// were read so far; the calls do not overlap.
func (r *Reader) Wheels(ctx context.Context, sources []Source, read func(done int)) ([]*Wheel, []error) {
	wheels, errs := make([]*Wheel, len(sources)), make([]error, len(sources))
	var g errgroup.Group
	g.SetLimit(r.o.Jobs)
	var mu sync.Mutex
	done := 0
	for i := range sources {
		g.Go(func() error {
			wheels[i], errs[i] = r.Wheel(ctx, sources[i])
			mu.Lock()
			defer mu.Unlock()
			done++
			if read != nil {
				read(done)
			}
			return nil
		})
	}
	_ = g.Wait() // each keeps its own error
	return wheels, errs
}
