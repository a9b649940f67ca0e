package sandbox

import (
	"io/fs"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// usage is what a run has put on the disk.
type usage struct {
	before  int64         // in the directories of the job when it began
	known   bool          // before is
	skipped time.Duration // since the directories were last walked
}

// full reports whether the run has used up its bytes. It walks directories only
// so often that the program doesn't feel it, but at once if procs is nil.
func (u *usage) full(j *job, procs []process) bool {
	if j.Layers.Namespaces && scratchFull("/tmp") {
		return true
	}
	var dirs []string
	if !j.Layers.Namespaces && j.Scratch != "" {
		dirs = append(dirs, string(j.Scratch))
	}
	dirs = append(dirs, stringsOf(j.Write)...)
	if len(dirs) == 0 {
		return false
	}
	if !u.known {
		u.before, u.known = occupied(dirs, nil), true
		return false
	}
	if u.skipped += look; procs != nil && u.skipped < 5*look {
		return false
	}
	u.skipped = 0
	return occupied(dirs, procs)-u.before > j.ScratchBytes
}

// scratchFull reports whether a file system of limited size has no room left.
func scratchFull(path string) bool {
	var st unix.Statfs_t
	return unix.Statfs(path, &st) == nil && (st.Bavail == 0 || st.Ffree == 0)
}

// occupied returns how many bytes the files below directories take, and those
// that have no name any more but that a process still has open.
func occupied(dirs []string, procs []process) int64 {
	var total int64
	type inode struct{ dev, ino uint64 }
	seen := map[inode]bool{}
	devices := map[uint64]bool{}
	count := func(st *unix.Stat_t) {
		if id := (inode{st.Dev, st.Ino}); !seen[id] {
			seen[id] = true
			total += st.Blocks * 512
		}
	}
	for _, dir := range dirs {
		_ = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			var st unix.Stat_t
			if err == nil && unix.Lstat(path, &st) == nil {
				devices[st.Dev] = true
				count(&st)
			}
			return nil // what vanished or can't be looked into is passed over
		})
	}
	for _, p := range procs {
		dir := "/proc/" + strconv.Itoa(p.pid) + "/fd"
		for _, fd := range pids(dir) {
			var st unix.Stat_t
			if unix.Stat(dir+"/"+strconv.Itoa(fd), &st) == nil && st.Nlink == 0 && devices[st.Dev] {
				count(&st)
			}
		}
	}
	return total
}
