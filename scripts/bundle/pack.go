package main

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
)

// pack writes the tree as a tar compressed by gzip. Nothing of the machine or the
// moment is in it: no names of users, no times.
func (t *tree) pack(w io.Writer) error {
	z := gzip.NewWriter(w) // the best level takes three times as long for one percent
	archive := tar.NewWriter(z)
	for _, e := range t.entries {
		h := &tar.Header{Name: folder + "/" + e.name, ModTime: epoch(), Format: tar.FormatPAX}
		if e.link != "" {
			h.Typeflag, h.Linkname, h.Mode = tar.TypeSymlink, e.link, 0o777
		} else {
			h.Typeflag, h.Size, h.Mode = tar.TypeReg, int64(len(e.text)), int64(e.mode)
		}
		if err := archive.WriteHeader(h); err != nil {
			return err
		}
		if _, err := archive.Write(e.text); err != nil {
			return err
		}
	}
	return errors.Join(archive.Close(), z.Close())
}
