package lint_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ftpkg/ftpkg/matrix"
	"github.com/ftpkg/ftpkg/matrix/lint"
	"github.com/ftpkg/ftpkg/matrix/workflow"
)

// patches are the golden files of a sample's patches.
func patches(t *testing.T, s *sample) []txtar.File {
	t.Helper()
	var files []txtar.File
	for _, source := range s.sources {
		if source.Name == "pyproject.toml" {
			continue
		}
		opts := s.options
		opts.Sources = []string{source.Name}
		p, err := lint.Patch(source, opts)
		if err != nil {
			t.Errorf("%s: %s: %v", s.name, source.Name, err)
			continue
		}
		if p.Text != source.Text {
			var b strings.Builder
			for _, line := range p.Added {
				b.WriteString("# added: " + line + "\n")
			}
			files = append(files, txtar.File{Name: "patched/" + source.Name, Data: []byte(b.String() + p.Text)})
		}
		if len(p.Refused) > 0 {
			var b strings.Builder
			for _, r := range p.Refused {
				fmt.Fprintf(&b, "%d: %s\n", r.Line, r.Msg)
			}
			files = append(files, txtar.File{Name: "refused/" + source.Name, Data: []byte(b.String())})
		}
		again, err := lint.Patch(lint.Source{Name: source.Name, Text: p.Text}, opts)
		if err != nil || again.Text != p.Text {
			t.Errorf("%s: %s is patched again: %v, %s", s.name, source.Name, err, again.Added)
		}
		if err := keepsCells(source.Text, p.Text); err != nil {
			t.Errorf("%s: %s: %v", s.name, source.Name, err)
		}
		if len(p.Refused) > 0 {
			continue
		}
		r, err := lint.Check([]lint.Source{{Name: source.Name, Text: p.Text}}, opts)
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(r.Findings, func(f lint.Finding) bool { return f.Rule == "FM141" || f.Rule == "FM142" }); i >= 0 {
			t.Errorf("%s: the patch of %s leaves %+v", s.name, source.Name, r.Findings[i])
		}
	}
	return files
}

// keepsCells reports an error if a job lost a cell by a patch, or got one that is no
// twin: without its t, it is one that was there.
func keepsCells(before, after string) error {
	a, err := workflow.Parse("before.yml", before)
	if err != nil {
		return err
	}
	b, err := workflow.Parse("after.yml", after)
	if err != nil {
		return err
	}
	for _, j := range a.Jobs {
		was, now := j.Matrix(), b.Job(j.ID).Matrix()
		if was == nil || was.Dynamic {
			continue
		}
		left := slices.Clone(now.Cells)
		text := func(c *workflow.Cell, keys []string) string {
			var words []string
			for _, k := range keys {
				v, _ := c.Get(k)
				words = append(words, fmt.Sprint(v.Data))
			}
			return strings.Join(words, "|")
		}
		gil := map[string]bool{}
		for _, c := range was.Cells {
			gil[strings.ReplaceAll(text(c, c.Keys), "t", "")] = true
			i := slices.IndexFunc(left, func(d *workflow.Cell) bool { return text(d, c.Keys) == text(c, c.Keys) })
			if i < 0 {
				return fmt.Errorf("job %s lost the cell %s", j.ID, c)
			}
			left = slices.Delete(left, i, i+1)
		}
		for _, c := range left {
			keys := slices.DeleteFunc(slices.Clone(c.Keys), func(k string) bool { return k == "interpreter" })
			plain := strings.ReplaceAll(text(c, c.Keys), "t", "")
			if !gil[plain] && !gil[strings.ReplaceAll(text(c, keys), "t", "")] && !strings.Contains(plain, "3.14") {
				return fmt.Errorf("job %s got the cell %s, which is nobody's twin", j.ID, c)
			}
		}
	}
	return nil
}

// What ftpkg matrix writes has no findings and lacks nothing.
func TestGenerated(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob(filepath.Join("..", "emit", "testdata", "github", "*.yml"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%d workflows, %v", len(names), err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source := lint.Source{Name: filepath.Base(name), Text: string(text)}
		opts := lint.Options{Today: today, Project: fstest.MapFS{}}
		r, err := lint.Check([]lint.Source{source}, opts)
		if err != nil || len(r.Findings) > 0 {
			t.Errorf("%s: %v\n%s", name, err, lines(r))
		}
		p, err := lint.Patch(source, opts)
		if err != nil || p.Text != source.Text || len(p.Refused) > 0 {
			t.Errorf("%s: %v: %+v", name, err, p)
		}
	}
}

// Line ends of Windows change nothing, and stay.
func TestCRLF(t *testing.T) {
	t.Parallel()
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	for _, s := range samples(t) {
		var sources []lint.Source
		for _, x := range s.sources {
			sources = append(sources, lint.Source{Name: x.Name, Text: crlf(x.Text)})
		}
		want, err := lint.Fix(s.sources, s.options)
		if err != nil {
			t.Fatal(err)
		}
		got, err := lint.Fix(sources, s.options)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := lines(want.Report), lines(got.Report); string(a) != string(b) {
			t.Errorf("%s: with CRLF\n%swithout\n%s", s.name, b, a)
		}
		for i := range got.Sources {
			if got.Sources[i].Text != crlf(want.Sources[i].Text) {
				t.Errorf("%s: %s is fixed otherwise with CRLF:\n%s", s.name, got.Sources[i].Name, got.Sources[i].Text)
			}
			if sources[i].Name == "pyproject.toml" {
				continue
			}
			opts := s.options
			opts.Sources = []string{sources[i].Name}
			a, err := lint.Patch(s.sources[i], opts)
			if err != nil {
				t.Fatal(err)
			}
			b, err := lint.Patch(sources[i], opts)
			if err != nil || b.Text != crlf(a.Text) {
				t.Errorf("%s: %s is patched otherwise with CRLF: %v\n%s", s.name, sources[i].Name, err, b.Text)
			}
		}
	}
}

// FuzzFix: no file breaks the linter; what was fixed is not fixed again; what is fixed
// or patched is a workflow still.
func FuzzFix(f *testing.F) {
	for _, s := range samples(f) {
		for _, x := range s.sources {
			f.Add(x.Text, strings.HasSuffix(x.Name, ".toml"))
		}
	}
	tables := matrix.DefaultTables()
	f.Fuzz(func(t *testing.T, text string, toml bool) {
		if len(text) > 4000 {
			return
		}
		name := "wheels.yml"
		if toml {
			name = "pyproject.toml"
		}
		opts := lint.Options{Today: today, Tables: tables, Project: fstest.MapFS{}}
		fixed, err := lint.Fix([]lint.Source{{Name: name, Text: text}}, opts)
		if err != nil {
			return
		}
		again, err := lint.Fix(fixed.Sources, opts)
		if err != nil || !slices.Equal(again.Sources, fixed.Sources) {
			t.Errorf("%v: fixed again: %v\n%s\n%s", err, again, fixed.Sources[0].Text, text)
		}
		if toml {
			return
		}
		p, err := lint.Patch(lint.Source{Name: name, Text: text}, opts)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if _, err := lint.Check([]lint.Source{{Name: name, Text: p.Text}}, opts); err != nil {
			t.Errorf("%v\n%s", err, p.Text)
		}
	})
}
