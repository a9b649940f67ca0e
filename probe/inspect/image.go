package inspect

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
)

// What an archive of an image may hold.
const (
	maxDocument = 16 << 20  // of a manifest, in bytes
	maxBlobs    = 100_000   // members of the outer archive
	maxLayers   = 1000      // of one image
	maxImages   = 100       // in one archive
	maxLayer    = 256 << 30 // of a layer, unpacked, in bytes
	maxEntries  = 20_000_000
)

// An Image is one image of an archive.
type Image struct {
	// Name is its first tag, or its digest or platform; "" for a plain tree.
	Name string
	// Wheels are its packages with extension modules.
	Wheels []*Wheel
}

// Image reads the extension modules in an archive of container images, as docker
// save and podman save write them (manifest.json, or the OCI layout), or in one of
// a root file system, as docker export does. Files that a later layer hides or
// replaces do not count. Layers are read as streams: nothing is unpacked but one
// extension module at a time.
func (r *Reader) Image(ctx context.Context, name string) ([]Image, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", name)
	}
	src := &faultyReader{ReaderAt: f}
	images, err := r.image(ctx, io.NewSectionReader(src, 0, st.Size()))
	if ours := (*roomError)(nil); err != nil && ctx.Err() == nil && !errors.As(err, &ours) {
		err = src.fault(name, err)
	}
	return images, err
}

func (r *Reader) image(ctx context.Context, f *io.SectionReader) ([]Image, error) {
	if compression(f) == "" {
		return r.images(ctx, f)
	}
	root, err := r.layer(ctx, f)
	if err != nil {
		return nil, err
	}
	if !root.images {
		return []Image{{Wheels: root.packages()}}, nil
	}
	// docker save | gzip: which layers count is known at its end, and they lie before.
	s, err := r.unpacked(f)
	if err != nil {
		return nil, err
	}
	images, err := r.images(ctx, io.NewSectionReader(s, 0, s.size))
	return images, errors.Join(err, s.Close())
}

// unpacked is a compressed archive unpacked into a temporary file.
func (r *Reader) unpacked(f *io.SectionReader) (*spool, error) {
	plain, err := decompress(io.NewSectionReader(f, 0, f.Size()))
	if err != nil {
		return nil, err
	}
	return spoolAll(&limitedReader{plain, maxLayer}, r.o.TempDir)
}

// images reads an archive that is not compressed as a whole.
func (r *Reader) images(ctx context.Context, f *io.SectionReader) ([]Image, error) {
	b, err := openBundle(ctx, f)
	if err != nil {
		return nil, err
	}
	manifests, err := b.manifests()
	if err != nil {
		return nil, err
	}
	if manifests == nil { // a root file system
		c, err := r.layer(ctx, io.NewSectionReader(f, 0, f.Size()))
		if err != nil {
			return nil, err
		}
		return []Image{{Wheels: c.packages()}}, nil
	}
	var images []Image
	read := map[string]*layer{} // layers are shared between images
	for _, m := range manifests {
		if len(m.layers) > maxLayers {
			return nil, fmt.Errorf("more than %d layers are not read", maxLayers)
		}
		all := newCollector()
		for _, name := range m.layers {
			if read[name] == nil {
				part := b.section(name)
				if part == nil {
					return nil, fmt.Errorf("the layer %s is not in the archive", shortName(name))
				}
				l, err := r.layer(ctx, part)
				if err != nil {
					return nil, fmt.Errorf("layer %s: %w", shortName(name), err)
				}
				read[name] = l
			}
			for _, hidden := range read[name].hides {
				all.remove(hidden)
			}
			all.merge(read[name].collector)
		}
		images = append(images, Image{m.name, all.packages()})
	}
	return images, nil
}

// The files by which an archive of images is known: docker's, and that of the OCI.
const (
	dockerManifest = "manifest.json"
	ociLayout      = "oci-layout"
)

// A bundle is an archive of images: where its members lie.
type bundle struct {
	f     *io.SectionReader
	parts map[string]span
	links map[string]string
}

// openBundle lists the members of an archive that is not compressed.
func openBundle(ctx context.Context, f *io.SectionReader) (*bundle, error) {
	b := &bundle{f: f, parts: map[string]span{}, links: map[string]string{}}
	rest := io.NewSectionReader(f, 0, f.Size())
	t := tar.NewReader(rest)
	for n := 0; ; n++ {
		h, err := t.Next()
		if errors.Is(err, io.EOF) && n > 0 {
			return b, nil
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil, errors.New("an empty archive")
		case err != nil:
			return nil, fmt.Errorf("not an archive of an image: %w", err)
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		}
		if n == maxBlobs {
			// Only a root file system has so many.
			return &bundle{f: f}, nil
		}
		name := path.Clean(strings.TrimPrefix(h.Name, "/"))
		switch h.Typeflag {
		case tar.TypeReg:
			at, err := rest.Seek(0, io.SeekCurrent)
			if err != nil {
				return nil, err
			}
			b.parts[name] = span{at, at + h.Size}
		case tar.TypeSymlink: // docker once saved a layer that two images share so
			b.links[name] = path.Join(path.Dir(name), h.Linkname) //nolint:gosec // a name to look up, not to write to
		}
	}
}

