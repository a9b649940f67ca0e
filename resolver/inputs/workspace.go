package inputs

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// workspaceRoot returns the project whose uv workspace p belongs to: itself, or
// one in a folder above whose members include it. A broken file above is none
// of this project's business.
func (l *load) workspaceRoot(p *project) *project {
	if p.uv.table.Get("workspace").Exists() || isURL(p.path) || !isDir(p.dir) {
		return p
	}
	for dir := filepath.Dir(p.dir); ; dir = filepath.Dir(dir) {
		above, err := l.projectIn(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return p
		case above.uv.table.Get("workspace").Exists():
			rel, err := filepath.Rel(dir, p.dir)
			if err == nil && above.hasMember(filepath.ToSlash(rel)) {
				l.noteFile(above.file)
				return above
			}
			return p
		}
		if dir == filepath.Dir(dir) {
			return p
		}
	}
}

// hasMember reports whether a workspace counts a folder, relative to its root,
// among its members.
func (p *project) hasMember(rel string) bool {
	w := p.uv.table.Get("workspace")
	matches := func(patterns []string) bool {
		return slices.ContainsFunc(patterns, func(pattern string) bool { return globMatch(path.Clean(pattern), rel) })
	}
	return matches(w.Get("members").Strs()) && !matches(w.Get("exclude").Strs())
}

// members returns the projects of a workspace by name, its root among them.
func (l *load) members(root *project) (map[string]*project, error) {
	out := map[string]*project{}
	if root.name != "" {
		out[root.name] = root
	}
	w := root.uv.table.Get("workspace")
	for _, pattern := range w.Get("members").Items() {
		for _, dir := range globDirs(root.dir, path.Clean(pattern.Str())) {
			rel, err := filepath.Rel(root.dir, dir)
			if err != nil || !root.hasMember(filepath.ToSlash(rel)) {
				continue
			}
			m, err := l.projectIn(dir)
			if errors.Is(err, fs.ErrNotExist) {
				continue // uv refuses all but hidden folders; there is nothing to read
			}
			if err != nil {
				return nil, err
			}
			if managed := m.uv.table.Get("managed"); m.name == "" || managed.Exists() && !managed.Bool() {
				continue
			}
			m.uv.root = root
			out[m.name] = m
		}
	}
	return out, root.doc.Err()
}

// virtualRoot takes the members of a workspace whose root is no project itself:
// uv installs them all.
func (l *load) virtualRoot(p *project) error {
	if p.root.Get("project").Exists() || !p.uv.table.Get("workspace").Exists() {
		return nil
	}
	members, err := l.members(p)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		m := members[name]
		at := p.uv.table.Get("workspace", "members")
		r := Requirement{Requirement: pep508.Requirement{Name: name, Display: name}, Origin: p.origin(at, name)}
		if err := l.localProject(r, m.dir, false); err != nil {
			return l.placed(p, at, err)
		}
	}
	return nil
}

// globMatch reports whether a slash-separated path matches a pattern in which
// ** stands for any number of folders.
func globMatch(pattern, name string) bool {
	return matchParts(strings.Split(pattern, "/"), strings.Split(name, "/"))
}

func matchParts(pattern, name []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			for i := 0; i <= len(name); i++ {
				if matchParts(pattern[1:], name[i:]) {
					return true
				}
			}
			return false
		}
		if len(name) == 0 {
			return false
		}
		if ok, err := path.Match(pattern[0], name[0]); err != nil || !ok {
			return false
		}
		pattern, name = pattern[1:], name[1:]
	}
	return len(name) == 0
}

// maxGlob bounds the folders that ** looks into.
const maxGlob = 20000

// globDirs returns the folders below a root that match a pattern, in order.
func globDirs(root, pattern string) []string {
	var out []string
	looked := 0
	var walk func(dir string, parts []string)
	walk = func(dir string, parts []string) {
		if len(parts) == 0 {
			if isDir(dir) && !slices.Contains(out, dir) {
				out = append(out, dir)
			}
			return
		}
		if part := parts[0]; part != "**" && !strings.ContainsAny(part, `*?[\`) {
			walk(filepath.Join(dir, part), parts[1:])
			return
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			return
		}
		if parts[0] == "**" {
			walk(dir, parts[1:])
		}
		for _, e := range entries {
			// Symbolic links are not followed by **, which could go in circles.
			if looked++; looked > maxGlob || strings.HasPrefix(e.Name(), ".") {
				continue
			}
			next := filepath.Join(dir, e.Name())
			if parts[0] == "**" {
				if e.IsDir() {
					walk(next, parts)
				}
				continue
			}
			if ok, err := path.Match(parts[0], e.Name()); err == nil && ok && isDir(next) {
				walk(next, parts[1:])
			}
		}
	}
	walk(root, strings.Split(pattern, "/"))
	slices.Sort(out)
	return out
}

// virtual reports whether uv installs only the dependencies of the project.
func (p *project) virtual() bool {
	if pkg := p.uv.table.Get("package"); pkg.Exists() {
		return !pkg.Bool()
	}
	return p.uv.table.Exists() && !p.root.Get("build-system").Exists()
}
