package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"
)

// TransportOptions say how to connect. The zero value connects directly and
// trusts the system's certificate authorities.
type TransportOptions struct {
	// Proxy returns the proxy for a request, nil for none. Reading it from the
	// environment is the caller's business.
	Proxy func(*http.Request) (*url.URL, error)
	// RootCAs are the authorities to trust, nil for the system's.
	RootCAs *x509.CertPool
	// Certificates are offered to servers that ask for one.
	Certificates []tls.Certificate
	// DialTimeout bounds a connection attempt and, separately, the TLS
	// handshake; 0 means ten seconds.
	DialTimeout time.Duration
	// MaxConns bounds the connections to one HTTP/1.1 host, 0 means 50.
	MaxConns int
}

// Transport is the innermost [Doer]: it speaks HTTP/2 where the server does,
// else HTTP/1.1 with connections kept for reuse, and follows no redirects.
type Transport struct {
	http *http.Transport

	mu      sync.Mutex
	opening map[string]*opening
}

// opening is the first connection to an origin.
type opening struct {
	done chan struct{} // closed once it is open or has failed
	once sync.Once
}

// NewTransport returns a Transport with connections of its own.
func NewTransport(o TransportOptions) *Transport {
	if o.DialTimeout == 0 {
		o.DialTimeout = 10 * time.Second
	}
	if o.MaxConns == 0 {
		o.MaxConns = 50
	}
	dialer := &net.Dialer{Timeout: o.DialTimeout, KeepAlive: 30 * time.Second}
	return &Transport{
		opening: map[string]*opening{},
		http: &http.Transport{
			Proxy:       o.Proxy,
			DialContext: dialer.DialContext,
			TLSClientConfig: &tls.Config{
				MinVersion:   tls.VersionTLS12,
				RootCAs:      o.RootCAs,
				Certificates: o.Certificates,
				// Saves a round trip when a host needs a second connection.
				ClientSessionCache: tls.NewLRUClientSessionCache(32),
			},
			TLSHandshakeTimeout:    o.DialTimeout,
			ForceAttemptHTTP2:      true,
			MaxIdleConns:           2 * o.MaxConns,
			MaxIdleConnsPerHost:    o.MaxConns,
			MaxConnsPerHost:        o.MaxConns,
			IdleConnTimeout:        90 * time.Second,
			MaxResponseHeaderBytes: 256 << 10,
			ReadBufferSize:         64 << 10,
		},
	}
}

// RootCAs returns the system's certificate authorities and those in a PEM
// bundle besides.
func RootCAs(pem []byte) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("no certificate in the bundle")
	}
	return pool, nil
}

// Do sends one request.
func (t *Transport) Do(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" {
		return t.http.RoundTrip(r)
	}
	// Whether a host speaks HTTP/2 is known once a connection stands. Fifty
	// requests started at the same moment would make fifty handshakes to learn
	// it; so the first goes ahead and the others wait for its connection.
	o, first, err := t.open(r.Context(), origin(r))
	if err != nil {
		return nil, err
	}
	if first {
		trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { o.settle() }}
		r = r.WithContext(httptrace.WithClientTrace(r.Context(), trace))
	}
	resp, err := t.http.RoundTrip(r)
	if first {
		if err != nil {
			t.forget(origin(r), o)
		}
		o.settle()
	}
	return resp, err
}

// open waits for the first connection to an origin, or says that the caller is
// the one to make it.
func (t *Transport) open(ctx context.Context, origin string) (o *opening, first bool, err error) {
	t.mu.Lock()
	o, ok := t.opening[origin]
	if !ok {
		o = &opening{done: make(chan struct{})}
		t.opening[origin] = o
	}
	t.mu.Unlock()
	if !ok {
		return o, true, nil
	}
	select {
	case <-o.done:
		return o, false, nil
	case <-ctx.Done():
		return nil, false, context.Cause(ctx)
	}
}

// forget lets the next request try to be first again.
func (t *Transport) forget(origin string, o *opening) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.opening[origin] == o {
		delete(t.opening, origin)
	}
}

func (o *opening) settle() { o.once.Do(func() { close(o.done) }) }

// Close closes the connections that no request is using.
func (t *Transport) Close() { t.http.CloseIdleConnections() }
