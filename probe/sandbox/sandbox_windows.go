package sandbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// system is what New found out.
type system struct {
	token bool // programs get a token of fewer rights
}

// detect finds out what holds here.
func (s *Sandbox) detect(ctx context.Context) error {
	if s.opt.Mode == vocab.SandboxOff {
		s.report = Report{Level: vocab.LevelNone, Layers: []string{"job object"}}
		return nil
	}
	s.report = Report{Level: vocab.LevelPartial, Layers: []string{"job object"}, Missing: []string{
		"network: not denied",
		"reading: what the user may read is not denied",
	}}
	s.system.token = true
	exit, err := s.run(ctx, &Cmd{Path: s.opt.Self, Args: []string{Entry, "check"}, Policy: Policy{Wall: 20 * time.Second}})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		s.system.token = false
		s.report.Missing = append(s.report.Missing, "restricted token: "+err.Error())
	case exit.Code != 0:
		s.system.token = false
		s.report.Missing = append(s.report.Missing, fmt.Sprintf("restricted token: exit status %d", exit.Code))
	default:
		s.report.Layers = append(s.report.Layers, "restricted token", "low integrity")
	}
	return nil
}

// childMain is the check's program: that it starts is what is checked.
func childMain(args []string) int {
	if len(args) == 1 && args[0] == "check" {
		return 0
	}
	return 2
}

// run runs a program in a job object that ends with us, at low integrity: it can
// write nowhere but to what is labelled so.
func (s *Sandbox) run(ctx context.Context, cmd *Cmd) (*Exit, error) {
	exit, err := s.runJob(ctx, cmd)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %s: %w", cmd.Path, err)
	}
	return exit, nil
}

func (s *Sandbox) runJob(ctx context.Context, cmd *Cmd) (*Exit, error) {
	p := cmd.Policy.withDefaults()
	for _, list := range [][]string{p.Read, p.Write} {
		for _, path := range list {
			if err := checkPlace(path); err != nil {
				return nil, err
			}
		}
	}
	job, err := newJobObject(&p)
	if err != nil {
		return nil, err
	}
	defer func() { _ = windows.CloseHandle(job) }() // which ends whatever is still in it
	c := exec.Command(cmd.Path, cmd.Args...)        //nolint:gosec,noctx // it is what a sandbox is for; watch ends it
	c.Env = environment(cmd.Env)
	c.Dir = cmp.Or(cmd.Dir, p.Scratch)
	c.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_SUSPENDED | windows.CREATE_NEW_PROCESS_GROUP | windows.CREATE_NO_WINDOW}
	for _, f := range cmd.Extra {
		c.SysProcAttr.AdditionalInheritedHandles = append(c.SysProcAttr.AdditionalInheritedHandles, syscall.Handle(f.Fd()))
	}
	if s.system.token {
		token, err := lowToken()
		if err != nil {
			return nil, err
		}
		defer func() { _ = token.Close() }()
		c.SysProcAttr.Token = syscall.Token(token)
		for _, dir := range append([]string{p.Scratch}, p.Write...) {
			if err := labelLow(dir); err != nil {
				return nil, err
			}
		}
	}
	return s.watchJob(ctx, cmd, c, job, &p)
}

// environment adds what no program on Windows starts without.
func environment(env []string) []string {
	for _, e := range env {
		if strings.HasPrefix(strings.ToUpper(e), "SYSTEMROOT=") {
			return env
		}
	}
	root, err := windows.GetSystemWindowsDirectory()
	if err != nil {
		return append([]string{}, env...)
	}
	return append([]string{"SYSTEMROOT=" + root}, env...)
}

func (s *Sandbox) watchJob(ctx context.Context, cmd *Cmd, c *exec.Cmd, job windows.Handle, p *Policy) (*Exit, error) {
	var pipes [2][2]*os.File
	for i := range pipes {
		r, w, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		defer func() { _, _ = r.Close(), w.Close() }() // what is closed by then stays closed
		pipes[i] = [2]*os.File{r, w}
	}
	c.Stdout, c.Stderr = pipes[0][1], pipes[1][1]
	var drains []*drain
	for i, w := range []io.Writer{cmd.Stdout, cmd.Stderr} {
		d, err := newDrain(pipes[i][0], w)
		if err != nil {
			return nil, err
		}
		drains = append(drains, d)
	}
	var inputR, inputW *os.File
	if cmd.Stdin != nil {
		var err error
		if inputR, inputW, err = os.Pipe(); err != nil {
			return nil, err
		}
		defer func() { _, _ = inputR.Close(), inputW.Close() }()
		c.Stdin = inputR
	}
	began := s.opt.Now()
	if err := c.Start(); err != nil {
		return nil, err
	}
	err := admit(job, c.Process.Pid)
	if err != nil {
		_ = c.Process.Kill()
		_ = c.Wait()
		return nil, err
	}
	if inputW != nil {
		feed(inputW, cmd.Stdin)
	}
	_, _ = pipes[0][1].Close(), pipes[1][1].Close()
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	exit := &Exit{Code: -1}
	deadline := time.NewTimer(p.Wall)
	defer deadline.Stop()
	select {
	case <-ended:
	case <-ctx.Done():
		exit.Killed = KillCancelled
	case <-deadline.C:
		exit.Killed = KillTimeout
	}
	account(job, p, exit)
	_ = windows.TerminateJobObject(job, 1)
	if exit.Killed == KillCancelled || exit.Killed == KillTimeout {
		<-ended
	}
	exit.Wall = s.opt.Now().Sub(began)
	exit.CPU = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	describe(exit, uint32(c.ProcessState.ExitCode()))
	for _, d := range drains {
		err = errors.Join(err, d.finish())
	}
	return exit, err
}

