package ready

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/ftpkg/ftpkg/internal/cache"
	"github.com/ftpkg/ftpkg/probe/environment"
	"github.com/ftpkg/ftpkg/probe/ready/pyimport"
	"github.com/ftpkg/ftpkg/resolver"
)

// An Archive is a wheel's bytes. One that also has
//
//	Prefetch(off, n int64) error
//
// is told which parts of it will be read.
type Archive interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// A SourceReader reads which imports stand in the source of wheels, and keeps that
// by the wheels' digests.
type SourceReader struct {
	// Open opens a package's wheel.
	Open func(ctx context.Context, p *resolver.Package) (Archive, error)
	// CacheDir is where what was read is kept, "" for nowhere.
	CacheDir string
	// OnWheel, if set, is called when a wheel is about to be read that is not in the
	// cache. It may be called by several goroutines.
	OnWheel func(name string)

	mu   sync.Mutex
	logs map[string]*cache.Log
}

// sources are what the source in one wheel tells.
type sources struct {
	Files    []sourceFile `json:"f"`
	Compiled []string     `json:"x"`
}

// A sourceFile is one file, by its path below the folder of packages.
type sourceFile struct {
	Path string `json:"p"`
	pyimport.File
}

// sourceRules is the version of all that turns source into imports; it is raised
// whenever that changes.
const sourceRules = 1

// What one wheel may hold, and what is read of it.
const (
	maxMembers = 200_000
	maxFile    = 8 << 20 // of a source file, in bytes; of larger ones the beginning is read
	maxSources = 1 << 30 // of all of a wheel, in bytes
)

// read reads a package's wheel, or recalls what was read of it.
func (r *SourceReader) read(ctx context.Context, p *resolver.Package) (*sources, error) {
	log, key := r.log(p)
	if log != nil {
		if text, ok := log.Get(key); ok {
			s := new(sources)
			if json.Unmarshal(text, s) == nil {
				return s, nil
			}
		}
	}
	if r.OnWheel != nil {
		r.OnWheel(p.File)
	}
	a, err := r.Open(ctx, p)
	if err != nil {
		return nil, err
	}
	s, err := readSources(ctx, a)
	if err = errors.Join(err, a.Close()); err != nil {
		return nil, err
	}
	if log != nil {
		if text, err := json.Marshal(s); err == nil {
			_ = log.Put(text, key) // what cannot be kept is read again
		}
	}
	return s, nil
}

// log is where what was read of a package's wheel is kept, nil if that is nowhere:
// apart by who named the wheel, as its digest may be nobody's but his.
func (r *SourceReader) log(p *resolver.Package) (*cache.Log, cache.Key) {
	sum, err := hex.DecodeString(p.SHA256)
	index := source(p).Index
	if r.CacheDir == "" || err != nil || len(sum) != sha256.Size || index == "" {
		return nil, cache.Key{}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.logs == nil {
		r.logs = map[string]*cache.Log{}
	}
	name := index + "\n" + p.Name
	l, ok := r.logs[name]
	if !ok {
		l = cache.Open(r.CacheDir).Bucket(index).Log("imports-" + p.Name)
		r.logs[name] = l
	}
	const kind = 'm'
	return l, cache.Key{Kind: kind, Sum: sha256.Sum256(fmt.Appendf(nil, "%d\n%s\n%x", sourceRules, p.File, sum))}
}

// readSources reads the source in a wheel.
func readSources(ctx context.Context, a Archive) (*sources, error) {
	l := &listener{ReaderAt: a}
	z, err := zip.NewReader(io.NewSectionReader(l, 0, a.Size()), a.Size())
	if err != nil {
		return nil, err
	}
	if len(z.File) > maxMembers {
		return nil, fmt.Errorf("%d members; more than %d are not read", len(z.File), maxMembers)
	}
	s := new(sources)
	wanted := map[string]*zip.File{} // by path
	for _, f := range z.File {
		name, ok := installedAt(f.Name)
		switch {
		case !ok || f.FileInfo().IsDir():
		case strings.HasSuffix(name, ".py"):
			if _, _, ok := moduleName(name); ok {
				wanted[name] = f
			}
		case strings.HasSuffix(name, ".pth") && !strings.Contains(name, "/"):
			wanted[name] = f
		default:
			if _, ok := environment.NewExtension(name); ok {
				s.Compiled = append(s.Compiled, name)
			}
		}
	}
	if err := l.prefetch(wanted, a); err != nil {
		return nil, err
	}
	budget := int64(maxSources)
	for _, name := range sortedByPlace(wanted, l) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		src, err := readMember(wanted[name], min(budget, maxFile))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		budget -= int64(len(src))
		if strings.HasSuffix(name, ".pth") {
			src = startupLines(src)
		}
		s.Files = append(s.Files, sourceFile{name, *pyimport.Scan(src)})
	}
	s.forget()
	slices.SortFunc(s.Files, func(a, b sourceFile) int { return strings.Compare(a.Path, b.Path) })
	return s, nil
}

