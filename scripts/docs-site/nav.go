package main

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// A section is a heading of the navigation with its pages.
type section struct {
	Title string
	About string
	Pages []*page
}

// plan is the order of the site. A name is a page; one that ends in / stands for all
// pages of a folder that have no place of their own; one that ends in * for all that
// begin so, which hang below the page before it. The empty name takes what is left.
func plan() []struct {
	title, about string
	names        []string
} {
	return []struct {
		title, about string
		names        []string
	}{
		{"Tutorials", "From nothing to an answer, step by step", []string{
			"tutorial/app-developer.md", "tutorial/maintainer.md", "tutorial/watcher.md",
		}},
		{"How to", "One task a page", []string{
			"how-to/gate-a-pull-request.md", "how-to/read-a-lock.md", "how-to/probe-before-release.md",
			"how-to/run-without-the-gil.md", "how-to/work-offline.md", "how-to/build-a-runtime.md",
			"how-to/publish-a-status-page.md", "how-to/run-a-fleet.md", "how-to/verify-a-release.md", "how-to/",
			"action.md", "pre-commit.md",
		}},
		{"Explanation", "Why things are as they are", []string{
			"explanation/gil.md", "explanation/matrix.md", "explanation/verdicts.md", "explanation/oracles.md", "explanation/",
			"probe.md", "inspect.md", "matrix.md", "track.md", "fleet.md", "sandbox.md",
		}},
		{"Reference", "Every flag, word and field", []string{
			"cli/README.md", "cli/*", "configuration.md", "vocabulary.md",
			"rules/README.md", "rules/FT*", "rules/lint.md", "rules/FM*", "schema/README.md", "schema/*",
		}},
		{"The project", "How it is made, and how well it does", []string{
			"architecture.md", "accuracy.md", "benchmarks.md", "scale.md", "release.md", "adr/README.md", "adr/*", "",
		}},
	}
}

// landing is the page that the site begins with.
const landing = "README.md"

// arrange puts pages, by their names below docs, into sections.
func arrange(pages map[string]*page) []section {
	placed := map[string]bool{landing: true}
	for _, s := range plan() {
		for _, name := range s.names {
			placed[name] = true
		}
	}
	matching := func(pattern string) []string {
		begin, isBelow := strings.CutSuffix(pattern, "*")
		if !isBelow && pattern != "" && !strings.HasSuffix(pattern, "/") {
			return []string{pattern}
		}
		var names []string
		for name := range pages {
			if !placed[name] && strings.HasPrefix(name, begin) {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		return names
	}
	var sections []section
	for _, s := range plan() {
		sec := section{Title: s.title, About: s.about}
		var last *page
		for _, pattern := range s.names {
			for _, name := range matching(pattern) {
				p := pages[name]
				if p == nil {
					continue // not written yet, as docs/scale.md may be in a branch
				}
				placed[name] = true
				p.Section = s.title
				if strings.HasSuffix(pattern, "*") {
					p.Parent = last // shown while somebody is there
				} else {
					last = p
				}
				sec.Pages = append(sec.Pages, p)
			}
		}
		if len(sec.Pages) > 0 {
			sections = append(sections, sec)
		}
	}
	return sections
}

// markdownBelow returns the names of the Markdown files below dir.
func markdownBelow(fsys fs.FS, dir string) ([]string, error) {
	var names []string
	err := fs.WalkDir(fsys, dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path.Ext(name) == ".md" {
			names = append(names, name)
		}
		return err
	})
	return names, err
}
