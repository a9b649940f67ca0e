package sandbox

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

func TestChildMainLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"ftpkg"}, {"ftpkg", "probe"}, {"ftpkg", "probe", Entry}} {
		if code, ours := ChildMain(args); ours || code != 0 {
			t.Errorf("%q: %d, %v", args, code, ours)
		}
	}
	for _, args := range [][]string{{"ftpkg", Entry}, {"ftpkg", Entry, "x"}, {"ftpkg", Entry, "warden", "x"}} {
		if code, ours := ChildMain(args); !ours || code != 2 {
			t.Errorf("%q: %d, %v", args, code, ours)
		}
	}
}

func TestPolicyDefaults(t *testing.T) {
	t.Parallel()
	if got, want := (Policy{}).withDefaults(), DefaultPolicy(); got.Memory != want.Memory || got.CPU != want.CPU || got.Processes != want.Processes || got.AddressSpace != want.AddressSpace {
		t.Errorf("%+v", got)
	}
	p := Policy{Memory: 100 << 30, Wall: time.Hour, Processes: 3, ScratchBytes: 1 << 20}.withDefaults()
	if p.AddressSpace < p.Memory || p.Wall != time.Hour || p.Processes != 3 || p.FileSize != 1<<20 || p.OpenFiles != DefaultPolicy().OpenFiles {
		t.Errorf("%+v", p)
	}
}

func TestNewNeeds(t *testing.T) {
	t.Parallel()
	for _, opt := range []Options{{}, {Self: "/x"}, {Now: time.Now}} {
		if _, err := New(t.Context(), opt); err == nil {
			t.Errorf("%+v will not do", opt)
		}
	}
}

// Where nothing holds, nothing is run unless it is asked for.
func TestModes(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	nothing := Options{Self: self, Now: time.Now, NoNamespaces: true, MaxLandlock: -1, Mode: vocab.SandboxRequire}
	_, err = New(t.Context(), nothing)
	var missing *UnavailableError
	if !errors.As(err, &missing) || missing.Report.Level.Holds() || !strings.Contains(err.Error(), ": ") || len(missing.Report.Missing) == 0 {
		t.Errorf("require: %v", err)
	}
	nothing.Mode = vocab.SandboxBest
	s, err := New(t.Context(), nothing)
	if err != nil || s.Report().Level != vocab.LevelPartial {
		t.Errorf("best: %v %v", s, err)
	}
	nothing.Mode = vocab.SandboxOff
	s, err = New(t.Context(), nothing)
	if err != nil || s.Report().Level != vocab.LevelNone {
		t.Fatalf("off: %v %v", s, err)
	}
	exit, err := s.Run(t.Context(), &Cmd{Path: self, Args: []string{"-test.run=^$"}})
	if err != nil || exit.Code != 0 || exit.Killed != "" {
		t.Errorf("off: %+v %v", exit, err)
	}
}

func TestReportText(t *testing.T) {
	t.Parallel()
	r := Report{Level: vocab.LevelConfined, Layers: []string{"landlock 7", "seccomp"}, Missing: []string{"namespaces: no"}}
	if got, want := r.String(), "confined (landlock 7, seccomp); missing: namespaces: no"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := (&UnavailableError{r}).Error(); got != "no sandbox holds on this machine: namespaces: no" {
		t.Errorf("%q", got)
	}
	if got := (&UnavailableError{}).Error(); got != "no sandbox holds on this machine" {
		t.Errorf("%q", got)
	}
}

func TestCheckPlace(t *testing.T) {
	t.Parallel()
	for path, ok := range map[string]bool{
		"/usr/lib": true, "/home/a/.cache": true, "/process": true, "/devices/x": true,
		"": false, "/": false, "a": false, "./a": false, "/a/": false, "/a/../b": false, "/proc": false, "/proc/1": false, "/dev/shm": false, "/sys": false,
	} {
		if err := checkPlace(path); (err == nil) != ok {
			t.Errorf("%q: %v", path, err)
		}
	}
}
