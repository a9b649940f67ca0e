package resolver_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// scenariosEnv names a folder of scenarios in uv's public format to run besides
// our own, searched to any depth.
const scenariosEnv = "FTPKG_SCENARIOS"

// TestScenarios runs scenarios in uv's format (TOML).
func TestScenarios(t *testing.T) {
	folders := []string{"testdata/scenarios"}
	if dir := os.Getenv(scenariosEnv); dir != "" {
		folders = append(folders, dir)
	}
	for _, dir := range folders {
		ran := 0
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".toml" {
				return err
			}
			rel, err := filepath.Rel(dir, path)
			if err != nil {
				return err
			}
			ran++
			t.Run(strings.TrimSuffix(rel, ".toml"), func(t *testing.T) { runScenario(t, path) })
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if ran == 0 {
			t.Errorf("no scenario in %s", dir)
		}
		t.Logf("%d scenarios in %s", ran, dir)
	}
}

func runScenario(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := universe.ParseScenario(strings.TrimSuffix(filepath.Base(path), ".toml"), text)
	if err != nil {
		t.Fatal(err)
	}
	targets := scenarioTargets(t, s)
	req, err := s.Request(vocab.LikeUV, targets...)
	if err != nil {
		t.Fatal(err)
	}
	req.NoFixes = true
	result, err := resolver.Resolve(context.Background(), s.Memory(), req)
	if err != nil {
		t.Fatal(err)
	}
	for i, target := range targets {
		cell := &result.Targets[i]
		checkCell(t, &s.Case, req, target, cell)
		compareScenario(t, s, cell)
	}
}

// scenarioTargets returns what a scenario is resolved for: its own target, or
// for a universal one, which is about its Python and later ones on all
// platforms, some of them.
func scenarioTargets(t *testing.T, s *universe.Scenario) []wheeltags.Target {
	t.Helper()
	home, err := wheeltags.ParsePlatform("linux-x86_64")
	if err != nil {
		t.Fatal(err)
	}
	own, err := s.Target(home)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Universal {
		return []wheeltags.Target{own}
	}
	requires, err := pep440.ParseSpecifiers(s.RequiresPython)
	if err != nil {
		t.Fatal(err)
	}
	var targets []wheeltags.Target
	for minor := own.Python.Minor; minor <= max(own.Python.Minor, 14); minor++ {
		python := fmt.Sprintf("3.%d", minor)
		if !requires.Contains(pep440.MustParse(python + ".0")) {
			continue
		}
		for _, platform := range []string{"linux-x86_64", "windows-x86_64", "macos-arm64"} {
			target, err := wheeltags.ParseTarget(python + " " + platform)
			if err != nil {
				t.Fatal(err)
			}
			targets = append(targets, target)
		}
	}
	if len(targets) == 0 {
		t.Fatalf("no Python in %s", s.RequiresPython)
	}
	return targets
}

// compareScenario compares a cell with what a scenario expects. A universal
// scenario that has no solution may have one for some of its targets, and does
// not ask whether each target has a file; one that asks for the lowest versions
// says nothing about ours.
func compareScenario(t *testing.T, s *universe.Scenario, cell *resolver.Cell) {
	t.Helper()
	if s.Universal && (!s.Satisfiable || lacksFiles(cell)) {
		return
	}
	if cell.Satisfiable != s.Satisfiable {
		t.Errorf("%s: satisfiable is %t, want %t: %s", cell.Name(), cell.Satisfiable, s.Satisfiable, describe(cell))
		return
	}
	if !s.Satisfiable || len(s.Packages) == 0 || strings.HasPrefix(s.Resolution, "lowest") {
		return
	}
	for _, p := range cell.Packages {
		want, ok := s.Packages[p.Name]
		if !ok || !sameVersion(p.Version, want) {
			t.Errorf("%s: %s is %s, want %q", cell.Name(), p.Name, p.Version, want)
		}
	}
	if s.Universal {
		return
	}
	for name, want := range s.Packages {
		if _, ok := cell.Package(name); !ok {
			t.Errorf("%s: %s is not there, want %s", cell.Name(), name, want)
		}
	}
}

// lacksFiles reports whether a cell's only problems are missing files.
func lacksFiles(c *resolver.Cell) bool {
	for _, p := range c.Problems {
		if p.Kind != vocab.ProblemPlatformMissing {
			return false
		}
	}
	return !c.Satisfiable
}
