package environment

import (
	"path/filepath"
	"strings"
	"sync"
)

// An ownerIndex knows whose each file is; it is made when first asked.
type ownerIndex struct {
	once  sync.Once
	files map[string]*Distribution // by absolute path
	roots map[string]*Distribution // of editable projects
}

// Owner returns the distribution that a file belongs to, by its RECORD; a
// project that is installed as editable owns all that is in its folder. The path
// is absolute, or relative to the first site folder. Links are followed if the
// path as it is belongs to nobody.
func (e *Environment) Owner(path string) (*Distribution, bool) {
	e.owners.once.Do(e.index)
	if !filepath.IsAbs(path) {
		if len(e.Site) == 0 {
			return nil, false
		}
		path = filepath.Join(e.Site[0], filepath.FromSlash(path))
	}
	if d, ok := e.owner(filepath.Clean(path)); ok {
		return d, true
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, false
	}
	return e.owner(target)
}

func (e *Environment) owner(path string) (*Distribution, bool) {
	if d, ok := e.owners.files[destKey(path)]; ok {
		return d, true
	}
	for root, d := range e.owners.roots {
		if strings.HasPrefix(path, root+string(filepath.Separator)) {
			return d, true
		}
	}
	return nil, false
}

func (e *Environment) index() {
	e.owners.files = map[string]*Distribution{}
	e.owners.roots = map[string]*Distribution{}
	for _, d := range e.Distributions {
		if d.Editable != "" {
			e.owners.roots[filepath.Clean(d.Editable)] = d
		}
		sites := []string{d.site}
		if target, err := filepath.EvalSymlinks(d.site); err == nil && target != d.site {
			sites = append(sites, target)
		}
		for i := range d.Files {
			p := filepath.FromSlash(d.Files[i].Path)
			if filepath.IsAbs(p) {
				e.owners.files[destKey(filepath.Clean(p))] = d
				continue
			}
			for _, site := range sites {
				e.owners.files[destKey(filepath.Join(site, p))] = d
			}
		}
	}
}
