package inputs

import (
	"strings"

	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// takePDM takes what PDM adds to a project file: its indexes and overrides. Its
// older groups are read with the others.
func (l *load) takePDM(p *project) {
	pdm := p.root.Get("tool", "pdm")
	for _, v := range pdm.Get("source").Items() {
		x := Index{Name: v.Get("name").Str(), URL: v.Get("url").Str(), Origin: p.origin(v, v.Get("url").Str())}
		switch {
		case x.URL == "":
			continue
		case v.Get("type").Str() == "find_links":
			l.in.Options.FindLinks = append(l.in.Options.FindLinks, x.URL)
			continue
		case x.Name == "pypi": // stands for the default index
			x.Default = true
		}
		if _, taken := l.in.Options.Index(x.Name); !taken || x.Name == "" {
			l.in.Options.Indexes = append(l.in.Options.Indexes, x)
		}
	}
	resolution := pdm.Get("resolution")
	if resolution.Get("allow-prereleases").Bool() {
		l.in.Options.AllReleases.set(":all:", &l.in.Options.OnlyFinal)
	}
	if v := resolution.Get("excludes"); v.Exists() {
		l.in.ignore(p.origin(v, v.Path()), v.Path(), "it is not acted on")
	}
	overrides := resolution.Get("overrides")
	for _, key := range overrides.Keys() {
		v := overrides.Get(key)
		text := v.Str()
		o := p.origin(v, key+" = "+text)
		if isURL(text) {
			l.notJudged(Requirement{Origin: o}, "an override on a URL")
			continue
		}
		if text != "" && strings.Trim(text[:1], "0123456789v") == "" {
			text = "==" + text // a bare version
		}
		specs, err := pep440.ParseSpecifiers(text)
		if err != nil {
			v.FailErr(err)
			return
		}
		req := pep508.Requirement{Name: pep508.NormalizeName(key), Display: key, Specifiers: specs}
		l.in.Overrides = append(l.in.Overrides, Requirement{Requirement: req, Origin: o})
	}
}
