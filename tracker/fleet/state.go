package fleet

import (
	"context"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// StateSchema names the documents of a fleet's state.
const StateSchema = "ftpkg.fleet/1"

// A State is what can be told of a fleet at a moment.
type State struct {
	Schema  string        `json:"schema"`
	Store   string        `json:"store"`
	At      time.Time     `json:"at"`
	Queues  []QueueState  `json:"queues"`
	Workers []WorkerState `json:"workers"`
	// Throughput is how many jobs were finished lately.
	Throughput Throughput `json:"throughput"`
	// Failures are the last jobs that failed, whether they are tried again or not.
	Failures []JobFailure `json:"failures"`
	// Runs are the updates under way.
	Runs []RunState `json:"runs"`
	// Paces are the indexes, and how long from now on they are not asked.
	Paces []PaceState `json:"paces"`
}

// A QueueState counts the jobs of a queue.
type QueueState struct {
	Name      string `json:"name"`
	Waiting   int    `json:"waiting"`
	Running   int    `json:"running"`
	Later     int    `json:"later"`
	Done      int    `json:"done"`
	Failed    int    `json:"failed"`
	Cancelled int    `json:"cancelled"`
	// Oldest is for how many seconds the job has waited that has waited longest.
	Oldest float64 `json:"oldest_seconds"`
	// Workers is how many live workers take jobs from it.
	Workers int `json:"workers"`
}

// A WorkerState is a worker that lives, or died within a day.
type WorkerState struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Tool     string    `json:"tool"`
	Queues   []string  `json:"queues"`
	Target   string    `json:"target,omitempty"` // what it loads packages in: "3.13t linux-x86_64"
	Jobs     int       `json:"jobs"`
	Started  time.Time `json:"started"`
	Seen     time.Time `json:"seen"`
	Alive    bool      `json:"alive"`
	Stopped  bool      `json:"stopped"` // in good order
	Running  int       `json:"running"`
	Done     int64     `json:"done"`
	Failed   int64     `json:"failed"`
	Requests int64     `json:"requests"`
	Waited   float64   `json:"waited_seconds"` // for leave to make requests
}

// Throughput is how many jobs were finished in the last minute and hour.
type Throughput struct {
	Minute int `json:"minute"`
	Hour   int `json:"hour"`
}

// A JobFailure is a job that failed.
type JobFailure struct {
	ID       int64          `json:"id"`
	Job      vocab.Job      `json:"job"`
	JobState vocab.JobState `json:"job_state"`
	Subject  string         `json:"subject"`
	At       time.Time      `json:"at"`
	Attempt  int            `json:"attempt"`
	Error    string         `json:"error"`
	Next     *time.Time     `json:"next,omitempty"` // when it is tried again
}

// A RunState is an update under way.
type RunState struct {
	ID    int64     `json:"id"`
	What  string    `json:"what"`
	Began time.Time `json:"began"`
	Done  int       `json:"done"`
	Total int       `json:"total"`
}

// A PaceState is an index.
type PaceState struct {
	Host string  `json:"host"`
	Wait float64 `json:"wait_seconds"`
}

// failuresTold is how many of the last failures are told.
const failuresTold = 20

