package index

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// freshness is what a response says of how long it holds (RFC 9111): maxAge
// without asking again; store is false if it must not be kept at all. A response
// that says nothing holds no time at all, and is asked for again each time.
func freshness(h http.Header, now time.Time) (maxAge time.Duration, store bool) {
	store = true
	explicit, noCache := false, false
	for _, line := range h.Values("Cache-Control") {
		for directive := range strings.SplitSeq(line, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
			switch strings.ToLower(name) {
			case "no-store":
				store = false
			case "no-cache":
				noCache = true
			case "max-age":
				n, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 31)
				if err == nil && !explicit {
					maxAge, explicit = time.Duration(n)*time.Second, true
				}
			}
		}
	}
	if noCache || !store {
		return 0, store
	}
	date := now
	if t, err := http.ParseTime(h.Get("Date")); err == nil {
		date = t
	}
	if t, err := http.ParseTime(h.Get("Expires")); err == nil && !explicit {
		maxAge = t.Sub(date)
	}
	if age, err := strconv.ParseUint(h.Get("Age"), 10, 31); err == nil {
		maxAge -= time.Duration(age) * time.Second
	}
	return max(maxAge, 0).Truncate(time.Second), store
}
