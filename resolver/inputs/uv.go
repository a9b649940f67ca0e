package inputs

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/ftpkg/ftpkg/resolver/internal/tomldoc"
	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// uvSettings are where uv's settings of a project stand.
type uvSettings struct {
	// table is the project's own [tool.uv].
	table tomldoc.Value
	// root is the workspace the project belongs to, itself if it is the root or
	// alone.
	root *project
	// settings holds what uv takes from a uv.toml in place of [tool.uv].
	settings tomldoc.Value
	file     string // of settings
}

// uvSettings finds the workspace of a project and the file of its settings.
func (l *load) uvSettings(p *project) *uvSettings {
	u := &uvSettings{table: p.root.Get("tool", "uv"), root: p, file: p.file}
	u.settings = u.table
	return u
}

// takeUVSettings takes the settings of [tool.uv], those of the workspace's root
// where uv reads only these.
func (l *load) takeUVSettings(p *project) error {
	root := l.workspaceRoot(p)
	p.uv.root = root
	if err := l.uvToml(root); err != nil {
		return err
	}
	if root != p {
		// A member's own indexes come before those of the root.
		l.takeUVIndexes(p, p.uv.table)
		defer func() { p.uv.settings, p.uv.file = root.uv.settings, root.uv.file }()
	}
	s := root.uv.settings
	l.takeUVIndexes(root, s)
	if root.uv.file != root.file { // sources may still name those of the project
		l.takeUVNamedIndexes(root.uv.table)
	}
	l.takeUVOptions(s)
	if err := l.takeUVRequirements(root); err != nil {
		return err
	}
	return cmp.Or(root.doc.Err(), s.Doc().Err())
}

// uvToml reads a uv.toml beside the root's project file, which uv takes in
// place of the settings in it.
func (l *load) uvToml(root *project) error {
	path := filepath.Join(root.dir, "uv.toml")
	data, err := readFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) || isURL(root.path) {
			return nil
		}
		return openError(Origin{}, l.relative(path), err)
	}
	doc, err := tomldoc.Parse(l.relative(path), data)
	if err != nil {
		return err
	}
	l.noteFile(l.relative(path))
	root.uv.settings, root.uv.file = doc.Root(), doc.File()
	return nil
}

// takeUVIndexes takes all that says where files are from.
func (l *load) takeUVIndexes(p *project, s tomldoc.Value) {
	l.takeUVNamedIndexes(s)
	opts := &l.in.Options
	if v := s.Get("index-url"); v.Exists() && opts.IndexURL == "" {
		opts.IndexURL = v.Str()
	}
	opts.ExtraIndexURLs = append(opts.ExtraIndexURLs, s.Get("extra-index-url").StrOrStrs()...)
	for _, f := range s.Get("find-links").StrOrStrs() {
		opts.FindLinks = append(opts.FindLinks, l.findLinks(p.file, f))
	}
	opts.NoIndex = opts.NoIndex || s.Get("no-index").Bool()
}

// takeUVNamedIndexes takes [[tool.uv.index]].
func (l *load) takeUVNamedIndexes(s tomldoc.Value) {
	opts := &l.in.Options
	seen := map[string]bool{}
	defaults := 0
	for _, v := range s.Get("index").Items() {
		x := Index{
			Name: v.Get("name").Str(), URL: v.Get("url").Need().Str(),
			Explicit: v.Get("explicit").Bool(), Default: v.Get("default").Bool(),
			Origin: Origin{File: s.Doc().File(), Line: v.Line(), Text: redact(v.Get("url").Str())},
		}
		switch {
		case x.Name != "" && seen[x.Name]:
			v.Get("name").Fail("the index %q is described twice", x.Name)
		case x.Explicit && x.Name == "":
			v.Fail("an explicit index needs a name")
		case x.Default:
			if defaults++; defaults > 1 {
				v.Fail("only one index can be the default")
			}
		}
		seen[x.Name] = true
		if _, taken := opts.Index(x.Name); !taken || x.Name == "" {
			opts.Indexes = append(opts.Indexes, x)
		}
	}
}

