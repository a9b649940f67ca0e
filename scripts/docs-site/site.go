package main

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

//go:embed assets page.html
var ours embed.FS

type options struct {
	edit, source string // what goes before a path in the repository
}

// searchName is the file of the index that the search box reads.
const searchName = "search.json"

// A page is a page of the site.
type page struct {
	Name    string // below docs, "cli/README.md"
	URL     string // below the site's root, "cli/index.html"
	Title   string
	Section string
	Parent  *page // whose navigation it is shown in
	made    bool  // it has no Markdown in the repository
	doc     *document

	// What the template shows.
	HTML       template.HTML
	About      string
	Contents   []heading
	Prev, Next *page
	Edit       string
}

// Short is the page's title in the navigation.
func (p *page) Short() string {
	if p.Parent != nil {
		if word, rest, ok := strings.Cut(p.Title, " "); ok && word == "ftpkg" {
			return rest
		}
	}
	return p.Title
}

func urlOf(name string) string {
	dir, file := path.Split(name)
	if file == "README.md" {
		return dir + "index.html"
	}
	return strings.TrimSuffix(name, ".md") + ".html"
}

// build returns the files of the site that the repository's pages make.
func build(fsys fs.FS, o options) (map[string][]byte, error) {
	pages, err := load(fsys)
	if err != nil {
		return nil, err
	}
	if err := checkSources(fsys, pages); err != nil {
		return nil, err
	}
	sections := arrange(pages)
	var order []*page
	for _, s := range sections {
		order = append(order, s.Pages...)
	}
	for i, p := range order {
		if i > 0 {
			p.Prev = order[i-1]
		}
		if i+1 < len(order) {
			p.Next = order[i+1]
		}
	}
	site := map[string][]byte{}
	if err := assets(fsys, site); err != nil {
		return nil, err
	}
	if site[searchName], err = searchIndex(append([]*page{pages[landing]}, order...)); err != nil {
		return nil, err
	}
	t, err := template.ParseFS(ours, "page.html")
	if err != nil {
		return nil, err
	}
	version := digest(site)
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		p := pages[name]
		if p.HTML, err = p.doc.render(func(to string) string { return resolve(p, to, pages, o) }); err != nil {
			return nil, fmt.Errorf("docs/%s: %w", name, err)
		}
		for _, h := range p.doc.Headings {
			if h.Level == 2 || h.Level == 3 {
				p.Contents = append(p.Contents, h)
			}
		}
		if o.edit != "" && !p.made {
			p.Edit = o.edit + "docs/" + name
		}
		var b bytes.Buffer
		if err := t.ExecuteTemplate(&b, "page.html", map[string]any{
			"Page": p, "Sections": sections, "Landing": name == landing, "Version": version,
			"Root": strings.Repeat("../", strings.Count(p.URL, "/")),
			"Home": pages[landing],
		}); err != nil {
			return nil, err
		}
		site[p.URL] = b.Bytes()
	}
	return site, checkSite(site)
}

