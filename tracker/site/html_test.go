package site_test

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// A document is a page as a browser reads it.
type document struct {
	name  string
	root  *html.Node
	ids   map[string]bool
	links []string
}

func read(t *testing.T, name string, data []byte) *document {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	d := &document{name: name, root: root, ids: map[string]bool{}}
	for n := range root.Descendants() {
		if id := attr(n, "id"); id != "" {
			if d.ids[id] {
				t.Errorf("%s: two elements are %q", name, id)
			}
			d.ids[id] = true
		}
		for _, key := range []string{"href", "src"} {
			if v := attr(n, key); v != "" {
				d.links = append(d.links, v)
			}
		}
	}
	return d
}

func attr(n *html.Node, key string) string {
	v, _ := lookup(n, key)
	return v
}

func lookup(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func (d *document) all(tag string, ok func(*html.Node) bool) []*html.Node {
	var list []*html.Node
	for n := range d.root.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag && (ok == nil || ok(n)) {
			list = append(list, n)
		}
	}
	return list
}

func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

func inside(n *html.Node, tag string) bool {
	for a := range n.Ancestors() {
		if a.Data == tag {
			return true
		}
	}
	return false
}

func insideID(n *html.Node, id string) bool {
	for a := range n.Ancestors() {
		if attr(a, "id") == id {
			return true
		}
	}
	return false
}

// elements are those that the templates have.
const elements = " html head meta title link noscript script body a header div img span nav ul li main section h1 h2 h3 b abbr p time svg rect " +
	"path circle text desc g figure figcaption ol details summary table thead tbody tr th td caption small i form label input select option button output " +
	"dl dt dd em code pre textarea footer "

// check reports what no page should have: what runs or loads anything that does not
// belong to it, and what shuts somebody out.
func (d *document) check(t *testing.T) {
	t.Helper()
	errorf := func(format string, args ...any) {
		t.Helper()
		t.Errorf(d.name+": "+format, args...)
	}
	for n := range d.root.Descendants() {
		switch n.Type {
		case html.CommentNode:
			errorf("a comment: %.60q", n.Data)
		case html.ElementNode:
			d.element(n, errorf)
		}
		for _, r := range n.Data {
			if r == 0 || r == 0x1b || r == 0x202e || r == 0xfeff {
				errorf("character %U in %.40q", r, n.Data)
			}
		}
	}
	for _, tag := range []string{"h1", "main", "title", "header", "footer"} {
		if n := len(d.all(tag, func(n *html.Node) bool { return n.Namespace == "" })); n != 1 {
			errorf("%d %s, want 1", n, tag)
		}
	}
	policy := d.all("meta", func(n *html.Node) bool { return attr(n, "http-equiv") == "Content-Security-Policy" })
	if len(policy) != 1 || !strings.Contains(attr(policy[0], "content"), "default-src 'none'") || strings.Contains(attr(policy[0], "content"), "unsafe") {
		errorf("no policy for what may run")
	}
	level := 0
	for n := range d.root.Descendants() {
		if n.Type == html.ElementNode && len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			now := int(n.Data[1] - '0')
			if now > level+1 {
				errorf("heading %.40q is of level %d, after one of %d", text(n), now, level)
			}
			level = now
			if text(n) == "" {
				errorf("an empty heading")
			}
		}
	}
}

// element checks one element.
func (d *document) element(n *html.Node, errorf func(string, ...any)) {
	if !strings.Contains(elements, " "+n.Data+" ") {
		errorf("an element %q that no template has", n.Data)
	}
	for _, a := range n.Attr {
		switch {
		case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc", a.Key == "autofocus", a.Key == "formaction":
			errorf("<%s %s=%.60q>", n.Data, a.Key, a.Val)
		case a.Key == "aria-labelledby", a.Key == "for" && n.Data == "label":
			for id := range strings.FieldsSeq(a.Val) {
				if !d.ids[id] {
					errorf("<%s %s=%q>, and there is no such element", n.Data, a.Key, id)
				}
			}
		}
	}
	switch n.Data {
	case "html":
		if attr(n, "lang") != "en" {
			errorf("no language")
		}
	case "script":
		if src := attr(n, "src"); !strings.Contains(src, "assets/site.js?v=") || n.FirstChild != nil {
			errorf("a script: src=%.60q", src)
		}
	case "img":
		src := attr(n, "src")
		if _, ok := lookup(n, "alt"); !ok {
			errorf("an image without a text: %q", src)
		}
		if !strings.Contains(src, "assets/icon.svg") && !strings.Contains(src, "badge/") {
			errorf("an image that no template has: %.60q", src)
		}
	case "th":
		if s := attr(n, "scope"); s != "col" && s != "row" && s != "colgroup" {
			errorf("head of a table %.40q of scope %q", text(n), s)
		}
	case "a", "button", "summary":
		if text(n) == "" && attr(n, "aria-label") == "" {
			errorf("<%s> has no text", n.Data)
		}
	case "input", "select", "textarea":
		labelled := inside(n, "label")
		for _, l := range d.all("label", nil) {
			labelled = labelled || attr(l, "for") != "" && attr(l, "for") == attr(n, "id")
		}
		if !labelled {
			errorf("<%s name=%q> has no label", n.Data, attr(n, "name"))
		}
	case "svg":
		if attr(n, "aria-hidden") == "" && attr(n, "role") != "img" {
			errorf("a drawing that says neither what it is nor that it is nothing")
		}
	}
}
