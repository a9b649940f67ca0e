package store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func mountModes() map[string]func(context.Context, string) error {
	return map[string]func(context.Context, string) error{"disk": childDisk}
}

// noMount is what a child says that may not mount anything.
const noMount = "this system lets nobody mount"

// childDisk updates a store on a disk of 8 MB that something else fills up, and that
// nobody but this process sees. The store is copied to the place in the end.
func childDisk(ctx context.Context, place string) error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		fmt.Println(noMount+":", err)
		return nil
	}
	dir := filepath.Join(filepath.Dir(place), "disk")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=8m"); err != nil {
		fmt.Println(noMount+":", err)
		return nil
	}
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 7500<<10), 0o644); err != nil {
		return err
	}
	where := filepath.Join(dir, "track.db")
	if err := fill(ctx, where, func() error { return os.Remove(ballast) }); err != nil {
		return err
	}
	from, err := os.Open(where)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.Create(place)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Close())
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	where := filepath.Join(t.TempDir(), "track.db")
	cmd := child("disk", where)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if strings.Contains(string(out), noMount) || err != nil && cmd.ProcessState == nil {
		t.Log(err) // TestLimitedFiles tests the same as far as it goes
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "the disk is full") {
		t.Errorf("it does not say why: %s", out)
	}
	checkFilled(t, where)
}
