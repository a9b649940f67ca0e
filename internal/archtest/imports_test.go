// Package archtest holds the rules of the house as tests: who may import whom,
// what libraries may not do, and what no committed file may contain. The rules
// are explained in docs/architecture.md.
package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/ftpkg/ftpkg"

// A listed is a package as go list -json prints it.
type listed struct {
	ImportPath string   `json:"ImportPath"`
	Dir        string   `json:"Dir"`
	GoFiles    []string `json:"GoFiles"`
	Imports    []string `json:"Imports"`
	Deps       []string `json:"Deps"`
}

// list returns the module's packages, what they depend on included.
func list(t *testing.T) map[string]*listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Dir,GoFiles,Imports,Deps", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	packages := map[string]*listed{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages[p.ImportPath] = &p
	}
	if len(packages) == 0 {
		t.Fatal("go list found no packages")
	}
	return packages
}

// rel is a package's path below the module, "" for the module's own root, and
// false for other people's packages.
func rel(path string) (string, bool) {
	if path == module {
		return "", true
	}
	return strings.CutPrefix(path, module+"/")
}

// in reports whether a package is one of the rooms or stands in one.
func in(path string, rooms ...string) bool {
	return slices.ContainsFunc(rooms, func(r string) bool { return path == r || strings.HasPrefix(path, r+"/") })
}

// A rule says what a room's packages may not depend on, directly or not.
type rule struct {
	name string
	of   func(path string) bool           // which of our packages, by path below the module
	not  func(dep string, ours bool) bool // path below the module if it is ours
}

func rules() []rule {
	return []rule{
		{
			"wheeltags uses the standard library only",
			func(p string) bool { return in(p, "wheeltags") },
			func(dep string, ours bool) bool {
				return ours && !in(dep, "wheeltags") || !ours && strings.Contains(strings.Split(dep, "/")[0], ".")
			},
		},
		{
			"the resolver does no I/O of its own: no network, no processes, no database",
			func(p string) bool { return in(p, "resolver") && !in(p, "resolver/indextest") },
			func(dep string, ours bool) bool {
				return !ours && slices.Contains([]string{"net/http", "os/exec", "database/sql"}, dep)
			},
		},
		{
			"only cmd/ftpkg knows the command line library",
			func(p string) bool { return !in(p, "cmd/ftpkg") },
			func(dep string, ours bool) bool {
				return !ours && (strings.HasPrefix(dep, "github.com/urfave/cli") || strings.HasPrefix(dep, "github.com/vbauerster/mpb"))
			},
		},
		{
			"nothing imports a command",
			func(p string) bool { return !in(p, "scripts") },
			func(dep string, ours bool) bool { return ours && in(dep, "cmd", "scripts") },
		},
		{
			"imports go one way: wheeltags, resolver, then probe and matrix side by side, then tracker, then cmd",
			func(p string) bool { return level(p) > 0 },
			nil, // see levels
		},
		{
			"a test server is for tests",
			func(p string) bool { return !in(p, "resolver/indextest", "scripts") },
			func(dep string, ours bool) bool { return ours && in(dep, "resolver/indextest") },
		},
	}
}

// level orders the rooms; a package may depend on rooms of lower levels and on
// its own room. 0 is a package that stands beside them, below internal.
func level(path string) int {
	for i, rooms := range [][]string{{"wheeltags"}, {"resolver"}, {"probe", "matrix"}, {"tracker"}, {"cmd"}} {
		if in(path, rooms...) {
			return i + 1
		}
	}
	return 0
}

// upward reports whether a package of one room may not depend on another.
func upward(path, dep string) bool {
	from, to := level(path), level(dep)
	room := func(p string) string { first, _, _ := strings.Cut(p, "/"); return first }
	return from > 0 && (to > from || to == from && room(path) != room(dep))
}

func TestImports(t *testing.T) {
	t.Parallel()
	packages := list(t)
	checked := map[string]int{}
	for _, p := range packages {
		path, ours := rel(p.ImportPath)
		if !ours {
			continue
		}
		for _, r := range rules() {
			if !r.of(path) {
				continue
			}
			checked[r.name]++
			for _, dep := range p.Deps {
				depPath, depOurs := rel(dep)
				if !depOurs {
					depPath = dep
				}
				bad := r.not != nil && r.not(depPath, depOurs) || r.not == nil && depOurs && upward(path, depPath)
				if bad {
					t.Errorf("%s depends on %s (%s): %s", path, depPath, chain(packages, p.ImportPath, dep), r.name)
				}
			}
		}
	}
	for _, r := range rules() {
		if checked[r.name] == 0 {
			t.Errorf("no package was checked for: %s", r.name)
		}
	}
}

// chain returns the shortest way by which a package comes to depend on another.
func chain(packages map[string]*listed, from, to string) string {
	before := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		p := packages[queue[0]]
		if p == nil {
			continue
		}
		for _, next := range p.Imports {
			if _, seen := before[next]; seen {
				continue
			}
			before[next] = queue[0]
			if next == to {
				var steps []string
				for at := to; at != ""; at = before[at] {
					steps = append(steps, strings.TrimPrefix(at, module+"/"))
				}
				slices.Reverse(steps)
				return strings.Join(steps, " → ")
			}
			queue = append(queue, next)
		}
	}
	return "no way found"
}

// The rules must be able to fail.
func TestRulesCanFail(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		path, dep string
		bad       bool
	}{
		{"wheeltags", "resolver", true},
		{"wheeltags/pep440", "golang.org/x/net/html", true},
		{"wheeltags", "wheeltags/pep440", false},
		{"wheeltags", "internal/vocab", true},
		{"wheeltags", "strings", false},
		{"wheeltags", "encoding/json", false},
		{"resolver/simple", "net/http", true},
		{"resolver/indextest", "net/http", false},
		{"resolver", "net/url", false},
		{"resolver", "cmd/ftpkg", true},
		{"resolver", "probe", true},
		{"probe", "matrix", true},
		{"probe/extmod", "probe", false},
		{"tracker", "probe", false},
		{"internal/config", "github.com/urfave/cli/v2", true},
		{"cmd/ftpkg", "github.com/urfave/cli/v2", false},
		{"internal/index", "resolver/indextest", true},
		{"cmd/ftpkg", "resolver", false},
	} {
		_, ours := rel(tt.dep)
		ours = ours || level(tt.dep) > 0 || in(tt.dep, "internal")
		bad := false
		for _, r := range rules() {
			if r.of(tt.path) {
				bad = bad || r.not != nil && r.not(tt.dep, ours) || r.not == nil && ours && upward(tt.path, tt.dep)
			}
		}
		if bad != tt.bad {
			t.Errorf("%s may depend on %s: %v, want %v", tt.path, tt.dep, !bad, !tt.bad)
		}
	}
}