// installedAt is where a member is put, relative to the folder of packages; ok is
// false if it is put elsewhere, or nowhere.
func installedAt(member string) (name string, ok bool) {
	name = path.Clean(member)
	if strings.HasPrefix(name, "/") || strings.HasPrefix(name, "..") || strings.Contains(name, "\\") {
		return "", false
	}
	first, rest, _ := strings.Cut(name, "/")
	if !strings.HasSuffix(first, ".data") {
		return name, true
	}
	scheme, rest, ok := strings.Cut(rest, "/")
	return rest, ok && (scheme == "purelib" || scheme == "platlib")
}

// readMember unpacks at most so many bytes of a member.
func readMember(f *zip.File, most int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	src, err := io.ReadAll(io.LimitReader(r, most))
	return src, errors.Join(err, r.Close())
}

// startupLines are the lines of a .pth file that are run.
func startupLines(text []byte) []byte {
	var b bytes.Buffer
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		if line := lines.Text(); strings.HasPrefix(line, "import ") || strings.HasPrefix(line, "import\t") {
			b.WriteString(line)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// forget drops the names that no submodule has: only whether a package gives itself
// the name of a submodule is ever asked.
func (s *sources) forget() {
	subs := map[string]bool{} // paths without endings
	for i := range s.Files {
		stem, _ := strings.CutSuffix(strings.TrimSuffix(s.Files[i].Path, ".py"), "/__init__")
		subs[stem] = true
	}
	for _, p := range s.Compiled {
		dir, base := path.Split(p)
		stem, _, _ := strings.Cut(base, ".")
		subs[dir+stem] = true
	}
	for i := range s.Files {
		f := &s.Files[i]
		dir, base := path.Split(f.Path)
		f.Bound = slices.DeleteFunc(f.Bound, func(name string) bool { return base != "__init__.py" || !subs[dir+name] })
	}
}

// A listener stands before an archive's bytes. While it listens it reads nothing and
// notes where it was asked to, which is how it learns where members are.
type listener struct {
	io.ReaderAt

	listening bool
	heard     int64
}

var errListening = errors.New("only where it would be read")

func (l *listener) ReadAt(b []byte, off int64) (int, error) {
	if l.listening {
		l.heard = off
		return 0, errListening
	}
	return l.ReaderAt.ReadAt(b, off)
}

// header is where a member's header begins, -1 if it is beyond the file.
func (l *listener) header(f *zip.File) int64 {
	l.listening, l.heard = true, -1
	defer func() { l.listening = false }()
	_, _ = f.DataOffset() // errListening, or that it is beyond the file
	return l.heard
}

func sortedByPlace(files map[string]*zip.File, l *listener) []string {
	at := map[string]int64{}
	var names []string
	for name, f := range files {
		at[name] = l.header(f)
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(at[a], at[b]), strings.Compare(a, b)) })
	return names
}

// prefetch tells the archive which parts will be read: few requests, and not much
// more than the members take.
func (l *listener) prefetch(files map[string]*zip.File, a Archive) error {
	p, ok := a.(interface{ Prefetch(off, n int64) error })
	if !ok {
		return nil
	}
	const (
		header = 30 + 128 // what stands before a member, with some room
		gap    = 64 << 10 // that is rather read than left out
		chunk  = 4 << 20
	)
	var from, to int64 = -1, -1
	flush := func() error {
		for ; from >= 0 && from < to; from += chunk {
			if err := p.Prefetch(from, min(chunk, to-from)); err != nil {
				return err
			}
		}
		return nil
	}
	for _, name := range sortedByPlace(files, l) {
		f := files[name]
		off := l.header(f)
		if off < 0 {
			continue // reading it says what is wrong
		}
		end := min(off+header+int64(len(f.Name)+len(f.Extra))+int64(min(f.CompressedSize64, maxFile)), a.Size())
		if from >= 0 && off-to <= gap {
			to = max(to, end)
			continue
		}
		if err := flush(); err != nil {
			return err
		}
		from, to = off, end
	}
	return flush()
}
