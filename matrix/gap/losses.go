package gap

import (
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// previous returns the release before one: the newest older final one with a wheel,
// nil if there is none.
func (pg *page) previous(r *simple.Release) *simple.Release {
	for i := range pg.project.Releases {
		older := &pg.project.Releases[i]
		if older.Version.Compare(r.Version) >= 0 || older.Version.IsPrerelease() {
			continue
		}
		if slices.ContainsFunc(older.Files, func(f simple.File) bool { return f.Kind == simple.Wheel && !f.Yanked }) {
			return older
		}
	}
	return nil
}

// universe is where losses are looked for: every known cell, and the retired Pythons
// on every platform, or what was asked about; as far as the release admits the
// Python.
func (pg *page) universe(r *simple.Release, o Options) []wheeltags.Target {
	targets := o.Targets
	if targets == nil {
		pythons, platforms := axes(o.Known)
		targets = slices.Concat(o.Known, product(retired(), platforms))
		switch {
		case o.Pythons != nil:
			targets = product(o.Pythons, platforms)
		case o.Platforms != nil:
			targets = product(append(pythons, retired()...), o.Platforms)
		}
	}
	var all []wheeltags.Target
	seen := map[slot]bool{}
	for _, t := range targets {
		if s := slotOf(t); !seen[s] && pg.supports(r, t.Python) {
			seen[s] = true
			all = append(all, t)
		}
	}
	return all
}

// lostSlots are the Pythons on platforms for which the release before had a wheel
// and this one has none, at whatever floor.
func (pg *page) lostSlots(r, before *simple.Release, o Options) map[slot]bool {
	lost := map[slot]bool{}
	for _, t := range pg.universe(r, o) {
		had, _ := pg.has(before, t)
		if now, _ := pg.has(r, t); had != nil && now == nil {
			lost[slotOf(t)] = true
		}
	}
	return lost
}

// losses groups what was lost: first whole platforms, then whole Pythons, then the
// rest by platform, then floors that rose.
func (pg *page) losses(r, before *simple.Release, lost map[slot]bool, o Options) []Loss {
	universe := pg.universe(r, o)
	pythons, platforms := axes(universe)
	has := func(python wheeltags.Python, platform wheeltags.Platform) bool {
		f, _ := pg.has(r, wheeltags.Target{Python: python, Platform: platform})
		return f != nil
	}
	rest := map[slot]bool{}
	for s := range lost {
		rest[s] = true
	}
	take := func(python wheeltags.Python, platform wheeltags.Platform) bool {
		s := slot{python, platform.Name()}
		ok := rest[s]
		delete(rest, s)
		return ok
	}
	var all []Loss
	for _, platform := range platforms {
		if slices.ContainsFunc(pythons, func(p wheeltags.Python) bool { return has(p, platform) }) {
			continue
		}
		l := Loss{Kind: vocab.LossPlatform, Platforms: []string{platform.Name()}}
		for _, python := range pythons {
			if take(python, platform) {
				l.Pythons = append(l.Pythons, python.String())
			}
		}
		if l.Pythons != nil {
			all = append(all, l)
		}
	}
	for _, python := range pythons {
		if slices.ContainsFunc(platforms, func(p wheeltags.Platform) bool { return has(python, p) }) {
			continue
		}
		l := Loss{Kind: vocab.LossABI, Pythons: []string{python.String()}}
		for _, platform := range platforms {
			if take(python, platform) {
				l.Platforms = append(l.Platforms, platform.Name())
			}
		}
		if l.Platforms != nil {
			all = append(all, l)
		}
	}
	for _, platform := range platforms {
		l := Loss{Kind: vocab.LossWheel, Platforms: []string{platform.Name()}}
		for _, python := range pythons {
			if take(python, platform) {
				l.Pythons = append(l.Pythons, python.String())
			}
		}
		if l.Pythons != nil {
			all = append(all, l)
		}
	}
	return append(all, pg.raised(r, before, universe)...)
}

// raised are the floors that rose, Pythons together whose floors rose alike.
func (pg *page) raised(r, before *simple.Release, universe []wheeltags.Target) []Loss {
	var all []Loss
	for _, t := range universe {
		then, had := pg.reach(before, t)
		now, has := pg.reach(r, t)
		if !had || !has || !olderFloor(then.Floor(), now.Floor()) {
			continue
		}
		if f, _ := pg.best(r, wheeltags.Target{Python: t.Python, Platform: then}); f != nil {
			continue // served by a wheel without a floor
		}
		i := slices.IndexFunc(all, func(l Loss) bool {
			return l.Platforms[0] == t.Platform.Name() && l.Before == then.Floor() && l.After == now.Floor()
		})
		if i < 0 {
			i = len(all)
			all = append(all, Loss{Kind: vocab.LossFloor, Platforms: []string{t.Platform.Name()}, Before: then.Floor(), After: now.Floor()})
		}
		all[i].Pythons = append(all[i].Pythons, t.Python.String())
	}
	return all
}
