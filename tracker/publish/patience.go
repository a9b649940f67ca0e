package publish

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/google/go-github/v60/github"
)

// Patience is how limits and failures are waited for.
type Patience struct {
	Now func() time.Time
	// Sleep waits, or returns the context's error.
	Sleep func(ctx context.Context, d time.Duration) error
	// Most is the longest that a limit is waited for; 0 means an hour.
	Most time.Duration
	// OnWait, if set, is told why nothing happens for a while.
	OnWait func(why string, d time.Duration)
}

// tries is how often a request is made.
const tries = 6

// try makes a request until it is answered. One that is not safe is repeated only
// where it was refused, not where its answer got lost.
func (p *Patience) try(ctx context.Context, safe bool, request func(ctx context.Context) error) error {
	pause := time.Second
	for n := 1; ; n++ {
		err := request(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		why, wait, again := p.judge(err, safe)
		if wait == 0 {
			wait = pause
			pause *= 2
		}
		most := p.Most
		if most == 0 {
			most = time.Hour
		}
		switch {
		case !again || n == tries:
			return err
		case wait > most:
			return fmt.Errorf("%s for %s more: %w", why, wait.Round(time.Second), err)
		}
		if p.OnWait != nil {
			p.OnWait(why, wait)
		}
		if err := p.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// judge says whether a request is to be repeated, why and when; 0 is soon.
func (p *Patience) judge(err error, safe bool) (why string, wait time.Duration, again bool) {
	if e, ok := errors.AsType[*github.RateLimitError](err); ok {
		// A second more, as clocks differ.
		return "GitHub's rate limit is used up", max(e.Rate.Reset.Sub(p.Now()), 0) + time.Second, true
	}
	if e, ok := errors.AsType[*github.AbuseRateLimitError](err); ok {
		if e.RetryAfter != nil {
			return "GitHub asks for a pause", *e.RetryAfter, true
		}
		return "GitHub asks for a pause", time.Minute, true // as its documentation says
	}
	if e, ok := errors.AsType[*github.ErrorResponse](err); ok && e.Response != nil {
		switch s := e.Response.StatusCode; {
		case s == http.StatusTooManyRequests, s == http.StatusForbidden && e.Response.Header.Get("Retry-After") != "":
			seconds, err := strconv.Atoi(e.Response.Header.Get("Retry-After"))
			if err != nil || seconds < 0 {
				seconds = 60
			}
			return "GitHub asks for a pause", time.Duration(seconds) * time.Second, true
		case s >= http.StatusInternalServerError:
			return fmt.Sprintf("GitHub fails with %d", s), 0, safe
		}
		return "", 0, false
	}
	if _, ok := errors.AsType[net.Error](err); ok || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "GitHub does not answer", 0, safe
	}
	return "", 0, false
}
