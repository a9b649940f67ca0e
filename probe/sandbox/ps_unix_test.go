//go:build unix

package sandbox

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const psOutput = `    1     0     1  13008   0:03.17
  100     1   100    900   1:02:03
  200   100   200  20000   0:00.50
  201   200   200   1000 2-00:00:01
  202     1   202     10   0:00.00
  203   202   203     10   0:00.00
  300     1   300      5   0:00.00
`

func TestParsePS(t *testing.T) {
	t.Parallel()
	all := parsePS(psOutput + "no such line\n 1 2 3 4 x\n -1 2 3 4 0:00\n")
	if len(all) != 7 {
		t.Fatalf("%d lines: %+v", len(all), all)
	}
	if diff := cmp.Diff(listed{201, 200, 200, 1000 << 10, 48*time.Hour + time.Second}, all[3], cmp.AllowUnexported(listed{})); diff != "" {
		t.Error(diff)
	}
	if all[1].cpu != time.Hour+2*time.Minute+3*time.Second || all[0].cpu != 3170*time.Millisecond {
		t.Errorf("%v %v", all[0].cpu, all[1].cpu)
	}
	for in, ok := range map[string]bool{"": false, "1": false, "0:01": true, "1-0:01": true, "-0:01": false, "1:2:3:4": false, "a:b": false, "1.5:00": false, "0:-1": false, "0:1e99": false} {
		if _, err := parseClock(in); (err == nil) != ok {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestRelatives(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		groups []int
		want   []int
	}{
		{nil, []int{200, 201}},
		{[]int{200}, []int{200, 201}},
		{[]int{200, 202}, []int{200, 201, 202, 203}},
	} {
		var got []int
		for _, p := range relatives(parsePS(psOutput), 100, tt.groups) {
			got = append(got, p.pid)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%v: %v, want %v", tt.groups, got, tt.want)
		}
	}
}

func FuzzParsePS(f *testing.F) {
	f.Add(psOutput)
	f.Fuzz(func(t *testing.T, s string) {
		for _, p := range parsePS(s) {
			if p.pid < 0 || p.cpu < 0 {
				t.Errorf("%+v", p)
			}
		}
	})
}

func TestProfile(t *testing.T) {
	t.Parallel()
	trick := `/tmp/") (allow default) ("`
	text, parameters := profile([]string{"/opt/python", trick}, []string{"/private/tmp/x"})
	if strings.Contains(text, "allow default") || strings.Contains(text, "/opt/python") {
		t.Errorf("a path is part of the profile:\n%s", text)
	}
	want := []string{"-D", "READ0=/opt/python", "-D", "READ1=" + trick, "-D", "WRITE0=/private/tmp/x"}
	if !slices.Equal(parameters, want) {
		t.Errorf("%q, want %q", parameters, want)
	}
	for _, rule := range []string{"(deny default)", "(deny network*)", `(subpath (param "READ1"))`, `file-write* (subpath (param "WRITE0"))`} {
		if !strings.Contains(text, rule) {
			t.Errorf("no %s in\n%s", rule, text)
		}
	}
	if strings.Count(text, "(") != strings.Count(text, ")") {
		t.Error("brackets")
	}
}
