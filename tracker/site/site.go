package site

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ftpkg/ftpkg/tracker/status"
)

// Input is what a site is made of. Nothing else goes in: no clock, no machine.
type Input struct {
	Document *status.Document
	// Events are of all packages, the newest first.
	Events []status.Event
	// Fixed and Floating are the curves of those packages that are watched now, and
	// of those that were watched at the time.
	Fixed, Floating []status.Point
	// Marks are what is marked on the chart.
	Marks []Mark
	// Rules are those that the document was derived by; nil stands for the default
	// ones. The page that explains them is made of it.
	Rules *status.Rules
	// Title is what the site is called, URL where it will be ("" if that is not
	// known: then feeds and badges have no absolute links).
	Title, URL string
	// Issues is where mistakes are reported: the URL of a form that takes a title and
	// a body as a query, "" for none.
	Issues string
	// Tool is the program that made the site.
	Tool string
}

// A Mark is a day that stands out in the chart.
type Mark struct {
	Day  time.Time
	Text string
}

// A File is one file of the site.
type File struct {
	Path string // relative, with slashes
	Data []byte
}

//go:embed templates assets
var files embed.FS

// Build makes all files, in the order of their paths.
func Build(in *Input) ([]File, error) {
	var all []File
	if err := Each(in, func(f File) error { all = append(all, f); return nil }); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(x, y File) int { return cmp.Compare(x.Path, y.Path) })
	return all, nil
}

// Each makes the files one after the other, in an order that is always the same, and
// hands them on; it keeps none of them, so that a large site needs little memory. An
// error of emit ends it.
func Each(in *Input, emit func(File) error) error {
	b, err := newBuilder(in, emit)
	if err != nil {
		return err
	}
	for _, step := range []func() error{b.assets, b.front, b.packages, b.lists, b.data, b.feeds} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

type builder struct {
	in        *Input
	rules     *status.Rules
	templates *template.Template
	emit      func(File) error
	byName    map[string]*status.Package
	strips    []string // the platform strips that occur, sorted
	version   string   // of the assets
}

// projectName is a normalised name, as the index has it. Names become paths, so no
// other is let in.
var projectName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// pythonName is one of those, for the same reason.
var pythonName = regexp.MustCompile(`^[0-9]+\.[0-9]+t?$`)

func newBuilder(in *Input, emit func(File) error) (*builder, error) {
	b := &builder{in: in, rules: in.Rules, emit: emit, byName: map[string]*status.Package{}}
	if b.rules == nil {
		b.rules = status.DefaultRules()
	}
	for _, p := range in.Document.Packages {
		if !projectName.MatchString(p.Name) {
			return nil, fmt.Errorf("site: %q is no normalised name of a package", p.Name)
		}
		b.byName[p.Name] = p
	}
	for _, name := range in.Document.Pythons {
		if !pythonName.MatchString(name) {
			return nil, fmt.Errorf("site: %q is no name of a Python", name)
		}
	}
	strips := map[string]bool{}
	for _, p := range b.shown() {
		strips[strip(in.Document, p)] = true
	}
	for s := range strips {
		b.strips = append(b.strips, s)
	}
	slices.Sort(b.strips)
	t, err := template.New("").Funcs(b.funcs()).ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	b.templates = t
	return b, b.hashAssets()
}

// render makes a page.
func (b *builder) render(name, tmpl string, data any) (File, error) {
	var text bytes.Buffer
	text.Grow(32 << 10)
	if err := b.templates.ExecuteTemplate(&text, tmpl, data); err != nil {
		return File{}, fmt.Errorf("%s: %w", name, err)
	}
	return File{name, squeeze(plain(text.Bytes()))}, nil
}

// page makes a page and hands it on.
func (b *builder) page(name, tmpl string, data any) error {
	f, err := b.render(name, tmpl, data)
	if err != nil {
		return err
	}
	return b.emit(f)
}

// plain replaces what a text from an index may have and no page should: bytes that are
// no UTF-8, control characters, and those that turn the direction of what follows.
func plain(text []byte) []byte {
	if bytes.IndexFunc(text, unfit) < 0 {
		return text
	}
	return bytes.Map(func(r rune) rune {
		if unfit(r) {
			return utf8.RuneError
		}
		return r
	}, text)
}

func unfit(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < ' ', r >= 0x7f && r < 0xa0, r == utf8.RuneError, r == 0xfeff:
		return true
	case r == 0x200e, r == 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}

// squeeze drops the white space that templates leave at both ends of lines, and empty
// lines, but for what is preformatted.
func squeeze(text []byte) []byte {
	out := make([]byte, 0, len(text))
	pre := false
	for line := range bytes.Lines(text) {
		if !pre {
			line = bytes.TrimSpace(line)
		} else {
			line = bytes.TrimRight(line, "\n")
		}
		if len(line) > 0 || pre {
			out = append(append(out, line...), '\n')
		}
		if i, j := bytes.LastIndex(line, []byte("<pre")), bytes.LastIndex(line, []byte("</pre>")); i != j {
			pre = i > j
		}
	}
	return out
}

// assetList are the files beside the pages, in order.
func (b *builder) assetList() ([]File, error) {
	entries, err := files.ReadDir("assets")
	if err != nil {
		return nil, err
	}
	var list []File
	for _, e := range entries {
		data, err := fs.ReadFile(files, "assets/"+e.Name())
		if err != nil {
			return nil, err
		}
		if e.Name() == "style.css" {
			data = append(data, stripRules(b.strips, b.in.Document.Platforms, len(b.in.Document.Pythons))...)
		}
		list = append(list, File{"assets/" + e.Name(), data})
	}
	return list, nil
}

// hashAssets names the state of the assets, which pages ask for by it: so no browser
// puts an old style sheet to a new page.
func (b *builder) hashAssets() error {
	list, err := b.assetList()
	if err != nil {
		return err
	}
	var all []byte
	for _, f := range list {
		all = append(fmt.Appendf(all, "%s %d\n", f.Path, len(f.Data)), f.Data...)
	}
	sum := sha256.Sum256(all)
	b.version = hex.EncodeToString(sum[:5])
	return nil
}

func (b *builder) assets() error {
	list, err := b.assetList()
	if err != nil {
		return err
	}
	for _, f := range list {
		if err := b.emit(f); err != nil {
			return err
		}
	}
	return b.emit(File{Path: ".nojekyll"}) // GitHub Pages: serve it as it is
}

// absolute is the address of a file of the site, "" if that is not known.
func (b *builder) absolute(name string) string {
	if b.in.URL == "" {
		return ""
	}
	return strings.TrimSuffix(b.in.URL, "/") + "/" + name
}
