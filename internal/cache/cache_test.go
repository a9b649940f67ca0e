package cache

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

const url = "https://example.invalid/simple"

func key(s string) Key { return Key{'f', sha256.Sum256([]byte(s))} }

func TestPage(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "when", "needed")
	b := Open(dir).Bucket(url)
	if p := b.Page("numpy"); p != nil {
		t.Fatalf("an empty cache has %+v", p)
	}
	want := &Page{
		Checked: now, MaxAge: 10 * time.Minute, ETag: `W/"x"`, LastModified: "yesterday",
		Body: [32]byte{1, 2, 3}, Complete: true, Data: []byte("data"),
	}
	if err := b.SetPage("numpy", want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, Open(dir).Bucket(url).Page("numpy")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want.Checked, want.MaxAge = now.Add(time.Hour), 20*time.Minute
	if err := b.Touch("numpy", want.Checked, want.MaxAge); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, b.Page("numpy")); diff != "" {
		t.Errorf("touched (-want +got):\n%s", diff)
	}
	absent := &Page{Checked: now, Absent: true}
	if err := b.SetPage("numpy", absent); err != nil {
		t.Fatal(err)
	}
	if got := b.Page("numpy"); got == nil || !got.Absent || len(got.Data) != 0 {
		t.Errorf("absent: %+v", got)
	}
	if p := Open(dir).Bucket(url + "2").Page("numpy"); p != nil {
		t.Error("another index has the page, too")
	}
	if err := b.Touch("pandas", now, 0); err != nil {
		t.Errorf("touching what isn't there: %v", err)
	}
}

func TestFresh(t *testing.T) {
	t.Parallel()
	p := &Page{Checked: now, MaxAge: 10 * time.Minute}
	for after, want := range map[time.Duration]bool{
		-time.Hour: false, -time.Second: true, 0: true, 9 * time.Minute: true, 10 * time.Minute: false,
	} {
		if got := p.Fresh(now.Add(after)); got != want {
			t.Errorf("after %s: %v", after, got)
		}
	}
	if (&Page{Checked: now}).Fresh(now) {
		t.Error("fresh without a max age")
	}
}

// A large page is mapped; what was read of it stays whatever happens to the file.
func TestLargePage(t *testing.T) {
	t.Parallel()
	b := Open(t.TempDir()).Bucket(url)
	for i := range byte(3) {
		data := bytes.Repeat([]byte{i}, 5*mapSize+int(i))
		old := b.Page("numpy")
		if err := b.SetPage("numpy", &Page{Checked: now, Data: data}); err != nil {
			t.Fatal(err)
		}
		if err := b.Touch("numpy", now.Add(time.Hour), time.Minute); err != nil {
			t.Fatal(err)
		}
		got := b.Page("numpy")
		if got == nil || !bytes.Equal(got.Data, data) || !got.Checked.Equal(now.Add(time.Hour)) {
			t.Fatalf("page %d is not what was written", i)
		}
		if i > 0 && (old == nil || !bytes.Equal(old.Data, bytes.Repeat([]byte{i - 1}, 5*mapSize+int(i-1)))) {
			t.Errorf("page %d changed after it was read", i-1)
		}
	}
	if s, err := b.cache.Clean(); err != nil || s.Pages != 1 {
		t.Errorf("%+v, %v", s, err)
	}
}

// What has a checksum of its own is not summed twice.
func TestSealedPage(t *testing.T) {
	t.Parallel()
	p := &Page{Checked: now, ETag: `"e"`, Sealed: true, Data: []byte("some data")}
	whole := append(p.header(), p.Data...)
	for i := range whole {
		flipped := bytes.Clone(whole)
		flipped[i] ^= 0x10
		got := decodePage(flipped, false)
		inData, inAge := i >= len(whole)-len(p.Data), i >= 12 && i < 32
		if (got != nil) != (inData || inAge) {
			t.Errorf("byte %d: %+v", i, got)
		}
		if got := decodePage(flipped, true); (got != nil) != inAge {
			t.Errorf("byte %d, thoroughly: %+v", i, got)
		}
	}
}

