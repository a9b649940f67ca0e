package build

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	ftruntime "github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// A source is an unpacked source of CPython.
type source struct {
	dir     string
	digest  string           // SHA-256 in hex: of the archive, or of the directory's files
	version wheeltags.Python // without a flavour
}

// digestSource returns the digest of an archive, or of a directory.
func digestSource(ctx context.Context, name string) (digest string, isDir bool, err error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", false, err
	}
	if info.IsDir() {
		digest, err = digestDir(ctx, name)
		return digest, true, err
	}
	f, err := os.Open(name)
	if err != nil {
		return "", false, err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, &ctxReader{ctx, f}); err != nil {
		return "", false, err
	}
	return hex.EncodeToString(h.Sum(nil)), false, nil
}

// digestDir returns the digest of a directory's files: the SHA-256 of lines with
// the digest and the name of each, in the order of names. What version control
// and Python leave in a source directory does not count.
func digestDir(ctx context.Context, dir string) (string, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", err
	}
	defer func() { _ = root.Close() }()
	all := sha256.New()
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case d.IsDir() && (d.Name() == ".git" || d.Name() == ".hg" || d.Name() == "__pycache__"):
			return fs.SkipDir
		}
		var content []byte
		switch d.Type() {
		case fs.ModeSymlink:
			target, err := root.Readlink(filepath.FromSlash(name))
			if err != nil {
				return err
			}
			content = []byte("-> " + target)
		case 0:
			if content, err = root.ReadFile(filepath.FromSlash(name)); err != nil {
				return err
			}
		default:
			return nil // a directory; a socket or a pipe is no source
		}
		_, err = fmt.Fprintf(all, "%x  %q\n", sha256.Sum256(content), name)
		return err
	})
	return hex.EncodeToString(all.Sum(nil)), err
}

// openSource returns the source that o names, unpacked below o.Work if it is an
// archive.
func openSource(ctx context.Context, o *Options) (*source, error) {
	digest, isDir, err := digestSource(ctx, o.Source)
	if err != nil {
		return nil, err
	}
	if want := o.SHA256; want != "" && want != digest {
		return nil, &DigestError{Source: o.Source, Want: want, Got: digest}
	}
	s := &source{dir: o.Source, digest: digest}
	if isDir {
		if s.dir, err = filepath.Abs(o.Source); err != nil {
			return nil, err
		}
		if _, err := os.Stat(filepath.Join(s.dir, "Makefile")); err == nil {
			return nil, fmt.Errorf("%s was configured itself, so that it cannot be built elsewhere: run make distclean there", o.Source)
		}
	} else if s.dir, err = unpackSource(ctx, o, digest); err != nil {
		return nil, err
	}
	if s.version, err = readVersion(s.dir); err != nil {
		err = fmt.Errorf("%s: %w", o.Source, err)
		if !isDir {
			err = errors.Join(err, os.RemoveAll(o.unpackedDir(digest)))
		}
		return nil, err
	}
	return s, nil
}

// limits are what a source archive may hold. CPython 3.15 has 5,200 files in 110
// MB.
func limits() ftruntime.Limits { return ftruntime.Limits{Bytes: 2 << 30, Entries: 100_000} }

// unpackSource unpacks an archive, unless an earlier build did, and returns the
// directory with the source.
func unpackSource(ctx context.Context, o *Options, digest string) (string, error) {
	final := o.unpackedDir(digest)
	if _, err := os.Stat(final); err == nil {
		return sourceRoot(final)
	}
	o.step(StepUnpack, 0, 0)
	temp := final + ".part"
	if err := os.RemoveAll(temp); err != nil { // of a build that was killed
		return "", err
	}
	if err := os.MkdirAll(temp, 0o755); err != nil {
		return "", err
	}
	err := unpackArchive(ctx, o, temp)
	if err == nil {
		err = os.Rename(temp, final)
	}
	if err == nil {
		return sourceRoot(final)
	}
	err = errors.Join(err, os.RemoveAll(temp))
	if tool := (*ToolError)(nil); ctx.Err() != nil || errors.As(err, &tool) {
		return "", err
	}
	return "", &ArchiveError{o.Source, err}
}

// sourceRoot is the directory with configure in it: the archive's root, or the
// only directory there.
func sourceRoot(dir string) (string, error) {
	if _, err := os.Stat(filepath.Join(dir, "configure")); err == nil {
		return dir, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	if len(entries) == 1 && entries[0].IsDir() {
		return filepath.Join(dir, entries[0].Name()), nil
	}
	return dir, nil // readVersion says what is missing
}

func unpackArchive(ctx context.Context, o *Options, dir string) error {
	f, err := os.Open(o.Source)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	in := bufio.NewReaderSize(f, 64<<10)
	const magic = 257 // where a tar archive says that it is one
	start, err := in.Peek(magic + 5)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch {
	case bytes.HasPrefix(start, []byte("\x1f\x8b")):
		z, err := gzip.NewReader(in)
		if err != nil {
			return err
		}
		return ftruntime.UnpackTar(ctx, z, dir, "", limits())
	case bytes.HasPrefix(start, []byte("BZh")):
		return ftruntime.UnpackTar(ctx, bzip2.NewReader(in), dir, "", limits())
	case bytes.HasPrefix(start, []byte("\xfd7zXZ\x00")):
		return unpackThrough(ctx, o, "xz", in, dir)
	case bytes.HasPrefix(start, []byte("\x28\xb5\x2f\xfd")):
		return unpackThrough(ctx, o, "zstd", in, dir)
	}
	if len(start) <= magic || string(start[magic:]) != "ustar" {
		return errors.New("neither a tar archive, nor compressed by gzip, bzip2, xz or zstd")
	}
	return ftruntime.UnpackTar(ctx, in, dir, "", limits())
}

// unpackThrough unpacks an archive of a compression that the standard library
// does not know, through the system's program for it.
func unpackThrough(ctx context.Context, o *Options, tool string, in io.Reader, dir string) error {
	program := o.look(tool)
	if program == "" {
		return &ToolError{[]string{tool}}
	}
	toolCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(toolCtx, program, "-d", "-c")
	cmd.Env = o.environ()
	cmd.Stdin = in
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	failed := ftruntime.UnpackTar(ctx, out, dir, "", limits())
	if failed != nil {
		cancel()
	}
	err = cmd.Wait()
	if failed == nil && err != nil {
		failed = fmt.Errorf("%s: %w", tool, err)
	}
	if failed != nil && said.Len() > 0 {
		failed = fmt.Errorf("%w (%s)", failed, bytes.TrimSpace(said.Bytes()))
	}
	return cmp.Or(ctx.Err(), failed)
}

// ctxReader is a reader that fails once its context is done.
type ctxReader struct {
	ctx context.Context //nolint:containedctx // it lives as long as one copy
	r   io.Reader
}

func (r *ctxReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
