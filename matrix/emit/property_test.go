package emit_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix"
	"github.com/ftpkg/ftpkg/matrix/emit"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// allCells are a build and a test of each identifier that a line of the tables has.
func allCells(t testing.TB) []matrix.Cell {
	t.Helper()
	tables := matrix.DefaultTables()
	var all []matrix.Cell
	for _, platform := range []string{"linux", "macos", "windows"} {
		for _, id := range tables.Lines[0].Identifiers[platform] {
			word, platform, _ := strings.Cut(id, "-")
			python, err := wheeltags.ParsePython(word)
			if err != nil {
				continue // of another implementation
			}
			c := matrix.Cell{Identifier: id, Python: python, ABI: vocab.ABIGIL, Platform: matrix.Platform{Word: platform}, Wheel: id, Reason: "because of " + word}
			if python.FreeThreaded {
				c.ABI = vocab.ABIFreeThreaded
			}
			if images := tables.Images.Linux[platform]; len(images) > 0 {
				c.Platform.Floor = images[len(images)-1].Floor
			}
			arch := c.Platform.Arch()
			r, ok := matrix.Default(tables.Runners.GitHub, c.Platform.OS(), arch)
			if !ok {
				r, _ = matrix.Default(tables.Runners.GitHub, c.Platform.OS(), map[string]string{"linux": "x86_64", "macos": "arm64", "windows": "AMD64"}[c.Platform.OS()])
				c.Emulated = c.Platform.OS() == "linux" && arch != "i686"
			}
			c.Runner = r.Label
			for _, p := range []vocab.Purpose{vocab.PurposeBuild, vocab.PurposeTest} {
				c.Purpose = p
				all = append(all, c)
			}
		}
	}
	if len(all) < 2*180 {
		t.Fatalf("the tables have %d cells", len(all))
	}
	return all
}

// somePlan draws a plan whose tests all have their wheel.
func somePlan(all []matrix.Cell) *rapid.Generator[*matrix.Plan] {
	return rapid.Custom(func(t *rapid.T) *matrix.Plan {
		plan := new(matrix.Plan)
		density := rapid.IntRange(1, 20).Draw(t, "density")
		for i := 0; i < len(all); i += 2 {
			if rapid.IntRange(1, 20).Draw(t, "built") > density {
				continue
			}
			plan.Cells = append(plan.Cells, all[i])
			if rapid.Bool().Draw(t, "tested") {
				plan.Cells = append(plan.Cells, all[i+1])
			}
		}
		if len(plan.Cells) == 0 {
			plan.Cells = append(plan.Cells, all[0])
		}
		return plan
	})
}

// equal fails a property if two lists of cells differ.
func equal(t *rapid.T, what string, want, got []string) {
	want, got = slices.Clone(want), slices.Clone(got)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s (-planned +emitted):\n%s", what, diff)
	}
}

