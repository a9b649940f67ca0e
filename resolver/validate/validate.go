package validate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// Pick is the file chosen for one package.
type Pick struct {
	Name, Version, File string
}

// Rule is what a chosen set must keep.
type Rule string

// The rules.
const (
	// Once: a package is chosen once.
	Once Rule = "once"
	// Exists: the file is on the project's page under the version.
	Exists Rule = "exists"
	// Fits: the wheel's tags match the target, and the file is of a kind that
	// the options allow.
	Fits Rule = "fits"
	// Python: Requires-Python admits the target.
	Python Rule = "python"
	// Yanked: a yanked file is taken only under an exact pin.
	Yanked Rule = "yanked"
	// Prerelease: none is taken where none is allowed.
	Prerelease Rule = "prerelease"
	// Met: every requirement that applies is met by the set.
	Met Rule = "met"
	// Needed: nothing is in the set that no requirement leads to.
	Needed Rule = "needed"
	// Hash: the file has one of the digests asked for.
	Hash Rule = "hash"
)

// Violation is a rule that a set breaks.
type Violation struct {
	Rule    Rule
	Package string
	Text    string
}

// String returns "rule: package: text".
func (v Violation) String() string { return fmt.Sprintf("%s: %s: %s", v.Rule, v.Package, v.Text) }

// Cell checks one cell of a result. A cell that is not satisfiable has nothing
// to check.
func Cell(ctx context.Context, index resolver.Index, req *resolver.Request, t wheeltags.Target, c *resolver.Cell) ([]Violation, error) {
	if !c.Satisfiable {
		return nil, nil
	}
	var picks []Pick
	for _, p := range c.Packages {
		picks = append(picks, Pick{p.Name, p.Version, p.File})
	}
	return Set(ctx, index, req, t, picks)
}

// Set checks the files chosen for a target. The request's targets are ignored.
// The error is one of the index or the input; violations are no error.
func Set(ctx context.Context, index resolver.Index, req *resolver.Request, t wheeltags.Target, picks []Pick) ([]Violation, error) {
	c := &checker{ctx: ctx, index: index, req: req, target: t, env: pep508.EnvironmentFor(t), chosen: map[string]*chosen{}}
	c.env.AllowABIFeatures = req.ABIFeatures
	c.tags = map[wheeltags.Tag]bool{}
	for _, tag := range t.Tags(wheeltags.PackagingOrder) {
		c.tags[tag] = true
	}
	for _, p := range picks {
		if err := c.add(p); err != nil {
			return nil, err
		}
	}
	c.walk()
	c.files()
	sort.SliceStable(c.found, func(i, j int) bool { return c.found[i].Package < c.found[j].Package })
	return c.found, nil
}

type checker struct {
	ctx    context.Context
	index  resolver.Index
	req    *resolver.Request
	target wheeltags.Target
	env    *pep508.Environment
	tags   map[wheeltags.Tag]bool

	chosen map[string]*chosen
	// unknown: some chosen file's dependencies cannot be read.
	unknown bool
	found   []Violation
}

// chosen is a pick with what the index says about it.
type chosen struct {
	Pick
	version pep440.Version
	page    *simple.Project
	file    *simple.File
	deps    []pep508.Requirement
	python  []string // the Requires-Python of the page and of the metadata
	// extras asked for so far; done are those whose requirements were walked.
	extras, done map[string]bool
	// specs are the requirements on it that apply, with who made them.
	specs []applied
}

// applied is a requirement that applies, "" being the user.
type applied struct {
	req  pep508.Requirement
	from string
}

func (c *checker) violate(rule Rule, pkg, format string, args ...any) {
	v := Violation{rule, pkg, fmt.Sprintf(format, args...)}
	if !slices.Contains(c.found, v) { // a requirement is met once for each extra
		c.found = append(c.found, v)
	}
}

