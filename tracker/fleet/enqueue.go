package fleet

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// An Order is an update that a fleet is asked for.
type Order struct {
	// Names are the projects, all that are tracked if there are none.
	Names   []string
	Inspect bool // read the wheels that headlines are about
	// Probe is where to load the packages.
	Probe []Target
	// Fresh is how old the last look at a project may be for it to be left out.
	Fresh time.Duration

	periodic int64 // when the period began that asks for it, in seconds
}

// String says what is asked for, as runs are told by: one that is asked for while the
// same is under way is that.
func (o *Order) String() string {
	what := prefix + "update"
	if o.periodic != 0 {
		what += " " + time.Unix(o.periodic, 0).UTC().Format(time.RFC3339)
	}
	if o.Inspect {
		what += " --inspect"
	}
	for _, t := range o.Probe {
		what += " --probe " + t.String()
	}
	for _, name := range o.Names {
		if len(what) > 1000 {
			// Another list that begins alike is not the same.
			digest := sha256.Sum256([]byte(strings.Join(o.Names, " ")))
			return fmt.Sprintf("%s … (%d projects, %x)", what, len(o.Names), digest[:6])
		}
		what += " " + name
	}
	return what
}

// prefix begins what a run of a fleet does, in the store's list of runs.
const prefix = "fleet "

// A Run is an update that a fleet was asked for.
type Run struct {
	ID    int64
	Began time.Time
	// Jobs is how many looks were added to the queue; what follows from them is
	// added by whoever takes them. Those that waited in it already are not counted.
	Jobs int
	// Again says that the same was asked for before and is still under way.
	Again bool
}

// batch is how many jobs one statement adds.
const batch = 1000

// resumable is how long a run under way may be gone on with.
const resumable = 24 * time.Hour

// Enqueue adds an update to the queue: a look at each project, as a whole or not at
// all. What a look brings to light is added by the worker that takes it.
func (f *Fleet) Enqueue(ctx context.Context, o Order) (*Run, error) {
	run, err := f.begin(ctx, &o)
	if err != nil {
		return nil, err
	}
	names := slices.Clone(o.Names)
	priority := priorityAsked
	if len(names) == 0 {
		priority = priorityAll
		if names, err = f.store.Names(ctx); err != nil {
			return nil, err
		}
	}
	if o.periodic != 0 {
		priority = priorityPeriodic
	}
	slices.Sort(names)
	names = slices.Compact(names)
	args := make([]river.InsertManyParams, len(names))
	for i, name := range names {
		args[i].Args = refreshArgs{
			Project: name, Run: run.ID, Since: run.Began.Add(-o.Fresh).UnixMicro(), Inspect: o.Inspect, Probe: o.Probe, Priority: priority,
		}
	}
	err = pgx.BeginFunc(ctx, f.pool, func(tx pgx.Tx) error {
		for some := range slices.Chunk(args, batch) {
			inserted, err := f.queue.InsertManyTx(ctx, tx, some)
			if err != nil {
				return err
			}
			for _, r := range inserted {
				if !r.UniqueSkippedAsDuplicate {
					run.Jobs++
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("fleet: enqueue: %w", err)
	}
	if len(names) == 0 {
		return run, f.store.EndRun(ctx, run.ID, (&tracker.Summary{}).String())
	}
	return run, nil
}

// begin notes a run in the store, or finds the one that is under way.
func (f *Fleet) begin(ctx context.Context, o *Order) (*Run, error) {
	runs, err := f.open(ctx)
	if err != nil {
		return nil, err
	}
	what := o.String()
	for i := range runs {
		if r := &runs[i]; r.What == what && f.now().Sub(r.Began) < resumable {
			return &Run{ID: r.ID, Began: r.Began, Again: true}, nil
		}
	}
	r, err := f.store.BeginRun(ctx, what)
	if err != nil {
		return nil, err
	}
	return &Run{ID: r.ID, Began: r.Began}, nil
}

// recent is how many of the last runs are asked for.
const recent = 50

// open are the runs of the fleet that have not ended, the newest first.
func (f *Fleet) open(ctx context.Context) ([]evidence.Run, error) {
	runs, err := f.store.Runs(ctx, recent)
	return slices.DeleteFunc(runs, func(r evidence.Run) bool { return !r.Ended.IsZero() || !strings.HasPrefix(r.What, prefix) }), err
}
