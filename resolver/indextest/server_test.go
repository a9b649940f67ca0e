package indextest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/resolver/indextest"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/resolver/universe"
)

const text = `shows a small index
package Foo.Bar
  status archived <over>
  version 1.0+ft
    requires dep
    requires-python >=3.9,<4
    uploaded 2026-01-02
    payload 20000
    wheel cp313-cp313t-manylinux_2_28_x86_64
      yanked broken & "gone"
    sdist
package dep
  version 1.0
`

const wheel = "foo_bar-1.0+ft-cp313-cp313t-manylinux_2_28_x86_64.whl"

func parse(t *testing.T) *universe.Universe {
	t.Helper()
	c, err := universe.Parse("small", text)
	if err != nil {
		t.Fatal(err)
	}
	return c.Universe
}

func start(t *testing.T, opts ...indextest.Option) *indextest.Server {
	t.Helper()
	s := indextest.NewServer(parse(t), opts...)
	t.Cleanup(s.Close)
	return s
}

// get asks with headers given as name, value pairs and returns the answer with
// its whole body. Bodies are not unpacked.
func get(t *testing.T, url string, headers ...string) (*http.Response, []byte) {
	t.Helper()
	resp, body, err := try(url, headers...)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body
}

func try(url string, headers ...string) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		return nil, nil, err
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, body, err
}

const (
	acceptPip  = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"
	acceptHTML = "text/html"
)

// TestPages reads the JSON page and the HTML page back: they tell the same of
// every file, but for what HTML has no attribute for.
func TestPages(t *testing.T) {
	s := start(t)
	url := s.IndexURL("main") + "foo-bar/"
	resp, body := get(t, url, "Accept", acceptPip)
	if got := resp.Header.Get("Content-Type"); got != "application/vnd.pypi.simple.v1+json" {
		t.Fatalf("type %q", got)
	}
	fromJSON, err := simple.ParseJSON(body, url)
	if err != nil {
		t.Fatal(err)
	}
	resp, body = get(t, url, "Accept", acceptHTML)
	if got := resp.Header.Get("Content-Type"); got != "text/html" {
		t.Fatalf("type %q", got)
	}
	fromHTML, err := simple.ParseHTML(body, url, "foo-bar")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*simple.Project{fromJSON, fromHTML} {
		if len(p.Releases) != 1 || len(p.Releases[0].Files) != 2 || p.Status != "archived" || p.StatusReason != "<over>" {
			t.Fatalf("page %+v", p)
		}
		for i := range p.Releases[0].Files {
			f := &p.Releases[0].Files[i]
			if p.RequiresPython[f.RequiresPython] != ">=3.9,<4" {
				t.Errorf("%s requires Python %q", f.Filename, p.RequiresPython[f.RequiresPython])
			}
			_, data := get(t, p.FileURL(f))
			if !f.HasSHA256 || f.SHA256 != sha256.Sum256(data) {
				t.Errorf("%s has another digest than its page says", f.Filename)
			}
			if f.Kind == simple.Sdist {
				continue
			}
			if !f.Yanked || f.YankedReason != `broken & "gone"` {
				t.Errorf("%s: yanked %t %q", f.Filename, f.Yanked, f.YankedReason)
			}
			_, md := get(t, p.FileURL(f)+".metadata")
			if !f.Metadata.Offered || f.Metadata.SHA256 != sha256.Sum256(md) {
				t.Errorf("%s has other metadata than its page says", f.Filename)
			}
		}
	}
	f := fromJSON.Releases[0].Files[0]
	if want := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC).Unix(); f.Uploaded != want || f.Size < 20000 {
		t.Errorf("uploaded %d, size %d", f.Uploaded, f.Size)
	}
	if fromHTML.Releases[0].Files[0].Uploaded != 0 {
		t.Error("HTML tells an upload time")
	}
	_, doc := get(t, s.URL()+"/main/pypi/foo-bar/json")
	if err := simple.ApplyUploadTimes(fromHTML, doc); err != nil {
		t.Fatal(err)
	}
	if fromHTML.Releases[0].Files[0].Uploaded != f.Uploaded {
		t.Error("the per-project document does not tell the upload time")
	}
}

