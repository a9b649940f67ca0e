package inputs

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// place reports whether a text is a URL or path, and parts it from its marker.
func (l *load) place(text string) (location, marker string, ok bool) {
	if isURL(text) {
		// A ; may be part of a URL: a marker follows a space.
		location, marker, _ = cutMarker(text)
		return strings.TrimSpace(location), strings.TrimSpace(marker), true
	}
	location, marker, _ = strings.Cut(text, ";")
	location, marker = strings.TrimSpace(location), strings.TrimSpace(marker)
	path, _ := cutExtras(location)
	name, _, isDirect := strings.Cut(location, "@")
	switch {
	case isDirect && pep508.CheckName(strings.TrimSpace(trimExtras(name))) == nil:
		return "", "", false // name @ URL
	case looksLikePath(path):
		return location, marker, true
	case isArchive(path):
		return location, marker, true
	}
	return "", "", false
}

func cutMarker(text string) (location, marker string, ok bool) {
	if i := strings.Index(text, "; "); i >= 0 {
		return text[:i], text[i+1:], true
	}
	if before, after, ok := strings.Cut(text, " ;"); ok {
		return before, after, true
	}
	return text, "", false
}

// trimExtras drops "[a,b]" from a name.
func trimExtras(name string) string {
	name, _, _ = strings.Cut(name, "[")
	return name
}

// cutExtras parts "./path[a,b]" or "URL[a,b]" into place and extras.
func cutExtras(location string) (string, []string) {
	if !strings.HasSuffix(location, "]") {
		return location, nil
	}
	i := strings.LastIndexByte(location, '[')
	if i <= 0 {
		return location, nil
	}
	var extras []string
	for e := range strings.SplitSeq(location[i+1:len(location)-1], ",") {
		if e = strings.TrimSpace(e); e != "" {
			extras = append(extras, e)
		}
	}
	return strings.TrimSpace(location[:i]), extras
}

// looksLikePath reports what pip takes for a path: something with a separator,
// or that begins with a dot.
func looksLikePath(s string) bool {
	return strings.HasPrefix(s, ".") || strings.Contains(s, "/") ||
		runtime.GOOS == "windows" && strings.Contains(s, `\`)
}

// isArchive reports whether a name ends like a distribution that pip unpacks.
func isArchive(name string) bool {
	name = strings.ToLower(name)
	for _, suffix := range []string{".whl", ".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tlz", ".tar.lz", ".tar.lzma"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

// isURL reports whether a text begins with a scheme that a requirement or file
// can have.
func isURL(s string) bool {
	scheme, _, ok := strings.Cut(s, ":")
	if !ok {
		return false
	}
	switch scheme = strings.ToLower(scheme); scheme {
	case "http", "https", "file", "ftp", "ssh":
		return true
	}
	return isVCS(scheme)
}

// isVCS reports whether a scheme is that of a repository, "git+https".
func isVCS(scheme string) bool {
	vcs, _, ok := strings.Cut(strings.ToLower(scheme), "+")
	return ok && (vcs == "git" || vcs == "hg" || vcs == "svn" || vcs == "bzr")
}

// fileURL returns the URL of a place on disk.
func fileURL(place string) string {
	place = filepath.ToSlash(place)
	if !strings.HasPrefix(place, "/") {
		place = "/" + place // C:/…
	}
	return (&url.URL{Scheme: "file", Path: place}).String()
}

// filePath returns the path of a file URL.
func filePath(location string) (string, error) {
	u, err := url.Parse(location)
	if err != nil || u.Host != "" && u.Host != "localhost" {
		return "", fmt.Errorf("not the URL of a file here: %s", redact(location))
	}
	path := u.Path
	if u.Opaque != "" { // file:./relative
		if path, err = url.PathUnescape(u.Opaque); err != nil {
			return "", fmt.Errorf("not the URL of a file here: %s", redact(location))
		}
	}
	if len(path) > 2 && path[0] == '/' && path[2] == ':' {
		path = path[1:] // /C:/…
	}
	return filepath.FromSlash(path), nil
}

// parseFragment reads "egg=name&subdirectory=x".
func parseFragment(fragment string) map[string]string {
	out := map[string]string{}
	for part := range strings.SplitSeq(fragment, "&") {
		if key, value, ok := strings.Cut(part, "="); ok {
			out[key] = value
		}
	}
	return out
}

// redact hides the user and password of URLs in a text.
func redact(text string) string {
	if !strings.Contains(text, "://") || !strings.Contains(text, "@") {
		return text
	}
	return regexp.MustCompile(`(\w+://)[^/\s'"#?]*@`).ReplaceAllString(text, "$1")
}