// describe says how a status came about: those of a crash are numbers of the
// system, above all that programs return.
func describe(exit *Exit, status uint32) {
	exit.Code = int(status)
	if status >= 0xC0000000 {
		exit.Code, exit.Signal = -1, fmt.Sprintf("0x%08X", status)
		if status == uint32(windows.STATUS_ACCESS_VIOLATION) {
			exit.Signal = "ACCESS_VIOLATION"
		}
	}
}

// newJobObject returns a job object with the limits of a policy.
func newJobObject(p *Policy) (windows.Handle, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return 0, fmt.Errorf("create a job object: %w", err)
	}
	info := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{
		BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{
			PerJobUserTimeLimit: int64(p.CPU / 100), // in units of 100 ns
			LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | windows.JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION |
				windows.JOB_OBJECT_LIMIT_ACTIVE_PROCESS | windows.JOB_OBJECT_LIMIT_JOB_MEMORY | windows.JOB_OBJECT_LIMIT_JOB_TIME,
			ActiveProcessLimit: uint32(p.Processes),
		},
		JobMemoryLimit: uintptr(p.Memory),
	}
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info))) //nolint:gosec // how the system is told
	if err != nil {
		_ = windows.CloseHandle(job)
		return 0, fmt.Errorf("limit a job object: %w", err)
	}
	return job, nil
}

// admit puts a process that was started asleep into the job, and wakes it.
func admit(job windows.Handle, pid int) error {
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE|windows.PROCESS_SUSPEND_RESUME, false, uint32(pid))
	if err != nil {
		return fmt.Errorf("open the process: %w", err)
	}
	defer func() { _ = windows.CloseHandle(process) }()
	if err := windows.AssignProcessToJobObject(job, process); err != nil {
		return fmt.Errorf("put the process in its job: %w", err)
	}
	resume := windows.NewLazySystemDLL("ntdll.dll").NewProc("NtResumeProcess")
	if err := resume.Find(); err != nil {
		return err
	}
	if status, _, _ := resume.Call(uintptr(process)); status != 0 {
		return fmt.Errorf("resume the process: %w", windows.NTStatus(status))
	}
	return nil
}

// account reads from a job what it used, and which limit it has reached.
func account(job windows.Handle, p *Policy, exit *Exit) {
	var limits windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	err := windows.QueryInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)), nil) //nolint:gosec // how the system is asked
	if err == nil {
		exit.MaxRSS = int64(limits.PeakProcessMemoryUsed)
	}
	var times struct { // JOBOBJECT_BASIC_ACCOUNTING_INFORMATION
		User, Kernel, PeriodUser, PeriodKernel      int64
		Faults, Processes, ActiveProcesses, Stopped uint32
	}
	err2 := windows.QueryInformationJobObject(job, windows.JobObjectBasicAccountingInformation, uintptr(unsafe.Pointer(&times)), uint32(unsafe.Sizeof(times)), nil) //nolint:gosec // how the system is asked
	if err2 == nil && exit.Killed == KillNone {
		exit.Left = int(times.ActiveProcesses)
	}
	switch {
	case exit.Killed != KillNone:
	case err2 == nil && time.Duration(times.User)*100 >= p.CPU:
		exit.Killed = KillCPU
	case err == nil && int64(limits.PeakJobMemoryUsed) >= p.Memory-p.Memory/50:
		exit.Killed = KillMemory
	}
}

// lowToken returns our own token without privileges, at low integrity.
func lowToken() (windows.Token, error) {
	var own windows.Token
	if err := windows.OpenProcessToken(windows.CurrentProcess(), windows.TOKEN_DUPLICATE|windows.TOKEN_QUERY|windows.TOKEN_ASSIGN_PRIMARY|windows.TOKEN_ADJUST_DEFAULT, &own); err != nil {
		return 0, fmt.Errorf("open our token: %w", err)
	}
	defer func() { _ = own.Close() }()
	create := windows.NewLazySystemDLL("advapi32.dll").NewProc("CreateRestrictedToken")
	if err := create.Find(); err != nil {
		return 0, err
	}
	const disableMaxPrivilege, luaToken = 1, 4
	var token windows.Token
	if ok, _, err := create.Call(uintptr(own), disableMaxPrivilege|luaToken, 0, 0, 0, 0, 0, 0, uintptr(unsafe.Pointer(&token))); ok == 0 { //nolint:gosec // how the system is asked
		return 0, fmt.Errorf("restrict our token: %w", err)
	}
	low, err := windows.CreateWellKnownSid(windows.WinLowLabelSid)
	if err == nil {
		label := windows.Tokenmandatorylabel{Label: windows.SIDAndAttributes{Sid: low, Attributes: windows.SE_GROUP_INTEGRITY}}
		err = windows.SetTokenInformation(token, windows.TokenIntegrityLevel, (*byte)(unsafe.Pointer(&label)), label.Size()) //nolint:gosec // how the system is told
	}
	if err != nil {
		_ = token.Close()
		return 0, fmt.Errorf("lower our token: %w", err)
	}
	return token, nil
}

// labelLow lets programs of low integrity write below a directory.
func labelLow(dir string) error {
	if dir == "" {
		return nil
	}
	sd, err := windows.SecurityDescriptorFromString("S:(ML;OICI;NW;;;LW)")
	if err != nil {
		return err
	}
	acl, _, err := sd.SACL()
	if err != nil {
		return err
	}
	if err := windows.SetNamedSecurityInfo(dir, windows.SE_FILE_OBJECT, windows.LABEL_SECURITY_INFORMATION, nil, nil, nil, acl); err != nil {
		return &os.PathError{Op: "label", Path: dir, Err: err}
	}
	return nil
}
