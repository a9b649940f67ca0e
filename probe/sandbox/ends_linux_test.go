package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestHowItEnded(t *testing.T) {
	each(t, func(t *testing.T, b *box) {
		for _, tt := range []struct {
			deed   string
			args   []string
			code   int
			signal string
		}{
			{"exit", []string{"0"}, 0, ""},
			{"exit", []string{"7"}, 7, ""},
			{"exit", []string{"127"}, 127, ""},
			{"abort", nil, -1, "SIGABRT"},
			{"segv", nil, -1, "SIGSEGV"},
			{"close-all", nil, 5, ""},
		} {
			exit, _ := b.start(t, b.cmd(tt.deed, tt.args...))
			if exit.Code != tt.code || exit.Signal != tt.signal || exit.Killed != "" || exit.Left != 0 {
				t.Errorf("%s %v: %+v", tt.deed, tt.args, exit)
			}
			if exit.Wall <= 0 || exit.CPU <= 0 || exit.MaxRSS < 1<<20 {
				t.Errorf("%s %v: %+v", tt.deed, tt.args, exit)
			}
			if cores, err := filepath.Glob(b.scratch + "/core*"); err != nil || len(cores) > 0 {
				t.Errorf("%s left %v, %v", tt.deed, cores, err)
			}
		}
	})
}

// What doesn't end is ended, whatever it does against it.
func TestDeadline(t *testing.T) {
	each(t, func(t *testing.T, b *box) {
		b.policy.Wall = 300 * time.Millisecond
		for _, deed := range []string{"spin", "stop", "ignore", "shout"} {
			c := b.cmd(deed)
			var heard counter
			c.Stdout, c.Stderr = &heard, &heard
			exit, _ := b.start(t, c)
			if exit.Killed != KillTimeout || exit.Signal != "SIGKILL" || exit.Code != -1 {
				t.Errorf("%s: %+v", deed, exit)
			}
			if exit.Wall < b.policy.Wall || exit.Wall > 20*time.Second {
				t.Errorf("%s took %v", deed, exit.Wall)
			}
			if deed == "shout" && heard.n < 1<<16 {
				t.Errorf("%d bytes were heard", heard.n)
			}
		}
	})
}

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += len(p)
	return len(p), nil
}

func TestCancelled(t *testing.T) {
	modern(t, func(t *testing.T, b *box) {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		exit, err := b.Run(ctx, b.cmd("ignore"))
		if err != nil || exit.Killed != KillCancelled || exit.Wall > 20*time.Second {
			t.Errorf("%+v, %v", exit, err)
		}
		if exit, err := b.Run(ctx, b.cmd("ignore")); err != nil || exit.Killed != KillCancelled {
			t.Errorf("%+v, %v", exit, err)
		}
	})
}

// A process that has left its family, its group, its session and its parent still
// ends with the run, and holding the output open doesn't hold the run.
func TestDaemons(t *testing.T) {
	each(t, func(t *testing.T, b *box) {
		kept := openDir(t)
		b.policy.Write = []string{kept}
		touched := filepath.Join(kept, "touched")
		exit, _ := b.start(t, b.cmd("daemon", touched, "400"))
		if exit.Code != 0 || exit.Killed != "" || exit.Left != 1 {
			t.Errorf("%+v", exit)
		}
		if left := marked(t, touched); len(left) > 0 {
			t.Errorf("processes %v are left", left)
		}
		time.Sleep(600 * time.Millisecond)
		if _, err := os.Stat(touched); err == nil {
			t.Error("the daemon lived on")
		}
	})
}

func TestForkBomb(t *testing.T) {
	eachAlone(t, func(t *testing.T, b *box) {
		b.policy.Processes = 100
		word := "bomb-" + filepath.Base(filepath.Dir(b.scratch))
		exit, _ := b.start(t, b.cmd("bomb", word))
		if exit.Killed != KillProcesses && exit.Code == 0 {
			t.Errorf("%+v", exit)
		}
		if left := marked(t, word); len(left) > 0 {
			t.Errorf("processes %v are left", left)
		}
	})
}

func TestDiskIsBounded(t *testing.T) {
	each(t, func(t *testing.T, b *box) {
		b.policy.ScratchBytes = 16 << 20
		if exit, out := b.start(t, b.cmd("big-file", filepath.Join(b.scratch, "big"))); !strings.Contains(out, "denied: ") {
			t.Errorf("one file: %+v %s", exit, out)
		}
		kept := openDir(t)
		b.policy.Write = []string{kept}
		for _, deed := range []string{"fill", "unlinked"} {
			for _, dir := range []string{b.scratch, kept} {
				exit, out := b.start(t, b.cmd(deed, dir))
				// Who frees everything at the end can be quicker than a look.
				if exit.Killed != KillDisk && !strings.Contains(out, "no space left") {
					t.Errorf("%s %s: %+v %s", deed, dir, exit, out)
				}
				if used := occupied([]string{dir}, nil); used > 1<<30 {
					t.Errorf("%s left %d bytes in %s", deed, used, dir)
				}
				empty(t, dir)
			}
		}
	})
}

