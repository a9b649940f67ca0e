package universe

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// Suffix ends the name of a case file.
const Suffix = ".case"

type parser struct {
	c *Case
	// reading of the answers, which wait until all files are known
	answers []*line
}

// Parse reads a case. The name is used in errors, which are *[SyntaxError].
func Parse(name, text string) (*Case, error) {
	lines, err := readLines(name, text)
	if err != nil {
		return nil, err
	}
	p := &parser{c: &Case{Name: name, Universe: &Universe{}, head: headOf(text)}}
	p.c.Options.Serve = ServeJSON
	for _, l := range lines {
		if err := p.top(l); err != nil {
			return nil, err
		}
	}
	if p.c.Shows == "" {
		return nil, &SyntaxError{name, 1, "no shows line says what the case is for"}
	}
	if err := p.hashes(lines); err != nil {
		return nil, err
	}
	if err := p.readAnswers(); err != nil {
		return nil, err
	}
	return p.c, nil
}

// Load reads every case of a folder, sorted by name.
func Load(fsys fs.FS, dir string) ([]*Case, error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*"+Suffix))
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	cases := make([]*Case, len(names))
	for i, n := range names {
		text, err := fs.ReadFile(fsys, n)
		if err != nil {
			return nil, err
		}
		if cases[i], err = Parse(strings.TrimSuffix(path.Base(n), Suffix), string(text)); err != nil {
			return nil, err
		}
	}
	return cases, nil
}

func (p *parser) top(l *line) error {
	switch l.word {
	case "shows":
		p.c.Shows = strings.TrimSpace(p.c.Shows + " " + l.rest)
		return p.leaf(l)
	case "root":
		if _, err := pep508.Parse(l.rest); err != nil {
			return p.fail(l, "%v", err)
		}
		root := Root{Text: l.rest}
		for _, h := range l.children {
			if h.word != "hash" || h.rest == "" || len(h.children) > 0 {
				return p.fail(h, "only lines \"hash FILENAME\" belong under root")
			}
			root.Hashes = append(root.Hashes, strings.Fields(h.rest)...)
		}
		p.c.Requirements = append(p.c.Requirements, root)
		return nil
	case "constraint":
		if _, err := pep508.Parse(l.rest); err != nil {
			return p.fail(l, "%v", err)
		}
		p.c.Constraints = append(p.c.Constraints, l.rest)
		return p.leaf(l)
	case "option":
		return p.option(l)
	case "also", "recorded", "answer", "expect", "ours":
		p.answers = append(p.answers, l)
		return nil
	case "index":
		if !plainWord(l.rest) {
			return p.fail(l, "an index has a name of lower-case letters, digits and dashes")
		}
		if p.c.Universe.Index(l.rest) != nil {
			return p.fail(l, "the index %s stands here twice", l.rest)
		}
		x := &Index{Name: l.rest}
		p.c.Universe.Indexes = append(p.c.Universe.Indexes, x)
		for _, k := range l.children {
			if k.word != "package" {
				return p.fail(k, "only packages belong under an index, not %q", k.word)
			}
			if err := p.project(x, k); err != nil {
				return err
			}
		}
		return nil
	case "package":
		x := p.c.Universe.Index(MainIndex)
		if x == nil {
			x = &Index{Name: MainIndex}
			p.c.Universe.Indexes = append(p.c.Universe.Indexes, x)
		}
		return p.project(x, l)
	}
	return p.fail(l, "unknown word %q at the left margin", l.word)
}

// plainWord reports whether s can stand in a URL path and a host name.
func plainWord(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return s != ""
}

