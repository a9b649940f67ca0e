package index

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// ErrOffline says that something isn't in the cache and may not be asked for.
var ErrOffline = errors.New("not in the cache")

// ErrNoUploadTimes says that an index doesn't tell when it got its files, so
// that nothing can be said about what it had at a date.
var ErrNoUploadTimes = errors.New("the index gives no upload times")

// OfflineError is an [ErrOffline] that says what is missing.
type OfflineError struct {
	What string // "project numpy", "metadata of x-1.0.whl"
	From string // the index or URL it would come from, redacted
}

func (e *OfflineError) Error() string {
	return fmt.Sprintf("offline: %s of %s is not in the cache", e.What, e.From)
}

// Is makes errors.Is(err, ErrOffline) hold.
func (e *OfflineError) Is(target error) bool { return target == ErrOffline }

// unreadable marks failures that are one file's own, rather than the index's or
// the network's, with simple.ErrNoMetadata: the file is gone or refused, too
// large, or not what it should be.
func unreadable(err error) error {
	if err == nil || errors.Is(err, simple.ErrNoMetadata) {
		return err
	}
	var (
		status *fetch.StatusError
		large  *fetch.TooLargeError
		hash   *fetch.HashError
	)
	switch {
	case errors.As(err, &large), errors.As(err, &hash), errors.Is(err, fetch.ErrNoRanges):
	case errors.As(err, &status):
		switch status.Status {
		case http.StatusUnauthorized, http.StatusProxyAuthRequired,
			http.StatusRequestTimeout, http.StatusTooManyRequests:
			return err
		}
		if status.Status >= 500 {
			return err
		}
	default:
		return err
	}
	return fmt.Errorf("%w: %w", simple.ErrNoMetadata, err)
}

// gone reports whether an answer means that there is no such thing.
func gone(err error) bool {
	switch fetch.Status(err) {
	case http.StatusNotFound, http.StatusGone:
		return true
	}
	return false
}
