package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// ErrNoRanges says that a server does not serve parts of a file.
var ErrNoRanges = errors.New("the server does not serve byte ranges")

// ErrStalled says that a server stopped sending.
var ErrStalled = errors.New("the server stopped sending")

// StatusError is an answer whose status is neither a success nor one the
// request asked for.
type StatusError struct {
	Status int
	// RedactedURL is the URL that answered, without credentials.
	RedactedURL string
	// RetryAfter is the header of that name as sent, often "".
	RetryAfter string
}

func (e *StatusError) Error() string {
	if text := http.StatusText(e.Status); text != "" {
		return fmt.Sprintf("%s: %d %s", e.RedactedURL, e.Status, text)
	}
	return fmt.Sprintf("%s: status %d", e.RedactedURL, e.Status)
}

// Status returns the HTTP status that err is about, 0 if none.
func Status(err error) int {
	if s, ok := errors.AsType[*StatusError](err); ok {
		return s.Status
	}
	return 0
}

// TooLargeError is a body over the cap of the request.
type TooLargeError struct {
	RedactedURL string
	// Limit is the cap in bytes. Size is the size the server announced, -1 if
	// it just went on sending.
	Limit, Size int64
}

func (e *TooLargeError) Error() string {
	if e.Size >= 0 {
		return fmt.Sprintf("%s: %s is over the limit of %s", e.RedactedURL, mebibytes(e.Size), mebibytes(e.Limit))
	}
	return fmt.Sprintf("%s: more than the limit of %s", e.RedactedURL, mebibytes(e.Limit))
}

// mebibytes writes a size for a person.
func mebibytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.4g MiB", float64(n)/(1<<20))
}

// HashError is a body whose SHA-256 digest is not the promised one.
type HashError struct {
	RedactedURL string
	Want, Got   [32]byte
}

func (e *HashError) Error() string {
	return fmt.Sprintf("%s: sha256 is %x, not %x as the index says", e.RedactedURL, e.Got, e.Want)
}

// permanentError marks a failure that trying again will not mend.
type permanentError struct{ error }

func (e permanentError) Unwrap() error { return e.error }

// parseURL is url.Parse whose error does not quote the input, as a part of it may
// be a password.
func parseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, permanentError{fmt.Errorf("%s: not a valid URL", Redact(raw))}
	}
	return u, nil
}
