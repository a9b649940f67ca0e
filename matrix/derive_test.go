package matrix

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// Each archive in testdata/derive is a project, the settings, an index, and the plan:
// its cells, those that are not in it but would be without the project's saying so,
// and its notes.
func TestDerive(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/derive/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no archives", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := deriveText(t, ar)
			i := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == "plan" })
			if i < 0 {
				i, ar.Files = len(ar.Files), append(ar.Files, txtar.File{Name: "plan"})
			}
			if *update {
				ar.Files[i].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if diff := gocmp.Diff(string(ar.Files[i].Data), got); diff != "" {
				t.Errorf("plan (-golden +here):\n%s", diff)
			}
		})
	}
}

// deriveText is the plan of an archive as text.
func deriveText(t *testing.T, ar *txtar.Archive) string {
	t.Helper()
	files := fstest.MapFS{}
	s := Settings{Tables: DefaultTables()}
	var index resolver.Index
	for _, f := range ar.Files {
		switch f.Name {
		case "plan":
		case "settings":
			readSettings(t, &s, string(f.Data))
		case "index":
			index = memory(t, string(f.Data))
		default:
			files[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	p, err := Read(files)
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	plan, err := Derive(t.Context(), p, s, index)
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	checkPlan(t, s.Tables, s.Line, plan)
	var b strings.Builder
	for _, c := range plan.Cells {
		fmt.Fprintf(&b, "%-5s %s %s %s on %s", c.Purpose, c.Identifier, c.ABI, c.Platform.Tag(), c.Runner)
		if c.Emulated {
			b.WriteString(", emulated")
		}
		if c.Wheel != c.Identifier {
			b.WriteString(", wheel of " + c.Wheel)
		}
		fmt.Fprintf(&b, ": %s\n", c.Reason)
	}
	shown := map[string]int{}
	for _, x := range plan.Dropped {
		if x.Cause == vocab.DropEnable || x.Cause == vocab.DropArch && strings.Contains(x.Reason, `"auto"`) {
			continue
		}
		key := string(x.Cause) + x.Reason + string(x.Purpose)
		if shown[key]++; shown[key] <= 3 {
			fmt.Fprintf(&b, "no %s %s: %s: %s\n", x.Purpose, x.Identifier, x.Cause, x.Reason)
		}
	}
	for _, n := range plan.Notes {
		b.WriteString("note: " + n + "\n")
	}
	return b.String()
}

// memory is the index of a universe.
func memory(t *testing.T, text string) resolver.Index {
	t.Helper()
	u, err := universe.Parse("index", text)
	if err != nil {
		t.Fatal(err)
	}
	return u.Memory()
}

func readSettings(t *testing.T, s *Settings, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		var err error
		switch key {
		case "line":
			s.Line = value
		case "emulate":
			s.Emulate = true
		case "platform":
			s.Platforms, err = s.Tables.ParsePlatforms(strings.Fields(value)...)
		case "runner":
			s.Runners, err = s.Tables.ParseRunners(strings.Fields(value)...)
		case "python":
			for word := range strings.FieldsSeq(value) {
				p, perr := wheeltags.ParsePython(word)
				s.Pythons, err = append(s.Pythons, p), errors.Join(err, perr)
			}
		default:
			t.Fatalf("settings: %q", key)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// checkPlan holds what is true of every plan: no cell twice, every identifier either
// built or dropped, each wheel built that is tested, everything with its reason.
func checkPlan(t *testing.T, tables *Tables, line string, plan *Plan) {
	t.Helper()
	type key struct {
		id      string
		purpose vocab.Purpose
	}
	built, seen := map[string]bool{}, map[key]bool{}
	for _, c := range plan.Cells {
		k := key{c.Identifier, c.Purpose}
		if seen[k] {
			t.Errorf("%s %s is twice in the plan", c.Purpose, c.Identifier)
		}
		seen[k] = true
		if c.Purpose == vocab.PurposeBuild {
			built[c.Identifier] = true
		}
		if c.Reason == "" || c.Runner == "" || c.Identifier != identifier(c.Python, c.Platform.Word) || len(c.Targets()) == 0 {
			t.Errorf("cell %+v lacks something", c)
		}
	}
	dropped := map[key]bool{}
	for _, x := range plan.Dropped {
		k := key{x.Identifier, x.Purpose}
		if dropped[k] || seen[k] {
			t.Errorf("%s %s is dropped twice, or dropped and in the plan", x.Purpose, x.Identifier)
		}
		dropped[k] = true
		if _, ok := vocab.DropCauses().Lookup(string(x.Cause)); !ok || x.Reason == "" {
			t.Errorf("dropped %+v lacks something", x)
		}
	}
	l, _ := tables.Line(line)
	for _, os := range platforms() {
		for _, id := range l.Identifiers[os] {
			if !seen[key{id, vocab.PurposeBuild}] && !dropped[key{id, vocab.PurposeBuild}] {
				t.Errorf("%s is neither built nor dropped", id)
			}
		}
	}
	for _, c := range plan.Cells {
		if c.Purpose == vocab.PurposeTest && c.Wheel != "" && !built[c.Wheel] {
			t.Errorf("%s tests the wheel of %s, which is not built", c.Identifier, c.Wheel)
		}
		if c.Purpose == vocab.PurposeBuild && !seen[key{c.Identifier, vocab.PurposeTest}] && !dropped[key{c.Identifier, vocab.PurposeTest}] {
			t.Errorf("%s is built, and neither tested nor said to be untested", c.Identifier)
		}
	}
}

// What is true of every plan is true of those of generated projects.
func TestDeriveGenerated(t *testing.T) {
	t.Parallel()
	tables := DefaultTables()
	plans := 0
	for _, line := range tables.Lines {
		r := readRecording(t, filepath.Join("testdata", "oracle", line.Name()+".json"))
		for i, c := range r.Cases {
			if i%3 != 0 || r.Answers[i].Status != 0 {
				continue
			}
			files := fstest.MapFS{}
			for name, text := range c.Files {
				files[name] = &fstest.MapFile{Data: []byte(text)}
			}
			p, err := Read(files)
			if err != nil {
				t.Fatal(err)
			}
			p.Stable = []Stable{{}, {ABI3: 11}, {ABI3: 12, ABI3T: 15}, {ABI3: Oldest, ABI3T: 15}, {ABI3: 15, ABI3T: 15}, {ABI3T: 15}}[i%6]
			plan, err := Derive(t.Context(), p, Settings{Tables: tables, Line: line.Name(), Emulate: i%2 == 0}, nil)
			var impossible *ImpossibleError
			var wrong *Error
			switch {
			case errors.As(err, &impossible):
				if len(impossible.Reasons) == 0 {
					t.Errorf("case %d: impossible for no reason\n%s", i, show(c))
				}
				continue
			case errors.As(err, &wrong): // wrong for another platform than the one that was asked
				continue
			case err != nil:
				t.Fatal(err)
			}
			plans++
			checkPlan(t, tables, line.Name(), plan)
		}
	}
	if plans < 100 {
		t.Errorf("only %d plans were made", plans)
	}
}

// A canceled question is an error, not a plan.
func TestDeriveCanceled(t *testing.T) {
	t.Parallel()
	index := memory(t, "shows nothing\nroot a\npackage a\n  version 1\n")
	p, err := Read(fstest.MapFS{"pyproject.toml": &fstest.MapFile{Data: []byte("[build-system]\nrequires = [\"a\", \"cython\"]\n")}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Derive(ctx, p, Settings{}, index); !errors.Is(err, context.Canceled) {
		t.Errorf("Derive: %v", err)
	}
}
