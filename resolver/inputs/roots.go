package inputs

import (
	"context"

	"github.com/ftpkg/ftpkg/resolver/lock"
)

// SetRoots gives a lock that does not hold what its project requires (see
// [lock.Lock.NeedsRoots]) the requirements of the project file beside it, each
// with the extra or group it is of.
func (l *Loader) SetRoots(ctx context.Context, lk *lock.Lock, project string) error {
	whole := *l
	whole.AllExtras, whole.AllGroups, whole.OnlyGroups = true, true, false
	ld := whole.load(ctx)
	if err := ld.projectFile(project); err != nil {
		return err
	}
	var roots []lock.Root
	add := func(r *Requirement) {
		if r.Parent != "" || r.Name == "" {
			return // it comes through a package of the lock
		}
		roots = append(roots, lock.Root{
			Dep: lock.Dep{
				Name: r.Name, Extras: r.Extras, Marker: r.Marker,
				Specifiers: lock.SpecifierPythons(r.Specifiers),
			},
			Extra: r.Extra, Group: r.Group,
		})
	}
	for i := range ld.in.Requirements {
		add(&ld.in.Requirements[i])
	}
	for _, n := range ld.in.NotJudged {
		if n.Requirement != nil {
			add(n.Requirement)
		}
	}
	lk.SetRoots(roots, ld.in.Extras, ld.in.Groups, ld.in.DefaultGroups)
	return nil
}
