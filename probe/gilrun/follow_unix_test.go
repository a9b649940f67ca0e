//go:build unix

package gilrun

import (
	"bufio"
	"io"
	"os"
	"syscall"
	"testing"

	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// A signal that is passed on reaches the program; one that ends it shows in the
// status as shells have it.
func TestFollowSignals(t *testing.T) {
	t.Parallel()
	python := runtimetest.FreeThreaded(t)
	for _, tt := range []struct {
		name, code string
		want       int
	}{
		{"handled", "import signal, sys\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(9))\nprint('ready', flush=True)\nsignal.pause()", 9},
		{"not handled", "import signal\nprint('ready', flush=True)\nsignal.pause()", 128 + int(syscall.SIGTERM)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			signals := make(chan os.Signal, 1)
			r, w := io.Pipe()
			go func() {
				_, _ = bufio.NewReader(r).ReadString('\n')
				signals <- syscall.SIGTERM
				_, _ = io.Copy(io.Discard, r)
			}()
			status, err := Follow(&Command{Path: python, Args: []string{"-c", tt.code}, Env: os.Environ(), Stdout: w, Signals: signals})
			_ = w.Close()
			if err != nil || status != tt.want {
				t.Errorf("status %d, %v; want %d", status, err, tt.want)
			}
		})
	}
}
