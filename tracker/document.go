package tracker

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/tracker/evidence"
	"github.com/ftpkg/ftpkg/tracker/status"
)

// Source is where facts are read from.
type Source interface {
	Projects(ctx context.Context) ([]evidence.Project, error)
	History(ctx context.Context, name string) (*evidence.History, error)
}

// readers is how many histories are read and judged at once.
const readers = 4

// Document derives the status of all packages that were tracked at a time, from what
// was known by then.
func Document(ctx context.Context, s Source, d *status.Deriver, at time.Time) (*status.Document, error) {
	return Survey(ctx, s, d, at, func(*evidence.History, *status.Study) {})
}

// Survey is [Document] for those who draw more conclusions from each history, which is
// read once: also is called with it, by several goroutines at once.
func Survey(ctx context.Context, s Source, d *status.Deriver, at time.Time, also func(*evidence.History, *status.Study)) (*status.Document, error) {
	projects, err := s.Projects(ctx)
	if err != nil {
		return nil, err
	}
	doc := &status.Document{Schema: status.Schema, Generated: at.UTC(), RuleVersion: d.Rules().Version, Packages: []*status.Package{}}
	for _, p := range d.Rules().Platforms {
		doc.Platforms = append(doc.Platforms, p.Name())
	}
	for _, p := range d.Rules().Pythons {
		doc.Pythons = append(doc.Pythons, p.String())
	}
	doc.Python = d.Rules().Headline(at).String()
	var tracked []*evidence.Project
	for i := range projects {
		if p := &projects[i]; p.Tracked() || p.Removed.After(at) {
			tracked = append(tracked, p)
		}
	}
	rows := make([]*status.Package, len(tracked))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(readers)
	for i, p := range tracked {
		g.Go(func() error {
			h, err := s.History(ctx, p.Name)
			if err != nil {
				return err
			}
			study := d.Study(h)
			rows[i] = study.Package(at)
			also(h, study)
			rows[i].Required = p.Cohort == CohortRequired
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	doc.Packages = append(doc.Packages, rows...) // projects come sorted by name
	status.Close(doc.Packages)
	for _, p := range tracked {
		if p.Cohort != "" && p.Cohort != CohortRequired && p.Cohort > doc.Cohort {
			doc.Cohort = p.Cohort
		}
	}
	return doc, nil
}
