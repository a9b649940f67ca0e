package lockfile

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestMain lets the test binary be the other process: it holds a lock until it
// is killed.
func TestMain(m *testing.M) {
	if os.Getenv("LOCKFILE_TEST_HOLD") != "" {
		if _, err := Acquire(context.Background(), "lock", nil); err != nil {
			os.Exit(1)
		}
		os.Stdout.WriteString("held\n")
		select {}
	}
	os.Exit(m.Run())
}

func TestTurns(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "lock")
	first, err := Acquire(t.Context(), name, func() { t.Error("waited for nobody") })
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := Try(name); ok || err != nil {
		t.Fatalf("taken twice: %v, %v", ok, err)
	}
	waited := make(chan bool, 1)
	got := make(chan error, 1)
	go func() {
		second, err := Acquire(t.Context(), name, func() { waited <- true })
		if err == nil {
			err = second.Close()
		}
		got <- err
	}()
	<-waited
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Fatal(err)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "lock")
	held, err := Acquire(t.Context(), name, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := Acquire(ctx, name, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

// A process that is killed holds nothing any more.
func TestKilled(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "lock")
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Dir = filepath.Dir(name)
	cmd.Env = append(os.Environ(), "LOCKFILE_TEST_HOLD=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(line, err)
	}
	if _, ok, err := Try(name); ok || err != nil {
		t.Fatalf("the other process has it: %v, %v", ok, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	l, err := Acquire(t.Context(), name, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestNoPlace(t *testing.T) {
	t.Parallel()
	if _, _, err := Try(filepath.Join(t.TempDir(), "no", "lock")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
