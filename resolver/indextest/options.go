package indextest

import "github.com/ftpkg/ftpkg/resolver/universe"

// Option changes how a universe is served.
type Option func(*config)

type config struct {
	serve          universe.Serve
	ranges         Ranges
	validator      Validator
	cacheControl   string
	user, password string
	gzip           bool
	noDocuments    bool
}

// Ranges is how a server answers requests for a part of a file.
type Ranges int

// The ways to answer.
const (
	// RangesServed answers with 206 and the part.
	RangesServed Ranges = iota
	// RangesIgnored answers with 200 and the whole file.
	RangesIgnored
	// SuffixRefused serves parts with a start and answers 416 to the last N
	// bytes ("bytes=-N").
	SuffixRefused
)

// Validator is what lets a client ask again without being sent the body again.
type Validator int

// The validators.
const (
	ETag Validator = iota
	LastModified
	// NoValidator sends every body again.
	NoValidator
)

// Speak says what the pages are: JSON where the client takes it (the default),
// HTML only, or HTML without metadata.
func Speak(s universe.Serve) Option { return func(c *config) { c.serve = s } }

// WithRanges says how requests for a part of a file are answered.
func WithRanges(r Ranges) Option { return func(c *config) { c.ranges = r } }

// WithValidator says what pages can be revalidated by.
func WithValidator(v Validator) Option { return func(c *config) { c.validator = v } }

// WithCacheControl sets the Cache-Control header of pages, "max-age=600" if not
// given, none if empty.
func WithCacheControl(v string) Option { return func(c *config) { c.cacheControl = v } }

// WithCredentials answers 401 to requests without this user and password.
func WithCredentials(user, password string) Option {
	return func(c *config) { c.user, c.password = user, password }
}

// WithGzip compresses pages for clients that take it.
func WithGzip() Option { return func(c *config) { c.gzip = true } }

// WithoutDocuments serves no per-project JSON documents.
func WithoutDocuments() Option { return func(c *config) { c.noDocuments = true } }
