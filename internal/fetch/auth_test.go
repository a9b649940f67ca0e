package fetch_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/fetch"
)

func TestCredentialsFind(t *testing.T) {
	t.Parallel()
	c := fetch.Credentials{Netrc: fetch.ParseNetrc("machine b.invalid login bob password pw\nmachine a.invalid login x password y")}
	for raw, want := range map[string]string{
		"https://a1:p1@a.invalid/one/simple/":  "https://a.invalid/one/simple/",
		"https://a2:p%402@A.invalid:443/two/":  "https://A.invalid:443/two/",
		"https://plain.invalid/simple/":        "https://plain.invalid/simple/",
		"http://tok%2Fen@c.invalid:8080/":      "http://c.invalid:8080/",
		"https://u:broken@[::1/":               "https://u:broken@[::1/", // fails later, redacted
		"/a/plain/directory":                   "/a/plain/directory",
		"https://a0:p0@a.invalid/one/simple/x": "https://a.invalid/one/simple/x",
	} {
		if got := c.Take(raw); got != want {
			t.Errorf("Take(%q) = %q, want %q", raw, got, want)
		}
	}
	for raw, want := range map[string]string{
		"https://a.invalid/one/simple/numpy/": "a1:p1",
		"https://a.invalid/one/simple/x/y":    "a0:p0", // the longest path wins
		"https://a.invalid/two/files/x.whl":   "a2:p@2",
		"https://a.invalid/twofold":           "a?",  // either: the origin is the same
		"http://a.invalid/one/simple/":        "x:y", // another origin: only netrc knows the host
		"https://a.invalid:8443/one/simple/":  "x:y",
		"https://sub.a.invalid/":              "",
		"https://b.invalid:444/":              "bob:pw",
		"http://c.invalid:8080/x":             "tok/en:",
		"http://c.invalid/x":                  "",
		"https://d.invalid/":                  "",
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		user, password, ok := c.Find(u)
		got := ""
		if ok {
			got = user + ":" + password
		}
		if want == "a?" && strings.HasPrefix(got, "a") {
			continue
		}
		if got != want {
			t.Errorf("Find(%s) = %q, want %q", raw, got, want)
		}
	}
	if _, _, ok := (*fetch.Credentials)(nil).Find(&url.URL{Host: "a"}); ok {
		t.Error("nil credentials found something")
	}
}

