package gap

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const plan = `{
  "schema": "ftpkg.matrix/1",
  "dropped": [{"identifier": "cp39-win32", "reason": "old"}],
  "cells": [
    {"identifier": "cp312-manylinux_x86_64", "python": "3.12", "abi": "abi3", "platform": "manylinux_2_34_x86_64", "purpose": "build"},
    {"identifier": "cp314t-manylinux_x86_64", "python": "3.14t", "abi": "free-threaded", "platform": "manylinux_2_34_x86_64", "purpose": "build"},
    {"identifier": "cp315t-manylinux_x86_64", "python": "3.15t", "abi": "abi3t", "platform": "manylinux_2_34_x86_64", "purpose": "build"},
    {"identifier": "cp315-manylinux_x86_64", "python": "3.15", "abi": "gil", "platform": "linux-x86_64", "purpose": "build"},
    {"identifier": "cp315t-win_amd64", "python": "3.15t", "abi": "abi3t", "platform": "windows-x86_64", "purpose": "test"},
    {"identifier": "cp314t-macosx_universal2", "python": "3.14t", "abi": "free-threaded", "platform": "macosx_10_15_universal2", "floor": "10.15", "purpose": "build"}
  ]
}
`

func TestReadPlan(t *testing.T) {
	t.Parallel()
	got, err := ReadPlan([]byte(plan), "plan.json", known(t))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, target := range got {
		names = append(names, target.String())
	}
	want := []string{
		"3.12 manylinux_2_34_x86_64", "3.13 manylinux_2_34_x86_64", "3.14 manylinux_2_34_x86_64", "3.14t manylinux_2_34_x86_64",
		"3.15 linux-x86_64", "3.15t manylinux_2_34_x86_64",
		"3.14t macosx_10_15_x86_64", "3.14t macosx_11_0_arm64",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A plan that says why cells are not built is taken at its word: which Pythons the
// wheel of the stable ABI serves, of both flavours.
func TestReadPlanServed(t *testing.T) {
	t.Parallel()
	got, err := ReadPlan([]byte(`{"schema": "ftpkg.matrix/1",
		"cells": [{"identifier": "cp315t-manylinux_x86_64", "python": "3.15t", "abi": "abi3t", "platform": "manylinux_x86_64", "floor": "2.34", "purpose": "build"}],
		"dropped": [
			{"identifier": "cp312-manylinux_x86_64", "purpose": "build", "cause": "requires-python"},
			{"identifier": "cp315-manylinux_x86_64", "purpose": "build", "cause": "stable-abi"},
			{"identifier": "cp316t-manylinux_x86_64", "purpose": "build", "cause": "stable-abi"},
			{"identifier": "cp315-win_amd64", "purpose": "build", "cause": "stable-abi"},
			{"identifier": "pp311-manylinux_x86_64", "purpose": "build", "cause": "stable-abi"},
			{"identifier": "cp315-manylinux_x86_64", "purpose": "test", "cause": "test-skip"}
		]}`), "plan.json", known(t))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, target := range got {
		names = append(names, target.String())
	}
	want := []string{"3.15 manylinux_2_34_x86_64", "3.15t manylinux_2_34_x86_64", "3.16t manylinux_2_34_x86_64"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadPlanFaults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ old, new, want string }{
		{`"dropped": [{`, `"dropped": [1, {`, "p.json:3: want an object, not a number"},
		{`"cells": [`, `"cells": {`, "p.json:4: cells: want a list"},
		{`ftpkg.matrix/1`, `ftpkg.gap/1`, `p.json:2: its schema is "ftpkg.gap/1", not "ftpkg.matrix/1"`},
		{`"python": "3.14t"`, `"python": "3.12t"`, "p.json:6: "},
		{`"python": "3.14t"`, `"python": 3.14`, "p.json:6: python is not a string"},
		{`"cp314t-manylinux_x86_64"`, `"cp314t"`, `p.json:6: "cp314t" is no identifier`},
		{"\"purpose\": \"build\"}\n  ]\n}\n", `"purpose": "build"}`, "p.json:10: not JSON: it ends too early"},
		{`"identifier": "cp39-win32",`, `"identifier" "cp39-win32",`, "p.json:3: not JSON: invalid character"},
		{plan, "", "p.json:1: not JSON: it ends too early"},
		{plan, "[]", "p.json:1: a plan: want an object"},
		{plan, "{}", "p.json:1: it has no schema"},
		{plan, `{"schema": "ftpkg.matrix/1"}`, "p.json:1: it has no cells"},
		{plan, `{"schema": "ftpkg.matrix/1", "cells": []}`, "p.json:1: none of its cells builds a wheel"},
	} {
		_, err := ReadPlan([]byte(strings.Replace(plan, tt.old, tt.new, 1)), "p.json", known(t))
		var fault *PlanError
		if !errors.As(err, &fault) || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s → %s: %v, want %s", tt.old, tt.new, err, tt.want)
		}
	}
}

// Whatever a plan holds, there is an answer or an error with its place.
func FuzzReadPlan(f *testing.F) {
	f.Add(plan)
	f.Add(`{"schema": "ftpkg.matrix/1", "cells": [{"purpose": "build", "identifier": "cp314t-win32", "python": "3.14t", "platform": "win32"}]}`)
	f.Add(`{"cells": [1, [], {}]}`)
	f.Add("{\n\"a\"")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ReadPlan([]byte(text), "p.json", known(t))
		var fault *PlanError
		switch {
		case err == nil && len(got) == 0:
			t.Error("neither cells nor an error")
		case err != nil && !errors.As(err, &fault):
			t.Errorf("%v has no place", err)
		case err != nil && (fault.Line < 1 || fault.Line > 1+strings.Count(text, "\n")):
			t.Errorf("%v: there are %d lines", err, 1+strings.Count(text, "\n"))
		}
		for _, target := range got {
			if err := target.Check(); err != nil && target.Platform.Name() == "" {
				t.Errorf("%s: %v", target, err)
			}
		}
	})
}