// add looks a pick up on its page and reads its dependencies.
func (c *checker) add(p Pick) error {
	name := pep508.NormalizeName(p.Name)
	if _, ok := c.chosen[name]; ok {
		c.violate(Once, name, "chosen twice")
		return nil
	}
	v, err := pep440.Parse(p.Version)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	ch := &chosen{Pick: p, version: v, extras: map[string]bool{}, done: map[string]bool{}}
	c.chosen[name] = ch
	if u := c.url(name); u != "" {
		ch.page, err = c.index.Direct(c.ctx, u)
	} else {
		ch.page, err = c.index.Project(c.ctx, name)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	var release *simple.Release
	for i := range ch.page.Releases {
		r := &ch.page.Releases[i]
		for j := range r.Files {
			if r.Files[j].Filename == p.File && r.Version.Equal(v) {
				release, ch.file = r, &r.Files[j]
			}
		}
	}
	if ch.file == nil {
		c.violate(Exists, name, "no file %s of version %s", p.File, p.Version)
		c.unknown = true
		return nil
	}
	return c.read(ch, release)
}

// url returns the URL that the user requires a project from, or "".
func (c *checker) url(name string) string {
	for _, r := range slices.Concat(c.req.Requirements, c.req.Constraints, c.req.Overrides) {
		if r.Name == name && r.URL != "" && r.Marker.Eval(c.env, "") {
			return r.URL
		}
	}
	return ""
}

// read reads a chosen file's dependencies: its own, or for a source that does
// not state them those of a wheel of its version.
func (c *checker) read(ch *chosen, release *simple.Release) error {
	ch.python = []string{ch.page.RequiresPython[ch.file.RequiresPython]}
	md, err := c.metadata(ch, release)
	if md == nil || err != nil {
		c.unknown = c.unknown || err == nil
		return err
	}
	if md.RequiresPython != "" {
		ch.python = append(ch.python, md.RequiresPython)
	}
	for _, text := range md.RequiresDist {
		r, err := pep508.Parse(text)
		if err != nil {
			return fmt.Errorf("%s: %w", ch.Name, err)
		}
		ch.deps = append(ch.deps, r)
	}
	return nil
}

// metadata returns the metadata that tells a chosen file's dependencies, nil if
// no file does.
func (c *checker) metadata(ch *chosen, release *simple.Release) (*simple.Metadata, error) {
	md, err := c.ownMetadata(ch.page, ch.file)
	if err != nil || ch.file.Kind != simple.Sdist || md != nil && md.StaticDependencies() {
		return md, err
	}
	for i := range release.Files {
		if f := &release.Files[i]; f.Kind == simple.Wheel {
			if md, err = c.ownMetadata(ch.page, f); md != nil || err != nil {
				return md, err
			}
		}
	}
	return nil, nil
}

// ownMetadata returns a file's metadata, nil if it has none.
func (c *checker) ownMetadata(p *simple.Project, f *simple.File) (*simple.Metadata, error) {
	md, err := c.index.Metadata(c.ctx, p, f)
	if errors.Is(err, simple.ErrNoMetadata) {
		return nil, nil
	}
	return md, err
}

// walk follows the requirements from the user's own to the end.
func (c *checker) walk() {
	for _, r := range c.req.Requirements {
		if r.Marker.Eval(c.env, "") {
			c.require(c.overridden(r.Requirement), "")
		}
	}
	for again := true; again; {
		again = false
		for name, ch := range c.chosen {
			for extra := range ch.extras {
				if ch.done[extra] {
					continue
				}
				ch.done[extra], again = true, true
				for _, d := range ch.deps {
					if d.Marker.Eval(c.env, extra) {
						c.require(c.overridden(d), name)
					}
				}
			}
		}
	}
	for _, r := range c.req.Constraints {
		if ch, ok := c.chosen[r.Name]; ok && len(ch.specs) > 0 && r.Marker.Eval(c.env, "") && !r.Specifiers.Contains(ch.version) {
			c.violate(Met, r.Name, "%s breaks the constraint %s", ch.Version, r.Requirement)
		}
	}
	for name, ch := range c.chosen {
		if len(ch.specs) == 0 && !c.unknown {
			c.violate(Needed, name, "nothing requires it")
		}
	}
}

// overridden returns what stands instead of a requirement.
func (c *checker) overridden(r pep508.Requirement) pep508.Requirement {
	for _, o := range c.req.Overrides {
		if o.Name == r.Name && o.Marker.Eval(c.env, "") {
			r.Specifiers, r.URL = o.Specifiers, o.URL
		}
	}
	return r
}

// require checks that a requirement which applies is met, and asks for its
// extras.
func (c *checker) require(r pep508.Requirement, from string) {
	who := from
	if who == "" {
		who = "the user"
	}
	ch, ok := c.chosen[r.Name]
	if !ok {
		c.violate(Met, r.Name, "not chosen, though %s requires %s", who, r)
		return
	}
	ch.specs = append(ch.specs, applied{r, from})
	if !r.Specifiers.Contains(ch.version) {
		c.violate(Met, r.Name, "%s does not meet %s of %s", ch.Version, r, who)
	}
	ch.extras[""] = true
	for _, e := range r.Extras {
		ch.extras[e] = true
	}
}

// files checks each chosen file by itself.
func (c *checker) files() {
	for name, ch := range c.chosen {
		if ch.file == nil {
			continue
		}
		c.fits(name, ch)
		c.python(name, ch)
		c.yanked(name, ch)
		c.hash(name, ch)
		if c.req.Prereleases == resolver.Disallow && ch.version.IsPrerelease() && c.url(name) == "" {
			c.violate(Prerelease, name, "%s is a pre-release", ch.Version)
		}
	}
}

func (c *checker) fits(name string, ch *chosen) {
	if why := c.misfit(name, ch.page, ch.file); why != "" {
		c.violate(Fits, name, "%s %s", ch.File, why)
	}
}

// misfit says why a file cannot be installed on the target, "" if it can.
func (c *checker) misfit(name string, page *simple.Project, f *simple.File) string {
	switch f.Kind {
	case simple.Sdist:
		if c.req.OnlyBinary.Has(name) {
			return "is no wheel"
		}
	case simple.Wheel:
		if c.req.NoBinary.Has(name) {
			return "is a wheel"
		}
		set := page.Tags[f.Tags]
		if !slices.ContainsFunc(set.Tags(), func(t wheeltags.Tag) bool { return c.tags[t] }) {
			return "has no tag of " + c.target.String()
		}
	default:
		return "is never installed"
	}
	return ""
}

func (c *checker) python(name string, ch *chosen) {
	for _, text := range ch.python {
		if !c.admits(text) {
			c.violate(Python, name, "%s requires Python %s", ch.File, text)
		}
	}
}

// admits reports whether a Requires-Python, read as the installer does, holds for
// the target.
func (c *checker) admits(requires string) bool {
	spec, err := pep440.ParseSpecifiers(requires)
	if err != nil {
		return true // installers read it as no restriction
	}
	if c.req.Like == vocab.LikeUV {
		spec = spec.WithoutUpperBounds()
	}
	return spec.Contains(pep440.MustParse(c.env.PythonFullVersion))
}

func (c *checker) hash(name string, ch *chosen) {
	if !c.hashed(name, ch.file) {
		c.violate(Hash, name, "%s has none of the digests asked for", ch.File)
	}
}

// hashed reports whether a file has one of the digests asked for, if any are.
func (c *checker) hashed(name string, f *simple.File) bool {
	var want []string
	for _, r := range slices.Concat(c.req.Requirements, c.req.Constraints) {
		if r.Name == name {
			want = append(want, r.Hashes...)
		}
	}
	if len(want) == 0 {
		return true
	}
	// What the index gives in another algorithm only the file itself can tell.
	judged := false
	for _, h := range want {
		for _, have := range f.Hashes() {
			judged = judged || strings.HasPrefix(h, have.Algorithm+":")
			if h == have.Algorithm+":"+have.Hex {
				return true
			}
		}
	}
	return !judged
}
