package lint_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ftpkg/ftpkg/matrix/lint"
)

var update = flag.Bool("update", false, "rewrite the golden parts of testdata")

const today = "2026-11-21"

// A sample is a project with workflows, of testdata.
type sample struct {
	name    string
	archive *txtar.Archive
	sources []lint.Source
	options lint.Options
}

// samples reads those of testdata: their files, without the golden parts.
func samples(t testing.TB) []*sample {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil || len(names) < 15 {
		t.Fatalf("%d samples, %v", len(names), err)
	}
	var list []*sample
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		s := &sample{name: name, archive: a}
		a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return golden(f.Name) })
		fsys := fstest.MapFS{}
		for _, f := range a.Files {
			fsys[f.Name] = &fstest.MapFile{Data: f.Data}
			if strings.Contains(f.Name, "workflows/") || f.Name == "pyproject.toml" {
				s.sources = append(s.sources, lint.Source{Name: f.Name, Text: string(f.Data)})
				s.options.Sources = append(s.options.Sources, f.Name)
			}
		}
		s.options.Project, s.options.Today = fsys, today
		list = append(list, s)
	}
	return list
}

// golden reports whether a file of a sample was written by -update.
func golden(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return slices.Contains([]string{"findings", "fixed", "left", "patched", "refused"}, first)
}

// lines writes findings one a line.
func lines(r *lint.Report) []byte {
	var b bytes.Buffer
	for _, f := range r.Findings {
		mark := ""
		if f.Fixable {
			mark = " [fixable]"
		}
		fmt.Fprintf(&b, "%s:%d:%d: %s %s: %s%s\n", f.File, f.Line, f.Column, f.Rule, f.Severity, f.Message, mark)
	}
	if b.Len() == 0 {
		b.WriteString("nothing\n")
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	for _, s := range samples(t) {
		r, err := lint.Check(s.sources, s.options)
		if err != nil {
			t.Errorf("%s: %v", s.name, err)
			continue
		}
		a := &txtar.Archive{Comment: s.archive.Comment, Files: slices.Clone(s.archive.Files)}
		a.Files = append(a.Files, txtar.File{Name: "findings", Data: lines(r)})
		fixed, err := lint.Fix(s.sources, s.options)
		if err != nil {
			t.Errorf("%s: %v", s.name, err)
			continue
		}
		if len(fixed.Repaired) < r.Fixable() { // one may mend more
			t.Errorf("%s: %d of %d repairs were made", s.name, len(fixed.Repaired), r.Fixable())
		}
		for i, f := range fixed.Sources {
			if f.Text != s.sources[i].Text {
				a.Files = append(a.Files, txtar.File{Name: "fixed/" + f.Name, Data: []byte(f.Text)})
			}
		}
		if len(fixed.Repaired) > 0 {
			a.Files = append(a.Files, txtar.File{Name: "left", Data: lines(fixed.Report)})
		}
		again, err := lint.Fix(fixed.Sources, s.options)
		if err != nil || len(again.Repaired) > 0 || !slices.Equal(again.Sources, fixed.Sources) {
			t.Errorf("%s: what was fixed is fixed again: %v, %v", s.name, err, again.Repaired)
		}
		a.Files = append(a.Files, patches(t, s)...)
		got := txtar.Format(a)
		if *update {
			if err := os.WriteFile(s.name, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(s.name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (go test ./matrix/lint -update rewrites it)\n%s", s.name, diff)
		}
	}
}
