package publish_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/tracker/publish"
	"github.com/ftpkg/ftpkg/tracker/site"
)

// want is the site as files by path.
func want(t *testing.T, in *site.Input) map[string]string {
	t.Helper()
	files, err := site.Build(in)
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	for _, f := range files {
		m[f.Path] = string(f.Data)
	}
	return m
}

func TestGitHub(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	c, _ := h.client()
	in := input(t, some(), publish.Options{})
	b := &publish.Branch{Forge: c, Name: publish.DefaultBranch, DryRun: true}
	p, err := b.Push(t.Context(), in)
	if err != nil || !p.New || p.Changed != p.Files || h.refs["heads/gh-pages"] != "" || h.count("POST git/trees")+h.count("POST git/blobs") > 0 {
		t.Fatalf("a dry run: %+v, %v, %q", p, err, h.log)
	}
	b.DryRun = false
	p, err = b.Push(t.Context(), in)
	if err != nil || !p.New {
		t.Fatalf("%+v, %v", p, err)
	}
	if diff := cmp.Diff(want(t, in), h.files("gh-pages")); diff != "" {
		t.Errorf("the branch is not the site: %s", diff)
	}
	commit := h.commits[h.refs["heads/gh-pages"]]
	if len(commit.Parents) != 0 || !commit.Author.Date.Equal(day("2026-11-21")) || !strings.HasPrefix(commit.Message, "Test as of 2026-11-21T00:00:00Z\n") {
		t.Errorf("%+v", commit)
	}
	if h.count("POST git/commits") != 1 {
		t.Errorf("%q", h.log)
	}

	h.forget()
	again, err := b.Push(t.Context(), in)
	if err != nil || !again.Same() || again.Commit != p.Commit || h.sent > 0 {
		t.Errorf("the same site again: %+v, %v, %q", again, err, h.log)
	}

	// One package less: few files are sent, its pages go, the domain stays.
	h.mu.Lock()
	files := map[string]string{"CNAME": h.blob("status.example\n"), "old/stray.html": h.blob("x")}
	maps.Copy(files, h.trees[commit.Tree])
	h.refs["heads/gh-pages"] = h.commit(hubCommit{Tree: h.tree(files), Parents: []string{p.Commit}})
	h.mu.Unlock()
	less := some()
	delete(less, "part")
	in = input(t, less, publish.Options{})
	h.forget()
	p, err = b.Push(t.Context(), in)
	if err != nil || p.New || p.Removed == 0 || p.Changed == 0 || p.Changed == p.Files {
		t.Errorf("%+v, %v", p, err)
	}
	expect := want(t, in)
	expect["CNAME"] = "status.example\n"
	if diff := cmp.Diff(expect, h.files("gh-pages")); diff != "" {
		t.Error(diff)
	}
	if h.count("POST git/commits") != 1 || len(h.commits[h.refs["heads/gh-pages"]].Parents) != 1 {
		t.Errorf("%q", h.log)
	}
}

// Limits are waited for as they say, failures for a moment, and then all is there.
func TestGitHubLimits(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(w http.ResponseWriter){
		"primary":   func(w http.ResponseWriter) { limited(w, false) },
		"secondary": func(w http.ResponseWriter) { limited(w, true) },
		"429": func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "1")
			refuse(w, http.StatusTooManyRequests, "too many")
		},
		"502": func(w http.ResponseWriter) { refuse(w, http.StatusBadGateway, "Bad Gateway") },
	} {
		for _, at := range []string{"GET git/ref/…", "POST git/trees", "POST git/commits", "POST git/refs"} {
			t.Run(name+" "+strings.ReplaceAll(at, "/", " "), func(t *testing.T) {
				t.Parallel()
				h := newHub(t)
				h.fault = func(w http.ResponseWriter, what string, n int) bool {
					if what != at || n > 1 {
						return false
					}
					fault(w)
					return true
				}
				c, waits := h.client()
				in := input(t, some(), publish.Options{})
				if _, err := (&publish.Branch{Forge: c, Name: "gh-pages"}).Push(t.Context(), in); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want(t, in), h.files("gh-pages")); diff != "" {
					t.Error(diff)
				}
				if len(*waits) != 1 || h.count("POST git/commits") > 2 {
					t.Errorf("%q, %q", *waits, h.log)
				}
			})
		}
	}
}

// A limit that lasts longer than anybody waits is an error that says how long.
func TestGitHubImpatient(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.fault = func(w http.ResponseWriter, _ string, _ int) bool {
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset", fmt.Sprint(time.Now().Add(30*time.Minute).Unix()))
		refuse(w, http.StatusForbidden, "API rate limit exceeded")
		return true
	}
	c, _ := h.client()
	_, err := (&publish.Branch{Forge: c, Name: "gh-pages"}).Push(t.Context(), input(t, some(), publish.Options{}))
	if err == nil || !strings.Contains(err.Error(), "rate limit is used up for ") || len(h.log) != 1 {
		t.Errorf("%v after %q", err, h.log)
	}
}

