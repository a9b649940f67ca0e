package fetch

import (
	"fmt"
	"io"
	"net/http"
)

// FollowRedirects follows up to limit redirects of GET and HEAD requests. Each
// hop goes through d as a request of its own, so a decorator below that adds
// credentials decides anew at every origin; headers that carry credentials and
// were set by the caller stay with the first origin. A redirect from https to
// http is refused. The response's Request is that of the last hop.
func FollowRedirects(d Doer, limit int) Doer {
	return DoerFunc(func(r *http.Request) (*http.Response, error) {
		first := r
		for hop := 0; ; hop++ {
			resp, err := d.Do(r)
			if err != nil {
				return nil, err
			}
			if !redirects(resp) || r.Method != http.MethodGet && r.Method != http.MethodHead {
				return resp, nil
			}
			// A short body is read so that the connection can be used again.
			_, _ = io.CopyN(io.Discard, resp.Body, 4<<10)
			_ = resp.Body.Close()
			if hop == limit {
				return nil, permanentError{fmt.Errorf("more than %d redirects", limit)}
			}
			if r, err = next(first, r, resp.Header.Get("Location")); err != nil {
				return nil, err
			}
		}
	})
}

func redirects(resp *http.Response) bool {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return resp.Header.Get("Location") != ""
	}
	return false
}

// next returns the request a redirect leads to.
func next(first, from *http.Request, location string) (*http.Request, error) {
	ref, err := parseURL(location)
	if err != nil {
		return nil, permanentError{fmt.Errorf("redirect to %w", err)}
	}
	to := from.URL.ResolveReference(ref)
	to.Fragment, to.RawFragment = "", ""
	switch {
	case to.Scheme != "https" && to.Scheme != "http" || to.Host == "":
		return nil, permanentError{fmt.Errorf("redirect to %s, which is not a web address", RedactURL(to))}
	case from.URL.Scheme == "https" && to.Scheme == "http":
		return nil, permanentError{fmt.Errorf("redirect from https to %s", RedactURL(to))}
	}
	r := first.Clone(first.Context())
	r.URL, r.Host = to, ""
	if origin(r) != origin(first) {
		for _, h := range [...]string{"Authorization", "Cookie", "Proxy-Authorization"} {
			r.Header.Del(h)
		}
	}
	return r, nil
}