func (p *parser) option(l *line) error {
	name, value, _ := strings.Cut(l.rest, " ")
	value = strings.TrimSpace(value)
	o := &p.c.Options
	switch name {
	case "only-binary":
		o.OnlyBinary = append(o.OnlyBinary, strings.Fields(value)...)
	case "no-binary":
		o.NoBinary = append(o.NoBinary, strings.Fields(value)...)
	case "pre":
		mode, ok := map[string]resolver.Prereleases{
			"if-necessary": resolver.IfNecessary, "allow": resolver.Allow, "disallow": resolver.Disallow,
		}[value]
		if !ok {
			return p.fail(l, "option pre is allow, disallow or if-necessary")
		}
		o.Prereleases = mode
	case "exclude-newer":
		t, err := parseTime(value)
		if err != nil {
			return p.fail(l, "%v", err)
		}
		o.ExcludeNewer = t
	case "serve":
		switch o.Serve = Serve(value); o.Serve {
		case ServeJSON, ServeHTML, ServePlain:
		default:
			return p.fail(l, "option serve is json, html or plain")
		}
	default:
		return p.fail(l, "unknown option %q", name)
	}
	return p.leaf(l)
}

// project reads a package line and all under it.
func (p *parser) project(x *Index, l *line) error {
	if err := pep508.CheckName(l.rest); err != nil {
		return p.fail(l, "%v", err)
	}
	if x.Project(pep508.NormalizeName(l.rest)) != nil {
		return p.fail(l, "the package %s stands here twice", l.rest)
	}
	proj := &Project{Name: l.rest}
	x.Projects = append(x.Projects, proj)
	for _, k := range l.children {
		switch k.word {
		case "status":
			proj.Status, proj.StatusReason, _ = strings.Cut(k.rest, " ")
			if err := p.leaf(k); err != nil {
				return err
			}
		case "version":
			if err := p.release(proj, k); err != nil {
				return err
			}
		default:
			return p.fail(k, "unknown word %q under a package", k.word)
		}
	}
	return nil
}

// release reads a version line: first what holds for all its files, then them.
func (p *parser) release(proj *Project, l *line) error {
	if _, err := pep440.Parse(l.rest); err != nil {
		return p.fail(l, "%v", err)
	}
	rel := &Release{Version: l.rest}
	proj.Releases = append(proj.Releases, rel)
	all := File{Core: Core{MetadataVersion: "2.4", Name: proj.Name, Version: l.rest}}
	var files []*line
	for _, k := range l.children {
		switch k.word {
		case "wheel", "sdist", "other":
			files = append(files, k)
		default:
			if err := p.property(&all, k); err != nil {
				return err
			}
		}
	}
	if len(files) == 0 {
		files = []*line{{number: l.number, word: "wheel", rest: "py3-none-any"}}
	}
	for _, k := range files {
		if err := p.files(rel, &all, k); err != nil {
			return err
		}
	}
	return nil
}

// files reads a wheel, sdist or other line.
func (p *parser) files(rel *Release, all *File, l *line) error {
	own := *all
	own.Core.Requires = append([]string(nil), all.Core.Requires...)
	own.Core.Extras = append([]string(nil), all.Core.Extras...)
	for _, k := range l.children {
		if k.word == "requires" {
			own.Core.Requires, own.Core.Extras = nil, nil
			break
		}
	}
	for _, k := range l.children {
		if err := p.property(&own, k); err != nil {
			return err
		}
	}
	stem := fileStem(own.Core.Name, own.Core.Version)
	var names []string
	switch l.word {
	case "wheel":
		own.Kind = Wheel
		for w := range strings.FieldsSeq(l.rest) {
			names = append(names, stem+"-"+w+".whl")
		}
	case "sdist":
		own.Kind = Sdist
		suffix := ".tar.gz"
		for w := range strings.FieldsSeq(l.rest) {
			switch w {
			case "zip":
				suffix = ".zip"
			case "dynamic":
				own.Core.Dynamic = true
			default:
				return p.fail(l, "a source distribution is zip or dynamic, not %q", w)
			}
		}
		names = []string{stem + suffix}
	case "other":
		own.Kind = Other
		names = strings.Fields(l.rest)
	}
	if len(names) == 0 {
		return p.fail(l, "%q names no file", l.word)
	}
	for _, n := range names {
		if strings.ContainsAny(n, "/\\?#\"<>&") || n[0] == '.' {
			return p.fail(l, "%q cannot be a file name", n)
		}
		f := own
		f.Name = n
		rel.Files = append(rel.Files, &f)
	}
	return nil
}

