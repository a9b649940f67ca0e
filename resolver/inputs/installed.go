package inputs

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/internal/markertext"
	"github.com/ftpkg/ftpkg/resolver/lock"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// installed lists what a site-packages folder holds.
func (e *envReader) installed(site string) {
	for _, entry := range e.entries(site) {
		name := entry.Name()
		path := filepath.Join(site, name)
		switch {
		case strings.HasPrefix(name, "~"):
			e.note(e.rel(path), "left over from an uninstallation that was cut short")
		case strings.HasSuffix(name, ".dist-info") && isDir(path):
			e.distInfo(path)
		case strings.HasSuffix(name, ".egg-info"):
			e.eggInfo(path)
		case strings.HasSuffix(name, ".egg-link"):
			e.note(e.rel(path), "a local project linked by an old setuptools: no index has its files")
		case strings.HasSuffix(name, ".egg"):
			e.note(e.rel(path), "an egg, which installers no longer make: its version is not judged")
		}
	}
}

// distInfo reads the metadata folder of an installed wheel.
func (e *envReader) distInfo(dir string) {
	data, err := readFile(filepath.Join(dir, "METADATA"))
	if err != nil {
		e.note(e.rel(dir), "it has no readable METADATA")
		return
	}
	p, ok := e.metadata(dir, data)
	if !ok {
		return
	}
	p.Installed = &lock.Installed{Location: e.rel(dir)}
	if installer, err := readFile(filepath.Join(dir, "INSTALLER")); err == nil {
		p.Installed.Installer = firstLine(string(installer))
	}
	if wheel, err := readFile(filepath.Join(dir, "WHEEL")); err == nil {
		e.wheel(string(wheel), p.Installed)
	}
	if origin, err := readFile(filepath.Join(dir, "direct_url.json")); err == nil {
		if p.Source, err = directURL(origin); err != nil {
			e.note(e.rel(dir), fmt.Sprintf("direct_url.json is not understood: %v", err))
			p.Source = lock.Source{Kind: lock.SourceRegistry}
		}
	}
	e.add(p)
}

// eggInfo reads what setuptools leaves for a package installed without a wheel:
// a folder with PKG-INFO, or that file itself.
func (e *envReader) eggInfo(path string) {
	file := path
	if isDir(path) {
		file = filepath.Join(path, "PKG-INFO")
	}
	data, err := readFile(file)
	if err != nil {
		e.note(e.rel(path), "it has no readable PKG-INFO")
		return
	}
	if p, ok := e.metadata(path, data); ok {
		p.Installed = &lock.Installed{Location: e.rel(path)}
		e.add(p)
	}
}

// add takes a package, once.
func (e *envReader) add(p lock.Package) {
	if first, ok := e.env.Lock.Package(p.Name); ok {
		e.note(p.Installed.Location, fmt.Sprintf("%s is installed twice; %s counts", p.Name, first.Installed.Location))
		return
	}
	e.env.Lock.Packages = append(e.env.Lock.Packages, p)
}

// metadata makes a package of METADATA or PKG-INFO.
func (e *envReader) metadata(path string, data []byte) (lock.Package, bool) {
	m, err := simple.ParseMetadata(data)
	if err != nil {
		e.note(e.rel(path), fmt.Sprintf("its metadata is not understood: %v", err))
		return lock.Package{}, false
	}
	version, err := pep440.Parse(m.Version)
	if err != nil || pep508.CheckName(m.Name) != nil {
		e.note(e.rel(path), fmt.Sprintf("%q %q is not a name and a version", m.Name, m.Version))
		return lock.Package{}, false
	}
	p := lock.Package{Name: pep508.NormalizeName(m.Name), Version: version, Source: lock.Source{Kind: lock.SourceRegistry}}
	if p.RequiresPython, err = lock.ParsePythons(m.RequiresPython); err != nil {
		e.note(e.rel(path), fmt.Sprintf("Requires-Python is not understood: %q", m.RequiresPython))
	}
	var extras []string
	for _, x := range m.ProvidesExtra {
		extras = append(extras, pep508.NormalizeExtra(x))
	}
	for _, text := range m.RequiresDist {
		e.requires(&p, text, extras)
	}
	return p, true
}

// requires adds a Requires-Dist to the package, or to its extras.
func (e *envReader) requires(p *lock.Package, text string, extras []string) {
	req, err := pep508.Parse(text)
	if err != nil {
		return // of no account for what is installed
	}
	d := lock.Dep{Name: req.Name, Extras: req.Extras, Marker: req.Marker, Specifiers: lock.SpecifierPythons(req.Specifiers)}
	if !req.Marker.UsesExtra() {
		p.Dependencies = append(p.Dependencies, d)
		return
	}
	set, err := markertext.ExtrasAsSet(req.Marker.String())
	if err != nil {
		return
	}
	if d.Marker, err = pep508.ParseMarker(set); err != nil {
		return
	}
	if p.ExtraDependencies == nil {
		p.ExtraDependencies = map[string][]lock.Dep{}
		p.Extras = extras
	}
	for _, extra := range extras {
		p.ExtraDependencies[extra] = append(p.ExtraDependencies[extra], d)
	}
}

// wheel reads the tags a package was installed with.
func (e *envReader) wheel(text string, in *lock.Installed) {
	for _, line := range splitLines(text) {
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		switch value = strings.TrimSpace(value); strings.ToLower(key) {
		case "build":
			in.Build = value
		case "tag":
			set, err := wheeltags.ParseTagSet(value)
			if err != nil {
				continue
			}
			for _, tag := range set.Tags() {
				in.Tags = append(in.Tags, tag)
				switch abi := tag.ABI; {
				case abi == "abi3t", strings.HasPrefix(abi, "cp3") && strings.HasSuffix(abi, "t"):
					e.freeThreaded++
				case abi == "abi3", strings.HasPrefix(abi, "cp3"):
					e.gil++
				}
			}
		}
	}
}

// directURL reads where a package was installed from that is from no index.
func directURL(data []byte) (lock.Source, error) {
	var d struct {
		URL string `json:"url"`
		VCS *struct {
			CommitID string `json:"commit_id"`
		} `json:"vcs_info"`
		Dir *struct {
			Editable bool `json:"editable"`
		} `json:"dir_info"`
		Archive *json.RawMessage `json:"archive_info"`
	}
	if err := json.Unmarshal(data, &d); err != nil {
		return lock.Source{}, err
	}
	s := lock.Source{Kind: lock.SourceURL, Text: redact(d.URL)}
	switch {
	case d.VCS != nil:
		s.Kind, s.Revision = lock.SourceVCS, d.VCS.CommitID
	case d.Dir != nil && d.Dir.Editable:
		s.Kind = lock.SourceEditable
	case d.Dir != nil:
		s.Kind = lock.SourceDirectory
	case strings.HasPrefix(strings.ToLower(d.URL), "file:"):
		s.Kind = lock.SourcePath
	}
	return s, nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(line)
}
