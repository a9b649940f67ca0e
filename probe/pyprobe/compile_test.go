package pyprobe_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/pyprobe"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// TestCompile holds what a compiled program reports against what the same program
// reports that each process compiles.
func TestCompile(t *testing.T) {
	t.Parallel()
	for name, python := range map[string]string{"free-threaded": runtimetest.FreeThreaded(t), "GIL": runtimetest.GIL(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, err := pyprobe.Compile(t.Context(), python)
			if err != nil {
				t.Fatal(err)
			}
			site := packages(t, map[string]string{"good.py": "'''\n>>> 1 + 1\n2\n'''\n", "bad.py": "raise ValueError('bad')\n"})
			for _, job := range []pyprobe.Job{
				{Lane: vocab.LaneImport, Modules: []string{"good", "bad", "_ctypes_test"}, Site: []string{site}},
				{Lane: vocab.LaneSurvey, Modules: []string{"good", "_ctypes_test"}, Site: []string{site}},
				{Lane: vocab.LaneThreads, Modules: []string{"good"}, Threads: 2, Site: []string{site}},
				{Lane: vocab.LaneStress, Modules: []string{"good"}, Threads: 2, Stress: 50 * time.Millisecond, Site: []string{site}},
				{Lane: vocab.LaneTests, Modules: []string{"good"}, Site: []string{site}},
			} {
				want := run(t, python, job)
				job.Code = code
				got := run(t, python, job)
				if !got.Complete || !want.Complete {
					t.Errorf("%s: complete: %t, compiled by itself %t\n%s", job.Lane, got.Complete, want.Complete, got.Stderr)
				}
				// What differs from run to run: times, sizes, who of the threads was first.
				differs := cmpopts.IgnoreFields(pyprobe.Report{}, "Stress", "Channel")
				if diff := cmp.Diff(want.Report, got.Report, differs, cmp.FilterPath(func(p cmp.Path) bool {
					return slices.Contains([]string{".Millis", ".RSS", ".PID"}, p.Last().String())
				}, cmp.Ignore())); diff != "" {
					t.Errorf("%s (-by itself +compiled):\n%s", job.Lane, diff)
				}
			}
		})
	}
}
