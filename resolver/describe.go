package resolver

import (
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// describe turns a solved cell into its public form. twin is the solved cell of
// the GIL twin of a free-threaded cell; of a GIL cell it is not looked at.
func (c *cell) describe(twin *cell) Cell {
	t := c.view.target
	out := Cell{
		Python: t.Python.String(), Platform: t.Platform.Name(), PlatformTag: t.Platform.Tag(),
		Satisfiable: len(c.blockers) == 0,
		Installable: vocab.InstallableWheels,
		Packages:    make([]Package, 0, len(c.picks)),
		Problems:    c.problems(),
	}
	if out.Problems == nil {
		out.Problems = []Problem{}
	}
	if !t.FreeThreaded() {
		twin = c
	}
	for name, ch := range c.picks {
		p := c.view.describe(ch)
		p.Name = name
		p.Extras = ch.extras
		p.RequiredBy = nonNil(ch.requiredBy)
		p.Twin = compareTwin(ch, twin.picks[name])
		out.Packages = append(out.Packages, p)
		if ch.choice.kind == vocab.FileSdist {
			out.Installable = vocab.InstallableOnlyIfBuilt
		}
	}
	if len(c.blockers) > 0 {
		out.Installable = vocab.InstallableNo
	}
	slices.SortFunc(out.Packages, func(a, b Package) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// describe says what the target gets of a project.
func (v *view) describe(ch *chosen) Package {
	p := ch.project
	out := Package{FileKind: ch.choice.kind, Metadata: ch.source}
	if ch.choice.file == nil {
		out.FileKind = vocab.FileNone
	}
	newest := v.store.newestOf(p)
	if newest >= 0 && !ch.locked {
		out.Newest = p.page.Releases[newest].Version.String()
	}
	if ch.version == p.phantom() {
		return out
	}
	version := p.page.Releases[ch.version].Version
	out.Version = version.String()
	switch {
	case ch.locked: // the newest version is not known
	case version.IsPrerelease() && ch.version != newest:
		out.VersionStatus = vocab.VersionPrerelease
	case ch.version > newest:
		out.VersionStatus = vocab.VersionOlder
	default:
		out.VersionStatus = vocab.VersionNewest
	}
	f := ch.choice.file
	if f == nil {
		return out
	}
	out.File, out.URL = f.Filename, p.page.FileURL(f)
	out.Index = p.page.Index
	_, out.Direct = v.store.direct[p.name]
	if f.HasSHA256 {
		out.SHA256 = hex.EncodeToString(f.SHA256[:])
	}
	if f.Size > 0 {
		out.Size = f.Size
	}
	if f.Uploaded > 0 {
		out.Uploaded = time.Unix(f.Uploaded, 0).UTC().Format(time.RFC3339)
	}
	if f.Kind == simple.Wheel {
		if tag, _, ok := v.matcher.Best(&p.page.Tags[f.Tags]); ok {
			out.Tag = tag.String()
		}
		if why, bad := p.page.Tags[f.Tags].Mislabelled(); bad {
			out.Note = why
		}
	}
	if f.Yanked {
		out.Note = strings.TrimSuffix("yanked: "+f.YankedReason, ": ")
	}
	return out
}

// newestOf returns the index of a project's newest final release that is not
// yanked, of its newest release where none is final, or -1.
func (s *store) newestOf(p *project) int {
	newest := -1
	for i := range p.page.Releases {
		rel := &p.page.Releases[i]
		live := slices.ContainsFunc(rel.Files, func(f simple.File) bool {
			return !f.Yanked && f.Kind != simple.Other
		})
		if !live {
			continue
		}
		if !rel.Version.IsPrerelease() {
			return i
		}
		if newest < 0 {
			newest = i
		}
	}
	return newest
}

// compareTwin compares what a cell gets of a project with what its GIL twin
// gets; twin is nil when the twin does not need the project.
func compareTwin(ch, twin *chosen) vocab.Twin {
	here := ch.choice.kind
	if twin == nil {
		if here.IsWheel() {
			return vocab.TwinSame
		}
		return vocab.TwinMissing
	}
	there := twin.choice.kind
	switch {
	case here.IsWheel() && !there.IsWheel():
		return vocab.TwinBehind
	case !here.IsWheel() && !there.IsWheel():
		return vocab.TwinMissing
	case !here.IsWheel():
		return vocab.TwinAhead
	case here == vocab.FilePure && there.IsCompiled():
		return vocab.TwinSlower
	case twin.version < ch.version:
		return vocab.TwinAhead
	}
	return vocab.TwinSame
}
