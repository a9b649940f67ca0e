package fleettest_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/tracker/fleet/fleettest"
)

// idle is the variable that makes the test binary a process that does nothing.
const idle = "FTPKG_TEST_IDLE"

func TestMain(m *testing.M) {
	if text := os.Getenv(work); text != "" {
		os.Exit(workMain(text))
	}
	if how := os.Getenv(idle); how != "" {
		_, _ = os.Stdout.WriteString("idle\n")
		if how == "deaf" {
			ignoreInterrupts()
		}
		time.Sleep(patience)
		os.Exit(3)
	}
	os.Exit(m.Run())
}

func start(t *testing.T, how string) *fleettest.Process {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), idle+"="+how)
	p, err := fleettest.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	for !strings.Contains(p.Said(), "idle") {
		select {
		case <-p.Done():
			t.Fatal(p.Err())
		case <-time.After(time.Millisecond):
		}
	}
	return p
}

func TestProcess(t *testing.T) {
	t.Parallel()
	p := start(t, "yes")
	if p.PID() == 0 || p.Err() != nil {
		t.Errorf("process %d, %v", p.PID(), p.Err())
	}
	p.Kill()
	if p.Err() == nil || p.Used() == 0 {
		t.Errorf("after a kill: %v, used %v", p.Err(), p.Used())
	}
	p.Kill() // once more is no fault
	p = start(t, "yes")
	if err := p.Stop(t.Context()); err == nil || strings.Contains(err.Error(), "did not end") {
		t.Errorf("stopped: %v", err)
	}
	p = start(t, "deaf")
	ctx, cancel := context.WithTimeout(t.Context(), moment)
	defer cancel()
	if err := p.Stop(ctx); err == nil || !strings.Contains(err.Error(), "did not end") {
		t.Errorf("one that does not listen: %v", err)
	}
	if _, err := fleettest.Start(exec.Command("no-such-program-here")); err == nil {
		t.Error("a program that is not there was started")
	}
}

func TestBuildFails(t *testing.T) {
	t.Parallel()
	if err := fleettest.Build(t.Context(), os.DevNull+"/x", "-no-such-flag"); err == nil {
		t.Error("it was built")
	}
}
