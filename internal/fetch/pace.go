package fetch

import (
	"context"
	"net/http"
	"time"
)

// A Pacer says how often an origin may be asked.
type Pacer interface {
	// Wait returns when the next request to an origin may be sent, or the cause when
	// the context ends.
	Wait(ctx context.Context, origin string) error
	// Pause keeps requests from an origin that asked to be left alone for some time.
	Pause(ctx context.Context, origin string, d time.Duration) error
}

// Pace lets requests pass as often as p says, and tells it which origins ask for
// fewer: by 429, or by 503 with a time. now is the clock for times that are dates;
// nil means such times are ignored.
func Pace(d Doer, p Pacer, now func() time.Time) Doer {
	return DoerFunc(func(r *http.Request) (*http.Response, error) {
		if err := p.Wait(r.Context(), origin(r)); err != nil {
			return nil, Final(err)
		}
		resp, err := d.Do(r)
		if err != nil {
			return nil, err
		}
		after, told := RetryAfter(resp.Header.Get("Retry-After"), now)
		switch {
		case resp.StatusCode == http.StatusTooManyRequests && !told:
			after = defaultPause
		case resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode == http.StatusServiceUnavailable && told:
		default:
			return resp, nil
		}
		// That others are not told does not change what this answer says.
		_ = p.Pause(r.Context(), origin(r), min(after, longestPause))
		return resp, nil
	})
}

// How long an origin is left alone that asks too much was asked and does not say for
// how long, and at most, whatever it says.
const (
	defaultPause = 2 * time.Second
	longestPause = 10 * time.Minute
)

// RetryAfter reads the header of that name: seconds, or a date.
func RetryAfter(value string, now func() time.Time) (time.Duration, bool) {
	return (&Retrier{o: RetryOptions{Now: now}}).retryAfter(value)
}
