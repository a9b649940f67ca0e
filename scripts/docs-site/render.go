package main

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/alecthomas/chroma/v2"
	chromahtml "github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/alecthomas/chroma/v2/styles"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// A heading is one of a page.
type heading struct {
	Level int
	ID    string
	Text  string
}

// A link is one of a page's source.
type link struct {
	line int
	to   string
}

// A document is a Markdown text that was read.
type document struct {
	source   []byte
	root     ast.Node
	Headings []heading
	links    []link
	title    string
	about    string // its first paragraph
	parts    []part
}

// A part is what stands below a heading, as words.
type part struct {
	heading heading
	text    string
}

func newMarkdown() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(extension.GFM),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(blocks{}, 100))),
	)
}

// parse reads a Markdown text.
func parse(source []byte) *document {
	ctx := parser.NewContext(parser.WithIDs(&ids{seen: map[string]int{}}))
	root := newMarkdown().Parser().Parse(text.NewReader(source), parser.WithContext(ctx))
	d := &document{source: source, root: root}
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			d.visit(n)
		}
		return ast.WalkContinue, nil
	})
	return d
}

func (d *document) visit(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		id, _ := n.AttributeString("id")
		idText, _ := id.([]byte)
		h := heading{n.Level, string(idText), plain(n, d.source)}
		if d.title == "" && n.Level == 1 {
			d.title = h.Text
		}
		d.Headings = append(d.Headings, h)
		d.parts = append(d.parts, part{heading: h})
		return
	case *ast.Link:
		d.links = append(d.links, link{d.line(n), string(n.Destination)})
	case *ast.Image:
		d.links = append(d.links, link{d.line(n), string(n.Destination)})
	case *ast.Paragraph:
		if d.about == "" && d.title != "" {
			d.about = plain(n, d.source)
		}
	}
	if n.Type() != ast.TypeBlock || len(d.parts) == 0 {
		return
	}
	last := &d.parts[len(d.parts)-1]
	switch n.Kind() {
	case ast.KindParagraph, ast.KindTextBlock, extast.KindTableCell:
		last.text += " " + plain(n, d.source)
	case ast.KindFencedCodeBlock, ast.KindCodeBlock:
		last.text += " " + string(n.Lines().Value(d.source))
	}
}

// line is the line of the block that a node is in, from 1.
func (d *document) line(n ast.Node) int {
	for n != nil && (n.Type() == ast.TypeInline || n.Lines().Len() == 0) {
		n = n.Parent()
	}
	if n == nil {
		return 1
	}
	return 1 + bytes.Count(d.source[:n.Lines().At(0).Start], []byte("\n"))
}

// plain is what a node says, without its marks.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := c.(*ast.Text); ok && entering {
			b.Write(util.UnescapePunctuations(t.Segment.Value(source)))
			if t.SoftLineBreak() || t.HardLineBreak() {
				b.WriteByte(' ')
			}
		}
		if t, ok := c.(*ast.String); ok && entering {
			b.Write(t.Value)
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(b.String())
}

// ids makes the ids of headings as GitHub does, so that one link works in both.
type ids struct{ seen map[string]int }

func (s *ids) Generate(value []byte, _ ast.NodeKind) []byte {
	id := slug(string(value))
	n := s.seen[id]
	s.seen[id] = n + 1
	if n > 0 {
		id = fmt.Sprintf("%s-%d", id, n)
	}
	return []byte(id)
}

func (s *ids) Put([]byte) {}

// inlineLink is a link within a heading; its address is not part of the id.
var inlineLink = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

func slug(title string) string {
	title = inlineLink.ReplaceAllString(title, "$1")
	var b strings.Builder
	for _, r := range strings.ToLower(strings.TrimSpace(title)) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// render makes HTML of a document. resolve says where a link of the source leads on
// the site.
func (d *document) render(resolve func(to string) string) (template.HTML, error) {
	_ = ast.Walk(d.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			n.Destination = []byte(resolve(string(n.Destination)))
		case *ast.Image:
			n.Destination = []byte(resolve(string(n.Destination)))
		}
		return ast.WalkContinue, nil
	})
	var b bytes.Buffer
	if err := newMarkdown().Renderer().Render(&b, d.source, d.root); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil //nolint:gosec // made of the repository's own pages
}

