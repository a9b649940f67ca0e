package main

import (
	"fmt"
	"net/http"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
)

// newFetcher returns a client for files that are no index's, polite and with the
// same proxies, certificates and netrc. take removes the user and password from
// a URL and keeps them for requests to its origin. The caller calls stop.
func newFetcher(env Env) (client *fetch.Client, take func(string) string, stop func(), err error) {
	roots, err := certificateAuthorities(env)
	if err != nil {
		return nil, nil, nil, err
	}
	certificates, err := clientCertificate(env)
	if err != nil {
		return nil, nil, nil, err
	}
	netrc, err := readNetrc(env)
	if err != nil {
		return nil, nil, nil, err
	}
	t := fetch.NewTransport(fetch.TransportOptions{Proxy: http.ProxyFromEnvironment, RootCAs: roots, Certificates: certificates})
	x := &openIndex{env: env, counter: new(fetch.Counter)}
	doer := fetch.Stall(t, stallAfter)
	if env.Verbose > 1 {
		doer = x.trace(doer)
	}
	doer = x.counter.Wrap(fetch.Agent(doer, "ftpkg/"+buildVersion(env).Version+" (+https://github.com/ftpkg/ftpkg)"))
	creds := &fetch.Credentials{Netrc: netrc}
	const redirects = 10
	doer = fetch.FollowRedirects(fetch.Authenticate(doer, creds), redirects)
	retry := fetch.RetryOptions{Now: env.Now, Notify: func(err error, wait time.Duration) { x.retrying(err, wait) }}
	stop = func() {
		t.Close()
		if env.Verbose > 0 && x.counter.Total().Requests > 0 {
			fmt.Fprintf(env.Stderr, "ftpkg: %s\n", x.cost())
		}
	}
	return fetch.NewClient(doer, fetch.NewRetrier(retry)), creds.Take, stop, nil
}
