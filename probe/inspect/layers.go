package inspect

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// How layers say that something of a lower one is gone.
const (
	whiteout       = ".wh."
	opaqueWhiteout = ".wh..wh..opq"
)

// A layer is one layer of an image.
type layer struct {
	*collector

	hidden map[string]bool
	hides  []string // paths, and folders whose former contents are hidden
	images bool     // it may be an archive of images itself
}

// layer reads one layer.
func (r *Reader) layer(ctx context.Context, f *io.SectionReader) (*layer, error) {
	plain, err := decompress(f)
	if err != nil {
		return nil, err
	}
	l := &layer{collector: newCollector(), hidden: map[string]bool{}}
	t := tar.NewReader(&limitedReader{plain, maxLayer})
	for n := 0; ; n++ {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			l.hides = sortedKeys(l.hidden)
			return l, nil
		}
		switch {
		case err != nil:
			return nil, fmt.Errorf("not an archive, or a damaged one: %w", err)
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case n == maxEntries:
			return nil, fmt.Errorf("more than %d files are not read", maxEntries)
		}
		if err := r.entry(ctx, l, t, h); err != nil {
			return nil, err
		}
	}
}

// entry adds one member of a layer.
func (r *Reader) entry(ctx context.Context, l *layer, t *tar.Reader, h *tar.Header) error {
	name := strings.TrimPrefix(path.Clean("/"+h.Name), "/")
	dir, base := path.Split(name)
	if rest, ok := strings.CutPrefix(base, whiteout); ok {
		if base == opaqueWhiteout {
			l.hidden[strings.TrimSuffix(dir, "/")] = true
		} else {
			l.hidden[path.Join(dir, rest)] = true
		}
		return nil
	}
	switch h.Typeflag {
	case tar.TypeReg:
		l.images = l.images || name == dockerManifest || name == ociLayout
	case tar.TypeLink:
		// Another name of a file that came before.
		to := strings.TrimPrefix(path.Clean("/"+h.Linkname), "/")
		if modules, ok := l.modules[to]; ok && kindOf(name) == moduleFile {
			l.modules[name] = renamed(modules, name)
		}
		return nil
	case tar.TypeDir:
		return nil
	default: // a file that is replaced by a link is gone
		if kindOf(name) == moduleFile {
			l.hidden[name] = true
		}
		return nil
	}
	switch kindOf(name) {
	case moduleFile:
		return r.moduleEntry(ctx, l, t, name, h.Size)
	case recordFile, metadataFile:
		b, err := io.ReadAll(io.LimitReader(t, maxRecord))
		if err != nil {
			return err
		}
		return l.addInfo(name, bytes.NewReader(b))
	case otherFile:
	}
	return nil
}

// moduleEntry reads an extension module of a layer.
func (r *Reader) moduleEntry(ctx context.Context, l *layer, t io.Reader, name string, size int64) error {
	read, _ := treeReading(name)
	switch {
	case isPlainLibrary(&read.ext) && size >= libraryFrom:
		l.skipped[name] = Skipped{name, size, "a library by its name and size"}
		return nil
	case size > maxMember:
		return l.addModule(&read, nil, fmt.Errorf("over %d GiB", maxMember>>30))
	}
	weight := min(size, spoolFrom)
	if err := r.room.Acquire(ctx, weight); err != nil {
		return err
	}
	defer r.room.Release(weight)
	s, err := newSpool(t, size, r.o.TempDir)
	if err != nil {
		return err
	}
	return errors.Join(l.addModule(&read, s, nil), s.Close())
}

// renamed are the modules of a file under another name of it.
func renamed(modules []Module, name string) []Module {
	read, _ := treeReading(name)
	list := make([]Module, len(modules))
	for i, m := range modules {
		m.Path, m.Module = name, read.ext.Module
		m.Public, m.Test = read.ext.Public && !read.ext.Test, read.ext.Test
		list[i] = m
	}
	return list
}

// A limitedReader fails, rather than ends, at its limit.
type limitedReader struct {
	r    io.Reader
	left int64
}

func (l *limitedReader) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errors.New("it unpacks to more than is read")
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}