// Somebody pushes between our look and our push: the site is put on top of that.
func TestGitHubConflicts(t *testing.T) {
	t.Parallel()
	for _, code := range []int{http.StatusUnprocessableEntity, http.StatusConflict} {
		for _, existing := range []bool{false, true} {
			h := newHub(t)
			c, _ := h.client()
			b := &publish.Branch{Forge: c, Name: "gh-pages"}
			if existing {
				if _, err := b.Push(t.Context(), input(t, some(), publish.Options{Title: "Before"})); err != nil {
					t.Fatal(err)
				}
				h.forget()
			}
			raced := false
			h.fault = func(w http.ResponseWriter, what string, _ int) bool {
				if raced || what != "POST git/refs" && what != "PATCH git/refs/…" {
					return false
				}
				raced = true
				before := h.refs["heads/gh-pages"]
				theirs := hubCommit{Message: "theirs", Tree: h.tree(map[string]string{"theirs.html": h.blob("theirs")})}
				if before != "" {
					theirs.Parents = []string{before}
				}
				h.refs["heads/gh-pages"] = h.commit(theirs)
				refuse(w, code, "Reference already exists")
				return true
			}
			in := input(t, some(), publish.Options{})
			if _, err := b.Push(t.Context(), in); err != nil {
				t.Fatalf("%d: %v", code, err)
			}
			if diff := cmp.Diff(want(t, in), h.files("gh-pages")); diff != "" {
				t.Errorf("%d: %s", code, diff)
			}
			parent := h.commits[h.commits[h.refs["heads/gh-pages"]].Parents[0]]
			if parent.Message != "theirs" {
				t.Errorf("%d: their commit was lost: %+v", code, parent)
			}
			// It never ends: then it is an error.
			h.fault = func(w http.ResponseWriter, what string, _ int) bool {
				if what == "PATCH git/refs/…" {
					refuse(w, code, "Update is not a fast forward")
					return true
				}
				return false
			}
			if _, err := b.Push(t.Context(), input(t, some(), publish.Options{Title: "Other"})); !errors.Is(err, publish.ErrConflict) {
				t.Errorf("%d: %v", code, err)
			}
		}
	}
}

// A site of many packages takes few requests, none of them too large, and a tree that
// is not listed at once is listed folder by folder.
func TestGitHubLarge(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	f := facts{}
	for i := range 600 {
		name := fmt.Sprintf("p%03d", i)
		f.add(name, "", "2026-03-01", "", "2025-11-01 "+name+"-1.0-cp314-cp314t-manylinux_2_28_x86_64.whl")
	}
	in := input(t, f, publish.Options{})
	c, _ := h.client()
	b := &publish.Branch{Forge: c, Name: "gh-pages"}
	p, err := b.Push(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want(t, in), h.files("gh-pages")); diff != "" {
		t.Error(diff)
	}
	t.Logf("%d files, %d requests, %d bytes, the largest %d", p.Files, len(h.log), h.sent, h.largest)
	if p.Files < 2400 || len(h.log) > p.Files/50 || h.largest > 16<<20 {
		t.Errorf("%d files, %d requests, the largest of %d bytes", p.Files, len(h.log), h.largest)
	}
	h.forget()
	h.most = 1300
	if p, err = b.Push(t.Context(), in); err != nil || !p.Same() {
		t.Errorf("listed in parts: %+v, %v", p, err)
	}
	h.most = 100
	if _, err = b.Push(t.Context(), in); err == nil || !strings.Contains(err.Error(), "more files than its host lists") {
		t.Errorf("a folder that is never listed whole: %v", err)
	}
}

func TestGitHubRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		code  int
		says  string
		empty bool
	}{
		"unknown":   {401, "does not know the token", false},
		"forbidden": {403, "does not permit", false},
		"missing":   {404, "no such repository", false},
		"empty":     {0, "me/status is empty", true},
	} {
		h := newHub(t)
		h.empty = tt.empty
		if tt.code != 0 {
			h.fault = func(w http.ResponseWriter, _ string, _ int) bool {
				refuse(w, tt.code, "no")
				return true
			}
		}
		c, waits := h.client()
		_, err := (&publish.Branch{Forge: c, Name: "gh-pages"}).Push(t.Context(), input(t, some(), publish.Options{}))
		if err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), token) || len(*waits) > 0 {
			t.Errorf("%s: %v, %q", name, err, *waits)
		}
	}
}