// blocks renders what goldmark renders otherwise: code, tables, headings, comments.
type blocks struct{}

func (blocks) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindFencedCodeBlock, renderFence)
	r.Register(ast.KindCodeBlock, renderIndented)
	r.Register(extast.KindTable, renderTable)
	r.Register(extast.KindTableCell, renderCell)
	r.Register(ast.KindHeading, renderHeading)
	r.Register(ast.KindCodeSpan, renderCodeSpan)
	r.Register(ast.KindHTMLBlock, renderComment)
	r.Register(ast.KindRawHTML, renderComment)
}

// What pages may hold of HTML: comments, which are left out, and plain elements.
var (
	comment = regexp.MustCompile(`(?s)<!--.*?-->`)
	plainly = regexp.MustCompile(`</?(?:details|summary|br|kbd|sub|sup)>`)
)

func renderComment(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	raw := ""
	switch n := n.(type) {
	case *ast.HTMLBlock:
		raw = string(n.Lines().Value(source))
		if n.HasClosure() {
			raw += string(n.ClosureLine.Value(source))
		}
	case *ast.RawHTML:
		raw = string(n.Segments.Value(source))
	}
	raw = comment.ReplaceAllString(raw, "")
	if strings.Contains(plainly.ReplaceAllString(raw, ""), "<") {
		return ast.WalkStop, fmt.Errorf("HTML in Markdown: %s", strings.TrimSpace(raw))
	}
	_, _ = w.WriteString(raw)
	return ast.WalkSkipChildren, nil
}

func renderHeading(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	h := n.(*ast.Heading)
	id, _ := h.AttributeString("id")
	idText, _ := id.([]byte)
	if entering {
		_, _ = fmt.Fprintf(w, `<h%d id="%s">`, h.Level, html.EscapeString(string(idText)))
		return ast.WalkContinue, nil
	}
	if h.Level > 1 {
		_, _ = fmt.Fprintf(w, ` <a class="anchor" href="#%s" aria-label="Link to %s">#</a>`, html.EscapeString(string(idText)), html.EscapeString(plain(h, source)))
	}
	_, _ = fmt.Fprintf(w, "</h%d>\n", h.Level)
	return ast.WalkContinue, nil
}

// renderCodeSpan keeps short words of code in one line: a flag has hyphens.
func renderCodeSpan(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.WriteString(strings.ReplaceAll(string(t.Segment.Value(source)), "\n", " "))
		}
	}
	class := ""
	if b.Len() <= 24 {
		class = ` class="whole"`
	}
	_, _ = fmt.Fprintf(w, "<code%s>%s</code>", class, html.EscapeString(b.String()))
	return ast.WalkSkipChildren, nil
}

func renderTable(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		_, _ = w.WriteString("</table></div>\n")
		return ast.WalkContinue, nil
	}
	class := ""
	if first := n.FirstChild(); first != nil && plain(first, source) == "" {
		class = ` class="headless"`
	}
	_, _ = fmt.Fprintf(w, "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table%s>\n", class)
	return ast.WalkContinue, nil
}

func renderCell(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*extast.TableCell)
	tag := "td"
	// An empty cell heads nothing.
	if n.Parent().Kind() == extast.KindTableHeader && plain(n, source) != "" {
		tag = "th"
	}
	if !entering {
		_, _ = fmt.Fprintf(w, "</%s>\n", tag)
		return ast.WalkContinue, nil
	}
	scope := ""
	if tag == "th" {
		scope = ` scope="col"`
	}
	switch n.Alignment {
	case extast.AlignRight, extast.AlignCenter:
		_, _ = fmt.Fprintf(w, `<%s%s class="%s">`, tag, scope, n.Alignment)
	default:
		_, _ = fmt.Fprintf(w, "<%s%s>", tag, scope)
	}
	return ast.WalkContinue, nil
}

