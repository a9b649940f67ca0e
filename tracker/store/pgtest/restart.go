package pgtest

import (
	"context"
	"errors"
	"os"
	"time"
)

// Kill ends the server as a fault of the machine does: at once, without a word to
// those who are connected. What was committed is in the cluster, for Restart to find.
func (s *Server) Kill() error {
	if err := s.kill(os.Kill); err != nil {
		return err
	}
	<-s.done
	return nil
}

// Restart starts a server that was killed, on the cluster it left, and returns when
// that has recovered. Its address is the same.
func (s *Server) Restart(ctx context.Context) error {
	for {
		// The processes that served the connections end by themselves soon after the one
		// that was killed, and until then another refuses to start.
		err := s.start(ctx)
		if !errors.Is(err, errNotStarted) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}
