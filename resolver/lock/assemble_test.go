package lock

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// doubled is the matrix of six platforms, GIL and free-threaded.
func doubled(pythons ...string) []Cell {
	var cells []Cell
	for _, python := range pythons {
		for _, platform := range []string{"linux-x86_64", "linux-aarch64", "macos-x86_64", "macos-arm64", "windows-x86_64", "windows-arm64"} {
			env := *linux(python)
			system, machine, _ := strings.Cut(platform, "-")
			env.PlatformMachine = machine
			switch system {
			case "macos":
				env.SysPlatform, env.PlatformSystem = "darwin", "Darwin"
			case "windows":
				env.OSName, env.SysPlatform, env.PlatformSystem = "nt", "win32", "Windows"
				env.PlatformMachine = map[string]string{"x86_64": "AMD64", "arm64": "ARM64"}[machine]
			}
			for _, flavour := range []string{"", "t"} {
				e := env
				cells = append(cells, Cell{Name: python + flavour + " " + platform, Env: &e})
			}
		}
	}
	return cells
}

// put adds a package to a cell, as a wheel of its own for the cell.
func put(c *Cell, name, version string, requires ...string) {
	python, platform, _ := strings.Cut(c.Name, " ")
	tag := strings.ReplaceAll("cp"+strings.ReplaceAll(strings.TrimSuffix(python, "t"), ".", ""), " ", "")
	abi := tag
	if strings.HasSuffix(python, "t") {
		abi += "t"
	}
	plat := map[string]string{
		"linux-x86_64": "manylinux_2_28_x86_64", "linux-aarch64": "manylinux_2_28_aarch64",
		"macos-x86_64": "macosx_11_0_x86_64", "macos-arm64": "macosx_11_0_arm64",
		"windows-x86_64": "win_amd64", "windows-arm64": "win_arm64",
	}[platform]
	file := fmt.Sprintf("%s-%s-%s-%s-%s.whl", strings.ReplaceAll(name, "-", "_"), version, tag, abi, plat)
	c.Packages = append(c.Packages, CellPackage{
		Name: name, Version: version, Index: "https://index.example.invalid/simple", Requires: requires,
		File: simple.RawFile{Filename: file, URL: "https://files.example.invalid/" + file, Size: int64(len(file)), Uploaded: 1767323045,
			Hashes: []simple.Hash{{Algorithm: "sha256", Hex: fmt.Sprintf("%064x", len(file))}}},
	})
}

// example is the case of the issue: numpy is older on macOS x86_64, for the GIL
// build too because the cells were aligned; Windows needs colorama.
func example() []Cell {
	cells := doubled("3.14")
	for i := range cells {
		c := &cells[i]
		numpy := "2.5.5"
		if strings.HasSuffix(c.Name, "macos-x86_64") {
			numpy = "2.3.5"
		}
		put(c, "pandas", "3.0.0", "numpy")
		put(c, "numpy", numpy)
		put(c, "click", "8.5.1", "colorama")
		if strings.Contains(c.Name, "windows") {
			put(c, "colorama", "0.4.6")
		}
	}
	return cells
}

func TestWritePylock(t *testing.T) {
	doc, divergences := Assemble(example())
	if len(divergences) > 0 {
		t.Fatal(divergences)
	}
	doc.Comment = []string{"made by ftpkg resolve --align", "two\nlines"}
	var b bytes.Buffer
	if err := WritePylock(&b, doc); err != nil {
		t.Fatal(err)
	}
	golden(t, "written.pylock.toml", b.String())

	b.Reset()
	if err := WriteRequirements(&b, doc); err != nil {
		t.Fatal(err)
	}
	golden(t, "written.requirements.txt", b.String())
}

