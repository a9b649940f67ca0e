package index

import (
	"crypto/sha256"
	"sync"

	"github.com/ftpkg/ftpkg/internal/cache"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// An origin is the page that named a file: what it says is kept in that page's
// bucket, and no other page is answered from there.
type origin struct {
	bucket *cache.Bucket
	name   string
	// stamp changes whenever the page does.
	stamp [32]byte
	// stable says that what the page names without a digest is the same as long
	// as stamp is.
	stable bool
	// web says that the page came over the network and may not name local files.
	web bool

	once sync.Once
	kept *cache.Log
}

// log returns what is kept of the metadata of the page's files.
func (o *origin) log() *cache.Log {
	o.once.Do(func() { o.kept = o.bucket.Log(o.name) })
	return o.kept
}

// The kinds of keys that metadata is kept by.
const (
	keyMetadata = 'm' // the digest of the metadata file (PEP 714)
	keyFile     = 'f' // the digest of the file
	keyURL      = 'u' // digest of the file's URL and of the page that names it
)

// keys returns what a file's metadata can be kept by, the best first. There is
// always one.
func (o *origin) keys(url string, f *simple.File) []cache.Key {
	keys := make([]cache.Key, 0, 2)
	if isLocal(url) { // at hand, whatever a page says of it
		return append(keys, o.urlKey(url))
	}
	if f.Metadata.Offered && f.Metadata.HasSHA256 {
		keys = append(keys, cache.Key{Kind: keyMetadata, Sum: f.Metadata.SHA256})
	}
	if f.HasSHA256 {
		keys = append(keys, cache.Key{Kind: keyFile, Sum: f.SHA256})
	}
	if len(keys) == 0 {
		keys = append(keys, o.urlKey(url))
	}
	return keys
}

func (o *origin) urlKey(url string) cache.Key {
	h := sha256.New()
	h.Write(o.stamp[:])
	h.Write([]byte(url))
	return cache.Key{Kind: keyURL, Sum: [32]byte(h.Sum(nil))}
}

// trusted reports whether what the cache has under a key may be used.
func (c *Client) trusted(o *origin, k cache.Key) bool {
	return k.Kind != keyURL || c.o.Offline || o.stable && !c.o.Refresh
}
