package runtime

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits bound what an archive may unpack to.
type Limits struct {
	// Bytes is the size of all files together, Entries their number with folders
	// and links.
	Bytes   int64
	Entries int
}

// archiveLimits are for an installation of CPython: the largest so far has 300
// MB in 9000 entries.
func archiveLimits() Limits { return Limits{Bytes: 4 << 30, Entries: 200_000} }

// maxName is the length of the longest name in an archive, in bytes.
const maxName = 1024

// An ArchiveError says why an archive was not unpacked to its end.
type ArchiveError struct {
	// Entry is the name the fault is about, "" if it is about the whole.
	Entry string
	Err   error
}

func (e *ArchiveError) Error() string {
	if e.Entry == "" {
		return "archive: " + e.Err.Error()
	}
	return fmt.Sprintf("archive: %.200q: %v", e.Entry, e.Err)
}

func (e *ArchiveError) Unwrap() error { return e.Err }

// Unpack unpacks a .tar.gz into an existing empty directory and leaves out the
// folder that every name in it must begin with. It writes nothing outside of
// dir, follows no link that the archive brought, and makes nothing but files,
// folders and links that end within dir. Modes are reduced to whether a file may
// be executed; times are kept. What it has unpacked when it fails, stays: the
// caller removes the directory.
func Unpack(ctx context.Context, r io.Reader, dir, folder string, limits Limits) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		return &ArchiveError{Err: err}
	}
	return UnpackTar(ctx, z, dir, folder, limits)
}

// UnpackTar is [Unpack] for an archive that is not compressed, or not any more.
// With "" for the folder, nothing is left out.
func UnpackTar(ctx context.Context, r io.Reader, dir, folder string, limits Limits) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	u := unpacker{root: root, folder: folder, limits: limits, made: map[string]entryKind{".": kindFolder}}
	for t := tar.NewReader(r); ; {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return &ArchiveError{Err: err}
		}
		if err := u.add(ctx, h, t); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return &ArchiveError{h.Name, err}
		}
	}
	// The rest of a compressed stream holds its checksum; padding of some size is usual.
	const padding = 1 << 20
	if n, err := io.Copy(io.Discard, io.LimitReader(r, padding+1)); err != nil {
		return &ArchiveError{Err: err}
	} else if n > padding {
		return &ArchiveError{Err: errors.New("it goes on after its end")}
	}
	return u.finish()
}

// An entryKind is what an unpacker made under a name.
type entryKind uint8

const (
	kindFolder entryKind = iota + 1
	kindFile
	kindLink
)

type unpacker struct {
	root   *os.Root
	folder string
	limits Limits
	bytes  int64
	count  int
	made   map[string]entryKind // by path
	times  []folderTime
}

// A folderTime is set at the end, as what is put in a folder changes it.
type folderTime struct {
	name string
	at   time.Time
}

func (u *unpacker) add(ctx context.Context, h *tar.Header, body io.Reader) error {
	if u.count++; u.count > u.limits.Entries {
		return fmt.Errorf("more than %d entries", u.limits.Entries)
	}
	if h.Typeflag == tar.TypeXGlobalHeader {
		return nil
	}
	name, err := u.place(h.Name)
	if err != nil {
		return err
	}
	if name == "." {
		if h.Typeflag != tar.TypeDir {
			return errors.New("not a folder")
		}
		return nil
	}
	if err := u.folders(path.Dir(name)); err != nil {
		return err
	}
	switch h.Typeflag {
	case tar.TypeDir:
		u.times = append(u.times, folderTime{name, h.ModTime})
		return u.folders(name)
	case tar.TypeReg:
		return u.file(ctx, name, h, body)
	case tar.TypeSymlink:
		return u.symlink(name, h.Linkname)
	case tar.TypeLink:
		return u.hardlink(name, h.Linkname)
	}
	return fmt.Errorf("neither a file, a folder nor a link (type %q)", h.Typeflag)
}

