package fleet

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker"
)

// tries is how often a job is tried that an index or a package makes fail.
const tries = 4

// tripped is how long a job waits that the database made fail, which says nothing of
// the job.
const tripped = 2 * time.Second

// Backoff is how long a job waits that has failed some times, 1 the first: 4, 16 and
// 64 seconds, and so on up to ten minutes.
func Backoff(failed int) time.Duration {
	return min(time.Second<<(2*min(failed, 10)), 10*time.Minute)
}

// outcome says how an attempt at a job ended that returned an error.
func (w *worker) outcome(ctx context.Context, kind vocab.Job, job *rivertype.JobRow, err error) vocab.JobOutcome {
	failure, isJob := errors.AsType[*tracker.JobError](err)
	switch {
	case err == nil:
		return vocab.JobDone
	case ctx.Err() != nil:
		return vocab.JobInterrupted
	case !isJob && passing(err):
		return vocab.JobTripped
	case isJob && !mendable(kind, failure.Err), failures(job)+1 >= w.options.Tries:
		return vocab.JobFailed
	}
	return vocab.JobRetried
}

// told is what River is told of an attempt.
func told(o vocab.JobOutcome, err error) error {
	switch o {
	case vocab.JobDone:
		return nil
	case vocab.JobFailed:
		return river.JobCancel(err) // whatever attempts are left; what it is called is for [Fleet.State]
	case vocab.JobTripped:
		return errors.Join(river.JobSnooze(tripped), err)
	case vocab.JobRetried, vocab.JobInterrupted:
	}
	return err // River knows itself whether it was interrupted
}

// passing reports whether an error is that of a database that is not there, or has
// others to serve first.
func passing(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pg.Code[:2] {
		case "08", "40", "53", "55", "57", "58": // connections, conflicts, resources, locks, its own end, its disk
			return true
		}
		return false
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err)
}

// mendable reports whether trying again may help. An index that does not answer may
// answer later; what is wrong with a wheel stays wrong.
func mendable(kind vocab.Job, err error) bool {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, io.ErrUnexpectedEOF) {
		return true
	}
	_, network := errors.AsType[net.Error](err)
	return (kind == vocab.JobRefresh || network || fetch.Status(err) != 0) && fetch.Temporary(err)
}

// abandoned is the error of an attempt whose worker died.
const abandoned = "the worker is gone"

// failures is how often a job has failed by itself.
func failures(job *rivertype.JobRow) int {
	n := 0
	for i := range job.Errors {
		if job.Errors[i].Error != abandoned {
			n++
		}
	}
	return n
}
