package matrix

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// generate makes n projects, each asked about on every platform. The seed is fixed: a
// recording changes only where the generator or cibuildwheel does.
func generate(line *Line, n int) []oracleCase {
	g := generator{r: rand.New(rand.NewPCG(6, uint64(len(line.Options)))), line: line}
	var cases []oracleCase
	for i := range n {
		files, archs := g.files(), g.pick("", "all", "all", "")
		if i == 0 {
			files, archs = everything(line), "all"
		}
		for _, os := range platforms() {
			cases = append(cases, oracleCase{files, os, archs})
		}
	}
	return cases
}

// everything is a project that leaves nothing out: what is printed for it is the table.
func everything(line *Line) map[string]string {
	groups := slices.Sorted(maps.Keys(line.Groups))
	return map[string]string{"pyproject.toml": fmt.Sprintf("[project]\nname = \"x\"\nrequires-python = \">=3.0\"\n[tool.cibuildwheel]\nenable = %q\n", strings.Join(groups, " "))}
}

// A generator makes projects at random.
type generator struct {
	r    *rand.Rand
	line *Line
}

func (g *generator) pick(of ...string) string { return of[g.r.IntN(len(of))] }

// one reports true once in n times.
func (g *generator) one(n int) bool { return g.r.IntN(n) == 0 }

func (g *generator) files() map[string]string {
	files := map[string]string{}
	var project strings.Builder
	requires := g.requires()
	where := g.pick("pyproject.toml", "pyproject.toml", "pyproject.toml", "setup.cfg", "setup.py", "")
	project.WriteString(g.pick("", "# a project\n") + "[project]\nname = \"x\"\nversion = \"1\"\n")
	switch where {
	case "pyproject.toml":
		fmt.Fprintf(&project, "requires-python = %q\n", requires)
	case "setup.cfg":
		files[where] = fmt.Sprintf(g.pick("[metadata]\nname = x\n[options]\npython_requires = %s\n", "[options]\npackages = find:\npython_requires=%s\nzip_safe = no\n", "# old\n[options]\npython_requires : %s\n"), requires)
	case "setup.py":
		files[where] = fmt.Sprintf(g.pick(
			"from setuptools import setup\nsetup(name='x', python_requires=%q)\n",
			"import setuptools\n\nsetuptools.setup(\n    name='x',  # python_requires='>=4'\n    python_requires=%q,\n)\n",
			"from setuptools import setup\nif __name__ == \"__main__\":\n    setup(\n        python_requires=%q,\n    )\n",
			"from setuptools import setup\ndef main():\n    setup(python_requires=%q)\nmain()\n",
			"from setuptools import setup\nargs = dict(python_requires=%q)\nsetup(**args)\n"), requires)
	}
	if g.one(12) {
		delete(files, "setup.py")
		files["setup.py"] = "from setuptools import setup\nsetup()\n"
	}
	if !g.one(8) {
		project.WriteString(g.table())
	}
	files["pyproject.toml"] = project.String()
	return files
}

func (g *generator) requires() string {
	if g.one(40) {
		return g.pick("3.9+", ">=3.x", "=>3.9")
	}
	return g.pick(">=3.8", ">=3.9", ">=3.10", ">=3.11", ">=3.12", ">=3.13", ">=3.14", ">=3.14.3", ">=3.9,<3.14", ">=3.9, !=3.14.*", "~=3.12", "~=3.13.0",
		"==3.14.*", ">3.12", "<=3.14", "<3.15", ">=3.11,!=3.12.*,!=3.13.*", "", ">=3.15.0rc1", "!=3.13.99", ">=3,<4")
}

