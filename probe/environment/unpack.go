package environment

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// unpack puts a wheel into the store.
func (s *Store) unpack(ctx context.Context, filename string, f File, sum [32]byte) error {
	t, err := s.temp()
	if err != nil {
		return err
	}
	defer t.close()
	dir := filepath.Join(t.dir, "new")
	if err := os.MkdirAll(filepath.Join(dir, filesName), 0o755); err != nil {
		return &StoreError{s.dir, err}
	}
	src := &source{r: f}
	m, err := unpackWheel(ctx, dir, filename, src, f.Size(), s.Limits, runtime.GOMAXPROCS(0))
	switch w := (*writeError)(nil); {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &w):
		return &StoreError{s.dir, w.err}
	case src.failed() != nil:
		return fmt.Errorf("%s: %w", filename, src.failed())
	case err != nil:
		return &WheelError{filename, err}
	}
	if err := m.write(dir); err != nil {
		return &StoreError{s.dir, err}
	}
	return s.publish(dir, s.path(sum))
}

// writeError is a failure to write, as opposed to one to read.
type writeError struct{ err error }

func (e *writeError) Error() string { return e.err.Error() }
func (e *writeError) Unwrap() error { return e.err }

// A source passes reads on and keeps the first error that is not the end, so
// that a failure to get a wheel's bytes can be told from a fault in them.
type source struct {
	r io.ReaderAt

	mu  sync.Mutex
	err error
}

func (s *source) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.r.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) {
		s.mu.Lock()
		if s.err == nil {
			s.err = err
		}
		s.mu.Unlock()
	}
	return n, err
}

