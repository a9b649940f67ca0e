package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// spareDir returns a directory of this user's alone among the temporary ones, for
// the runtime an ftpkg carries where there is no data directory, or one that can
// only be read. The next run finds it again.
func spareDir() (string, error) {
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("ftpkg-%d", os.Getuid()))
	if err := os.Mkdir(dir, 0o700); err == nil {
		return dir, nil
	}
	// Others may have made it, and could put an interpreter of theirs in it.
	if st, err := os.Lstat(dir); err == nil && st.IsDir() && isPrivate(st) {
		return dir, nil
	}
	return os.MkdirTemp("", "ftpkg-")
}
