package pyprobe_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/pyprobe"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, job := range map[string]pyprobe.Job{
		"no lane":         {Modules: []string{"a"}},
		"no modules":      {Lane: vocab.LaneImport},
		"no file":         {Lane: vocab.LaneCreate, Module: "a"},
		"no module":       {Lane: vocab.LaneCreate, File: "a"},
		"one thread":      {Lane: vocab.LaneThreads, Modules: []string{"a"}, Threads: 1},
		"no such GIL":     {Lane: vocab.LaneImport, Modules: []string{"a"}, GIL: "2"},
		"a null":          {Lane: vocab.LaneImport, Modules: []string{"a\x00b"}},
		"negative":        {Lane: vocab.LaneImport, Modules: []string{"a"}, Deadline: -1},
		"negative number": {Lane: vocab.LaneStress, Modules: []string{"a"}, Examples: -1},
	} {
		if p, err := pyprobe.New(&job); err == nil {
			t.Errorf("%s: taken", name)
			_ = p.Close()
		}
	}
}

// What package code can see of how it was started holds no secret.
func TestArguments(t *testing.T) {
	t.Parallel()
	args := func(job pyprobe.Job) string {
		job.Lane, job.Modules = vocab.LaneImport, []string{"secret_module"}
		p, err := pyprobe.New(&job)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		if err := p.Close(); err != nil {
			t.Fatal("again:", err)
		}
		return strings.Join(p.Args, "\x00")
	}
	one := args(pyprobe.Job{GIL: pyprobe.GILOff, Verbose: true})
	if one != args(pyprobe.Job{GIL: pyprobe.GILOff, Verbose: true}) || strings.Contains(one, "secret_module") {
		t.Errorf("%q", one)
	}
	if !strings.HasPrefix(one, "-I\x00-S\x00-B\x00-X\x00faulthandler\x00-X\x00gil=0\x00-v\x00-c\x00") {
		t.Errorf("%q", one)
	}
	if plain := args(pyprobe.Job{}); slices.Contains(strings.Split(plain, "\x00"), "-v") || strings.Contains(plain, "gil=") {
		t.Errorf("%q", plain)
	}
}

// A program that is no interpreter of ours leaves an empty report behind, and so
// does one that cannot be started.
func TestNoReport(t *testing.T) {
	t.Parallel()
	for _, command := range [][]string{{"true"}, {"sh", "-c", "echo noise >&4"}, nil} {
		p, err := pyprobe.New(&pyprobe.Job{Lane: vocab.LaneImport, Modules: []string{"a"}})
		if err != nil {
			t.Fatal(err)
		}
		if command != nil {
			cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
			cmd.ExtraFiles = p.Extra
			if err := cmd.Run(); err != nil {
				t.Fatal(err)
			}
		}
		r, err := p.Report()
		if err != nil || r.Complete || r.Channel.Records != 0 || (len(command) == 3) != (r.Channel.Noise == 6) {
			t.Errorf("%q: %v, %+v", command, err, r)
		}
	}
}

// A process left behind that keeps the channel does not hold up the report.
func TestHeldChannel(t *testing.T) {
	t.Parallel()
	p, err := pyprobe.New(&pyprobe.Job{Lane: vocab.LaneImport, Modules: []string{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sleep", "60")
	cmd.ExtraFiles = p.Extra
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	got := make(chan *pyprobe.Report)
	go func() {
		r, err := p.Report()
		if err != nil {
			t.Error(err)
		}
		got <- r
	}()
	select {
	case r := <-got:
		if r == nil || !r.Channel.Held || r.Complete {
			t.Errorf("%+v", r)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("it waits for ever")
	}
}

// Whoever writes without end is cut off, and the report says so.
func TestFlood(t *testing.T) {
	t.Parallel()
	site := packages(t, map[string]string{"flood.py": findChannel + "while True: os.write(channel, b'x' * 65536)\n"})
	r := run(t, runtimetest.FreeThreaded(t), pyprobe.Job{Lane: vocab.LaneImport, Modules: []string{"flood"}, Site: []string{site}, Deadline: time.Minute})
	if r.Complete || !r.Channel.Overflowed || r.Code != pyprobe.ExitLost {
		t.Errorf("exit status %d, %+v", r.Code, r.Channel)
	}
}

// Libraries that are opened by hand are seen, and who opens them.
func TestLibraries(t *testing.T) {
	t.Parallel()
	python := runtimetest.FreeThreaded(t)
	site := packages(t, map[string]string{
		"opens/__init__.py": "from . import inner\n",
		"opens/inner.py":    "import ctypes, _struct\nctypes.CDLL(_struct.__file__)\n",
		"by_hand.py":        "import _imp, zlib\nfrom importlib.machinery import ModuleSpec\nm = _imp.create_dynamic(ModuleSpec('zlib', None, origin=zlib.__file__))\n",
	})
	r := run(t, python, pyprobe.Job{Lane: vocab.LaneSurvey, GIL: pyprobe.GILOff, Modules: []string{"opens", "by_hand"}, Site: []string{site}, Deadline: time.Minute})
	if !r.Complete || len(r.Libraries) != 1 || !strings.Contains(r.Libraries[0].Name, "_struct") || !slices.Equal(r.Libraries[0].Chain, []string{"opens", "opens.inner"}) {
		t.Errorf("%+v", r.Libraries)
	}
	if n := len(r.Modules); n != 2 || r.Modules[1].Stage != pyprobe.StageCreated || r.Modules[1].Import != "by_hand" || !slices.Equal(r.Modules[1].Chain, []string{"by_hand"}) {
		t.Errorf("%+v", r.Modules)
	}
	if r.Modules[0].RSS < 0 || r.Modules[0].File == "" || !slices.Contains(r.Python.Preloaded, "_ctypes") {
		t.Errorf("%+v %+v", r.Modules[0], r.Python)
	}
	if _, err := os.Stat(r.Modules[0].File); err != nil {
		t.Error(err)
	}
}
