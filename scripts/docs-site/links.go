package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// outside are the pages that are not on the site, and whose links are followed too.
func outside() []string {
	return []string{"README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"}
}

// checkSources follows the links of the Markdown in the repository: those to files,
// to folders, and to headings of other pages.
func checkSources(fsys fs.FS, pages map[string]*page) error {
	docs := map[string]*document{}
	for name, p := range pages {
		docs["docs/"+name] = p.doc
	}
	for _, name := range outside() {
		text, err := fs.ReadFile(fsys, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		docs[name] = parse(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(docs)) {
		for _, l := range docs[name].links {
			if err := follow(fsys, docs, name, l.to); err != nil {
				errs = append(errs, fmt.Errorf("%s:%d: the link %s: %w", name, l.line, l.to, err))
			}
		}
	}
	return errors.Join(errs...)
}

// follow follows a link of a page in the repository.
func follow(fsys fs.FS, docs map[string]*document, from, to string) error {
	if external(to) {
		return nil
	}
	file, anchor, _ := strings.Cut(to, "#")
	file, err := url.PathUnescape(file)
	if err != nil {
		return err
	}
	target := from
	if file != "" {
		target = path.Join(path.Dir(from), file)
	}
	if doc := docs[target]; doc != nil {
		if anchor != "" && !slices.ContainsFunc(doc.Headings, func(h heading) bool { return h.ID == anchor }) {
			return fmt.Errorf("%s has no heading %s", target, anchor)
		}
		return nil
	}
	if anchor != "" {
		return fmt.Errorf("%s is not a page with headings", target)
	}
	if !fs.ValidPath(target) {
		return errors.New("it leads out of the repository")
	}
	_, err = fs.Stat(fsys, target)
	return err
}

// checkSite reads the pages as a browser does and follows what they refer to.
func checkSite(site map[string][]byte) error {
	ids, refs := map[string]map[string]bool{}, map[string][]string{}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(site)) {
		if path.Ext(name) != ".html" {
			continue
		}
		var err error
		if ids[name], refs[name], err = readHTML(site[name]); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(refs)) {
		for _, ref := range refs[name] {
			if err := reach(site, ids, name, ref); err != nil {
				errs = append(errs, fmt.Errorf("%s: %s: %w", name, ref, err))
			}
		}
	}
	return errors.Join(errs...)
}

func reach(site map[string][]byte, ids map[string]map[string]bool, from, ref string) error {
	u, err := url.Parse(ref)
	if err != nil || u.Scheme != "" || u.Host != "" {
		return err
	}
	target := from
	switch {
	case strings.HasPrefix(u.Path, "/"):
		return errors.New("it depends on where the site is")
	case strings.HasSuffix(u.Path, "/"):
		target = path.Join(path.Dir(from), u.Path, "index.html")
	case u.Path != "":
		target = path.Join(path.Dir(from), u.Path)
	}
	if _, ok := site[target]; !ok {
		return errors.New("there is no such file")
	}
	if u.Fragment != "" && !ids[target][u.Fragment] {
		return errors.New("there is no such place in it")
	}
	return nil
}

// void are the elements that have no end.
func void(tag string) bool {
	return slices.Contains([]string{"meta", "link", "br", "hr", "img", "input", "wbr"}, tag)
}

// readHTML returns the ids of a page and what it refers to. Every element has to be
// closed, in order, and no id used twice; nothing may be loaded from another host.
func readHTML(body []byte) (map[string]bool, []string, error) {
	ids, refs := map[string]bool{}, []string{}
	var open []string
	var errs []error
	z := html.NewTokenizer(bytes.NewReader(body))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			if err := z.Err(); !errors.Is(err, io.EOF) {
				errs = append(errs, err)
			}
			break
		}
		t := z.Token()
		switch kind { //nolint:exhaustive // of the others, nothing is wanted
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != t.Data {
				errs = append(errs, fmt.Errorf("</%s> closes %v", t.Data, open))
				return ids, refs, errors.Join(errs...)
			}
			open = open[:len(open)-1]
		case html.StartTagToken, html.SelfClosingTagToken:
			if kind == html.StartTagToken && !void(t.Data) {
				open = append(open, t.Data)
			}
			if t.DataAtom == 0 && !inSVG(open) {
				errs = append(errs, fmt.Errorf("<%s> is no element", t.Data))
			}
			for _, a := range t.Attr {
				switch {
				case a.Key == "id" && ids[a.Val]:
					errs = append(errs, fmt.Errorf("the id %s is used twice", a.Val))
				case a.Key == "id":
					ids[a.Val] = true
				case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
					errs = append(errs, fmt.Errorf("<%s> has the attribute %s, which the policy forbids", t.Data, a.Key))
				case a.Key == "href" || a.Key == "src":
					if external(a.Val) && t.DataAtom != atom.A {
						errs = append(errs, fmt.Errorf("<%s> loads %s", t.Data, a.Val))
					}
					refs = append(refs, a.Val)
				}
			}
		}
	}
	if len(open) > 0 {
		errs = append(errs, fmt.Errorf("not closed: %v", open))
	}
	return ids, refs, errors.Join(errs...)
}

func inSVG(open []string) bool { return slices.Contains(open, "svg") }