// takeUVOptions takes the settings that choose files and versions.
func (l *load) takeUVOptions(s tomldoc.Value) {
	opts := &l.in.Options
	if s.Get("no-build").Bool() {
		opts.OnlyBinary.set(":all:", &opts.NoBinary)
	}
	if s.Get("no-binary").Bool() {
		opts.NoBinary.set(":all:", &opts.OnlyBinary)
	}
	for _, name := range s.Get("no-build-package").Strs() {
		opts.OnlyBinary.set(name, &opts.NoBinary)
	}
	for _, name := range s.Get("no-binary-package").Strs() {
		opts.NoBinary.set(name, &opts.OnlyBinary)
	}
	switch v := s.Get("prerelease"); {
	case v.IsStr() && v.Str() == "allow":
		opts.AllReleases.set(":all:", &opts.OnlyFinal)
	case v.IsStr() && v.Str() == "disallow":
		opts.OnlyFinal.set(":all:", &opts.AllReleases)
	case v.IsStr() && v.Str() == "if-necessary-or-explicit", v.IsStr() && v.Str() == "if-necessary", !v.Exists():
	default:
		l.in.ignore(l.uvOrigin(v), "prerelease", "not a policy that is followed")
	}
	if v := s.Get("exclude-newer"); v.Exists() && opts.ExcludeNewer == "" {
		if v.IsStr() {
			opts.ExcludeNewer = v.Str()
		} else {
			opts.ExcludeNewer = v.Time().Format("2006-01-02T15:04:05Z07:00")
		}
	}
	for _, x := range uvIgnored() {
		if v := s.Get(x.key); v.Exists() {
			l.in.ignore(l.uvOrigin(v), x.key, x.why)
		}
	}
}

type ignoredKey struct{ key, why string }

// uvIgnored are the settings of uv that change what uv resolves and are not
// acted on here.
func uvIgnored() []ignoredKey {
	return []ignoredKey{
		{"resolution", "the newest versions are resolved"},
		{"fork-strategy", "every target is resolved on its own"},
		{"index-strategy", "the first index that has a project serves it"},
		{"dependency-metadata", "metadata is read from the files themselves"},
		{"exclude-dependencies", "it is not acted on"},
		{"exclude-newer-package", "one date holds for all packages"},
		{"conflicts", "extras and groups are only resolved together if they are asked for together"},
		{"dependency-groups", "a Python required by one group is not checked"},
		{"pip", "it is for uv pip alone"},
		{"keyring-provider", "keyrings are not asked"},
		{"build-constraint-dependencies", "nothing is built"},
		{"extra-build-dependencies", "nothing is built"},
		{"no-build-isolation", "nothing is built"},
		{"no-build-isolation-package", "nothing is built"},
		{"config-settings", "nothing is built"},
		{"config-settings-package", "nothing is built"},
	}
}

func (l *load) uvOrigin(v tomldoc.Value) Origin {
	return Origin{File: v.Doc().File(), Line: v.Line(), Text: v.Path()}
}

// takeUVRequirements takes constraints, overrides and environments, which uv
// reads from a project file only.
func (l *load) takeUVRequirements(p *project) error {
	s := p.uv.table
	for _, list := range []struct {
		key  string
		into *[]Requirement
	}{{"constraint-dependencies", &l.in.Constraints}, {"override-dependencies", &l.in.Overrides}} {
		for _, v := range s.Get(list.key).Items() {
			if v.IsTable() {
				l.in.ignore(l.uvOrigin(v), v.Path(), "an override for one package's dependencies is not acted on")
				continue
			}
			req, err := pep508.Parse(v.Str())
			if err != nil {
				v.FailErr(reason(err, v.Str()))
				return v.Doc().Err()
			}
			r := Requirement{Requirement: req, Origin: Origin{File: v.Doc().File(), Line: v.Line(), Text: redact(v.Str())}}
			if req.URL != "" {
				l.notJudged(r, "a "+list.key[:len(list.key)-len("-dependencies")]+" on a URL")
				continue
			}
			*list.into = append(*list.into, r)
		}
	}
	for _, list := range []struct {
		key  string
		into *[]*pep508.Marker
	}{{"environments", &l.in.Environments}, {"required-environments", &l.in.RequiredEnvironments}} {
		for _, text := range s.Get(list.key).StrOrStrs() {
			m, err := pep508.ParseMarker(text)
			if err != nil {
				s.Get(list.key).FailErr(fmt.Errorf("%w: %s", reason(err, text), tomldoc.Clip(text)))
				return s.Doc().Err()
			}
			*list.into = append(*list.into, m)
		}
	}
	return nil
}