// fileStem is the part of a file name that a wheel and a source distribution
// share: the name as PEP 625 and the wheel specification escape it, and the
// version.
func fileStem(name, version string) string {
	return strings.ReplaceAll(pep508.NormalizeName(name), "-", "_") + "-" + strings.ReplaceAll(version, "-", "_")
}

// property reads a line that says something about files.
func (p *parser) property(f *File, l *line) error {
	if err := p.leaf(l); err != nil {
		return err
	}
	var err error
	switch l.word {
	case "requires":
		if l.rest == "nothing" {
			return nil
		}
		if _, err = pep508.Parse(l.rest); err == nil {
			f.Core.Requires = append(f.Core.Requires, l.rest)
		}
	case "extra":
		err = f.Core.addExtra(l.rest)
	case "requires-python":
		_, err = pep440.ParseSpecifiers(l.rest)
		f.Core.RequiresPython = l.rest
	case "metadata-version":
		f.Core.MetadataVersion = l.rest
	case "yanked":
		f.Yanked, f.YankedReason = true, l.rest
	case "uploaded":
		f.Uploaded, err = parseTime(l.rest)
	case "size":
		f.Size, err = parseSize(l.rest)
	case "payload":
		f.Payload, err = parseSize(l.rest)
	case "content":
		f.Content = l.rest
	case "digest":
		f.Digest, err = parseClaim(l.rest, None, Wrong)
	case "metadata":
		f.Metadata, err = parseClaim(l.rest, None, Wrong, Unreadable)
	default:
		return p.fail(l, "unknown word %q", l.word)
	}
	if err != nil {
		return p.fail(l, "%v", err)
	}
	return nil
}

// addExtra reads "NAME" or "NAME: REQUIREMENT" and writes the requirement as
// core metadata does, with the extra in its marker.
func (c *Core) addExtra(s string) error {
	name, req, has := strings.Cut(s, ":")
	name = strings.TrimSpace(name)
	if err := pep508.CheckName(name); err != nil {
		return err
	}
	if !slices.Contains(c.Extras, name) {
		c.Extras = append(c.Extras, name)
	}
	if !has {
		return nil
	}
	r, err := pep508.Parse(strings.TrimSpace(req))
	if err != nil {
		return err
	}
	marker := `extra == "` + name + `"`
	if r.Marker != nil {
		marker = "(" + r.Marker.String() + ") and " + marker
		r.Marker = nil
	}
	sep := "; "
	if r.URL != "" {
		sep = " ; "
	}
	c.Requires = append(c.Requires, r.String()+sep+marker)
	return nil
}

// hashes checks that every file a root's hash names exists.
func (p *parser) hashes(lines []*line) error {
	for _, l := range lines {
		if l.word != "root" {
			continue
		}
		for _, h := range l.children {
			for name := range strings.FieldsSeq(h.rest) {
				if p.c.Universe.file(name) == nil {
					return p.fail(h, "no file is named %s", name)
				}
			}
		}
	}
	return nil
}

// file returns the first file of that name on any index.
func (u *Universe) file(name string) *File {
	for _, x := range u.Indexes {
		if f := x.File(name); f != nil {
			return f
		}
	}
	return nil
}

func parseTime(s string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, nil
	}
	return time.Parse(time.RFC3339, s)
}

// maxPayload bounds the bytes a file is filled with, so that a mistyped case
// does not fill the memory.
const maxPayload = 1 << 30

func parseSize(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err == nil && (n < 0 || n > maxPayload) {
		err = errors.New("a size lies between 0 and 1 GiB")
	}
	return n, err
}

func parseClaim(s string, allowed ...Claim) (Claim, error) {
	c, ok := map[string]Claim{"none": None, "wrong": Wrong, "unreadable": Unreadable}[s]
	if !ok || !slices.Contains(allowed, c) {
		return 0, errors.New("the page claims none or wrong, or for metadata also unreadable")
	}
	return c, nil
}
