package simple

import (
	"strings"

	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// sdistSuffixes are the archives that pip unpacks as source distributions. uv
// takes only the first two from an index (PEP 625, and .zip for old releases).
// Both compare them as written: FOO-1.0.TAR.GZ is no source distribution.
var sdistSuffixes = [...]string{
	".tar.gz", ".zip",
	".tgz", ".tar", ".tar.bz2", ".tbz",
	".tar.xz", ".txz", ".tlz", ".tar.lz", ".tar.lzma",
}

// otherSuffixes are the formats that indexes took once, or take beside the
// installable ones, and that no installer reads.
var otherSuffixes = [...]string{
	".egg", ".exe", ".msi", ".rpm", ".deb", ".dmg", ".tar.zst", ".tar.Z",
}

// binaryMarks begin the platform part of a file that bdist_wininst, bdist_msi
// or bdist_dumb made: name-1.0.win32-py2.7.exe, name-1.0.linux-x86_64.tar.gz.
var binaryMarks = [...]string{
	".win32", ".win-amd64", ".win-arm32", ".win-arm64", ".linux-", ".macosx-", ".darwin-",
}

// PEP625 reports whether a source distribution has one of the formats that uv
// takes from an index: .tar.gz, which PEP 625 asks for, or .zip.
func (f *File) PEP625() bool {
	return f.Kind == Sdist &&
		(strings.HasSuffix(f.Filename, sdistSuffixes[0]) || strings.HasSuffix(f.Filename, sdistSuffixes[1]))
}

// cutSuffix returns name without the first of the suffixes that it has.
func cutSuffix(name string, suffixes []string) (stem string, ok bool) {
	for _, s := range suffixes {
		if stem, ok = strings.CutSuffix(name, s); ok {
			return stem, true
		}
	}
	return name, false
}

// isDistribution reports whether a link's last segment looks like a file of a
// project at all, rather than a link to somewhere else.
func isDistribution(filename string) bool {
	if strings.HasSuffix(filename, ".whl") {
		return true
	}
	if _, ok := cutSuffix(filename, sdistSuffixes[:]); ok {
		return true
	}
	_, ok := cutSuffix(filename, otherSuffixes[:])
	return ok
}

// ProjectName returns the normalised name of the project that a wheel or source
// distribution names itself after, for a file that comes without a page: one
// behind a direct URL. In a source distribution's name, which may have dashes in
// both parts, the version is taken to have none, as PEP 625 asks. It reports
// whether there is such a name.
func ProjectName(filename string) (name string, ok bool) {
	stem, wheel := strings.CutSuffix(filename, ".whl")
	if wheel {
		w, err := wheeltags.ParseFilename(filename)
		return w.Name, err == nil
	}
	stem, ok = cutSuffix(stem, sdistSuffixes[:])
	i := strings.LastIndexByte(stem, '-')
	if !ok || i < 0 || !validFilename(filename) {
		return "", false
	}
	if _, err := pep440.Parse(stem[i+1:]); err != nil {
		return "", false
	}
	name = stem[:i]
	return pep508.NormalizeName(name), pep508.CheckName(name) == nil
}

// versionAfter returns what follows the project's normalised name and a dash in
// stem. Names may hold dashes and be spelt in any way that normalises alike, so
// each dash is tried, as pip does.
func versionAfter(stem, name string) (version string, ok bool) {
	for i := range len(stem) {
		if stem[i] == '-' && normalizesTo(stem[:i], name) {
			return stem[i+1:], true
		}
	}
	return "", false
}

// normalizesTo reports whether s is name once normalised (PEP 503), without
// building the normalised form.
func normalizesTo(s, name string) bool {
	j := 0
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '-' || c == '_' || c == '.':
			if i > 0 && (s[i-1] == '-' || s[i-1] == '_' || s[i-1] == '.') {
				continue
			}
			c = '-'
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		if j == len(name) || name[j] != c {
			return false
		}
		j++
	}
	return j == len(name)
}

// binaryVersion returns the version in the rest of a binary's name behind the
// project's name: "1.0" in "1.0-py2.7", "1.0.win32-py2.7" and "1.0-1.noarch".
// It reports whether a platform stood behind it.
func binaryVersion(rest string) (version string, platform bool) {
	for _, m := range binaryMarks {
		if i := strings.Index(rest, m); i >= 0 {
			rest, platform = rest[:i], true
		}
	}
	version, _, _ = strings.Cut(rest, "-")
	return version, platform
}

// validFilename reports whether a name can be that of a file: not empty, and
// without separators, spaces and control characters, so that nobody who joins it
// to a directory leaves that directory.
func validFilename(name string) bool {
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c == 0x7f || c == '/' || c == '\\' {
			return false
		}
	}
	return name != ""
}
