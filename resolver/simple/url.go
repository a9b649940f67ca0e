package simple

import (
	"net/url"
	"strings"
)

// FileURL returns the absolute URL of a file: its own, or joined to Base. It is
// the file's URL as it stands if the page has no base.
func (p *Project) FileURL(f *File) string { return join(p.Base, f.URL) }

// join resolves ref against base (RFC 3986). Both were checked when the page
// was read; should either be no URL after all, ref is returned as it stands.
func join(base, ref string) string {
	if base == "" || hasScheme(ref) {
		return ref
	}
	b, err := url.Parse(base)
	if err != nil {
		return ref
	}
	u, err := b.Parse(ref)
	if err != nil {
		return ref
	}
	return u.String()
}

// hasScheme reports whether ref is absolute: it begins with a scheme.
func hasScheme(ref string) bool {
	for i := range len(ref) {
		switch c := ref[i] | 0x20; {
		case 'a' <= c && c <= 'z':
		case ref[i] == ':':
			return i > 0
		case i > 0 && ('0' <= ref[i] && ref[i] <= '9' || ref[i] == '+' || ref[i] == '-' || ref[i] == '.'):
		default:
			return false
		}
	}
	return false
}

// cleanURL checks a file's URL and takes a user and password out of it: pages
// are cached and shown, and credentials must be in neither.
func cleanURL(ref string) (string, bool) {
	if ref == "" {
		return "", false
	}
	if isPlainURL(ref) {
		return ref, true
	}
	u, err := url.Parse(ref)
	if err != nil {
		return "", false
	}
	if u.User != nil {
		u.User = nil
		return u.String(), true
	}
	return ref, true
}

// isPlainURL reports whether ref, behind a scheme if it has one, is made only of
// letters, digits and the few marks of an ordinary URL, for which there is
// nothing to check.
func isPlainURL(ref string) bool {
	if rest, ok := strings.CutPrefix(ref, "https://"); ok {
		ref = rest
	} else if rest, ok := strings.CutPrefix(ref, "http://"); ok {
		ref = rest
	}
	for i := range len(ref) {
		if !urlPlain[ref[i]] {
			return false
		}
	}
	return true
}

var urlPlain = func() (t [256]bool) {
	for c := range t {
		t[c] = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
	}
	for _, c := range []byte("-._~+!/") {
		t[c] = true
	}
	return t
}()

// cleanBase returns the URL of a page without user, password and fragment; ""
// if it is no URL.
func cleanBase(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	return u.String()
}

// filenameOf returns the last segment of a URL's path, percent-decoded.
func filenameOf(ref string) string {
	last := lastSegment(ref)
	if strings.IndexByte(last, '%') < 0 {
		return last
	}
	if name, err := url.PathUnescape(last); err == nil {
		return name
	}
	return last
}

// lastSegment returns the last segment of a URL's path as it stands.
func lastSegment(ref string) string {
	if i := strings.IndexAny(ref, "?#"); i >= 0 {
		ref = ref[:i]
	}
	return ref[strings.LastIndexByte(ref, '/')+1:]
}