func empty(t *testing.T, dir string) {
	t.Helper()
	names, err := filepath.Glob(dir + "/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := os.RemoveAll(name); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	each(t, func(t *testing.T, b *box) {
		b.policy.Memory = 200 << 20
		for _, args := range [][]string{{"4000", "1"}, {"60", "5"}} { // one large process, or many small ones
			exit, _ := b.start(t, b.cmd("hog", args...))
			if exit.Killed != KillMemory {
				t.Errorf("hog %v: %+v", args, exit)
			}
			if exit.MaxRSS > 2<<30 {
				t.Errorf("hog %v had %d bytes", args, exit.MaxRSS)
			}
		}
		b.policy.AddressSpace = 6 << 30
		b.denied(t, "reserve", "8000")
		b.allowed(t, "reserve", "1000")
	})
}

func TestCPUIsBounded(t *testing.T) {
	each(t, func(t *testing.T, b *box) {
		b.policy.CPU = time.Second
		for _, c := range []*Cmd{b.cmd("spin"), b.cmd("spin-many", "4")} {
			exit, _ := b.start(t, c)
			if exit.Killed != KillCPU {
				t.Errorf("%v: %+v", c.Args, exit)
			}
		}
	})
}

func TestDescriptors(t *testing.T) {
	each(t, func(t *testing.T, b *box) {
		inR, inW, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		outR, outW, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := inW.WriteString("private"); err != nil {
			t.Fatal(err)
		}
		inW.Close()
		c := b.cmd("descriptors")
		c.Extra = []*os.File{inR, outW}
		exit, out := b.start(t, c)
		inR.Close()
		outW.Close()
		answer, err := io.ReadAll(outR)
		if err != nil || string(answer) != "PRIVATE" {
			t.Errorf("%+v: %q %v\n%s", exit, answer, err, out)
		}
		// 5 and on are what Go opens for itself: anonymous, not pipes of ours.
		for line := range strings.Lines(out) {
			var fd int
			var name string
			if n, _ := fmt.Sscan(line, &fd, &name); n == 2 && fd > 4 && !strings.HasPrefix(name, "anon_inode:") && !strings.HasPrefix(name, "/sys/") {
				t.Errorf("descriptor %d is open: %s", fd, name)
			}
		}
	})
}

func TestInputAndEnvironment(t *testing.T) {
	modernAlone(t, func(t *testing.T, b *box) {
		c := b.cmd("echo")
		long := strings.Repeat("a line of input\n", 20000)
		c.Stdin = strings.NewReader(long)
		if exit, out := b.start(t, c); out != long+"done\n" {
			t.Errorf("%+v: %d bytes came back", exit, len(out))
		}
		c = b.cmd("exit", "3")
		c.Stdin = strings.NewReader(long) // which nobody reads
		if exit, _ := b.start(t, c); exit.Code != 3 {
			t.Errorf("%+v", exit)
		}
		r, w, err := os.Pipe() // which never ends
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		defer w.Close()
		c.Stdin = r
		if exit, _ := b.start(t, c); exit.Code != 3 {
			t.Errorf("%+v", exit)
		}
		t.Setenv("SECRET", "of the caller")
		c = b.cmd("env")
		c.Env = []string{"A=b", "BYTES=\xff\xfe"}
		if _, out := b.start(t, c); out != "A=b\nBYTES=\xff\xfe\ndone\n" {
			t.Errorf("environment %q", out)
		}
	})
}

// A writer that fails is not the program's trouble; one that stands still ends the
// run with an error.
func TestWriters(t *testing.T) {
	modern(t, func(t *testing.T, b *box) {
		c := b.cmd("exit", "0")
		c.Stdout = brokenWriter{}
		if exit, _ := b.start(t, c); exit.Code != 0 {
			t.Errorf("%+v", exit)
		}
		c = b.cmd("shout")
		c.Policy.Wall = 200 * time.Millisecond
		c.Stdout, c.Stderr = brokenWriter{}, brokenWriter{}
		if exit, _ := b.start(t, c); exit.Killed != KillTimeout {
			t.Errorf("%+v", exit)
		}
		stuck := make(stuckWriter)
		defer close(stuck)
		c.Stdout = stuck
		if exit, err := b.Run(t.Context(), c); err == nil {
			t.Errorf("%+v", exit)
		}
	})
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("no room") }

type stuckWriter chan bool

