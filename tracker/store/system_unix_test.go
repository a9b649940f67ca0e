//go:build unix

package store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/ftpkg/ftpkg/tracker/store"
	"github.com/ftpkg/ftpkg/tracker/store/storetest"
)

func systemModes() map[string]func(context.Context, string) error {
	modes := map[string]func(context.Context, string) error{"limit": childLimit, "rights": childRights}
	maps.Copy(modes, mountModes())
	return modes
}

// childLimit updates a store whose files may not grow any more, then may again.
func childLimit(ctx context.Context, place string) error {
	signal.Ignore(syscall.SIGXFSZ) // the write that is too much then fails
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	free := limit
	limit.Cur = 600 << 10
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	return fill(ctx, place, func() error { return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &free) })
}

// fill updates a store until there is no room, makes room, and goes on.
func fill(ctx context.Context, place string, makeRoom func() error) error {
	s, err := store.Open(ctx, place, frozen())
	if err != nil {
		return err
	}
	defer s.Close()
	err = doWork(ctx, s)
	if !errors.Is(err, store.ErrFull) && !errors.Is(err, store.ErrDisk) || !strings.Contains(err.Error(), place) {
		return fmt.Errorf("there was room: %w", err)
	}
	fmt.Println(err)
	before, err := s.Stats(ctx)
	if err != nil {
		return fmt.Errorf("read while there is no room: %w", err)
	}
	if err := makeRoom(); err != nil {
		return err
	}
	if err := doWork(ctx, s); err != nil {
		return fmt.Errorf("with room again: %w", err)
	}
	after, err := s.Stats(ctx)
	if err != nil || before.Rows["observation"] == 0 || before.Rows["observation"] >= after.Rows["observation"] {
		return fmt.Errorf("looks before and after: %d, %d, %w", before.Rows["observation"], after.Rows["observation"], err)
	}
	return nil
}

// checkFilled compares what a child left with what is left where there is room.
func checkFilled(t *testing.T, place string) {
	t.Helper()
	s := storetest.Open(t, place, frozen())
	if got, want := storetest.Dump(t, s), undisturbed(t); got != want {
		t.Errorf("%d bytes of facts, not %d", len(got), len(want))
	}
	r, err := s.Verify(t.Context())
	if err != nil || !r.OK() {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestLimitedFiles(t *testing.T) {
	t.Parallel()
	where := filepath.Join(t.TempDir(), "track.db")
	t.Log(runChild(t, child("limit", where)))
	checkFilled(t, where)
}

// childRights uses stores that it may only read.
func childRights(ctx context.Context, dir string) error {
	var errs []error
	expect := func(what string, err error, want error) {
		fmt.Println(what+":", err)
		if !errors.Is(err, want) || err == nil != (want == nil) || err != nil && !strings.Contains(err.Error(), dir) {
			errs = append(errs, fmt.Errorf("%s: %w, not %w", what, err, want))
		}
	}
	reading := frozen()
	reading.ReadOnly = true
	read := func(where string) error {
		s, err := store.Open(ctx, where, reading)
		if err != nil {
			return err
		}
		h, err := s.History(ctx, work().Name(1))
		if err == nil && len(h.Files) == 0 {
			err = errors.New("nothing was read")
		}
		return errors.Join(err, s.Close())
	}
	write := func(where string) error {
		s, err := store.Open(ctx, where, frozen())
		if err == nil {
			err = errors.Join(doWork(ctx, s), s.Close())
		}
		return err
	}
	for _, name := range []string{"closed", "pending"} {
		place := filepath.Join(dir, name, "track.db")
		expect("write "+name, write(place), store.ErrReadOnly)
		expect("new beside "+name, write(filepath.Join(dir, name, "new.db")), store.ErrReadOnly)
		expect("directory beside "+name, write(filepath.Join(dir, name, "new", "new.db")), store.ErrReadOnly)
	}
	expect("write secret", write(filepath.Join(dir, "secret.db")), store.ErrReadOnly)
	expect("read closed", read(filepath.Join(dir, "closed", "track.db")), nil)
	expect("read pending", read(filepath.Join(dir, "pending", "track.db")), store.ErrReadOnly)
	return errors.Join(errs...)
}

// A store that may only be read is read, and says that it cannot be written to.
func TestRights(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "ftpkg-rights-") //nolint:usetesting // others have to get into it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, d := range []string{"closed", "pending"} {
			_ = os.Chmod(filepath.Join(dir, d), 0o755)
		}
		os.RemoveAll(dir)
	})
	for _, name := range []string{"closed", "pending"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		s := storetest.Open(t, filepath.Join(dir, name, "track.db"), frozen())
		if err := doWork(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if name == "closed" {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	write(t, filepath.Join(dir, "secret.db"), "")
	for name, mode := range map[string]os.FileMode{
		".": 0o755, "secret.db": 0o444, "closed/track.db": 0o444, "closed": 0o555,
		"pending/track.db": 0o444, "pending/track.db-wal": 0o444, "pending/track.db-shm": 0o400, "pending": 0o555,
	} {
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	cmd := child("rights", dir)
	if os.Geteuid() == 0 {
		nobody, err := user.Lookup("nobody")
		if err != nil {
			t.Fatal(err)
		}
		uid, err1 := strconv.Atoi(nobody.Uid)
		gid, err2 := strconv.Atoi(nobody.Gid)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		cmd.Path = copyBinary(t, dir)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		cmd.Dir = "/"
	}
	t.Log(runChild(t, cmd))
}

// copyBinary copies the test binary to where others may run it.
func copyBinary(t *testing.T, dir string) string {
	t.Helper()
	path, err := exec.LookPath(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	from, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to, err := os.OpenFile(filepath.Join(dir, "store.test"), os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return to.Name()
}
