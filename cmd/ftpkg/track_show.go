package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/status"
	"github.com/ftpkg/ftpkg/wheeltags"
)

func trackShowCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "show", ArgsUsage: "NAME", Usage: "say all that is known of a package, with the evidence",
		Description: `Prints where a package stands: the doubled matrix, what its modules do to the GIL and where that was read, what was tested, what it claims, who is in its way, and what contradicts what.

  $ ftpkg track show lxml
  $ ftpkg track show pandas --as-of 2025-12-31`,
		Flags: slices.Concat([]cli.Flag{asOfFlag(), formatFlag("text", "json")}, storeFlags(), settingsFlags()),
		Action: action(env, 1, 1, func(c *cli.Context, env Env) error {
			names, err := projectNames(c.Args().Slice())
			if err != nil {
				return err
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
			doc.Packages = slices.DeleteFunc(doc.Packages, func(p *status.Package) bool { return p.Name != names[0] })
			if enumValue(c, "format") == "json" {
				return writeJSON(env.Stdout, doc)
			}
			return writePackage(env.Stdout, doc, doc.Packages[0], env.Color)
		}),
	}
}

// writePackage prints all of a row.
func writePackage(w io.Writer, doc *status.Document, p *status.Package, color bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s", paint(color, bold, p.Name), orDash(p.Version), paint(color, stateStyle(p.State), string(p.State)))
	if p.Reason != "" {
		fmt.Fprintf(&b, ", %s", p.Reason)
	}
	b.WriteByte('\n')
	meaning, _ := vocab.States().Lookup(string(p.State))
	fmt.Fprintf(&b, "  %s\n  next: %s\n", meaning.Meaning, meaning.Next)
	if p.Newest != "" {
		fmt.Fprintf(&b, "  %s is out and settling\n", p.Newest)
	}
	fmt.Fprintf(&b, "  looked at: %s", age(doc.Generated, p))
	if p.Stale != "" {
		fmt.Fprintf(&b, " (%s)", p.Stale)
	}
	b.WriteString("\n\n")
	if err := writeMatrixOf(&b, doc, p, color); err != nil {
		return err
	}
	writeSince(&b, p)
	writeGIL(&b, p)
	writeTested(&b, p)
	writeRelations(&b, p)
	_, err := io.WriteString(w, b.String())
	return err
}

// writeMatrixOf prints the doubled matrix: each free-threaded Python beside its twin.
func writeMatrixOf(b *strings.Builder, doc *status.Document, p *status.Package, color bool) error {
	var t table
	var platforms []string
	for _, platform := range wheeltags.AllPlatforms() {
		platforms = append(platforms, platform.Name())
	}
	t.header(append([]string{"", ""}, platforms...)...)
	for _, python := range doc.Pythons {
		for _, half := range []string{strings.TrimSuffix(python, "t"), python} {
			t.add(cell{}, cell{text: half})
			row := &t.rows[len(t.rows)-1]
			for _, platform := range platforms {
				install := p.Installs[half][platform]
				*row = append(*row, cell{text: orDash(string(install)), style: installStyle(install)})
			}
		}
	}
	return t.write(b, color)
}

func installStyle(i vocab.Install) style {
	switch {
	case i.IsWheel():
		return green
	case i == vocab.InstallOlder || i == vocab.InstallSdist:
		return yellow
	}
	return red
}

func writeSince(b *strings.Builder, p *status.Package) {
	if len(p.Since) == 0 {
		return
	}
	b.WriteString("\nfirst wheels:\n")
	for _, python := range sortedKeys(p.Since) {
		f := p.Since[python]
		fmt.Fprintf(b, "  %s since %s", python, f.Version)
		if !f.At.IsZero() {
			fmt.Fprintf(b, " (%s)", f.At.Format("2006-01-02"))
		}
		if f.Last != "" {
			fmt.Fprintf(b, ", last in %s", f.Last)
		}
		var others []string
		for _, platform := range sortedKeys(f.Platforms) {
			if here := f.Platforms[platform]; here.Version != f.Version {
				others = append(others, platform+" "+here.Version)
			}
		}
		if len(others) > 0 {
			fmt.Fprintf(b, "; %s", strings.Join(others, ", "))
		}
		b.WriteByte('\n')
	}
}

func writeGIL(b *strings.Builder, p *status.Package) {
	fmt.Fprintf(b, "\nGIL: %s (files: %s, loaded: %s)", p.GIL.Value, p.GIL.Static, p.GIL.Probed)
	if p.GIL.When != "" {
		fmt.Fprintf(b, ", at %s", p.GIL.When)
	}
	b.WriteByte('\n')
	// Modules of which the same is said share the lines.
	type line struct{ says, fix string }
	modules := map[line][]string{}
	var lines []line
	for i := range p.GIL.Offenders {
		o := &p.GIL.Offenders[i]
		l := line{says: offence(o), fix: o.Fix}
		if modules[l] == nil {
			lines = append(lines, l)
		}
		modules[l] = append(modules[l], o.Module)
	}
	for _, l := range lines {
		fmt.Fprintf(b, "  %s: %s\n", strings.Join(modules[l], ", "), l.says)
		if l.fix != "" {
			fmt.Fprintf(b, "    fix: %s\n", l.fix)
		}
	}
	writeEvidence(b, p)
}

