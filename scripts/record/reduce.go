package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/snapshot"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// A level says how much of a page is kept: its newest releases, besides those that
// were read or are spoken of, and of those the files for Pythons in use or all of
// them.
type level struct {
	releases int
	allFiles bool
}

func levels() []level {
	return []level{{1, false}, {3, false}, {3, true}, {8, false}, {8, true}, {20, true}, {60, true}, {1 << 20, true}}
}

// A reducer picks what a snapshot keeps out of what a proxy saw.
type reducer struct {
	proxy   *proxy
	outputs []string // what the commands printed
	level   map[string]level
	replays func(*snapshot.Snapshot) (bool, error)
}

// reduce returns the least that still replays: each project at the lowest level
// that makes no difference.
func (r *reducer) reduce(taken time.Time) (*snapshot.Snapshot, error) {
	names := slices.Sorted(maps.Keys(r.proxy.pages))
	all := levels()[len(levels())-1]
	r.level = map[string]level{}
	for _, n := range names {
		r.level[n] = all
	}
	try := func() (bool, error) {
		s, err := r.snapshot(taken)
		if err != nil {
			return false, err
		}
		return r.replays(s)
	}
	if ok, err := try(); err != nil || !ok {
		return nil, cmp.Or(err, errors.New("with all of the pages the commands print something else"))
	}
	// lower takes projects to a level, together if it can be, else by halves; it
	// returns those that must stay.
	var lower func(names []string, to level) ([]string, error)
	lower = func(names []string, to level) ([]string, error) {
		if len(names) == 0 {
			return nil, nil
		}
		for _, n := range names {
			r.level[n] = to
		}
		ok, err := try()
		if ok || err != nil {
			return nil, err
		}
		for _, n := range names {
			r.level[n] = all
		}
		if len(names) == 1 {
			return names, nil
		}
		left, err := lower(names[:len(names)/2], to)
		if err != nil {
			return nil, err
		}
		right, err := lower(names[len(names)/2:], to)
		return append(slices.Clone(left), right...), err
	}
	for _, l := range levels() {
		fmt.Printf("trying the newest %d releases, all files %v, of %d projects\n", l.releases, l.allFiles, len(names))
		var err error
		if names, err = lower(names, l); err != nil {
			return nil, err
		}
		if len(names) == 0 {
			break
		}
	}
	return r.snapshot(taken)
}

// snapshot returns what is kept at the present levels.
func (r *reducer) snapshot(taken time.Time) (*snapshot.Snapshot, error) {
	s := &snapshot.Snapshot{Taken: taken}
	spoken := versionsIn(r.outputs)
	for _, name := range slices.Sorted(maps.Keys(r.proxy.pages)) {
		page, l := r.proxy.pages[name].parsed, r.level[name]
		p := snapshot.Project{Name: name, Metadata: map[string]string{}, Wheels: map[string][]byte{}}
		for i, release := range page.Releases {
			read := slices.ContainsFunc(release.Files, func(f simple.File) bool { _, ok := r.proxy.metadata[f.Filename]; return ok })
			if !read && i >= l.releases && !spoken[release.Version.String()] {
				continue
			}
			for j := range release.Files {
				f := &release.Files[j]
				text, wasRead := r.proxy.metadata[f.Filename]
				if !wasRead && !l.allFiles && !inUse(page, f) {
					continue
				}
				p.Files = append(p.Files, r.file(page, f))
				if wheel, ok := r.proxy.wheels[f.Filename]; ok {
					p.Wheels[f.Filename] = wheel
				}
				if wasRead {
					m, err := simple.ParseMetadata([]byte(text))
					if err != nil {
						return nil, fmt.Errorf("%s: %w", f.Filename, err)
					}
					p.Metadata[f.Filename] = format(m)
				}
			}
		}
		s.Projects = append(s.Projects, p)
	}
	return s, nil
}

func (r *reducer) file(page *simple.Project, f *simple.File) snapshot.File {
	out := snapshot.File{
		Filename: f.Filename, RequiresPython: page.RequiresPython[f.RequiresPython],
		Yanked: f.Yanked, YankedReason: f.YankedReason,
	}
	if r.proxy.dated[page.Name] && f.Uploaded > 0 {
		out.Uploaded = time.Unix(f.Uploaded, 0).UTC().Format(time.RFC3339)
	}
	return out
}

// inUse reports whether a file can matter to a Python with a free-threaded build.
func inUse(page *simple.Project, f *simple.File) bool {
	if f.Kind != simple.Wheel {
		return f.Kind == simple.Sdist
	}
	return slices.ContainsFunc(page.Tags[f.Tags].Tags(), func(t wheeltags.Tag) bool {
		return t.Python == "py3" || strings.HasPrefix(t.ABI, "abi3") || t.Python >= "cp313" && t.Python < "cp32" && len(t.Python) == len("cp313")
	})
}

// versionsIn returns the words of the outputs that may be versions.
func versionsIn(outputs []string) map[string]bool {
	words := map[string]bool{}
	for _, out := range outputs {
		for word := range strings.FieldsFuncSeq(out, func(r rune) bool {
			return !(r == '.' || r == '+' || r == '!' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z')
		}) {
			words[strings.Trim(word, ".")] = true
		}
	}
	return words
}

// format writes metadata with only the fields that a resolver reads.
func format(m *simple.Metadata) string {
	var b strings.Builder
	field := func(name string, values ...string) {
		for _, v := range values {
			if v != "" {
				fmt.Fprintf(&b, "%s: %s\n", name, v)
			}
		}
	}
	field("Metadata-Version", m.MetadataVersion)
	field("Name", m.Name)
	field("Version", m.Version)
	field("Requires-Python", m.RequiresPython)
	field("Requires-Dist", m.RequiresDist...)
	field("Provides-Extra", m.ProvidesExtra...)
	field("Dynamic", m.Dynamic...)
	return b.String()
}
