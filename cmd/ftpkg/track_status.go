package main

import (
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

func trackStatusCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "status", ArgsUsage: "[NAME...]", Usage: "say where packages stand",
		Description: `Prints a row for each tracked package, or those named, or all that a requirements file or lock names: the row that the site shows. The headline is about six platforms and the newest settled free-threaded Python.

  $ ftpkg track status
  $ ftpkg track status numpy lxml
  $ ftpkg track status -r uv.lock
  $ ftpkg track status --as-of 2026-06-01

What is tracked only because others require it is left out, unless it is named or --all is given.

Exit status: 0; with names or -r 1 if one of them is not clear, and 3 if something that FILE names is not tracked.`,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringSliceFlag{Name: "requirements", Aliases: []string{"r"}, Category: groupInput, Usage: "of what `FILE` names"},
			&cli.BoolFlag{Name: "all", Aliases: []string{"a"}, Category: groupInput, Usage: "also what is tracked only because others require it"},
			asOfFlag(),
			formatFlag("table", "json", "markdown"),
		}, storeFlags(), settingsFlags()),
		Action: action(env, 0, -1, func(c *cli.Context, env Env) error {
			names, err := projectNames(c.Args().Slice())
			if err != nil {
				return err
			}
			var listed []string
			for _, file := range c.StringSlice("requirements") {
				cohort, err := readCohort(c.Context, env, file, "", 0)
				if err != nil {
					return err
				}
				listed = append(listed, cohort.Packages...)
			}
			o, err := readTrackOptions(c, env)
			if err != nil {
				return err
			}
			doc, err := o.document(c.Context, env)
			if err != nil {
				return err
			}
			if err := tracked(doc, names); err != nil {
				return err
			}
			names = append(names, listed...)
			var missing []string
			for _, name := range unique(listed) {
				if !slices.ContainsFunc(doc.Packages, func(p *status.Package) bool { return p.Name == name }) {
					missing = append(missing, name)
				}
			}
			doc.Packages = slices.DeleteFunc(doc.Packages, func(p *status.Package) bool {
				if len(names) > 0 {
					return !slices.Contains(names, p.Name)
				}
				return p.Required && !c.Bool("all")
			})
			switch enumValue(c, "format") {
			case "json":
				err = writeJSON(env.Stdout, doc)
			case "markdown":
				err = writeStatusMarkdown(env.Stdout, doc)
			default:
				err = writeStatusTable(env.Stdout, doc, env.Color)
			}
			if err != nil || len(names) == 0 {
				return err
			}
			if len(missing) > 0 && slices.ContainsFunc(doc.Packages, notClear) {
				warnf(env.Stderr, "not tracked: %s", strings.Join(missing, ", "))
			}
			if slices.ContainsFunc(doc.Packages, notClear) {
				return errNo
			}
			if len(missing) > 0 {
				return hintf(fmt.Errorf("not tracked: %s", strings.Join(missing, ", ")), "run: ftpkg track import %s && ftpkg track update", c.StringSlice("requirements")[0])
			}
			return nil
		}),
	}
}

func notClear(p *status.Package) bool { return p.State != vocab.StateClear }

// document derives the status of all that is tracked.
func (o trackOptions) document(ctx context.Context, env Env) (*status.Document, error) {
	s, err := o.readStore(ctx, env)
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }() // nothing was written
	bar := startProgress(env)
	defer bar.stop()
	bar.update("deriving", 0, 0)
	doc, err := tracker.Document(ctx, s, status.New(status.DefaultRules()), o.asOf)
	if err == nil {
		tracker.Annotate(doc, tracker.DefaultNotes())
	}
	return doc, err
}

// history reads what is known of one package.
func (o trackOptions) history(ctx context.Context, env Env, f func(s *store.Store) error) error {
	s, err := o.readStore(ctx, env)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // nothing was written
	return f(s)
}

