package fetch

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
)

// Client performs whole exchanges over a [Doer], with retries. It is safe for
// concurrent use.
type Client struct {
	doer  Doer
	retry *Retrier

	mu      sync.Mutex
	support map[string]rangeSupport // by origin
}

// NewClient returns a Client over d, which should follow redirects.
func NewClient(d Doer, r *Retrier) *Client {
	return &Client{doer: d, retry: r, support: map[string]rangeSupport{}}
}

// Request is a GET request.
type Request struct {
	URL    string
	Header http.Header
	// Accept are the statuses that are no error besides 200.
	Accept []int
	// Limit caps the body in bytes, after decompression.
	Limit int64
}

// Response is a response read to its end.
type Response struct {
	Status int
	Header http.Header
	// URL is the one that answered after all redirects, without user and
	// password.
	URL    string
	Body   []byte
	SHA256 [32]byte
}

// Get performs a request and reads the body. The errors are *StatusError for a
// status that is neither 200 nor accepted, *TooLargeError for a body over the
// limit, or what broke the connection in the end; all name the URL without
// credentials.
func (c *Client) Get(ctx context.Context, req Request) (*Response, error) {
	var out *Response
	err := c.Stream(ctx, req, func(resp *http.Response) error {
		body, err := readAll(resp, req.Limit)
		if err != nil {
			return err
		}
		u := *resp.Request.URL
		u.User = nil
		out = &Response{resp.StatusCode, resp.Header, u.String(), body, sha256.Sum256(body)}
		return nil
	})
	return out, err
}

// Stream performs a request and hands the response to read, which need not read
// its body to the end and must not keep it. When read, or the connection under
// it, fails in a way that may pass, the whole exchange is done again, so read
// must begin anew each time it is called; an error it returns that should not be
// retried can be wrapped with [Final]. Limit is read's business.
func (c *Client) Stream(ctx context.Context, req Request, read func(*http.Response) error) error {
	u, err := parseURL(req.URL)
	if err != nil {
		return err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%s: not a web address", RedactURL(u))
	}
	u.Fragment, u.RawFragment = "", ""
	err = c.retry.Run(ctx, u.Scheme+"://"+u.Host, func() error { return c.once(ctx, u, req, read) })
	return named(u, err)
}

// Final marks an error as one that trying again will not mend.
func Final(err error) error {
	if err == nil {
		return nil
	}
	return permanentError{err}
}

func (c *Client) once(ctx context.Context, u *url.URL, req Request, read func(*http.Response) error) error {
	r := (&http.Request{
		Method: http.MethodGet, URL: u, Host: u.Host, Header: http.Header{},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	maps.Copy(r.Header, req.Header)
	resp, err := c.doer.Do(r)
	if err != nil {
		return plain(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.Request == nil {
		resp.Request = r
	}
	if resp.StatusCode != http.StatusOK && !slices.Contains(req.Accept, resp.StatusCode) {
		// A short body is read so that the connection can be used again.
		_, _ = io.CopyN(io.Discard, resp.Body, 16<<10)
		return &StatusError{resp.StatusCode, RedactURL(resp.Request.URL), resp.Header.Get("Retry-After")}
	}
	return read(resp)
}

// plain takes the method and URL, which may hold credentials, off an error of
// net/http.
func plain(err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return ue.Err
	}
	return err
}

// named adds the URL to an error that doesn't name it.
func named(u *url.URL, err error) error {
	var (
		status *StatusError
		large  *TooLargeError
		hash   *HashError
	)
	if err == nil || errors.As(err, &status) || errors.As(err, &large) || errors.As(err, &hash) {
		return err
	}
	return fmt.Errorf("%s: %w", RedactURL(u), err)
}

// readAll reads a body under a cap.
func readAll(resp *http.Response, limit int64) ([]byte, error) {
	tooLarge := &TooLargeError{RedactURL(resp.Request.URL), limit, resp.ContentLength}
	if resp.ContentLength > limit {
		return nil, tooLarge
	}
	// The announced size saves copying while the body grows, but is believed
	// only so far.
	room := resp.ContentLength
	if room < 0 {
		room = 32 << 10
	}
	b := make([]byte, 0, min(room, 8<<20)+1)
	for {
		if len(b) == cap(b) {
			b = slices.Grow(b, int(min(max(int64(len(b)), 64<<10), limit+1-int64(len(b)))))
		}
		n, err := resp.Body.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if int64(len(b)) > limit {
			tooLarge.Size = -1
			return nil, tooLarge
		}
		if errors.Is(err, io.EOF) {
			if resp.ContentLength > int64(len(b)) {
				return nil, io.ErrUnexpectedEOF
			}
			return b, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
