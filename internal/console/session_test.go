package console

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// play plays a page. Its ftpkg prints where it runs, what is set, and its arguments,
// and ends with the number of its arguments.
func play(t *testing.T, root, own, markdown string) ([]string, error) {
	t.Helper()
	steps, err := Parse(markdown)
	if err != nil {
		t.Fatal(err)
	}
	s := Session{Root: root, Own: own, Run: func(dir string, variables map[string]string, args []string) (string, int, error) {
		where := "own"
		if dir == root {
			where = "root"
		}
		if len(args) > 0 && args[0] == "write" {
			return "wrote " + filepath.Join(own, "out.txt") + "\n", 0, os.WriteFile(filepath.Join(dir, "out.txt"), []byte("1\n2\n3\n"), 0o600)
		}
		return where + " " + variables["X"] + " " + strings.Join(args, " ") + "\n", len(args), nil
	}}
	return s.Play(steps)
}

func TestSession(t *testing.T) {
	t.Parallel()
	root, own := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "a.txt"), []byte("a\r\nb\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := play(t, root, own, "```console\n$ ftpkg x y\n$ echo $?\n$ echo $?\n$ go run ./cmd/ftpkg z | head -1\n$ cat a.txt\n$ cat a.txt | head -1\n$ ls\n```\n")
	want := []string{"root  x y\n", "2\n", "0\n", "root  z\n", "a\nb\n", "a\n", "a.txt\n"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("at the top: %v (-want +got):\n%s", err, diff)
	}
	got, err = play(t, root, own, "```txt file=sub/b.txt\nb\n```\n```console\n$ export X=1\n$ ftpkg x\n$ ftpkg write\n$ cat sub/b.txt\n$ ls\n$ ls sub\n```\n```txt file=sub/b.txt\nc\n```\n```console\n$ cat sub/b.txt\n```\n")
	want = []string{"b\n", "", "own 1 x\n", "wrote out.txt\n", "b\n", "out.txt\nsub\n", "b.txt\n", "c\n", "c\n"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("a page of its own: %v (-want +got):\n%s", err, diff)
	}
	if entries, err := os.ReadDir(root); err != nil || len(entries) != 1 {
		t.Errorf("a page left something at the top: %v, %v", entries, err)
	}
}

func TestSessionErrors(t *testing.T) {
	t.Parallel()
	for _, command := range []string{
		"rm -r .", "ftpkg x | sort", "ftpkg x | head", "cat ../x", "cat gone", "cat", "ls ../..", "export X", "ftpkg $X", "| head -1",
	} {
		_, err := play(t, t.TempDir(), t.TempDir(), "```console\n$ "+command+"\n```\n")
		var step *StepError
		if !errors.As(err, &step) || step.Step.Command != command {
			t.Errorf("%s: %v", command, err)
		}
	}
	if _, err := play(t, t.TempDir(), t.TempDir(), "```txt file=../x\nx\n```\n"); err == nil {
		t.Error("a file outside of the directory was written")
	}
}
