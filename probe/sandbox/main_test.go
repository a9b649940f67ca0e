package sandbox

import (
	"os"
	"testing"
	"time"
)

// What the tests run as wardens, jails and hostile programs is this executable.
func TestMain(m *testing.M) {
	if code, ours := ChildMain(os.Args); ours {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

func self(t testing.TB) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func now() time.Time { return time.Now() }
