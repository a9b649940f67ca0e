package lock

import (
	"strings"

	"github.com/ftpkg/ftpkg/resolver/internal/tomldoc"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// pylock reads a lock of PEP 751, and refuses what packaging's reader refuses.
func (r *reader) pylock() {
	root, l := r.doc.Root(), r.lock
	l.Version = root.Get("lock-version").Need().Str()
	v := r.version(root.Get("lock-version"))
	switch {
	case !v.IsValid():
		return
	case v.Release()[0] != 1:
		root.Get("lock-version").Fail("lock-version %s is not known; version 1 is read", tomldoc.Clip(l.Version))
		return
	case v.Compare(pep440.MustParse("1.0")) > 0:
		l.note(root.Get("lock-version").Line(), "lock-version "+l.Version, "what is newer than version 1.0 is not acted on")
	}
	l.CreatedBy = root.Get("created-by").Need().Str()
	l.RequiresPython = r.pythons(root.Get("requires-python"))
	for _, e := range root.Get("environments").Items() {
		l.Environments = append(l.Environments, Environment{Marker: r.marker(e)})
	}
	l.Extras = r.names(root.Get("extras"), pep508.NormalizeExtra)
	l.Groups = r.names(root.Get("dependency-groups"), pep508.NormalizeName)
	l.DefaultGroups = r.names(root.Get("default-groups"), pep508.NormalizeName)
	for _, p := range root.Get("packages").Need().Items() {
		l.Packages = append(l.Packages, r.pylockPackage(p))
		if r.doc.Err() != nil {
			return
		}
	}
}

func (r *reader) pylockPackage(v tomldoc.Value) Package {
	p := Package{
		Name:           r.name(v.Get("name")),
		Version:        r.version(v.Get("version")),
		Marker:         r.marker(v.Get("marker")),
		RequiresPython: r.pythons(v.Get("requires-python")),
		Line:           v.Line(),
	}
	if written := v.Get("name").Str(); written != p.Name {
		v.Get("name").Fail("the name %q is not normalised; PEP 751 wants %q", tomldoc.Clip(written), p.Name)
	}
	wheels, sdist := v.Get("wheels").Items(), v.Get("sdist")
	direct := 0
	for _, key := range []string{"vcs", "directory", "archive"} {
		if v.Get(key).Exists() {
			direct++
		}
	}
	switch files := len(wheels) > 0 || sdist.Exists(); {
	case files && direct > 0:
		v.Fail("vcs, directory and archive exclude sdist and wheels")
	case !files && direct != 1:
		v.Fail("exactly one of vcs, directory and archive is needed where there is no sdist and no wheel")
	}
	p.Source = r.pylockSource(v)
	for _, w := range wheels {
		f := r.pylockFile(w, true)
		r.checkWheel(w, &p, f)
		p.Files = append(p.Files, f)
	}
	if sdist.Exists() {
		f := r.pylockFile(sdist, true)
		r.checkSdist(sdist, &p, f)
		p.Files = append(p.Files, f)
	}
	if a := v.Get("archive"); a.Exists() {
		p.Files = append(p.Files, r.pylockFile(a, true))
	}
	for _, d := range v.Get("dependencies").Items() {
		dep := Dep{Name: r.name(d.Get("name")), Version: r.version(d.Get("version"))}
		for _, key := range []string{"vcs", "directory", "archive", "index"} {
			if s := d.Get(key); s.Exists() {
				dep.Source = r.sourceText(s)
			}
		}
		p.Dependencies = append(p.Dependencies, dep)
	}
	return p
}

// sourceText returns the URL or path of a source table, or the index itself.
func (r *reader) sourceText(v tomldoc.Value) string {
	if v.IsStr() {
		return v.Str()
	}
	return v.First("url", "path").Str()
}

func (r *reader) pylockSource(v tomldoc.Value) Source {
	switch vcs, dir, archive := v.Get("vcs"), v.Get("directory"), v.Get("archive"); {
	case vcs.Exists():
		vcs.Get("type").Need()
		vcs.First("url", "path").Need()
		return Source{Kind: SourceVCS, Text: r.sourceText(vcs), Revision: vcs.Get("commit-id").Need().Str()}
	case dir.Exists():
		s := Source{Kind: SourceDirectory, Text: dir.Get("path").Need().Str()}
		if dir.Get("editable").Bool() {
			s.Kind = SourceEditable
		}
		return s
	case archive.Exists():
		s := Source{Kind: SourceURL, Text: archive.Get("url").Str()}
		if s.Text == "" {
			s.Kind, s.Text = SourcePath, archive.Get("path").Str()
		}
		return s
	}
	return Source{Kind: SourceRegistry, Text: v.Get("index").Str()}
}

// pylockFile reads a wheel, sdist or archive table.
func (r *reader) pylockFile(v tomldoc.Value, hashed bool) simple.RawFile {
	f := simple.RawFile{
		Filename: v.Get("name").Str(),
		URL:      v.Get("url").Str(),
		Size:     r.size(v.Get("size")),
		Uploaded: r.uploaded(v.Get("upload-time")),
	}
	filePath := v.Get("path").Str()
	if f.URL == "" && filePath == "" {
		v.Fail("url or path is needed")
	}
	if f.Filename == "" {
		if f.Filename = fileName(filePath); filePath == "" {
			f.Filename = fileName(f.URL)
		}
	}
	if f.URL == "" {
		f.URL = filePath
	}
	hashes := v.Get("hashes")
	for _, algorithm := range hashes.Keys() {
		hex := hashes.Get(algorithm).Str()
		if !isHex(hex) {
			hashes.Get(algorithm).Fail("not a hash: %q", tomldoc.Clip(hex))
		}
		f.Hashes = append(f.Hashes, simple.Hash{Algorithm: strings.ToLower(algorithm), Hex: strings.ToLower(hex)})
	}
	if hashed && len(f.Hashes) == 0 {
		v.Fail("at least one hash is needed")
	}
	return f
}

// checkWheel refuses a wheel that is not of its package.
func (r *reader) checkWheel(v tomldoc.Value, p *Package, f simple.RawFile) {
	w, err := wheeltags.ParseFilename(f.Filename)
	switch {
	case err != nil:
		v.FailErr(err)
	case w.Name != p.Name:
		v.Fail("the wheel %s is not one of %s", tomldoc.Clip(f.Filename), p.Name)
	case p.Version.IsValid() && !w.Version.Equal(p.Version):
		v.Fail("the wheel %s is not of version %s", tomldoc.Clip(f.Filename), p.Version)
	}
}

// checkSdist refuses an sdist that is not of its package.
func (r *reader) checkSdist(v tomldoc.Value, p *Package, f simple.RawFile) {
	name, version, ok := sdistName(f.Filename)
	switch {
	case !ok:
		v.Fail("not the name of a source distribution: %q", tomldoc.Clip(f.Filename))
	case name != p.Name:
		v.Fail("the sdist %s is not one of %s", tomldoc.Clip(f.Filename), p.Name)
	case p.Version.IsValid() && !version.Equal(p.Version):
		v.Fail("the sdist %s is not of version %s", tomldoc.Clip(f.Filename), p.Version)
	}
}

// sdistName splits "name-1.0.tar.gz"; only the formats of PEP 625 and zip count.
func sdistName(filename string) (name string, version pep440.Version, ok bool) {
	stem, ok := strings.CutSuffix(filename, ".tar.gz")
	if !ok {
		if stem, ok = strings.CutSuffix(filename, ".zip"); !ok {
			return "", pep440.Version{}, false
		}
	}
	i := strings.LastIndexByte(stem, '-')
	if i < 1 {
		return "", pep440.Version{}, false
	}
	version, err := pep440.Parse(stem[i+1:])
	if err != nil {
		return "", pep440.Version{}, false
	}
	return pep508.NormalizeName(stem[:i]), version, true
}
