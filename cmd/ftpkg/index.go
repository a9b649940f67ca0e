package main

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/index"
)

// How politely indexes are asked.
const (
	requestsPerHost = 50
	requestsInAll   = 100
	stallAfter      = 30 * time.Second
)

// An openIndex is the index client of one command, and what it costs.
type openIndex struct {
	*index.Client

	env       Env
	transport *fetch.Transport
	counter   *fetch.Counter
}

// newIndex opens the indexes that the options name; pinned are those that alone
// may serve a project. The caller closes it.
func newIndex(env Env, o indexOptions, pinned map[string]string) (*openIndex, error) {
	var roots *x509.CertPool
	var certificates []tls.Certificate
	var err error
	if !o.offline { // reading the system's certificates takes longer than a resolution
		if roots, err = certificateAuthorities(env); err != nil {
			return nil, err
		}
		if certificates, err = clientCertificate(env); err != nil {
			return nil, err
		}
	}
	netrc, err := readNetrc(env)
	if err != nil {
		return nil, err
	}
	x := &openIndex{
		env: env, counter: new(fetch.Counter),
		transport: fetch.NewTransport(fetch.TransportOptions{
			Proxy: http.ProxyFromEnvironment, RootCAs: roots, Certificates: certificates,
		}),
	}
	doer := fetch.Stall(x.transport, stallAfter)
	if env.Verbose > 1 {
		doer = x.trace(doer)
	}
	if o.pacer != nil {
		doer = fetch.Pace(doer, o.pacer, env.Now)
	}
	doer = fetch.Limit(doer, requestsPerHost, requestsInAll)
	doer = x.counter.Wrap(fetch.Agent(doer, "ftpkg/"+buildVersion(env).Version+" (+https://github.com/ftpkg/ftpkg)"))
	opts := index.Options{
		Pinned: pinned, FindLinks: o.findLinks, NoIndex: o.noIndex, Offline: o.offline, Refresh: o.refresh,
		ExcludeNewer: o.excludeNewer, CacheDir: o.cacheDir, Passing: o.passing, Now: env.Now, Doer: doer, Netrc: netrc,
		Retry: fetch.RetryOptions{Now: env.Now, Notify: x.retrying},
	}
	if o.noCache {
		opts.CacheDir = ""
	}
	// As with uv, the extra indexes are asked before the main one.
	if len(o.extraIndexURL) > 0 || o.indexURL != "" {
		opts.Indexes = append(slices.Clone(o.extraIndexURL), cmp.Or(o.indexURL, index.DefaultURL))
	}
	if x.Client, err = index.New(opts); err != nil {
		x.transport.Close()
		return nil, &usageError{err}
	}
	return x, nil
}

// close waits for what is still to be written to the cache, then says what there
// is to say.
func (x *openIndex) close() {
	x.Client.Close()
	x.transport.Close()
	for _, w := range x.Warnings() {
		warnf(x.env.Stderr, "%s", w)
	}
	if x.env.Verbose > 0 {
		fmt.Fprintf(x.env.Stderr, "ftpkg: %s\n", x.cost())
	}
}

// cost is how many requests were made and what they brought, by phase.
func (x *openIndex) cost() string {
	total := x.counter.Total()
	text := fmt.Sprintf("%s, %s", plural(int(total.Requests), "request"), byteCount(total.Bytes))
	if total.NotModified > 0 {
		text += fmt.Sprintf(", %d unchanged", total.NotModified)
	}
	var parts []string
	phases := x.counter.ByPhase()
	for _, name := range slices.Sorted(maps.Keys(phases)) {
		if name != "" {
			parts = append(parts, fmt.Sprintf("%s %d", name, phases[name].Requests))
		}
	}
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, ", ") + ")"
	}
	return text
}

func (x *openIndex) retrying(err error, wait time.Duration) {
	if x.env.Verbose > 0 {
		warnf(x.env.Stderr, "%v; trying again in %s", err, wait.Round(time.Millisecond))
	}
}

// trace names every request on standard error.
func (x *openIndex) trace(d fetch.Doer) fetch.Doer {
	return fetch.DoerFunc(func(r *http.Request) (*http.Response, error) {
		resp, err := d.Do(r)
		outcome := "failed"
		if err == nil {
			outcome = resp.Status
		}
		fmt.Fprintf(x.env.Stderr, "ftpkg: %s %s %s\n", r.Method, fetch.RedactURL(r.URL), outcome)
		return resp, err
	})
}

// certificateAuthorities reads the bundle that the environment names, nil for
// the system's own.
func certificateAuthorities(env Env) (*x509.CertPool, error) {
	for _, name := range []string{"SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"} {
		file := env.Getenv(name)
		if file == "" {
			continue
		}
		pem, err := os.ReadFile(env.path(file))
		if err != nil {
			return nil, usagef("%s: %w", name, err)
		}
		roots, err := fetch.RootCAs(pem)
		if err != nil {
			return nil, usagef("%s: %s: %w", name, file, err)
		}
		return roots, nil
	}
	return nil, nil
}

// clientCertificate reads the certificate that the environment names: one file
// with the certificate and its key.
func clientCertificate(env Env) ([]tls.Certificate, error) {
	for _, name := range []string{"SSL_CLIENT_CERT", "PIP_CLIENT_CERT"} {
		if file := env.Getenv(name); file != "" {
			cert, err := tls.LoadX509KeyPair(env.path(file), env.path(file))
			if err != nil {
				return nil, usagef("%s: %w", name, err)
			}
			return []tls.Certificate{cert}, nil
		}
	}
	return nil, nil
}

// readNetrc reads the file NETRC names, else the one in the home directory.
func readNetrc(env Env) (*fetch.Netrc, error) {
	name := env.Getenv("NETRC")
	if name != "" {
		name = env.path(name)
	} else if env.Home != "" {
		name = filepath.Join(env.Home, ".netrc")
		if _, err := os.Stat(name); runtime.GOOS == "windows" && err != nil {
			name = filepath.Join(env.Home, "_netrc")
		}
	}
	text, err := os.ReadFile(name)
	switch {
	case name == "" || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission):
		return nil, nil
	case err != nil:
		return nil, usagef("netrc: %w", err)
	}
	return fetch.ParseNetrc(string(text)), nil
}

// indexHint adds to an index's failure what can be done about it.
func indexHint(err error) error {
	switch status := fetch.Status(err); {
	case err == nil:
		return nil
	case errors.Is(err, index.ErrOffline):
		return hintf(err, "run it once without --offline")
	case errors.Is(err, index.ErrNoUploadTimes):
		return hintf(err, "leave --exclude-newer out, or use an index that gives upload times")
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return hintf(err, "put the index's user and password in its URL or in netrc")
	case status >= http.StatusInternalServerError || status == http.StatusTooManyRequests:
		return hintf(err, "the index has trouble: try again later; --offline answers from the cache")
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return hintf(err, "check the network and --index-url; --offline answers from the cache")
	}
	return err
}
