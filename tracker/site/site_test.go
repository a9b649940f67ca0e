package site_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/ftpkg/ftpkg/tracker/site"
	"github.com/ftpkg/ftpkg/tracker/site/sitetest"
	"github.com/ftpkg/ftpkg/tracker/status"
)

// build makes a site and returns its files by path.
func build(t testing.TB, in *site.Input) map[string][]byte {
	t.Helper()
	files, err := site.Build(in)
	if err != nil {
		t.Fatal(err)
	}
	byPath := map[string][]byte{}
	for _, f := range files {
		if _, ok := byPath[f.Path]; ok {
			t.Errorf("%s is made twice", f.Path)
		}
		if !filepath.IsLocal(filepath.FromSlash(f.Path)) || path.Clean(f.Path) != f.Path {
			t.Errorf("%q leads out of the site", f.Path)
		}
		byPath[f.Path] = f.Data
	}
	return byPath
}

// worlds are those that every page is checked in.
func worlds() map[string]*site.Input {
	bare := sitetest.Input(0)
	bare.Events, bare.Fixed, bare.Floating, bare.Marks, bare.URL, bare.Issues = nil, nil, nil, nil, "", ""
	return map[string]*site.Input{"empty": bare, "one": sitetest.Input(1), "many": sitetest.Input(60), "hostile": sitetest.Hostile()}
}

func TestEqualDataMakeEqualBytes(t *testing.T) {
	t.Parallel()
	a, b := build(t, sitetest.Input(40)), build(t, sitetest.Input(40))
	if len(a) != len(b) {
		t.Fatalf("%d files, then %d", len(a), len(b))
	}
	for name, data := range a {
		if !bytes.Equal(data, b[name]) {
			t.Errorf("%s differs", name)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "..", "../x", "a/b", `a\b`, "A", "a b", "a.", "<b>", "a\n", "-a"} {
		in := sitetest.Input(1)
		in.Document.Packages[0].Name = name
		if _, err := site.Build(in); err == nil {
			t.Errorf("a package %q is let in", name)
		}
		in = sitetest.Input(1)
		in.Document.Pythons = []string{name}
		if _, err := site.Build(in); err == nil {
			t.Errorf("a Python %q is let in", name)
		}
	}
}

func TestEmitEnds(t *testing.T) {
	t.Parallel()
	stop := errors.New("no more")
	for _, after := range []int{0, 1, 5, 40, 100} {
		n := 0
		err := site.Each(sitetest.Input(40), func(site.File) error {
			if n++; n > after {
				return stop
			}
			return nil
		})
		if !errors.Is(err, stop) || n != after+1 {
			t.Errorf("after %d files: %v, %d were made", after, err, n)
		}
	}
}

// TestPages reads every page of every world as a browser does.
func TestPages(t *testing.T) {
	t.Parallel()
	for name, in := range worlds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := build(t, in)
			pages := map[string]*document{}
			for name, data := range files {
				if strings.HasSuffix(name, ".html") {
					pages[name] = read(t, name, data)
				}
			}
			for name, d := range pages {
				d.check(t)
				for _, l := range d.links {
					checkLink(t, files, pages, name, l)
				}
			}
		})
	}
}

// checkLink reports a link within the site to what is not there.
func checkLink(t *testing.T, files map[string][]byte, pages map[string]*document, from, link string) {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Errorf("%s: link %.80q: %v", from, link, err)
		return
	}
	if u.IsAbs() {
		if u.Scheme != "https" && u.Scheme != "http" {
			t.Errorf("%s: link to %.80q", from, link)
		}
		return
	}
	if u.Host != "" || strings.HasPrefix(u.Path, "/") {
		t.Errorf("%s: link out of the site to %.80q", from, link)
		return
	}
	to := path.Join(path.Dir(from), u.Path)
	if u.Path == "" {
		to = from
	} else if strings.HasSuffix(u.Path, "/") {
		to = path.Join(to, "index.html")
	}
	if _, ok := files[to]; !ok {
		t.Errorf("%s: link to %q, and there is no %s", from, link, to)
		return
	}
	if u.Fragment != "" && pages[to] != nil && !pages[to].ids[u.Fragment] {
		t.Errorf("%s: link to %q, and %s has no such place", from, link, to)
	}
}

// TestDocuments reads what is made for machines by what machines read it with.
func TestDocuments(t *testing.T) {
	t.Parallel()
	for name, in := range worlds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for name, data := range build(t, in) {
				switch path.Ext(name) {
				case ".json":
					if !json.Valid(data) {
						t.Errorf("%s is no JSON", name)
					}
					fallthrough
				case ".jsonl":
					if bytes.ContainsAny(data, "<>") {
						t.Errorf("%s has what HTML takes for a tag", name)
					}
					for line := range bytes.Lines(data) {
						if !json.Valid(line) {
							t.Errorf("%s has a line that is no JSON", name)
						}
					}
				case ".svg", ".atom":
					wellFormed(t, name, data)
				case ".html", ".css", ".js", "", ".nojekyll":
				default:
					t.Errorf("%s is of a kind that nothing checks", name)
				}
			}
		})
	}
}

