package inputs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/internal/tomldoc"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// SyntaxError is a fault in an input, with file and line.
type SyntaxError = tomldoc.Error

// Origin is where something stands in the input.
type Origin struct {
	// File is the file as the user named it, or as an including file names it;
	// "" is the command line.
	File string
	// Line is counted from 1; 0 if unknown.
	Line int
	// Text is what stands there.
	Text string
}

// String returns "file:line".
func (o Origin) String() string {
	switch {
	case o.File == "":
		return "command line"
	case o.Line == 0:
		return o.File
	}
	return fmt.Sprintf("%s:%d", o.File, o.Line)
}

// Requirement is one requirement and where it comes from.
type Requirement struct {
	pep508.Requirement
	Origin Origin
	// Hashes are the only digests accepted, as "sha256:hex".
	Hashes   []string
	Editable bool
	// Parent is the local project it came through, "" for the user's own.
	Parent string
	// Extra and Group are those of the project file that it is of, "" for what
	// the project requires in any case.
	Extra, Group string
	// Index names the index of Options.Indexes that alone may serve it.
	Index string
}

// Note is a part of the input that is not judged or not acted on.
type Note struct {
	Origin Origin
	// Text is the requirement or option.
	Text   string
	Reason string
	// Requirement is what is not judged, as far as it was understood: Name may
	// be empty. It is nil for an option.
	Requirement *Requirement
}

// Input is all that a user hands in.
type Input struct {
	Requirements []Requirement
	// Constraints limit the versions of what something else requires.
	Constraints []Requirement
	// Overrides replace every requirement on their package (uv, PDM).
	Overrides []Requirement
	// BuildRequires are what the projects need to be built.
	BuildRequires []Requirement
	Options       Options
	// RequiresPython is what the projects demand.
	RequiresPython pep440.Specifiers
	// Environments are those uv is told to resolve for, RequiredEnvironments
	// those it is told to find wheels for.
	Environments, RequiredEnvironments []*pep508.Marker
	NotJudged                          []Note
	Ignored                            []Note

	// Projects are the names of the project files read directly.
	Projects []string
	// Extras and Groups are those that may be asked for, DefaultGroups those
	// that the project's tool takes unasked.
	Extras, Groups, DefaultGroups []string
	// Files are all files read, in order.
	Files []string
}

// Add joins another input to this one. Of options that have one value the first
// given wins, as in pip and uv.
func (in *Input) Add(other *Input) {
	in.Requirements = append(in.Requirements, other.Requirements...)
	in.Constraints = append(in.Constraints, other.Constraints...)
	in.Overrides = append(in.Overrides, other.Overrides...)
	in.BuildRequires = append(in.BuildRequires, other.BuildRequires...)
	in.Options.add(&other.Options)
	in.RequiresPython = in.RequiresPython.And(other.RequiresPython)
	in.Environments = append(in.Environments, other.Environments...)
	in.RequiredEnvironments = append(in.RequiredEnvironments, other.RequiredEnvironments...)
	in.NotJudged = append(in.NotJudged, other.NotJudged...)
	in.Ignored = append(in.Ignored, other.Ignored...)
	in.Projects = append(in.Projects, other.Projects...)
	in.Extras = union(in.Extras, other.Extras)
	in.Groups = union(in.Groups, other.Groups)
	in.DefaultGroups = union(in.DefaultGroups, other.DefaultGroups)
	for _, f := range other.Files {
		if !slices.Contains(in.Files, f) {
			in.Files = append(in.Files, f)
		}
	}
}

// CheckHashes reports the requirements that lack a hash although hashes are
// required, as pip refuses them.
func (in *Input) CheckHashes() error {
	if !in.Options.RequireHashes {
		return nil
	}
	var bare []string
	for _, r := range in.Requirements {
		if len(r.Hashes) == 0 && r.Parent == "" {
			bare = append(bare, fmt.Sprintf("%s (%s)", r.Name, r.Origin))
		}
	}
	if bare == nil {
		return nil
	}
	return fmt.Errorf("hashes are required, but there is none for %s", strings.Join(bare, ", "))
}

func (in *Input) ignore(o Origin, text, reason string) {
	in.Ignored = append(in.Ignored, Note{Origin: o, Text: text, Reason: reason})
}

func union(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	slices.Sort(a)
	return a
}
