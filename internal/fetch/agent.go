package fetch

import (
	"maps"
	"net/http"
)

// Agent sets the User-Agent of requests that have none. It should name the
// program, its version and where its people can be reached.
func Agent(d Doer, agent string) Doer {
	return DoerFunc(func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("User-Agent") == "" {
			r = copyRequest(r)
			r.Header.Set("User-Agent", agent)
		}
		return d.Do(r)
	})
}

// copyRequest returns a copy of a request whose headers can be set. The original
// is left alone, so that a header never outlives the hop it was meant for.
func copyRequest(r *http.Request) *http.Request {
	c := *r
	c.Header = make(http.Header, len(r.Header)+1)
	maps.Copy(c.Header, r.Header)
	return &c
}
