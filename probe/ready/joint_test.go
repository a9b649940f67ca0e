package ready_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/probe/ready"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

const both = "    wheel cp314-cp314t-manylinux_2_28_x86_64 cp314-cp314-manylinux_2_28_x86_64\n"

func repair(t *testing.T, w *world) (*ready.Application, string) {
	t.Helper()
	a := w.judge(t)
	if err := w.ready.Mend(t.Context(), a, w.Question); err != nil {
		t.Fatal(err)
	}
	if err := w.ready.Together(t.Context(), a, w.Question); err != nil {
		t.Fatal(err)
	}
	r := a.Repair
	var b strings.Builder
	for _, c := range r.Changes {
		fmt.Fprintf(&b, "%s %q to %q\n", c.Package, c.From, c.To)
	}
	fmt.Fprintf(&b, "fewest %t, then %s", r.Fewest, r.Readiness)
	if len(r.Relaxed) > 0 {
		fmt.Fprintf(&b, ", relaxed %s", strings.Join(r.Relaxed, " "))
	}
	if len(r.Left) > 0 {
		fmt.Fprintf(&b, ", left %s", strings.Join(r.Left, " "))
	}
	return a, b.String() + "\n"
}

func TestTogether(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ universe, modules, want string }{
		"two packages, each with a version of its own": {
			universe: "root a\nroot b<2\npackage a\n  version 2\n" + both + "  version 1\n" + both + "package b\n  version 2\n" + both + "  version 1\n" + both,
			modules:  "a-2-cp314-cp314t: a._a used\nb-1-cp314-cp314t: b._b used",
			want:     "a \"2\" to \"1\"\nb \"1\" to \"2\"\nfewest true, then ready, relaxed b\n",
		},
		"what mends the one keeps the other from its own fix": {
			universe: `
root a
root b
package a
  version 2
` + both + `  version 1
` + both + `    requires b<2
package b
  version 3
` + both + `  version 2
` + both + `  version 1
` + both,
			modules: "a-2-cp314-cp314t: a._a used\nb-3-cp314-cp314t: b._b used",
			want:    "a \"2\" to \"1\"\nb \"3\" to \"1\"\nfewest true, then ready\n",
		},
		"a neighbour has to move": {
			universe: `
root a
root m
package m
  version 2
    requires a>=2
  version 1
    requires a
package a
  version 2
` + both + "  version 1\n" + both,
			modules: "a-2-cp314-cp314t: a._a used",
			want:    "a \"2\" to \"1\"\nm \"2\" to \"1\"\nfewest false, then ready\n",
		},
		"one cannot be helped": {
			universe: "root a\nroot b\npackage a\n  version 2\n" + both + "  version 1\n" + both + "package b\n  version 1\n" + both,
			modules:  "a-2-cp314-cp314t: a._a used\nb-1-cp314-cp314t: b._b used",
			want:     "a \"2\" to \"1\"\nfewest true, then turns-gil-on, left b\n",
		},
		"nothing can be helped": {
			universe: "root b\npackage b\n  version 1\n" + both,
			modules:  "b-1-cp314-cp314t: b._b used",
			want:     "fewest true, then turns-gil-on, left b\n",
		},
		"what is no longer needed follows": {
			universe: "root a\npackage a\n  version 2\n" + both + "    requires c\n  version 1\n" + both + "package c\n  version 1\n",
			modules:  "a-2-cp314-cp314t: a._a used",
			want:     "a \"2\" to \"1\"\nc \"1\" to \"\"\nfewest true, then ready\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := resolve(t, test.universe, test.modules, linux, "3.14 linux-x86_64")
			_, got := repair(t, w)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever is offered, solving with it gives what was promised.
func TestFixesHold(t *testing.T) {
	t.Parallel()
	w := resolve(t, "root a\nroot m\npackage m\n  version 2\n    requires a>=2\n  version 1\n    requires a\npackage a\n  version 2\n"+both+"  version 1\n"+both,
		"a-2-cp314-cp314t: a._a used", linux, "3.14 linux-x86_64")
	a, _ := repair(t, w)
	req := *w.Request
	for _, c := range a.Repair.Changes {
		r := resolver.Requirement{}
		r.Name, r.Specifiers = c.Package, pep440.MustParseSpecifiers("=="+c.To)
		req.Constraints = append(req.Constraints, r)
	}
	result, err := resolver.Resolve(t.Context(), w.Index, &req)
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.ready.Judge(t.Context(), "again", result)
	if err != nil {
		t.Fatal(err)
	}
	if again.Readiness != a.Repair.Readiness {
		t.Errorf("%s was promised, it is\n%s", a.Repair.Readiness, tell(again))
	}
}

func TestAccept(t *testing.T) {
	t.Parallel()
	today := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	w := resolve(t, "root a\nroot b\npackage a\n  version 1\n    wheel cp314-cp314t-manylinux_2_28_x86_64 cp314-cp314t-win_amd64\npackage b\n  version 1\n    sdist\n",
		"a-1: a._a used", linux, "3.14t windows-x86_64")
	a := w.judge(t)
	stale := a.Accept([]resolver.Accept{
		{Package: "a", Cells: []string{"3.14t windows-*"}, Reason: "nobody runs it there"},
		{Package: "b", Reason: "built in CI"},
		{Package: "c", Reason: "gone"},
		{Package: "a", Reason: "old", Expires: today.AddDate(0, 0, -2)},
	}, today)
	if diff := cmp.Diff([]string{"accepting c matches no problem any more", "accepting a ended on 2026-11-19"}, stale); diff != "" {
		t.Errorf("stale (-want +got):\n%s", diff)
	}
	want := `! turns-gil-on: a 1, in 3.14t linux-x86_64, via a: loading its only module turns the GIL on
!   a._a used 
! turns-gil-on: a 1, in 3.14t windows-x86_64, via a: loading its only module turns the GIL on
!   a._a used 
!   accepted: nobody runs it there
! ready-when-built: b 1, in 3.14t linux-x86_64 + 3.14t windows-x86_64, via b: b 1 publishes no wheels, only a source distribution
!   accepted: built in CI
`
	if diff := cmp.Diff(want, findings(a)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if a.Readiness != "turns-gil-on" || a.Cells[1].Readiness != "ready" {
		t.Errorf("application %s, Windows %s", a.Readiness, a.Cells[1].Readiness)
	}
}

func TestRank(t *testing.T) {
	t.Parallel()
	app := func(name string, findings ...ready.Finding) ready.Application {
		a := ready.Application{Name: name, Findings: findings, Readiness: "ready"}
		for _, f := range findings {
			if f.Readiness.Worse(a.Readiness) {
				a.Readiness = f.Readiness
			}
		}
		return a
	}
	on := func(name, to string) ready.Finding {
		f := ready.Finding{Package: name, Readiness: "turns-gil-on"}
		if to != "" {
			f.Fix = &ready.Fix{To: to}
		}
		return f
	}
	r := &ready.Report{Applications: []ready.Application{
		app("one", on("lxml", "7")), app("two", on("lxml", "7.1"), on("greenlet", "4")), app("three", on("greenlet", "4"), on("lost", "")),
		app("four"), app("five", on("lost", "")), app("six", on("lxml", "7")),
	}}
	r.Rank()
	var b strings.Builder
	for _, u := range r.Upgrades {
		fmt.Fprintf(&b, "%s to %q frees %v helps %v together %d\n", u.Package, u.To, u.Frees, u.Helps, u.Together)
	}
	want := `lxml to "7.1" frees [one six] helps [one two six] together 2
greenlet to "4" frees [] helps [two three] together 3
lost to "" frees [five] helps [three five] together 3
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
