package lock

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/resolver/pep508"
)

func linux(python string) *pep508.Environment {
	return &pep508.Environment{
		OSName: "posix", SysPlatform: "linux", PlatformSystem: "Linux", PlatformMachine: "x86_64",
		PlatformPythonImplementation: "CPython", ImplementationName: "cpython", ImplementationVersion: python + ".0",
		PythonVersion: python, PythonFullVersion: python + ".0",
	}
}

func windows(python string) *pep508.Environment {
	e := linux(python)
	e.OSName, e.SysPlatform, e.PlatformSystem, e.PlatformMachine = "nt", "win32", "Windows", "AMD64"
	return e
}

func rootsOf(t *testing.T, lines string) []Root {
	t.Helper()
	var roots []Root
	for line := range strings.SplitSeq(strings.TrimSpace(lines), "\n") {
		kind, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		r, err := pep508.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		root := Root{Dep: Dep{Name: r.Name, Extras: r.Extras, Marker: r.Marker, Specifiers: SpecifierPythons(r.Specifiers)}}
		if group, ok := strings.CutPrefix(kind, "group:"); ok {
			root.Group = group
		}
		if extra, ok := strings.CutPrefix(kind, "extra:"); ok {
			root.Extra = extra
		}
		roots = append(roots, root)
	}
	return roots
}

// What Poetry 1.8.5 itself installs from a lock of version 2.0, which holds
// neither groups nor roots (poetry install --dry-run on Linux, CPython 3.13).
func TestSelectPoetry20(t *testing.T) {
	l := readLock(t, "v20.poetry.lock")
	if !l.NeedsRoots() {
		t.Fatal("a lock of version 2.0 needs its roots")
	}
	l.SetRoots(rootsOf(t, `
		own jinja2>=3.1,<4
		own colorama; sys_platform == 'win32'
		own packaging>=24,<25; python_version < '3.13'
		own packaging>=25; python_version >= '3.13'
		own plain
		extra:img pillow
		extra:fast pillow
		extra:fast ujson>=5.10,<5.11; platform_python_implementation == 'CPython'
		group:dev pytest
		group:dev packaging
		group:docs click; python_version < '3.14'
		group:docs markupsafe; sys_platform != 'win32'`), []string{"fast", "img"}, []string{"dev", "docs"}, []string{"dev"})
	if l.NeedsRoots() || len(l.Notes) > 0 {
		t.Errorf("the roots are set, and still: %v, %v", l.NeedsRoots(), l.Notes)
	}
	for _, tt := range []struct {
		env            *pep508.Environment
		extras, groups []string
		want           string
	}{
		{linux("3.13"), nil, nil, "iniconfig==2.3.1 jinja2==3.1.6 markupsafe==3.0.4 packaging==26.3 plain pluggy==1.7.0 pygments==2.21.0 pytest==9.2.0 six==1.17.0"},
		{linux("3.13"), nil, []string{}, "jinja2==3.1.6 markupsafe==3.0.4 packaging==26.3 plain six==1.17.0"},
		{linux("3.13"), []string{"img"}, []string{}, "jinja2==3.1.6 markupsafe==3.0.4 packaging==26.3 pillow==13.0.0 plain six==1.17.0"},
		{linux("3.13"), []string{"fast"}, []string{}, "jinja2==3.1.6 markupsafe==3.0.4 packaging==26.3 pillow==13.0.0 plain six==1.17.0 ujson==5.10.0"},
		{linux("3.13"), nil, []string{"only", "dev"}, "iniconfig==2.3.1 packaging==26.3 pluggy==1.7.0 pygments==2.21.0 pytest==9.2.0"},
		// By the markers: the fork of packaging, and what Windows adds.
		{linux("3.12"), nil, []string{}, "jinja2==3.1.6 markupsafe==3.0.4 packaging==24.2 plain six==1.17.0"},
		{windows("3.14"), nil, []string{}, "colorama==0.4.6 jinja2==3.1.6 markupsafe==3.0.4 packaging==26.3 plain six==1.17.0"},
		{windows("3.14"), nil, []string{"only", "docs"}, ""},
	} {
		if l.OnlyGroups = len(tt.groups) > 0 && tt.groups[0] == "only"; l.OnlyGroups {
			tt.groups = tt.groups[1:]
		}
		got, err := l.Select(tt.env, tt.extras, tt.groups)
		if err != nil {
			t.Errorf("extras %v, groups %v: %v", tt.extras, tt.groups, err)
			continue
		}
		if diff := cmp.Diff(tt.want, strings.Join(printSelected(got), " ")); diff != "" {
			t.Errorf("extras %v, groups %v (-want +got):\n%s", tt.extras, tt.groups, diff)
		}
	}
}