func TestRootPages(t *testing.T) {
	s := start(t)
	_, body := get(t, s.IndexURL("main"), "Accept", acceptPip)
	var root struct{ Projects []struct{ Name string } }
	if err := json.Unmarshal(body, &root); err != nil || len(root.Projects) != 2 {
		t.Errorf("root: %v, %s", err, body)
	}
	_, body = get(t, s.IndexURL("main"))
	if !strings.Contains(string(body), `href="foo-bar/"`) {
		t.Errorf("root: %s", body)
	}
}

func TestNegotiation(t *testing.T) {
	s := start(t)
	for accept, want := range map[string]string{
		"":                                    "text/html",
		"*/*":                                 "text/html",
		"application/vnd.pypi.simple.v1+json": "application/vnd.pypi.simple.v1+json",
		"application/vnd.pypi.simple.latest+json":                                  "application/vnd.pypi.simple.v1+json",
		"application/vnd.pypi.simple.v1+html, text/html;q=0.1":                     "application/vnd.pypi.simple.v1+html",
		"text/html;q=0.9, application/vnd.pypi.simple.v1+json;q=0.2, text/html":    "text/html",
		"application/vnd.pypi.simple.v1+json;q=0, application/json, text/html;q=1": "text/html",
	} {
		resp, _ := get(t, s.IndexURL("main")+"dep/", "Accept", accept)
		if got := resp.Header.Get("Content-Type"); got != want {
			t.Errorf("Accept %q: %s, want %s", accept, got, want)
		}
	}
}

