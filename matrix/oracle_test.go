package matrix

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

var (
	update = flag.Bool("update", false, "rewrite golden files")
	oracle = flag.Bool("oracle", false, "ask cibuildwheel of all release lines about all configurations; with -update, about new ones, and record the answers")
)

// An oracleCase is a project and how cibuildwheel is asked about it.
type oracleCase struct {
	Files    map[string]string `json:"files"`
	Platform string            `json:"platform"`
	Archs    string            `json:"archs"` // of the flag; "" if it is not given
}

// An oracleAnswer is what it said.
type oracleAnswer struct {
	Status      int      `json:"status"`
	Identifiers []string `json:"identifiers"`
}

// A recording is what a release of cibuildwheel answered on a machine.
type recording struct {
	Version string         `json:"version"`
	Machine string         `json:"machine"` // x86_64, aarch64: what archs = "auto" was
	Cases   []oracleCase   `json:"cases"`
	Answers []oracleAnswer `json:"answers"`
}

// configurations says how many generated projects are asked about per release line,
// each on every platform.
var configurations = map[string]int{"4.3": 240, "3.4": 60, "2.23": 60}

// What cibuildwheel answered for generated projects is what is answered here.
func TestIdentifiersAsCibuildwheel(t *testing.T) {
	t.Parallel()
	for _, line := range DefaultTables().Lines {
		t.Run(line.Name(), func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("testdata", "oracle", line.Name()+".json")
			if *oracle {
				r := &recording{Version: line.Version, Machine: machine(t)}
				if *update {
					r.Cases = generate(line, configurations[line.Name()])
				} else {
					r.Cases = readRecording(t, file).Cases
				}
				r.Answers = askCibuildwheel(t, line.Version, r.Cases)
				if *update {
					writeRecording(t, file, r)
				}
				compare(t, line, r)
				return
			}
			compare(t, line, readRecording(t, file))
		})
	}
}

