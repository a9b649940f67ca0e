package publish_test

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/tracker/publish"
)

// token is one that must not come to light.
const token = "ghp_aVerySecretToken1234567890"

// A hub is a GitHub with one repository, as far as publishing asks.
type hub struct {
	t      *testing.T
	server *httptest.Server

	mu      sync.Mutex
	blobs   map[string]string            // content by SHA
	trees   map[string]map[string]string // blobs by path, by SHA
	commits map[string]hubCommit
	refs    map[string]string
	issues  []*hubIssue
	log     []string // "POST git/trees"
	sent    int64    // bytes of bodies
	largest int64
	empty   bool // no commit yet
	most    int  // files that a tree lists at once
	// fault may answer a request in the place of the hub; n counts those alike.
	fault func(w http.ResponseWriter, what string, n int) bool
}

type hubCommit struct {
	Message string   `json:"message"`
	Tree    string   `json:"tree"`
	Parents []string `json:"parents"`
	Author  struct {
		Name string    `json:"name"`
		Date time.Time `json:"date"`
	} `json:"author"`
}

type hubIssue struct {
	Number   int      `json:"number"`
	URL      string   `json:"html_url"`
	Title    string   `json:"title"`
	Body     string   `json:"body"`
	Labels   []string `json:"-"`
	Comments []string `json:"-"`
}

func newHub(t *testing.T) *hub {
	t.Helper()
	h := &hub{
		t: t, blobs: map[string]string{}, trees: map[string]map[string]string{}, commits: map[string]hubCommit{}, refs: map[string]string{}, most: 1 << 20,
	}
	h.server = httptest.NewServer(h)
	t.Cleanup(h.server.Close)
	h.refs["heads/main"] = h.commit(hubCommit{Message: "first", Tree: h.tree(map[string]string{})})
	return h
}

