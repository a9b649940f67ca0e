package cache

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Stats says how much is in a cache, or was removed from it.
type Stats struct {
	// Indexes, Pages and Logs count buckets, pages and logs of metadata. Other
	// counts leftovers and files of other versions.
	Indexes, Pages, Logs, Other int
	// Bytes is the size of all files together.
	Bytes int64
}

// IsZero reports whether there is nothing.
func (s Stats) IsZero() bool { return s == Stats{} }

// entry is a file of the cache.
type entry struct {
	path string
	info fs.FileInfo
	page bool
	log  bool
}

// Stats looks through the cache. A cache that isn't there is empty.
func (c *Cache) Stats() (Stats, error) {
	var s Stats
	if c == nil {
		return s, nil
	}
	err := c.walk(func(e entry) error { s = s.plus(e); return nil })
	if err != nil {
		return s, err
	}
	buckets, err := readDir(filepath.Join(c.dir, format))
	for _, b := range buckets {
		if b.IsDir() {
			s.Indexes++
		}
	}
	return s, err
}

func (s Stats) plus(e entry) Stats {
	s.Bytes += e.info.Size()
	switch {
	case e.page:
		s.Pages++
	case e.log:
		s.Logs++
	default:
		s.Other++
	}
	return s
}

// Clean removes everything the cache keeps, and nothing else that may be in its
// directory.
func (c *Cache) Clean() (Stats, error) {
	s, err := c.Stats()
	if c == nil || err != nil {
		return Stats{}, err
	}
	roots, err := c.roots()
	if err != nil {
		return Stats{}, err
	}
	for _, r := range roots {
		if err := os.RemoveAll(filepath.Join(c.dir, r)); err != nil {
			return Stats{}, err
		}
	}
	// Somebody else's mark stays.
	if tag := filepath.Join(c.dir, tagFile); string(readFile(tag, maxFile)) == tagText {
		if err := os.Remove(tag); err != nil && !os.IsNotExist(err) {
			return Stats{}, err
		}
	}
	_ = os.Remove(c.dir) // fails, as it should, if something else is in it
	return s, nil
}

// leftover is how old a temporary file must be to be nobody's any more.
const leftover = time.Hour

// Prune removes what is of no use: files of other versions, damaged ones, what
// processes that died left behind, and pages not checked, with logs not added
// to, for as long as unused. 0 keeps them whatever their age.
func (c *Cache) Prune(now time.Time, unused time.Duration) (Stats, error) {
	var removed Stats
	if c == nil {
		return removed, nil
	}
	err := c.walk(func(e entry) error {
		if !c.useless(e, now, unused) {
			return nil
		}
		if err := os.Remove(e.path); err != nil && !os.IsNotExist(err) {
			return err
		}
		removed = removed.plus(e)
		return nil
	})
	if err != nil {
		return removed, err
	}
	roots, err := c.roots()
	for _, r := range roots {
		buckets, err := readDir(filepath.Join(c.dir, r))
		if err != nil {
			return removed, err
		}
		for _, b := range buckets {
			// Removes only what is empty.
			if b.IsDir() && os.Remove(filepath.Join(c.dir, r, b.Name())) == nil && r == format {
				removed.Indexes++
			}
		}
		if r != format {
			_ = os.Remove(filepath.Join(c.dir, r))
		}
	}
	return removed, err
}

func (c *Cache) useless(e entry, now time.Time, unused time.Duration) bool {
	age := now.Sub(e.info.ModTime())
	switch {
	case e.page:
		p := decodePage(readFile(e.path, maxFile), true)
		return p == nil || unused > 0 && age > unused && now.Sub(p.Checked) > unused
	case e.log:
		// A log is of use as long as there is the page that names its files.
		page := pagePrefix + strings.TrimPrefix(filepath.Base(e.path), logPrefix)
		p := decodePage(readFile(filepath.Join(filepath.Dir(e.path), page), maxFile), false)
		return unused > 0 && age > unused && (p == nil || now.Sub(p.Checked) > unused)
	case isTemp(filepath.Base(e.path)):
		return age > leftover
	}
	return true
}

// roots returns the folders in the cache's directory that are the cache's.
func (c *Cache) roots() ([]string, error) {
	entries, err := readDir(c.dir)
	var roots []string
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), formatPrefix) {
			roots = append(roots, e.Name())
		}
	}
	return roots, err
}

// walk visits the cache's files.
func (c *Cache) walk(visit func(entry) error) error {
	roots, err := c.roots()
	if err != nil {
		return err
	}
	for _, r := range roots {
		err := filepath.WalkDir(filepath.Join(c.dir, r), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return gone(err)
			}
			info, err := d.Info()
			if err != nil {
				return gone(err)
			}
			current := r == format
			return visit(entry{
				path: path, info: info,
				page: current && strings.HasPrefix(d.Name(), pagePrefix),
				log:  current && strings.HasPrefix(d.Name(), logPrefix),
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// gone forgives a file that another process removed meanwhile.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func readDir(dir string) ([]fs.DirEntry, error) {
	entries, err := os.ReadDir(dir)
	return entries, gone(err)
}