func (s *source) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// unpackWheel checks a wheel and writes its files to dir, several at a time. The
// manifest it returns is not written.
func unpackWheel(ctx context.Context, dir, filename string, r io.ReaderAt, size int64, limits Limits, jobs int) (*manifest, error) {
	name, err := wheeltags.ParseFilename(filename)
	if err != nil {
		return nil, err
	}
	a, err := openArchive(r, size, limits)
	if err != nil {
		return nil, err
	}
	if err := a.checkControl(&name); err != nil {
		return nil, err
	}
	u := &unpacker{archive: a, dir: filepath.Join(dir, filesName), manifest: &manifest{info: a.info}}
	if err := u.promises(); err != nil {
		return nil, err
	}
	if err := u.folders(); err != nil {
		return nil, err
	}
	u.files = make([]storedFile, len(a.members))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(jobs)
	for i := range a.members {
		group.Go(func() error { return u.unpack(ctx, i) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	slices.SortFunc(u.files, func(a, b storedFile) int { return strings.Compare(a.path, b.path) })
	return u.manifest, nil
}

// checkControl reads the files that say what the wheel is.
func (a *archive) checkControl(name *wheeltags.Filename) error {
	if err := a.owns(name.Name); err != nil {
		return err
	}
	for _, file := range []struct {
		name     string
		optional bool
		check    func([]byte) error
	}{
		{"WHEEL", false, checkWheelFile},
		{"METADATA", false, func(b []byte) error {
			m, err := simple.ParseMetadata(b)
			if err != nil {
				return err
			}
			return m.Describes(name.Name, name.Version)
		}},
		{"entry_points.txt", true, func(b []byte) error { _, err := parseEntryPoints(b); return err }},
	} {
		b, err := a.read(file.name)
		switch {
		case err != nil:
			return err
		case b == nil && file.optional:
			continue
		case b == nil:
			return fmt.Errorf("no %s in %s", file.name, a.info)
		}
		if err := file.check(b); err != nil {
			return err
		}
	}
	for i := range a.members {
		if err := checkScheme(a.members[i].path); err != nil {
			return err
		}
	}
	return nil
}

// An unpacker writes the members of an archive to a folder.
type unpacker struct {
	*archive
	*manifest

	dir  string
	rows []*recordRow // by member, nil for one without a row
}

// promises reads RECORD. What it and the archive have apart from each other is
// noted: pip installs such wheels without a word, and uv mends their RECORD.
func (u *unpacker) promises() error {
	text, err := u.read("RECORD")
	if err != nil {
		return err
	}
	if text == nil {
		return fmt.Errorf("no RECORD in %s", u.info())
	}
	rows, err := parseRecord(text)
	if err != nil {
		return fmt.Errorf("RECORD: %w", err)
	}
	u.rows = make([]*recordRow, len(u.members))
	var absent, missing, bare noted
	for i := range rows {
		r := &rows[i]
		// Selenium once had absolute paths in its RECORD.
		clean, err := cleanPath(strings.TrimLeft(r.path, "/"))
		m, ok := u.index[clean]
		switch {
		case err != nil || !ok:
			absent.add(r.path)
		case u.rows[m] != nil && (u.rows[m].digest != r.digest || u.rows[m].size != r.size):
			return fmt.Errorf("RECORD has two different rows for %q", clean)
		default:
			u.rows[m] = r
		}
	}
	for i := range u.members {
		switch p := u.members[i].path; {
		case u.unsigned(p):
			u.rows[i] = nil // nothing can promise its own digest
		case u.rows[i] == nil:
			missing.add(p)
		case u.rows[i].digest == "":
			bare.add(p)
		}
	}
	absent.note(u.manifest, "RECORD lists what is not in the archive")
	missing.note(u.manifest, "the archive holds what RECORD does not list")
	bare.note(u.manifest, "RECORD has no digest of")
	return nil
}

func (u *unpacker) info() string { return u.archive.info }

// unsigned reports whether a file is one that RECORD has no digest of by right.
func (u *unpacker) unsigned(p string) bool {
	name, ok := strings.CutPrefix(p, u.info()+"/")
	return ok && (name == "RECORD" || name == "RECORD.jws" || name == "RECORD.p7s")
}

// noted counts paths with something in common.
type noted struct {
	n     int
	first string
}

func (n *noted) add(p string) {
	if n.n++; n.n == 1 {
		n.first = p
	}
}

func (n *noted) note(m *manifest, what string) {
	switch {
	case n.n == 1:
		m.notes = append(m.notes, fmt.Sprintf("%s: %.200q", what, n.first))
	case n.n > 1:
		m.notes = append(m.notes, fmt.Sprintf("%s: %.200q and %d more", what, n.first, n.n-1))
	}
}

// folders makes the folders of all members.
func (u *unpacker) folders() error {
	made := map[string]bool{}
	for i := range u.members {
		parent := path.Dir(u.members[i].path)
		if made[parent] {
			continue
		}
		made[parent] = true
		if err := os.MkdirAll(filepath.Join(u.dir, filepath.FromSlash(parent)), 0o755); err != nil {
			return &writeError{err}
		}
	}
	return nil
}

// unpack writes one member, and checks what is promised of it.
func (u *unpacker) unpack(ctx context.Context, i int) error {
	m := &u.members[i]
	want, promised := int64(-1), promise{}
	if r := u.rows[i]; r != nil {
		var err error
		if promised, err = promiseOf(r.digest); err != nil {
			return fmt.Errorf("RECORD, %q: %w", m.path, err)
		}
		want = r.size
	}
	if want >= 0 && want != m.size {
		return fmt.Errorf("%q has %d bytes, but RECORD says %d", m.path, m.size, want)
	}
	f, err := u.write(ctx, m, &promised)
	if err != nil {
		return err
	}
	if !promised.kept(f.sum) {
		return fmt.Errorf("%q is not what RECORD promises: its digest is another", m.path)
	}
	u.files[i] = f.storedFile
	return nil
}

// written is a file with the digest of what went into it.
type written struct {
	storedFile

	sum [32]byte
}

// write writes one member to its place, read-only.
func (u *unpacker) write(ctx context.Context, m *member, promised *promise) (_ *written, err error) {
	r, err := m.zip.Open()
	if err != nil {
		return nil, fmt.Errorf("%q: %w", m.path, err)
	}
	defer func() { _ = r.Close() }()
	perm := os.FileMode(0o444)
	if m.exec {
		perm = 0o555
	}
	// O_EXCL: what the file system takes for the same name is seen here, whatever
	// its rules are.
	f, err := os.OpenFile(filepath.Join(u.dir, filepath.FromSlash(m.path)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		if os.IsExist(err) {
			return nil, fmt.Errorf("member %q: this system takes it for another one of the archive", m.path)
		}
		return nil, &writeError{err}
	}
	defer func() {
		if cerr := f.Close(); err == nil && cerr != nil {
			err = &writeError{cerr}
		}
	}()
	sha, find := sha256.New(), newInitFinder(m.path)
	out := []io.Writer{sha}
	if promised.hash != nil {
		out = append(out, promised.hash)
	}
	if find != nil {
		out = append(out, find)
	}
	if err := copyMember(ctx, f, io.MultiWriter(out...), r, m); err != nil {
		return nil, err
	}
	w := &written{storedFile: storedFile{path: m.path, size: m.size, module: find.found()}}
	sha.Sum(w.sum[:0])
	w.digest = recordDigest(w.sum)
	w.stamp, err = seal(f, perm)
	return w, err
}

// copyMember copies a member's bytes, neither more nor less than are promised.
func copyMember(ctx context.Context, f *os.File, sums io.Writer, r io.Reader, m *member) error {
	buf := make([]byte, min(m.size+1, 256<<10))
	var total int64
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		n, err := r.Read(buf)
		if total += int64(n); total > m.size {
			return fmt.Errorf("%q is larger than the archive promises", m.path)
		}
		if _, werr := f.Write(buf[:n]); werr != nil {
			return &writeError{werr}
		}
		_, _ = sums.Write(buf[:n]) // hashes never fail
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%q: %w", m.path, err)
		}
	}
	if total != m.size {
		return fmt.Errorf("%q is smaller than the archive promises", m.path)
	}
	return nil
}

// seal gives a file of the store its mode, which a umask may have narrowed, and
// returns its stamp.
func seal(f *os.File, perm os.FileMode) (stamp, error) {
	info, err := f.Stat()
	if err == nil && info.Mode().Perm() != perm && runtime.GOOS != "windows" {
		if err = f.Chmod(perm); err == nil {
			info, err = f.Stat()
		}
	}
	if err != nil {
		return stamp{}, &writeError{err}
	}
	return stampOf(info), nil
}
