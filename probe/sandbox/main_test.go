package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What the tests run as wardens, jails and hostile programs is this executable.
func TestMain(m *testing.M) {
	if code, ours := ChildMain(os.Args); ours {
		os.Exit(code)
	}
	if len(os.Args) > 2 && os.Args[1] == "hostile" {
		os.Exit(hostileMain(os.Args[2], os.Args[3:]))
	}
	code := m.Run()
	_ = os.RemoveAll(programDir())
	os.Exit(code)
}

// hostileMain does a deed and says how that went.
func hostileMain(name string, args []string) int {
	deed := deeds()[name]
	if deed == nil {
		fmt.Println("no such deed:", name)
		return 99
	}
	if err := deed(args); err != nil {
		fmt.Println("denied:", err)
		return 0
	}
	fmt.Println("done")
	return 0
}

func now() time.Time { return time.Now() }

// programDir is where this executable is put for everybody to read.
func programDir() string {
	return filepath.Join(os.TempDir(), fmt.Sprintf("ftpkg-sandbox-%d", os.Getpid()))
}
