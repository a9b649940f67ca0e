package inspect

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/index"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/probetest/corpus"
	"github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// Every module of the corpus declares what its source says, or is undecided where
// its init function does more than can be followed.
func TestCorpus(t *testing.T) {
	t.Parallel()
	b := corpusOf(t)
	r := NewReader(Options{})
	decided := 0
	for _, c := range b.cases {
		for _, path := range c.Wheels {
			name := filepath.Base(path)
			w, err := r.Wheel(t.Context(), Source{Name: name, At: bytes.NewReader(b.wheels[name]), Size: int64(len(b.wheels[name]))})
			if err != nil {
				t.Fatal(err)
			}
			if w.SHA256 != "" {
				t.Errorf("%s: a digest that nobody computed: %s", name, w.SHA256)
			}
			if len(w.Findings) > 0 {
				t.Errorf("%s: %v", name, w.Findings)
			}
			for _, want := range c.Modules {
				i := slices.IndexFunc(w.Modules, func(m Module) bool { return m.Path == want.File })
				if i < 0 {
					continue // of another wheel of the case
				}
				m := w.Modules[i]
				if m.Module != want.Name || m.Public != want.Public || m.Test != want.Test {
					t.Errorf("%s: %s: module %s, public %v, test %v; want %+v", name, m.Path, m.Module, m.Public, m.Test, want)
				}
				says := map[corpus.Static]vocab.Declaration{
					corpus.StaticNotUsed: vocab.DeclarationNotUsed, corpus.StaticUsed: vocab.DeclarationUsed,
					corpus.StaticSilent: vocab.DeclarationSilent, corpus.StaticNone: vocab.DeclarationNotAModule,
				}[want.Static]
				if m.Declaration != says && m.Declaration != vocab.DeclarationUndecided {
					t.Errorf("%s: %s: %s, want %s", name, m.Module, m.Declaration, says)
				}
				if m.Declaration == says {
					decided++
				}
				if m.Declaration.TurnsOn() == (m.Fix == "") {
					t.Errorf("%s: %s is %s and its fix is %q", name, m.Module, m.Declaration, m.Fix)
				}
			}
		}
	}
	if decided < 40 {
		t.Errorf("only %d modules were decided", decided)
	}
}

func TestWrongABI(t *testing.T) {
	t.Parallel()
	b := corpusOf(t)
	for _, name := range []string{"abi", "abi-single", "abi-none"} {
		file, data := b.wheelOf(t, name)
		w := read(t, file, data)
		if len(w.Modules) != 1 || w.Modules[0].Fit != vocab.FitWrongABI || w.Modules[0].ABI != vocab.ABIGIL || w.Modules[0].FitReason == "" || !w.FreeThreaded {
			t.Errorf("%s: %+v", name, w)
		}
		var s Subject
		s.Judge([]*Wheel{w})
		if s.Verdict != vocab.VerdictWrongABI || !strings.HasPrefix(s.Detail, "1 of 1 module for another ABI; ") {
			t.Errorf("%s: %s: %s", name, s.Verdict, s.Detail)
		}
	}
}

