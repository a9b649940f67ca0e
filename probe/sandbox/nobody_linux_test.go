package sandbox

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// asNobody is set where the tests run once more, as a user of no rights.
const asNobody = "FTPKG_SANDBOX_AS_NOBODY"

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
	program := filepath.Join(tmp, "sandbox.test")
	if err := copyFile(testProgram(t), program); err != nil {
		t.Fatal(err)
	}
	args := []string{"-test.skip=^TestAsNobody$|^TestPython|^TestAsRoot"}
	if testing.Verbose() {
		args = append(args, "-test.v")
	}
	if testing.Short() {
		args = append(args, "-test.short")
	}
	c := exec.CommandContext(t.Context(), program, args...)
	c.Dir = tmp
	c.Env = append(os.Environ(), asNobody+"=1", "TMPDIR="+tmp, "HOME="+tmp)
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
