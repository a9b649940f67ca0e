package index

import (
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// merge makes one page of what an index and the places of FindLinks have of a
// project, nil if that is nothing. Of files with the same name the first stays:
// those of FindLinks, in their order, before the index's.
func (c *Client) merge(name string, a *answer, links []linked) *page {
	if len(links) == 0 {
		if a == nil {
			return nil
		}
		return &page{project: a.project, origin: a.origin, times: a.times}
	}
	pg := &page{origin: links[0].origin, others: map[string]*origin{}}
	var files []simple.RawFile
	var skipped []simple.Skipped
	add := func(p *simple.Project, o *origin) {
		for _, r := range p.Releases {
			for i := range r.Files {
				f := &r.Files[i]
				if _, ok := pg.others[f.Filename]; ok {
					continue
				}
				pg.others[f.Filename] = o
				files = append(files, raw(p, f))
			}
		}
		skipped = append(skipped, p.Skipped...)
	}
	for _, l := range links {
		add(l.project, l.origin)
	}
	if a != nil {
		add(a.project, a.origin)
		pg.origin, pg.times = a.origin, a.times
	}
	pg.project = simple.FromFiles(name, files)
	pg.project.Skipped = skipped
	pg.project.Index = links[0].project.Index
	if a != nil {
		pg.project.Index = a.project.Index
		pg.project.Status, pg.project.StatusReason = a.project.Status, a.project.StatusReason
	}
	return pg
}

// raw returns what a page said of a file, with its whole URL.
func raw(p *simple.Project, f *simple.File) simple.RawFile {
	return simple.RawFile{
		Filename:       f.Filename,
		URL:            p.FileURL(f),
		Hashes:         f.Hashes(),
		Size:           f.Size,
		Uploaded:       f.Uploaded,
		RequiresPython: p.RequiresPython[f.RequiresPython],
		Metadata:       f.Metadata,
		Yanked:         f.Yanked,
		YankedReason:   f.YankedReason,
	}
}