// load reads the pages.
func load(fsys fs.FS) (map[string]*page, error) {
	names, err := markdownBelow(fsys, "docs")
	if err != nil {
		return nil, err
	}
	pages := map[string]*page{}
	add := func(name string, text []byte, made bool) error {
		p := &page{Name: name, URL: urlOf(name), made: made, doc: parse(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))}
		p.Title, p.About = p.doc.title, p.doc.about
		if p.Title == "" {
			return fmt.Errorf("docs/%s has no title", name)
		}
		pages[name] = p
		return nil
	}
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		if err := add(strings.TrimPrefix(name, "docs/"), text, false); err != nil {
			return nil, err
		}
	}
	if pages[landing] == nil {
		return nil, errors.New("docs/README.md, where the site begins, is missing")
	}
	schemas, err := fs.Glob(fsys, "docs/schema/*.json")
	if err != nil {
		return nil, err
	}
	for _, file := range schemas {
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(path.Base(file), ".json")
		markdown, err := schemaPage(name, text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if err := add("schema/"+name+".md", []byte(markdown), true); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

// assets adds the files that are no pages: ours, images and schemas.
func assets(fsys fs.FS, site map[string][]byte) error {
	own, err := fs.Glob(ours, "assets/*")
	if err != nil {
		return err
	}
	for _, name := range own {
		if site[name], err = ours.ReadFile(name); err != nil {
			return err
		}
	}
	for _, pattern := range []string{"docs/images/*", "docs/schema/*.json"} {
		names, err := fs.Glob(fsys, pattern)
		if err != nil {
			return err
		}
		for _, name := range names {
			if site[strings.TrimPrefix(name, "docs/")], err = fs.ReadFile(fsys, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// digest names a version of the assets, so that no browser shows an old one.
func digest(files map[string][]byte) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		_, _ = fmt.Fprintf(h, "%s %d\n", name, len(files[name]))
		_, _ = h.Write(files[name])
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// resolve says where a link of a page's source leads on the site.
func resolve(p *page, to string, pages map[string]*page, o options) string {
	if external(to) || strings.HasPrefix(to, "#") {
		return to
	}
	file, anchor, _ := strings.Cut(to, "#")
	if anchor != "" {
		anchor = "#" + anchor
	}
	target := path.Join("docs", path.Dir(p.Name), file)
	below, inside := strings.CutPrefix(target, "docs/")
	switch {
	case inside && pages[below] != nil:
		return relative(p.URL, pages[below].URL) + anchor
	case inside && strings.HasPrefix(below, "schema/") && path.Ext(below) == ".json" && !p.made:
		return relative(p.URL, strings.TrimSuffix(below, ".json")+".html") + anchor
	case inside && (strings.HasPrefix(below, "schema/") && path.Ext(below) == ".json" || strings.HasPrefix(below, "images/")):
		return relative(p.URL, below)
	case target == "README.md":
		return relative(p.URL, "index.html")
	}
	return o.source + target + anchor
}

func external(to string) bool {
	return strings.Contains(to, "://") || strings.HasPrefix(to, "mailto:")
}

// relative is the way from one URL of the site to another.
func relative(from, to string) string {
	a, b := strings.Split(from, "/"), strings.Split(to, "/")
	for len(a) > 1 && len(b) > 1 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	return strings.Repeat("../", len(a)-1) + strings.Join(b, "/")
}

// searchIndex is what the search box looks through: for each part of a page its
// title, its address, how it begins and its words.
func searchIndex(pages []*page) ([]byte, error) {
	type entry struct {
		Page    string `json:"p"`
		Heading string `json:"h,omitempty"`
		Section string `json:"s,omitempty"`
		URL     string `json:"u"`
		Begins  string `json:"b,omitempty"`
		Words   string `json:"w,omitempty"`
	}
	var entries []entry
	for _, p := range pages {
		for _, part := range p.doc.parts {
			e := entry{Page: p.Title, Section: p.Section, URL: p.URL}
			if part.heading.Level > 1 {
				e.Heading, e.URL = part.heading.Text, p.URL+"#"+part.heading.ID
			}
			e.Begins, e.Words = excerpt(part.text, 140), words(part.text)
			entries = append(entries, e)
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(entries)
	return b.Bytes(), err
}

// excerpt is the beginning of a text.
func excerpt(s string, limit int) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= limit {
		return s
	}
	cut := strings.LastIndexByte(s[:limit], ' ')
	return strings.ToValidUTF8(s[:max(cut, 0)], "") + " …"
}

// words are the different words of a text, sorted.
func words(s string) string {
	seen := map[string]bool{}
	for word := range strings.FieldsFuncSeq(strings.ToLower(s), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-')
	}) {
		if word = strings.Trim(word, "-_"); len(word) > 2 && len(word) < 30 && strings.ContainsAny(word, "abcdefghijklmnopqrstuvwxyz") {
			seen[word] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(seen)), " ")
}
