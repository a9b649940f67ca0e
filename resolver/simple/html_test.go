package simple

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestParseHTMLBase(t *testing.T) {
	const page = "https://index.example.invalid/simple/a/"
	for _, test := range []struct{ head, href, want string }{
		{``, `a-1.zip`, page + "a-1.zip"},
		{``, `/f/a-1.zip`, "https://index.example.invalid/f/a-1.zip"},
		{``, `../../f/a-1.zip`, "https://index.example.invalid/f/a-1.zip"},
		{``, `//cdn.example.invalid/a-1.zip`, "https://cdn.example.invalid/a-1.zip"},
		{``, " a-1.zip\n", page + "a-1.zip"},
		{`<base href="https://cdn.example.invalid/f/">`, `a-1.zip`, "https://cdn.example.invalid/f/a-1.zip"},
		{`<base href="https://me:pw@cdn.example.invalid/f/">`, `a-1.zip`, "https://cdn.example.invalid/f/a-1.zip"},
		{`<base href="../f/">`, `a-1.zip`, "https://index.example.invalid/simple/f/a-1.zip"},
		{`<base target="_top"><base href="/f/"><base href="/g/">`, `a-1.zip`, "https://index.example.invalid/f/a-1.zip"},
		{`<base href="/f/">`, `https://cdn.example.invalid/a-1.zip?x=1&amp;y=2#egg=a`, "https://cdn.example.invalid/a-1.zip?x=1&y=2"},
	} {
		body := `<html><head>` + test.head + `</head><body><a href="` + test.href + `">a</a></body></html>`
		p, err := ParseHTML([]byte(body), page, "a")
		if err != nil || len(p.Releases) != 1 {
			t.Errorf("%s %s: %+v, %v", test.head, test.href, p, err)
			continue
		}
		if got := p.FileURL(&p.Releases[0].Files[0]); got != test.want {
			t.Errorf("%s %s: got %s, want %s", test.head, test.href, got, test.want)
		}
	}
}

// TestHTMLFile reads one link with the given attributes.
func TestHTMLFile(t *testing.T) {
	sum := strings.Repeat("ab", 32)
	for _, test := range []struct {
		attrs string
		want  func(f *File, python string) bool
	}{
		{``, func(f *File, python string) bool {
			return f.Size == -1 && f.Uploaded == 0 && !f.HasSHA256 && !f.Yanked && !f.Metadata.Offered && python == ""
		}},
		{`data-yanked`, func(f *File, _ string) bool { return f.Yanked && f.YankedReason == "" }},
		{`data-yanked=""`, func(f *File, _ string) bool { return f.Yanked && f.YankedReason == "" }},
		{`data-yanked="a &lt; b"`, func(f *File, _ string) bool { return f.Yanked && f.YankedReason == "a < b" }},
		{`data-requires-python="&gt;=3.8,&lt;4"`, func(_ *File, python string) bool { return python == ">=3.8,<4" }},
		{`data-requires-python=">=3" data-requires-python=">=2"`, func(_ *File, python string) bool { return python == ">=3" }},
		{`data-core-metadata="true"`, func(f *File, _ string) bool { return f.Metadata == MetadataFile{Offered: true} }},
		{`data-core-metadata="false"`, func(f *File, _ string) bool { return !f.Metadata.Offered }},
		{`data-core-metadata`, func(f *File, _ string) bool { return !f.Metadata.Offered }},
		{`data-core-metadata="false" data-dist-info-metadata="true"`, func(f *File, _ string) bool { return !f.Metadata.Offered }},
		{`data-dist-info-metadata="true"`, func(f *File, _ string) bool { return f.Metadata.Offered }},
		{`data-dist-info-metadata="sha256=` + sum + `"`, func(f *File, _ string) bool {
			return f.Metadata.HasSHA256 && f.Metadata.SHA256[0] == 0xab
		}},
		{`data-core-metadata="md5=00"`, func(f *File, _ string) bool { return f.Metadata == MetadataFile{Offered: true} }},
		{`data-size="5"`, func(f *File, _ string) bool { return f.Size == 5 }},
		{`data-size="big"`, func(f *File, _ string) bool { return f.Size == -1 }},
		{`data-upload-time="2026-01-01T00:00:00Z"`, func(f *File, _ string) bool { return f.Uploaded == 1767225600 }},
		{`DATA-SIZE='7'`, func(f *File, _ string) bool { return f.Size == 7 }},
	} {
		p, err := ParseHTML([]byte(`<a href="a-1.zip" `+test.attrs+`>a-1.zip</a>`), "", "a")
		if err != nil || len(p.Releases) != 1 {
			t.Errorf("%s: %+v, %v", test.attrs, p, err)
			continue
		}
		f := &p.Releases[0].Files[0]
		if !test.want(f, p.RequiresPython[f.RequiresPython]) {
			t.Errorf("%s: got %+v", test.attrs, f)
		}
	}
}

