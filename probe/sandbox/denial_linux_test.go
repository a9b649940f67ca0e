package sandbox

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestFilesAreDenied(t *testing.T) {
	each(t, func(t *testing.T, b *box) {
		secret := b.file(t, "secret", "secret")
		if err := os.Chmod(secret, 0o600); err != nil {
			t.Fatal(err)
		}
		open := b.file(t, "open", "everybody's")
		for _, path := range []string{secret, open} {
			for _, deed := range []string{"read", "append", "truncate", "open-trunc", "remove", "rename"} {
				b.denied(t, deed, path)
			}
		}
		b.denied(t, "list", b.outside)
		if b.system.layers.Landlock > 0 {
			b.denied(t, "list", "/")
		}
		b.denied(t, "write", filepath.Join(b.outside, "new"))
		b.denied(t, "mkdir", filepath.Join(b.outside, "dir"))
		b.denied(t, "link", open, filepath.Join(b.scratch, "link"))
		b.denied(t, "write", b.program) // readable, not writable
		beside := filepath.Join(filepath.Dir(b.program), "beside")
		b.do(t, "write", beside) // where /tmp is private, so are the directories in it that lead to us
		if _, err := os.Stat(beside); err == nil {
			t.Errorf("%s was written", beside)
		}
		if got := content(t, secret) + content(t, open); got != "secreteverybody's" {
			t.Errorf("files were changed: %q", got)
		}
		if left, err := os.ReadDir(b.outside); err != nil || len(left) != 2 {
			t.Errorf("the directory has %v, %v", left, err)
		}
		// Who the users of the machine are is nobody's business.
		users := content(t, "/etc/passwd")
		if out := b.do(t, "cat", "/etc/passwd"); strings.Contains(out, users) || strings.Contains(out, "nobody") {
			t.Errorf("/etc/passwd: %s", out)
		}
	})
}

// Modes and times can't be changed outside, whatever the program is told.
func TestMetadataIsLeftAlone(t *testing.T) {
	each(t, func(t *testing.T, b *box) {
		path := b.file(t, "open", "x")
		before, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range []string{path, b.program} {
			b.do(t, "chmod", target)
			b.do(t, "utime", target)
			b.denied(t, "setxattr", target)
		}
		after, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if before.Mode() != after.Mode() || !before.ModTime().Equal(after.ModTime()) {
			t.Errorf("%v %v became %v %v", before.Mode(), before.ModTime(), after.Mode(), after.ModTime())
		}
		if info, err := os.Stat(b.program); err != nil || info.Mode().Perm() != 0o755 || info.ModTime().Year() < 2000 {
			t.Errorf("the program became %v %v", info, err)
		}
	})
}

func TestScratchIsWritable(t *testing.T) {
	each(t, func(t *testing.T, b *box) {
		kept := t.TempDir()
		b.policy.Write = []string{kept}
		b.allowed(t, "write", filepath.Join(b.scratch, "file"))
		b.allowed(t, "mkdir", filepath.Join(b.scratch, "dir"))
		b.allowed(t, "write", filepath.Join(kept, "file"))
		b.allowed(t, "read", filepath.Join(kept, "file"))
		if got := content(t, filepath.Join(kept, "file")); got != "x" {
			t.Errorf("what was written is %q", got)
		}
		left, err := os.ReadDir(b.scratch)
		if err != nil {
			t.Fatal(err)
		}
		if b.system.layers.Namespaces != (len(left) == 0) {
			t.Errorf("the scratch has %v", left)
		}
		if b.system.layers.Namespaces {
			for _, dir := range []string{"/tmp", "/var/tmp", "/dev/shm"} {
				b.allowed(t, "write", dir+"/ftpkg-test-private")
				if _, err := os.Stat(dir + "/ftpkg-test-private"); err == nil {
					t.Errorf("%s is the machine's", dir)
				}
			}
		} else {
			b.denied(t, "write", "/tmp/ftpkg-test-private")
		}
		if err := os.RemoveAll(b.scratch); err != nil {
			t.Errorf("the scratch can't be removed: %v", err)
		}
	})
}

func TestNetworkIsDenied(t *testing.T) {
	each(t, func(t *testing.T, b *box) {
		heard := make(chan string, 16)
		listen := func(network, address string) string {
			t.Helper()
			l, err := net.Listen(network, address)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { l.Close() })
			go func() {
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					heard <- network + " " + address
					c.Close()
				}
			}()
			return l.Addr().String()
		}
		packets := func(network, address string) string {
			t.Helper()
			c, err := net.ListenPacket(network, address)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.Close() })
			go func() {
				buf := make([]byte, 16)
				if _, _, err := c.ReadFrom(buf); err == nil {
					heard <- network + " " + address
				}
			}()
			return c.LocalAddr().String()
		}
		b.denied(t, "dial", "tcp", listen("tcp", "127.0.0.1:0"))
		b.denied(t, "dial", "udp", packets("udp", "127.0.0.1:0"))
		path := filepath.Join(b.outside, "s")
		b.denied(t, "dial", "unix", listen("unix", path))
		if err := os.Chmod(path, 0o777); err != nil {
			t.Fatal(err)
		}
		b.denied(t, "dial", "unix", path)
		abstract := "@ftpkg-sandbox-" + filepath.Base(filepath.Dir(b.outside))
		b.denied(t, "dial", "unix", listen("unix", abstract))
		gram := filepath.Join(b.outside, "g")
		packets("unixgram", gram)
		if err := os.Chmod(gram, 0o777); err != nil {
			t.Fatal(err)
		}
		b.denied(t, "dial", "unixgram", gram)
		b.denied(t, "dgram", gram)
		packets("unixgram", abstract+"g")
		b.denied(t, "dgram", abstract+"g")
		b.denied(t, "sockets")
		select {
		case who := <-heard:
			t.Errorf("%s was reached", who)
		case <-time.After(50 * time.Millisecond):
		}
	})
}

