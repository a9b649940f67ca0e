package index

import (
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
)

// DefaultURL is the index that is asked if no other is named: the Python Package
// Index. It is the only host that stands anywhere in this program.
const DefaultURL = "https://pypi.org/simple/"

// Caps on what is read, in bytes. The largest pages on the public index are some
// thirty MiB; a page over the cap fails rather than fills the memory.
const (
	MaxPage     = 128 << 20 // a project page, a page of links, a JSON document
	MaxMetadata = 32 << 20  // a metadata file
	MaxRanges   = 64 << 20  // all parts of one wheel together
	MaxFile     = 2 << 30   // a file that has to be read whole
)

// Options say where to look and how. Only Now is needed always, and Doer unless
// everything is local or offline.
type Options struct {
	// Indexes are URLs of simple repositories, or directories as paths or file
	// URLs: one with a folder for each project (PEP 503), or flat. Nil means
	// DefaultURL. They may hold credentials.
	Indexes []string
	// Pinned names, by project, the index that alone may serve it, whether it is
	// among Indexes or not (uv's explicit indexes).
	Pinned map[string]string
	// FindLinks are further places of files: directories, files, or HTML pages
	// with links.
	FindLinks []string
	// NoIndex asks no index, only FindLinks.
	NoIndex bool

	// Offline makes no request: what is in the cache holds whatever its age.
	Offline bool
	// Refresh asks for each page again, however fresh the cached one is.
	Refresh bool
	// ExcludeNewer, unless zero, hides the files that an index got at that moment
	// or later, and those of which it says nothing.
	ExcludeNewer time.Time

	// CacheDir is the cache's directory, "" for no cache.
	CacheDir string
	// Passing is for those who go through very many projects and call [Client.Forget]
	// for each: what is read from the cache does not stay in memory.
	Passing bool
	// Now is the clock.
	Now func() time.Time

	// Doer sends single requests: a transport with limits and the like around
	// it. Redirects, credentials and retries are added here.
	Doer fetch.Doer
	// Netrc has credentials for hosts whose URLs have none; nil for none.
	Netrc *fetch.Netrc
	// Retry says how to try again. Its Now may be left out.
	Retry fetch.RetryOptions
}