// stateStyle is the colour of a state.
func stateStyle(s vocab.State) style {
	switch s {
	case vocab.StateClear:
		return green
	case vocab.StateClearPartial, vocab.StateFallback, vocab.StateBlocked:
		return yellow
	case vocab.StateUnknown:
		return dim
	case vocab.StateGILOn, vocab.StateSourceOnly, vocab.StateNone:
	}
	return red
}

// strip is a letter for each of the headline's platforms: what one Python installs
// there.
func strip(p *status.Package, python string, platforms []string) string {
	var b strings.Builder
	for _, platform := range platforms {
		switch i := p.Installs[python][platform]; {
		case i.IsCompiled():
			b.WriteByte('#')
		case i == vocab.InstallPure:
			b.WriteByte('p')
		case i == vocab.InstallOlder:
			b.WriteByte('<')
		case i == vocab.InstallSdist:
			b.WriteByte('s')
		case i == vocab.InstallNone:
			b.WriteByte('.')
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}

func writeStatusTable(w io.Writer, doc *status.Document, color bool) error {
	if len(doc.Packages) == 0 {
		_, err := fmt.Fprintln(w, "nothing is tracked yet; ftpkg track init, add and import change that")
		return err
	}
	var t table
	titles := []string{"package", "version", "state"}
	titles = append(titles, doc.Pythons...)
	titles = append(titles, "GIL", "since", "declared", "checked", "why")
	t.header(titles...)
	for _, p := range doc.Packages {
		t.add(cell{text: p.Name}, cell{text: orDash(p.Version)}, cell{text: string(p.State), style: stateStyle(p.State)})
		row := &t.rows[len(t.rows)-1]
		for _, python := range doc.Pythons {
			*row = append(*row, cell{text: strip(p, python, doc.Platforms)})
		}
		*row = append(*row,
			cell{text: string(p.GIL.Value)}, cell{text: orDash(p.Since[doc.Python].Version)}, cell{text: orDash(p.Declared)},
			cell{text: age(doc.Generated, p)}, cell{text: p.Reason})
	}
	if err := t.write(w, color); err != nil {
		return err
	}
	counts := countStatus(doc)
	if _, err := fmt.Fprintf(w, "\n%s on %s: %d install everywhere their GIL twins do, %d of those keep the GIL off; clear with all they require: %d\n",
		plural(len(doc.Packages), "package"), doc.Python, counts.installs, counts.off, counts.clear); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "platforms: %s; # compiled, p pure, < an older release, s source, . nothing, ? unknown\n", strings.Join(doc.Platforms, ", "))
	return err
}

// statusCounts are the two numbers that are always told together, and what they come to.
type statusCounts struct{ installs, off, clear int }

func countStatus(doc *status.Document) statusCounts {
	var n statusCounts
	for _, p := range doc.Packages {
		if !p.InstallsEverywhere(doc.Python, doc.Platforms) {
			continue
		}
		n.installs++
		if p.GIL.Value == vocab.GILOff || p.GIL.Value == vocab.GILNone {
			n.off++
		}
		if p.State == vocab.StateClear {
			n.clear++
		}
	}
	return n
}

// age says how long ago a package was looked at, and that a later look failed.
func age(now time.Time, p *status.Package) string {
	if p.Checked.IsZero() {
		return "never"
	}
	var text string
	switch d := now.Sub(p.Checked); {
	case d < time.Minute:
		text = "now"
	case d < time.Hour:
		text = fmt.Sprintf("%d min", d/time.Minute)
	case d < 48*time.Hour:
		text = fmt.Sprintf("%d h", d/time.Hour)
	default:
		text = fmt.Sprintf("%d d", d/(24*time.Hour))
	}
	if p.Stale != "" {
		text += ", stale"
	}
	return text
}

func writeStatusMarkdown(w io.Writer, doc *status.Document) error {
	var b strings.Builder
	fmt.Fprintf(&b, "| package | version | state | GIL | since | declared | why |\n|---|---|---|---|---|---|---|\n")
	for _, p := range doc.Packages {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", p.Name, orDash(p.Version), p.State, p.GIL.Value, orDash(p.Since[doc.Python].Version), orDash(p.Declared), markdownCell(p.Reason))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
