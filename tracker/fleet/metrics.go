package fleet

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// Metrics are the figures of a worker and of its fleet's queues, in the text format
// that Prometheus reads. That is written here rather than by a library that every
// command of the program would pay for as it starts. Its zero value counts nothing
// yet. It may be used by several goroutines at once.
type Metrics struct {
	mu   sync.Mutex
	jobs map[jobKey]int64
	took map[vocab.Job]*histogram
}

type jobKey struct {
	kind    vocab.Job
	outcome vocab.JobOutcome
}

// A histogram counts how many jobs took no longer than each bound.
type histogram struct {
	counts []int64
	count  int64
	sum    float64
}

// bounds are those of histograms, in seconds.
func bounds() []float64 {
	return []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800}
}

// Job counts an attempt at a job: it is a [WorkOptions.OnJob].
func (m *Metrics) Job(kind vocab.Job, outcome vocab.JobOutcome, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.jobs == nil {
		m.jobs, m.took = map[jobKey]int64{}, map[vocab.Job]*histogram{}
	}
	m.jobs[jobKey{kind, outcome}]++
	h := m.took[kind]
	if h == nil {
		h = &histogram{counts: make([]int64, len(bounds()))}
		m.took[kind] = h
	}
	h.count++
	h.sum += took.Seconds()
	for i, b := range bounds() {
		if took.Seconds() <= b {
			h.counts[i]++
		}
	}
}

// MetricsType is the media type of what Write writes.
const MetricsType = "text/plain; version=0.0.4; charset=utf-8"

// Write writes the figures: of the worker, and, unless the database does not answer,
// of the queues. usage is as in [WorkOptions] and may be nil.
func (m *Metrics) Write(ctx context.Context, w io.Writer, f *Fleet, usage func() (int64, time.Duration)) error {
	out := &exposition{w: bufio.NewWriter(w)}
	m.write(out)
	if usage != nil {
		requests, waited := usage()
		out.family("ftpkg_requests_total", "counter", "Requests to indexes.")
		out.sample("ftpkg_requests_total", float64(requests))
		out.family("ftpkg_rate_limit_wait_seconds_total", "counter", "Time spent waiting for leave to make requests.")
		out.sample("ftpkg_rate_limit_wait_seconds_total", waited.Seconds())
	}
	s := &State{}
	up := 1.0
	if err := f.within(ctx, func(ctx context.Context) error {
		if err := f.workersOf(ctx, s); err != nil {
			return err
		}
		return f.queuesOf(ctx, s)
	}); err != nil {
		up = 0
	}
	out.family("ftpkg_database_up", "gauge", "Whether the database answers.")
	out.sample("ftpkg_database_up", up)
	if up == 1 {
		writeQueues(out, s)
	}
	return out.w.Flush()
}

func (m *Metrics) write(out *exposition) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out.family("ftpkg_jobs_total", "counter", "Attempts at jobs, by kind and how they ended.")
	for _, kind := range vocab.Jobs().Names() {
		for _, o := range vocab.JobOutcomes().Names() {
			out.sample("ftpkg_jobs_total", float64(m.jobs[jobKey{vocab.Job(kind), vocab.JobOutcome(o)}]), "job", kind, "job_outcome", o)
		}
	}
	out.family("ftpkg_job_seconds", "histogram", "How long attempts at jobs took, by kind.")
	for _, kind := range vocab.Jobs().Names() {
		h := m.took[vocab.Job(kind)]
		if h == nil {
			h = &histogram{counts: make([]int64, len(bounds()))}
		}
		for i, b := range bounds() {
			out.sample("ftpkg_job_seconds_bucket", float64(h.counts[i]), "job", kind, "le", number(b))
		}
		out.sample("ftpkg_job_seconds_bucket", float64(h.count), "job", kind, "le", "+Inf")
		out.sample("ftpkg_job_seconds_sum", h.sum, "job", kind)
		out.sample("ftpkg_job_seconds_count", float64(h.count), "job", kind)
	}
}

func writeQueues(out *exposition, s *State) {
	out.family("ftpkg_queue_jobs", "gauge", "Jobs of the fleet, by queue and where they stand.")
	for i := range s.Queues {
		q := &s.Queues[i]
		for _, one := range []struct {
			state vocab.JobState
			n     int
		}{
			{vocab.JobStateWaiting, q.Waiting},
			{vocab.JobStateRunning, q.Running},
			{vocab.JobStateLater, q.Later},
			{vocab.JobStateDone, q.Done},
			{vocab.JobStateFailed, q.Failed},
			{vocab.JobStateCancelled, q.Cancelled},
		} {
			out.sample("ftpkg_queue_jobs", float64(one.n), "queue", q.Name, "job_state", string(one.state))
		}
	}
	out.family("ftpkg_queue_oldest_seconds", "gauge", "How long the job has waited that has waited longest.")
	for i := range s.Queues {
		out.sample("ftpkg_queue_oldest_seconds", s.Queues[i].Oldest, "queue", s.Queues[i].Name)
	}
	out.family("ftpkg_queue_workers", "gauge", "Live workers, by queue.")
	for i := range s.Queues {
		out.sample("ftpkg_queue_workers", float64(s.Queues[i].Workers), "queue", s.Queues[i].Name)
	}
}

// An exposition is a text that Prometheus reads. Errors of its writer come out of
// Flush.
type exposition struct{ w *bufio.Writer }

func (e *exposition) family(name, kind, help string) {
	_, _ = fmt.Fprintf(e.w, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

// sample writes a value with labels: names and values in turn.
func (e *exposition) sample(name string, value float64, labels ...string) {
	_, _ = e.w.WriteString(name)
	sep := "{"
	for pair := range slices.Chunk(labels, 2) {
		_, _ = fmt.Fprintf(e.w, `%s%s="%s"`, sep, pair[0], escaped.Replace(pair[len(pair)-1]))
		sep = ","
	}
	if len(labels) > 0 {
		_ = e.w.WriteByte('}')
	}
	_, _ = fmt.Fprintf(e.w, " %s\n", number(value))
}

// escaped is how values of labels are written.
var escaped = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
