package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/probe/inspect"
)

// What is read and what is loaded are compared module by module; where they disagree,
// the fault is said to be ours.
func TestVerifyCompares(t *testing.T) {
	t.Parallel()
	const file = "a-1-cp314-cp314t-manylinux_2_28_x86_64.whl"
	static := map[string]vocab.Declaration{
		"agrees": vocab.DeclarationNotUsed, "agrees_too": vocab.DeclarationSilent, "claims": vocab.DeclarationNotUsed,
		"denies": vocab.DeclarationUsed, "delegates": vocab.DeclarationDelegated, "open": vocab.DeclarationUndecided, "unloaded": vocab.DeclarationNotUsed,
	}
	loaded := map[string]vocab.Loaded{
		"agrees": vocab.LoadedNotUsed, "agrees_too": vocab.LoadedUsed, "claims": vocab.LoadedUsed,
		"denies": vocab.LoadedNotUsed, "delegates": vocab.LoadedUsed, "open": vocab.LoadedNotUsed, "unloaded": vocab.LoadedUnknown,
	}
	report := &inspect.Report{
		Subjects: []inspect.Subject{{Argument: "dist", Wheels: []int{0}}},
		Wheels:   []inspect.Wheel{{File: "dist/" + file}},
	}
	here := probe.Result{Runtime: probe.Runtime{Version: "3.14.2t"}, Evidence: probe.Evidence{Wheels: []probe.Wheel{{File: file}}}}
	for _, name := range []string{"agrees", "agrees_too", "claims", "denies", "delegates", "open", "unloaded"} {
		path := "a/" + name + ".so"
		report.Wheels[0].Modules = append(report.Wheels[0].Modules, inspect.Module{Path: path, Module: "a." + name, Declaration: static[name], Fit: vocab.FitLoads})
		here.Modules = append(here.Modules, probe.Module{File: path, Declaration: loaded[name]})
	}
	elsewhere := probe.Result{Runtime: here.Runtime, Outcome: vocab.OutcomeNoWheel, Detail: "it is for another machine"}

	v := &inspect.Verified{}
	compareAll(v, report, &report.Subjects[0], []probe.Result{elsewhere, here})
	want := &inspect.Verified{Runtime: "3.14.2t", Wheels: []string{"dist/" + file}, Agreed: 2, Open: 3, Disagreements: []inspect.Disagreement{
		{File: "dist/" + file, Path: "a/claims.so", Module: "a.claims", Static: vocab.DeclarationNotUsed, Loaded: vocab.LoadedUsed},
		{File: "dist/" + file, Path: "a/denies.so", Module: "a.denies", Static: vocab.DeclarationUsed, Loaded: vocab.LoadedNotUsed},
	}}
	if diff := cmp.Diff(want, v); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	errs := verificationErrors(v)
	if len(errs) != 2 || !strings.Contains(errs[0].Error(), "a.claims: read as not-used, loaded as used: this is a fault of ftpkg's") {
		t.Errorf("%v", errs)
	}

	v = &inspect.Verified{}
	compareAll(v, report, &report.Subjects[0], []probe.Result{elsewhere, elsewhere})
	if diff := cmp.Diff([]string{"dist on CPython 3.14.2t: no-wheel: it is for another machine"}, v.Failed); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