// section returns a member's bytes, nil if there is none of the name.
func (b *bundle) section(name string) *io.SectionReader {
	name = path.Clean(name)
	if to, ok := b.links[name]; ok {
		name = to
	}
	s, ok := b.parts[name]
	if !ok || s.end > b.f.Size() {
		return nil
	}
	return io.NewSectionReader(b.f, s.off, s.size())
}

// document decodes a member that is JSON; ok is false if there is none.
func (b *bundle) document(name string, to any) (ok bool, err error) {
	s := b.section(name)
	if s == nil {
		return false, nil
	}
	if s.Size() > maxDocument {
		return false, fmt.Errorf("%s: over %d bytes", shortName(name), maxDocument)
	}
	text, err := io.ReadAll(s)
	if err == nil {
		err = json.Unmarshal(text, to)
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", shortName(name), err)
	}
	return true, nil
}

// A manifest is the layers of one image, lowest first, by the names of members.
type manifest struct {
	name   string
	layers []string
}

// manifests lists the images of the archive, nil if it is none of images.
func (b *bundle) manifests() ([]manifest, error) {
	var docker []struct {
		RepoTags []string
		Config   string
		Layers   []string
	}
	ok, err := b.document(dockerManifest, &docker)
	if _, other := errors.AsType[*json.UnmarshalTypeError](err); other {
		return nil, nil // a file of this name in a root file system
	}
	if err != nil {
		return nil, err
	}
	if ok {
		var list []manifest
		for _, d := range docker {
			m := manifest{name: path.Base(strings.TrimSuffix(d.Config, ".json")), layers: d.Layers}
			if len(d.RepoTags) > 0 {
				m.name = d.RepoTags[0]
			}
			list = append(list, m)
		}
		return bounded(list)
	}
	return b.oci()
}

// bounded refuses more images than are read.
func bounded(list []manifest) ([]manifest, error) {
	if len(list) > maxImages {
		return nil, fmt.Errorf("more than %d images are not read", maxImages)
	}
	if list == nil {
		return nil, errors.New("the archive lists no image")
	}
	return list, nil
}

// A descriptor is a reference of the OCI image format.
type descriptor struct {
	MediaType   string
	Digest      string
	Annotations map[string]string
	Platform    struct{ OS, Architecture, Variant string }
}

// ociDocument is an index or a manifest.
type ociDocument struct {
	Manifests []descriptor
	Layers    []descriptor
}

// oci reads the OCI layout.
func (b *bundle) oci() ([]manifest, error) {
	if b.section(ociLayout) == nil {
		return nil, nil
	}
	var root ociDocument
	ok, err := b.document("index.json", &root)
	if !ok || err != nil {
		return nil, err
	}
	var list []manifest
	// An index of indexes is as deep as it gets.
	const deepest = 4
	var visit func(d descriptor, name string, depth int) error
	visit = func(d descriptor, name string, depth int) error {
		if depth > deepest || len(list) > maxImages {
			return errors.New("its indexes are nested too deep, or too many")
		}
		if tag := d.Annotations["org.opencontainers.image.ref.name"]; tag != "" {
			name = tag
		}
		if p := d.Platform; p.OS != "" && p.OS != "unknown" {
			name = strings.TrimSpace(name + " " + p.OS + "/" + p.Architecture)
		}
		var doc ociDocument
		ok, err := b.document(blob(d.Digest), &doc)
		if err != nil {
			return err
		}
		if !ok { // an index may name platforms that were not saved
			return nil
		}
		for _, next := range doc.Manifests {
			if err := visit(next, name, depth+1); err != nil {
				return err
			}
		}
		m := manifest{name: name}
		for _, l := range doc.Layers {
			if strings.Contains(l.MediaType, "in-toto") {
				return nil // an attestation
			}
			m.layers = append(m.layers, blob(l.Digest))
		}
		if m.layers != nil {
			if m.name == "" {
				m.name = d.Digest
			}
			list = append(list, m)
		}
		return nil
	}
	for _, d := range root.Manifests {
		if err := visit(d, "", 0); err != nil {
			return nil, err
		}
	}
	return bounded(list)
}

// blob is the path of a blob by its digest.
func blob(digest string) string {
	algorithm, sum, _ := strings.Cut(digest, ":")
	return "blobs/" + algorithm + "/" + sum
}

// compression says how a file is compressed, by its first bytes; "" if it is not.
func compression(r io.ReaderAt) string {
	var head [6]byte
	_, _ = r.ReadAt(head[:], 0) // a short file is not compressed
	for name, magic := range map[string]string{
		"gzip": "\x1f\x8b", "zstd": "\x28\xb5\x2f\xfd", "xz": "\xfd7zXZ\x00", "bzip2": "BZh",
	} {
		if strings.HasPrefix(string(head[:]), magic) {
			return name
		}
	}
	return ""
}

// decompress returns the bytes of a layer.
func decompress(f *io.SectionReader) (io.Reader, error) {
	switch how := compression(f); how {
	case "":
		return f, nil
	case "gzip":
		return gzip.NewReader(f)
	default:
		return nil, fmt.Errorf("compressed with %s, which is not read here: save the image with layers of gzip, or none", how)
	}
}

// sortedKeys are the keys of a set, in order.
func sortedKeys(set map[string]bool) []string {
	keys := make([]string, 0, len(set))
	for k := range set {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