func TestLocalFile(t *testing.T) {
	t.Parallel()
	name, data := corpusOf(t).wheelOf(t, "declares")
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir()
	first, err := NewReader(Options{CacheDir: cache}).Wheel(t.Context(), FromFile(path))
	if err != nil {
		t.Fatal(err)
	}
	if first.SHA256 != sha(data) || first.Project != "ftc-declares" || first.Version != "1.0" || first.MemberBytes == 0 {
		t.Errorf("%+v", first)
	}
	again, err := NewReader(Options{CacheDir: cache}).Wheel(t.Context(), Source{Name: name, URL: "file://" + filepath.ToSlash(path), SHA256: sha(data), Yanked: true})
	if err != nil {
		t.Fatal(err)
	}
	if !again.Yanked || first.Yanked {
		t.Error("whether it was withdrawn is not the file's")
	}
	copied := *again
	copied.Yanked = false
	if diff := cmp.Diff(first, &copied); diff != "" {
		t.Errorf("from the cache (-first +again):\n%s", diff)
	}
	for what, s := range map[string]Source{
		"a wrong digest":   {Name: name, Path: path, SHA256: strings.Repeat("0", 64)},
		"no digest":        {Name: name, Path: path, SHA256: "abc"},
		"no file":          {Name: name, Path: path + "x"},
		"a directory":      {Name: name, Path: t.TempDir()},
		"no wheel":         {Name: "x.txt", Path: path},
		"no network":       {Name: name, URL: "https://example.invalid/" + name, SHA256: strings.Repeat("0", 64)},
		"not a URL":        {Name: name, URL: "file://%zz"},
		"cut":              {Name: name, At: bytes.NewReader(data[:len(data)/2]), Size: int64(len(data) / 2)},
		"not as long":      {Name: name, At: bytes.NewReader(data[:len(data)/2]), Size: int64(len(data))},
		"nothing":          {Name: name, At: bytes.NewReader(nil)},
		"a negative size?": {Name: name, At: bytes.NewReader(data), Size: -1},
	} {
		if w, err := NewReader(Options{}).Wheel(t.Context(), s); err == nil {
			t.Errorf("%s: %+v", what, w)
		}
	}
	_, err = NewReader(Options{}).Wheel(t.Context(), Source{Name: name, Path: path, SHA256: strings.Repeat("0", 64)})
	if _, ok := errors.AsType[*fetch.HashError](err); !ok {
		t.Errorf("a wrong digest: %v", err)
	}
	if _, err := NewReader(Options{}).Wheel(cancelled(t), FromFile(path)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// big is a wheel with much that is not to be fetched.
func big(t *testing.T) (name string, data []byte, modules int64) {
	t.Helper()
	b := corpusOf(t)
	noise := make([]byte, 3<<20)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(noise)
	suffix := ""
	_, wheel := b.wheelOf(t, "declares")
	z, err := zip.NewReader(bytes.NewReader(wheel), int64(len(wheel)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if _, s, ok := strings.Cut(filepath.Base(f.Name), "."); ok && strings.HasSuffix(f.Name, ".so") {
			suffix = "." + s
		}
	}
	good, mute := b.moduleOf(t, "declares"), b.moduleOf(t, "silent")
	name, _ = b.wheelOf(t, "declares")
	_, tag, _ := strings.Cut(name, "-1.0-")
	data = pack(t, nil,
		file{"big/noise1", noise}, file{"big/ftc_declares" + suffix, good}, file{"big/a.py", []byte("pass\n")},
		file{"big/ftc_silent" + suffix, mute}, file{"big/noise2", noise}, file{"big.libs/libnoise.so", noise},
		file{"big-2.data/platlib/ftc_declares" + suffix, good}, file{"big-2.data/scripts/tool.so", noise[:1000]}, file{"big/noise3", noise[:1<<20]},
		metadata("big", "2", "Classifier: Programming Language :: Python :: Free Threading :: 2 - Beta"),
	)
	return "big-2-" + tag, data, int64(len(good) + len(mute))
}

// Of a remote wheel little more travels than the modules, whose verdicts are then
// the same as those of the whole file.
func TestRemote(t *testing.T) {
	t.Parallel()
	name, data, _ := big(t)
	want := read(t, name, data)
	if got := declarations(want); got["big.ftc_declares"] != vocab.DeclarationNotUsed || got["big.ftc_silent"] != vocab.DeclarationSilent || got["ftc_declares"] != vocab.DeclarationNotUsed || len(got) != 3 {
		t.Fatalf("%v", got)
	}
	if want.Classifier != "Programming Language :: Python :: Free Threading :: 2 - Beta" {
		t.Errorf("classifier %q", want.Classifier)
	}
	want.SHA256 = sha(data)
	for _, tt := range []struct {
		name  string
		whole bool
		size  int64
		most  int64
	}{
		{"by ranges", false, int64(len(data)), want.MemberBytes + 64<<10},
		{"by ranges, of unknown size", false, 0, want.MemberBytes + 64<<10},
		{"whole", true, int64(len(data)), 2 * int64(len(data))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(serveFile(t, data, tt.whole))
			t.Cleanup(server.Close)
			cache := t.TempDir()
			c, counter := newIndex(t, server.URL, cache, false)
			s := Source{Name: name, URL: server.URL + "/" + name, Size: tt.size, SHA256: sha(data), Index: "https://index.example.invalid"}
			got, err := NewReader(Options{Remote: c, CacheDir: cache}).Wheel(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-whole +got):\n%s", diff)
			}
			if n := counter.Total().Bytes; n > tt.most {
				t.Errorf("%d bytes travelled, at most %d are wanted", n, tt.most)
			}
			// A second time nothing does, with and without a network.
			asked := counter.Total().Requests
			for _, remote := range []Remote{c, nil} {
				again, err := NewReader(Options{Remote: remote, CacheDir: cache}).Wheel(t.Context(), s)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, again); diff != "" {
					t.Errorf("again (-whole +got):\n%s", diff)
				}
			}
			if n := counter.Total().Requests; n != asked {
				t.Errorf("%d requests the second time", n-asked)
			}
			// What one index led to is not another's answer, unless the digest was
			// computed.
			s.Index = "https://other.example.invalid"
			_, err = NewReader(Options{CacheDir: cache}).Wheel(t.Context(), s)
			if (err == nil) != tt.whole {
				t.Errorf("from another index: %v", err)
			}
		})
	}
}

