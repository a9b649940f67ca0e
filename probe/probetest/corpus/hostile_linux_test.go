package corpus_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/probe/probetest/corpus"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// Without a sandbox each of the hostile packages can do what it tries, and says so.
func TestHostile(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	secret := filepath.Join(home, "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	marker := "left-behind-" + filepath.Base(home)
	packages := corpus.HostilePackages(t, t.TempDir(), corpus.Attempts{
		Secret: secret, Outside: home, Address: listen(t), DiskBytes: 2 << 20, Processes: 3, Marker: marker,
	})
	for _, h := range packages {
		t.Run(h.Name, func(t *testing.T) {
			t.Parallel()
			site := unpack(t, &corpus.Case{Wheels: []string{h.Wheel}})
			// Its parent is this one, not the test.
			wrapper := `
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-I", "-B", "-c", "import sys; sys.path.append(sys.argv[1]); __import__(sys.argv[2])", *sys.argv[1:]])
sys.exit(child.wait())`
			cmd := exec.CommandContext(t.Context(), runtimetest.FreeThreaded(t), "-I", "-B", "-c", wrapper, site, h.Module)
			cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
			out := create(t)
			cmd.Stdout, cmd.Stderr = out, out
			err := cmd.Run()
			switch h.Name {
			case "daemon":
				if err != nil {
					t.Fatalf("%v\n%s", err, read(t, out))
				}
				wait(t, "the process left behind", func() bool { return running(t, marker) > 0 })
				if err := syscall.Kill(running(t, marker), syscall.SIGKILL); err != nil {
					t.Errorf("end the process left behind: %v", err)
				}
			default:
				if err == nil {
					t.Error("it was not able to")
				}
				wait(t, "RuntimeError: could …", func() bool { return strings.Contains(read(t, out), "RuntimeError: could ") })
			}
		})
	}
}

// wait waits for something that is to be true soon.
func wait(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 500 {
		if is() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("waited in vain for: %s", what)
}

// running returns the process of a name (argv[0]), 0 for none.
func running(t *testing.T, name string) int {
	t.Helper()
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil || len(processes) == 0 {
		t.Fatalf("no processes: %v", err)
	}
	for _, dir := range processes {
		if b, err := os.ReadFile(dir + "/cmdline"); err == nil && strings.HasPrefix(string(b), name+"\x00") {
			pid, err := strconv.Atoi(filepath.Base(dir))
			if err != nil {
				t.Fatal(err)
			}
			return pid
		}
	}
	return 0
}

// listen returns the address of a TCP server and a UDP one that answers.
func listen(t *testing.T) string {
	t.Helper()
	for range 10 { // until a port is free for both
		tcp, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		udp, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", tcp.Addr().String())
		if err != nil {
			_ = tcp.Close()
			continue
		}
		t.Cleanup(func() { _, _ = tcp.Close(), udp.Close() })
		go func() {
			buffer := make([]byte, 64)
			for {
				_, from, err := udp.ReadFrom(buffer)
				if err != nil {
					return
				}
				_, _ = udp.WriteTo([]byte("x"), from)
			}
		}()
		return tcp.Addr().String()
	}
	t.Fatal("no port is free for both TCP and UDP")
	return ""
}
