package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// systemDeeds are what a hostile program tries on Linux.
func systemDeeds() map[string]func(args []string) error {
	return map[string]func(args []string) error{
		"cat":        cat,
		"list":       list,
		"append":     appendTo,
		"truncate":   func(a []string) error { return unix.Truncate(a[0], 0) },
		"open-trunc": openTruncate,
		"remove":     func(a []string) error { return os.Remove(a[0]) },
		"rename":     func(a []string) error { return os.Rename(a[0], a[0]+".moved") },
		"link":       func(a []string) error { return os.Link(a[0], a[1]) },
		"chmod": func(a []string) error {
			return errors.Join(os.Chmod(a[0], 0o777), unix.Fchmodat(unix.AT_FDCWD, a[0], 0o777, 0))
		},
		"utime":       func(a []string) error { return os.Chtimes(a[0], time.Unix(1, 0), time.Unix(1, 0)) },
		"setxattr":    func(a []string) error { return unix.Setxattr(a[0], "user.x", []byte("x"), 0) },
		"dial":        dial,
		"dgram":       sendFromPair,
		"socket":      openSocket,
		"sockets":     openSockets,
		"kill":        killOne,
		"kill-all":    killEverybody,
		"prlimit":     lowerLimit,
		"nice":        func(a []string) error { return unix.Setpriority(unix.PRIO_PROCESS, number(a[0]), 19) },
		"ptrace":      func(a []string) error { return unix.PtraceAttach(number(a[0])) },
		"proc":        readProc,
		"proc-mem":    func(a []string) error { _, err := os.OpenFile("/proc/"+a[0]+"/mem", os.O_RDWR, 0); return err },
		"calls":       tryCalls,
		"daemon":      daemon,
		"touch-later": touchLater,
		"bomb":        bomb,
		"fill":        fill,
		"unlinked":    fillUnlinked,
		"big-file":    bigFile,
		"hog":         hog,
		"reserve":     reserve,
		"spin":        func([]string) error { spin(); return nil },
		"spin-many":   spinMany,
		"shout":       shout,
		"close-all":   closeEverything,
		"stop":        func([]string) error { return unix.Kill(os.Getpid(), unix.SIGSTOP) },
		"ignore":      ignoreSignals,
		"abort":       func([]string) error { return die(unix.SIGABRT) },
		"segv":        func([]string) error { return die(unix.SIGSEGV) },
		"who":         who,
		"descriptors": descriptors,
		"threads":     startThreads,
		"family":      family2,
		"mount-here":  mountHere,
	}
}

func cat(a []string) error {
	b, err := os.ReadFile(a[0])
	fmt.Printf("%s", b)
	return err
}

func list(a []string) error {
	entries, err := os.ReadDir(a[0])
	for _, e := range entries {
		fmt.Println(e.Name())
	}
	return err
}

