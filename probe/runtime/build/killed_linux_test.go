package build

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/wheeltags"
)

// TestHelperBuild is not a test: TestKilled runs it in a process to be killed.
func TestHelperBuild(t *testing.T) {
	args := os.Getenv("FTPKG_TEST_BUILD")
	if args == "" {
		return
	}
	source, data, _ := strings.Cut(args, ":")
	_, err := Build(t.Context(), Options{
		Python: python(t, "3.13t"), Source: source, Work: filepath.Join(data, "build"),
		Prefix: func(wheeltags.Python, string) string { return filepath.Join(data, "prefix") }, Getenv: os.Getenv,
	})
	t.Fatalf("not killed: %v", err)
}

// A build whose process is killed leaves no process for long, but perhaps a file
// that is half written; the next build makes that again.
func TestKilled(t *testing.T) {
	t.Parallel()
	o := options(t, archive(t, fakeSource()))
	data := filepath.Dir(o.Work)
	cmd := exec.Command(os.Args[0], "-test.run=^TestHelperBuild$")
	cmd.Env = append(os.Environ(), "FTPKG_TEST_BUILD="+o.Source+":"+data, "CFLAGS=hang-make", "GORACE=atexit_sleep_ms=0")
	o.Prefix = func(wheeltags.Python, string) string { return filepath.Join(data, "prefix") }
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return waiting(o) != "" })
	half := filepath.Join(waiting(o), "two.o")

	// Another build waits, and can be told not to.
	ctx, cancel := context.WithCancel(t.Context())
	waited := o
	waited.OnStep = func(s Step, _, _ int) {
		if s != StepWait {
			t.Errorf("%s, although another builds here", s)
		}
		cancel()
	}
	if _, err := Build(ctx, waited); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}

	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	eventually(t, func() bool { return !building(t, o) })
	if err := os.WriteFile(half, []byte("half"), 0o644); err != nil { // as a machine without power leaves it
		t.Fatal(err)
	}
	r, err := Build(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, filepath.Join(r.Prefix, "objects")); got != strings.Repeat("int one;\n", 3) {
		t.Errorf("installed %q", got)
	}
}
