package universe

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Pools that things are drawn from.
var (
	versionPool = []string{
		"0.9", "1.0", "1.1", "1.2.3", "1.9", "1.10", "2.0", "2.0.post1", "2.1", "3.0",
		"2.0rc1", "2.1b2", "3.0rc1", "3.1.dev4", "1.0+ft", "2.0+ft.1", "1!0.1",
	}
	specPool = []string{
		">=1.0", ">=1.1", ">=2.0", "<2.0", "<3.0", "<=1.10", ">1.0", "!=2.0", "!=1.1", "==1.0", "==2.0",
		"==1.*", "==2.*", "~=1.0", "~=1.1", "~=2.0", ">=1.0,<2.0", ">=1.1,!=2.0", ">=2.0rc1", "<3.0rc2", "==2.1b2", ">=1.0.dev1",
	}
	markerPool = []string{
		`python_version >= "3.13"`, `python_version < "3.13"`, `sys_platform == "linux"`, `sys_platform == "win32"`,
		`platform_python_implementation == "CPython"`, `python_full_version >= "3.13.1" and os_name == "posix"`,
	}
	pythonPool = []string{
		">=3.8", ">=3.9", ">=3.9", ">=3.14", ">=3.8,<3.13", "<4", ">=3.8,!=3.13.*", "~=3.12", ">=3.10,<3.14",
	}
	extraPool = []string{"x", "y"}
)

// filesPool are the sets of files a version may have, with their weights. In
// them FT and GIL stand for native tags of this Python.
var filesPool = []struct {
	weight int
	lines  []string
}{
	{20, []string{"wheel FT GIL"}},
	{10, []string{"wheel FT GIL", "sdist"}},
	{14, []string{"wheel GIL"}},
	{8, []string{"wheel GIL", "sdist"}},
	{5, []string{"wheel FT"}},
	{3, []string{"wheel FT", "sdist"}},
	{14, []string{"wheel py3-none-any"}},
	{4, []string{"wheel py3-none-any", "sdist"}},
	{6, []string{"wheel GIL py3-none-any"}},
	{4, []string{"wheel cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64"}},
	{4, []string{"wheel cp311-abi3-manylinux_2_28_x86_64", "sdist"}},
	{3, []string{"wheel cp313-abi3t-manylinux_2_28_x86_64 GIL"}},
	{2, []string{"wheel cp312-abi3.abi3t-manylinux_2_28_x86_64"}},
	{4, []string{"sdist"}},
	{2, []string{"sdist zip"}},
	{4, []string{"wheel 1-FT 2-GIL FT GIL"}},
	{3, []string{"wheel 3-py3-none-any 10-FT 9b-FT GIL"}},
	{3, []string{"wheel cp313-cp313t-linux_x86_64 cp313-cp313-linux_x86_64 FT GIL"}},
	{3, []string{"wheel cp313-cp313t-musllinux_1_2_x86_64 GIL"}},
	{3, []string{"wheel cp313-cp313t-manylinux_2_99_x86_64 GIL"}},
	{3, []string{"wheel cp313-cp313t-manylinux_2_17_x86_64.manylinux2014_x86_64 FT GIL cp313-cp313-manylinux_2_24_x86_64"}},
	{2, []string{"wheel cp314-cp314t-manylinux_2_28_x86_64 cp314-cp314-manylinux_2_28_x86_64"}},
	{2, []string{"wheel cp313.cp314-cp313t.cp314t-manylinux_2_28_x86_64 GIL"}},
	{2, []string{"wheel cp313-none-any py3-none-manylinux_2_28_x86_64"}},
	{2, []string{"wheel cp313-cp313t-win_amd64 cp313-cp313-win_amd64 cp313-cp313t-macosx_11_0_arm64"}},
}

const (
	nativeFT  = "cp313-cp313t-manylinux_2_28_x86_64"
	nativeGIL = "cp313-cp313-manylinux_2_28_x86_64"
)

type generator struct {
	*rand.Rand
	b        strings.Builder
	projects int
}