// No back end loses a cell, has one twice, or makes a matrix that the vendor refuses;
// jobs hold one ABI, and need what they test.
func TestEveryCellOnce(t *testing.T) {
	t.Parallel()
	all := allCells(t)
	rapid.Check(t, func(t *rapid.T) {
		plan := somePlan(all).Draw(t, "plan")
		o := emit.Options{Rows: rapid.SampledFrom([]int{0, 1, 3, 10, 1000}).Draw(t, "rows"), UV: rapid.Bool().Draw(t, "uv"), Sdist: rapid.Bool().Draw(t, "sdist")}
		limit := func(vendor int) int {
			if o.Rows > 0 {
				return min(o.Rows, vendor)
			}
			return vendor
		}
		byID := map[string]*matrix.Cell{}
		for i := range plan.Cells {
			byID[plan.Cells[i].Identifier] = &plan.Cells[i]
		}

		var workflow struct {
			Jobs map[string]struct {
				Needs    []string
				Strategy struct {
					Matrix struct{ Include []map[string]any }
				}
			}
		}
		parse(t, emit.GitHub, plan, o, &workflow)
		var got []string
		builtBy := map[string]string{}
		for name, job := range workflow.Jobs {
			rows := job.Strategy.Matrix.Include
			if len(rows) > limit(256) {
				t.Fatalf("%s has %d rows", name, len(rows))
			}
			abis := map[vocab.ABI]bool{}
			for _, row := range rows {
				id := fmt.Sprint(row["identifier"])
				got = append(got, cellName(purposeOf(name), id))
				abis[byID[id].ABI] = true
				if purposeOf(name) == vocab.PurposeBuild {
					builtBy[id] = name
				}
			}
			if len(abis) > 1 {
				t.Fatalf("%s has several ABIs: %v", name, abis)
			}
		}
		equal(t, "github", planned(plan), got)
		for name, job := range workflow.Jobs {
			for _, row := range job.Strategy.Matrix.Include {
				if id := fmt.Sprint(row["identifier"]); purposeOf(name) == vocab.PurposeTest && !slices.Contains(job.Needs, builtBy[id]) {
					t.Fatalf("%s tests %s and does not need %s", name, id, builtBy[id])
				}
			}
		}
		for name := range workflow.Jobs {
			if (purposeOf(name) == vocab.PurposeBuild || name == "sdist") && !slices.Contains(workflow.Jobs["check"].Needs, name) {
				t.Fatalf("what %s makes is not checked", name)
			}
		}

		var matrices map[string]struct{ Include []map[string]any }
		parse(t, emit.GitHubJSON, plan, o, &matrices)
		got = nil
		for name, m := range matrices {
			for _, row := range m.Include {
				got = append(got, cellName(purposeOf(name), fmt.Sprint(row["identifier"])))
			}
		}
		equal(t, "github-json", planned(plan), got)

		var pipeline map[string]yaml.Node
		parse(t, emit.GitLab, plan, o, &pipeline)
		got = nil
		for name, node := range pipeline {
			if purposeOf(name) == "" {
				continue
			}
			var job struct {
				Parallel struct{ Matrix []map[string]string }
			}
			if err := node.Decode(&job); err != nil {
				t.Fatal(err)
			}
			if len(job.Parallel.Matrix) > limit(200) {
				t.Fatalf("%s has %d rows", name, len(job.Parallel.Matrix))
			}
			for _, row := range job.Parallel.Matrix {
				got = append(got, cellName(purposeOf(name), row["IDENTIFIER"]))
			}
		}
		equal(t, "gitlab", planned(plan), got)

		text, err := emit.Cibuildwheel(plan, o)
		if err != nil {
			t.Fatal(err)
		}
		var config struct {
			Tool struct {
				Cibuildwheel struct {
					Build    []string
					TestSkip []string `toml:"test-skip"`
				}
			}
		}
		if _, err := toml.Decode(string(text), &config); err != nil {
			t.Fatal(err)
		}
		got = nil
		for _, id := range config.Tool.Cibuildwheel.Build {
			got = append(got, cellName(vocab.PurposeBuild, id))
			if !slices.Contains(config.Tool.Cibuildwheel.TestSkip, id) {
				got = append(got, cellName(vocab.PurposeTest, id))
			}
		}
		equal(t, "cibuildwheel", planned(plan), got)
	})
}

// parse reads what a back end writes, JSON or YAML.
func parse(t *rapid.T, write func(*matrix.Plan, emit.Options) ([]byte, error), plan *matrix.Plan, o emit.Options, into any) {
	text, err := write(plan, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > 0 && text[0] == '{' {
		err = json.Unmarshal(text, into)
	} else {
		err = yaml.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
}

// All that cibuildwheel can build is more than a vendor takes in one matrix.
func TestEverything(t *testing.T) {
	t.Parallel()
	all := allCells(t)
	for i := range all {
		all[i].ABI = vocab.ABIGIL // as if one job could have them all
	}
	// Other identifiers, so that there are enough.
	for _, c := range slices.Clone(all) {
		if c.Purpose == vocab.PurposeBuild {
			c.Identifier = "x" + c.Identifier
			all = append(all, c)
		}
	}
	plan := &matrix.Plan{Cells: all}
	var workflow struct {
		Jobs map[string]struct {
			Strategy struct {
				Matrix struct{ Include []map[string]any }
			}
		}
	}
	text, err := emit.GitHub(plan, emit.Options{})
	if err == nil {
		err = yaml.Unmarshal(text, &workflow)
	}
	if err != nil {
		t.Fatal(err)
	}
	rows := func(job string) int { return len(workflow.Jobs[job].Strategy.Matrix.Include) }
	if first, second, builds := rows("build-gil"), rows("build-gil-2"), len(all)*2/3; first != 256 || first+second != builds {
		t.Errorf("GitHub: %d and %d rows of %d", first, second, builds)
	}
	var pipeline map[string]yaml.Node
	text, err = emit.GitLab(plan, emit.Options{})
	if err == nil {
		err = yaml.Unmarshal(text, &pipeline)
	}
	if err != nil {
		t.Fatal(err)
	}
	rows = func(job string) int {
		var j struct {
			Parallel struct{ Matrix []map[string]string }
		}
		node := pipeline[job]
		if err := node.Decode(&j); err != nil {
			t.Fatal(err)
		}
		return len(j.Parallel.Matrix)
	}
	linux := 0
	for i := range all {
		if all[i].Purpose == vocab.PurposeBuild && all[i].Platform.OS() == "linux" {
			linux++
		}
	}
	if first, second := rows("build-gil-linux"), rows("build-gil-linux-2"); first != 200 || first+second != linux {
		t.Errorf("GitLab: %d and %d rows of %d", first, second, linux)
	}
}
