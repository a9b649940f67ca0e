package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Stall gives up on a server that sends nothing for so long: no answer, or not
// one byte more of its body while the caller waits in Read. The error wraps
// [ErrStalled]. A slow server that keeps sending may take as long as it likes.
func Stall(d Doer, after time.Duration) Doer {
	return DoerFunc(func(r *http.Request) (*http.Response, error) {
		ctx, cancel := context.WithCancelCause(r.Context())
		w := &watch{ctx: ctx, after: after}
		w.timer = time.AfterFunc(after, func() {
			cancel(fmt.Errorf("%w for %s", ErrStalled, after))
		})
		resp, err := d.Do(r.WithContext(ctx))
		w.timer.Stop()
		if err != nil {
			err = w.explain(err)
			cancel(nil)
			return nil, err
		}
		resp.Body = &closeBody{
			ReadCloser: &watchedBody{ReadCloser: resp.Body, watch: w},
			done:       func() { w.timer.Stop(); cancel(nil) },
		}
		return resp, nil
	})
}

// watch is a timer that ends a request.
type watch struct {
	ctx   context.Context
	after time.Duration
	timer *time.Timer
}

// explain puts the reason a request was ended in place of the bare
// "context canceled" the transport knows it by.
func (w *watch) explain(err error) error {
	if cause := context.Cause(w.ctx); cause != nil {
		return cause
	}
	return err
}

// watchedBody runs the timer only while the caller is reading, so that a caller
// who takes its time is not mistaken for a server that does.
type watchedBody struct {
	io.ReadCloser
	watch *watch
}

func (b *watchedBody) Read(p []byte) (int, error) {
	b.watch.timer.Reset(b.watch.after)
	n, err := b.ReadCloser.Read(p)
	b.watch.timer.Stop()
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.watch.explain(err)
	}
	return n, err
}
