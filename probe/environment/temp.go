package environment

import (
	"os"
	"path/filepath"
	"strings"
)

// tempPrefix begins the names of folders in the making.
const tempPrefix = "tmp-"

// lockName is the file in such a folder that its process holds locked for as
// long as it lives.
const lockName = "lock"

// A tempDir is a folder in the making, of this process.
type tempDir struct {
	dir  string
	lock *os.File
}

// temp makes a temporary folder in the store, and removes those of processes
// that are gone.
func (s *Store) temp() (*tempDir, error) {
	if err := s.makeRoot(); err != nil {
		return nil, err
	}
	s.sweepOnce()
	for {
		dir, err := os.MkdirTemp(s.root, tempPrefix+"*")
		if err != nil {
			return nil, &StoreError{s.dir, err}
		}
		name := filepath.Join(dir, lockName)
		f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			_ = os.RemoveAll(dir)
			if os.IsNotExist(err) {
				continue
			}
			return nil, &StoreError{s.dir, err}
		}
		// Another process may sweep it away before it is locked, or be about to. A
		// file system without locks loses the sweeping, nothing else.
		if free, err := tryLock(f); err == nil && !free {
			_ = f.Close()
			continue
		}
		if here, err := os.Stat(name); err == nil {
			if mine, err := f.Stat(); err == nil && os.SameFile(here, mine) {
				return &tempDir{dir, f}, nil
			}
		}
		_ = f.Close()
	}
}

// close removes the folder with all that was not moved away.
func (t *tempDir) close() {
	// Windows removes no file that is open.
	_ = t.lock.Close()
	_ = os.RemoveAll(t.dir)
}

// sweepOnce sweeps when the store first writes something.
func (s *Store) sweepOnce() {
	s.mu.Lock()
	again := s.swept
	s.swept = true
	s.mu.Unlock()
	if again {
		return
	}
	entries, err := os.ReadDir(s.root)
	if err != nil {
		return
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), tempPrefix) {
			sweep(filepath.Join(s.root, e.Name()))
		}
	}
}

// sweep removes a temporary folder if the process that made it is gone: if
// nobody holds its lock. One without a lock may have been made this moment and
// is left alone.
func sweep(dir string) (swept bool) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR, 0)
	if err != nil {
		return false
	}
	free, err := tryLock(f)
	if err != nil || !free {
		_ = f.Close()
		return false
	}
	err = os.RemoveAll(dir)
	_ = f.Close()
	if err != nil {
		err = os.RemoveAll(dir) // Windows removes no file that is open
	}
	return err == nil
}
