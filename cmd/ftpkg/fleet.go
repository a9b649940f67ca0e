package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/tracker/fleet"
)

func fleetCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:  "fleet",
		Usage: "see what the workers of a PostgreSQL store do, and tell them what to leave or try again",
		Subcommands: []*cli.Command{
			fleetStatusCommand(env),
			fleetRetryCommand(env),
			fleetCancelCommand(env),
		},
	}
}

func fleetStatusCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "status", Usage: "list queues, workers, updates under way and what failed last",
		Description: `Lists the queues and how many jobs of each wait, run, are tried again later, are done or failed; the workers, dead ones for a day; how many jobs were done lately; the updates under way; and the last failures with their reasons. Jobs that are done or cancelled are forgotten after a day, failed ones after a day or a week.

  $ ftpkg fleet status --store postgres://…
  $ ftpkg fleet status --store postgres://… --format json`,
		Flags:  slices.Concat([]cli.Flag{formatFlag("table", "json")}, storeFlags(), settingsFlags()),
		Action: action(env, 0, 0, runFleetStatus),
	}
}

func runFleetStatus(c *cli.Context, env Env) error {
	return onFleet(c, env, func(ctx context.Context, name string, f *fleet.Fleet) error {
		state, err := f.State(ctx)
		if err != nil {
			return err
		}
		state.Store = name
		if enumValue(c, "format") == "json" {
			return writeJSON(env.Stdout, state)
		}
		return writeFleet(env.Stdout, state, env.Color)
	})
}

// onFleet does something with the fleet of a store that has one.
func onFleet(c *cli.Context, env Env, do func(ctx context.Context, name string, f *fleet.Fleet) error) (err error) {
	o, err := readTrackOptions(c, env)
	if err != nil {
		return err
	}
	s, f, err := o.openFleet(c.Context, env, true)
	if err != nil {
		return err
	}
	defer func() { f.Close(); err = errors.Join(err, s.Close()) }()
	return do(c.Context, s.Name(), f)
}

func writeFleet(w io.Writer, s *fleet.State, color bool) error {
	var t table
	t.header("queue", "waiting", "running", "later", "done", "failed", "cancelled", "oldest", "workers")
	for i := range s.Queues {
		q := &s.Queues[i]
		oldest := "-"
		if q.Waiting > 0 {
			oldest = ago(time.Duration(q.Oldest * float64(time.Second)))
		}
		t.add(cell{text: q.Name}, number(q.Waiting), number(q.Running), number(q.Later), number(q.Done), number(q.Failed), number(q.Cancelled), cell{text: oldest}, number(q.Workers))
	}
	if err := t.write(w, color); err != nil {
		return err
	}
	t = table{}
	t.header("worker", "state", "seen", "at once", "running", "done", "failed", "requests", "waited", "queues")
	for i := range s.Workers {
		k := &s.Workers[i]
		state := "gone"
		switch {
		case k.Stopped:
			state = "stopped"
		case k.Alive:
			state = "works"
		}
		t.add(cell{text: k.Name}, cell{text: state}, cell{text: ago(s.At.Sub(k.Seen))}, number(k.Jobs), number(k.Running), cell{text: strconv.FormatInt(k.Done, 10)},
			cell{text: strconv.FormatInt(k.Failed, 10)}, cell{text: strconv.FormatInt(k.Requests, 10)},
			cell{text: ago(time.Duration(k.Waited * float64(time.Second)))}, cell{text: strings.Join(k.Queues, " ")})
	}
	if len(s.Workers) > 0 {
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
		if err := t.write(w, color); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(w, "\n%d jobs done in the last minute, %d in the last hour\n", s.Throughput.Minute, s.Throughput.Hour); err != nil {
		return err
	}
	for i := range s.Runs {
		r := &s.Runs[i]
		if _, err := fmt.Fprintf(w, "run %d: %d of %d done, %s\n", r.ID, r.Done, r.Total, strings.TrimPrefix(r.What, "fleet ")); err != nil {
			return err
		}
	}
	for i := range s.Failures {
		j := &s.Failures[i]
		if _, err := fmt.Fprintf(w, "job %d, %s of %s, %s: %s\n", j.ID, j.Job, j.Subject, j.JobState, j.Error); err != nil {
			return err
		}
	}
	return nil
}

func number(n int) cell { return cell{text: strconv.Itoa(n)} }

// ago writes a time span for a person.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", max(0, d/time.Second))
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d d", d/(24*time.Hour))
}

// selectionFlags say which jobs are meant.
func selectionFlags() []cli.Flag {
	return []cli.Flag{
		&cli.Int64Flag{Name: "run", Category: groupInput, Usage: "those of run `N`"},
		&cli.StringFlag{Name: "queue", Category: groupInput, Usage: "those in `QUEUE`"},
		&cli.BoolFlag{Name: "all", Category: groupInput, Usage: "all of them"},
	}
}

func readSelection(c *cli.Context) (fleet.Selection, error) {
	s := fleet.Selection{Run: c.Int64("run"), Queue: c.String("queue")}
	for _, arg := range c.Args().Slice() {
		id, err := strconv.ParseInt(arg, 10, 64)
		if err != nil || id < 1 {
			return s, usagef("%s is not the number of a job", arg)
		}
		s.IDs = append(s.IDs, id)
	}
	if !c.Bool("all") && s.IDs == nil && s.Run == 0 && s.Queue == "" {
		return s, hintf(usagef("which jobs?"), "name their numbers, or --run, --queue or --all")
	}
	return s, nil
}

func fleetRetryCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "retry", ArgsUsage: "[JOB...]", Usage: "have jobs tried at once that failed, were cancelled or wait to be tried again",
		Description: `Puts jobs that failed, were cancelled, or wait to be tried again into the queue once more.

  $ ftpkg fleet retry --store postgres://… --all`,
		Flags: slices.Concat(selectionFlags(), storeFlags(), settingsFlags()),
		Action: action(env, 0, -1, func(c *cli.Context, env Env) error {
			return manageFleet(c, env, "to be tried again", (*fleet.Fleet).Retry)
		}),
	}
}

func fleetCancelCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "cancel", ArgsUsage: "[JOB...]", Usage: "have jobs left undone, those under way too",
		Description: `Takes jobs out of the queue, and has those broken off that workers are at. What was found out is kept.

  $ ftpkg fleet cancel --store postgres://… --run 7`,
		Flags: slices.Concat(selectionFlags(), storeFlags(), settingsFlags()),
		Action: action(env, 0, -1, func(c *cli.Context, env Env) error {
			return manageFleet(c, env, "cancelled", (*fleet.Fleet).Cancel)
		}),
	}
}

func manageFleet(c *cli.Context, env Env, what string, do func(*fleet.Fleet, context.Context, fleet.Selection) (int, error)) error {
	selection, err := readSelection(c)
	if err != nil {
		return err
	}
	return onFleet(c, env, func(ctx context.Context, _ string, f *fleet.Fleet) error {
		n, err := do(f, ctx, selection)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(env.Stdout, "%s %s\n", plural(n, "job"), what)
		return err
	})
}