// State tells of the fleet as it is now.
func (f *Fleet) State(ctx context.Context) (*State, error) {
	s := &State{
		Schema: StateSchema, Queues: []QueueState{}, Workers: []WorkerState{}, Failures: []JobFailure{}, Runs: []RunState{}, Paces: []PaceState{},
	}
	var err error
	if err = f.pool.QueryRow(ctx, `SELECT now()`).Scan(&s.At); err != nil {
		return nil, err
	}
	s.At = s.At.UTC()
	for _, part := range []func(context.Context, *State) error{f.workersOf, f.queuesOf, f.throughputOf, f.failuresOf, f.runsOf, f.pacesOf} {
		if err := part(ctx, s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// ask calls each for the rows of an answer; scan reads one.
func (f *Fleet) ask(ctx context.Context, question string, args []any, each func(scan func(...any) error) error) error {
	rows, err := f.pool.Query(ctx, question, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (f *Fleet) workersOf(ctx context.Context, s *State) error {
	return f.ask(ctx, `SELECT id, name, tool, queues, target, jobs, started, seen, stopped IS NULL AND seen > now() - make_interval(secs => $1),
			stopped IS NOT NULL, done, failed, requests, waited,
			(SELECT count(*) FROM river_job WHERE state = 'running' AND attempted_by[array_upper(attempted_by, 1)] = w.id)
		FROM fleet_worker w ORDER BY name, started, id`, []any{(missed * defaultBeat).Seconds()}, func(scan func(...any) error) error {
		var w WorkerState
		err := scan(&w.ID, &w.Name, &w.Tool, &w.Queues, &w.Target, &w.Jobs, &w.Started, &w.Seen, &w.Alive, &w.Stopped, &w.Done, &w.Failed, &w.Requests, &w.Waited, &w.Running)
		w.Started, w.Seen = w.Started.UTC(), w.Seen.UTC()
		s.Workers = append(s.Workers, w)
		return err
	})
}

func (f *Fleet) queuesOf(ctx context.Context, s *State) error {
	return f.ask(ctx, `WITH jobs AS (
			SELECT queue, `+stateOf+` AS what, count(*) AS n, min(scheduled_at) AS since FROM river_job GROUP BY queue, what
		), names AS (
			SELECT queue FROM jobs UNION SELECT unnest(queues) FROM fleet_worker
		)
		SELECT names.queue,
			coalesce(sum(n) FILTER (WHERE what = 'waiting'), 0)::int, coalesce(sum(n) FILTER (WHERE what = 'running'), 0)::int,
			coalesce(sum(n) FILTER (WHERE what = 'later'), 0)::int, coalesce(sum(n) FILTER (WHERE what = 'done'), 0)::int,
			coalesce(sum(n) FILTER (WHERE what = 'failed'), 0)::int, coalesce(sum(n) FILTER (WHERE what = 'cancelled'), 0)::int,
			greatest(0, coalesce(extract(epoch FROM now() - min(since) FILTER (WHERE what = 'waiting')), 0))::float8
		FROM names LEFT JOIN jobs ON jobs.queue = names.queue GROUP BY names.queue ORDER BY names.queue`, nil,
		func(scan func(...any) error) error {
			var q QueueState
			err := scan(&q.Name, &q.Waiting, &q.Running, &q.Later, &q.Done, &q.Failed, &q.Cancelled, &q.Oldest)
			for i := range s.Workers {
				for _, name := range s.Workers[i].Queues {
					if s.Workers[i].Alive && name == q.Name {
						q.Workers++
					}
				}
			}
			s.Queues = append(s.Queues, q)
			return err
		})
}

func (f *Fleet) throughputOf(ctx context.Context, s *State) error {
	return f.pool.QueryRow(ctx, `SELECT count(*) FILTER (WHERE finalized_at > now() - interval '1 minute'), count(*) FROM river_job
		WHERE state = 'completed' AND finalized_at > now() - interval '1 hour'`).Scan(&s.Throughput.Minute, &s.Throughput.Hour)
}

func (f *Fleet) failuresOf(ctx context.Context, s *State) error {
	return f.ask(ctx, `SELECT id, kind, `+stateOf+`, args, attempt, errors[array_upper(errors, 1)], coalesce(finalized_at, attempted_at, created_at),
			CASE WHEN finalized_at IS NULL AND state <> 'running' THEN scheduled_at END
		FROM river_job WHERE state IN ('available', 'cancelled', 'discarded', 'retryable', 'running', 'scheduled') AND cardinality(coalesce(errors, '{}')) > 0
		ORDER BY coalesce(finalized_at, attempted_at, created_at) DESC, id DESC LIMIT $1`, []any{failuresTold}, func(scan func(...any) error) error {
		var j JobFailure
		var args, failed []byte
		err := scan(&j.ID, &j.Job, &j.JobState, &args, &j.Attempt, &failed, &j.At, &j.Next)
		j.Subject, j.Error, j.At = subject(args), lastError(failed), j.At.UTC()
		if j.Next != nil {
			*j.Next = j.Next.UTC()
		}
		s.Failures = append(s.Failures, j)
		return err
	})
}

func (f *Fleet) runsOf(ctx context.Context, s *State) error {
	runs, err := f.open(ctx)
	if err != nil {
		return err
	}
	for i := range runs {
		p, err := f.progress(ctx, runs[i].ID)
		if err != nil {
			return err
		}
		s.Runs = append(s.Runs, RunState{runs[i].ID, runs[i].What, runs[i].Began.UTC(), p.Done, p.Total})
	}
	return nil
}

func (f *Fleet) pacesOf(ctx context.Context, s *State) error {
	return f.ask(ctx, `SELECT host, greatest(0, extract(epoch FROM free - now()))::float8 FROM fleet_pace ORDER BY host`, nil, func(scan func(...any) error) error {
		var p PaceState
		err := scan(&p.Host, &p.Wait)
		s.Paces = append(s.Paces, p)
		return err
	})
}

// Targets are what workers load packages in that have lived within a day.
func (f *Fleet) Targets(ctx context.Context) ([]Target, error) {
	var targets []Target
	err := f.ask(ctx, `SELECT DISTINCT target FROM fleet_worker WHERE target <> '' AND EXISTS (SELECT FROM unnest(queues) q WHERE q LIKE 'probe-%') ORDER BY target`, nil,
		func(scan func(...any) error) error {
			var text string
			if err := scan(&text); err != nil {
				return err
			}
			t, err := parseTarget(text)
			targets = append(targets, t)
			return err
		})
	return targets, err
}