func TestSelectPoetry11(t *testing.T) {
	l := readLock(t, "v11.poetry.lock")
	for _, tt := range []struct {
		env            *pep508.Environment
		extras, groups []string
		want           string
	}{
		{linux("3.9"), nil, nil, "click==8.0.1 pysocks==1.7.1 pytest==6.2.4 requests==2.26.0 urllib3==1.26.6"},
		{windows("3.9"), nil, nil, "atomicwrites==1.4.0 click==8.0.1 colorama==0.4.4 pysocks==1.7.1 pytest==6.2.4 requests==2.26.0 urllib3==1.26.6"},
		{linux("3.9"), []string{"local"}, []string{"main"}, "click==8.0.1 pysocks==1.7.1 requests==2.26.0 urllib3==1.26.6 vendored"},
	} {
		got, err := l.Select(tt.env, tt.extras, tt.groups)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, strings.Join(printSelected(got), " ")); diff != "" {
			t.Errorf("extras %v, groups %v (-want +got):\n%s", tt.extras, tt.groups, diff)
		}
	}
	if _, err := l.Select(linux("3.6"), nil, nil); err == nil {
		t.Error("Python 3.6 is in a gap of ^3.7 || ^2.7")
	}
}

// What a set of extras adds stands in an entry of the set; a lock without
// inherited metadata and without the project file is entered where nothing
// leads.
func TestSelectPDMSources(t *testing.T) {
	l := readLock(t, "sources.pdm.lock")
	if !l.NeedsRoots() || len(l.Notes) != 1 {
		t.Errorf("needs roots: %v, notes %v", l.NeedsRoots(), l.Notes)
	}
	selected, err := l.Select(linux("3.13"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range selected {
		got = append(got, fmt.Sprintf("%s %s %q %v", s.Name, s.Source.Kind, s.RequiredBy, s.With))
	}
	want := []string{
		`app-lib editable [""] []`,
		`kit registry ["app-lib"] [x y]`,
		`from-git vcs ["kit"] []`,
		`from-url url ["kit"] []`,
		`other directory [""] []`,
		`wheelhouse path ["app-lib"] []`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if p, ok := l.Package("only-nt"); !ok || p.Version.String() != "1.0" {
		t.Errorf("Package: %v, %v", p, ok)
	}
	if _, ok := l.Package("nothing"); ok {
		t.Error("a package that is not there was found")
	}
}

func TestRequiredBy(t *testing.T) {
	for _, tt := range []struct {
		lock           string
		extras, groups []string
		want           map[string]string // name: requirers and extras
	}{
		{"basic.uv.lock", nil, []string{}, map[string]string{
			"demo-app": "<root>", "uvicorn": "demo-app [standard]", "uvloop": "uvicorn", "idna": "anyio", "h11": "uvicorn", "click": "demo-app,uvicorn",
		}},
		{"basic.uv.lock", []string{"plot"}, nil, map[string]string{"demo-app": "<root> [plot]", "pillow": "demo-app", "iniconfig": "demo-app"}},
		{"script.uv.lock", nil, nil, map[string]string{"jinja2": "<root>", "uvicorn": "<root> [standard]", "markupsafe": "jinja2"}},
		{"v21.poetry.lock", nil, nil, map[string]string{"jinja2": "<root>", "markupsafe": "jinja2", "pluggy": "pytest", "six": "plain"}},
		{"inherit.pdm.lock", nil, nil, map[string]string{"jinja2": "<root>", "uvicorn": "<root>", "anyio": "watchfiles", "h11": "uvicorn"}},
		{"static.pdm.lock", nil, nil, map[string]string{"jinja2": "<root>", "anyio": "watchfiles"}},
		{"pylock.pip.toml", nil, nil, map[string]string{"jinja2": "<root>", "markupsafe": "<root>"}}, // pip writes no dependencies
	} {
		l := readLock(t, tt.lock)
		if l.NeedsRoots() {
			setRoots(t, l)
		}
		selected, err := l.Select(linux("3.13"), tt.extras, tt.groups)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, s := range selected {
			if _, ok := tt.want[s.Name]; !ok {
				continue
			}
			text := strings.Join(s.RequiredBy, ",")
			if text == "" {
				text = "<root>"
			}
			if len(s.With) > 0 {
				text += " [" + strings.Join(s.With, ",") + "]"
			}
			got[s.Name] = text
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.lock, diff)
		}
	}
}

func TestSelectErrors(t *testing.T) {
	for _, tt := range []struct {
		lock           string
		env            *pep508.Environment
		extras, groups []string
		want           string
	}{
		{"basic.uv.lock", linux("3.13"), []string{"plott"}, nil, `basic.uv.lock: no extra "plott"; did you mean "plot"?`},
		{"basic.uv.lock", linux("3.13"), nil, []string{"test"}, `basic.uv.lock: no group "test"; it has dev, docs, lint`},
		{"basic.uv.lock", linux("3.11"), nil, nil, `basic.uv.lock: the lock is for Python >=3.12, not 3.11.0`},
		{"script.uv.lock", linux("3.13"), []string{"x"}, nil, `script.uv.lock: no extra "x"; it has none`},
		{"workspace.uv.lock", linux("3.13"), []string{"old", "new"}, []string{}, "workspace.uv.lock: extra new of workshop and extra old of workshop are declared as conflicting"},
		{"pylock.ambiguous.toml", func() *pep508.Environment { e := linux("3.14"); e.SysPlatform = "darwin"; return e }(), nil, nil,
			"pylock.ambiguous.toml:12: multiple packages with the name numpy apply: 2.3.5 (line 4) and 2.5.5 (line 12)"},
		{"pylock.narrow.toml", linux("3.14"), nil, nil, "pylock.narrow.toml:6: old-only requires Python <3.14, not 3.14.0"},
		{"pylock.narrow.toml", windows("3.13"), nil, nil, `pylock.narrow.toml: the lock is not for this environment; it is for sys_platform == "linux"; sys_platform == "darwin" and platform_machine == "arm64"`},
		{"targets.pdm.lock", windows("3.13"), nil, nil, "targets.pdm.lock: the lock is not for this environment; it is for Python ==3.13.*, manylinux_2_40_x86_64; Python ==3.12.*, windows_amd64; Python >=3.14, macos_14_0_arm64, gil"},
	} {
		_, err := readLock(t, tt.lock).Select(tt.env, tt.extras, tt.groups)
		var se *SelectError
		if !errors.As(err, &se) || err.Error() != tt.want {
			t.Errorf("got  %v\nwant %s", err, tt.want)
		}
	}
}

// A selection leaves the environment and the lock as they were.
func TestSelectIsPure(t *testing.T) {
	l := readLock(t, "workspace.uv.lock")
	before := dump(l)
	env := linux("3.13")
	copied := *env
	for range 2 {
		if _, err := l.Select(env, []string{"old", "both"}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(copied, *env); diff != "" {
		t.Errorf("the environment changed:\n%s", diff)
	}
	if dump(l) != before {
		t.Error("the lock changed")
	}
}
