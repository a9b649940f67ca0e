package lock

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// oracle is what the tool that wrote a lock selects from it, recorded. The file
// says which tool and when.
type oracle struct {
	Source, Date string
	Environments map[string]map[string]string
	Cases        []struct {
		Lock, Target string
		Extras       []string
		Groups       []string // nil: the tool's default
		Only         bool     // only the groups
		Packages     []string
		Error        string
	}
}

func (o *oracle) env(target string) *pep508.Environment {
	v := o.Environments[target]
	e := &pep508.Environment{
		OSName: v["os_name"], SysPlatform: v["sys_platform"], PlatformMachine: v["platform_machine"],
		PlatformPythonImplementation: v["platform_python_implementation"], PlatformSystem: v["platform_system"],
		PythonVersion: v["python_version"], PythonFullVersion: v["python_full_version"],
		ImplementationName: v["implementation_name"], ImplementationVersion: v["implementation_version"],
		ABIFeatures: []string{"gil-enabled"},
	}
	if python, _, _ := strings.Cut(target, " "); strings.HasSuffix(python, "t") {
		e.ABIFeatures = []string{"free-threading"}
	}
	return e
}

func readLock(t testing.TB, name string) *Lock {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "locks", name))
	if err != nil {
		t.Fatal(err)
	}
	l, err := Read(name, data)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestSelectLikeTheTool(t *testing.T) {
	files, err := filepath.Glob("testdata/select/*.json")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d oracles: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var o oracle
			if err := json.Unmarshal(data, &o); err != nil {
				t.Fatal(err)
			}
			for _, c := range o.Cases {
				l := readLock(t, c.Lock)
				if l.NeedsRoots() {
					setRoots(t, l)
				}
				l.OnlyGroups = c.Only
				// Poetry and PDM are asked for groups by name, the project's own
				// among them.
				if own := l.ownGroup(); own != "" && c.Groups != nil {
					l.OnlyGroups = !slices.Contains(c.Groups, own)
				}
				got, err := l.Select(o.env(c.Target), c.Extras, c.Groups)
				var se *SelectError
				if c.Error != "" {
					if !errors.As(err, &se) || string(se.Reason) != c.Error {
						t.Errorf("%s on %s, extras %v, groups %v: got %v, %s says %s", c.Lock, c.Target, c.Extras, c.Groups, err, o.Source, c.Error)
					}
					continue
				}
				if err != nil {
					t.Errorf("%s on %s, extras %v, groups %v: %v", c.Lock, c.Target, c.Extras, c.Groups, err)
					continue
				}
				if diff := cmp.Diff(unversioned(c.Packages), printSelected(got)); diff != "" {
					t.Errorf("%s on %s, extras %v, groups %v: (-%s +got)\n%s", c.Lock, c.Target, c.Extras, c.Groups, o.Source, diff)
				}
			}
		})
	}
}

// setRoots stands for the project file beside the lock.
func setRoots(t testing.TB, l *Lock) {
	t.Helper()
	var roots []Root
	for line := range strings.SplitSeq(strings.TrimSpace(`
default jinja2
default uvicorn[standard]>=0.30
default colorama; sys_platform == 'win32'
img pillow
dev pytest
lint click; python_version < '3.14'`), "\n") {
		group, text, _ := strings.Cut(line, " ")
		r, err := pep508.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		root := Root{Dep: Dep{Name: r.Name, Extras: r.Extras, Marker: r.Marker, Specifiers: SpecifierPythons(r.Specifiers)}}
		switch group {
		case "default":
		case "img":
			root.Extra = group
		default:
			root.Group = group
		}
		roots = append(roots, root)
	}
	l.SetRoots(roots, []string{"img"}, []string{"dev", "lint"}, []string{"dev"})
}

// printSelected prints what would be installed: name==version, the name alone
// for a project that is not on an index, nothing for a virtual one.
func printSelected(selected []Selected) []string {
	out := []string{}
	for _, s := range selected {
		switch {
		case s.Source.Kind == SourceVirtual:
		case s.Source.IsLocal(), s.Source.Kind == SourceVCS, !s.Version.IsValid():
			out = append(out, s.Name)
		default:
			out = append(out, s.Name+"=="+s.Version.String())
		}
	}
	slices.Sort(out)
	return out
}

// unversioned drops the version of the one package from a repository, which
// not every tool prints.
func unversioned(packages []string) []string {
	out := []string{}
	for _, p := range packages {
		if strings.HasPrefix(p, "gitty") {
			p = "gitty"
		}
		out = append(out, p)
	}
	return out
}