func appendTo(a []string) error {
	f, err := os.OpenFile(a[0], os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString("more")
	return errors.Join(err, f.Close())
}

// openTruncate empties a file without asking to write to it.
func openTruncate(a []string) error {
	_, err := unix.Open(a[0], unix.O_RDONLY|unix.O_TRUNC, 0)
	return err
}

func dial(a []string) error {
	c, err := net.DialTimeout(a[0], a[1], time.Second)
	if err != nil {
		return err
	}
	_, err = c.Write([]byte("secret"))
	return err
}

// sendFromPair sends from one of a pair of sockets to somebody else: no socket of
// its own is made or connected.
func sendFromPair(a []string) error {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	return unix.Sendto(pair[0], []byte("secret"), 0, &unix.SockaddrUnix{Name: a[0]})
}

func openSocket(a []string) error { return closing(unix.Socket(number(a[0]), number(a[1]), 0)) }

func closing(fd int, err error) error {
	if err != nil {
		return err
	}
	return unix.Close(fd)
}

// openSockets opens sockets of all families and kinds, and prints which it got.
func openSockets([]string) error {
	var got []string
	for family := range unix.AF_MAX {
		for _, kind := range []int{unix.SOCK_STREAM, unix.SOCK_DGRAM, unix.SOCK_RAW, unix.SOCK_RDM, unix.SOCK_SEQPACKET, unix.SOCK_PACKET} {
			if closing(unix.Socket(family, kind, 0)) == nil {
				got = append(got, fmt.Sprintf("%d/%d", family, kind))
			}
		}
	}
	if len(got) == 0 {
		return errors.New("all")
	}
	fmt.Println(strings.Join(got, " "))
	return nil
}

func killOne(a []string) error {
	signal := unix.Signal(number(a[1]))
	pid := number(a[0])
	if pid == 0 {
		pid = os.Getppid()
	}
	errs := []error{unix.Kill(pid, signal), unix.Tgkill(pid, pid, signal)}
	if fd, err := unix.PidfdOpen(pid, 0); err == nil {
		errs = append(errs, unix.PidfdSendSignal(fd, signal, nil, 0))
	}
	for _, err := range errs {
		if err == nil {
			return nil
		}
	}
	return errors.Join(errs...)
}

func killEverybody([]string) error {
	if os.Geteuid() == 0 {
		return nil // not a thing to try if the sandbox leaves us that
	}
	_ = unix.Kill(-1, unix.SIGTERM)
	return unix.Kill(-1, unix.SIGKILL)
}

func lowerLimit(a []string) error {
	return unix.Prlimit(number(a[0]), unix.RLIMIT_CORE, &unix.Rlimit{}, nil)
}

// readProc reads what /proc tells about another process.
func readProc(a []string) error {
	var errs []error
	for _, name := range []string{"environ", "cmdline", "maps", "status"} {
		_, err := os.ReadFile("/proc/" + a[0] + "/" + name)
		if err == nil {
			return nil
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// tryCalls makes system calls that no program may make, and prints those that
// answer anything but EPERM or ENOSYS.
func tryCalls([]string) error {
	var attr [128]byte
	p := uintptr(unsafe.Pointer(&attr))
	n := func(s string) uintptr { b, _ := unix.BytePtrFromString(s); return uintptr(unsafe.Pointer(b)) }
	calls := map[string][]uintptr{
		"ptrace":            {unix.SYS_PTRACE, unix.PTRACE_TRACEME},
		"process_vm_readv":  {unix.SYS_PROCESS_VM_READV, uintptr(os.Getppid()), p, 1, p, 1, 0},
		"process_vm_writev": {unix.SYS_PROCESS_VM_WRITEV, uintptr(os.Getppid()), p, 1, p, 1, 0},
		"bpf":               {unix.SYS_BPF, 0, p, 128},
		"unshare":           {unix.SYS_UNSHARE, unix.CLONE_NEWUSER},
		"unshare net":       {unix.SYS_UNSHARE, unix.CLONE_NEWNET},
		"setns":             {unix.SYS_SETNS, 0, 0},
		"clone user":        {unix.SYS_CLONE, unix.CLONE_NEWUSER | uintptr(unix.SIGCHLD)},
		"clone ns":          {unix.SYS_CLONE, unix.CLONE_NEWNS | uintptr(unix.SIGCHLD)},
		"clone3":            {unix.SYS_CLONE3, p, 88},
		"mount":             {unix.SYS_MOUNT, n("none"), n("/tmp"), n("tmpfs"), 0, 0},
		"umount":            {unix.SYS_UMOUNT2, n("/proc"), unix.MNT_DETACH},
		"fsopen":            {unix.SYS_FSOPEN, n("tmpfs"), 0},
		"open_tree":         {unix.SYS_OPEN_TREE, 0, n("/"), unix.OPEN_TREE_CLONE},
		"mount_setattr":     {unix.SYS_MOUNT_SETATTR, 0, n("/usr"), 0, p, 32},
		"move_mount":        {unix.SYS_MOVE_MOUNT, 0, n("/usr"), 0, n("/tmp"), 0},
		"pivot_root":        {unix.SYS_PIVOT_ROOT, n("/"), n("/")},
		"chroot":            {unix.SYS_CHROOT, n("/tmp")},
		"keyctl":            {unix.SYS_KEYCTL, 0, 0xfffffffd, 0},
		"add_key":           {unix.SYS_ADD_KEY, n("user"), n("x"), p, 8, 0xfffffffd},
		"io_uring_setup":    {unix.SYS_IO_URING_SETUP, 1, p},
		"userfaultfd":       {unix.SYS_USERFAULTFD, 1},
		"perf_event_open":   {unix.SYS_PERF_EVENT_OPEN, p, 0, 0, 0, 0},
		"kexec_load":        {unix.SYS_KEXEC_LOAD, 0, 0, 0, 0},
		"init_module":       {unix.SYS_INIT_MODULE, p, 128, n("")},
		"finit_module":      {unix.SYS_FINIT_MODULE, 0, n(""), 0},
		"pidfd_getfd":       {unix.SYS_PIDFD_GETFD, 0, 0, 0},
		"open_by_handle_at": {unix.SYS_OPEN_BY_HANDLE_AT, uintptr(0xffffff9c), p, 0},
		"name_to_handle_at": {unix.SYS_NAME_TO_HANDLE_AT, uintptr(0xffffff9c), n("/"), p, p, 0},
		"tiocsti":           {unix.SYS_IOCTL, 0, unix.TIOCSTI, p},
		"tiocsti high bits": {unix.SYS_IOCTL, 0, unix.TIOCSTI | 1<<32, p},
		"verity":            {unix.SYS_IOCTL, 0, unix.FS_IOC_ENABLE_VERITY, p},
		"personality":       {unix.SYS_PERSONALITY, 0x0040000},
		"memfd_create":      {unix.SYS_MEMFD_CREATE, n("x"), 0},
		"shmget":            {unix.SYS_SHMGET, 0, 4096, 0o1600},
		"mq_open":           {unix.SYS_MQ_OPEN, n("x"), unix.O_CREAT | unix.O_RDWR, 0o600, 0},
		"syslog":            {unix.SYS_SYSLOG, 10, 0, 0},
		"reboot":            {unix.SYS_REBOOT, 0, 0, 0, 0},
		"sethostname":       {unix.SYS_SETHOSTNAME, n("x"), 1},
		"settimeofday":      {unix.SYS_SETTIMEOFDAY, 0, 0},
		"swapon":            {unix.SYS_SWAPON, n("/x"), 0},
		"acct":              {unix.SYS_ACCT, 0},
		"fanotify_init":     {unix.SYS_FANOTIFY_INIT, 0, 0},
		"file_setattr":      {unix.SYS_FILE_SETATTR, 0, n("/tmp"), p, 24, 0},
		"of the future":     {newestCall + 1},
		"far future":        {100000},
	}
	if x32 := map[string]uintptr{"amd64": 0x40000000 + 39}[runtime.GOARCH]; x32 != 0 {
		calls["x32 getpid"] = []uintptr{x32}
	}
	var open []string
	for name, c := range calls {
		var args [6]uintptr
		copy(args[:], c[1:])
		_, _, errno := unix.RawSyscall6(c[0], args[0], args[1], args[2], args[3], args[4], args[5])
		if errno != unix.EPERM && errno != unix.ENOSYS {
			open = append(open, fmt.Sprintf("%s: %v", name, errno))
		}
	}
	slices.Sort(open)
	runtime.KeepAlive(&attr)
	if len(open) == 0 {
		return errors.New("all")
	}
	fmt.Println("not denied:", strings.Join(open, ", "))
	return nil
}

// daemon starts a process that starts another in a session of its own and ends, so
// that the last one has no parent among us.
func daemon(a []string) error {
	if len(a) > 2 && a[2] == "middle" {
		return background(exec.Command(os.Args[0], "hostile", "touch-later", a[0], a[1]))
	}
	c := exec.Command(os.Args[0], "hostile", "daemon", a[0], a[1], "middle")
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return c.Run()
}

func background(c *exec.Cmd) error {
	c.Stdout, c.Stderr = os.Stdout, os.Stderr // which it holds open
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return c.Start()
}

func touchLater(a []string) error {
	signal.Ignore(syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT)
	time.Sleep(time.Duration(number(a[1])) * time.Millisecond)
	return os.WriteFile(a[0], nil, 0o644)
}

// bomb starts itself twice, and so on, until it can't, and then stays.
func bomb(a []string) error {
	for range 2 {
		c := exec.Command(os.Args[0], "hostile", "bomb", a[0])
		c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		_ = c.Start()
	}
	time.Sleep(time.Minute)
	return nil
}

// fill writes files of a megabyte into a directory without end.
func fill(a []string) error {
	block := bytes.Repeat([]byte("x"), 1<<20)
	for i := 0; ; i++ {
		if err := os.WriteFile(filepath.Join(a[0], strconv.Itoa(i)), block, 0o644); err != nil {
			return err
		}
	}
}

// fillUnlinked does the same with files that have no name.
func fillUnlinked(a []string) error {
	block := bytes.Repeat([]byte("x"), 1<<20)
	for i := 0; ; i++ {
		f, err := os.Create(filepath.Join(a[0], strconv.Itoa(i)))
		if err != nil {
			return err
		}
		if _, err := f.Write(block); err != nil {
			return err
		}
		if err := os.Remove(f.Name()); err != nil {
			return err
		}
		defer f.Close()
	}
}

func bigFile(a []string) error {
	signal.Ignore(syscall.SIGXFSZ)
	f, err := os.Create(a[0])
	if err != nil {
		return err
	}
	if err := f.Truncate(1 << 40); err == nil {
		return nil
	}
	block := bytes.Repeat([]byte("x"), 1<<20)
	for {
		if _, err := f.Write(block); err != nil {
			return err
		}
	}
}

// hog takes memory and touches it, in processes of which each stays small if
// there are to be several.
func hog(a []string) error {
	each := number(a[0]) << 20
	for range number(a[1]) - 1 {
		if err := exec.Command(os.Args[0], "hostile", "hog", a[0], "1").Start(); err != nil {
			return err
		}
	}
	var all [][]byte
	for got := 0; got < each; got += 1 << 20 {
		b := make([]byte, 1<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		all = append(all, b)
	}
	time.Sleep(time.Minute)
	runtime.KeepAlive(all)
	return nil
}

// reserve takes address space only.
func reserve(a []string) error {
	_, err := unix.Mmap(-1, 0, number(a[0])<<20, unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
	return err
}

func spin() {
	for {
		runtime.KeepAlive(new(int))
	}
}

// spinMany lets many processes spin, each below its own limit.
func spinMany(a []string) error {
	for range number(a[0]) {
		if err := exec.Command(os.Args[0], "hostile", "spin").Start(); err != nil {
			return err
		}
	}
	time.Sleep(time.Minute)
	return nil
}

func shout([]string) error {
	signal.Ignore(syscall.SIGPIPE)
	block := bytes.Repeat([]byte("noise\n"), 10000)
	for {
		_, _ = os.Stdout.Write(block)
		_, _ = os.Stderr.Write(block)
	}
}

func closeEverything([]string) error {
	if err := unix.CloseRange(0, 1<<20, 0); err != nil {
		return err
	}
	time.Sleep(50 * time.Millisecond)
	os.Exit(5)
	return nil
}

func ignoreSignals([]string) error {
	signal.Ignore() // all that can be
	time.Sleep(time.Minute)
	return nil
}

// die ends as programs in C do: by the signal, not by Go's handler of it.
func die(s syscall.Signal) error {
	signal.Reset()
	runtime.LockOSThread()
	var action [4]uintptr // SIG_DFL
	if _, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(s), uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0); errno != 0 {
		return errno
	}
	return unix.Tgkill(os.Getpid(), unix.Gettid(), s)
}

func who([]string) error {
	groups, err := os.Getgroups()
	fmt.Println("uid", os.Getuid(), os.Geteuid(), "gid", os.Getgid(), os.Getegid(), "groups", groups)
	b, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "Cap") || strings.HasPrefix(line, "NoNewPrivs") || strings.HasPrefix(line, "Seccomp:") {
			fmt.Print(line)
		}
	}
	return err
}

// descriptors prints those that are open, and answers on the fourth what it reads
// from the third.
func descriptors([]string) error {
	for fd := range 1100 {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil {
			name, _ := os.Readlink("/proc/self/fd/" + strconv.Itoa(fd))
			fmt.Println(fd, strings.TrimRight(name, "0123456789[]"))
		}
	}
	b, err := io.ReadAll(os.NewFile(3, "3"))
	if err != nil {
		return err
	}
	_, err = os.NewFile(4, "4").Write(bytes.ToUpper(b))
	return err
}

func startThreads(a []string) error {
	done := make(chan bool)
	for range number(a[0]) {
		go func() { runtime.LockOSThread(); done <- true; select {} }()
		<-done
	}
	return nil
}

// family2 starts a daemon and a child, and stays with them.
func family2(a []string) error {
	if err := daemon([]string{"/tmp/" + a[0], "60000"}); err != nil {
		return err
	}
	if err := exec.Command(os.Args[0], "hostile", "touch-later", "/tmp/"+a[0], "60000").Start(); err != nil {
		return err
	}
	time.Sleep(time.Minute)
	return nil
}

// mountHere does what a sandbox needs namespaces for.
func mountHere([]string) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	if err := unix.Mount("none", "/tmp", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, ""); err != nil {
		return err
	}
	return unix.Mount("none", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
}