// The same document gives the same bytes whatever the order of its parts.
func TestWriteIsDeterministic(t *testing.T) {
	write := func(cells []Cell) string {
		doc, _ := Assemble(cells)
		var b bytes.Buffer
		if err := WritePylock(&b, doc); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	cells := example()
	want := write(cells)
	slices.Reverse(cells)
	for i := range cells {
		slices.Reverse(cells[i].Packages)
	}
	if diff := cmp.Diff(want, write(cells)); diff != "" {
		t.Errorf("the order of the cells matters:\n%s", diff)
	}
}

func TestDivergences(t *testing.T) {
	cells := doubled("3.14")
	for i := range cells {
		version := "2.5.5"
		if cells[i].Name == "3.14t macos-x86_64" {
			version = "2.3.5"
		}
		put(&cells[i], "numpy", version)
		if cells[i].Name == "3.14 linux-x86_64" {
			put(&cells[i], "only-gil", "1.0")
		}
	}
	doc, got := Assemble(cells)
	if doc != nil || len(got) != 2 {
		t.Fatalf("got %v", got)
	}
	want := []string{
		"numpy: 2.5.5 on 3.14 macos-x86_64, 2.3.5 on 3.14t macos-x86_64; no marker tells these cells apart, so one lock cannot hold both (PEP 751)",
		"only-gil: 1.0 on 3.14 linux-x86_64, not installed on 3.14t linux-x86_64; no marker tells these cells apart, so one lock cannot hold both (PEP 751)",
	}
	for i, w := range want {
		if got[i].String() != w {
			t.Errorf("got  %s\nwant %s", got[i], w)
		}
	}
	// Each flavour alone is fine.
	var free []Cell
	for _, c := range cells {
		if strings.HasPrefix(c.Name, "3.14t") {
			free = append(free, c)
		}
	}
	if doc, d := Assemble(free); doc == nil || d != nil {
		t.Errorf("free-threaded cells alone diverge: %v", d)
	}
}

// A cell may take a source distribution or a file by its URL.
func TestAssembleKinds(t *testing.T) {
	cells := doubled("3.14")[:4] // Linux on two machines
	for i := range cells {
		c := &cells[i]
		switch {
		case strings.HasPrefix(c.Name, "3.14t"):
			c.Packages = append(c.Packages, CellPackage{Name: "built", Version: "1.0", File: raw("built-1.0.tar.gz"), Sdist: true})
		default:
			put(c, "built", "1.0")
		}
		c.Packages = append(c.Packages, CellPackage{Name: "direct", Version: "2.0", File: raw("direct-2.0-py3-none-any.whl"), Direct: true, Requires: []string{"built"}})
	}
	doc, divergences := Assemble(cells)
	if divergences != nil {
		t.Fatal(divergences)
	}
	built, direct := doc.Packages[0], doc.Packages[1]
	if built.Sdist == nil || len(built.Wheels) != 2 || built.Marker != "" {
		t.Errorf("built: %+v", built)
	}
	if direct.Archive == nil || len(direct.Wheels) != 0 || len(direct.Dependencies) != 1 {
		t.Errorf("direct: %+v", direct)
	}
	// Another URL in one cell alone is a divergence.
	cells[0].Packages[1].File = raw("direct-2.1-py3-none-any.whl")
	if doc, divergences := Assemble(cells); doc != nil || len(divergences) != 1 || divergences[0].Package != "direct" {
		t.Errorf("got %v, %v", doc, divergences)
	}
}

func TestMarkerFor(t *testing.T) {
	cells := doubled("3.13", "3.14")
	var envs []*pep508.Environment
	for i := 0; i < len(cells); i += 2 {
		envs = append(envs, cells[i].Env)
	}
	pick := func(f func(*pep508.Environment) bool) []*pep508.Environment {
		return slices.DeleteFunc(slices.Clone(envs), func(e *pep508.Environment) bool { return !f(e) })
	}
	for _, tt := range []struct {
		want string
		f    func(*pep508.Environment) bool
	}{
		{"", func(e *pep508.Environment) bool { return true }},
		{"sys_platform == 'win32'", func(e *pep508.Environment) bool { return e.OSName == "nt" }},
		{"sys_platform != 'win32'", func(e *pep508.Environment) bool { return e.OSName != "nt" }},
		{"python_version == '3.13'", func(e *pep508.Environment) bool { return e.PythonVersion == "3.13" }},
		{"platform_machine == 'x86_64' and sys_platform == 'darwin'", func(e *pep508.Environment) bool {
			return e.PlatformMachine == "x86_64" && e.SysPlatform == "darwin"
		}},
		{"platform_machine == 'ARM64' and python_version == '3.14'", func(e *pep508.Environment) bool { return e.PlatformMachine == "ARM64" && e.PythonVersion == "3.14" }},
	} {
		if got := markerFor(envs, pick(tt.f)); sortedWords(got) != sortedWords(tt.want) {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// sortedWords makes the order of the parts of a marker irrelevant.
func sortedWords(marker string) string {
	parts := strings.Split(marker, " and ")
	slices.Sort(parts)
	return strings.Join(parts, " and ")
}

// Whatever cells go into a lock, each gets its own packages back from it.
func TestAssembleRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := doubled(rapid.SampledFrom([][]string{{"3.14"}, {"3.13", "3.14"}, {"3.12", "3.13", "3.14"}}).Draw(t, "pythons")...)
		var cells []Cell
		for i := 0; i < len(all); i += 2 { // GIL and free-threaded come in pairs
			switch rapid.IntRange(0, 3).Draw(t, "flavours") {
			case 0:
			case 1:
				cells = append(cells, all[i])
			case 2:
				cells = append(cells, all[i+1])
			case 3:
				cells = append(cells, all[i], all[i+1])
			}
		}
		versions := map[string]string{} // by environment and name, so that no pair diverges
		for i := range cells {
			_, platform, _ := strings.Cut(cells[i].Name, " ")
			for _, name := range []string{"a", "b", "c-d"} {
				key := cells[i].Env.PythonVersion + platform + name
				if _, ok := versions[key]; !ok {
					versions[key] = rapid.SampledFrom([]string{"", "1.0", "2.0"}).Draw(t, name)
				}
				if versions[key] != "" {
					put(&cells[i], name, versions[key])
				}
			}
		}
		doc, divergences := Assemble(cells)
		if divergences != nil {
			t.Fatalf("diverges: %v", divergences)
		}
		var b bytes.Buffer
		if err := WritePylock(&b, doc); err != nil {
			t.Fatal(err)
		}
		l, err := Read("pylock.toml", b.Bytes())
		if err != nil {
			t.Fatalf("%v in\n%s", err, b.String())
		}
		for _, c := range cells {
			selected, err := l.Select(c.Env, nil, nil)
			if err != nil {
				t.Fatalf("%s: %v in\n%s", c.Name, err, b.String())
			}
			want := map[string]string{}
			for _, p := range c.Packages {
				want[p.Name] = p.Version
			}
			got := map[string]string{}
			for _, s := range selected {
				got[s.Name] = s.Version.String()
				for _, p := range c.Packages {
					if p.Name == s.Name && !slices.ContainsFunc(s.Files, func(f simple.RawFile) bool { return f.Filename == p.File.Filename }) {
						t.Fatalf("%s: the lock has no %s", c.Name, p.File.Filename)
					}
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s (-want +got):\n%s\nin\n%s", c.Name, diff, b.String())
			}
		}
		// What the lock is not for, it refuses.
		if len(cells) > 0 {
			other := *cells[0].Env
			other.SysPlatform = "emscripten"
			if _, err := l.Select(&other, nil, nil); err == nil {
				t.Fatal("an environment the lock is not for is taken")
			}
		}
	})
}
