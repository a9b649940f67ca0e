package fetch

import "net/http"

// Doer sends one HTTP request and returns its response, whose body the caller
// closes. An *http.Client is one; so is every decorator here. A Doer must be
// safe for concurrent use and must not change the request it is given.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// DoerFunc is a function that is a [Doer].
type DoerFunc func(*http.Request) (*http.Response, error)

// Do calls f.
func (f DoerFunc) Do(r *http.Request) (*http.Response, error) { return f(r) }

// origin is the part of a URL that credentials, limits and connections go by.
func origin(r *http.Request) string { return r.URL.Scheme + "://" + r.URL.Host }
