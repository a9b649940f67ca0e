package simple

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ParseJSON reads a project page in JSON (PEP 691, with PEP 700, 714 and 792).
// base is the URL it came from, which relative URLs join to. Keys that are not
// known are ignored, and so are optional values of the wrong type.
//
// A file's name is the "filename" key, as uv reads it, or the last segment of
// its URL if that is missing.
func ParseJSON(body []byte, base string) (*Project, error) {
	p, err := parseJSON(body, base)
	if err != nil {
		return nil, fmt.Errorf("project page: %w", err)
	}
	return p, nil
}

func parseJSON(body []byte, base string) (*Project, error) {
	// The name may follow the files, but is needed to understand theirs.
	var name, status, reason string
	files := make([]listed, 0, filesHint(body, `"filename"`))
	interned := map[string]string{}
	s := &scanner{b: body}
	err := s.object(func(key []byte) error {
		switch string(key) {
		case "name":
			text, err := s.str()
			name = string(text)
			return err
		case "meta":
			return s.meta()
		case "files":
			if s.peek() == 'n' {
				return s.literal("null")
			}
			return s.array(func() error {
				files = append(files, listed{})
				return files[len(files)-1].readJSON(s, interned)
			})
		case "project-status":
			var err error
			status, reason, err = s.projectStatus()
			return err
		default:
			return s.skip()
		}
	})
	if err == nil {
		err = s.end()
	}
	if err != nil {
		return nil, err
	}
	if name == "" {
		return nil, errors.New("json: no project name")
	}
	b := newBuilder(name, len(files))
	for i := range files {
		b.add(&files[i].File, files[i].python)
	}
	p := b.project()
	p.Base, p.Status, p.StatusReason = cleanBase(base), status, reason
	return p, nil
}

// filesHint guesses how many files a page has by counting a mark that each has,
// within what a page of that length can have.
func filesHint(body []byte, mark string) int {
	return min(bytes.Count(body, []byte(mark)), len(body)/128)
}

// meta reads the meta key and checks the version of the page.
func (s *scanner) meta() error {
	if s.peek() != '{' {
		return s.skip()
	}
	return s.object(func(key []byte) error {
		if string(key) != "api-version" {
			return s.skip()
		}
		text, err := s.str()
		if err != nil {
			return err
		}
		return checkVersion(string(text))
	})
}

// checkVersion returns an error unless version is 1.x.
func checkVersion(version string) error {
	if major, minor, ok := strings.Cut(version, "."); ok && major == "1" {
		if _, err := strconv.ParseUint(minor, 10, 32); err == nil {
			return nil
		}
	}
	return fmt.Errorf("%w: %q", ErrVersion, version)
}

// projectStatus reads the project-status key (PEP 792).
func (s *scanner) projectStatus() (status, reason string, err error) {
	if s.peek() != '{' {
		return "", "", s.skip()
	}
	err = s.object(func(key []byte) error {
		var text []byte
		var err error
		switch string(key) {
		case "status":
			text, err = s.optionalString()
			status = string(text)
		case "reason":
			text, err = s.optionalString()
			reason = string(text)
		default:
			err = s.skip()
		}
		return err
	})
	return status, reason, err
}

// readJSON reads one element of the files key. Files require few different
// Pythons, so those strings are shared through interned.
func (l *listed) readJSON(s *scanner, interned map[string]string) error {
	f := &l.File
	f.Size = -1
	var old MetadataFile // under its name of PEP 658
	var fragment string
	hasCore := false
	err := s.object(func(key []byte) error {
		var text []byte
		var err error
		switch string(key) {
		case "filename":
			text, err = s.optionalString()
			f.Filename = string(text)
		case "url":
			text, err = s.optionalString()
			f.URL, fragment, _ = strings.Cut(string(text), "#")
		case "hashes":
			err = s.hashes(f)
		case "requires-python":
			text, err = s.optionalString()
			python, ok := interned[string(text)]
			if !ok {
				python = string(text)
				interned[python] = python
			}
			l.python = python
		case "size":
			f.Size, err = s.size()
		case "upload-time":
			text, err = s.optionalString()
			f.Uploaded = parseTime(text)
		case "yanked":
			err = s.yanked(f)
		case "core-metadata":
			hasCore = s.peek() != 'n'
			f.Metadata, err = s.metadataFile()
		case "dist-info-metadata", "data-dist-info-metadata":
			old, err = s.metadataFile()
		default:
			err = s.skip()
		}
		return err
	})
	if err != nil {
		return err
	}
	if !hasCore {
		f.Metadata = old
	}
	f.addFragment(fragment)
	if strings.HasSuffix(f.URL, f.Filename) {
		f.Filename = f.URL[len(f.URL)-len(f.Filename):] // one string less to keep
	}
	return nil
}

// hashes reads the hashes key.
func (s *scanner) hashes(f *File) error {
	if s.peek() != '{' {
		return s.skip()
	}
	return s.object(func(key []byte) error {
		algorithm := algorithmOf(key)
		text, err := s.optionalString()
		if algorithm == "sha256" {
			f.SHA256, f.HasSHA256 = parseSHA256(text)
		} else if algorithm != "" {
			f.addHash(algorithm, string(text))
		}
		return err
	})
}

// yanked reads the yanked key: a boolean, or the reason, which is not empty.
func (s *scanner) yanked(f *File) error {
	switch s.peek() {
	case '"':
		text, err := s.str()
		f.YankedReason = string(text)
		f.Yanked = f.YankedReason != ""
		return err
	case 't':
		f.Yanked = true
	}
	return s.skip()
}

// metadataFile reads the core-metadata key: a boolean, or digests.
func (s *scanner) metadataFile() (MetadataFile, error) {
	var m MetadataFile
	switch s.peek() {
	case '{':
		m.Offered = true
		err := s.object(func(key []byte) error {
			if string(key) != "sha256" {
				return s.skip()
			}
			text, err := s.optionalString()
			m.SHA256, m.HasSHA256 = parseSHA256(text)
			return err
		})
		return m, err
	case 't':
		m.Offered = true
	}
	return m, s.skip()
}

// size reads a file's size; -1 is for what is no size.
func (s *scanner) size() (int64, error) {
	if c := s.peek(); c < '0' || c > '9' {
		return -1, s.skip()
	}
	text, err := s.number()
	if err != nil {
		return -1, err
	}
	return parseSize(string(text)), nil
}

// parseSize returns the size that text says in bytes, -1 if it says none.
func parseSize(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}
