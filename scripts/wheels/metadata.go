package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// A project is what pyproject.toml says, as far as it gets into files.
type project struct {
	Name           string            `toml:"name"`
	Dynamic        []string          `toml:"dynamic"`
	Description    string            `toml:"description"`
	Readme         string            `toml:"readme"`
	RequiresPython string            `toml:"requires-python"`
	License        string            `toml:"license"`
	LicenseFiles   []string          `toml:"license-files"`
	Keywords       []string          `toml:"keywords"`
	Classifiers    []string          `toml:"classifiers"`
	URLs           map[string]string `toml:"urls"`

	readme string   // the text of the page
	urls   []string // the keys of URLs as they stand in the file
}

// readProject reads pyproject.toml. What it does not know is an error: it would be
// missing in the files, and nobody would notice.
func readProject(root string) (*project, error) {
	var file struct {
		Build struct {
			Requires    []string `toml:"requires"`
			Backend     string   `toml:"build-backend"`
			BackendPath []string `toml:"backend-path"`
		} `toml:"build-system"`
		Project project `toml:"project"`
	}
	name := filepath.Join(root, "pyproject.toml")
	md, err := toml.DecodeFile(name, &file)
	if err != nil {
		return nil, err
	}
	if unknown := md.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("%s: %s is not made use of", name, unknown[0])
	}
	p := &file.Project
	if !slices.Equal(p.Dynamic, []string{"version"}) {
		return nil, fmt.Errorf("%s: the version, and nothing else, is dynamic", name)
	}
	for _, k := range md.Keys() {
		if len(k) == 3 && k[1] == "urls" {
			p.urls = append(p.urls, k[2])
		}
	}
	text, err := os.ReadFile(filepath.Join(root, p.Readme))
	p.readme = strings.ReplaceAll(string(text), "\r\n", "\n")
	return p, err
}

// link is a link of Markdown, or an image.
var link = regexp.MustCompile(`(!?\[[^\]]*\])\(([^)\s]+)\)`)

// page is the readme with links that hold on other sites too: to the files as they
// were at the commit.
func (p *project) page(commit string) string {
	return link.ReplaceAllStringFunc(p.readme, func(s string) string {
		m := link.FindStringSubmatch(s)
		text, to := m[1], m[2]
		if strings.Contains(to, "://") || strings.HasPrefix(to, "#") || strings.HasPrefix(to, "mailto:") {
			return s
		}
		kind := "/blob/"
		if strings.HasPrefix(text, "!") {
			kind = "/raw/"
		}
		return text + "(" + p.URLs["Homepage"] + kind + commit + "/" + strings.TrimPrefix(to, "./") + ")"
	})
}

// metadata is METADATA of wheels and PKG-INFO of the source distribution: core
// metadata 2.4.
func (p *project) metadata(r *release) []byte {
	var b strings.Builder
	field := func(name, value string) { fmt.Fprintf(&b, "%s: %s\n", name, value) }
	field("Metadata-Version", "2.4")
	field("Name", p.Name)
	field("Version", r.Version)
	field("Summary", p.Description)
	field("Keywords", strings.Join(p.Keywords, ","))
	field("License-Expression", p.License)
	for _, f := range p.LicenseFiles {
		field("License-File", f)
	}
	for _, c := range p.Classifiers {
		field("Classifier", c)
	}
	for _, name := range p.urls {
		field("Project-URL", name+", "+p.URLs[name])
	}
	field("Requires-Python", p.RequiresPython)
	field("Description-Content-Type", "text/markdown; charset=UTF-8; variant=GFM")
	b.WriteString("\n" + p.page(r.Commit))
	return []byte(b.String())
}