// A server whose bytes are not those that the index promises.
func TestRemoteDamaged(t *testing.T) {
	t.Parallel()
	name, data, _ := big(t)
	damaged := bytes.Clone(data)
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if strings.HasPrefix(f.Name, "big/ftc_silent") {
			off, err := f.DataOffset()
			if err != nil {
				t.Fatal(err)
			}
			damaged[off+int64(f.CompressedSize64/2)] ^= 0xff
		}
	}
	cache := t.TempDir()
	server := httptest.NewServer(serveFile(t, damaged, false))
	t.Cleanup(server.Close)
	c, _ := newIndex(t, server.URL, cache, false)
	s := Source{Name: name, URL: server.URL, Size: int64(len(data)), SHA256: sha(data), Index: "x"}
	w, err := NewReader(Options{Remote: c, CacheDir: cache}).Wheel(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if d := declarations(w); d["big.ftc_silent"] != vocab.DeclarationUndecided || d["big.ftc_declares"] != vocab.DeclarationNotUsed || len(w.Findings) != 1 {
		t.Errorf("%v, %v", d, w.Findings)
	}
	if _, err := NewReader(Options{CacheDir: cache}).Wheel(t.Context(), s); err == nil {
		t.Error("what is damaged was kept")
	}

	// No archive at all: the whole file, and its digest, tell that the server lies.
	junk := bytes.Repeat([]byte("junk"), 10000)
	server = httptest.NewServer(serveFile(t, junk, false))
	t.Cleanup(server.Close)
	s.URL, s.Size = server.URL, int64(len(junk))
	var hash *fetch.HashError
	if _, err := NewReader(Options{Remote: c}).Wheel(t.Context(), s); !errors.As(err, &hash) {
		t.Errorf("junk for a wheel: %v", err)
	}
	s.SHA256 = sha(junk)
	var bad *ReadError
	if _, err := NewReader(Options{Remote: c}).Wheel(t.Context(), s); !errors.As(err, &bad) {
		t.Errorf("junk that is the wheel: %v", err)
	}
	s.SHA256 = ""
	if _, err := NewReader(Options{Remote: c}).Wheel(t.Context(), s); !errors.As(err, &bad) {
		t.Errorf("junk without a digest: %v", err)
	}
}

