package snapshot

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"debug/elf"
	"io"
	"path"
	"slices"
	"strings"
)

// ReduceWheel returns a wheel with only those files of wheel that reading its
// extension modules takes: METADATA, WHEEL and the modules, as they are but for the
// debugging information of ELF files, in whose place are zeros. Equal wheels give equal
// bytes.
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
	body, err := io.ReadAll(in)
	if closed := in.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	out, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate})
	if err == nil {
		_, err = out.Write(withoutDebug(body))
	}
	return err
}

// withoutDebug puts zeros in the place of an ELF file's debugging information, which
// may be most of it.
func withoutDebug(body []byte) []byte {
	f, err := elf.NewFile(bytes.NewReader(body))
	if err != nil {
		return body // of another format
	}
	for _, s := range f.Sections {
		end := s.Offset + s.FileSize
		if strings.HasPrefix(s.Name, ".debug") && s.Type != elf.SHT_NOBITS && s.Offset <= end && end <= uint64(len(body)) {
			clear(body[s.Offset:end])
		}
	}
	return body
}
