package pyprobe

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseFault(t *testing.T) {
	t.Parallel()
	frame := func(file string, line int, name string) Frame { return Frame{file, line, name} }
	for name, want := range map[string]*Fault{
		"none": nil,
		"segfault-3.13": {
			Fatal: "Segmentation fault", Current: 1,
			Threads: []Stack{
				{"7f153a8e26c0", []Frame{frame("/lib/threading.py", 994, "run"), frame("/lib/threading.py", 1043, "_bootstrap_inner")}},
				{"7f153a93e740", []Frame{frame("/lib/ctypes/__init__.py", 538, "string_at"), frame("/site/café.py", 7, "boom"), frame("<string>", 8, "<module>")}},
			},
			Extensions: []string{"numpy._core._multiarray_umath", "numpy.linalg._umath_linalg"},
		},
		"segfault-3.14t": {
			Fatal: "Segmentation fault", Partial: true, Current: 0,
			Threads:    []Stack{{"current", []Frame{frame("/site/watchdog/observers/fsevents.py", 309, "run"), frame("/lib/threading.py", 1082, "_bootstrap_inner")}}},
			C:          []CFrame{{"/lib/libpython3.14t.so", "_Py_DumpStack+0x44"}, {"/site/_watchdog.so", ""}, {"/lib/libpython3.14t.so", "PyObject_Vectorcall+0x5c"}},
			Extensions: []string{"_watchdog_fsevents"},
		},
		"timeout": {
			Timeout: true, Current: -1,
			Threads: []Stack{{"7f01", []Frame{frame("/site/a.py", 3, "wait")}}, {"7f02", nil}, {"MainThread", []Frame{frame("<frozen importlib._bootstrap>", 488, "_call_with_frames_removed")}}},
		},
		"timeout-then-abort": {
			Fatal: "Aborted", Current: 0,
			Threads: []Stack{{"7f03", []Frame{frame("<string>", 1, "<module>")}}},
		},
		"fatal-error": {
			Fatal: "_PyThreadState_Attach: non-NULL old thread state", Current: 0,
			Threads: []Stack{{"7f04", []Frame{frame("", 0, "f")}}},
		},
		"windows": {
			Fatal: "access violation", Current: 0,
			Threads: []Stack{{"1a2b", []Frame{frame(`C:\xampp\site\a.py`, 4, "<module>")}}},
		},
	} {
		text, err := os.ReadFile(filepath.Join("testdata", "fault", name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, ParseFault(text)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		crlf := strings.ReplaceAll(string(text), "\n", "\r\n")
		if diff := cmp.Diff(want, ParseFault([]byte(crlf))); diff != "" {
			t.Errorf("%s with carriage returns: %s", name, diff)
		}
	}
}

func TestInnermost(t *testing.T) {
	t.Parallel()
	one, two := Stack{"1", []Frame{{"a", 1, "f"}}}, Stack{"2", []Frame{{"b", 2, "g"}}}
	for _, test := range []struct {
		fault Fault
		want  []Frame
	}{
		{Fault{Threads: []Stack{one, two}, Current: 1}, two.Frames},
		{Fault{Threads: []Stack{one}, Current: -1}, one.Frames},
		{Fault{Threads: []Stack{one, two}, Current: -1}, nil},
		{Fault{Current: -1}, nil},
	} {
		if diff := cmp.Diff(test.want, test.fault.Innermost()); diff != "" {
			t.Error(diff)
		}
	}
}

func FuzzParseFault(f *testing.F) {
	samples, err := filepath.Glob(filepath.Join("testdata", "fault", "*.txt"))
	if err != nil || len(samples) == 0 {
		f.Fatal("no samples", err)
	}
	for _, path := range samples {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		fault := ParseFault(text)
		if fault == nil {
			return
		}
		if (fault.Fatal != "") == fault.Timeout && fault.Timeout {
			t.Errorf("both fatal and a timeout: %+v", fault)
		}
		if fault.Current >= len(fault.Threads) || len(fault.Threads) > maxFaultThreads {
			t.Errorf("thread %d of %d", fault.Current, len(fault.Threads))
		}
		fault.Innermost()
		for _, stack := range fault.Threads {
			if len(stack.Frames) > maxFaultFrames {
				t.Errorf("%d frames", len(stack.Frames))
			}
		}
	})
}
