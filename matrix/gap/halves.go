package gap

import (
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// differences compares the halves of a release wherever one of them is asked about.
func (pg *page) differences(r *simple.Release, targets []wheeltags.Target) []Difference {
	var all []Difference
	var done []slot
	for _, t := range targets {
		gil := t
		gil.Python.FreeThreaded = false
		free := gil.Twin()
		if free.Check() != nil || slices.Contains(retired(), free.Python) && !t.Python.FreeThreaded {
			continue // there is no free-threaded build, or no longer
		}
		if s := slotOf(gil); !slices.Contains(done, s) {
			done = append(done, s)
			if d, ok := pg.difference(r, gil, free); ok {
				all = append(all, d)
			}
		}
	}
	return all
}

// difference compares the wheels of a release for two twins.
func (pg *page) difference(r *simple.Release, gil, free wheeltags.Target) (Difference, bool) {
	gilFile, gilTag := pg.has(r, gil)
	freeFile, freeTag := pg.has(r, free)
	switch {
	case gilFile == nil && freeFile == nil:
		return Difference{}, false
	case freeFile == nil:
		return between(free, gil, vocab.HalfMissing, nil, gilFile), true
	case gilFile == nil:
		return between(gil, free, vocab.HalfMissing, nil, freeFile), true
	case freeTag.Kind() == wheeltags.Pure && gilTag.Kind() != wheeltags.Pure:
		return between(free, gil, vocab.HalfPure, freeFile, gilFile), true
	case gilTag.Kind() == wheeltags.Pure && freeTag.Kind() != wheeltags.Pure:
		return between(gil, free, vocab.HalfPure, gilFile, freeFile), true
	}
	gilFloor, gilHas := pg.reach(r, gil)
	freeFloor, freeHas := pg.reach(r, free)
	if !gilHas || !freeHas || gilFloor == freeFloor {
		return Difference{}, false
	}
	d := between(free, gil, vocab.HalfFloor, freeFile, gilFile)
	low, high, worse := gilFloor, freeFloor, free
	if olderFloor(freeFloor.Floor(), gilFloor.Floor()) {
		d = between(gil, free, vocab.HalfFloor, gilFile, freeFile)
		low, high, worse = freeFloor, gilFloor, gil
	}
	below, tag := pg.best(r, wheeltags.Target{Python: worse.Python, Platform: low})
	switch {
	case below == nil:
		fallback, _ := pg.fallback(r, wheeltags.Target{Python: worse.Python, Platform: low})
		d.Below = &fallback
	case tag.Kind() == wheeltags.Pure:
		d.Below = &Fallback{Status: vocab.GapSame, Version: r.Version.String(), File: below.Filename}
	default:
		return Difference{}, false // another compiled wheel, without a floor, serves there
	}
	d.Floor, d.TwinFloor = high.Floor(), low.Floor()
	if f, _ := pg.best(r, wheeltags.Target{Python: worse.Python, Platform: high}); f != nil {
		d.File = f.Filename
	}
	if f, _ := pg.best(r, wheeltags.Target{Python: worse.Python.Twin(), Platform: low}); f != nil {
		d.TwinFile = f.Filename
	}
	return d, true
}

// between is a difference of the half worse off from its twin.
func between(worse, twin wheeltags.Target, kind vocab.HalfGap, file, twinFile *simple.File) Difference {
	d := Difference{Python: worse.Python.String(), Twin: twin.Python.String(), Platform: worse.Platform.Name(), Kind: kind}
	if file != nil {
		d.File = file.Filename
	}
	if twinFile != nil {
		d.TwinFile = twinFile.Filename
	}
	return d
}