// The client itself still answers as it was recorded: asked now about a few of the
// projects, all in one process, and about one as people do.
func TestCibuildwheelLive(t *testing.T) {
	t.Parallel()
	line := DefaultTables().Lines[0]
	r := readRecording(t, filepath.Join("testdata", "oracle", line.Name()+".json"))
	const few = 30
	r.Cases, r.Machine = r.Cases[:few], machine(t)
	r.Answers = askCibuildwheel(t, line.Version, r.Cases)
	compare(t, line, r)

	python := cibuildwheelPython(t, line.Version)
	dir := t.TempDir()
	project := "[project]\nname = \"x\"\nrequires-python = \">=3.13\"\n[tool.cibuildwheel]\nskip = \"cp3??t-* *-{win32,win_arm64}\"\n"
	if err := os.WriteFile(filepath.Join(dir, "pyproject.toml"), []byte(project), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, "-m", "cibuildwheel", "--print-build-identifiers", "--platform", "windows", "--archs", "all")
	cmd.Dir, cmd.Env = dir, plainEnv()
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	p, err := Read(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Identifiers(line, "windows", nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(strings.Fields(string(out)), got); diff != "" || len(got) == 0 {
		t.Errorf("identifiers (-cibuildwheel +here):\n%s", diff)
	}
}

// The tables are what their scripts make of the release they name; with -oracle of
// every release line.
func TestTablesAsCibuildwheel(t *testing.T) {
	t.Parallel()
	tables := DefaultTables()
	lines := tables.Lines[:1]
	if *oracle {
		lines = tables.Lines
	}
	for _, l := range lines {
		sameTable(t, l.Version, "identifiers.py", l.Date, "cibuildwheel-"+l.Name())
	}
	sameTable(t, lines[0].Version, "images.py", tables.Images.Date, "images")
}

// sameTable runs a script that makes a table, and compares.
func sameTable(t *testing.T, version, script, date, table string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, cibuildwheelPython(t, version), filepath.Join("..", "scripts", "matrix-tables", script), date)
	var stderr bytes.Buffer
	cmd.Stderr, cmd.Env = &stderr, append(plainEnv(), "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, &stderr)
	}
	want, err := os.ReadFile(filepath.Join("tables", table+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), string(out)); diff != "" {
		t.Errorf("tables/%s.json (-table +%s):\n%s", table, script, diff)
	}
}

// compare holds the answers of a recording against ours.
func compare(t *testing.T, line *Line, r *recording) {
	t.Helper()
	if len(r.Cases) != len(r.Answers) || len(r.Cases) == 0 {
		t.Fatalf("%d cases, %d answers", len(r.Cases), len(r.Answers))
	}
	empty, refused := 0, 0
	for i, c := range r.Cases {
		want := r.Answers[i]
		got, err := identifiersHere(line, r.Machine, c)
		switch {
		case (err != nil) != (want.Status != 0):
			t.Errorf("case %d: %s, archs %q: cibuildwheel exits with %d, here: %v\n%s", i, c.Platform, c.Archs, want.Status, err, show(c))
		case err == nil:
			if diff := gocmp.Diff(want.Identifiers, got, equateEmpty()); diff != "" {
				t.Errorf("case %d: %s, archs %q (-cibuildwheel +here):\n%s\n%s", i, c.Platform, c.Archs, diff, show(c))
			}
		}
		if want.Status != 0 {
			refused++
		} else if len(want.Identifiers) == 0 {
			empty++
		}
	}
	if answered := len(r.Cases) - empty - refused; answered < len(r.Cases)/2 {
		t.Errorf("only %d of %d cases have identifiers: %d are empty, %d refused", answered, len(r.Cases), empty, refused)
	}
}

func equateEmpty() gocmp.Option {
	return gocmp.Transformer("nil", func(s []string) []string { return append([]string{}, s...) })
}

// identifiersHere answers a case.
func identifiersHere(line *Line, machine string, c oracleCase) ([]string, error) {
	files := fstest.MapFS{}
	for name, text := range c.Files {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	p, err := Read(files)
	if err != nil {
		return nil, err
	}
	if err := p.Cibuildwheel.CheckLine(line); err != nil {
		return nil, err
	}
	// Which architecture a machine has is called differently on each system.
	native := map[string]string{"linux/x86_64": "x86_64", "macos/x86_64": "x86_64", "windows/x86_64": "AMD64", "linux/aarch64": "aarch64", "macos/aarch64": "arm64", "windows/aarch64": "ARM64"}[c.Platform+"/"+machine]
	natives := []string{native}
	if c.Archs == "all" {
		natives = nil
	}
	got, err := p.Identifiers(line, c.Platform, natives)
	// Intel machines cannot build PyPy and GraalPy for ARM, which is of no matter to us.
	return slices.DeleteFunc(got, func(id string) bool {
		return machine == "x86_64" && strings.HasSuffix(id, "macosx_arm64") && (strings.HasPrefix(id, "pp") || strings.HasPrefix(id, "gp"))
	}), err
}

func show(c oracleCase) string {
	var b strings.Builder
	for name, text := range c.Files {
		fmt.Fprintf(&b, "-- %s --\n%s", name, text)
	}
	return b.String()
}

func readRecording(t *testing.T, file string) *recording {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; go test ./matrix -run Cibuildwheel -oracle -update records it", err)
	}
	r := new(recording)
	if err := json.Unmarshal(data, r); err != nil {
		t.Fatal(err)
	}
	return r
}

func writeRecording(t *testing.T, file string, r *recording) {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\"version\": %q, \"machine\": %q,\n\"cases\": [\n", r.Version, r.Machine)
	writeLines(t, &b, r.Cases)
	b.WriteString("],\n\"answers\": [\n")
	writeLines(t, &b, r.Answers)
	b.WriteString("]}\n")
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// writeLines writes each entry on a line.
func writeLines[T any](t *testing.T, b *bytes.Buffer, list []T) {
	t.Helper()
	for i, e := range list {
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
		if i < len(list)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
}

// cibuildwheelPython is the interpreter that has a release of cibuildwheel.
func cibuildwheelPython(t *testing.T, version string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", filepath.Join("..", "scripts", "matrix-tables", "cibuildwheel"), version)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("scripts/matrix-tables/cibuildwheel: %v\n%s", err, &stderr)
	}
	return strings.TrimSpace(string(out))
}

func machine(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "uname", "-m").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(strings.TrimSpace(string(out)), "arm64", "aarch64", 1)
}

// plainEnv is the environment without what cibuildwheel reads of it.
func plainEnv() []string {
	return slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "CIBW_") })
}

// askCibuildwheel asks a release about all cases in one process.
func askCibuildwheel(t *testing.T, version string, cases []oracleCase) []oracleAnswer {
	t.Helper()
	python := cibuildwheelPython(t, version)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	input, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, python, filepath.Join("..", "scripts", "matrix-tables", "ask.py"))
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr, cmd.Env = bytes.NewReader(input), &stderr, plainEnv()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("ask.py: %v\n%s", err, &stderr)
	}
	var answers []oracleAnswer
	if err := json.Unmarshal(out, &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}
