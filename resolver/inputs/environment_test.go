package inputs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// Each file in testdata/environments is a folder; lines of its comment that
// begin with ">" name what is read in it, and "want" is the answer.
func TestReadEnvironment(t *testing.T) {
	files, err := filepath.Glob("testdata/environments/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no environments: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := unpack(t, ar)
			var b strings.Builder
			for line := range strings.SplitSeq(string(ar.Comment), "\n") {
				if name, ok := strings.CutPrefix(line, "> "); ok {
					fmt.Fprintf(&b, "== %s\n%s", name, dumpEnvironment(filepath.Join(dir, name)))
				}
			}
			got := strings.ReplaceAll(b.String(), filepath.ToSlash(dir), "$DIR")
			want := answer(t, file, ar, got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func dumpEnvironment(dir string) string {
	e, err := ReadEnvironment(dir)
	if err != nil {
		return fmt.Sprintf("error: %s\n", err)
	}
	var b strings.Builder
	switch {
	case e.HasPython && e.HasFlavour:
		fmt.Fprintf(&b, "python %s\n", e.Python)
	case e.HasPython:
		fmt.Fprintf(&b, "python %s, flavour unknown\n", e.Python)
	default:
		b.WriteString("python unknown\n")
	}
	for i := range e.Lock.Packages {
		p := &e.Lock.Packages[i]
		fmt.Fprintf(&b, "%s %s %s %s", p.Name, p.Version, p.Source.Kind, p.Source.Text)
		if p.Source.Revision != "" {
			fmt.Fprintf(&b, " at %s", p.Source.Revision)
		}
		fmt.Fprintf(&b, " in %s", p.Installed.Location)
		for _, tag := range p.Installed.Tags {
			fmt.Fprintf(&b, " %s", tag)
		}
		if p.Installed.Build != "" {
			fmt.Fprintf(&b, " build %s", p.Installed.Build)
		}
		if p.Installed.Installer != "" {
			fmt.Fprintf(&b, " by %s", p.Installed.Installer)
		}
		if !p.RequiresPython.IsAny() {
			fmt.Fprintf(&b, " python %s", p.RequiresPython)
		}
		for _, d := range p.Dependencies {
			fmt.Fprintf(&b, " needs %s%s", d.Name, d.Specifiers)
		}
		for _, x := range p.Extras {
			for _, d := range p.ExtraDependencies[x] {
				fmt.Fprintf(&b, " [%s] needs %s%s if %s", x, d.Name, d.Specifiers, d.Marker)
			}
		}
		b.WriteByte('\n')
	}
	for _, n := range e.Lock.Notes {
		fmt.Fprintf(&b, "note: %s: %s\n", n.Text, n.Reason)
	}
	return b.String()
}

// An environment is selected whole, and says who requires whom.
func TestEnvironmentSelect(t *testing.T) {
	ar, err := txtar.ParseFile("testdata/environments/venv-free-threaded.txtar")
	if err != nil {
		t.Fatal(err)
	}
	e, err := ReadEnvironment(unpack(t, ar))
	if err != nil {
		t.Fatal(err)
	}
	env := &pep508.Environment{PythonVersion: "3.14", PythonFullVersion: "3.14.2", SysPlatform: "linux"}
	selected, err := e.Lock.Select(env, nil, nil)
	if err != nil || len(selected) != len(e.Lock.Packages) {
		t.Fatalf("%d of %d packages: %v", len(selected), len(e.Lock.Packages), err)
	}
	for _, s := range selected {
		want := ""
		if s.Name == "markupsafe" {
			want = "jinja2"
		}
		if got := strings.Join(s.RequiredBy, ","); got != want {
			t.Errorf("%s is required by %q, want %q", s.Name, got, want)
		}
	}
}

// unpack writes an archive's files, all but "want", to a folder.
func unpack(t *testing.T, ar *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range ar.Files {
		if f.Name == "want" {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// answer returns the section "want", written anew with -update.
func answer(t *testing.T, file string, ar *txtar.Archive, got string) string {
	t.Helper()
	last := len(ar.Files) - 1
	if *update {
		if last < 0 || ar.Files[last].Name != "want" {
			ar.Files = append(ar.Files, txtar.File{Name: "want"})
			last++
		}
		ar.Files[last].Data = []byte(got)
		if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if last < 0 || ar.Files[last].Name != "want" {
		t.Fatal("there is no last section named want")
	}
	return string(ar.Files[last].Data)
}
