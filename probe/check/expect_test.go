package check_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/probe/check"
)

// expected are wheels that were to be built; nil tags expect nothing at all.
func expected(tags []string) *check.Expected {
	if tags == nil {
		return nil
	}
	e := &check.Expected{}
	for _, t := range tags {
		e.Wheels = append(e.Wheels, check.ExpectedWheel{Tags: t})
	}
	return e
}

func TestExpect(t *testing.T) {
	t.Parallel()
	const linux, windows = "cp314-cp314-manylinux_2_28_x86_64", "cp314-cp314-win_amd64"
	for _, tt := range []struct {
		name   string
		have   []string
		expect []string
		want   []string
	}{
		{"nothing known", []string{linux, windows}, nil, []string{}},
		{"all there", []string{linux, windows}, []string{windows, linux}, []string{}},
		{"nothing expected", []string{linux, windows}, []string{}, []string{"FT802 " + linux, "FT802 " + windows}},
		{"missing", []string{linux}, []string{windows, linux}, []string{"FT801 " + windows}},
		{"the other flavour", []string{linux}, []string{"cp314-cp314t-manylinux_2_28_x86_64"}, []string{"FT801 cp314-cp314t-manylinux_2_28_x86_64", "FT802 " + linux}},
		{"older system", []string{linux}, []string{"cp314-cp314-manylinux_2_34_x86_64"}, []string{}},
		{"two tags, the older counts", []string{"cp314-cp314-manylinux_2_27_x86_64.manylinux_2_28_x86_64"}, []string{linux}, []string{}},
		{"legacy name", []string{"cp314-cp314-manylinux2014_x86_64.manylinux_2_17_x86_64"}, []string{linux}, []string{}},
		{"newer system", []string{linux}, []string{"cp314-cp314-manylinux_2_17_x86_64"}, []string{"FT803 " + linux}},
		{"newer musl", []string{"cp314-cp314-musllinux_1_2_x86_64"}, []string{"cp314-cp314-musllinux_1_1_x86_64"}, []string{"FT803 cp314-cp314-musllinux_1_2_x86_64"}},
		{"newer macOS", []string{"cp314-cp314t-macosx_14_0_x86_64"}, []string{"cp314-cp314t-macosx_10_15_x86_64"}, []string{"FT803 cp314-cp314t-macosx_14_0_x86_64"}},
		{"not repaired", []string{"cp314-cp314-linux_x86_64"}, []string{linux}, []string{"FT803 cp314-cp314-linux_x86_64"}},
		{"other C library", []string{"cp314-cp314-musllinux_1_2_x86_64"}, []string{linux}, []string{"FT801 " + linux, "FT802 cp314-cp314-musllinux_1_2_x86_64"}},
		{"other processor", []string{"cp314-cp314-manylinux_2_28_aarch64"}, []string{linux}, []string{"FT801 " + linux, "FT802 cp314-cp314-manylinux_2_28_aarch64"}},
		{"two processors", []string{"cp314-cp314-macosx_10_15_universal2"}, []string{"cp314-cp314-macosx_11_0_arm64"}, []string{"FT801 cp314-cp314-macosx_11_0_arm64", "FT802 cp314-cp314-macosx_10_15_universal2"}},
		{"both stable ABIs", []string{"cp315-abi3.abi3t-manylinux_2_28_x86_64"}, []string{"cp315-abi3t-manylinux_2_28_x86_64"}, []string{}},
		{"not both stable ABIs", []string{"cp315-abi3t-manylinux_2_28_x86_64"}, []string{"cp315-abi3.abi3t-manylinux_2_28_x86_64"}, []string{"FT801 cp315-abi3.abi3t-manylinux_2_28_x86_64", "FT802 cp315-abi3t-manylinux_2_28_x86_64"}},
		{"other stable floor", []string{"cp312-abi3-win_amd64"}, []string{"cp311-abi3-win_amd64"}, []string{"FT801 cp311-abi3-win_amd64", "FT802 cp312-abi3-win_amd64"}},
		{"the best is taken", []string{"cp314-cp314-manylinux_2_34_x86_64", linux}, []string{linux}, []string{"FT802 cp314-cp314-manylinux_2_34_x86_64"}},
		{"the best is taken in any order", []string{linux, "cp314-cp314-manylinux_2_34_x86_64"}, []string{linux}, []string{"FT802 cp314-cp314-manylinux_2_34_x86_64"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var names []string
			for _, tags := range tt.have {
				names = append(names, "1.0 "+tags)
			}
			choice := check.Choose([]string{"FT8"}, nil)
			r, err := check.Set(t.Context(), packed(t, names...), check.Options{Expect: expected(tt.expect), Choice: choice})
			if err != nil {
				t.Fatal(err)
			}
			got := told(r)
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if _, err := check.Set(t.Context(), packed(t, "1.0 "+linux), check.Options{Expect: expected([]string{"win"})}); err == nil {
		t.Error("a tag set that is none is taken")
	}
}

// What is expected of a project is not met by another's files; two jobs that made the
// same file are found; a source distribution counts if it was to be made.
func TestExpectProject(t *testing.T) {
	t.Parallel()
	const linux, free = "cp314-cp314-manylinux_2_28_x86_64", "cp314-cp314t-manylinux_2_28_x86_64"
	e := &check.Expected{Project: "pkg", Sdist: true, Wheels: []check.ExpectedWheel{{Tags: linux, By: "the job cp314"}, {Tags: free, By: "the job cp314t"}}}
	say := func(sources []check.Source, e *check.Expected) string {
		t.Helper()
		r, err := check.Set(t.Context(), sources, check.Options{Expect: e, Choice: check.Choose([]string{"FT8"}, nil)})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, f := range r.Findings {
			b.WriteString(f.File + " " + f.Rule + " " + f.Message + "\n")
		}
		return b.String()
	}
	if got := say(packed(t, "1.0", "1.0 "+linux, "1.0 "+free), e); got != "" {
		t.Error(got)
	}
	twice := packed(t, "1.0", "1.0 "+linux, "1.0 "+linux)
	twice[1].Name, twice[2].Name = "cp314/"+twice[1].Name, "cp314t/"+twice[2].Name
	const same = free + " FT801 a wheel with these tags was to be built, and is not there: see what became of the job cp314t\n" +
		"cp314t/pkg-1.0-" + linux + ".whl FT802 cp314/pkg-1.0-" + linux + ".whl has the same name: two jobs built one wheel, and one of them was to build another\n"
	if diff := cmp.Diff(same, say(twice, e)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("sdist FT801 a source distribution was to be made, and is not there\n", say(packed(t, "1.0 "+linux, "1.0 "+free), e)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	other := *e
	other.Project, other.Sdist, other.Wheels = "other", false, nil
	if diff := cmp.Diff("pkg-1.0-"+linux+".whl FT802 it is a wheel of pkg, not of other\n", say(packed(t, "1.0 "+linux), &other)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Where it is known what was to be built, a twin that was not to be is not missed.
func TestExpectTwins(t *testing.T) {
	t.Parallel()
	const linux, free, mac = "cp314-cp314-manylinux_2_28_x86_64", "cp314-cp314t-manylinux_2_28_x86_64", "cp314-cp314-macosx_11_0_arm64"
	sources := packed(t, "1.0 "+linux, "1.0 "+free, "1.0 "+mac)
	for _, tt := range []struct {
		expect []string
		want   []string
	}{
		{nil, []string{"FT602 " + mac}},
		{[]string{linux, free, mac}, []string{}},
		{[]string{linux, free, mac, "cp314-cp314t-macosx_11_0_arm64"}, []string{"FT801 cp314-cp314t-macosx_11_0_arm64"}},
	} {
		r, err := check.Set(t.Context(), sources, check.Options{Expect: expected(tt.expect)})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, told(r)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.expect, diff)
		}
	}
}
