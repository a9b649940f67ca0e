package checktest_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/probe/check/checktest"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// What is made for Linux is what it says: interpreters load it, and do with the GIL
// what the object declares.
func TestLoads(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Log("only Linux loads them")
		return
	}
	arch := map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
	for _, says := range []checktest.Says{checktest.Silent, checktest.Used, checktest.NotUsed} {
		for _, free := range []bool{true, false} {
			python := runtimetest.GIL(t)
			if free {
				python = runtimetest.FreeThreaded(t)
			}
			dir := t.TempDir()
			o := checktest.Elf(free).With(func(o *checktest.Object) {
				o.Says, o.Arch, o.Glibc = says, arch, map[string]int{"x86_64": 2, "arm64": 17}[arch]
			})
			if err := os.WriteFile(filepath.Join(dir, "_ext.so"), o.Bytes(), 0o755); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), python, "-I", "-c",
				"import sys; sys.path.insert(0, sys.argv[1]); import _ext; print(_ext.__name__, getattr(sys, '_is_gil_enabled', lambda: True)())", dir)
			out, err := cmd.CombinedOutput()
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			gil := !free || says != checktest.NotUsed
			if want := fmt.Sprintf("_ext %s", map[bool]string{true: "True", false: "False"}[gil]); err != nil || lines[len(lines)-1] != want {
				t.Errorf("free %v, says %v: %v: %s", free, says, err, out)
			}
		}
	}
}