func TestHTMLFragment(t *testing.T) {
	sum := strings.Repeat("0A", 32)
	for _, test := range []struct{ fragment, want string }{
		{``, "[]"},
		{`#`, "[]"},
		{`#main`, "[]"},
		{`#egg=a-1`, "[]"},
		{`#sha256=` + sum, "[{sha256 " + strings.ToLower(sum) + "}]"},
		{`#egg=a&sha256=` + sum, "[{sha256 " + strings.ToLower(sum) + "}]"},
		{`#md5=` + sum[:32] + `&amp;sha256=` + sum, "[{sha256 " + strings.ToLower(sum) + "} {md5 " + strings.ToLower(sum[:32]) + "}]"},
		{`#sha384=` + sum + sum[:32], "[{sha384 " + strings.ToLower(sum+sum[:32]) + "}]"},
		{`#sha256=` + sum[:62], "[]"},
	} {
		p, err := ParseHTML([]byte(`<a href="a-1.zip`+test.fragment+`">`), "", "a")
		if err != nil || len(p.Releases) != 1 {
			t.Fatalf("%s: %+v, %v", test.fragment, p, err)
		}
		f := &p.Releases[0].Files[0]
		if got := fmt.Sprint(f.Hashes()); got != test.want || f.URL != "a-1.zip" {
			t.Errorf("%s: got %s and %s, want %s", test.fragment, got, f.URL, test.want)
		}
	}
}

func TestParseHTMLErrors(t *testing.T) {
	for _, version := range []string{"2.0", "1", "", "one"} {
		body := `<meta name="pypi:repository-version" content="` + version + `"><a href="a-1.zip">`
		if p, err := ParseHTML([]byte(body), "", "a"); !errors.Is(err, ErrVersion) || p != nil {
			t.Errorf("version %q: %v, %v", version, p, err)
		}
	}
	long := `<a href="` + strings.Repeat("x", 2*maxToken)
	if _, err := ParseHTML([]byte(long), "", "a"); !errors.Is(err, html.ErrBufferExceeded) {
		t.Errorf("a link of two megabytes: %v", err)
	}
	// What is cut off or is no HTML has no links.
	for _, body := range []string{"", "plain text", `{"name": "a"}`, `<a href="a-1.zip`, "<!-- <a href=a-1.zip>"} {
		if p, err := ParseHTML([]byte(body), "", "a"); err != nil || len(p.Releases) != 0 {
			t.Errorf("%q: %+v, %v", body, p, err)
		}
	}
}

func TestLinks(t *testing.T) {
	files, base, err := Links(readPage(t, "mixed.html"), mixedBase)
	if err != nil {
		t.Fatal(err)
	}
	p := FromFiles("Mixed_Case.name", files)
	p.Base = base
	want, err := ParseHTML(readPage(t, "mixed.html"), mixedBase, "mixed-case-name")
	if err != nil {
		t.Fatal(err)
	}
	// A flat listing has no status, and other projects' files are no surprise.
	want.Status, want.StatusReason = "", ""
	var skipped []Skipped
	for _, s := range want.Skipped {
		if s.Reason != "not a file name" && !strings.HasPrefix(s.Reason, "not named after") {
			skipped = append(skipped, s)
		}
	}
	want.Skipped = skipped
	if got, want := describe(p), describe(want); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}

	other := FromFiles("other", files)
	if len(other.Releases) != 1 || other.Releases[0].Files[0].Filename != "other-1.0.tar.gz" || len(other.Skipped) != 0 {
		t.Errorf("the other project of the page: %+v", other)
	}

	if _, _, err := Links([]byte(`<meta name="pypi:repository-version" content="2.0">`), ""); !errors.Is(err, ErrVersion) {
		t.Errorf("version 2.0: %v", err)
	}
}

func FuzzParseHTML(f *testing.F) {
	f.Add(readPage(f, "mixed.html"))
	f.Add([]byte(`<base href="https://u:p@[::1]:80/%zz/"><a href="//a-1.zip" data-yanked>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := ParseHTML(body, "https://example.invalid/simple/a/", "mixed-case-name")
		if err == nil {
			checkProject(t, p)
		}
	})
}
