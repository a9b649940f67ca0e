package inspect

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// spoolFrom is the size from which on an unpacked file goes to a temporary file,
// in bytes.
const spoolFrom = 64 << 20

// A spool is a file unpacked, to be read at any place.
type spool struct {
	io.ReaderAt

	size int64
	file *os.File
}

// newSpool reads r, which must have exactly size bytes. dir is for temporary
// files, "" for the system's.
func newSpool(r io.Reader, size int64, dir string) (*spool, error) {
	if size < spoolFrom {
		b := make([]byte, size)
		if _, err := io.ReadFull(r, b); err != nil {
			return nil, err
		}
		// The archive's checksum is compared at the end.
		switch _, err := io.ReadFull(r, make([]byte, 1)); {
		case err == nil:
			return nil, errSize
		case !errors.Is(err, io.EOF):
			return nil, err
		}
		return &spool{ReaderAt: bytes.NewReader(b), size: size}, nil
	}
	f, err := os.CreateTemp(dir, "ftpkg-inspect-*")
	if err != nil {
		return nil, &roomError{err}
	}
	s := &spool{ReaderAt: f, size: size, file: f}
	n, err := io.Copy(f, io.LimitReader(r, size+1))
	switch _, full := errors.AsType[*os.PathError](err); {
	case full:
		err = &roomError{err}
	case err == nil && n != size:
		err = errSize
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// spoolAll reads r, of any size, into a temporary file.
func spoolAll(r io.Reader, dir string) (*spool, error) {
	f, err := os.CreateTemp(dir, "ftpkg-inspect-*")
	if err != nil {
		return nil, &roomError{err}
	}
	s := &spool{ReaderAt: f, file: f}
	s.size, err = io.Copy(f, r)
	if _, full := errors.AsType[*os.PathError](err); full {
		err = &roomError{err}
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close frees what the spool takes.
func (s *spool) Close() error {
	if s.file == nil {
		return nil
	}
	name := s.file.Name()
	return errors.Join(s.file.Close(), os.Remove(name))
}

// errSize says that a file is not as long as promised.
var errSize = errors.New("it is not of the size that the archive promises")

// A roomError says that this machine has no room, which is no fault of the file.
type roomError struct{ err error }

func (e *roomError) Error() string { return fmt.Sprintf("no room to unpack a file: %v", e.err) }
func (e *roomError) Unwrap() error { return e.err }
