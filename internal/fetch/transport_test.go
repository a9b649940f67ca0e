package fetch_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
)

func dirEntries(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// secure starts a TLS server that speaks HTTP/2 and counts its connections.
func secure(t *testing.T, conns *atomic.Int64, h http.HandlerFunc) (string, *x509.CertPool) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.EnableHTTP2 = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			conns.Add(1)
		}
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return s.URL, pool
}

// Forty requests at once share one HTTP/2 connection: none of them shakes hands
// in vain.
func TestTransportOneConnection(t *testing.T) {
	t.Parallel()
	var conns atomic.Int64
	url, pool := secure(t, &conns, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) })
	tr := fetch.NewTransport(fetch.TransportOptions{RootCAs: pool})
	defer tr.Close()
	c := fetch.NewClient(tr, fetch.NewRetrier(fetch.RetryOptions{Retries: -1}))
	var wait sync.WaitGroup
	for range 40 {
		wait.Go(func() {
			resp, err := c.Get(t.Context(), fetch.Request{URL: url, Limit: 100})
			if err != nil || string(resp.Body) != "HTTP/2.0" {
				t.Errorf("%v %v", resp, err)
			}
		})
	}
	wait.Wait()
	if conns.Load() != 1 {
		t.Errorf("%d connections", conns.Load())
	}
}

func TestTransportWaitersGiveUp(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and never shakes hands
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	tr := fetch.NewTransport(fetch.TransportOptions{DialTimeout: 300 * time.Millisecond})
	defer tr.Close()
	c := fetch.NewClient(tr, fetch.NewRetrier(fetch.RetryOptions{Retries: -1}))
	target := "https://" + l.Addr().String()
	first := make(chan error, 1)
	go func() {
		_, err := c.Get(t.Context(), fetch.Request{URL: target, Limit: 1})
		first <- err
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.Get(ctx, fetch.Request{URL: target, Limit: 1}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiter: %v", err)
	}
	if err := <-first; err == nil {
		t.Error("a handshake with nobody")
	}
}

func TestTransportRefusesUnknownAuthorities(t *testing.T) {
	t.Parallel()
	var conns atomic.Int64
	url, _ := secure(t, &conns, func(http.ResponseWriter, *http.Request) {})
	clk := newClock()
	_, err := client(t, clk).Get(t.Context(), fetch.Request{URL: url, Limit: 1})
	var cert *tls.CertificateVerificationError
	if !errors.As(err, &cert) || len(clk.naps()) != 0 {
		t.Errorf("err = %v after waits %v", err, clk.naps())
	}
}

func TestRootCAs(t *testing.T) {
	t.Parallel()
	if _, err := fetch.RootCAs([]byte("nothing")); err == nil {
		t.Error("an empty bundle")
	}
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer s.Close()
	pool, err := fetch.RootCAs(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
	if err != nil {
		t.Fatal(err)
	}
	tr := fetch.NewTransport(fetch.TransportOptions{RootCAs: pool})
	defer tr.Close()
	c := fetch.NewClient(tr, fetch.NewRetrier(fetch.RetryOptions{Retries: -1}))
	if _, err := c.Get(t.Context(), fetch.Request{URL: s.URL, Limit: 1}); err != nil {
		t.Error(err)
	}
}

func TestTransportProxy(t *testing.T) {
	t.Parallel()
	var asked string
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) { asked = r.URL.String() })
	via, err := url.Parse(proxy)
	if err != nil {
		t.Fatal(err)
	}
	tr := fetch.NewTransport(fetch.TransportOptions{Proxy: func(*http.Request) (*url.URL, error) { return via, nil }})
	defer tr.Close()
	c := fetch.NewClient(tr, fetch.NewRetrier(fetch.RetryOptions{Retries: -1}))
	if _, err := c.Get(t.Context(), fetch.Request{URL: "http://example.invalid/x", Limit: 1}); err != nil || asked != "http://example.invalid/x" {
		t.Errorf("%v, asked for %q", err, asked)
	}
}

func TestRedirectDowngrade(t *testing.T) {
	t.Parallel()
	var conns atomic.Int64
	plain := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("followed") })
	target, pool := secure(t, &conns, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, plain, http.StatusFound) })
	tr := fetch.NewTransport(fetch.TransportOptions{RootCAs: pool})
	defer tr.Close()
	c := fetch.NewClient(fetch.FollowRedirects(tr, 5), retrier(newClock()))
	_, err := c.Get(t.Context(), fetch.Request{URL: target, Limit: 1})
	if want := target + ": redirect from https to " + plain; err == nil || err.Error() != want {
		t.Errorf("err = %v, want %s", err, want)
	}
}
