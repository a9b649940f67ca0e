package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/matrix/emit"
)

// atRoot is a file of the repository.
func atRoot(name string) string { return filepath.Join("..", "..", filepath.FromSlash(name)) }

// A goreleaser is .goreleaser.yaml, as far as it is compared with scripts/wheels.
type goreleaser struct {
	Before struct{ Hooks []string }
	Builds []struct {
		Main, Binary                   string
		Goos, Goarch, Goamd64, Goarm64 []string
		Env, Flags, Ldflags            []string
		ModTimestamp                   string `yaml:"mod_timestamp"`
	}
	Archives []struct {
		Files []struct{ Src, Dst string }
	}
	HomebrewCasks []struct {
		Manpages    []string
		Completions map[string]string
	} `yaml:"homebrew_casks"`
	Dockers []struct{ Dockerfile string } `yaml:"dockers_v2"`
}

func readGoreleaser(t *testing.T) (*goreleaser, []byte) {
	t.Helper()
	text, err := os.ReadFile(atRoot(".goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	g := new(goreleaser)
	if err := yaml.Unmarshal(text, g); err != nil {
		t.Fatal(err)
	}
	return g, text
}

// goreleaser's own schema finds nothing in the configuration, and would.
func TestGoreleaserSchema(t *testing.T) {
	t.Parallel()
	checker, schema := filepath.Join(tools(t).Python(t), "check-jsonschema"), filepath.Join("testdata", "goreleaser", "schema.json")
	schema, err := filepath.Abs(schema)
	if err != nil {
		t.Fatal(err)
	}
	file, err := filepath.Abs(atRoot(".goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	command(t, "", nil, checker, "--schemafile", schema, file)
	_, text := readGoreleaser(t)
	for _, change := range [][2]string{{"ldflags:", "ldflag:"}, {"artifacts: archive ", "artefacts: archive "}, {"platforms: [", "platform: ["}} {
		wrong := filepath.Join(t.TempDir(), ".goreleaser.yaml")
		changed := strings.Replace(string(text), change[0], change[1], 1)
		if changed == string(text) {
			t.Fatalf("%q is not in the file", change[0])
		}
		if err := os.WriteFile(wrong, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
		fails(t, "", checker, "--schemafile", schema, wrong)
	}
}

// render fills in the fields of goreleaser's templates that the file uses. One that
// goreleaser does not know is an error.
func render(t *testing.T, text string, r *release) string {
	t.Helper()
	tmpl, err := template.New("").Option("missingkey=error").Funcs(template.FuncMap{"incpatch": func(s string) string { return s }}).Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := tmpl.Execute(&b, map[string]any{
		"ProjectName": "ftpkg", "Version": strings.TrimPrefix(r.Stamp, "v"), "Tag": r.Stamp, "FullCommit": r.Commit, "CommitDate": r.Date.Format(time.RFC3339), "CommitTimestamp": r.Date.Unix(),
		"Prerelease": "", "Major": 1, "Minor": 2, "Os": "linux", "Arch": "amd64", "Env": map[string]string{"HOMEBREW_TAP_TOKEN": "token"},
	}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// goreleaser builds the programs that the wheels carry: with the same flags, variables
// and processors. The release workflow compares the programs themselves.
func TestGoreleaserBuild(t *testing.T) {
	t.Parallel()
	g, text := readGoreleaser(t)
	r := &release{Version: version, Stamp: tag, Commit: strings.Repeat("ab", 20), Date: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	render(t, string(text), r)
	if len(g.Builds) != 1 {
		t.Fatalf("%d builds", len(g.Builds))
	}
	b := g.Builds[0]
	var both []string
	for _, p := range platforms() {
		if both = append(both, p.goos+" "+p.goarch); !slices.Contains(b.Goos, p.goos) || !slices.Contains(b.Goarch, p.goarch) {
			t.Errorf("%s is not built", p.name)
		}
	}
	slices.Sort(both)
	if got, want := len(b.Goos)*len(b.Goarch), len(slices.Compact(both)); got != want {
		t.Errorf("%d programs for archives, %d for wheels", got, want)
	}
	for _, c := range []struct {
		what      string
		got, want []string
	}{
		{"flags", b.Flags, buildFlags()},
		{"variables", b.Env, buildEnv()},
		{"GOAMD64", b.Goamd64, []string{goamd64}},
		{"GOARM64", b.Goarm64, []string{goarm64}},
		{"linker", []string{render(t, strings.Join(b.Ldflags, " "), r)}, []string{r.ldflags()}},
		{"package", []string{b.Main}, []string{"./cmd/ftpkg"}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-wheels +goreleaser):\n%s", c.what, diff)
		}
	}
}

// What goreleaser packs is there, and the cask names what the archives hold.
func TestGoreleaserFiles(t *testing.T) {
	t.Parallel()
	g, _ := readGoreleaser(t)
	packed := map[string]bool{}
	for _, f := range g.Archives[0].Files {
		if f.Src == "packaging/out/"+thirdPartyFile {
			if !slices.ContainsFunc(g.Before.Hooks, func(h string) bool { return strings.HasSuffix(h, " -licences "+f.Src) }) {
				t.Errorf("nothing makes %s", f.Src)
			}
			continue
		}
		found, err := filepath.Glob(atRoot(f.Src))
		if err != nil || len(found) == 0 {
			t.Errorf("%s: there is none: %v", f.Src, err)
		}
		for _, name := range found {
			packed[strings.TrimPrefix(f.Dst+"/"+filepath.Base(name), "/")] = true
		}
	}
	cask := g.HomebrewCasks[0]
	for _, name := range cask.Manpages {
		if !packed[name] {
			t.Errorf("the cask names %s, the archive has %v", name, packed)
		}
	}
	for shell, name := range cask.Completions {
		if !packed[name] {
			t.Errorf("the cask names %s for %s, the archive has %v", name, shell, packed)
		}
	}
	text, err := os.ReadFile(atRoot(g.Dockers[0].Dockerfile))
	if err != nil || !strings.Contains(string(text), "COPY $TARGETPLATFORM/ftpkg /usr/bin/ftpkg") {
		t.Errorf("%s: %v", g.Dockers[0].Dockerfile, err)
	}
}

// ours are the workflows of this folder's concern.
func ours(t *testing.T) []string {
	t.Helper()
	list := []string{atRoot(".github/workflows/release.yml"), atRoot(".github/workflows/action.yml")}
	examples, err := filepath.Glob(atRoot("examples/actions/*.yml"))
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	return append(list, examples...)
}

// What judges workflows finds nothing in the release's, the action's and the examples.
func TestWorkflows(t *testing.T) {
	t.Parallel()
	for _, file := range ours(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		// The examples cannot know the commit of the next release; people put it in.
		text = bytes.ReplaceAll(text, []byte("ftpkg/ftpkg@main # better: the commit of a release\n"), []byte("ftpkg/ftpkg@"+strings.Repeat("01", 20)+" # v1.2.3\n"))
		file = filepath.Join(t.TempDir(), ".github", "workflows", filepath.Base(file))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
		if said := tools(t).Actionlint(t, file); said != "" {
			t.Errorf("actionlint: %s", said)
		}
		tools(t).CheckSchema(t, "vendor.github-workflows", file)
		if said := tools(t).Zizmor(t, file); said != "" {
			t.Errorf("zizmor: %s", said)
		}
	}
	file := atRoot("action.yml")
	tools(t).CheckSchema(t, "vendor.github-actions", file)
	if said := tools(t).Zizmor(t, file); said != "" {
		t.Errorf("zizmor: %s", said)
	}
}

// Actions are pinned to commits; one that generated workflows use too, to the same.
func TestPins(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(atRoot("matrix/emit/actions.json"))
	if err != nil {
		t.Fatal(err)
	}
	var pins emit.Pins
	if err := yaml.Unmarshal(text, &pins); err != nil {
		t.Fatal(err)
	}
	uses := regexp.MustCompile(`(?m)^\s*(?:- )?uses: (\S+?)(?:@(\S+))?( # (\S+))?$`)
	commit := regexp.MustCompile(`^[0-9a-f]{40}$`)
	seen := map[string]string{}
	for _, file := range append(ours(t), atRoot("action.yml")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range uses.FindAllStringSubmatch(string(text), -1) {
			name, at, release := m[1], m[2], m[4]
			if name == "./" || name == "ftpkg/ftpkg" {
				continue
			}
			if !commit.MatchString(at) || !strings.HasPrefix(release, "v") {
				t.Errorf("%s: %s: not a commit with its release behind it", file, m[0])
			}
			if pin, ok := pins.Actions[name]; ok && (pin.Commit != at || pin.Version != release) {
				t.Errorf("%s: %s is at %s (%s), in matrix/emit at %s (%s)", file, name, at, release, pin.Commit, pin.Version)
			}
			if last := seen[name]; last != "" && last != at {
				t.Errorf("%s: %s is at %s, elsewhere at %s", file, name, at, last)
			}
			seen[name] = at
		}
	}
	if len(seen) < 10 {
		t.Errorf("only %d actions were found", len(seen))
	}
}
