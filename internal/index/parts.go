package index

import (
	"context"
	"fmt"
	"net/url"

	"github.com/ftpkg/ftpkg/internal/fetch"
)

// OpenParts opens the wheel at a URL (http or https) to read parts of it, with
// the directory of its archive already there. size is -1 if it is not known. All
// parts together are capped by [MaxRanges]; the caller may set another limit. The
// error wraps [fetch.ErrNoRanges] if the server sends whole files only: see
// [Client.Open]. ctx serves the reads that follow, too.
func (c *Client) OpenParts(ctx context.Context, rawURL string, size int64) (*fetch.Ranges, error) {
	u, err := url.Parse(c.creds.Take(rawURL))
	if err != nil {
		return nil, fmt.Errorf("%s: not a valid URL", fetch.Redact(rawURL))
	}
	u.Fragment, u.RawFragment = "", ""
	if c.o.Offline {
		return nil, &OfflineError{"the file", fetch.RedactURL(u)}
	}
	tail := int64(partsTail)
	if size > 0 {
		// A wheel's directory grows with the wheel, and a small one's is not worth
		// much more than itself.
		tail = min(tail, max(size/tailShare, minTail))
	}
	f, err := c.http.OpenRanges(ctx, fetch.Parts{URL: u.String(), Size: size, Tail: tail, Limit: MaxRanges})
	if err != nil {
		return nil, err
	}
	if off, ok := directoryStart(f, f.Size()); ok {
		if err := f.Prefetch(off, f.Size()-off); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// How much of a wheel's end is fetched to begin with, in bytes: at most
// partsTail, at least minTail, else one part in tailShare of the whole.
const (
	partsTail = 32 << 10
	minTail   = 4 << 10
	tailShare = 64
)
