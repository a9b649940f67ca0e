package sandbox

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// A setup is one way in which a sandbox can hold.
type setup struct {
	name  string
	level vocab.SandboxLevel
	opt   Options
}

// setups are the ways that are tested, all on the machine of the tests: what is
// newer than a setup allows is not used.
func setups() []setup {
	return []setup{
		{"isolated", vocab.LevelIsolated, Options{}},
		{"confined", vocab.LevelConfined, Options{NoNamespaces: true}},
		{"first landlock", vocab.LevelConfined, Options{NoNamespaces: true, MaxLandlock: 1}},
		{"isolated by first landlock", vocab.LevelIsolated, Options{MaxLandlock: 1}},
		{"namespaces only", vocab.LevelConfined, Options{MaxLandlock: -1}},
	}
}

// each runs a test in every setup.
func each(t *testing.T, test func(t *testing.T, b *box)) { t.Helper(); in(t, setups(), true, test) }

// eachAlone does so one after the other.
func eachAlone(t *testing.T, test func(t *testing.T, b *box)) {
	t.Helper()
	in(t, setups(), false, test)
}

// modern runs a test in the two setups that a machine of today has.
func modern(t *testing.T, test func(t *testing.T, b *box)) {
	t.Helper()
	in(t, setups()[:2], true, test)
}

// modernAlone does so one after the other.
func modernAlone(t *testing.T, test func(t *testing.T, b *box)) {
	t.Helper()
	in(t, setups()[:2], false, test)
}

func in(t *testing.T, setups []setup, parallel bool, test func(t *testing.T, b *box)) {
	t.Helper()
	testProgram(t)
	tested := 0
	for _, s := range setups {
		if why := lacks(t, s); why != "" {
			t.Logf("this machine has no way to test %q: %s", s.name, why)
			continue
		}
		tested++
		t.Run(s.name, func(t *testing.T) {
			if parallel {
				t.Parallel()
			}
			test(t, newBox(t, s))
		})
	}
	if tested == 0 {
		t.Fatal("nothing that could be tested holds on this machine")
	}
}

// lacks says why a setup can't hold on this machine. It finds that out by other
// means than the sandbox does.
func lacks(t *testing.T, s setup) string {
	t.Helper()
	if _, err := landlockABI(); err != nil && s.opt.MaxLandlock >= 0 {
		return err.Error()
	}
	if s.opt.NoNamespaces {
		return ""
	}
	c := exec.CommandContext(t.Context(), testProgram(t), "hostile", "mount-here")
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS}
	if os.Geteuid() != 0 {
		c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}
		c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
	}
	out, err := c.CombinedOutput()
	if err != nil {
		return err.Error()
	}
	if why, denied := strings.CutPrefix(string(out), "denied: "); denied {
		return strings.TrimSpace(why)
	}
	return ""
}

// A box is a sandbox with a program in it that does deeds.
type box struct {
	*Sandbox
	setup   setup
	program string // this executable, where everybody can read it
	scratch string
	outside string // a directory that the policy doesn't name, open to everybody
	policy  Policy
}

func newBox(t *testing.T, s setup) *box {
	t.Helper()
	opt := s.opt
	opt.Self, opt.Now, opt.Mode = testProgram(t), now, vocab.SandboxBest
	sandbox, err := New(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if sandbox.Report().Level != s.level {
		t.Fatalf("got %v, want %s", sandbox.Report(), s.level)
	}
	b := &box{Sandbox: sandbox, setup: s, program: opt.Self, scratch: openDir(t), outside: openDir(t)}
	if err := os.Chmod(b.outside, 0o777); err != nil {
		t.Fatal(err)
	}
	b.policy = Policy{
		Read: []string{b.program}, Scratch: b.scratch,
		Wall: 30 * time.Second, Memory: 1 << 30, ScratchBytes: 32 << 20, FileSize: 8 << 20, Processes: 128,
	}
	return b
}

// openDir returns a new directory that every user can reach.
func openDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// testProgram returns this executable in a place where every user can read it. It
// is started thousands of times, so it is one without the race detector, which is
// slow to start; TestEverywhere has wardens with it.
func testProgram(t testing.TB) string {
	t.Helper()
	if path := os.Getenv(programVariable); path != "" {
		return path
	}
	dir := programDir()
	name := filepath.Join(dir, "program")
	if _, err := os.Stat(name); err == nil {
		return name
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if !raceDetector {
		path, err := os.Executable()
		if err == nil {
			err = copyFile(path, name)
		}
		if err != nil {
			t.Fatal(err)
		}
		return name
	}
	c := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", name, ".")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("go test -c: %v\n%s", err, out)
	}
	if err := os.Chmod(name, 0o755); err != nil {
		t.Fatal(err)
	}
	return name
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to+".part", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return os.Rename(to+".part", to)
}

// cmd returns the command that does a deed.
func (b *box) cmd(deed string, args ...string) *Cmd {
	return &Cmd{Path: b.program, Args: append([]string{"hostile", deed}, args...), Policy: b.policy}
}

// run runs a command and returns what it printed.
func (b *box) start(t *testing.T, c *Cmd) (*Exit, string) {
	t.Helper()
	var out bytes.Buffer
	if c.Stdout == nil {
		c.Stdout = &out
	}
	var errs bytes.Buffer
	if c.Stderr == nil {
		c.Stderr = &errs
	}
	exit, err := b.Run(t.Context(), c)
	if err != nil {
		t.Fatalf("%v: %v", c.Args, err)
	}
	if errs.Len() > 0 {
		t.Logf("%v: %.300s", c.Args, errs.String())
	}
	return exit, out.String()
}

// do does a deed and returns what it printed.
func (b *box) do(t *testing.T, deed string, args ...string) string {
	t.Helper()
	exit, out := b.start(t, b.cmd(deed, args...))
	if exit.Code != 0 || exit.Killed != "" {
		t.Fatalf("%s %v: %+v\n%s", deed, args, exit, out)
	}
	return out
}

// denied checks that a deed is denied.
func (b *box) denied(t *testing.T, deed string, args ...string) {
	t.Helper()
	if out := b.do(t, deed, args...); !strings.HasPrefix(out, "denied: ") {
		t.Errorf("%s %v was not denied: %.300q", deed, args, out)
	}
}

// allowed checks that a deed succeeds.
func (b *box) allowed(t *testing.T, deed string, args ...string) {
	t.Helper()
	if out := b.do(t, deed, args...); !strings.HasSuffix(out, "done\n") {
		t.Errorf("%s %v: %.300q", deed, args, out)
	}
}

// file makes a file that everybody may read and write.
func (b *box) file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(b.outside, name)
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// marked returns the processes that have a word in their command line.
func marked(t *testing.T, word string) []int {
	t.Helper()
	var out []int
	for _, pid := range pids("/proc") {
		b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
		if err == nil && pid != os.Getpid() && bytes.Contains(b, []byte(word)) {
			out = append(out, pid)
		}
	}
	return out
}
