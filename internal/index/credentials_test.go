package index

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ftpkg/ftpkg/internal/fetch"
)

func TestCredentials(t *testing.T) {
	t.Parallel()
	var away atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		away.Add(1)
		if _, _, ok := r.BasicAuth(); ok {
			t.Error("credentials went to another origin")
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<a href="moved-1.0.tar.gz">x</a>`)
	}))
	t.Cleanup(other.Close)
	body := wheel(t, "x", "1.0", 0, "dep")
	f := newFake(t, map[string][]byte{smallWheel: body, "moved-1.0.tar.gz": nil})
	f.user, f.cacheControl = "hunter", "max-age=600"
	f.hook = func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case strings.HasSuffix(r.URL.Path, "/moved/"):
			http.Redirect(w, r, other.URL+"/simple/moved/", http.StatusFound)
		case strings.HasSuffix(r.URL.Path, "/inpage/"):
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, `<base href="%s/"><a href="%s/inpage-1.0.tar.gz">`,
				strings.Replace(f.URL, "//", "//hunter:secret@", 1), strings.Replace(f.URL, "//", "//hunter:secret@", 1))
		default:
			return false
		}
		return true
	}
	dir := t.TempDir()
	withUser := strings.Replace(f.index(), "//", "//hunter:secret@", 1)
	c := open(t, Options{Indexes: []string{withUser}, CacheDir: dir})
	p := get(t, c, "x")
	if m, err := c.Metadata(t.Context(), p, fileOf(t, p, smallWheel)); err != nil || m.RequiresDist[0] != "dep" {
		t.Fatal(err)
	}
	get(t, c, "moved")
	if away.Load() != 1 {
		t.Errorf("%d requests at the other origin", away.Load())
	}
	inPage := get(t, c, "inpage")
	_, noProject := c.Project(t.Context(), "none")
	direct, err := c.Direct(t.Context(), strings.Replace(f.URL, "//", "//hunter:secret@", 1)+"/mirror/files/"+smallWheel)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Metadata(t.Context(), direct, &direct.Releases[0].Files[0]); err != nil {
		t.Errorf("direct: %v", err)
	}
	c.Close()
	wrong := open(t, Options{Indexes: []string{strings.Replace(f.index(), "//", "//hunter:guess@", 1)}})
	_, unauthorized := wrong.Project(t.Context(), "x")
	if fetch.Status(unauthorized) != 401 {
		t.Errorf("err = %v", unauthorized)
	}
	down := open(t, Options{Indexes: []string{"http://hunter:secret@127.0.0.1:1/simple/"}})
	_, unreachable := down.Project(t.Context(), "x")

	for what, text := range map[string]string{
		"index": p.Index, "base": p.Base, "url": p.FileURL(fileOf(t, p, smallWheel)),
		"url in the page": inPage.Base + inPage.FileURL(&inPage.Releases[0].Files[0]),
		"indexes":         strings.Join(c.Indexes(), " "), "direct": direct.Base + direct.FileURL(&direct.Releases[0].Files[0]),
		"no project": fmt.Sprint(noProject), "unauthorized": fmt.Sprint(unauthorized), "unreachable": fmt.Sprint(unreachable),
	} {
		if strings.Contains(text, "hunter") || strings.Contains(text, "secret") || strings.Contains(text, "guess") || text == "" {
			t.Errorf("%s: %s", what, text)
		}
	}
	kept := 0
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, _ error) error {
		if d.IsDir() {
			return nil
		}
		kept++
		b, err := os.ReadFile(path)
		if strings.Contains(path, "hunter") || bytes.Contains(b, []byte("hunter")) || bytes.Contains(b, []byte("secret")) {
			t.Errorf("%s has credentials in it", path)
		}
		return err
	})
	if err != nil || kept < 5 {
		t.Errorf("%v, %d files", err, kept)
	}

	// The same index with other credentials, from netrc, has the same cache.
	f.asked()
	host, _, _ := strings.Cut(strings.TrimPrefix(f.URL, "http://"), ":")
	c = open(t, Options{
		Indexes: []string{f.index()}, CacheDir: dir,
		Netrc: fetch.ParseNetrc("machine " + host + " login hunter password secret"),
	})
	get(t, c, "x")
	if asked := f.asked(); len(asked) > 0 {
		t.Errorf("asked %v", asked)
	}
	c = open(t, Options{Indexes: []string{f.index()}, Netrc: fetch.ParseNetrc("machine " + host + " login hunter password secret")})
	get(t, c, "x")
}
