package resolver_test

import (
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
)

func TestProblemKinds(t *testing.T) {
	const linux = "3.14t linux-x86_64"
	onlyBinary := func(r *resolver.Request) { r.OnlyBinary.All = true }
	tests := []struct {
		kind    vocab.ProblemKind
		text    string
		target  string
		change  func(*resolver.Request)
		message string
	}{
		{vocab.ProblemGILOnlyWheels, `
root a
package a
  version 1.0
    wheel cp314-cp314-manylinux_2_28_x86_64
`, linux, nil, "a 1.0 has wheels here only for the GIL build (cp314-cp314)"},
		{vocab.ProblemGILOnlyWheels, `
root a
package a
  version 1.0
    wheel cp39-abi3-manylinux_2_28_x86_64
    sdist
`, linux, nil, "a 1.0 has wheels here only for the GIL build (cp39-abi3); an installer would build a-1.0.tar.gz"},
		{vocab.ProblemPlatformMissing, `
root a
package a
  version 1.0
    wheel cp314-cp314t-win_amd64 cp314-cp314-win_amd64
`, linux, nil, "a 1.0 has no wheel here, for either build of Python 3.14"},
		{vocab.ProblemFloorTooNew, `
root a
package a
  version 1.0
    wheel cp314-cp314t-manylinux_2_34_x86_64
`, linux, nil, "2.34"},
		{vocab.ProblemRequiresPython, `
root a
package a
  version 1.0
    requires-python >=3.15
`, linux, nil, "a 1.0 requires Python >=3.15"},
		{vocab.ProblemYankedOnly, `
root a
package a
  version 1.0
    yanked broken
`, linux, nil, "a 1.0 was withdrawn by its maintainers: broken"},
		{vocab.ProblemPrereleaseOnly, `
root a
package a
  version 1.0rc1
`, linux, func(r *resolver.Request) { r.Prereleases = resolver.Disallow }, "only pre-releases of a have a wheel here: 1.0rc1"},
		{vocab.ProblemVariantOnly, `
root a
package a
  version 1.0
    wheel py3-none-any-x86_64_v3
`, linux, nil, "a 1.0 has only variant wheels (PEP 825 draft)"},
		{vocab.ProblemSdistOnly, `
root a
package a
  version 1.0
    sdist
`, linux, onlyBinary, "a 1.0 publishes no wheels, only a source distribution"},
		{vocab.ProblemSdistOnly, `
root a
package a
  version 1.0
    sdist
`, linux, nil, "a 1.0 publishes no wheels, only a source distribution"},
		{vocab.ProblemNoSuchProject, `
root a
package b
  version 1.0
`, linux, nil, "no index has a project named a"},
		{vocab.ProblemNoMatchingVersion, `
root a>=2
package a
  version 1.0
`, linux, nil, "no version of a satisfies >=2; the newest is 1.0"},
		{vocab.ProblemConflict, `
root a
root b
package a
  version 1.0
    requires c>=2
package b
  version 1.0
    requires c<2
package c
  version 2.0
  version 1.0
`, linux, nil, "no version of c satisfies >=2 (required by a) and <2 (required by b)"},
		{vocab.ProblemMetadataUnavailable, `
root a
package a
  version 1.0
    sdist dynamic
`, linux, nil, "metadata that can be read"},
	}
	seen := map[vocab.ProblemKind]bool{}
	for _, test := range tests {
		seen[test.kind] = true
		t.Run(string(test.kind), func(t *testing.T) {
			r := ask(t, strings.TrimSpace(test.text), []string{test.target}, test.change)
			problems := r.Targets[0].Problems
			if len(problems) != 1 {
				t.Fatalf("got %d problems, want one: %+v", len(problems), problems)
			}
			p := problems[0]
			if p.Kind != test.kind || !strings.Contains(p.Message, test.message) {
				t.Errorf("got %s: %q, want %s: %q", p.Kind, p.Message, test.kind, test.message)
			}
			if r.Installable() {
				t.Error("a cell with a problem counts as installable")
			}
		})
	}
	for _, name := range vocab.ProblemKinds().Names() {
		if !seen[vocab.ProblemKind(name)] {
			t.Errorf("no test for problem kind %s", name)
		}
	}
}

func TestEveryBlockerInOneRun(t *testing.T) {
	r := ask(t, `
root app
root x
package app
  version 1.0
    requires lib
    requires x
package lib
  version 1.0
    requires deep
package deep
  version 1.0
    wheel cp314-cp314-manylinux_2_28_x86_64
package x
  version 1.0
    wheel cp314-cp314-manylinux_2_28_x86_64
package y
  version 1.0
`, []string{"3.14t linux-x86_64"}, nil)
	var got []string
	for _, p := range r.Targets[0].Problems {
		got = append(got, p.Package+": "+strings.Join(p.RequiredBy, " → ")+" blocks "+strings.Join(p.Roots, ","))
	}
	want := "x: x blocks app,x\ndeep: app → lib → deep blocks app"
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("got\n%s\nwant\n%s", s, want)
	}
	if c := r.Targets[0]; c.Satisfiable || c.Installable != vocab.InstallableNo {
		t.Errorf("satisfiable %v, installable %s", c.Satisfiable, c.Installable)
	}
}

func TestTwin(t *testing.T) {
	r := ask(t, `
root same
root ahead
root newer
root behind
root slower
root missing
package same
  version 1.0
    wheel cp314-cp314-manylinux_2_28_x86_64 cp314-cp314t-manylinux_2_28_x86_64
package ahead
  version 1.0
    wheel cp314-cp314-manylinux_2_28_x86_64
    sdist
package newer
  version 2.0
    wheel cp314-cp314-manylinux_2_28_x86_64
  version 1.0
    wheel cp314-cp314-manylinux_2_28_x86_64 cp314-cp314t-manylinux_2_28_x86_64
package behind
  version 1.0
    wheel cp314-cp314t-manylinux_2_28_x86_64
    sdist
package slower
  version 1.0
    wheel cp314-cp314-manylinux_2_28_x86_64 py3-none-any
package missing
  version 1.0
    sdist
`, []string{"3.14t linux-x86_64"}, nil)
	for name, want := range map[string]vocab.Twin{
		"same": vocab.TwinSame, "ahead": vocab.TwinAhead, "newer": vocab.TwinAhead,
		"behind": vocab.TwinBehind, "slower": vocab.TwinSlower, "missing": vocab.TwinMissing,
	} {
		p, ok := r.Targets[0].Package(name)
		if !ok || p.Twin != want {
			t.Errorf("%s: got %+v, want twin %s", name, p, want)
		}
	}
}

// A digest in an algorithm the index does not give cannot refuse a file.
func TestHashes(t *testing.T) {
	for hash, want := range map[string]bool{"sha256:00": false, "sha512:00": true} {
		r := ask(t, `root a
package a
  version 1.0
`, []string{"3.14t linux-x86_64"}, func(r *resolver.Request) { r.Requirements[0].Hashes = []string{hash} })
		if got := r.Targets[0].Satisfiable; got != want {
			t.Errorf("%s: satisfiable is %t, want %t", hash, got, want)
		}
	}
}
