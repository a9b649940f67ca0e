package index

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/cache"
	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// UploadTimes fills in the upload times of a project from this client, where its
// page lacks them, from the per-project JSON document beside the simple pages:
// …/simple/NAME/ and …/pypi/NAME/json. It changes p, so it must be called before
// p is used by others; with ExcludeNewer it has been. The error is
// [ErrNoUploadTimes] if the index has no such document. Times that the document
// lacks stay 0.
func (c *Client) UploadTimes(ctx context.Context, p *simple.Project) error {
	pg := c.pageOf(p)
	pg.mu.Lock()
	defer pg.mu.Unlock()
	if pg.times == nil {
		if len(pg.others) == 0 && !anyTime(p) && len(p.Releases) > 0 {
			return fmt.Errorf("project %s: index %s: %w", p.Name, p.Index, ErrNoUploadTimes)
		}
		return nil
	}
	if err := pg.times(ctx, p); err != nil {
		return fmt.Errorf("project %s: index %s: %w", p.Name, p.Index, err)
	}
	pg.times = nil
	return nil
}

// uploads fills in the upload times of p and keeps the page with them.
func (x *remote) uploads(ctx context.Context, name string, entry cache.Page, p *simple.Project) error {
	root, ok := strings.CutSuffix(x.root, "simple/")
	if !ok || !strings.HasSuffix(root, "/") {
		return ErrNoUploadTimes
	}
	if x.client.o.Offline {
		return &OfflineError{"upload times of project " + name, x.shown}
	}
	resp, err := x.client.http.Get(ctx, fetch.Request{
		URL: root + "pypi/" + name + "/json", Limit: MaxPage,
		Header: http.Header{"Accept": {"application/json"}},
	})
	if gone(err) {
		return ErrNoUploadTimes
	}
	if err != nil {
		return err
	}
	if err := simple.ApplyUploadTimes(p, resp.Body); err != nil {
		return fmt.Errorf("%s: %w", fetch.Redact(resp.URL), err)
	}
	entry.Complete = true
	x.keep(name, &entry, p)
	return nil
}

// exclude hides the files of an answer that are too new.
func (c *Client) exclude(ctx context.Context, a *answer) (*answer, error) {
	if c.o.ExcludeNewer.IsZero() || !a.origin.web {
		return a, nil
	}
	if a.times != nil {
		if err := a.times(ctx, a.project); err != nil {
			return nil, fmt.Errorf("index %s: %w", a.project.Index, err)
		}
	}
	if len(a.project.Releases) > 0 && !anyTime(a.project) {
		return nil, fmt.Errorf("index %s: %w", a.project.Index, ErrNoUploadTimes)
	}
	return &answer{project: before(a.project, c.o.ExcludeNewer), origin: a.origin}, nil
}

// before returns p with only the files that were there before a moment.
func before(p *simple.Project, cutoff time.Time) *simple.Project {
	q := *p
	q.Releases = nil
	for _, r := range p.Releases {
		var files []simple.File
		for _, f := range r.Files {
			if f.Uploaded != 0 && time.Unix(f.Uploaded, 0).Before(cutoff) {
				files = append(files, f)
			}
		}
		if len(files) > 0 {
			q.Releases = append(q.Releases, simple.Release{Version: r.Version, Files: files})
		}
	}
	return &q
}

// haveTimes reports whether all files have upload times.
func haveTimes(p *simple.Project) bool {
	for _, r := range p.Releases {
		for i := range r.Files {
			if r.Files[i].Uploaded == 0 {
				return false
			}
		}
	}
	return true
}

// anyTime reports whether some file has an upload time.
func anyTime(p *simple.Project) bool {
	for _, r := range p.Releases {
		for i := range r.Files {
			if r.Files[i].Uploaded != 0 {
				return true
			}
		}
	}
	return false
}
