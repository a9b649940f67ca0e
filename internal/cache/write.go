package cache

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// tag marks the directory as a cache for backup programs.
const (
	tagFile = "CACHEDIR.TAG"
	tagText = "Signature: 8a477f597d28d172789f06886806bc55\n# This directory holds files that can be fetched again.\n"
)

// Mark marks a directory as a cache for backup programs, if it is not yet.
func Mark(dir string) error {
	path := filepath.Join(dir, tagFile)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	return os.WriteFile(path, []byte(tagText), 0o600)
}

// makeDir makes a bucket's directory, and marks the cache as one.
func (c *Cache) makeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		c.fail(err)
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.marked {
		if err := Mark(c.dir); err != nil {
			if c.err == nil {
				c.err = err
			}
			return err
		}
		c.marked = true
	}
	return nil
}

// replace puts a file in place of the one at path, whole or not at all.
func (c *Cache) replace(path string, parts ...[]byte) error {
	return c.write(path, os.Rename, parts...)
}

// create is replace for a file that isn't there yet. It reports false, and does
// nothing, if another process has made one meanwhile.
func (c *Cache) create(path string, content []byte) (bool, error) {
	created := true
	err := c.write(path, func(temp, path string) error {
		err := os.Link(temp, path)
		switch {
		case errors.Is(err, fs.ErrExist):
			created = false
		case err != nil: // a file system without links
			return os.Rename(temp, path)
		}
		return os.Remove(temp)
	}, content)
	return created, err
}

// write writes a temporary file beside path and lets place put it there.
func (c *Cache) write(path string, place func(temp, path string) error, parts ...[]byte) (err error) {
	if err := c.Err(); err != nil {
		return err
	}
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, tempPrefix+"*")
	if os.IsNotExist(err) {
		if err := c.makeDir(dir); err != nil {
			return err
		}
		f, err = os.CreateTemp(dir, tempPrefix+"*")
	}
	if err != nil {
		c.fail(err)
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
			c.fail(err)
		}
	}()
	for _, p := range parts {
		if _, err := f.Write(p); err != nil {
			_ = f.Close()
			return err
		}
	}
	if err := f.Close(); err != nil {
		return err
	}
	return place(f.Name(), path)
}

// appendTo appends b to the file at path in one write, so that what others
// append at the same moment stands before or behind it.
func (c *Cache) appendTo(path string, b []byte) (err error) {
	if err := c.Err(); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			c.fail(err)
		}
	}()
	const flags = os.O_WRONLY | os.O_APPEND | os.O_CREATE
	f, err := os.OpenFile(path, flags, 0o600)
	if os.IsNotExist(err) {
		if err := c.makeDir(filepath.Dir(path)); err != nil {
			return err
		}
		f, err = os.OpenFile(path, flags, 0o600)
	}
	if err != nil {
		return err
	}
	if _, err := f.Write(b); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
