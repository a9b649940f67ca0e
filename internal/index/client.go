package index

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ftpkg/ftpkg/internal/cache"
	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// Client is an index over indexes. It is safe for concurrent use; [Client.Close]
// waits for what it still has to write.
type Client struct {
	o       Options
	creds   *fetch.Credentials
	http    *fetch.Client
	cache   *cache.Cache
	indexes []source
	links   []*linkSource

	projects memo[string, *page]
	directs  memo[string, *page]

	// pinned are the indexes that alone may serve a project.
	pinned map[string]source

	mu       sync.Mutex
	pages    map[*simple.Project]*page
	warnings []string

	// writes are on their way to the cache.
	writes sync.WaitGroup
}

var _ resolver.Index = (*Client)(nil)

// A source is one index.
type source interface {
	// project returns what the index says of a project, nil if it hasn't got it.
	project(ctx context.Context, name string) (*answer, error)
	// String returns the index's URL without credentials.
	String() string
}

// An answer is one index's page of a project and where it is from.
type answer struct {
	project *simple.Project
	origin  *origin
	// times fills in upload times; nil if they are all there, or nobody knows.
	times func(context.Context, *simple.Project) error
	// written is closed once the project is in the cache, nil if it is or will
	// not be: until then it must not be changed.
	written <-chan struct{}
}

// A page is a project as the client gives it out.
type page struct {
	project *simple.Project
	times   func(context.Context, *simple.Project) error

	origin *origin            // of all files that are not in others
	others map[string]*origin // by file name

	metadata memo[cache.Key, *simple.Metadata]

	// tail is how much of a wheel's end it took to read its metadata, at most.
	tail atomic.Int64

	mu     sync.Mutex
	byKey  map[cache.Key]*simple.Metadata
	unique map[string]*simple.Metadata // by their compact form
}

// New returns a client. It makes no request yet, and no directory.
func New(o Options) (*Client, error) {
	if o.Now == nil {
		return nil, errors.New("index: no clock")
	}
	if o.Retry.Now == nil {
		o.Retry.Now = o.Now
	}
	if o.Doer == nil || o.Offline {
		o.Doer = nowhere{}
	}
	creds := &fetch.Credentials{Netrc: o.Netrc}
	c := &Client{o: o, creds: creds, pages: map[*simple.Project]*page{}, pinned: map[string]source{}}
	if o.CacheDir != "" {
		c.cache = cache.Open(o.CacheDir)
		c.cache.Unmapped = o.Passing
	}
	if o.Indexes == nil {
		o.Indexes = []string{DefaultURL}
	}
	if o.NoIndex {
		o.Indexes = nil
	}
	sources := map[string]source{} // one for each URL, however often it is named
	open := func(raw string) (source, error) {
		if x, ok := sources[raw]; ok {
			return x, nil
		}
		l, err := locate(creds.Take(raw))
		if err != nil {
			return nil, fmt.Errorf("index %w", err)
		}
		if l.path != "" {
			sources[raw] = &directory{client: c, root: l.path}
		} else {
			sources[raw] = newRemote(c, l.url)
		}
		return sources[raw], nil
	}
	for _, raw := range o.Indexes {
		x, err := open(raw)
		if err != nil {
			return nil, err
		}
		c.indexes = append(c.indexes, x)
	}
	for name, raw := range o.Pinned {
		x, err := open(raw)
		if err != nil {
			return nil, err
		}
		c.pinned[pep508.NormalizeName(name)] = x
	}
	for _, raw := range o.FindLinks {
		l, err := locate(creds.Take(raw))
		if err != nil {
			return nil, fmt.Errorf("find-links %w", err)
		}
		c.links = append(c.links, &linkSource{client: c, at: l})
	}
	d := fetch.FollowRedirects(fetch.Authenticate(o.Doer, creds), maxRedirects)
	c.http = fetch.NewClient(d, fetch.NewRetrier(o.Retry))
	return c, nil
}

// maxRedirects bounds the hops of one request.
const maxRedirects = 10

// Indexes returns the URLs of the indexes in the order they are asked, without
// credentials.
func (c *Client) Indexes() []string {
	urls := make([]string, len(c.indexes))
	for i, x := range c.indexes {
		urls[i] = x.String()
	}
	return urls
}

// Close waits until what was fetched is in the cache.
func (c *Client) Close() { c.writes.Wait() }

// Warnings returns what the user should hear, each thing once: that nothing
// could be cached, that a digest was wrong. It is complete after Close.
func (c *Client) Warnings() []string {
	c.mu.Lock()
	w := slices.Clone(c.warnings)
	c.mu.Unlock()
	if err := c.cache.Err(); err != nil {
		w = append(w, fmt.Sprintf("nothing is kept in the cache %s: %v", c.cache.Dir(), err))
	}
	return w
}

func (c *Client) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.warnings, text) {
		c.warnings = append(c.warnings, text)
	}
}

// later does work that nobody waits for before Close.
func (c *Client) later(work func()) { c.writes.Go(work) }

// give makes a page known, so that its files' metadata can be asked for.
func (c *Client) give(p *page) *page {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pages[p.project] = p
	return p
}

// pageOf returns the page of a project. One that is not from this client has no
// cache.
func (c *Client) pageOf(p *simple.Project) *page {
	c.mu.Lock()
	defer c.mu.Unlock()
	pg, ok := c.pages[p]
	if !ok {
		pg = &page{project: p, origin: &origin{name: p.Name, web: isWeb(p.Base)}}
		c.pages[p] = pg
	}
	return pg
}

// now is the clock, to the second: that is what the cache keeps.
func (c *Client) now() time.Time { return c.o.Now().Truncate(time.Second) }

// list joins the names of the indexes for an error.
func (c *Client) list() string {
	var names []string
	for _, x := range c.indexes {
		names = append(names, x.String())
	}
	for _, l := range c.links {
		names = append(names, l.at.String())
	}
	if len(names) == 0 {
		return "no index"
	}
	return strings.Join(names, ", ")
}