// client returns one that publishes to the hub, and the notes of what it waited for.
func (h *hub) client() (*publish.Client, *[]string) {
	h.t.Helper()
	var waits []string
	c, err := publish.NewClient(publish.ClientOptions{
		API: h.server.URL, Owner: "me", Repo: "status", Token: token, Transport: http.DefaultTransport, Agent: "ftpkg test",
		Patience: publish.Patience{Now: time.Now, Sleep: fetch.Sleep, Most: 5 * time.Second, OnWait: func(why string, _ time.Duration) { waits = append(waits, why) }},
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return c, &waits
}

func sha(kind string, text string) string {
	sum := sha1.Sum(fmt.Appendf(nil, "%s %d\x00%s", kind, len(text), text))
	return hex.EncodeToString(sum[:])
}

func (h *hub) blob(text string) string {
	s := sha("blob", text)
	h.blobs[s] = text
	return s
}

func (h *hub) tree(files map[string]string) string {
	s := sha("tree", fmt.Sprint(files))
	h.trees[s] = files
	return s
}

func (h *hub) commit(c hubCommit) string {
	s := sha("commit", fmt.Sprint(c))
	h.commits[s] = c
	return s
}

// files are those of a branch, by path.
func (h *hub) files(branch string) map[string]string {
	h.mu.Lock()
	defer h.mu.Unlock()
	files := map[string]string{}
	for name, blob := range h.trees[h.commits[h.refs["heads/"+branch]].Tree] {
		files[name] = h.blobs[blob]
	}
	return files
}

// count is how many requests of a kind there were.
func (h *hub) count(what string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, line := range h.log {
		if line == what {
			n++
		}
	}
	return n
}

func (h *hub) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.log, h.sent, h.largest = nil, 0, 0
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	rest, ok := strings.CutPrefix(r.URL.Path, "/repos/me/status")
	rest = strings.Trim(rest, "/")
	what := r.Method + " " + rest
	for _, long := range []string{"git/trees/", "git/commits/", "git/refs/", "git/ref/", "issues/"} {
		if strings.HasPrefix(rest, long) {
			what = r.Method + " " + strings.TrimSuffix(long, "/") + "/…"
		}
	}
	h.log = append(h.log, what)
	n := 0
	for _, line := range h.log {
		if line == what {
			n++
		}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client went away
	}
	h.sent += int64(len(body))
	h.largest = max(h.largest, int64(len(body)))
	if h.fault != nil && h.fault(w, what, n) {
		return
	}
	switch {
	case r.Header.Get("Authorization") != "Bearer "+token:
		refuse(w, http.StatusUnauthorized, "Bad credentials")
	case !ok:
		refuse(w, http.StatusNotFound, "Not Found")
	case h.empty && strings.HasPrefix(rest, "git/"):
		refuse(w, http.StatusConflict, "Git Repository is empty.")
	default:
		h.answer(w, r, rest, body)
	}
}

func refuse(w http.ResponseWriter, code int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
}

// limited is the answer to one who asks too often.
func limited(w http.ResponseWriter, secondary bool) {
	w.Header().Set("Content-Type", "application/json")
	doc := map[string]string{"message": "API rate limit exceeded"}
	if secondary {
		w.Header().Set("Retry-After", "1")
		doc["documentation_url"] = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"
		doc["message"] = "You have exceeded a secondary rate limit"
	} else {
		w.Header().Set("X-RateLimit-Limit", "5000")
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset", fmt.Sprint(time.Now().Unix()))
	}
	w.WriteHeader(http.StatusForbidden)
	_ = json.NewEncoder(w).Encode(doc)
}

func reply(w http.ResponseWriter, code int, doc any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(doc)
}

type object map[string]any

func (h *hub) answer(w http.ResponseWriter, r *http.Request, rest string, body []byte) {
	read := func(into any) {
		if err := json.Unmarshal(body, into); err != nil {
			h.t.Errorf("%s %s: %v", r.Method, rest, err)
		}
	}
	dir, last := path.Split(rest)
	switch key := r.Method + " " + dir; {
	case key == "GET " && last == "":
		reply(w, http.StatusOK, object{"name": "status"})
	case strings.HasPrefix(rest, "git/ref/") || strings.HasPrefix(rest, "git/refs"):
		h.ref(w, r, strings.TrimPrefix(strings.TrimPrefix(rest, "git/ref/"), "git/refs/"), read)
	case key == "GET git/commits/":
		reply(w, http.StatusOK, object{"sha": last, "tree": object{"sha": h.commits[last].Tree}})
	case key == "GET git/trees/":
		h.listTree(w, last, r.URL.Query().Get("recursive") != "")
	case key == "POST git/" && last == "blobs":
		var in struct{ Content, Encoding string }
		read(&in)
		text, err := base64.StdEncoding.DecodeString(in.Content)
		if err != nil || in.Encoding != "base64" {
			h.t.Errorf("a blob in %s: %v", in.Encoding, err)
		}
		reply(w, http.StatusCreated, object{"sha": h.blob(string(text))})
	case key == "POST git/" && last == "trees":
		h.putTree(w, read)
	case key == "POST git/" && last == "commits":
		var c hubCommit
		read(&c)
		if h.trees[c.Tree] == nil {
			refuse(w, http.StatusUnprocessableEntity, "Tree SHA does not exist")
			return
		}
		reply(w, http.StatusCreated, object{"sha": h.commit(c)})
	default:
		h.issue(w, r, rest, read)
	}
}

func (h *hub) ref(w http.ResponseWriter, r *http.Request, name string, read func(any)) {
	var in struct {
		Ref, SHA string
		Force    bool
	}
	switch r.Method {
	case http.MethodGet:
		if h.refs[name] == "" {
			refuse(w, http.StatusNotFound, "Not Found")
			return
		}
	case http.MethodPost:
		read(&in)
		name = strings.TrimPrefix(in.Ref, "refs/")
		if h.refs[name] != "" {
			refuse(w, http.StatusUnprocessableEntity, "Reference already exists")
			return
		}
		h.refs[name] = in.SHA
	case http.MethodPatch:
		read(&in)
		if in.Force {
			h.t.Error("a branch is moved by force")
		}
		if !slices.Contains(h.commits[in.SHA].Parents, h.refs[name]) {
			refuse(w, http.StatusUnprocessableEntity, "Update is not a fast forward")
			return
		}
		h.refs[name] = in.SHA
	}
	reply(w, http.StatusOK, object{"ref": "refs/" + name, "object": object{"sha": h.refs[name], "type": "commit"}})
}

// listTree lists a tree as GitHub does: all below it, or what is directly in it.
func (h *hub) listTree(w http.ResponseWriter, tree string, recursive bool) {
	var list []object
	folders := map[string]map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(h.trees[tree])) {
		dir, rest, deep := strings.Cut(name, "/")
		if deep && !recursive {
			if folders[dir] == nil {
				folders[dir] = map[string]string{}
			}
			folders[dir][rest] = h.trees[tree][name]
			continue
		}
		list = append(list, object{"path": name, "mode": "100644", "type": "blob", "sha": h.trees[tree][name]})
	}
	for _, dir := range slices.Sorted(maps.Keys(folders)) {
		list = append(list, object{"path": dir, "mode": "040000", "type": "tree", "sha": h.tree(folders[dir])})
	}
	n := min(len(list), h.most)
	reply(w, http.StatusOK, object{"sha": tree, "tree": list[:n], "truncated": n < len(list)})
}

