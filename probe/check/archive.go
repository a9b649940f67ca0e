package check

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"math"
	"path"
	"strings"
)

// Limits of what is read of one wheel. The largest ones there are unpack to some
// five gigabytes.
const (
	maxFiles   = 200_000
	maxBytes   = 16 << 30
	maxControl = 16 << 20 // METADATA, WHEEL
	maxRecord  = 64 << 20
	maxModule  = 1 << 30
)

// What a wheel may unpack to: as much as the default index accepts, which is any ratio
// below a size in bytes, and this many times the file's own size above it.
const (
	bombFrom  = 64 << 20
	bombRatio = 50
)

// A member is one file of a wheel.
type member struct {
	path string
	zip  *zip.File
	// sums are the digests of the contents that were asked for, by the names RECORD
	// has for them, and size their length.
	sums map[string][]byte
	size int64
	// unread says why they could not be read, nil if they were or were never tried.
	unread error
}

// archive reads the list of a zip file's members and says what is wrong with it:
// refused are the names of those that are not read. Of a zip file that cannot be
// read at all, ok is false.
func archive(r io.ReaderAt, size int64, found func(member, rule, message string)) (members []*member, refused map[string]bool, ok bool) {
	z, err := zip.NewReader(io.NewSectionReader(r, 0, size), size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		found("", ruleArchive, "it is no zip file that can be read: "+trim(err.Error()))
		return nil, nil, false
	}
	if len(z.File) > maxFiles {
		found("", ruleArchive, fmt.Sprintf("it has %d members; installers and this check refuse more than %d", len(z.File), maxFiles))
		return nil, nil, false
	}
	if unpacked := unpackedSize(z.File); unpacked > bombFrom && unpacked/bombRatio >= uint64(max(size, 1)) {
		found("", ruleArchive, fmt.Sprintf("it unpacks to %d MiB, more than %d times its own size, which indexes refuse; it was not read", unpacked>>20, bombRatio))
		return nil, nil, false
	}
	refused = map[string]bool{}
	seen, folded := map[string]bool{}, map[string]string{}
	room := uint64(maxBytes)
	for _, f := range z.File {
		if why := unsafe(f); why != "" {
			found(printable(f.Name), ruleArchive, why)
			refused[f.Name] = true
			continue
		}
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if seen[f.Name] {
			found(f.Name, ruleArchive, "the archive has it twice; which of the two is installed depends on the installer")
			continue
		}
		seen[f.Name] = true
		lower := strings.ToLower(f.Name)
		if other, ok := folded[lower]; ok {
			found(f.Name, ruleArchive, "on Windows and macOS it is the same file as "+other)
		}
		folded[lower] = f.Name
		if f.UncompressedSize64 > room {
			found(f.Name, ruleArchive, fmt.Sprintf("with it, the wheel unpacks to more than %d GiB; it was not read", maxBytes>>30))
			refused[f.Name] = true
			continue
		}
		room -= f.UncompressedSize64
		members = append(members, &member{path: f.Name, zip: f})
	}
	for _, m := range members {
		for dir := path.Dir(m.path); dir != "."; dir = path.Dir(dir) {
			if seen[dir] {
				found(m.path, ruleArchive, dir+" is both a file and a folder")
				break
			}
		}
	}
	return members, refused, true
}

// unpackedSize is what all members unpack to at most, in bytes: what they promise, or
// less where so much cannot be packed into so little. Those that promise more than that
// are found when they are read.
func unpackedSize(files []*zip.File) uint64 {
	var sum uint64
	for _, f := range files {
		size := plausibleSize(f)
		if sum+size < sum {
			return math.MaxUint64
		}
		sum += size
	}
	return sum
}

// plausibleSize is what a member unpacks to at most, in bytes.
func plausibleSize(f *zip.File) uint64 {
	const most = 1032 // times its size; deflate cannot do more
	if f.CompressedSize64 > math.MaxUint64/most {
		return f.UncompressedSize64
	}
	return min(f.UncompressedSize64, f.CompressedSize64*most)
}

// unsafe says why a member must not be unpacked, "" if it may.
func unsafe(f *zip.File) string {
	name := strings.TrimSuffix(f.Name, "/")
	const encrypted = 1
	switch mode := f.Mode(); {
	case name == "" || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "its name is empty, or has control characters"
	case strings.HasPrefix(name, "/") || len(name) > 1 && name[1] == ':':
		return "its path is absolute"
	case strings.Contains(name, `\`):
		return `its path has a \, which is a separator on Windows alone`
	case !fs.ValidPath(name):
		return "its path has empty parts, or parts that are . or .."
	case mode&fs.ModeSymlink != 0:
		return "it is a symbolic link, which wheels cannot have"
	case mode.Type() != 0 && !mode.IsDir():
		return "it is a special file"
	case f.Flags&encrypted != 0:
		return "it is encrypted"
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return fmt.Sprintf("it is compressed by method %d; installers know only 0 and 8", f.Method)
	case strings.HasSuffix(f.Name, "/") && f.UncompressedSize64 > 0:
		return "it is a folder with contents"
	}
	return ""
}

// read reads a member to its end and digests it as asked; up to limit bytes of it are
// returned, nil for a member that is larger. Failures are kept in the member.
func (m *member) read(ctx context.Context, algorithms []string, limit int64) ([]byte, error) {
	r, err := m.zip.Open()
	if err != nil {
		m.unread = err
		return nil, nil
	}
	defer func() { _ = r.Close() }() // only read
	hashes := map[string]hash.Hash{}
	writers := []io.Writer{}
	for _, name := range algorithms {
		if h := newHash(name); h != nil && hashes[name] == nil {
			hashes[name] = h
			writers = append(writers, h)
		}
	}
	kept := &keeper{left: limit}
	if size := plausibleSize(m.zip); size <= uint64(max(limit, 0)) {
		kept.bytes = make([]byte, 0, size)
	}
	writers = append(writers, kept)
	// The length is not believed: what comes is counted.
	m.size, err = io.Copy(io.MultiWriter(writers...), &interruptible{ctx, r})
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		m.unread = err
		return nil, nil
	}
	m.sums = map[string][]byte{}
	for name, h := range hashes {
		m.sums[name] = h.Sum(nil)
	}
	return kept.bytes, nil
}

func newHash(name string) hash.Hash {
	switch name {
	case "sha256":
		return sha256.New()
	case "sha384":
		return sha512.New384()
	case "sha512":
		return sha512.New()
	}
	return nil
}

// A keeper keeps what is written to it, unless that is more than it has room for.
type keeper struct {
	bytes []byte
	left  int64
	full  bool
}

func (k *keeper) Write(p []byte) (int, error) {
	if k.full || int64(len(p)) > k.left {
		k.full, k.bytes = true, nil
		return len(p), nil
	}
	k.left -= int64(len(p))
	k.bytes = append(k.bytes, p...)
	return len(p), nil
}

// An interruptible reader ends with its context.
type interruptible struct {
	ctx context.Context
	r   io.Reader
}

func (i *interruptible) Read(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.r.Read(p)
}

// printable makes a hostile name safe to print.
func printable(name string) string { return trim(strings.Trim(fmt.Sprintf("%q", name), `"`)) }

// trim cuts what may be long.
func trim(s string) string { return cut(s, 200) }

// sentence cuts a message that has names of any length in it. Several that are as
// long as file names can be have room.
func sentence(message string) string { return cut(message, 2000) }

// cut keeps at most so many bytes of a text, and says by an ellipsis that it is cut.
func cut(s string, most int) string {
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