// place returns the path below the root that a name in the archive stands for.
func (u *unpacker) place(name string) (string, error) {
	switch {
	case len(name) > maxName:
		return "", fmt.Errorf("a name of %d bytes", len(name))
	case !utf8.ValidString(name) || strings.IndexFunc(name, unicode.IsControl) >= 0:
		return "", errors.New("not a name in UTF-8")
	case strings.Contains(name, `\`):
		return "", errors.New("a backslash, which some systems take for a slash")
	case path.IsAbs(name):
		return "", errors.New("an absolute path")
	case slices.Contains(strings.Split(name, "/"), ".."):
		return "", errors.New("it leads out of the archive")
	}
	name = path.Clean(name)
	if name == u.folder || u.folder == "" && name == "." {
		return ".", nil
	}
	if u.folder != "" {
		below, ok := strings.CutPrefix(name, u.folder+"/")
		if !ok {
			return "", fmt.Errorf("not in the folder %s", u.folder)
		}
		name = below
	}
	if !filepath.IsLocal(filepath.FromSlash(name)) { // a drive, a stream, CON and their like on Windows
		return "", errors.New("not a name of a file on this system")
	}
	return name, nil
}

// folders makes a folder with those above it.
func (u *unpacker) folders(name string) error {
	switch u.made[name] {
	case kindFolder:
		return nil
	case kindFile, kindLink:
		return fmt.Errorf("%s is a file or link before", name)
	}
	if err := u.folders(path.Dir(name)); err != nil {
		return err
	}
	u.made[name] = kindFolder
	err := u.root.Mkdir(filepath.FromSlash(name), 0o755)
	if errors.Is(err, fs.ErrExist) { // under a name that differs in case
		if st, errStat := u.root.Lstat(filepath.FromSlash(name)); errStat == nil && st.IsDir() {
			return nil
		}
	}
	return err
}

// replacing makes something where nothing may be. Where case means nothing, two
// names of an archive can be one; then the later of two files or links counts, as
// with tar.
func (u *unpacker) replacing(name string, create func() error) error {
	err := create()
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	if st, errStat := u.root.Lstat(filepath.FromSlash(name)); errStat != nil || st.IsDir() {
		return err
	}
	if err := u.root.Remove(filepath.FromSlash(name)); err != nil {
		return err
	}
	return create()
}

// claim notes that something is made under a name, once.
func (u *unpacker) claim(name string, kind entryKind) error {
	if u.made[name] != 0 {
		return errors.New("it is there twice")
	}
	u.made[name] = kind
	return nil
}

func (u *unpacker) file(ctx context.Context, name string, h *tar.Header, body io.Reader) error {
	if err := u.claim(name, kindFile); err != nil {
		return err
	}
	if u.bytes += h.Size; h.Size < 0 || u.bytes > u.limits.Bytes {
		return fmt.Errorf("more than %d bytes", u.limits.Bytes)
	}
	mode := fs.FileMode(0o644)
	if h.Mode&0o111 != 0 {
		mode = 0o755
	}
	var f *os.File
	err := u.replacing(name, func() (err error) {
		f, err = u.root.OpenFile(filepath.FromSlash(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		return err
	})
	if err != nil {
		return err
	}
	n, err := io.Copy(f, cancelled{ctx, body})
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if n != h.Size {
		return io.ErrUnexpectedEOF
	}
	return u.stamp(name, h.ModTime)
}

// stamp sets a time that every file system can hold; a .pyc file is valid only
// as long as its source has the time it was compiled with.
func (u *unpacker) stamp(name string, at time.Time) error {
	if at.Unix() <= 0 || at.Unix() > 1<<32-1 {
		return nil
	}
	return u.root.Chtimes(filepath.FromSlash(name), at, at)
}

// symlink makes a link that may lead anywhere within the root. Whether it does is
// seen at the end, when what it passes through is there.
func (u *unpacker) symlink(name, target string) error {
	switch {
	case target == "" || len(target) > maxName || !utf8.ValidString(target) || strings.IndexFunc(target, unicode.IsControl) >= 0:
		return errors.New("a link to no name")
	case path.IsAbs(target) || strings.Contains(target, `\`):
		return fmt.Errorf("an absolute link, to %.200q", target)
	case !filepath.IsLocal(filepath.FromSlash(path.Join(path.Dir(name), target))):
		return fmt.Errorf("a link out of the archive, to %.200q", target)
	}
	if err := u.claim(name, kindLink); err != nil {
		return err
	}
	return u.replacing(name, func() error {
		return u.root.Symlink(filepath.FromSlash(target), filepath.FromSlash(name))
	})
}

// hardlink makes a second name of a file that the archive had before.
func (u *unpacker) hardlink(name, target string) error {
	old, err := u.place(target)
	if err != nil {
		return fmt.Errorf("a link to %.200q: %w", target, err)
	}
	if u.made[old] != kindFile {
		return fmt.Errorf("a link to %.200q, which is no file of the archive", target)
	}
	if err := u.claim(name, kindFile); err != nil {
		return err
	}
	return u.replacing(name, func() error {
		return u.root.Link(filepath.FromSlash(old), filepath.FromSlash(name))
	})
}

// finish checks where the links lead, and sets the times of the folders.
func (u *unpacker) finish() error {
	for name, kind := range u.made {
		if kind != kindLink {
			continue
		}
		if err := u.checkLink(filepath.FromSlash(name)); err != nil {
			return &ArchiveError{path.Join(u.folder, name), err}
		}
	}
	for _, f := range u.times {
		if err := u.stamp(f.name, f.at); err != nil {
			return err
		}
	}
	return nil
}

// checkLink checks where a link leads, through whatever other links. One whose
// target is not there is harmless unless it winds its way.
func (u *unpacker) checkLink(name string) error {
	_, err := u.root.Stat(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return cause(err)
	}
	target, err := u.root.Readlink(name)
	if err != nil {
		return err
	}
	if clean := filepath.Clean(target); clean != target {
		return fmt.Errorf("a link to nothing, to %.200q", target)
	}
	return nil
}

// cancelled is a reader that fails when its context ends.
type cancelled struct {
	ctx context.Context
	r   io.Reader
}

func (c cancelled) Read(p []byte) (int, error) {
	if c.ctx.Err() != nil {
		return 0, context.Cause(c.ctx)
	}
	return c.r.Read(p)
}
