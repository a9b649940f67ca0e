package check

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/resolver/simple"
)

// A Source is one file of a set.
type Source struct {
	// Name is how findings call it; its last part is the file's name. What is no
	// wheel by its name is not opened: of a source distribution, the version counts.
	Name string
	// Open gets the file.
	Open func(context.Context) (File, error)
}

// A File is a wheel at hand. It is read with ReadAt until Close.
type File interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// Options say what a set is held against, and which rules count.
type Options struct {
	Choice Choice
	// Jobs is how many wheels are read at once; 0 is one.
	Jobs int
	// Against is an earlier release, nil for none.
	Against *Release
	// Expect is what was to be built; nil if nothing is known about that.
	Expect *Expected
}

// Set checks several wheels, each by itself and all together. An error is one of
// reading, of the context, or a tag set in Expect that is none.
func Set(ctx context.Context, sources []Source, o Options) (*Report, error) {
	expected, err := parseExpected(o.Expect)
	if err != nil {
		return nil, err
	}
	wheels := make([]*wheel, len(sources))
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, o.Jobs))
	var turn sync.Mutex
	for i, s := range sources {
		if !strings.HasSuffix(s.Name, ".whl") {
			continue
		}
		group.Go(func() error {
			w, err := examineSource(gctx, s, &turn)
			wheels[i] = w
			return err
		})
	}
	if err := group.Wait(); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, err
	}
	wheels = slices.DeleteFunc(wheels, func(w *wheel) bool { return w == nil })
	r := &Report{Schema: SchemaName, Wheels: []Checked{}, Findings: []Finding{}}
	for _, w := range wheels {
		c := Checked{File: w.label, Modules: len(w.modules)}
		if w.named {
			c.Project, c.Version = w.name.Name, w.name.Version.String()
		}
		r.Wheels = append(r.Wheels, c)
	}
	s := &set{wheels: slices.DeleteFunc(slices.Clone(wheels), func(w *wheel) bool { return !w.named })}
	s.checkVersions(sources)
	s.checkTwins(o.Expect == nil)
	s.checkExpected(sources, o.Expect, expected)
	if o.Against != nil {
		r.Against = o.Against.Name
		if err := s.checkAgainst(ctx, o.Against); err != nil {
			return nil, err
		}
	}
	for _, w := range wheels {
		sortFindings(w.findings)
		r.Findings = append(r.Findings, o.Choice.keep(w.findings)...)
	}
	sortFindings(s.findings)
	r.Findings = append(r.Findings, o.Choice.keep(s.findings)...)
	return r, nil
}

func examineSource(ctx context.Context, s Source, turn *sync.Mutex) (*wheel, error) {
	f, err := s.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	return examine(ctx, f, f.Size(), s.Name, turn)
}

// A set is the wheels of one check whose names can be read.
type set struct {
	wheels   []*wheel
	findings []Finding // about what is missing
}

func (s *set) missing(file, rule, message string) {
	s.findings = append(s.findings, Finding{file, "", rule, severityOf(rule), sentence(message)})
}

// projects returns the wheels by project, in the order of names.
func (s *set) projects() [][]*wheel {
	sorted := slices.Clone(s.wheels)
	slices.SortStableFunc(sorted, func(a, b *wheel) int { return cmp.Compare(a.name.Name, b.name.Name) })
	var all [][]*wheel
	for i, w := range sorted {
		if i == 0 || w.name.Name != sorted[i-1].name.Name {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], w)
	}
	return all
}

