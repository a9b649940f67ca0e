package sandbox

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// programVariable names the program that does deeds, where the tests run once
// more, as a user of no rights.
const programVariable = "FTPKG_SANDBOX_PROGRAM"

// What holds for root must hold for everybody.
func TestAsNobody(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Logf("all other tests run as user %d anyway", os.Geteuid())
		return
	}
	const nobody = 65534
	tmp := openDir(t)
	if err := os.Chown(tmp, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tests, program := filepath.Join(tmp, "sandbox.test"), filepath.Join(tmp, "program")
	for from, to := range map[string]string{self: tests, testProgram(t): program} {
		if err := copyFile(from, to); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"-test.skip=^TestAsNobody$|^TestPython|^TestAsRoot"}
	if testing.Verbose() {
		args = append(args, "-test.v")
	}
	if testing.Short() {
		args = append(args, "-test.short")
	}
	c := exec.CommandContext(t.Context(), tests, args...)
	c.Dir = tmp
	c.Env = append(os.Environ(), programVariable+"="+program, "TMPDIR="+tmp, "HOME="+tmp)
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); err != nil {
		t.Errorf("as nobody: %v\n%s", err, out.String())
	}
	if testing.Verbose() {
		t.Log(out.String())
	}
}
