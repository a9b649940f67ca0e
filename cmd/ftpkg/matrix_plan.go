package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix"
)

func matrixPlanCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "plan", ArgsUsage: "[DIR]", Usage: "show the matrix, and why each other cell is not in it",
		Description: `Derives the smallest matrix that suffices for the project in DIR, or here: what cibuildwheel would build for its requires-python and [tool.cibuildwheel], less the wheels that one of the stable ABI makes needless, less the cells in which something the project requires has no wheel. Build requirements that are missing take the cell out, test requirements only its test.

  $ ftpkg matrix plan
  $ ftpkg matrix plan --python 3.14t --platform main
  $ ftpkg matrix plan --format json

Cells carry cibuildwheel's identifiers. The table has a line for each; those that are not there follow with their reasons, like ones together: *-win32 is every Python that is left. What no group of enable switches on is in the document only.`,
		Flags: slices.Concat(matrixFlags(), []cli.Flag{
			formatFlag("table", "json", "markdown"),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Category: groupAnswer, Usage: "write the answer to `FILE`"},
		}, settingsFlags()),
		Action: action(env, 0, 1, func(c *cli.Context, env Env) error {
			o, err := readMatrixOptions(c, env)
			if err != nil {
				return err
			}
			_, plan, err := planMatrix(c.Context, env, o)
			if err != nil {
				return err
			}
			format, output := enumValue(c, "format"), c.String("output")
			return writeTo(env, output, func(w io.Writer) error {
				switch format {
				case "json":
					return writeJSON(w, newPlanDocument(plan))
				case "markdown":
					return writePlanMarkdown(w, plan)
				}
				return writePlanTable(w, plan, env.Color && (output == "" || output == "-"))
			})
		}),
	}
}

// planDocument is the schema ftpkg.matrix/1.
type planDocument struct {
	Schema  string        `json:"schema"`
	Cells   []planCell    `json:"cells"`
	Dropped []planDropped `json:"dropped"`
	Notes   []string      `json:"notes"`
}

type planCell struct {
	Identifier string        `json:"identifier"`
	Python     string        `json:"python"`
	ABI        vocab.ABI     `json:"abi"`
	Platform   string        `json:"platform"`
	Floor      string        `json:"floor"`
	Runner     string        `json:"runner"`
	Purpose    vocab.Purpose `json:"purpose"`
	Wheel      string        `json:"wheel"`
	Emulated   bool          `json:"emulated,omitempty"`
	Reason     string        `json:"reason"`
}

type planDropped struct {
	Identifier string          `json:"identifier"`
	Purpose    vocab.Purpose   `json:"purpose"`
	Cause      vocab.DropCause `json:"cause"`
	Reason     string          `json:"reason"`
}

func newPlanDocument(p *matrix.Plan) planDocument {
	doc := planDocument{Schema: "ftpkg.matrix/1", Cells: []planCell{}, Dropped: []planDropped{}, Notes: append([]string{}, p.Notes...)}
	for _, c := range p.Cells {
		doc.Cells = append(doc.Cells, planCell{
			Identifier: c.Identifier, Python: c.Python.String(), ABI: c.ABI, Platform: c.Platform.Word, Floor: c.Platform.Floor,
			Runner: c.Runner, Purpose: c.Purpose, Wheel: c.Wheel, Emulated: c.Emulated, Reason: c.Reason,
		})
	}
	for _, x := range p.Dropped {
		doc.Dropped = append(doc.Dropped, planDropped(x))
	}
	return doc
}

// A planRow is one identifier as people see it: built, tested or both.
type planRow struct {
	matrix.Cell

	builds, tests bool
}

// planRows joins the cells of one identifier.
func planRows(p *matrix.Plan) []planRow {
	var rows []planRow
	for _, c := range p.Cells {
		if n := len(rows); n == 0 || rows[n-1].Identifier != c.Identifier {
			rows = append(rows, planRow{Cell: c})
		}
		row := &rows[len(rows)-1]
		row.builds = row.builds || c.Purpose == vocab.PurposeBuild
		row.tests = row.tests || c.Purpose == vocab.PurposeTest
	}
	return rows
}

func (r *planRow) purpose() string {
	switch {
	case r.builds && r.tests:
		return "build, test"
	case r.builds:
		return "build"
	}
	return "test"
}

// where is the runner, as a table has it.
func (r *planRow) where() string {
	if r.Emulated {
		return r.Runner + " (emulated)"
	}
	return r.Runner
}

func (r *planRow) floor() string {
	if name := map[string]string{"glibc": "glibc", "musl": "musl"}[r.Platform.Libc()]; name != "" {
		return name + " " + r.Platform.Floor
	}
	if r.Platform.Floor == "" {
		return "-"
	}
	return "macOS " + r.Platform.Floor
}

func writePlanTable(w io.Writer, p *matrix.Plan, color bool) error {
	t := table{}
	t.header("cell", "python", "abi", "needs", "runner", "for", "why")
	for _, r := range planRows(p) {
		abi := plainStyle
		if r.Python.FreeThreaded {
			abi = cyan
		}
		t.add(cell{text: r.Identifier}, cell{text: r.Python.String()}, cell{text: string(r.ABI), style: abi}, cell{text: r.floor()},
			cell{text: r.where()}, cell{text: r.purpose()}, cell{text: r.Reason, style: dim})
	}
	var b strings.Builder
	if err := t.write(&b, color); err != nil {
		return err
	}
	if groups := groupDropped(p); len(groups) > 0 {
		b.WriteString("\n" + paint(color, bold, "not in it") + "\n")
		for _, g := range groups {
			fmt.Fprintf(&b, "  %s: %s\n    %s\n", paint(color, yellow, string(g.cause)), g.reason, wrap(strings.Join(g.cells, " "), planWidth, 4))
		}
	}
	if len(p.Notes) > 0 {
		b.WriteString("\n")
		for _, n := range p.Notes {
			b.WriteString("note: " + n + "\n")
		}
	}
	b.WriteString("\n" + planSummary(p) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// planWidth is where the lists below the table are broken.
const planWidth = 110

func planSummary(p *matrix.Plan) string {
	builds, tests, free := 0, 0, 0
	for _, c := range p.Cells {
		if c.Purpose == vocab.PurposeTest {
			tests++
			continue
		}
		builds++
		if c.Python.FreeThreaded {
			free++
		}
	}
	return fmt.Sprintf("%s, %d of them free-threaded; %s", plural(builds, "wheel"), free, plural(tests, "test"))
}

func writePlanMarkdown(w io.Writer, p *matrix.Plan) error {
	var b strings.Builder
	b.WriteString("| cell | Python | ABI | needs | runner | for | why |\n|---|---|---|---|---|---|---|\n")
	for _, r := range planRows(p) {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s |\n", r.Identifier, r.Python, r.ABI, r.floor(), r.where(), r.purpose(), r.Reason)
	}
	if groups := groupDropped(p); len(groups) > 0 {
		b.WriteString("\nNot in it:\n\n")
		for _, g := range groups {
			fmt.Fprintf(&b, "- **%s**: %s: `%s`\n", g.cause, g.reason, strings.Join(g.cells, "` `"))
		}
	}
	if len(p.Notes) > 0 {
		b.WriteString("\n")
		for _, n := range p.Notes {
			b.WriteString("- " + n + "\n")
		}
	}
	b.WriteString("\n" + sentence(planSummary(p)) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}