func wellFormed(t *testing.T, name string, data []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if e.Name.Local == "script" || e.Name.Local == "foreignObject" {
			t.Errorf("%s has a %s", name, e.Name.Local)
		}
		for _, a := range e.Attr {
			if strings.HasPrefix(strings.ToLower(a.Name.Local), "on") {
				t.Errorf("%s has %s=%q", name, a.Name.Local, a.Value)
			}
		}
	}
}

func TestStatusDocument(t *testing.T) {
	t.Parallel()
	in := sitetest.Input(10)
	files := build(t, in)
	var all, one status.Document
	if err := json.Unmarshal(files["data/status.json"], &all); err != nil {
		t.Fatal(err)
	}
	if all.Schema != status.Schema || len(all.Packages) != 10 {
		t.Errorf("schema %q, %d packages", all.Schema, len(all.Packages))
	}
	name := in.Document.Packages[0].Name
	if err := json.Unmarshal(files["data/p/"+name+".json"], &one); err != nil {
		t.Fatal(err)
	}
	if len(one.Packages) != 1 || one.Packages[0].Name != name || len(one.Packages[0].Cells) == 0 {
		t.Errorf("the document of %s is of %d packages, without files", name, len(one.Packages))
	}
	if len(in.Document.Packages[0].Cells) == 0 {
		t.Error("making the site changed what it is made of")
	}
}

func TestFeeds(t *testing.T) {
	t.Parallel()
	in := sitetest.Input(30)
	var feed struct {
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Updated string `xml:"updated"`
			Link    struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	files := build(t, in)
	if err := xml.Unmarshal(files["changes/feed.atom"], &feed); err != nil {
		t.Fatal(err)
	}
	if len(feed.Entries) != len(in.Events) || feed.Entries[0].Title != in.Events[0].Detail {
		t.Errorf("%d entries of %d events, the first is %q", len(feed.Entries), len(in.Events), feed.Entries[0].Title)
	}
	if got, want := feed.Entries[0].Link.Href, in.URL+"p/"+in.Events[0].Package+"/"; got != want {
		t.Errorf("the first entry leads to %s, want %s", got, want)
	}
	lost := 0
	for i := range in.Events {
		if in.Events[i].Kind.IsRegression() {
			lost++
		}
	}
	var regressions struct {
		Items []struct{ ID, Title string }
	}
	if err := json.Unmarshal(files["regressions/feed.json"], &regressions); err != nil {
		t.Fatal(err)
	}
	if len(regressions.Items) != lost {
		t.Errorf("%d regressions in the feed, want %d", len(regressions.Items), lost)
	}
}

// TestFront reads the headline and the table out of the front page, as they are
// without a script.
func TestFront(t *testing.T) {
	t.Parallel()
	in := sitetest.Input(50)
	in.Document.Packages[3].Required = true
	d := read(t, "index.html", build(t, in)["index.html"])
	rows := d.all("tr", func(n *html.Node) bool { return inside(n, "tbody") && insideID(n, "table") })
	if len(rows) != 49 {
		t.Fatalf("%d rows, want 49: one package is only required by others", len(rows))
	}
	seen := map[string]bool{}
	for _, row := range rows {
		seen[strings.Fields(text(row))[0]] = true
		strips := 0
		for c := range row.Descendants() {
			if class := attr(c, "class"); strings.HasPrefix(class, "p v-") {
				strips++
				if len(class) != len("p v-")+len(in.Document.Platforms) {
					t.Errorf("strip %q is not of %d platforms", class, len(in.Document.Platforms))
				}
				if text(c) == "" {
					t.Error("a strip says nothing to those who do not see it")
				}
			}
		}
		if strips != 1 {
			t.Errorf("%d elements are the strip, want 1", strips)
		}
	}
	for i, p := range in.Document.Packages {
		if seen[p.Name] == (i == 3) {
			t.Errorf("%s in the table: %v", p.Name, seen[p.Name])
		}
	}
	h1 := text(d.all("h1", nil)[0])
	for _, want := range []string{"install on Python\u00a03.14t", "keep the GIL off", "clear with all that they require"} {
		if !strings.Contains(h1, want) {
			t.Errorf("the headline %q does not say %q", h1, want)
		}
	}
}

// TestIndexSize is the promise for phones: the page of 5,000 packages.
func TestIndexSize(t *testing.T) {
	t.Parallel()
	const most = 600 << 10
	stop := errors.New("enough")
	err := site.Each(sitetest.Input(5000), func(f site.File) error {
		if f.Path != "index.html" {
			return nil
		}
		n := zipped(t, f.Data)
		t.Logf("index.html of 5,000 packages: %d KB, %d KB compressed", len(f.Data)>>10, n>>10)
		if n > most {
			t.Errorf("%d bytes compressed, more than %d", n, most)
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
}

func zipped(t testing.TB, data []byte) int {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

// BenchmarkPublish writes the site of 5,000 packages to a folder.
func BenchmarkPublish(b *testing.B) {
	in := sitetest.Input(5000)
	for b.Loop() {
		w, err := site.Write(b.TempDir(), in)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(w.Bytes)/5000, "bytes/package")
	}
	b.StopTimer()
	var size int
	if err := site.Each(in, func(f site.File) error { size += zipped(b, f.Data); return nil }); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(size)/5000, "gzipped-bytes/package")
	b.ReportMetric(float64(size)/(1<<20), "gzipped-MB")
}
