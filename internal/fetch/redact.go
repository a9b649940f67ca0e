package fetch

import (
	"net/url"
	"strings"
)

// Redact returns a URL without what may be secret in it: the user and password
// are taken out, and so are the values in its query, where signed URLs and some
// indexes carry a token. What cannot be parsed is cut rather than trusted.
func Redact(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return redactText(raw)
	}
	return RedactURL(u)
}

// RedactURL is [Redact] of a parsed URL, which it leaves as it is.
func RedactURL(u *url.URL) string {
	c := *u
	c.User = nil
	c.RawQuery = redactQuery(c.RawQuery)
	if c.Opaque != "" { // mailto:x, or scheme:user:password@host by mistake
		c.Opaque = redactText(c.Opaque)
	}
	return c.String()
}

func redactQuery(q string) string {
	if q == "" {
		return ""
	}
	parts := strings.Split(q, "&")
	for i, p := range parts {
		if key, value, ok := strings.Cut(p, "="); ok && value != "" {
			parts[i] = key + "=***"
		}
	}
	return strings.Join(parts, "&")
}

// redactText takes everything before the last @ of the authority, and the query,
// out of what looks like a URL.
func redactText(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		scheme, rest = "", s
	}
	rest, _, _ = strings.Cut(rest, "?")
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	if ok {
		return scheme + "://" + rest
	}
	return rest
}
