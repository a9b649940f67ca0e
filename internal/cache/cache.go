package cache

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// format names the folder of all buckets. It changes with the formats, so that
// versions of the program that disagree don't meet.
const (
	formatPrefix = "index-v"
	format       = formatPrefix + "1"
)

// Cache is a directory of buckets. It is safe for concurrent use, by several
// processes too. A nil *Cache holds nothing and keeps nothing.
type Cache struct {
	// Unmapped has pages read into memory that is given back, not mapped for good: for
	// those who go through very many. It must be set before anything is read.
	Unmapped bool

	dir string

	mu     sync.Mutex
	err    error // why nothing is written any more
	marked bool  // CACHEDIR.TAG is there
}

// Open returns the cache in dir, which is made when something is first kept.
func Open(dir string) *Cache { return &Cache{dir: dir} }

// Dir returns the cache's directory, "" for a nil cache.
func (c *Cache) Dir() string {
	if c == nil {
		return ""
	}
	return c.dir
}

// Err returns why the cache is no longer written to, nil if it is.
func (c *Cache) Err() error {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// fail stops all further writing: a disk that is full for one file is full for
// the next, too.
func (c *Cache) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
	}
}

// Bucket is the part of a cache that belongs to one index. A nil *Bucket holds
// nothing and keeps nothing.
type Bucket struct {
	cache *Cache
	dir   string
}

// Bucket returns the bucket of an index, whose URL should be without
// credentials: of those, even a digest is nothing to leave on a disk.
func (c *Cache) Bucket(url string) *Bucket {
	if c == nil {
		return nil
	}
	sum := sha256.Sum256([]byte(url))
	return &Bucket{c, filepath.Join(c.dir, format, hex.EncodeToString(sum[:16]))}
}

// The files of a bucket. The prefixes also keep names that mean a device on
// Windows ("con", "aux") from standing alone.
const (
	pagePrefix = "page-"
	logPrefix  = "meta-"
	tempPrefix = "tmp-"
)

// maxName is the longest name that is put into a file name as it is.
const maxName = 120

// path returns the path of a project's file. Names that could be anything but a
// plain file name are replaced by a digest.
func (b *Bucket) path(prefix, name string) string {
	plain := name != "" && len(name) <= maxName
	for i := range len(name) {
		c := name[i]
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' && i > 0) {
			plain = false
		}
	}
	if !plain {
		sum := sha256.Sum256([]byte(name))
		name = "=" + hex.EncodeToString(sum[:16])
	}
	return filepath.Join(b.dir, prefix+name)
}

// Temp returns a directory for files in use, "" if there is none.
func (c *Cache) Temp() string {
	if c == nil || c.Err() != nil {
		return ""
	}
	dir := filepath.Join(c.dir, format)
	if err := c.makeDir(dir); err != nil {
		return ""
	}
	return dir
}

// readFile reads a file of at most limit bytes. What cannot be read counts as
// absent.
func readFile(path string, limit int64) []byte { return load(path, limit, false) }

// mapSize is from what size on a file is mapped rather than read, in bytes.
const mapSize = 64 << 10

// load is readFile, and maps large files if asked to. To read the pages of fifty
// projects is to copy twenty megabytes into as much fresh memory, most of it
// never looked at: mapped, it took 3 ms instead of 11. Only files that are
// replaced whole, and never written to where data stands, may be mapped.
func load(path string, limit int64, mapped bool) []byte {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() > limit {
		return nil
	}
	if mapped && info.Size() >= mapSize {
		if b := mapFile(f, int(info.Size())); b != nil {
			return b
		}
	}
	b := make([]byte, info.Size())
	n, _ := f.ReadAt(b, 0) // shorter than a moment ago? The checksums will tell.
	return b[:n]
}

// isTemp reports whether a file was left by a process that didn't finish.
func isTemp(name string) bool { return strings.HasPrefix(name, tempPrefix) }
