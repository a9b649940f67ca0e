package sandbox

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseStat(t *testing.T) {
	t.Parallel()
	const rest = " S 1 2 3 0 -1 4194304 100 200 0 0 150 50 7 3 20 0 5 0 12345 1000000 250 18446744073709551615 1 1"
	for _, tt := range []struct {
		in   string
		want process
		ok   bool
	}{
		{"42 (python3.13t)" + rest, process{pid: 42, parent: 1, threads: 5, rss: 250 * 4096, cpu: 2100 * time.Millisecond}, true},
		{"42 (a) R 1 (b))" + rest, process{pid: 42, parent: 1, threads: 5, rss: 250 * 4096, cpu: 2100 * time.Millisecond}, true},
		{"7 ()" + strings.Replace(rest, " S ", " Z ", 1), process{pid: 7, parent: 1, zombie: true, threads: 5, rss: 250 * 4096, cpu: 2100 * time.Millisecond}, true},
		{"42 (a) S 1 2", process{}, false},
		{"x (a)" + rest, process{}, false},
		{"42 a" + rest, process{}, false},
		{"", process{}, false},
		{")(", process{}, false},
	} {
		if got, ok := parseStat([]byte(tt.in), 4096); ok != tt.ok || ok && got != tt.want {
			t.Errorf("%q: %+v, %v", tt.in, got, ok)
		}
	}
	self, ok := readProcess(os.Getpid())
	if !ok || self.pid != os.Getpid() || self.rss < 1<<20 || self.threads < 2 || self.zombie {
		t.Errorf("we are %+v, %v", self, ok)
	}
	if n := tasksOf(uint32(os.Geteuid())); n < self.threads {
		t.Errorf("we have %d tasks", n)
	}
}

// A program chooses its own name, which stands in what the warden reads.
func FuzzParseStat(f *testing.F) {
	f.Add([]byte("42 (python) S 1 2 3 0 -1 4194304 100 200 0 0 150 50 7 3 20 0 5 0 12345 1000000 250 1"))
	f.Add([]byte("1 (a) b) R"))
	f.Fuzz(func(_ *testing.T, b []byte) { parseStat(b, 4096) })
}

func TestFreeUID(t *testing.T) {
	t.Parallel()
	const all = "         0          0 4294967295\n"
	for _, tt := range []struct {
		name     string
		maps     []string
		pid      int
		low, end int // the range it must be in
	}{
		{"a machine", []string{all, all}, 1234, firstUID + 1234, firstUID + 1234},
		{"the largest process", []string{all, all}, 4194304, firstUID + 4194304, firstUID + 4194304},
		{"a container", []string{"0 100000 65536\n", "0 100000 65536\n"}, 1234, 32768, 65535},
		{"a rootless one", []string{"0 1000 1\n1 100000 65536\n", "0 1000 1\n1 100000 65536\n"}, 1234, 32768, 65536},
		{"groups of a container", []string{all, "0 100000 65536\n"}, 1234, 32768, 65535},
		{"root alone", []string{"0 1000 1\n", "0 1000 1\n"}, 1234, 0, 0},
		{"groups alone", []string{all, "0 1000 1\n"}, 1234, 0, 0},
		{"nothing", []string{"", ""}, 1234, 0, 0},
		{"nonsense", []string{"a b c\n1 2\n0 0 -5\n", all}, 1234, 0, 0},
	} {
		if got := freeUID(tt.maps, tt.pid); got < tt.low || got > tt.end {
			t.Errorf("%s: %d, want %d to %d", tt.name, got, tt.low, tt.end)
		}
	}
	a, b := freeUID([]string{all, all}, 100), freeUID([]string{all, all}, 101)
	if a == b {
		t.Error("two runs share a user")
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"a/b", "c"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"abs": dir + "/a", "rel": "a/../c", "a/up": "../rel", "loop": "loop", "gone": "none"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	for in, want := range map[string]struct {
		at    string
		links []string
	}{
		"a/b":      {"a/b", nil},
		"abs/b":    {"a/b", []string{"abs"}},
		"rel":      {"c", []string{"rel"}},
		"abs/up":   {"c", []string{"abs", "a/up", "rel"}},
		"a/../c/.": {"c", nil},
	} {
		at, links, err := resolve(dir + "/" + in)
		if err != nil || at != filepath.Join(dir, want.at) {
			t.Errorf("%s leads to %s, %v", in, at, err)
		}
		var passed []string
		for _, l := range links {
			passed = append(passed, strings.TrimPrefix(l.path, dir+"/"))
		}
		if diff := cmp.Diff(want.links, passed); diff != "" {
			t.Errorf("%s: %s", in, diff)
		}
	}
	for _, in := range []string{"loop", "gone", "none"} {
		if at, _, err := resolve(dir + "/" + in); err == nil {
			t.Errorf("%s leads to %s", in, at)
		}
	}
}

func TestWithoutInner(t *testing.T) {
	t.Parallel()
	var in []mount
	for _, at := range []string{"/usr/lib/x", "/usr", "/usr-local", "/etc/a", "/usr", "/etc/ab", "/etc/a/b"} {
		in = append(in, mount{at: at, fd: -1})
	}
	var got []string
	for _, m := range withoutInner(in) {
		got = append(got, m.at)
	}
	if want := []string{"/etc/a", "/etc/ab", "/usr", "/usr-local"}; !slices.Equal(got, want) {
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("got %v", got)
		}
	}
}

