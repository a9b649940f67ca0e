package environment

import (
	"errors"
	"path"
	"strings"
	"unicode/utf8"
)

// The bounds of a path in a wheel, in bytes: what file systems take, with room
// for the folder that it is unpacked in.
const (
	maxName = 255
	maxPath = 2048
)

// cleanPath returns the path of an archive's member or of a row of RECORD in its
// shortest form. A path that could be anywhere else than below the folder it
// belongs in, on any system, is an error.
func cleanPath(name string) (string, error) {
	switch {
	case name == "":
		return "", errors.New("no name")
	case len(name) > maxPath:
		return "", errors.New("a path that is too long")
	case !utf8.ValidString(name):
		return "", errors.New("a name that is not UTF-8")
	case name[0] == '/':
		return "", errors.New("an absolute path")
	case len(name) >= 2 && name[1] == ':' && isLetter(name[0]):
		return "", errors.New("a path with a drive letter")
	}
	for _, r := range name {
		switch {
		case r == '\\':
			return "", errors.New("a backslash in a path")
		case r < ' ' || r == 0x7f:
			return "", errors.New("a control character in a path")
		}
	}
	for part := range strings.SplitSeq(name, "/") {
		switch {
		case part == "..":
			return "", errors.New("a path that leaves its folder")
		case len(part) > maxName:
			return "", errors.New("a name that is too long")
		}
	}
	clean := path.Clean(name)
	if clean == "." {
		return "", errors.New("no name")
	}
	return clean, nil
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
