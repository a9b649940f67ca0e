package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/fleet"
)

// enqueuedDocument is what update --enqueue prints as JSON.
type enqueuedDocument struct {
	Schema string `json:"schema"` // "ftpkg.enqueued/1"
	Store  string `json:"store"`
	Run    int64  `json:"run"`
	Jobs   int    `json:"jobs"`
	Again  bool   `json:"again"`
}

// runTrackEnqueue leaves an update to the workers of a fleet, and waits for it if
// asked to.
func runTrackEnqueue(c *cli.Context, env Env, o trackOptions, names []string) (err error) {
	for _, name := range []string{"jobs", "python", "sandbox"} {
		if c.IsSet(name) {
			return hintf(usagef("flag --%s is the workers' business", name), "give it to ftpkg worker")
		}
	}
	s, f, err := o.openFleet(c.Context, env, false)
	if err != nil {
		return err
	}
	defer func() { f.Close(); err = errors.Join(err, s.Close()) }()
	order := fleet.Order{Names: names, Inspect: c.Bool("inspect"), Fresh: c.Duration("fresh")}
	if c.Bool("probe") {
		if order.Probe, err = f.Targets(c.Context); err != nil {
			return err
		}
		if len(order.Probe) == 0 {
			return hintf(usagef("no worker loads packages"), "start one: ftpkg worker --store postgres://… --python 3.14t")
		}
	}
	run, err := f.Enqueue(c.Context, order)
	if err != nil {
		return err
	}
	if c.Bool("wait") {
		summary, err := waitForRun(c.Context, env, f, run)
		if err != nil {
			return err
		}
		return reportSummary(c, env, s.Name(), summary)
	}
	if enumValue(c, "format") == "json" {
		return writeJSON(env.Stdout, enqueuedDocument{"ftpkg.enqueued/1", s.Name(), run.ID, run.Jobs, run.Again})
	}
	text := fmt.Sprintf("run %d: %s in the queue; ftpkg fleet status tells how far it is", run.ID, plural(run.Jobs, "package"))
	if run.Again {
		text = fmt.Sprintf("run %d is under way already: %s more in the queue", run.ID, plural(run.Jobs, "package"))
	}
	_, err = fmt.Fprintln(env.Stdout, text)
	return err
}

// waitForRun waits under a bar that says how long it may still take.
func waitForRun(ctx context.Context, env Env, f *fleet.Fleet, run *fleet.Run) (*tracker.Summary, error) {
	bar := startProgress(env)
	defer bar.stop()
	pace := newEstimate(env.Now)
	return f.Wait(ctx, run, func(p fleet.Progress) {
		label := string(p.Phase) + pace.left(p.Done, p.Total)
		if p.Later > 0 {
			label += fmt.Sprintf(", %d to be tried again", p.Later)
		}
		bar.update(label, p.Done, p.Total)
	})
}

// An estimate says how long the rest of something takes that was not followed from
// its beginning.
type estimate struct {
	now   func() time.Time
	began time.Time
	first int
}

func newEstimate(now func() time.Time) *estimate { return &estimate{now: now, first: -1} }

func (e *estimate) left(done, total int) string {
	if e.first < 0 {
		e.first, e.began = done, e.now()
	}
	return left(e.now().Sub(e.began), done-e.first, total-e.first)
}