// With leave to, processes of a run talk by unix sockets, and still to nobody else.
func TestUnixSockets(t *testing.T) {
	modern(t, func(t *testing.T, b *box) {
		b.policy.UnixSockets = true
		path := filepath.Join(b.outside, "s")
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if err := os.Chmod(path, 0o777); err != nil {
			t.Fatal(err)
		}
		abstract := "@ftpkg-sandbox-u" + filepath.Base(filepath.Dir(b.outside))
		a, err := net.Listen("unix", abstract)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		b.denied(t, "dial", "unix", path)
		b.denied(t, "dial", "unix", abstract)
		b.denied(t, "dgram", path)
		b.denied(t, "socket", strconv.Itoa(unix.AF_INET), strconv.Itoa(unix.SOCK_STREAM))
		stream := []string{strconv.Itoa(unix.AF_UNIX), strconv.Itoa(unix.SOCK_STREAM)}
		if b.system.layers.Namespaces {
			b.allowed(t, "socket", stream...)
		} else {
			b.denied(t, "socket", stream...)
		}
	})
}

func TestCallsAreDenied(t *testing.T) {
	each(t, func(t *testing.T, b *box) { b.denied(t, "calls") })
}

// bystander starts a process of the same user, that is none of the run's.
func bystander(t *testing.T) int {
	t.Helper()
	p, err := os.StartProcess("/bin/sleep", []string{"sleep", "60"}, &os.ProcAttr{Env: []string{"SECRET=1"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Kill(); _, _ = p.Wait() })
	return p.Pid
}

func TestOtherProcessesAreDenied(t *testing.T) {
	each(t, func(t *testing.T, b *box) {
		for _, pid := range []int{bystander(t), os.Getpid()} {
			id := strconv.Itoa(pid)
			for _, signal := range []string{"0", "9", "18"} {
				b.denied(t, "kill", id, signal)
			}
			for _, deed := range []string{"ptrace", "proc", "proc-mem", "prlimit", "nice"} {
				b.denied(t, deed, id)
			}
			if nice, err := unix.Getpriority(unix.PRIO_PROCESS, pid); err != nil || nice == 1 {
				t.Errorf("priority %d, %v", nice, err)
			}
			var limit unix.Rlimit
			if err := unix.Prlimit(pid, unix.RLIMIT_CPU, nil, &limit); err != nil || limit.Cur == 0 {
				t.Errorf("limit %v, %v", limit, err)
			}
		}
		// Its parent is the warden.
		for _, signal := range []string{"0", "9", "15", "11", "19"} {
			b.denied(t, "kill", "0", signal)
		}
		b.denied(t, "ptrace", "1")
	})
}

// A program that kills all it can kills itself at most; we are here to say so.
func TestKillingEverybody(t *testing.T) {
	each(t, func(t *testing.T, b *box) {
		pid := bystander(t)
		if exit, out := b.start(t, b.cmd("kill-all")); exit.Killed != "" {
			t.Errorf("%+v %s", exit, out)
		}
		if err := unix.Kill(pid, 0); err != nil {
			t.Errorf("the bystander: %v", err)
		}
		status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err != nil || strings.Contains(string(status), ") Z") {
			t.Errorf("the bystander: %s %v", status, err)
		}
	})
}

func TestWhoThePrograms(t *testing.T) {
	each(t, func(t *testing.T, b *box) {
		out := b.do(t, "who")
		for _, want := range []string{"CapInh:\t0000000000000000\n", "CapPrm:\t0000000000000000\n", "CapEff:\t0000000000000000\n", "CapAmb:\t0000000000000000\n", "NoNewPrivs:\t1\n", "Seccomp:\t2\n"} {
			if !strings.Contains(out, want) {
				t.Errorf("no %q in:\n%s", want, out)
			}
		}
		if strings.Contains(out, "uid 0") || strings.Contains(out, "gid 0") {
			t.Errorf("it is root:\n%s", out)
		}
		if os.Geteuid() == 0 {
			fields := strings.Fields(out)
			uid, err := strconv.Atoi(fields[1])
			if err != nil || uid < firstUID || uid > lastUID || fields[5] != fields[1] {
				t.Errorf("it is %v", fields[:8])
			}
			if !strings.Contains(out, "groups []") && !strings.Contains(out, "groups ["+fields[1]+"]") {
				t.Errorf("it has groups:\n%s", out)
			}
			if !strings.Contains(out, "CapBnd:\t0000000000000000\n") {
				t.Errorf("it could get capabilities:\n%s", out)
			}
		}
	})
}