func renderFence(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	n := node.(*ast.FencedCodeBlock)
	info := ""
	if n.Info != nil {
		info = string(n.Info.Segment.Value(source))
	}
	language, attribute, _ := strings.Cut(info, " ")
	file, _ := strings.CutPrefix(strings.TrimSpace(attribute), "file=")
	return ast.WalkSkipChildren, writeCode(w, language, file, string(n.Lines().Value(source)))
}

func renderIndented(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	code, language := string(n.Lines().Value(source)), "text"
	if strings.HasPrefix(code, "$ ") {
		language = "console"
	}
	return ast.WalkSkipChildren, writeCode(w, language, "", code)
}

// writeCode writes a block of code.
func writeCode(w util.BufWriter, language, file, code string) error {
	kind, caption := "code", ""
	isConsole := language == "console" || language == "text" && strings.HasPrefix(code, "$ ")
	switch {
	case isConsole:
		kind = "terminal"
	case file != "":
		caption = file
	case slices.Contains([]string{"yaml", "toml", "ini"}, language):
		// A file's name on the first line becomes its caption.
		first, rest, _ := strings.Cut(code, "\n")
		if name, ok := strings.CutPrefix(first, "# "); ok && path.Ext(name) != "" && !strings.ContainsAny(name, " :…") {
			caption, code = name, rest
		}
	}
	label := "Code"
	if isConsole {
		label = "Terminal"
	}
	_, _ = fmt.Fprintf(w, "<figure class=\"%s\">", kind)
	if caption != "" {
		_, _ = fmt.Fprintf(w, "<figcaption>%s</figcaption>", html.EscapeString(caption))
		label = caption
	}
	_, _ = fmt.Fprintf(w, "<pre tabindex=\"0\" role=\"group\" aria-label=\"%s\"><code>", html.EscapeString(label))
	if isConsole {
		writeConsole(w, code)
	} else if err := highlight(w, language, code); err != nil {
		return err
	}
	_, _ = w.WriteString("</code></pre></figure>\n")
	return nil
}

// Marks of ftpkg's answers, which have a colour in a terminal.
var marks = regexp.MustCompile(`●|◆|○|△|↓[0-9.]+|↓|✓|✗|(?:^| )!(?: |$)|\b(?:FT|FM)[0-9]{3}\b|^ *(?:no )?fix:|^(?:blocked|not ready|gaps|the halves differ):`)

func writeConsole(w util.BufWriter, code string) {
	for line := range strings.Lines(code) {
		text := strings.TrimRight(line, "\n")
		if command, ok := strings.CutPrefix(text, "$ "); ok {
			_, _ = fmt.Fprintf(w, `<span class="prompt">$ </span><span class="cmd">%s</span>`+"\n", html.EscapeString(command))
			continue
		}
		at := 0
		for _, m := range marks.FindAllStringIndex(text, -1) {
			_, _ = w.WriteString(html.EscapeString(text[at:m[0]]))
			word := text[m[0]:m[1]]
			_, _ = fmt.Fprintf(w, `<span class="%s">%s</span>`, markClass(strings.TrimSpace(word)), html.EscapeString(word))
			at = m[1]
		}
		_, _ = w.WriteString(html.EscapeString(text[at:]) + "\n")
	}
}

func markClass(word string) string {
	switch {
	case word == "●" || word == "✓" || word == "fix:":
		return "m-good"
	case word == "◆" || word == "○":
		return "m-fair"
	case word == "!" || word == "✗":
		return "m-bad"
	case strings.HasSuffix(word, ":") && word != "no fix:":
		return "m-head"
	}
	return "m-warn"
}

// highlight writes code with the classes of chroma.
func highlight(w util.BufWriter, language, code string) error {
	lexer := lexers.Get(language)
	if lexer == nil || language == "" || language == "text" || language == "txt" {
		_, _ = w.WriteString(html.EscapeString(code))
		return nil
	}
	tokens, err := chroma.Coalesce(lexer).Tokenise(nil, code)
	if err != nil {
		return err
	}
	f := chromahtml.New(chromahtml.WithClasses(true), chromahtml.PreventSurroundingPre(true))
	return f.Format(w, styles.Fallback, tokens)
}
