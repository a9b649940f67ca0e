package snapshot

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"io"
	"path"
	"slices"
	"strings"
)

// ReduceWheel returns a wheel with only those files of wheel that reading its
// extension modules takes: the modules as they are, METADATA and WHEEL. Equal wheels
// give equal bytes.
func ReduceWheel(wheel []byte) ([]byte, error) {
	r, err := zip.NewReader(bytes.NewReader(wheel), int64(len(wheel)))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(out, flate.BestCompression)
	})
	for _, f := range r.File {
		if !kept(f.Name) {
			continue
		}
		if err := add(w, f); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func kept(name string) bool {
	if dir, file := path.Split(name); strings.HasSuffix(dir, ".dist-info/") && strings.Count(dir, "/") == 1 {
		return file == "METADATA" || file == "WHEEL"
	}
	return slices.Contains([]string{".so", ".pyd"}, path.Ext(name))
}

func add(w *zip.Writer, f *zip.File) error {
	in, err := f.Open()
	if err != nil {
		return err
	}
	out, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate})
	if err == nil {
		_, err = io.Copy(out, in) //nolint:gosec // wheels that a maintainer names
	}
	if closed := in.Close(); err == nil {
		err = closed
	}
	return err
}