func TestNotThere(t *testing.T) {
	s := start(t, indextest.WithoutDocuments())
	for _, path := range []string{
		"/", "/main", "/main/simple", "/main/simple/nowhere/", "/other/simple/dep/", "/main/files/none.whl",
		"/main/files/foo_bar-1.0+ft.tar.gz.metadata", "/main/pypi/dep/json", "/main/simple/dep",
	} {
		if resp, _ := get(t, s.URL()+path); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
}

func TestSpeak(t *testing.T) {
	html := start(t, indextest.Speak(universe.ServeHTML))
	resp, body := get(t, html.IndexURL("main")+"foo-bar/", "Accept", acceptPip)
	if resp.Header.Get("Content-Type") != "text/html" || !strings.Contains(string(body), "data-core-metadata") {
		t.Errorf("HTML only: %s\n%s", resp.Header.Get("Content-Type"), body)
	}
	plain := start(t, indextest.Speak(universe.ServePlain))
	if _, body := get(t, plain.IndexURL("main")+"foo-bar/"); strings.Contains(string(body), "metadata") {
		t.Errorf("plain:\n%s", body)
	}
	if resp, _ := get(t, plain.FileURL("main", wheel)+".metadata"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("plain metadata: %s", resp.Status)
	}
}

func TestRanges(t *testing.T) {
	whole := start(t)
	_, all := get(t, whole.FileURL("main", wheel))
	for _, tt := range []struct {
		ranges indextest.Ranges
		header string
		status int
		want   []byte
	}{
		{indextest.RangesServed, "bytes=-100", 206, all[len(all)-100:]},
		{indextest.RangesServed, "bytes=10-19", 206, all[10:20]},
		{indextest.RangesServed, "bytes=99999999-", 416, nil},
		{indextest.RangesIgnored, "bytes=-100", 200, all},
		{indextest.SuffixRefused, "bytes=-100", 416, nil},
		{indextest.SuffixRefused, "bytes=10-19", 206, all[10:20]},
	} {
		s := start(t, indextest.WithRanges(tt.ranges))
		resp, body := get(t, s.FileURL("main", wheel), "Range", tt.header)
		if resp.StatusCode != tt.status || tt.want != nil && !bytes.Equal(body, tt.want) {
			t.Errorf("ranges %d, %s: %s with %d bytes", tt.ranges, tt.header, resp.Status, len(body))
		}
		if accepts := resp.Header.Get("Accept-Ranges") != ""; tt.ranges == indextest.RangesIgnored && accepts {
			t.Error("a server that ignores ranges says it takes them")
		}
	}
}

func TestValidators(t *testing.T) {
	for _, tt := range []struct {
		validator     indextest.Validator
		header, asked string
		status        int
	}{
		{indextest.ETag, "ETag", "If-None-Match", 304},
		{indextest.LastModified, "Last-Modified", "If-Modified-Since", 304},
		{indextest.NoValidator, "ETag", "If-None-Match", 200},
	} {
		s := start(t, indextest.WithValidator(tt.validator), indextest.WithCacheControl("max-age=1"))
		url := s.IndexURL("main") + "dep/"
		resp, _ := get(t, url)
		if got := resp.Header.Get("Cache-Control"); got != "max-age=1" {
			t.Errorf("Cache-Control %q", got)
		}
		value := resp.Header.Get(tt.header)
		if (value != "") != (tt.validator != indextest.NoValidator) {
			t.Errorf("%s: %q", tt.header, value)
		}
		if resp, _ = get(t, url, tt.asked, value); resp.StatusCode != tt.status {
			t.Errorf("%s %s: %s", tt.asked, value, resp.Status)
		}
	}
}

func TestGzip(t *testing.T) {
	s := start(t, indextest.WithGzip())
	resp, body := get(t, s.IndexURL("main")+"dep/", "Accept-Encoding", "gzip")
	if resp.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("headers %v", resp.Header)
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if _, plain := get(t, s.IndexURL("main")+"dep/"); !bytes.Equal(plain, unpacked) {
		t.Error("the unpacked page is another one")
	}
}

func TestCredentials(t *testing.T) {
	s := start(t, indextest.WithCredentials("me", "secret"))
	url := s.IndexURL("main") + "dep/"
	if resp, _ := get(t, url); resp.StatusCode != http.StatusUnauthorized || resp.Header.Get("WWW-Authenticate") == "" {
		t.Errorf("without: %s", resp.Status)
	}
	with := strings.Replace(url, "http://", "http://me:secret@", 1)
	if resp, _ := get(t, with); resp.StatusCode != http.StatusOK {
		t.Errorf("with: %s", resp.Status)
	}
}

func TestFaults(t *testing.T) {
	s := start(t)
	page := s.IndexURL("main") + "dep/"
	file := s.FileURL("main", wheel)
	_, right := get(t, page)
	_, rightFile := get(t, file)

	s.Inject(indextest.Fault{Kind: indextest.Page, Name: "dep", Times: 2, Status: 429, Header: http.Header{"Retry-After": {"1"}}})
	for want := range 3 {
		resp, _ := get(t, page)
		if limited := resp.StatusCode == http.StatusTooManyRequests && resp.Header.Get("Retry-After") == "1"; limited != (want < 2) {
			t.Errorf("request %d: %s", want, resp.Status)
		}
	}
	s.Inject(indextest.Fault{Kind: indextest.Page, Status: 200, ContentType: "text/html", Body: []byte("<p>log in")})
	if _, body := get(t, page); string(body) != "<p>log in" {
		t.Errorf("body %q", body)
	}
	s.Heal()
	if _, body := get(t, page); !bytes.Equal(body, right) {
		t.Error("not healed")
	}
	s.Inject(indextest.Fault{Kind: indextest.Page, Times: 1, Pad: 1 << 20})
	if _, body := get(t, page); len(body) != len(right)+1<<20 {
		t.Errorf("a padded page has %d bytes", len(body))
	}
	s.Inject(indextest.Fault{Kind: indextest.File, Times: 1, Corrupt: true})
	if _, body := get(t, file); bytes.Equal(body, rightFile) || len(body) != len(rightFile) {
		t.Error("not corrupted")
	}
	if _, body := get(t, file); !bytes.Equal(body, rightFile) {
		t.Error("still corrupted")
	}
	s.Inject(indextest.Fault{Kind: indextest.File, Name: wheel, Times: 1, Cut: 1000})
	if resp, body, err := try(file); !errors.Is(err, io.ErrUnexpectedEOF) || len(body) != 1000 || resp.ContentLength != int64(len(rightFile)) {
		t.Errorf("cut: %d bytes, %v", len(body), err)
	}
	s.Inject(indextest.Fault{Times: 1, Reset: true})
	if _, _, err := try(page); err == nil {
		t.Error("a reset connection answers")
	}
	s.Inject(indextest.Fault{Times: 1, Delay: 30 * time.Millisecond})
	if begin := time.Now(); true {
		get(t, page)
		if took := time.Since(begin); took < 30*time.Millisecond {
			t.Errorf("delayed by %s", took)
		}
	}
}

func TestHang(t *testing.T) {
	s := start(t)
	s.Inject(indextest.Fault{Cut: 10, Hang: true})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.FileURL("main", wheel), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	buf := make([]byte, 10)
	if _, err := io.ReadFull(resp.Body, buf); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := resp.Body.Read(buf); !errors.Is(err, context.Canceled) {
		t.Errorf("reading on: %v", err)
	}
}

func TestLog(t *testing.T) {
	s := start(t)
	get(t, s.IndexURL("main")+"dep/", "Accept", acceptPip, "User-Agent", "tester")
	get(t, s.FileURL("main", wheel), "Range", "bytes=-10")
	get(t, s.FileURL("main", wheel)+".metadata")
	get(t, s.URL()+"/nonsense")
	want := []indextest.Request{
		{Kind: indextest.Page, Name: "dep", Index: "main", Status: 200, Accept: acceptPip, UserAgent: "tester"},
		{Kind: indextest.File, Name: wheel, Index: "main", Status: 206, Range: "bytes=-10", Sent: 10},
		{Kind: indextest.Metadata, Name: wheel, Index: "main", Status: 200},
		{Kind: indextest.Unknown, Status: 404},
	}
	log := s.Log()
	if len(log) != len(want) {
		t.Fatalf("log %+v", log)
	}
	for i, w := range want {
		g := log[i]
		if g.Kind != w.Kind || g.Name != w.Name || g.Index != w.Index || g.Status != w.Status || g.Range != w.Range ||
			w.Sent != 0 && g.Sent != w.Sent || w.UserAgent != "" && g.UserAgent != w.UserAgent || w.Accept != "" && g.Accept != w.Accept {
			t.Errorf("request %d: %+v, want %+v", i, g, w)
		}
	}
	if s.Count() != 4 || s.Count(indextest.File, indextest.Metadata) != 2 {
		t.Errorf("counts %d, %d", s.Count(), s.Count(indextest.File, indextest.Metadata))
	}
	s.ResetLog()
	if s.Count() != 0 {
		t.Error("the log is not forgotten")
	}
}

func TestMount(t *testing.T) {
	s := indextest.NewServer(nil)
	defer s.Close()
	s.Mount("u1", parse(t))
	s.Mount("u2", parse(t), indextest.Speak(universe.ServeHTML))
	for _, m := range []string{"u1", "u2"} {
		if resp, _ := get(t, s.MountURL(m, "main")+"dep/"); resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", m, resp.Status)
		}
	}
	if got, want := s.Rebase("u1", "a @ "+universe.Origin+"/main/files/x"), "a @ "+s.URL()+"/u1/main/files/x"; got != want {
		t.Errorf("rebased to %s", got)
	}
	s.Unmount("u1")
	if resp, _ := get(t, s.MountURL("u1", "main")+"dep/"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("after unmounting: %s", resp.Status)
	}
}

// TestWriteTree reads the static tree as an index: every link on every page
// leads to a file with the digest it names.
func TestWriteTree(t *testing.T) {
	dir := t.TempDir()
	if err := indextest.WriteTree(parse(t), dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"foo-bar", "dep"} {
		page := filepath.Join(dir, "main", "simple", name, "index.html")
		body, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		p, err := simple.ParseHTML(body, "file:///simple/"+name+"/", name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range p.Releases {
			for j := range p.Releases[i].Files {
				f := &p.Releases[i].Files[j]
				path := filepath.Join(dir, "main", "files", f.Filename)
				if !strings.HasPrefix(f.URL, "../../files/") {
					t.Errorf("%s is not relative", f.URL)
				}
				data, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if f.SHA256 != sha256.Sum256(data) {
					t.Errorf("%s has another digest", f.Filename)
				}
				if md, err := os.ReadFile(path + ".metadata"); f.Metadata.Offered && (err != nil || f.Metadata.SHA256 != sha256.Sum256(md)) {
					t.Errorf("%s has other metadata: %v", f.Filename, err)
				}
			}
		}
	}
}
