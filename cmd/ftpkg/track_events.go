package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/status"
	"github.com/ftpkg/ftpkg/tracker/store"
)

// eventsSchema names the document of events.
const eventsSchema = "ftpkg.events/1"

// eventsDocument is what events, diff and history print as JSON.
type eventsDocument struct {
	Schema      string         `json:"schema"`
	From        time.Time      `json:"from,omitzero"`
	To          time.Time      `json:"to"`
	RuleVersion int            `json:"rule_version"`
	Events      []status.Event `json:"events"`
}

func trackEventsCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "events", ArgsUsage: "[NAME...]", Usage: "say what changed for users: what was gained, what was lost",
		Description: `Lists what changed for the users of the tracked packages, or of those named, newest first: wheels gained and lost for a Python, a platform or a whole half of the matrix, declarations gained and lost. What lasts less than two days leaves no trace.

  $ ftpkg track events
  $ ftpkg track events --since 2026-01-01 --regressions

Exit status: 0, or with --regressions 1 if there are any.`,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "since", Category: groupInput, Usage: "from the day `DATE` on; without it, the last 30 days"},
			&cli.BoolFlag{Name: "regressions", Category: groupInput, Usage: "only what was lost"},
			&cli.BoolFlag{Name: "all", Aliases: []string{"a"}, Category: groupInput, Usage: "also of what is tracked only because others require it"},
			asOfFlag(), formatFlag("text", "json", "jsonl"),
		}, storeFlags(), settingsFlags()),
		Action: action(env, 0, -1, func(c *cli.Context, env Env) error {
			o, names, err := readNamedTrack(c, env)
			if err != nil {
				return err
			}
			from := o.asOf.AddDate(0, 0, -30)
			if text := c.String("since"); text != "" {
				if from, err = time.Parse(time.DateOnly, text); err != nil {
					return usagef("--since: give a day (2026-11-01)")
				}
			}
			doc, err := o.events(c.Context, env, names, from, c.Bool("all"))
			if err != nil {
				return err
			}
			if c.Bool("regressions") {
				doc.Events = slices.DeleteFunc(doc.Events, func(e status.Event) bool { return !e.Kind.IsRegression() })
			}
			slices.Reverse(doc.Events)
			if err := writeEvents(env.Stdout, doc, enumValue(c, "format"), env.Color); err != nil {
				return err
			}
			if c.Bool("regressions") && len(doc.Events) > 0 {
				return errNo
			}
			return nil
		}),
	}
}

func trackHistoryCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "history", ArgsUsage: "NAME", Usage: "tell a package's story since its first release: who got wheels when",
		Description: `Lists everything that changed for the users of a package, from the upload times of its files: which release was the first with wheels for which Python and platform, and what was lost since.

  $ ftpkg track history numpy`,
		Flags: slices.Concat([]cli.Flag{asOfFlag(), formatFlag("text", "json", "jsonl")}, storeFlags(), settingsFlags()),
		Action: action(env, 1, 1, func(c *cli.Context, env Env) error {
			o, names, err := readNamedTrack(c, env)
			if err != nil {
				return err
			}
			doc, err := o.events(c.Context, env, names, time.Time{}, true)
			if err != nil {
				return err
			}
			return writeEvents(env.Stdout, doc, enumValue(c, "format"), env.Color)
		}),
	}
}

func trackDiffCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "diff", ArgsUsage: "DATE..DATE", Usage: "say which headlines differ between two days",
		Description: `Compares where the packages stood at the end of two days, each from what was known by then. The second may be left out: it is now.

  $ ftpkg track diff 2026-10-01..2026-11-01
  $ ftpkg track diff 2026-11-14..`,
		Flags: slices.Concat([]cli.Flag{formatFlag("text", "json")}, storeFlags(), settingsFlags()),
		Action: action(env, 1, 1, func(c *cli.Context, env Env) error {
			o, err := readTrackOptions(c, env)
			if err != nil {
				return err
			}
			a, b, ok := strings.Cut(c.Args().First(), "..")
			if !ok || a == "" {
				return hintf(usagef("%s is no pair of days", c.Args().First()), "run: ftpkg track diff 2026-10-01..2026-11-01")
			}
			before, after := o, o
			if before.asOf, err = parseMoment(a); err != nil {
				return usagef("%s: %w", a, err)
			}
			if b != "" {
				if after.asOf, err = parseMoment(b); err != nil {
					return usagef("%s: %w", b, err)
				}
			}
			first, err := before.document(c.Context, env)
			if err != nil {
				return err
			}
			second, err := after.document(c.Context, env)
			if err != nil {
				return err
			}
			doc := &eventsDocument{
				Schema: eventsSchema, From: before.asOf, To: after.asOf, RuleVersion: second.RuleVersion, Events: status.Diff(first, second),
			}
			return writeEvents(env.Stdout, doc, enumValue(c, "format"), env.Color)
		}),
	}
}

// readNamedTrack reads the options and the packages of a command.
func readNamedTrack(c *cli.Context, env Env) (trackOptions, []string, error) {
	names, err := projectNames(c.Args().Slice())
	if err != nil {
		return trackOptions{}, nil, err
	}
	o, err := readTrackOptions(c, env)
	return o, names, err
}

// events derives events after from, of the packages named or of all, in the order
// of time.
func (o trackOptions) events(ctx context.Context, env Env, names []string, from time.Time, all bool) (*eventsDocument, error) {
	d := status.New(status.DefaultRules())
	doc := &eventsDocument{Schema: eventsSchema, From: from, To: o.asOf, RuleVersion: d.Rules().Version, Events: []status.Event{}}
	err := o.history(ctx, env, func(s *store.Store) error {
		projects, err := s.Projects(ctx)
		if err != nil {
			return err
		}
		known := &status.Document{}
		var wanted []string
		for i := range projects {
			p := &projects[i]
			known.Packages = append(known.Packages, &status.Package{Name: p.Name})
			if len(names) == 0 && p.Tracked() && (all || p.Cohort != tracker.CohortRequired) || slices.Contains(names, p.Name) {
				wanted = append(wanted, p.Name)
			}
		}
		if err := tracked(known, names); err != nil {
			return err
		}
		for _, name := range wanted {
			h, err := s.History(ctx, name)
			if err != nil {
				return err
			}
			doc.Events = append(doc.Events, d.Events(h, from, o.asOf)...)
		}
		return nil
	})
	slices.SortStableFunc(doc.Events, func(a, b status.Event) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Package, b.Package)) })
	return doc, err
}

func writeEvents(w io.Writer, doc *eventsDocument, format string, color bool) error {
	switch format {
	case "json":
		return writeJSON(w, doc)
	case "jsonl":
		return writeLinesOfJSON(w, doc.Events)
	}
	var t table
	for i := range doc.Events {
		e := &doc.Events[i]
		t.add(cell{text: e.At.Format(time.DateOnly)}, cell{text: string(e.Kind), style: eventStyle(e.Kind)}, cell{text: e.Detail})
	}
	if len(doc.Events) == 0 {
		_, err := fmt.Fprintln(w, "nothing changed")
		return err
	}
	return t.write(w, color)
}

func eventStyle(k vocab.EventKind) style {
	switch {
	case k.IsRegression():
		return red
	case strings.HasPrefix(string(k), "gained"):
		return green
	}
	return plainStyle
}