// table is [tool.cibuildwheel].
func (g *generator) table() string {
	var b strings.Builder
	b.WriteString("[tool.cibuildwheel]\n")
	g.options(&b, true)
	if g.one(40) { // what is refused
		b.WriteString(g.pick("bulid = \"*\"\n", "no-such-option = 1\n", "test-skip = {a = 1}\n"))
	} else if g.one(40) {
		b.WriteString("environment = {A = \"1\"}\ntest-command = [\"a\", \"b\"]\n")
	}
	for _, os := range platforms() {
		if g.one(5) {
			fmt.Fprintf(&b, "[tool.cibuildwheel.%s]\n", os)
			g.options(&b, false)
		}
	}
	if g.one(4) {
		fmt.Fprintf(&b, "[[tool.cibuildwheel.overrides]]\nselect = %s\ntest-command = \"true\"\n", g.selectors())
	}
	return b.String()
}

// options are what decides the identifiers.
func (g *generator) options(b *strings.Builder, top bool) {
	if g.one(2) {
		fmt.Fprintf(b, "build = %s\n", g.selectors())
	}
	if g.one(2) {
		fmt.Fprintf(b, "skip = %s\n", g.selectors())
	}
	if g.one(4) {
		fmt.Fprintf(b, "test-skip = %s\n", g.selectors())
	}
	if top && g.one(3) {
		fmt.Fprintf(b, "enable = %s\n", g.enable())
	}
	if g.one(3) {
		fmt.Fprintf(b, "archs = %s\n", g.archs())
	}
}

// selectors is the value of build or skip, as a text or a list.
func (g *generator) selectors() string {
	var words []string
	for range 1 + g.r.IntN(3) {
		python := g.pick("cp3*", "cp314-*", "cp314*", "cp314t-*", "cp3??t-*", "cp31[2-4]-*", "cp31[!5]-*", "cp3{9,10,11}-*", "cp31{2..4}-*", "cp{39,31{3,4}{,t}}-*", "*", "cp*", "cp313t-*", "pp*", "{cp,pp}311-*", "cp315t-*", "gp*", "cp38-*")
		platform := g.pick("", "", "*manylinux*", "manylinux_x86_64", "*musllinux_*", "macosx_*", "*_arm64", "*win*", "win32", "{win_amd64,macosx_*}", "*_{aarch64,x86_64}", "*-*", "*_i686", "universal2")
		if python == "*" {
			words = append(words, python+platform)
		} else {
			words = append(words, strings.TrimSuffix(python, "*")+cmp.Or(platform, "*"))
		}
	}
	if g.one(25) {
		return g.pick(`""`, "[]")
	}
	if g.one(2) {
		return fmt.Sprintf("%q", strings.Join(words, " "))
	}
	text, err := json.Marshal(words)
	if err != nil {
		return `"*"`
	}
	return string(text)
}

func (g *generator) enable() string {
	if g.one(15) {
		return g.pick(`"no-such-group"`, `["pypy", "cpython-free-threading"]`)
	}
	words := slices.DeleteFunc([]string{"cpython-freethreading", "cpython-prerelease", "graalpy", "pypy", "pypy-eol"}, func(w string) bool {
		_, known := g.line.Groups[w]
		return !known
	})
	if g.one(30) {
		words = []string{"cpython-freethreading"}
	}
	if len(g.line.Groups) > 3 && g.one(8) {
		return `"all"`
	}
	g.r.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	words = words[:1+g.r.IntN(len(words))]
	return `"` + strings.Join(words, " ") + `"`
}

func (g *generator) archs() string {
	exact := []string{`"auto"`, `"native"`, `"all"`, `"auto64"`, `"auto32"`, `["x86_64", "i686"]`, `["auto", "aarch64"]`, `["x86_64", "arm64", "AMD64"]`, `"x86_64 arm64 ARM64"`, `["universal2", "auto"]`, `["all"]`, `"x86_64,aarch64, i686"`, `["x86", "AMD64", "x86_64"]`, `["auto64", "riscv64"]`, `["native", "ppc64le", "s390x", "armv7l"]`}
	if g.line.Version[0] != '4' {
		return g.pick(exact...)
	}
	if g.one(15) {
		return g.pick(`"x64"`, `["x86_64", "amd46"]`, `"auto,"`, `" auto"`)
	}
	return g.pick(append(exact, `[]`, `""`, `"ARM64 AARCH64"`, `["amd64", "X86_64"]`, `"wasm32 auto"`)...)
}