func TestHandledRights(t *testing.T) {
	t.Parallel()
	for abi, want := range map[int]uint64{1: 0x1fff, 2: 0x3fff, 3: 0x7fff, 4: 0x7fff, 5: 0xffff, 6: 0xffff, 8: 0xffff, 9: 0x1ffff, 99: 0x1ffff} {
		if got := handledRights(abi); got != want {
			t.Errorf("ABI %d: %#x, want %#x", abi, got, want)
		}
	}
}

func TestJobIsTransmitted(t *testing.T) {
	t.Parallel()
	in := job{Path: "/a", Argv: []text{"a", "\xff\xfe", "", "ü\x00"}, Env: []text{"A=\x80"}, Layers: layers{Landlock: 7, Namespaces: true}, Wall: time.Second}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out job
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, out); diff != "" {
		t.Error(diff)
	}
	if err := json.Unmarshal([]byte(`{"path": 1}`), &out); err == nil {
		t.Error("a number is no text")
	}
}

// The check must be able to find fault.
func TestFaults(t *testing.T) {
	t.Parallel()
	full := layers{Namespaces: true, Landlock: 7, Seccomp: true, Locked: true}
	good := findings{
		PID: 2, Status: "Uid:\t1000\t1000\nNoNewPrivs:\t1\nSeccomp:\t2\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n",
		Root: "denied", RootFS: 0x01021994, Socket: "denied", Ptrace: "denied", SignalUp: "denied",
	}
	if f := good.faults(full); len(f) > 0 {
		t.Errorf("faults %v", f)
	}
	for name, spoil := range map[string]func(*findings){
		"no_new_privs": func(f *findings) { f.Status = strings.Replace(f.Status, "NoNewPrivs:\t1", "NoNewPrivs:\t0", 1) },
		"filter":       func(f *findings) { f.Status = strings.Replace(f.Status, "Seccomp:\t2", "Seccomp:\t0", 1) },
		"capabilities": func(f *findings) { f.Status = strings.Replace(f.Status, "CapEff:\t0", "CapEff:\t1", 1) },
		"user":         func(f *findings) { f.Status = strings.Replace(f.Status, "Uid:\t1000", "Uid:\t0", 1) },
		"status":       func(f *findings) { f.Status = "" },
		"root":         func(f *findings) { f.Root = "" },
		"mounts":       func(f *findings) { f.RootFS = 0xef53 },
		"socket":       func(f *findings) { f.Socket = "" },
		"ptrace":       func(f *findings) { f.Ptrace = "" },
		"warden":       func(f *findings) { f.SignalUp = "" },
		"pids":         func(f *findings) { f.PID = 31337 },
	} {
		bad := good
		spoil(&bad)
		if len(bad.faults(full)) == 0 {
			t.Errorf("%s: no fault was found", name)
		}
	}
}

func TestDescendants(t *testing.T) {
	t.Parallel()
	c := exec.CommandContext(t.Context(), "/bin/sh", "-c", "sleep 60 & sleep 60")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		for _, pid := range descendants(c.Process.Pid) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		_ = c.Process.Kill()
		_ = c.Wait()
	}()
	var got []int
	for range 500 {
		if got = descendants(c.Process.Pid); len(got) == 2 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	for _, pid := range got {
		if p, ok := readProcess(pid); !ok || p.parent != c.Process.Pid {
			t.Errorf("%+v %v", p, ok)
		}
	}
	scanned := descend(c.Process.Pid, scanChildren())
	slices.Sort(scanned)
	slices.Sort(got)
	if !slices.Equal(got, scanned) {
		t.Errorf("descendants %v, by looking at all %v", got, scanned)
	}
	if len(got) != 2 || !slices.Contains(descendants(os.Getpid()), got[0]) {
		t.Errorf("descendants %v", got)
	}
}