func (h *hub) putTree(w http.ResponseWriter, read func(any)) {
	var in struct {
		Base string `json:"base_tree"`
		Tree []map[string]*string
	}
	read(&in)
	files := map[string]string{}
	if in.Base != "" {
		maps.Copy(files, h.trees[in.Base])
	}
	for _, e := range in.Tree {
		name := *e["path"]
		blob, named := e["sha"]
		switch text := e["content"]; {
		case *e["mode"] != "100644":
			h.t.Errorf("%s has the mode %s", name, *e["mode"])
		case text != nil:
			files[name] = h.blob(*text)
		case named && blob == nil:
			if files[name] == "" {
				refuse(w, http.StatusUnprocessableEntity, "GitRPC::BadObjectState")
				return
			}
			delete(files, name)
		default:
			if _, ok := h.blobs[*blob]; !ok {
				refuse(w, http.StatusUnprocessableEntity, "tree.sha is not a valid blob")
				return
			}
			files[name] = *blob
		}
	}
	reply(w, http.StatusCreated, object{"sha": h.tree(files)})
}

func (h *hub) issue(w http.ResponseWriter, r *http.Request, rest string, read func(any)) {
	var in struct {
		Title, Body string
		Labels      []string
	}
	var number int
	if n, _ := fmt.Sscanf(rest, "issues/%d", &number); n == 1 {
		if number < 1 || number > len(h.issues) {
			refuse(w, http.StatusNotFound, "Not Found")
			return
		}
		read(&in)
		i := h.issues[number-1]
		if strings.HasSuffix(rest, "/comments") {
			i.Comments = append(i.Comments, in.Body)
		} else {
			i.Body = in.Body
		}
		reply(w, http.StatusOK, i)
		return
	}
	switch {
	case rest == "issues" && r.Method == http.MethodGet:
		list := []*hubIssue{}
		for _, i := range h.issues {
			if slices.Contains(i.Labels, r.URL.Query().Get("labels")) {
				list = append(list, i)
			}
		}
		reply(w, http.StatusOK, list)
	case rest == "issues" && r.Method == http.MethodPost:
		read(&in)
		i := &hubIssue{Number: len(h.issues) + 1, Title: in.Title, Body: in.Body, Labels: in.Labels}
		i.URL = fmt.Sprintf("https://example.invalid/issues/%d", i.Number)
		h.issues = append(h.issues, i)
		reply(w, http.StatusCreated, i)
	default:
		h.t.Errorf("nobody asks %s %s", r.Method, rest)
		refuse(w, http.StatusNotFound, "Not Found")
	}
}