// The token goes to the API's host, over TLS or to this machine, and nowhere else.
func TestTokenStays(t *testing.T) {
	t.Parallel()
	elsewhere := 0
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		elsewhere++
		if r.Header.Get("Authorization") != "" {
			t.Error("the token went to another host")
		}
		refuse(w, http.StatusNotFound, "Not Found")
	}))
	t.Cleanup(other.Close)
	h := newHub(t)
	h.fault = func(w http.ResponseWriter, _ string, _ int) bool {
		w.Header().Set("Location", other.URL+"/x")
		w.WriteHeader(http.StatusTemporaryRedirect)
		return true
	}
	c, _ := h.client()
	_, err := (&publish.Branch{Forge: c, Name: "gh-pages"}).Push(t.Context(), input(t, some(), publish.Options{}))
	if err == nil || elsewhere == 0 || strings.Contains(err.Error(), token) {
		t.Errorf("%v, %d", err, elsewhere)
	}
	for _, api := range []string{"http://example.invalid/", "ftp://127.0.0.1/", "https://me:pw@example.invalid", "https://", "::"} {
		if _, err := publish.NewClient(publish.ClientOptions{API: api, Token: token}); err == nil || strings.Contains(err.Error(), "pw@") {
			t.Errorf("%s: %v", api, err)
		}
	}
}

func TestRegressions(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	c, _ := h.client()
	none := facts{}
	none.add("demo", "", "2026-03-01", "", "2025-11-01 demo-1.0-py3-none-any.whl")
	r, err := publish.Regressions(t.Context(), c, input(t, none, publish.Options{}), false)
	if err != nil || r.Issue != nil || r.Opened || len(h.issues) != 0 {
		t.Fatalf("nothing to report: %+v, %v", r, err)
	}
	in := input(t, some(), publish.Options{Title: "Test", URL: "https://status.example/"})
	if r, err = publish.Regressions(t.Context(), c, in, true); err != nil || !r.Opened || len(h.issues) != 0 {
		t.Fatalf("a dry run: %+v, %v", r, err)
	}
	// Others may use the label.
	h.issues = append(h.issues, &hubIssue{Number: 1, Body: "mine", Labels: []string{publish.Label}})
	r, err = publish.Regressions(t.Context(), c, in, false)
	if err != nil || !r.Opened || r.Regressions != 1 || r.New != 1 || r.Issue.Number != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	body := h.issues[1].Body
	if !strings.Contains(body, "\n- 2026-11-12 `demo 1.1 has no wheels for free-threaded Pythons on macos-arm64` ([demo](https://status.example/p/demo/))\n") {
		t.Error(body)
	}
	if r, err = publish.Regressions(t.Context(), c, in, false); err != nil || r.Opened || r.Updated || r.New != 0 || len(h.issues) != 2 || len(h.issues[1].Comments) != 0 {
		t.Errorf("the same again: %+v, %v", r, err)
	}
	// Another is lost: it is told in a comment, whatever a hostile name says.
	more := some()
	more.add("other", "", "2026-03-01", "", "2025-11-01 other-1.0-cp314-cp314t-manylinux_2_28_x86_64.whl", "2026-11-15 other-1.1-cp314-cp314-manylinux_2_28_x86_64.whl")
	in = input(t, more, publish.Options{})
	for i := range in.Events {
		if e := &in.Events[i]; e.Package == "other" && e.Kind.IsRegression() {
			e.Detail = "`@everyone` <script>\n- x"
		}
	}
	r, err = publish.Regressions(t.Context(), c, in, false)
	if err != nil || !r.Updated || r.New == 0 || len(h.issues[1].Comments) != 1 {
		t.Fatalf("%+v, %v, %q", r, err, h.issues[1].Comments)
	}
	if comment := h.issues[1].Comments[0]; !strings.Contains(comment, "- 2026-11-17 `'@everyone' <script> - x`\n") {
		t.Errorf("%q", comment)
	}
	// In time they are no news.
	in = input(t, some(), publish.Options{At: day("2027-01-21")})
	if r, err = publish.Regressions(t.Context(), c, in, false); err != nil || !r.Updated || !strings.Contains(h.issues[1].Body, "Nothing was lost") {
		t.Errorf("%+v, %v, %s", r, err, h.issues[1].Body)
	}
	if h.issues[0].Body != "mine" {
		t.Error("an issue of others was changed")
	}
	// An answer that got lost opens no second issue.
	h.issues, h.log = nil, nil
	h.fault = func(w http.ResponseWriter, what string, _ int) bool {
		if what == "POST issues" {
			refuse(w, http.StatusBadGateway, "Bad Gateway")
			return true
		}
		return false
	}
	if _, err := publish.Regressions(t.Context(), c, input(t, some(), publish.Options{}), false); err == nil || h.count("POST issues") != 1 {
		t.Errorf("%v, %q", err, h.log)
	}
}