func TestParseNetrc(t *testing.T) {
	t.Parallel()
	type login struct{ User, Password string }
	for _, tt := range []struct {
		name, text string
		want       map[string]login
	}{
		{"one line", "machine h.invalid login me password pw", map[string]login{"h.invalid": {"me", "pw"}}},
		{"many lines", "# mine\nmachine H.invalid\n\tlogin me\n\taccount x\n\tpassword p#w\n", map[string]login{"h.invalid": {"me", "p#w"}}},
		{"quoted", `machine h.invalid login "m e" password "p\"w\\"`, map[string]login{"h.invalid": {"m e", `p"w\`}}},
		{"macro", "machine h.invalid login me password pw\nmacdef init\nmachine evil.invalid login a\npassword b\n\nmachine i.invalid login you password z",
			map[string]login{"h.invalid": {"me", "pw"}, "i.invalid": {"you", "z"}}},
		{"first counts", "machine h.invalid login a password b\nmachine h.invalid login c password d", map[string]login{"h.invalid": {"a", "b"}}},
		{"default is not for everybody", "default login a password b", map[string]login{"h.invalid": {}}},
		{"default ends an entry", "machine h.invalid login a\ndefault password b", map[string]login{"h.invalid": {"a", ""}}},
		{"password alone", "machine h.invalid password t", map[string]login{"h.invalid": {"", "t"}}},
		{"cut off", "machine h.invalid login", map[string]login{"h.invalid": {}}},
		{"open quote", `machine h.invalid login "me`, map[string]login{"h.invalid": {"me", ""}}},
		{"empty", "", map[string]login{"": {}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := fetch.ParseNetrc(tt.text)
			for host, want := range tt.want {
				user, password, ok := n.Find(host)
				if diff := cmp.Diff(want, login{user, password}); diff != "" || ok != (want != login{}) {
					t.Errorf("%s: ok=%v (-want +got):\n%s", host, ok, diff)
				}
			}
			if _, _, ok := n.Find("evil.invalid"); ok {
				t.Error("a macro's body was read")
			}
		})
	}
}

func FuzzParseNetrc(f *testing.F) {
	f.Add("machine h.invalid login me password \"p\\\"w\"\nmacdef x\n\n# y\ndefault login z", "h.invalid")
	f.Add(`machine "`, "")
	f.Fuzz(func(t *testing.T, text, host string) {
		user, _, ok := fetch.ParseNetrc(text).Find(host)
		if !ok && user != "" {
			t.Error("a login that isn't there")
		}
	})
}

func TestRedact(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://h.invalid/simple/":                   "https://h.invalid/simple/",
		"https://user:secret@h.invalid/simple/?x#y":   "https://h.invalid/simple/?x#y",
		"https://secret@h.invalid/":                   "https://h.invalid/",
		"https://h.invalid/f?token=secret&a=&b=1&c":   "https://h.invalid/f?token=***&a=&b=***&c",
		"https://u:sec/ret@h.invalid:8080x/a?b=sec#c": "https://h.invalid:8080x/a",
		"//user:secret@h.invalid/x":                   "//h.invalid/x",
		"file:///srv/wheels":                          "file:///srv/wheels",
		"user:secret@h.invalid":                       "user:h.invalid",
		"u%zz:secret@h.invalid/x":                     "h.invalid/x",
		"../up":                                       "../up",
	} {
		if got := fetch.Redact(in); got != want {
			t.Errorf("Redact(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("https://user:", "@h.invalid/")
	f.Add("", "@[::1")
	f.Add("https://a@b:", "@h:99999/?q=")
	f.Fuzz(func(t *testing.T, before, after string) {
		const secret = "hunter2"
		in := "https://user:" + secret + "@host.invalid/" + after
		if got := fetch.Redact(in); strings.Contains(got, secret) && !strings.Contains(before+after, secret) {
			t.Errorf("Redact(%q) = %q", in, got)
		}
		fetch.Redact(before + after)
	})
}

// recorder is a server that notes who it was asked by, and for what.
func recorder(t *testing.T, log *[]string, answer http.HandlerFunc) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		*log = append(*log, fmt.Sprintf("%s %s:%s", r.URL.Path, user, password))
		answer(w, r)
	})
}

func TestRedirectsAndCredentials(t *testing.T) {
	t.Parallel()
	var home, away []string
	awayURL := recorder(t, &away, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cookie") != "" {
			t.Error("a cookie came along")
		}
	})
	homeURL := recorder(t, &home, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/simple/near":
			http.Redirect(w, r, "/other/near", http.StatusMovedPermanently)
		case "/simple/far":
			http.Redirect(w, r, awayURL+"/far", http.StatusTemporaryRedirect)
		case "/simple/loop":
			http.Redirect(w, r, "/simple/loop", http.StatusFound)
		case "/simple/odd":
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		}
	})
	var creds fetch.Credentials
	u, _ := url.Parse(homeURL)
	u.User = url.UserPassword("me", "secret")
	index := creds.Take(u.String() + "/simple/")
	tr := fetch.NewTransport(fetch.TransportOptions{})
	defer tr.Close()
	c := fetch.NewClient(fetch.FollowRedirects(fetch.Authenticate(tr, &creds), 3), retrier(newClock()))

	for path, want := range map[string]string{
		"near": "", "far": "",
		"loop": index + "loop: more than 3 redirects",
		"odd":  index + "odd: redirect to file:///etc/passwd, which is not a web address",
	} {
		home, away = nil, nil
		resp, err := c.Get(t.Context(), fetch.Request{
			URL: index + path, Limit: 100, Header: http.Header{"Cookie": {"a=b"}},
		})
		if want != "" {
			if err == nil || err.Error() != want {
				t.Errorf("%s: err = %v, want %s", path, err, want)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		switch path {
		case "near":
			if diff := cmp.Diff([]string{"/simple/near me:secret", "/other/near me:secret"}, home); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		case "far":
			if diff := cmp.Diff([]string{"/far :"}, away); diff != "" {
				t.Errorf("away (-want +got):\n%s", diff)
			}
		}
		if strings.Contains(resp.URL, "secret") {
			t.Errorf("URL %s", resp.URL)
		}
	}

	// Credentials in the URL of the request itself.
	home = nil
	resp, err := c.Get(t.Context(), fetch.Request{URL: strings.Replace(homeURL, "http://", "http://you:else@", 1) + "/x", Limit: 100})
	if err != nil || resp.URL != homeURL+"/x" || len(home) != 1 || home[0] != "/x you:else" {
		t.Errorf("%v %v %v", resp, err, home)
	}
}

func TestErrorsNameNoCredentials(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	c := client(t, newClock())
	for _, raw := range []string{
		strings.Replace(url, "http://", "http://user:hunter2@", 1) + "/x?sig=hunter2",
		"http://user:hunter2@127.0.0.1:1/", // nobody listens there
	} {
		_, err := c.Get(t.Context(), fetch.Request{URL: raw, Limit: 100})
		if err == nil || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "user") {
			t.Errorf("err = %v", err)
		}
	}
}
