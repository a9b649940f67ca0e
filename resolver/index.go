package resolver

import (
	"context"

	"github.com/ftpkg/ftpkg/resolver/simple"
)

// Index is where project pages and metadata come from. Implementations must be
// safe for concurrent use and must return the same pointer for the same project
// or metadata each time they are asked.
type Index interface {
	// Project returns the page of a normalised name. The error is
	// simple.ErrNoProject (errors.Is) when no index has the project.
	Project(ctx context.Context, name string) (*simple.Project, error)

	// Metadata returns a file's own core metadata. The error is
	// simple.ErrNoMetadata (errors.Is) when the file has none that can be read.
	Metadata(ctx context.Context, p *simple.Project, f *simple.File) (*simple.Metadata, error)

	// Direct returns a project that holds only the file at a URL.
	Direct(ctx context.Context, url string) (*simple.Project, error)

	// Cached reports whether Metadata would answer without a request.
	Cached(p *simple.Project, f *simple.File) bool
}
