package environment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/ftpkg/ftpkg/internal/cache"
)

// format names the folder of all wheels. It changes with what is in it, so that
// versions of the program that disagree do not meet.
const (
	formatPrefix = "wheels-v"
	format       = formatPrefix + "1"
)

// The parts of a wheel's folder.
const (
	filesName = "files" // as in the archive, or as they are imported
	usedName  = "used"  // its time is when the wheel was last asked for
	pycPrefix = "pyc-"  // a folder of .pyc files for one kind of interpreter
)

// Store keeps wheels unpacked. It is safe for concurrent use, by many processes
// too.
type Store struct {
	// Limits bound what one wheel may unpack to.
	Limits Limits

	dir  string // the caller's
	root string // the folder of all wheels

	mu    sync.Mutex
	busy  map[string]chan struct{} // what is being made, by name
	swept bool                     // leftovers were looked for
}

// OpenStore returns the store in a folder, which is made when the first wheel is
// kept. The folder may be shared with other caches: the store has its own below
// it.
func OpenStore(dir string) *Store {
	return &Store{Limits: defaultLimits(), dir: dir, root: filepath.Join(dir, format), busy: map[string]chan struct{}{}}
}

// Dir returns the folder the store was opened with.
func (s *Store) Dir() string { return s.dir }

// An entry is a wheel in the store.
type entry struct {
	dir    string
	folder fs.FileInfo // of dir, when it was loaded
	sha256 [32]byte
	*manifest

	pyc    *manifest // nil if nothing was compiled
	pycDir string
}

func (e *entry) hex() string { return hex.EncodeToString(e.sha256[:]) }

// path returns where a wheel is, or would be.
func (s *Store) path(sum [32]byte) string {
	return filepath.Join(s.root, hex.EncodeToString(sum[:]))
}

// load returns the wheel with a digest, fs.ErrNotExist if the store lacks it.
func (s *Store) load(sum [32]byte) (*entry, error) {
	dir := s.path(sum)
	folder, err := os.Stat(dir)
	if err != nil {
		return nil, fs.ErrNotExist
	}
	m, err := readManifest(dir)
	if err != nil {
		if errors.Is(err, errManifest) {
			s.discard(dir)
		}
		return nil, fs.ErrNotExist
	}
	return &entry{dir: dir, folder: folder, sha256: sum, manifest: m}, nil
}

// get returns a wheel, fetching and unpacking it if the store lacks it.
func (s *Store) get(ctx context.Context, w *Wheel) (e *entry, unpacked bool, err error) {
	if w.HasSHA256 {
		if e, err := s.load(w.SHA256); err == nil {
			s.touch(e)
			return e, false, nil
		}
		done, err := s.reserve(ctx, hex.EncodeToString(w.SHA256[:]))
		if err != nil {
			return nil, false, err
		}
		defer done()
		if e, err := s.load(w.SHA256); err == nil { // another one made it meanwhile
			s.touch(e)
			return e, false, nil
		}
	}
	f, err := w.Open(ctx)
	if err != nil {
		return nil, false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	sum, err := digest(ctx, f)
	switch {
	case err != nil:
		return nil, false, err
	case w.HasSHA256 && sum != w.SHA256:
		return nil, false, &WheelError{w.Filename, &digestError{w.SHA256, sum}}
	}
	if !w.HasSHA256 {
		done, err := s.reserve(ctx, hex.EncodeToString(sum[:]))
		if err != nil {
			return nil, false, err
		}
		defer done()
		if e, err := s.load(sum); err == nil {
			s.touch(e)
			return e, false, nil
		}
	}
	if err := s.unpack(ctx, w.Filename, f, sum); err != nil {
		return nil, false, err
	}
	e, err = s.load(sum)
	if err != nil {
		return nil, false, &StoreError{s.dir, errors.New("what was just unpacked is gone")}
	}
	return e, true, nil
}

// digestError is a file whose digest is not the promised one.
type digestError struct{ want, got [32]byte }

func (e *digestError) Error() string {
	return "SHA-256 is " + hex.EncodeToString(e.got[:]) + ", not " + hex.EncodeToString(e.want[:])
}

// digest returns the SHA-256 digest of a file.
func digest(ctx context.Context, f File) (sum [32]byte, err error) {
	h := sha256.New()
	r := &contextReader{ctx, io.NewSectionReader(f, 0, f.Size())}
	if _, err := io.CopyBuffer(h, r, make([]byte, 1<<20)); err != nil {
		return sum, err
	}
	h.Sum(sum[:0])
	return sum, nil
}

// A contextReader stops when its context does.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (r *contextReader) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.r.Read(p)
}

// reserve waits until nobody in this process makes the thing of a name; it is
// the caller's until done. Other processes may make it as well: the first one
// that is ready wins, and nothing is lost but time.
func (s *Store) reserve(ctx context.Context, name string) (done func(), err error) {
	for {
		s.mu.Lock()
		wait, taken := s.busy[name]
		if !taken {
			mine := make(chan struct{})
			s.busy[name] = mine
			s.mu.Unlock()
			return func() {
				s.mu.Lock()
				delete(s.busy, name)
				s.mu.Unlock()
				close(mine)
			}, nil
		}
		s.mu.Unlock()
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// touch notes that a wheel is in use. Nothing depends on it but what is pruned.
func (s *Store) touch(e *entry) {
	_ = os.WriteFile(filepath.Join(e.dir, usedName), []byte{'\n'}, 0o600)
}

// discard takes a folder out of the store. Who links files from it at the moment
// finds it gone, and begins again.
func (s *Store) discard(dir string) {
	t, err := s.temp()
	if err != nil {
		_ = os.RemoveAll(dir) // read-only or full: all that can be tried
		return
	}
	defer t.close()
	_ = os.Rename(dir, filepath.Join(t.dir, "old"))
}

// reject throws away a wheel that is not what it was, unless another process has
// done so meanwhile: what now has its name is as good as new. It returns
// errChanged with the reason.
func (s *Store) reject(e *entry, reason error) error {
	if now, err := os.Stat(e.dir); err == nil && os.SameFile(now, e.folder) {
		s.discard(e.dir)
	}
	return fmt.Errorf("%w: %w", errChanged, reason)
}

// publish gives a complete folder its name in the store. Where another process
// was quicker, its folder stays.
func (s *Store) publish(from, to string) error {
	err := os.Rename(from, to)
	if err == nil {
		return nil
	}
	if _, other := os.Stat(filepath.Join(to, manifestName)); other == nil {
		return nil
	}
	s.discard(to) // what stands there is of no use to anyone
	if again := os.Rename(from, to); again == nil {
		return nil
	}
	return &StoreError{s.dir, err}
}

// makeRoot makes the store's folder.
func (s *Store) makeRoot() error {
	if err := os.MkdirAll(s.root, 0o700); err != nil {
		return &StoreError{s.dir, err}
	}
	if err := cache.Mark(s.dir); err != nil {
		return &StoreError{s.dir, err}
	}
	return nil
}

// isEntry reports whether a name of the root is that of a wheel.
func isEntry(name string) bool {
	b, err := hex.DecodeString(name)
	return err == nil && len(b) == sha256.Size && strings.ToLower(name) == name
}