// A server that fails in the middle is an error, not a finding.
func TestRemoteFails(t *testing.T) {
	t.Parallel()
	name, data, _ := big(t)
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked > 2 {
			http.Error(w, "gone", http.StatusNotFound)
			return
		}
		serveFile(t, data, false).ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	c, _ := newIndex(t, server.URL, "", false)
	s := Source{Name: name, URL: server.URL, Size: int64(len(data)), SHA256: sha(data)}
	if w, err := NewReader(Options{Remote: c}).Wheel(t.Context(), s); fetch.Status(err) != http.StatusNotFound {
		t.Errorf("%+v, %v", w, err)
	}
	offline, _ := newIndex(t, server.URL, "", true)
	if _, err := NewReader(Options{Remote: offline}).Wheel(t.Context(), s); !errors.Is(err, index.ErrOffline) {
		t.Errorf("offline: %v", err)
	}
	if _, err := NewReader(Options{Remote: c}).Wheel(cancelled(t), s); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Several that ask for one wheel at a time read it once.
func TestOnce(t *testing.T) {
	t.Parallel()
	name, data, _ := big(t)
	server := httptest.NewServer(serveFile(t, data, false))
	t.Cleanup(server.Close)
	c, counter := newIndex(t, server.URL, "", false)
	cache := t.TempDir()
	s := Source{Name: name, URL: server.URL, Size: int64(len(data)), SHA256: sha(data), Index: "x"}
	r := NewReader(Options{Remote: c, CacheDir: cache})
	sources := slices.Repeat([]Source{s}, 8)
	var seen []int
	wheels, errs := r.Wheels(t.Context(), sources, func(done int) { seen = append(seen, done) })
	for i := range wheels {
		if errs[i] != nil || len(wheels[i].Modules) != 3 {
			t.Fatalf("%+v, %v", wheels[i], errs[i])
		}
	}
	if !slices.Equal(seen, []int{1, 2, 3, 4, 5, 6, 7, 8}) {
		t.Errorf("progress %v", seen)
	}
	if n := counter.Total().Bytes; n > wheels[0].MemberBytes+64<<10 {
		t.Errorf("%d bytes travelled for modules of %d", n, wheels[0].MemberBytes)
	}
}

// The corpus through an index: pages, choice, ranges, verdicts.
func TestIndex(t *testing.T) {
	t.Parallel()
	b := corpusOf(t)
	c := &corpus.Corpus{Dir: t.TempDir()}
	for name, data := range b.wheels {
		if err := os.WriteFile(filepath.Join(c.Dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	client, _ := newIndex(t, c.Index(t), t.TempDir(), false)
	for project, want := range map[string]vocab.Verdict{
		"ftc-declares": vocab.VerdictDeclares, "ftc-silent": vocab.VerdictTurnsOn, "ftc-explicit": vocab.VerdictTurnsOn,
		"ftc-abi": vocab.VerdictWrongABI, "ftc-abi-none": vocab.VerdictWrongABI, "ftc-pure": vocab.VerdictPure,
	} {
		page, err := client.Project(t.Context(), project)
		if err != nil {
			t.Fatal(err)
		}
		choice := Pick(page, Question{})
		var sources []Source
		for _, f := range choice.Wheels {
			sources = append(sources, FromPage(page, f))
		}
		wheels, errs := NewReader(Options{Remote: client}).Wheels(t.Context(), sources, nil)
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		s := Subject{Argument: project, Pure: choice.Pure}
		s.Judge(wheels)
		if s.Verdict != want {
			t.Errorf("%s: %s (%s), want %s", project, s.Verdict, s.Detail, want)
		}
	}
}

// The suffixes are those of real interpreters, and of others what is documented.
func TestSuffixes(t *testing.T) {
	t.Parallel()
	for _, python := range []string{runtimetest.FreeThreaded(t), runtimetest.GIL(t)} {
		info, err := runtime.Ask(t.Context(), python)
		if err != nil {
			t.Fatal(err)
		}
		target, err := info.Target()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(info.Suffixes, Suffixes(target)); diff != "" {
			t.Errorf("%s (-its own +ours):\n%s", target, diff)
		}
	}
	for target, want := range map[string]string{
		"3.13t linux-x86_64":          ".cpython-313t-x86_64-linux-gnu.so .abi3.so .so",
		"3.14 linux-aarch64":          ".cpython-314-aarch64-linux-gnu.so .abi3.so .so",
		"3.14t musllinux-x86_64":      ".cpython-314t-x86_64-linux-musl.so .abi3.so .so",
		"3.13t macos-arm64":           ".cpython-313t-darwin.so .abi3.so .so",
		"3.13t windows-x86_64":        ".cp313t-win_amd64.pyd .pyd",
		"3.14 windows-arm64":          ".cp314-win_arm64.pyd .pyd",
		"3.14t windows-x86":           ".cp314t-win32.pyd .pyd",
		"3.15t linux-x86_64":          ".cpython-315t-x86_64-linux-gnu.so .abi3t-x86_64-linux-gnu.so .abi3t.so .so",
		"3.14t manylinux_2_31_armv7l": ".cpython-314t-arm-linux-gnueabihf.so .abi3.so .so",
		"3.14t linux_i686":            ".cpython-314t-i386-linux-gnu.so .abi3.so .so",
	} {
		parsed, err := wheeltags.ParseTarget(target)
		if err != nil {
			t.Errorf("%s: %v", target, err)
			continue
		}
		if got := strings.Join(Suffixes(parsed), " "); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
}

var _ Remote = (*index.Client)(nil)

func TestUnread(t *testing.T) {
	t.Parallel()
	w := Unread(Source{Name: "a_b-1-cp314-cp314t-win_amd64.whl", SHA256: "x"}, errors.New("no"))
	want := &Wheel{
		File: "a_b-1-cp314-cp314t-win_amd64.whl", SHA256: "x", Project: "a-b", Version: "1", Pythons: []string{"3.14t"},
		Platforms: []string{"windows-x86_64"}, FreeThreaded: true, Modules: []Module{}, Error: "no",
	}
	if diff := cmp.Diff(want, w); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if w := Unread(Source{Name: "x"}, errors.New("no")); w.File != "x" || w.Modules == nil {
		t.Errorf("%+v", w)
	}
}
