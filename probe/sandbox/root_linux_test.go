package sandbox

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Root's runtimes, environments and scratch directories are often below a home
// that nobody else can enter. The program reaches them, and nothing beside them.
func TestAsRootPrivateHome(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("only root becomes somebody else")
		return
	}
	each(t, func(t *testing.T, b *box) {
		if b.system.layers.Landlock == 0 && !b.system.layers.Namespaces {
			t.Fatal("no setup")
		}
		home := openDir(t)
		for _, dir := range []string{"tree", "scratch", "other"} {
			if err := os.Mkdir(filepath.Join(home, dir), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(home, dir, "file"), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Remove(filepath.Join(home, "scratch", "file")); err != nil {
			t.Fatal(err)
		}
		program := filepath.Join(home, "tree", "program")
		if err := copyFile(b.program, program); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(home, 0o700); err != nil {
			t.Fatal(err)
		}
		b.program = program
		b.policy.Read = []string{filepath.Join(home, "tree")}
		b.policy.Scratch = filepath.Join(home, "scratch")
		if b.system.layers.Landlock == 0 {
			// A namespace shows the directory; into a private one goes nobody else
			// unless there are the layers that make the capability harmless.
			if err := os.Chmod(filepath.Join(home, "tree"), 0o755); err != nil {
				t.Fatal(err)
			}
		} else {
			b.allowed(t, "read", filepath.Join(home, "tree", "file"))
		}
		b.allowed(t, "list", filepath.Join(home, "tree"))
		b.allowed(t, "write", filepath.Join(home, "scratch", "new"))
		b.denied(t, "write", filepath.Join(home, "tree", "file"))
		b.denied(t, "append", filepath.Join(home, "tree", "file"))
		b.denied(t, "read", filepath.Join(home, "other", "file"))
		b.denied(t, "list", filepath.Join(home, "other"))
		if out := b.do(t, "list", home); strings.Contains(out, "other") {
			t.Errorf("the home has\n%s", out)
		}
		b.denied(t, "read", "/etc/shadow")
		b.denied(t, "calls")
		b.denied(t, "proc", strconv.Itoa(os.Getpid()))
		if out := b.do(t, "who"); strings.Contains(out, "uid 0") || b.system.layers.Landlock == 0 && !strings.Contains(out, "CapEff:\t0000000000000000") {
			t.Errorf("it is\n%s", out)
		}
	})
}

// Where the machine has no capability to spare, that is said.
func TestAsRootWhatIsMissing(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("only root becomes somebody else")
		return
	}
	only := setups()[4]
	if why := lacks(t, only); why != "" {
		t.Logf("this machine has no namespaces: %s", why)
		return
	}
	b := newBox(t, only)
	private := filepath.Join(openDir(t), "private")
	if err := os.Mkdir(private, 0o700); err != nil {
		t.Fatal(err)
	}
	b.program = filepath.Join(private, "program")
	if err := copyFile(testProgram(t), b.program); err != nil {
		t.Fatal(err)
	}
	b.policy.Read = []string{private}
	if exit, err := b.Run(t.Context(), b.cmd("exit", "0")); err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("%+v %v", exit, err)
	}
}
