package sandbox

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A process is what /proc says of one.
type process struct {
	pid     int
	parent  int
	zombie  bool
	threads int
	rss     int64         // bytes
	cpu     time.Duration // its own and that of the children it waited for
}

// userHZ is the unit of times in /proc on all architectures.
const userHZ = 100

// parseStat reads /proc/PID/stat, which proc_pid_stat(5) describes.
func parseStat(b []byte, pageSize int64) (process, bool) {
	open, end := bytes.IndexByte(b, '('), bytes.LastIndexByte(b, ')') // the name may hold anything
	if open < 1 || end < open {
		return process{}, false
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b[:open])))
	fields := strings.Fields(string(b[end+1:])) // from the third on
	if err != nil || len(fields) < 22 {
		return process{}, false
	}
	number := func(i int) int64 {
		n, e := strconv.ParseInt(fields[i-3], 10, 64)
		if e != nil {
			err = e
		}
		return n
	}
	p := process{pid: pid, parent: int(number(4)), zombie: fields[0] == "Z" || fields[0] == "X", threads: int(number(20)), rss: number(24) * pageSize}
	p.cpu = time.Duration(number(14)+number(15)+number(16)+number(17)) * (time.Second / userHZ)
	return p, err == nil
}

func readProcess(pid int) (process, bool) {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return process{}, false
	}
	return parseStat(b, int64(os.Getpagesize()))
}

// readPSS returns what a process has resident, with what it shares divided among
// those it shares it with, or false if we may not know.
func readPSS(pid int) (int64, bool) {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/smaps_rollup")
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return n << 10, err == nil
		}
	}
	return 0, false
}

// pids returns the numbers among the names in a directory of /proc.
func pids(dir string) []int {
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer func() { _ = d.Close() }()
	names, _ := d.Readdirnames(-1)
	var out []int
	for _, name := range names {
		if n, err := strconv.Atoi(name); err == nil {
			out = append(out, n)
		}
	}
	return out
}

// family returns the processes of a run, zombies too: all but the warden if it
// has a PID namespace of its own, or else all that descend from it.
func family(namespaces bool) []process {
	self := os.Getpid()
	var out []process
	if namespaces {
		for _, pid := range pids("/proc") {
			if p, ok := readProcess(pid); ok && pid != self {
				out = append(out, p)
			}
		}
		return out
	}
	for _, pid := range descendants(self) {
		if p, ok := readProcess(pid); ok {
			out = append(out, p)
		}
	}
	return out
}

// descendants returns the processes that descend from one. As the warden is the
// reaper of orphans, no process of the run can leave its family.
func descendants(pid int) []int {
	if _, err := os.Stat("/proc/thread-self/children"); err != nil { // a kernel built without it
		return descend(pid, scanChildren())
	}
	return descend(pid, listedChildren)
}

func descend(pid int, childrenOf func(pid int) []int) []int {
	var out []int
	for todo := []int{pid}; len(todo) > 0; {
		children := childrenOf(todo[0])
		out, todo = append(out, children...), append(todo[1:], children...)
	}
	return out
}

// scanChildren returns what tells the children of a process, from looking at all
// processes there are.
func scanChildren() func(pid int) []int {
	all := map[int][]int{}
	for _, pid := range pids("/proc") {
		if p, ok := readProcess(pid); ok {
			all[p.parent] = append(all[p.parent], pid)
		}
	}
	return func(pid int) []int { return all[pid] }
}

// listedChildren returns the children that the kernel lists for a process.
func listedChildren(pid int) []int {
	var out []int
	dir := "/proc/" + strconv.Itoa(pid) + "/task"
	for _, tid := range pids(dir) {
		b, err := os.ReadFile(dir + "/" + strconv.Itoa(tid) + "/children")
		if err != nil {
			continue
		}
		for name := range strings.FieldsSeq(string(b)) {
			if child, err := strconv.Atoi(name); err == nil {
				out = append(out, child)
			}
		}
	}
	return out
}

// tasksOf returns how many tasks a user has.
func tasksOf(uid uint32) int {
	n := 0
	for _, pid := range pids("/proc") {
		var st unix.Stat_t
		if unix.Stat("/proc/"+strconv.Itoa(pid)+"/task", &st) == nil && st.Uid == uid {
			n += max(1, int(st.Nlink)-2) // a directory for each
		}
	}
	return n
}