// Random returns the text of a made-up universe with a question, always the same
// for a seed and a number. Its targets are Python 3.13 on Linux x86_64, both
// flavours: its wheels have the tags that fit one, both or neither of them. It has
// what installers trip over: pre-releases, yanked versions and files, extras,
// markers, Requires-Python of every sort, build tags, source distributions,
// metadata that differs between the files of a version, conflicts.
func Random(seed, n uint64) string {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, n))} //nolint:gosec // the same universes each time
	g.projects = 3 + g.IntN(5)
	g.line(0, "shows a random universe: seed %d, number %d", seed, n)
	for range 1 + g.IntN(3) {
		g.line(0, "root %s", g.requirement(-1, false))
	}
	if g.chance(15) {
		g.line(0, "constraint p%d%s", g.IntN(g.projects), g.pick(specPool))
	}
	switch g.IntN(10) {
	case 0, 1:
		g.line(0, "option only-binary :all:")
	case 2:
		g.line(0, "option only-binary p%d", g.IntN(g.projects))
	}
	switch g.IntN(12) {
	case 0:
		g.line(0, "option pre allow")
	case 1:
		g.line(0, "option pre disallow")
	}
	for i := range g.projects {
		g.project(i)
	}
	return g.b.String()
}

func (g *generator) line(indent int, format string, args ...any) {
	g.b.WriteString(strings.Repeat("  ", indent))
	fmt.Fprintf(&g.b, format, args...)
	g.b.WriteByte('\n')
}

// chance is true in so many of a hundred cases.
func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g *generator) pick(pool []string) string { return pool[g.IntN(len(pool))] }

// requirement names a project, as a rule one with a higher number than from's, so
// that most graphs have an end. A project that requires itself does so for an
// extra, as real ones do.
func (g *generator) requirement(from int, markers bool) string {
	to := g.IntN(g.projects)
	if from+1 < g.projects && !g.chance(10) {
		to = max(from, 0) + g.IntN(g.projects-max(from, 0))
	}
	s := fmt.Sprintf("p%d", to)
	switch {
	case to == from && from >= 0:
		return s + "[" + g.pick(extraPool) + "]"
	case g.chance(12):
		s += "[" + g.pick(extraPool) + "]"
	}
	if g.chance(45) {
		s += g.pick(specPool)
	}
	if markers && g.chance(15) {
		s += "; " + g.pick(markerPool)
	}
	return s
}

func (g *generator) project(i int) {
	g.line(0, "\npackage p%d", i)
	seen := map[string]bool{}
	for range 2 + g.IntN(4) {
		v := g.pick(versionPool)
		if g.chance(50) {
			v = versionPool[g.IntN(10)] // more final releases
		}
		if !seen[v] {
			seen[v] = true
			g.version(i, v)
		}
	}
	// As a rule something old and simple is left to fall back on.
	if v := g.pick([]string{"1.0", "1.1", "1.2.3"}); !seen[v] && g.chance(70) {
		g.line(1, "version %s", v)
		g.line(2, "wheel %s", g.pick([]string{"py3-none-any", nativeFT + " " + nativeGIL}))
	}
}

func (g *generator) version(i int, v string) {
	g.line(1, "version %s", v)
	g.requires(2, i)
	if g.chance(15) {
		g.line(2, "extra %s: %s", g.pick(extraPool), g.requirement(i, true))
	}
	if g.chance(20) {
		g.line(2, "requires-python %s", g.pick(pythonPool))
	}
	if g.chance(7) {
		g.line(2, "yanked")
	}
	total := 0
	for _, f := range filesPool {
		total += f.weight
	}
	n := g.IntN(total)
	for _, f := range filesPool {
		if n -= f.weight; n < 0 {
			g.files(i, f.lines)
			return
		}
	}
}

func (g *generator) requires(indent, i int) {
	for range g.IntN(3) {
		g.line(indent, "requires %s", g.requirement(i, true))
	}
}

func (g *generator) files(i int, lines []string) {
	native := strings.NewReplacer("FT", nativeFT, "GIL", nativeGIL)
	for _, l := range lines {
		words := strings.Fields(l)
		if words[0] != "wheel" {
			g.line(2, "%s", l)
			continue
		}
		for _, w := range words[1:] {
			g.line(2, "wheel %s", native.Replace(w))
			switch n := g.IntN(100); {
			case n < 3:
				g.line(3, "yanked")
			case n < 6:
				g.line(3, "requires-python %s", g.pick(pythonPool))
			case n < 10:
				g.line(3, "requires nothing")
				g.requires(3, i)
			}
		}
	}
}