// checkVersions finds projects of which the set has several versions, among its
// source distributions too. The newest is taken for the one that is meant.
func (s *set) checkVersions(sources []Source) {
	type file struct {
		label string
		v     simple.Release
	}
	byProject := map[string][]file{}
	for _, src := range sources {
		base := path.Base(strings.ReplaceAll(src.Name, `\`, "/"))
		name, ok := simple.ProjectName(base)
		if !ok {
			continue
		}
		p := simple.FromFiles(name, []simple.RawFile{{Filename: base, URL: "file"}})
		for _, r := range p.Releases {
			byProject[name] = append(byProject[name], file{src.Name, r})
		}
	}
	for name, files := range byProject {
		newest := slices.MaxFunc(files, func(a, b file) int { return a.v.Version.Compare(b.v.Version) })
		for _, f := range files {
			if f.v.Version.Compare(newest.v.Version) != 0 {
				s.missing(f.label, ruleVersions, fmt.Sprintf("it is %s %s, other files of the set are %s", name, f.v.Version, newest.v.Version))
			}
		}
	}
}

// A place is a system and a processor, whatever its version: "glibc x86_64",
// "macos arm64".
type place struct{ system, arch string }

func (p place) String() string {
	system := map[string]string{"glibc": "Linux (glibc)", "musl": "Linux (musl)", "linux": "Linux", "macos": "macOS", "windows": "Windows"}[p.system]
	return system + " " + p.arch
}

// places are those that a platform tag names, two for universal2; nil for any.
func (p *platformTag) places() []place {
	system := p.os
	if p.libc != "" {
		system = p.libc
	}
	switch {
	case p.os == "" || p.os == "any":
		return nil
	case p.arch == "universal2":
		return []place{{system, "x86_64"}, {system, "arm64"}}
	}
	return []place{{system, p.arch}}
}

// covers reports whether a wheel is accepted by CPython 3.minor of a flavour on a
// place, and the lowest floor it asks for there.
func (w *wheel) covers(minor int, free bool, at place) (floor platformTag, ok bool) {
	if !w.serves(minor, free) {
		return platformTag{}, false
	}
	for i := range w.tags.platforms {
		p := w.tags.platforms[i]
		if p.os != "any" && !slices.Contains(p.places(), at) {
			continue
		}
		if least, minor := leastMacOS(minor, at); at.system == "macos" && p.before(least, minor) {
			p.major, p.minor = least, minor
		}
		if !ok || p.before(floor.major, floor.minor) {
			floor, ok = p, true
		}
	}
	return floor, ok
}

// leastMacOS is the oldest macOS on which CPython 3.minor itself runs, as its
// installers have it: a wheel that asks for it keeps nobody out.
func leastMacOS(minor int, at place) (int, int) {
	switch {
	case at.arch == "arm64":
		return 11, 0
	case minor >= 14:
		return 10, 15
	case minor >= 12:
		return 10, 13
	}
	return 10, 9
}

// serves reports whether the python and ABI tags have one for CPython 3.minor of a
// flavour.
func (w *wheel) serves(minor int, free bool) bool {
	for _, p := range w.tags.pythons {
		for i := range w.tags.abis {
			switch a := &w.tags.abis[i]; {
			case a.kind == abiVersion && a.minor == minor && a.free == free && p.minor == minor,
				a.kind == abi3 && !free && p.minor >= 0 && p.minor <= minor,
				a.kind == abi3T && free && p.minor >= 0 && p.minor <= minor,
				a.kind == abiNone && (p.minor == minor || p.text == "py3"):
				return true
			}
		}
	}
	return false
}

// A cell is one that wheels of a project are for.
type cell struct {
	minor int
	free  bool
	at    place
}

func (c cell) python() string {
	if c.free {
		return fmt.Sprintf("3.%dt", c.minor)
	}
	return fmt.Sprintf("3.%d", c.minor)
}

// cells are those that a wheel's compiled tags name outright: of a stable ABI, that
// of its python tag.
func (w *wheel) cells() []cell {
	var cells []cell
	for _, p := range w.tags.pythons {
		for i := range w.tags.abis {
			a := &w.tags.abis[i]
			if p.minor < 0 || !a.isStable() && (a.kind != abiVersion || a.minor != p.minor) {
				continue
			}
			for j := range w.tags.platforms {
				for _, at := range w.tags.platforms[j].places() {
					cells = append(cells, cell{p.minor, a.forFree(), at})
				}
			}
		}
	}
	return cells
}

// best returns the wheel with the lowest floor in a cell, nil if there is none.
func best(wheels []*wheel, c cell) (*wheel, platformTag) {
	var found *wheel
	var floor platformTag
	for _, w := range wheels {
		if f, ok := w.covers(c.minor, c.free, c.at); ok && (found == nil || f.before(floor.major, floor.minor)) {
			found, floor = w, f
		}
	}
	return found, floor
}

// firstTwin is the first version whose wheels with the GIL are missed a free-threaded
// twin: what builds wheels for 3.13t is being retired.
const firstTwin = 14

// checkTwins finds wheels of which one flavour is there without the other, unless it is
// known what was to be built, and pairs of different floors.
func (s *set) checkTwins(missing bool) {
	for _, wheels := range s.projects() {
		free := slices.ContainsFunc(wheels, func(w *wheel) bool {
			return w.tags.hasABI((*abiTag).forFree) || w.tags.hasABI((*abiTag).forGIL) && claim(w.classifiers) != ""
		})
		if len(wheels) < 2 || !free {
			continue
		}
		seen := map[string]bool{}
		for _, w := range wheels {
			for _, c := range w.cells() {
				s.checkTwin(wheels, w, c, seen, missing)
			}
		}
	}
}

func (s *set) checkTwin(wheels []*wheel, w *wheel, c cell, seen map[string]bool, missing bool) {
	other := c
	other.free = !c.free
	once := func(key string) bool {
		defer func() { seen[key] = true }()
		return !seen[key]
	}
	mine, floor := best(wheels, c)
	twin, twinFloor := best(wheels, other)
	stable := w.tags.hasABI((*abiTag).isStable)
	switch {
	case twin == nil && !missing:
	case twin == nil && c.free:
		if once(fmt.Sprint("gil", c.minor, c.at)) {
			s.missing(w.label, ruleGILTwin, fmt.Sprintf("no wheel serves %s on %s, although this one serves %s", other.python(), c.at, c.python()))
		}
	case twin == nil && stable:
		// Of a stable ABI any version will do; what is missed is some free-threaded wheel.
		if !slices.ContainsFunc(wheels, func(o *wheel) bool {
			return slices.ContainsFunc(o.cells(), func(x cell) bool { return x.free && x.at == c.at })
		}) && once(fmt.Sprint("any free", c.at)) {
			s.missing(w.label, ruleFreeTwin, fmt.Sprintf("no wheel serves any free-threaded build on %s, although this one serves builds with the GIL", c.at))
		}
	case twin == nil:
		if c.minor >= firstTwin && once(fmt.Sprint("free", c.minor, c.at)) {
			s.missing(w.label, ruleFreeTwin, fmt.Sprintf("no wheel serves %s on %s, although this one serves %s", other.python(), c.at, c.python()))
		}
	case mine != twin && (floor.major != twinFloor.major || floor.minor != twinFloor.minor) && !stable:
		high, highCell, low, lowFloor := mine, c, twin, twinFloor
		highFloor := floor
		if floor.before(twinFloor.major, twinFloor.minor) {
			high, highCell, highFloor, low, lowFloor = twin, other, twinFloor, mine, floor
		}
		if low.tags.platforms[0].os != "any" && once(fmt.Sprint("floor", c.minor, c.at)) {
			s.missing(high.label, ruleFloors, fmt.Sprintf("on %s, %s needs %s, its twin only %s: on a system in between, %s gets an older release or none",
				c.at, highCell.python(), floorText(&highFloor), floorText(&lowFloor), highCell.python()))
		}
	}
}

func floorText(p *platformTag) string {
	name := map[string]string{"glibc": "glibc", "musl": "musl"}[p.libc]
	if name == "" {
		name = "macOS"
	}
	return fmt.Sprintf("%s %d.%d", name, p.major, p.minor)
}