// Whatever is done to a page file, what is read is what was written or nothing.
func TestTornPage(t *testing.T) {
	t.Parallel()
	b := Open(t.TempDir()).Bucket(url)
	want := &Page{Checked: now, MaxAge: time.Minute, ETag: `"e"`, Data: []byte("some data")}
	if err := b.SetPage("numpy", want); err != nil {
		t.Fatal(err)
	}
	path := b.path(pagePrefix, "numpy")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, damaged []byte) {
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		got := b.Page("numpy")
		if got == nil {
			return
		}
		if got.Checked.IsZero() && got.MaxAge == 0 { // only the age was lost
			got.Checked, got.MaxAge = want.Checked, want.MaxAge
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	for i := range whole {
		check(fmt.Sprintf("cut at %d", i), whole[:i])
		flipped := bytes.Clone(whole)
		flipped[i] ^= 0x10
		check(fmt.Sprintf("byte %d changed", i), flipped)
	}
	check("longer", append(bytes.Clone(whole), 0))
	check("nothing", nil)

	// A lost age means asking again, not asking never.
	flipped := bytes.Clone(whole)
	flipped[13] ^= 1
	if p := decodePage(flipped, false); p == nil || p.Fresh(now) {
		t.Errorf("%+v", p)
	}
}

func TestLog(t *testing.T) {
	t.Parallel()
	c := Open(t.TempDir())
	l := c.Bucket(url).Log("numpy")
	put := func(l *Log, value string, keys ...string) {
		t.Helper()
		var ks []Key
		for _, k := range keys {
			ks = append(ks, key(k))
		}
		if err := l.Put([]byte(value), ks...); err != nil {
			t.Fatal(err)
		}
	}
	check := func(l *Log, want map[string]string) {
		t.Helper()
		for k, v := range want {
			got, ok := l.Get(key(k))
			if string(got) != v || ok != (v != "") {
				t.Errorf("%s: %q %v, want %q", k, got, ok, v)
			}
		}
	}
	put(l, "one", "a", "b")
	put(l, "two", "c")
	put(l, "one", "d")
	put(l, "three", "a") // in place of what it had
	want := map[string]string{"a": "three", "b": "one", "c": "two", "d": "one", "e": ""}
	check(l, want)
	again := c.Bucket(url).Log("numpy")
	check(again, want)
	size := func() int64 {
		info, err := os.Stat(l.path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	before := size()
	put(again, "one", "b", "d")
	if size() != before {
		t.Error("wrote what was there")
	}
	if _, ok := again.Get(Key{'u', key("a").Sum}); ok {
		t.Error("kinds of keys are mixed up")
	}

	// Two that were opened before the other wrote both keep what they put.
	other := c.Bucket(url).Log("numpy")
	put(again, "four", "x")
	put(other, "five", "y")
	check(c.Bucket(url).Log("numpy"), map[string]string{"x": "four", "y": "five", "a": "three"})
	first, second := c.Bucket(url).Log("new"), c.Bucket(url).Log("new")
	put(first, "1", "x")
	put(second, "2", "y")
	put(first, "3", "z")
	check(c.Bucket(url).Log("new"), map[string]string{"x": "1", "y": "2", "z": "3"})
}

func TestTornLog(t *testing.T) {
	t.Parallel()
	c := Open(t.TempDir())
	l := c.Bucket(url).Log("numpy")
	want := map[string]string{}
	for i := range 5 {
		k, v := fmt.Sprint("k", i), fmt.Sprint("value ", i)
		want[k] = v
		if err := l.Put([]byte(v), key(k), key(k+"'")); err != nil {
			t.Fatal(err)
		}
	}
	whole, err := os.ReadFile(l.path)
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, damaged []byte) {
		if err := os.WriteFile(l.path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		l := c.Bucket(url).Log("numpy")
		for k, v := range want {
			if got, ok := l.Get(key(k)); ok && string(got) != v {
				t.Errorf("%s: %s = %q", what, k, got)
			}
		}
		// Whatever it was, it is whole again after the next Put.
		if err := l.Put([]byte("new"), key("new")); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		healed := c.Bucket(url).Log("numpy")
		if got, _ := healed.Get(key("new")); string(got) != "new" || healed.damaged {
			t.Errorf("%s: not healed: %q, damaged %v", what, got, healed.damaged)
		}
		if len(healed.keys) != len(l.keys) {
			t.Errorf("%s: %d keys of %d", what, len(healed.keys), len(l.keys))
		}
	}
	for i := 0; i < len(whole); i += 7 {
		check(fmt.Sprintf("cut at %d", i), whole[:i])
		flipped := bytes.Clone(whole)
		flipped[i] ^= 0x10
		check(fmt.Sprintf("byte %d changed", i), flipped)
	}
	check("a tail of zeros", append(bytes.Clone(whole), make([]byte, 4096)...))
	check("nothing", nil)
	check("not a log", []byte("hello, I am not a log"))
}

func TestNilCache(t *testing.T) {
	t.Parallel()
	var c *Cache
	b := c.Bucket(url)
	if err := errors.Join(b.SetPage("x", &Page{}), b.Touch("x", now, 0), c.Err()); err != nil || b.Page("x") != nil || c.Dir() != "" || c.Temp() != "" {
		t.Errorf("%v", err)
	}
	l := b.Log("x")
	if err := l.Put([]byte("v"), key("k")); err != nil {
		t.Error(err)
	}
	if v, _ := l.Get(key("k")); string(v) != "v" {
		t.Error("a log in memory forgets")
	}
	for _, manage := range []func() (Stats, error){c.Stats, c.Clean, func() (Stats, error) { return c.Prune(now, 1) }} {
		if s, err := manage(); err != nil || !s.IsZero() {
			t.Errorf("%+v %v", s, err)
		}
	}
}

// A cache whose directory cannot be made is read, not written, and says why once.
func TestUnwritable(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := Open(filepath.Join(file, "cache"))
	b := c.Bucket(url)
	if err := b.SetPage("numpy", &Page{}); err == nil || c.Err() == nil {
		t.Errorf("%v, %v", err, c.Err())
	}
	first := c.Err()
	l := b.Log("numpy")
	if err := l.Put([]byte("v"), key("k")); !errors.Is(err, first) {
		t.Errorf("log: %v", err)
	}
	if _, ok := l.Get(key("k")); !ok {
		t.Error("not even in memory")
	}
	if err := b.Touch("numpy", now, 0); !errors.Is(err, first) || c.Temp() != "" {
		t.Errorf("touch: %v", err)
	}
}

func TestPath(t *testing.T) {
	t.Parallel()
	b := Open(t.TempDir()).Bucket(url)
	seen := map[string]bool{}
	for _, name := range []string{
		"numpy", "3to2", "con", "", ".", "..", "../../etc/passwd", "a/b", `a\b`, "A", "a.b", "-", "=x", "x\x00",
		strings.Repeat("a", maxName), strings.Repeat("a", maxName+1), "https://example.invalid/x.whl",
	} {
		p := b.path(pagePrefix, name)
		if filepath.Dir(p) != b.dir || seen[p] || len(filepath.Base(p)) > 140 {
			t.Errorf("%q: %s", name, p)
		}
		seen[p] = true
	}
	if !seen[filepath.Join(b.dir, "page-numpy")] || !seen[filepath.Join(b.dir, "page-3to2")] {
		t.Error("plain names are not kept")
	}
	if strings.Contains(b.dir, "example") {
		t.Errorf("the index shows in %s", b.dir)
	}
}

func TestManage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := Open(dir)
	if s, err := c.Stats(); err != nil || !s.IsZero() {
		t.Fatalf("%+v, %v", s, err)
	}
	one, two := c.Bucket(url), c.Bucket(url+"2")
	for _, err := range []error{
		one.SetPage("new", &Page{Checked: now, Data: []byte("data")}),
		one.SetPage("old", &Page{Checked: now.Add(-48 * time.Hour)}),
		one.Log("old").Put([]byte("x"), key("x")),
		one.Log("new").Put([]byte("x"), key("x")),
		two.SetPage("broken", &Page{Checked: now}),
		os.WriteFile(two.path(pagePrefix, "broken"), []byte("x"), 0o600),
		os.WriteFile(filepath.Join(one.dir, "tmp-123"), []byte("x"), 0o600),
		os.WriteFile(filepath.Join(one.dir, "tmp-new"), []byte("x"), 0o600),
		os.MkdirAll(filepath.Join(dir, "index-v0", "x"), 0o700),
		os.WriteFile(filepath.Join(dir, "index-v0", "x", "page-y"), []byte("x"), 0o600),
		os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("mine"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	old := now.Add(-48 * time.Hour)
	for _, path := range []string{one.path(pagePrefix, "old"), one.path(logPrefix, "old"), filepath.Join(one.dir, "tmp-123")} {
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{one.path(logPrefix, "new"), filepath.Join(one.dir, "tmp-new")} {
		if err := os.Chtimes(path, now, now); err != nil {
			t.Fatal(err)
		}
	}
	s, err := c.Stats()
	if want := (Stats{Indexes: 2, Pages: 3, Logs: 2, Other: 3, Bytes: s.Bytes}); err != nil || s != want {
		t.Errorf("%+v, %v; want %+v", s, err, want)
	}
	s, err = c.Prune(now, 24*time.Hour)
	if want := (Stats{Indexes: 1, Pages: 2, Logs: 1, Other: 2, Bytes: s.Bytes}); err != nil || s != want {
		t.Errorf("pruned %+v, %v; want %+v", s, err, want)
	}
	if one.Page("new") == nil || one.Page("old") != nil {
		t.Error("pruned the wrong page")
	}
	if s, err = c.Prune(now, 24*time.Hour); err != nil || !s.IsZero() {
		t.Errorf("pruned again: %+v, %v", s, err)
	}
	s, err = c.Clean()
	if want := (Stats{Indexes: 1, Pages: 1, Logs: 1, Other: 1, Bytes: s.Bytes}); err != nil || s != want {
		t.Errorf("cleaned %+v, %v; want %+v", s, err, want)
	}
	var left []string
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, _ error) error {
		if !d.IsDir() {
			left = append(left, d.Name())
		}
		return nil
	})
	if diff := cmp.Diff([]string{"notes.txt"}, left); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	if s, err := c.Clean(); err != nil || !s.IsZero() {
		t.Errorf("cleaned again: %+v, %v", s, err)
	}
}

// Several processes write the same cache: this test runs itself in each.
func TestProcesses(t *testing.T) {
	const processes, rounds = 4, 40
	if number := os.Getenv("FTPKG_TEST_NUMBER"); number != "" {
		b := Open(".").Bucket(url)
		l := b.Log("shared")
		for i := range rounds {
			k := fmt.Sprint(number, " ", i)
			if err := l.Put(bytes.Repeat([]byte(k), 100), key(k)); err != nil {
				t.Fatal(err)
			}
			data := bytes.Repeat([]byte(k), 10000)
			if err := b.SetPage("shared", &Page{Checked: now, Data: data, Body: sha256.Sum256(data)}); err != nil {
				t.Fatal(err)
			}
			if p := b.Page("shared"); p == nil || p.Body != sha256.Sum256(p.Data) {
				t.Fatal("read a page that nobody wrote")
			}
		}
		return
	}
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var wait sync.WaitGroup
	for n := range processes {
		wait.Go(func() {
			cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestProcesses$")
			cmd.Dir, cmd.Env = dir, append(os.Environ(), fmt.Sprint("FTPKG_TEST_NUMBER=", n))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	wait.Wait()
	l := Open(dir).Bucket(url).Log("shared")
	for n := range processes {
		for i := range rounds {
			k := fmt.Sprint(n, " ", i)
			if v, _ := l.Get(key(k)); !bytes.Equal(v, bytes.Repeat([]byte(k), 100)) {
				t.Errorf("%s is lost", k)
			}
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, format, "*", tempPrefix+"*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func FuzzDecode(f *testing.F) {
	page := &Page{Checked: now, ETag: "e", Data: []byte("data")}
	f.Add(append(page.header(), page.Data...))
	l := (*Bucket)(nil).Log("")
	_ = l.Put([]byte("value"), key("k"))
	f.Add(l.encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		if p := decodePage(b, true); p != nil {
			again := decodePage(append(p.header(), p.Data...), true)
			if diff := cmp.Diff(p, again); diff != "" && !p.Checked.IsZero() {
				t.Errorf("(-first +again):\n%s", diff)
			}
		}
		l := (*Bucket)(nil).Log("")
		l.decode(bytes.Clone(b))
		for k := range l.keys {
			l.Get(k)
		}
	})
}
