package lock

import (
	"slices"

	"github.com/ftpkg/ftpkg/resolver/internal/tomldoc"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// ParseError is a fault in a lock file, with file and line.
type ParseError = tomldoc.Error

// Kind is the format of a lock.
type Kind string

// The kinds of locks.
const (
	KindPylock Kind = "pylock" // pylock.toml, PEP 751
	KindUV     Kind = "uv"     // uv.lock
	KindPoetry Kind = "poetry" // poetry.lock
	KindPDM    Kind = "pdm"    // pdm.lock
	// KindEnvironment is what is installed in an environment, as a lock.
	KindEnvironment Kind = "environment"
)

// Lock is a set of packages pinned by some tool, for one or many environments.
type Lock struct {
	Kind Kind
	// Path is the file as the caller named it.
	Path string
	// Version is the version of the lock's own format, as "1.0" or "1.5" (uv's
	// version and revision).
	Version string
	// CreatedBy is the tool that wrote a pylock.toml.
	CreatedBy string
	// RequiresPython holds the Pythons the lock is for.
	RequiresPython Pythons
	// Environments are those the lock is for; none means any.
	Environments []Environment
	// Packages are in the order of the file.
	Packages []Package
	// Roots are where the lock is entered. A caller may set them, to other
	// members of a workspace for example; see also [Lock.SetRoots].
	Roots []Root
	// OnlyGroups leaves out what the project itself requires, so that a
	// selection takes the groups asked for and nothing else.
	OnlyGroups bool
	// Extras and Groups are those that may be asked for.
	Extras, Groups []string
	// DefaultGroups are the groups taken when none are asked for.
	DefaultGroups []string
	// Conflicts are uv's sets of extras and groups that exclude each other.
	Conflicts [][]Conflict
	// Notes are what the reader could not act on.
	Notes []Note

	// rooted says that a caller has set the roots.
	rooted bool
	// groupsOnly says that groups and markers select the packages (Poetry since
	// 2.1, PDM's inherited metadata), not a walk.
	groupsOnly bool
	// poetryExtras are the packages of each extra of an older poetry.lock.
	poetryExtras map[string][]string
}

// Environment is one environment a lock is for. All conditions given must hold.
type Environment struct {
	Marker *pep508.Marker
	// Python holds the Pythons of a PDM target.
	Python Pythons
	// Platform is a PDM target's platform, as "manylinux_2_17_x86_64"; Flavour
	// is "gil", "free-threaded", or "" if the target does not say.
	Platform, Flavour string
}

// Root is an entry of a lock: a package or a requirement it is made for.
type Root struct {
	Dep
	// Group and Extra name what must be asked for to enter here, if anything.
	Group, Extra string
}

// Package is one pinned version.
type Package struct {
	// Name is normalised.
	Name string
	// Version is not valid if the lock does not say, as for a local project.
	Version pep440.Version
	// Extras of this package that the lock has the dependencies of.
	Extras []string
	Source Source
	Files  []simple.RawFile

	// Marker must hold for the package to apply (pylock, PDM, Poetry).
	Marker *pep508.Marker
	// RequiresPython is the package's own, where the lock has it.
	RequiresPython Pythons
	// Dependencies, those of each extra, and those of each group.
	Dependencies      []Dep
	ExtraDependencies map[string][]Dep
	GroupDependencies map[string][]Dep
	// Forks are uv's resolution markers: the package is of these forks only.
	Forks []*pep508.Marker
	// Groups the package belongs to, and its marker in each where they differ.
	Groups       []string
	GroupMarkers map[string]*pep508.Marker
	// Optional packages are there for an extra (Poetry).
	Optional bool

	// Installed is set for a package of an environment.
	Installed *Installed
	// Line is where the package stands in the lock, 0 if unknown.
	Line int
}

// Dep is a dependency as a lock writes it.
type Dep struct {
	Name   string
	Extras []string
	Marker *pep508.Marker
	// Version and Source pick one of several packages of the name (uv); not
	// valid or empty if the name is enough.
	Version pep440.Version
	Source  string
	// Specifiers is what the dependency admits (Poetry, PDM).
	Specifiers Pythons
	// Optional dependencies apply through an extra only (older Poetry).
	Optional bool
}

// SourceKind says where a package comes from.
type SourceKind string

// The kinds of sources.
const (
	SourceRegistry  SourceKind = "registry"
	SourceURL       SourceKind = "url"       // an archive at a URL
	SourceVCS       SourceKind = "vcs"       // a commit of a repository
	SourcePath      SourceKind = "path"      // an archive on disk
	SourceDirectory SourceKind = "directory" // a local project
	SourceEditable  SourceKind = "editable"  // a local project, not copied
	SourceVirtual   SourceKind = "virtual"   // a local project that is not installed itself
)

// Source is where a package comes from.
type Source struct {
	Kind SourceKind
	// Text is the index, URL or path as written.
	Text string
	// Revision is the commit of a VCS source.
	Revision string
}

// IsLocal reports whether the package is a project on disk, which has no file
// on an index.
func (s Source) IsLocal() bool {
	return s.Kind == SourceDirectory || s.Kind == SourceEditable || s.Kind == SourceVirtual
}

// Conflict is a member of a set of uv's conflicts: an extra or group of a
// package, or the package's own dependencies if neither is set.
type Conflict struct{ Package, Extra, Group string }

// Note is something in a lock that is not acted on, and why.
type Note struct {
	Line   int
	Text   string
	Reason string
}

// Installed is what an environment says about a package in it.
type Installed struct {
	// Tags are the tags of the wheel it was installed from, and Build its build
	// number; none if unknown.
	Tags  []wheeltags.Tag
	Build string
	// Installer is the tool that installed it, as "pip" or "uv".
	Installer string
	// Location is the folder of its metadata, relative to the environment.
	Location string
}

// Package returns the lock's first package of a normalised name.
func (l *Lock) Package(name string) (*Package, bool) {
	for i := range l.Packages {
		if l.Packages[i].Name == name {
			return &l.Packages[i], true
		}
	}
	return nil, false
}

// NeedsRoots reports whether the lock leaves out what the project itself
// requires, so that [Lock.Select] is exact only after [Lock.SetRoots]: a
// poetry.lock before 2.1, a pdm.lock without inherited metadata.
func (l *Lock) NeedsRoots() bool {
	return (l.Kind == KindPoetry || l.Kind == KindPDM) && !l.groupsOnly && !l.rooted
}

// SetRoots says what the project itself requires, in place of the guess that
// Read made for a lock that does not hold it. Requirements of the project's own
// have neither group nor extra.
func (l *Lock) SetRoots(roots []Root, extras, groups, defaultGroups []string) {
	own := l.ownGroup()
	l.Roots = make([]Root, len(roots))
	for i, r := range roots {
		if r.Group == "" && r.Extra == "" {
			r.Group = own
		}
		l.Roots[i] = r
	}
	l.Extras, l.Groups, l.DefaultGroups = extras, withOwn(groups, own), withOwn(defaultGroups, own)
	l.rooted = true
	l.Notes = slices.DeleteFunc(l.Notes, func(n Note) bool { return n.Reason == reasonGuessed })
}

// ownGroup is the group that a tool counts a project's own requirements to, ""
// if it counts them to none.
func (l *Lock) ownGroup() string {
	switch l.Kind {
	case KindPoetry:
		return poetryMain
	case KindPDM:
		return pdmDefault
	default:
		return ""
	}
}

func withOwn(groups []string, own string) []string {
	out := slices.Clone(groups)
	if own != "" && !slices.Contains(out, own) {
		out = append(out, own)
	}
	slices.Sort(out)
	return out
}

func (l *Lock) note(line int, text, reason string) {
	l.Notes = append(l.Notes, Note{Line: line, Text: text, Reason: reason})
}