func (s stuckWriter) Write(p []byte) (int, error) { <-s; return len(p), nil }

func TestWhatCannotBeRun(t *testing.T) {
	modern(t, func(t *testing.T, b *box) {
		for name, c := range map[string]*Cmd{
			"no such program":        {Path: filepath.Join(b.outside, "none")},
			"a program out of reach": {Path: filepath.Join(b.outside, "program")},
			"relative program":       {Path: "true"},
			"no such tree":           {Path: "/bin/true", Policy: Policy{Read: []string{b.outside + "/none"}}},
			"everything":             {Path: "/bin/true", Policy: Policy{Read: []string{"/"}}},
			"relative tree":          {Path: "/bin/true", Policy: Policy{Write: []string{"x"}}},
			"processes":              {Path: "/bin/true", Policy: Policy{Read: []string{"/proc/1"}}},
			"devices":                {Path: "/bin/true", Policy: Policy{Write: []string{"/dev"}}},
			"no such scratch":        {Path: "/bin/true", Policy: Policy{Scratch: b.outside + "/none"}},
			"no such directory":      {Path: "/bin/true", Dir: b.outside + "/none"},
		} {
			if err := copyFile(b.program, filepath.Join(b.outside, "program")); err != nil {
				t.Fatal(err)
			}
			if exit, err := b.Run(t.Context(), c); err == nil {
				t.Errorf("%s: %+v", name, exit)
			} else if !strings.HasPrefix(err.Error(), "sandbox: ") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// Many runs at once don't share limits, and leave neither goroutines nor
// descriptors.
func TestManyRuns(t *testing.T) {
	modernAlone(t, func(t *testing.T, b *box) {
		b.policy.Scratch = ""
		b.policy.Processes = 60
		run := func() {
			var wg sync.WaitGroup
			for range 6 {
				wg.Go(func() {
					var out bytes.Buffer
					c := b.cmd("threads", "20")
					c.Stdout, c.Stderr = &out, &out
					exit, err := b.Run(t.Context(), c)
					if err != nil || exit.Code != 0 || out.String() != "done\n" {
						t.Errorf("%+v %v %s", exit, err, out.String())
					}
				})
			}
			wg.Wait()
		}
		run()
		goroutines, files := runtime.NumGoroutine(), len(pids("/proc/self/fd"))
		for range 3 {
			run()
		}
		time.Sleep(50 * time.Millisecond)
		if g, f := runtime.NumGoroutine(), len(pids("/proc/self/fd")); g > goroutines+2 || f > files+1 {
			t.Errorf("%d goroutines and %d descriptors became %d and %d", goroutines, files, g, f)
		}
	})
}

// Whoever runs programs may be killed at any time; nothing of theirs then lives.
func TestKilledSupervisor(t *testing.T) {
	each(t, func(t *testing.T, b *box) {
		word := "orphan-" + filepath.Base(filepath.Dir(b.scratch))
		setup, err := json.Marshal(b.setup.opt)
		if err == nil {
			err = os.WriteFile(filepath.Join(b.outside, "setup"), setup, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		c := exec.CommandContext(t.Context(), b.program, "-test.run=^TestSupervisor$", "-test.v")
		c.Env = append(os.Environ(), programVariable+"="+b.program, "FTPKG_SANDBOX_SUPERVISE="+b.outside, "FTPKG_SANDBOX_WORD="+word)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Wait() }()
		for began := time.Now(); len(marked(t, word)) < 3; time.Sleep(20 * time.Millisecond) { // the daemon, its parent's parent
			if time.Since(began) > 20*time.Second {
				b, _ := io.ReadAll(io.LimitReader(out, 1000))
				t.Fatalf("it does not start: %v %s", marked(t, word), b)
			}
		}
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
			left := marked(t, word)
			if len(left) == 0 {
				break
			}
			if time.Since(began) > 10*time.Second {
				t.Fatalf("processes %v are left", left)
			}
		}
	})
}

// TestSupervisor is the process that TestKilledSupervisor kills.
func TestSupervisor(t *testing.T) {
	dir := os.Getenv("FTPKG_SANDBOX_SUPERVISE")
	if dir == "" {
		return // on its own, it has nothing to do
	}
	var opt Options
	b, err := os.ReadFile(filepath.Join(dir, "setup"))
	if err == nil {
		err = json.Unmarshal(b, &opt)
	}
	if err != nil {
		t.Fatal(err)
	}
	opt.Self, opt.Now = testProgram(t), now
	s, err := New(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	word := os.Getenv("FTPKG_SANDBOX_WORD")
	exit, err := s.Run(t.Context(), &Cmd{Path: opt.Self, Args: []string{"hostile", "family", word}, Policy: Policy{Read: []string{opt.Self}}})
	t.Fatalf("%+v %v", exit, err)
}