// offence says what a module declares, and where.
func offence(o *status.Offender) string {
	text := string(o.Declaration)
	if o.ByDefault {
		text += " by its toolchain's default"
	}
	if o.Test {
		text += ", a test module"
	}
	where := strings.Join(o.Platforms, ", ")
	if len(o.Platforms) > len(wheeltags.MainPlatforms()) {
		where = plural(len(o.Platforms), "platform")
	}
	return fmt.Sprintf("%s on %s (%s)", text, strings.Join(o.Pythons, ", "), where)
}

// writeEvidence prints the files that were read or loaded, counted where many say the
// same.
func writeEvidence(b *strings.Builder, p *status.Package) {
	const few = 6
	counts := map[string]int{}
	var lines []string
	for i := range p.GIL.Evidence {
		e := &p.GIL.Evidence[i]
		how := "read"
		if e.How != "static" {
			how = "loaded on " + e.On
		}
		l := fmt.Sprintf("%s %s", how, e.At.Format("2006-01-02"))
		if len(p.GIL.Evidence) > few {
			l += ": " + e.Says
		} else {
			l = fmt.Sprintf("%s, %s: %s", e.File, l, e.Says)
		}
		if counts[l]++; counts[l] == 1 {
			lines = append(lines, l)
		}
	}
	for _, l := range lines {
		if len(p.GIL.Evidence) > few {
			fmt.Fprintf(b, "  %s %s\n", plural(counts[l], "wheel"), l)
		} else {
			fmt.Fprintf(b, "  %s\n", l)
		}
	}
}

func writeTested(b *strings.Builder, p *status.Package) {
	b.WriteString("\ntested: ")
	switch {
	case len(p.Tested.Lanes) > 0:
		b.WriteByte('\n')
	case p.GIL.Value == vocab.GILOff:
		b.WriteString("nothing was; that it needs no GIL is only a claim\n")
	default:
		b.WriteString("nothing was\n")
	}
	for _, l := range p.Tested.Lanes {
		fmt.Fprintf(b, "  %s on %s: %s", l.Lane, l.On, l.Outcome)
		if l.Detail != "" {
			fmt.Fprintf(b, " (%s)", l.Detail)
		}
		b.WriteByte('\n')
	}
	for i := range p.Tested.Older {
		o := &p.Tested.Older[i]
		fmt.Fprintf(b, "  an older release, %s, on %s: %s (%s)\n", o.Version, o.On, o.Outcome, o.At.UTC().Format(time.DateOnly))
	}
	writeUpstream(b, &p.Tested)
	fmt.Fprintf(b, "declared: %s\n", cmp.Or(p.Declared, "nothing"))
}

// writeUpstream prints what the project's own workflows test.
func writeUpstream(b *strings.Builder, t *status.Tested) {
	w := t.Workflows
	if w == nil {
		b.WriteString("tested upstream: unknown, no workflows of it were read\n")
		return
	}
	source := w.Source
	if how, id, ok := strings.Cut(source, " "); ok && len(id) > 12 {
		source = how + " " + id[:12]
	}
	from := fmt.Sprintf("%s, %s, %s", w.Repository, source, w.At.Format("2006-01-02"))
	if len(w.Pythons) == 0 {
		fmt.Fprintf(b, "tested upstream: on no free-threaded Python, as far as %s tell (%s)\n", plural(w.Files, "workflow"), from)
	} else {
		fmt.Fprintf(b, "tested upstream: on %s (%s)\n", strings.Join(w.Pythons, ", "), from)
	}
	for _, line := range t.Upstream {
		fmt.Fprintf(b, "  %s\n", line)
	}
	if len(w.Broken) > 0 {
		fmt.Fprintf(b, "  not read: %s\n", strings.Join(w.Broken, ", "))
	}
}

func writeRelations(b *strings.Builder, p *status.Package) {
	if len(p.Requires) > 0 {
		fmt.Fprintf(b, "requires: %s\n", strings.Join(p.Requires, ", "))
	}
	if p.Dependents > 0 {
		fmt.Fprintf(b, "required by %s\n", plural(p.Dependents, "tracked package"))
	}
	for _, blocker := range p.Blockers {
		fmt.Fprintf(b, "blocked by %s (%s): %s\n", blocker.Name, blocker.State, strings.Join(blocker.Chain, " → "))
	}
	for _, c := range p.Contradictions {
		fmt.Fprintf(b, "contradiction (%s): %s\n", c.Kind, c.Detail)
	}
	if p.Note != "" {
		fmt.Fprintf(b, "note: %s\n", p.Note)
	}
	if p.Issue != "" {
		fmt.Fprintf(b, "upstream: %s\n", p.Issue)
	}
}
