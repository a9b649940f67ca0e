package checktest

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"strings"
	"time"
)

// A Wheel is a wheel to pack. Where nothing else is said it is right in all that does
// not depend on its modules.
type Wheel struct {
	// File is its name.
	File string
	// Modules are its extension modules, by path.
	Modules map[string][]byte
	// Paths is the order of Modules.
	Paths []string
	// Classifiers go into METADATA.
	Classifiers []string

	// TagLines are those of WHEEL, those of the name if nil.
	TagLines []string
	// Version is the one in METADATA, that of the name if "".
	Version string
	// Record changes RECORD before it is packed.
	Record func(string) string
	// Raw adds members after the others, as they are.
	Raw func(*zip.Writer) error
}

// Add adds a module.
func (w *Wheel) Add(path string, file []byte) {
	if w.Modules == nil {
		w.Modules = map[string][]byte{}
	}
	w.Modules[path] = file
	w.Paths = append(w.Paths, path)
}

// Pack returns the wheel, the same bytes each time.
func (w *Wheel) Pack() ([]byte, error) {
	parts := strings.Split(strings.TrimSuffix(w.File, ".whl"), "-")
	name, version := parts[0], parts[1]
	info := name + "-" + version + ".dist-info/"
	if w.Version != "" {
		version = w.Version
	}
	metadata := "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n"
	for _, c := range w.Classifiers {
		metadata += "Classifier: " + c + "\n"
	}
	tags := w.TagLines
	if tags == nil {
		tags = expand(parts[len(parts)-3], parts[len(parts)-2], parts[len(parts)-1])
	}
	wheel := "Wheel-Version: 1.0\nGenerator: checktest\nRoot-Is-Purelib: false\n"
	for _, t := range tags {
		wheel += "Tag: " + t + "\n"
	}

	var out bytes.Buffer
	z := zip.NewWriter(&out)
	record := ""
	add := func(path string, text []byte) error {
		f, err := z.CreateHeader(header(path))
		if err != nil {
			return err
		}
		sum := sha256.Sum256(text)
		record += fmt.Sprintf("%s,sha256=%s,%d\n", path, base64.RawURLEncoding.EncodeToString(sum[:]), len(text))
		_, err = f.Write(text)
		return err
	}
	for _, path := range w.Paths {
		if err := add(path, w.Modules[path]); err != nil {
			return nil, err
		}
	}
	if err := add(info+"METADATA", []byte(metadata)); err != nil {
		return nil, err
	}
	if err := add(info+"WHEEL", []byte(wheel)); err != nil {
		return nil, err
	}
	record += info + "RECORD,,\n"
	if w.Record != nil {
		record = w.Record(record)
	}
	if err := add(info+"RECORD", []byte(record)); err != nil {
		return nil, err
	}
	if w.Raw != nil {
		if err := w.Raw(z); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}

// expand writes a compressed tag set out.
func expand(pythons, abis, platforms string) []string {
	var all []string
	for p := range strings.SplitSeq(pythons, ".") {
		for a := range strings.SplitSeq(abis, ".") {
			for s := range strings.SplitSeq(platforms, ".") {
				all = append(all, p+"-"+a+"-"+s)
			}
		}
	}
	return all
}

// header is that of a member whose bytes never differ.
func header(path string) *zip.FileHeader {
	h := &zip.FileHeader{Name: path, Method: zip.Deflate, Modified: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	h.SetMode(0o644)
	return h
}

// AddText adds a member with a name that may be hostile, and a mode.
func AddText(z *zip.Writer, path, text string, mode fs.FileMode) error {
	h := header(path)
	h.SetMode(mode)
	f, err := z.CreateHeader(h)
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	return err
}

// AddLying adds a member of which the archive says that it unpacks to size bytes, with
// the checksum sum or, if that is 0, its own.
func AddLying(z *zip.Writer, path, text string, size uint64, sum uint32) error {
	var packed bytes.Buffer
	c, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(c, text); err != nil {
		return err
	}
	if err := c.Close(); err != nil {
		return err
	}
	h := header(path)
	h.UncompressedSize64, h.CompressedSize64, h.CRC32 = size, uint64(packed.Len()), sum
	if sum == 0 {
		h.CRC32 = crc32.ChecksumIEEE([]byte(text))
	}
	f, err := z.CreateRaw(h)
	if err != nil {
		return err
	}
	_, err = f.Write(packed.Bytes())
	return err
}
