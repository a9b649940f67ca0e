package simple

import (
	"errors"
	"fmt"
	"io"
)

// maxUnpacked bounds how much of a source distribution is unpacked in search of
// its PKG-INFO, against archives that unpack to far more than they weigh.
const maxUnpacked = 1 << 30

// readMember reads one member of an archive to its end.
func readMember(r io.Reader, path string) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxMetadata+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(b) > maxMetadata {
		return nil, fmt.Errorf("%s is over %d bytes", path, maxMetadata)
	}
	return b, nil
}

// parseMember reads and parses one member of an archive.
func parseMember(r io.Reader, path string) (*Metadata, error) {
	b, err := readMember(r, path)
	if err != nil {
		return nil, err
	}
	m, err := ParseMetadata(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// A source passes reads through and keeps the first error that is not the end,
// so that a failure to get an archive's bytes can be told from a fault in them.
type source struct {
	r   io.Reader
	ra  io.ReaderAt
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.note(err)
	return n, err
}

func (s *source) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.ra.ReadAt(p, off)
	s.note(err)
	return n, err
}

func (s *source) note(err error) {
	if err != nil && !errors.Is(err, io.EOF) && s.err == nil {
		s.err = err
	}
}

// fault returns what to report for err: the error of the underlying reader
// itself if that is what went wrong, otherwise that filename has no readable
// metadata.
func (s *source) fault(filename string, err error) error {
	if s.err != nil {
		return fmt.Errorf("%s: %w", filename, s.err)
	}
	if errors.Is(err, ErrNoMetadata) {
		return fmt.Errorf("%s: %w", filename, err)
	}
	return fmt.Errorf("%s: %w: %w", filename, ErrNoMetadata, err)
}
