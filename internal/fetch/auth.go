package fetch

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// Credentials are users and passwords by where they may be sent. They are safe
// for concurrent use, a nil *Credentials has none.
type Credentials struct {
	// Netrc serves the hosts no URL gave credentials for; nil is allowed.
	Netrc *Netrc

	mu     sync.RWMutex
	realms []realm
}

// A realm is where the credentials of a URL belong: its origin and, should one
// origin have several, the longest path that leads to a request.
type realm struct {
	origin, path   string
	user, password string
}

// Take removes the user and password from a URL and keeps them for requests to
// its origin. URLs that cannot be parsed, or have none, are returned as they
// are.
func (c *Credentials) Take(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.User == nil {
		return raw
	}
	password, _ := u.User.Password()
	c.mu.Lock()
	c.realms = append(c.realms, realm{originOf(u), u.Path, u.User.Username(), password})
	c.mu.Unlock()
	u.User = nil
	return u.String()
}

// Find returns the credentials for a request to u.
func (c *Credentials) Find(u *url.URL) (user, password string, ok bool) {
	if c == nil {
		return "", "", false
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	o := originOf(u)
	var best *realm
	for i := range c.realms {
		r := &c.realms[i]
		if r.origin != o {
			continue
		}
		if best == nil || holds(r.path, u.Path) && (!holds(best.path, u.Path) || len(r.path) > len(best.path)) {
			best = r
		}
	}
	if best != nil {
		return best.user, best.password, true
	}
	return c.Netrc.Find(u.Hostname())
}

// holds reports whether path lies under dir.
func holds(dir, path string) bool {
	dir = strings.TrimSuffix(dir, "/")
	return path == dir || strings.HasPrefix(path, dir+"/")
}

// originOf is scheme, host and port, in one spelling.
func originOf(u *url.URL) string {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + net.JoinHostPort(host, port)
}

// Authenticate sends credentials as Basic authentication: those in the request's
// own URL, else those c has for its origin. They are added to the one request
// sent and are gone on the next hop. A request that already has an
// Authorization header is left alone.
func Authenticate(d Doer, c *Credentials) Doer {
	return DoerFunc(func(r *http.Request) (*http.Response, error) {
		user, password, ok := c.Find(r.URL)
		if u := r.URL.User; u != nil {
			user, ok = u.Username(), true
			password, _ = u.Password()
		}
		if !ok {
			return d.Do(r)
		}
		sent := copyRequest(r)
		clean := *r.URL
		clean.User = nil
		sent.URL = &clean
		if sent.Header.Get("Authorization") == "" {
			sent.SetBasicAuth(user, password)
		}
		return d.Do(sent)
	})
}
