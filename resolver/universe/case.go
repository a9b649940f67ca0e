package universe

import (
	"fmt"
	"slices"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// Case is one question put to a universe, with the answers known.
type Case struct {
	// Name is the case's file name without its suffix.
	Name string
	// Shows is the sentence that says what the case is for.
	Shows        string
	Universe     *Universe
	Requirements []Root
	// Constraints as pip and uv read them from a constraints file.
	Constraints []string
	Options     Options
	// Also are the targets, besides the machine's own, that uv is asked about.
	Also []wheeltags.Target
	// Recorded says when and with what the recorded answers were made; nil if
	// they were not.
	Recorded *Recorded
	Answers  []Answer

	// head is the text in front of the recorded answers.
	head string
}

// Root is a requirement of the user.
type Root struct {
	// Text is a PEP 508 requirement.
	Text string
	// Hashes names the files whose sha256 digests are the only ones accepted.
	Hashes []string
}

// Options are the settings a case is asked with: the "option" lines.
type Options struct {
	// OnlyBinary and NoBinary are names or :all: (only-binary, no-binary).
	OnlyBinary, NoBinary []string
	// Prereleases: allow, disallow, or if-necessary, the default (pre).
	Prereleases resolver.Prereleases
	// ExcludeNewer hides files uploaded at that time or later (exclude-newer).
	ExcludeNewer time.Time
	// Serve says what the index speaks (serve).
	Serve Serve
}

// Serve is what an index speaks.
type Serve string

// The ways to serve.
const (
	// ServeJSON is PEP 691 with metadata beside the files, the default.
	ServeJSON Serve = "json"
	// ServeHTML is PEP 503 with the attributes of PEP 658 and 592.
	ServeHTML Serve = "html"
	// ServePlain is PEP 503 without metadata and without upload times.
	ServePlain Serve = "plain"
)

// Recorded says when and with what answers were recorded.
type Recorded struct {
	Date     string
	Platform wheeltags.Platform
	// Tools as "uv 0.13.9, pip 26.3, CPython 3.13.5".
	Tools string
	// Python is the version of the interpreters that Tools names, zero if none.
	Python wheeltags.Python
}

// Target returns the target that an interpreter such as "3.13t" stands for where
// no platform is named.
func (r *Recorded) Target(python string) (wheeltags.Target, error) {
	py, err := wheeltags.ParsePython(python)
	return r.home(py), err
}

// Source is who gave an answer.
type Source string

// The sources.
const (
	// FromInstaller is an answer the installers gave when asked.
	FromInstaller Source = "answer"
	// FromRule is an answer worked out by hand.
	FromRule Source = "expect"
	// FromUs is what the resolver says where it means to differ.
	FromUs Source = "ours"
)

// Answer is one outcome for some installers and targets.
type Answer struct {
	Source  Source
	Likes   []vocab.Like
	Targets []wheeltags.Target
	// Fails: no set of versions was found.
	Fails bool
	// Said is what the installer said as it failed.
	Said string
	// Because is why the resolver differs.
	Because  string
	Picks    []Pick
	Problems []Problem
	// Line is where the answer stands in the case.
	Line int
}

// Pick is what is installed of one package.
type Pick struct {
	Name, Version, File string
	// Index tells which index the file is from, where its name alone does not.
	Index string
	// Words of package vocab the resolver must use for it.
	Words []string
}

// Problem is a problem the resolver must report.
type Problem struct {
	Package string
	Kind    vocab.ProblemKind
}

// Answer returns what the resolver must say for a target: what it means to say
// where it differs, else what the installer said, else what the rule says.
func (c *Case) Answer(like vocab.Like, t wheeltags.Target) (*Answer, bool) {
	for _, s := range []Source{FromUs, FromInstaller, FromRule} {
		if a, ok := c.From(s, like, t); ok {
			return a, true
		}
	}
	return nil, false
}

// From returns the answer that one source gave.
func (c *Case) From(s Source, like vocab.Like, t wheeltags.Target) (*Answer, bool) {
	for i := range c.Answers {
		if a := &c.Answers[i]; a.Source == s && slices.Contains(a.Likes, like) && slices.Contains(a.Targets, t) {
			return a, true
		}
	}
	return nil, false
}

// Targets returns the targets that have an answer for an installer, in the order
// they first appear.
func (c *Case) Targets(like vocab.Like) []wheeltags.Target {
	var out []wheeltags.Target
	for i := range c.Answers {
		if !slices.Contains(c.Answers[i].Likes, like) {
			continue
		}
		for _, t := range c.Answers[i].Targets {
			if !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return out
}

// NewPick returns a pick of a file.
func NewPick(name, version, file string) *Pick {
	return &Pick{Name: pep508.NormalizeName(name), Version: version, File: file}
}

// Digest returns the sha256 that the page claims for a file, in hexadecimal.
func (c *Case) Digest(filename string) (string, error) {
	f := c.Universe.file(filename)
	if f == nil {
		return "", fmt.Errorf("%s: no file is named %s", c.Name, filename)
	}
	return f.SHA256()
}
