package inputs

import (
	"context"
	"os"
	"strings"
	"testing"
)

// memory is a loader of one file that reaches nothing else.
func memory(dir, text string) *Loader {
	return &Loader{
		Dir:       dir,
		LookupEnv: func(name string) (string, bool) { return "v", name == "VAR" },
		AllExtras: true, AllGroups: true,
		ReadFile: func(_ context.Context, name string) ([]byte, error) {
			if name == "f" || strings.HasPrefix(name, "f.") {
				return []byte(text), nil
			}
			return nil, os.ErrNotExist
		},
	}
}

// check holds what is true of every answer.
func check(t *testing.T, in *Input, err error) {
	if err != nil {
		if err.Error() == "" {
			t.Fatal("an error without a message")
		}
		if in != nil {
			t.Fatal("an error and an answer")
		}
		return
	}
	for _, list := range [][]Requirement{in.Requirements, in.Constraints, in.Overrides} {
		for _, r := range list {
			if r.Name == "" {
				t.Fatalf("a requirement without a name: %+v", r)
			}
			if strings.Contains(r.Origin.Text, "@secret") {
				t.Fatalf("a password in %q", r.Origin.Text)
			}
		}
	}
	for _, n := range append(in.NotJudged, in.Ignored...) {
		if n.Reason == "" {
			t.Fatalf("a note without a reason: %+v", n)
		}
	}
	_ = dump(in)
}

func FuzzRequirements(f *testing.F) {
	f.Add("numpy>=2 ; python_version < '3' --hash=sha256:" + strings.Repeat("ab", 32) + "\n-r other\n-e .\n")
	f.Add("--index-url https://u:p@x.invalid\n-f 'a b' \\\n # c\n./x[a] ; os_name == 'nt'\nx @ https://x.invalid/x-1.zip#sha256=00")
	f.Add("${VAR}==1\n# -*- coding: latin-1 -*-\n\xff")
	f.Add("https://x.invalid/a-1-py3-none-any.whl ; extra == 'x'\ngit+https://x.invalid\nfile:///x/y.whl\n--no-binary :all:,:none:,a")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		in, err := memory(dir, text).File(context.Background(), "f")
		check(t, in, err)
	})
}

func FuzzProject(f *testing.F) {
	f.Add(`[project]
name = "x"
requires-python = ">=3"
dependencies = ["a>=1; os_name == 'nt'", "x[e]", "b @ https://x.invalid/b-1.zip"]
dynamic = ["optional-dependencies"]
[project.optional-dependencies]
e = ["c"]
[dependency-groups]
g = ["d", {include-group = "h"}]
h = []
[tool.uv]
constraint-dependencies = ["a<2"]
environments = "os_name == 'nt'"
index-url = "https://x.invalid"
[tool.uv.sources]
a = [{ index = "i", marker = "python_version ~= '3.8'" }, { git = "u", extra = "e" }]
[[tool.uv.index]]
name = "i"
url = "https://x.invalid"
[tool.uv.workspace]
members = ["**"]
`)
	f.Add(`[tool.poetry.dependencies]
python = "^3.8 || ~2.7"
a = [{ version = "^1", python = "<3", platform = "linux|darwin" }, { path = "x", develop = true }]
b = { url = "https://x.invalid/b-1.zip", optional = true, extras = ["y"] }
[tool.poetry.extras]
e = ["b"]
[tool.poetry.group.g.dependencies]
c = "*"
[[tool.poetry.source]]
name = "s"
url = "u"
[tool.pdm.resolution.overrides]
x = "1"
[tool.setuptools.dynamic]
dependencies = { file = "x" }
`)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		in, err := memory(dir, text).File(context.Background(), "f.toml")
		check(t, in, err)
	})
}

func FuzzScript(f *testing.F) {
	f.Add("# /// script\n# dependencies = [\"a\"]\n# requires-python = \">=3\"\n# ///\n")
	f.Add("#!x\n# /// other\n#\n# ///\n# /// script\n# x\n# ///")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		in, err := memory(dir, text).File(context.Background(), "f.py")
		check(t, in, err)
	})
}
