package main

import (
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
)

// readOptions returns what resolve would be asked in a world.
func readOptions(t *testing.T, env Env) (o resolveOptions, err error) {
	t.Helper()
	root := newRoot(env)
	root.Command("resolve").Action = action(env, 0, -1, func(c *cli.Context, env Env) error {
		o, err = readResolveOptions(c, env)
		return err
	})
	line, err := readCmdline(root, env.Args)
	if err != nil {
		return o, err
	}
	return o, newApp(env, root).RunContext(t.Context(), line.argv())
}

func mustReadOptions(t *testing.T, env Env) resolveOptions {
	t.Helper()
	o, err := readOptions(t, env)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func cells(o resolveOptions) string {
	var names []string
	for _, t := range o.targets {
		names = append(names, t.String())
	}
	return strings.Join(names, ", ")
}

func TestResolveDefaults(t *testing.T) {
	t.Parallel()
	o := mustReadOptions(t, world(t, "resolve", "numpy"))
	want := "3.14t linux-x86_64, 3.14t linux-aarch64, 3.14t macos-x86_64, 3.14t macos-arm64, 3.14t windows-x86_64, 3.14t windows-arm64, " +
		"3.14 linux-x86_64, 3.14 linux-aarch64, 3.14 macos-x86_64, 3.14 macos-arm64, 3.14 windows-x86_64, 3.14 windows-arm64"
	if got := cells(o); got != want {
		t.Errorf("targets: %s\nwant %s", got, want)
	}
	if o.like != vocab.LikeUV || o.prereleases != resolver.IfNecessary || o.format != "table" || o.align || o.index.indexURL != "" {
		t.Errorf("defaults: %+v", o)
	}
}

// The order of precedence: flag, FTPKG_ variable, file, default.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	file := "python = '3.13t'\nplatform = 'windows-arm64'\nlike = 'pip'\nalign = true\nprerelease = 'disallow'\nonly-binary = [':all:', 'lxml']\n" +
		"exclude-newer = 2026-01-01\naccept = [{package = 'Lx_ml', reason = 'known'}]\n"
	env := world(t, "resolve", "numpy")
	if err := os.WriteFile(filepath.Join(env.Dir, "ftpkg.toml"), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}

	o := mustReadOptions(t, env)
	if got := cells(o); got != "3.13t windows-arm64" || o.like != vocab.LikePip || !o.align || o.prereleases != resolver.Disallow {
		t.Errorf("from the file: %s, %+v", got, o)
	}
	if !o.onlyBinary.Has("x") || !o.index.excludeNewer.Equal(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("from the file: only-binary %+v, exclude-newer %s", o.onlyBinary, o.index.excludeNewer)
	}
	if diff := cmp.Diff([]resolver.Accept{{Package: "lx-ml", Reason: "known"}}, o.accept); diff != "" {
		t.Errorf("accept (-want +got):\n%s", diff)
	}

	env.Getenv = variables(map[string]string{
		"FTPKG_PYTHON": "3.14t,3.15t  3.14t", "FTPKG_LIKE": "uv", "FTPKG_ALIGN": "0", "FTPKG_PRE": "1", "FTPKG_ONLY_BINARY": "a b",
		"FTPKG_EXCLUDE_NEWER": "2026-02-01T00:00:00Z", "FTPKG_VERBOSE": "2",
	})
	o = mustReadOptions(t, env)
	if got := cells(o); got != "3.14t windows-arm64, 3.15t windows-arm64" || o.like != vocab.LikeUV || o.align || o.prereleases != resolver.Allow {
		t.Errorf("from the environment: %s, %+v", got, o)
	}
	if o.onlyBinary.All || !o.onlyBinary.Has("b") || o.index.excludeNewer.Month() != time.February {
		t.Errorf("from the environment: only-binary %+v, exclude-newer %s", o.onlyBinary, o.index.excludeNewer)
	}

	env.Args = strings.Fields("resolve numpy --python 3.14 --platform linux-aarch64 --like pip --align --pre=false --prerelease if-necessary --only-binary c --exclude-newer 2026-03-01")
	o = mustReadOptions(t, env)
	if got := cells(o); got != "3.14 linux-aarch64" || o.like != vocab.LikePip || !o.align || o.prereleases != resolver.IfNecessary {
		t.Errorf("from flags: %s, %+v", got, o)
	}
	if o.onlyBinary.Has("b") || !o.onlyBinary.Has("c") || o.index.excludeNewer.Month() != time.March {
		t.Errorf("from flags: only-binary %+v, exclude-newer %s", o.onlyBinary, o.index.excludeNewer)
	}

	env.Getenv = variables(map[string]string{"FTPKG_ALIGN": "perhaps"})
	env.Args = []string{"resolve", "numpy"}
	if _, err := readOptions(t, env); err == nil || err.Error() != `FTPKG_ALIGN: "perhaps" is not true or false` {
		t.Errorf("a bad variable: %v", err)
	}
}

func TestBinaryRules(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args       string
		only, no   string // packages of a, b, c that are in the set
		everything bool   // whether any other package is in only
	}{
		{"", "", "", false},
		{"--only-binary a,B", "ab", "", false},
		{"--only-binary :all:", "abc", "", true},
		{"--only-binary :all: --no-binary b", "ac", "b", true},
		{"--no-binary :all: --only-binary b", "b", "ac", false},
		{"--only-binary a --only-binary :none: --only-binary b", "b", "", false},
		{"--only-binary a --only-binary :all:", "abc", "", true},
	} {
		o := mustReadOptions(t, world(t, append([]string{"resolve", "x"}, strings.Fields(tt.args)...)...))
		only, no := "", ""
		for _, name := range []string{"a", "b", "c"} {
			if o.onlyBinary.Has(name) {
				only += name
			}
			if o.noBinary.Has(name) {
				no += name
			}
		}
		if only != tt.only || no != tt.no || o.onlyBinary.Has("other") != tt.everything {
			t.Errorf("%s: only %q, no %q, others %v", tt.args, only, no, o.onlyBinary.Has("other"))
		}
	}
}

// The index settings also come from uv's and pip's variables and pip's files.
func TestIndexPrecedence(t *testing.T) {
	t.Parallel()
	const u = "https://index.example.invalid/"
	for _, tt := range []struct {
		name, args, file, pip string
		env                   map[string]string
		want                  indexOptions
	}{
		{name: "none"},
		{name: "pip.conf", pip: "[global]\nindex-url = " + u + "pip\nextra-index-url = " + u + "e1\n  " + u + "e2\nno-index = true\n",
			want: indexOptions{indexURL: u + "pip", extraIndexURL: []string{u + "e1", u + "e2"}, noIndex: true}},
		{name: "pip's variables over pip.conf", pip: "[global]\nindex-url = " + u + "pip\nno-index = true\n",
			env:  map[string]string{"PIP_INDEX_URL": u + "env", "PIP_EXTRA_INDEX_URL": u + "a " + u + "b", "PIP_NO_INDEX": "no"},
			want: indexOptions{indexURL: u + "env", extraIndexURL: []string{u + "a", u + "b"}}},
		{name: "uv's variables over pip's",
			env: map[string]string{
				"PIP_INDEX_URL": u + "pip", "UV_INDEX_URL": u + "old", "UV_DEFAULT_INDEX": "main=" + u + "new",
				"UV_INDEX": "one=" + u + "1 " + u + "2", "UV_EXTRA_INDEX_URL": u + "3", "UV_FIND_LINKS": u + "f,dist", "PIP_FIND_LINKS": "x",
			},
			want: indexOptions{indexURL: u + "new", extraIndexURL: []string{u + "1", u + "2", u + "3"}, findLinks: []string{u + "f", "dist"}}},
		{name: "the file over uv's variables", file: "index-url = '" + u + "file'\nextra-index-url = []\nfind-links = 'links'\nno-index = false\noffline = true\n",
			env:  map[string]string{"UV_DEFAULT_INDEX": u + "uv", "UV_INDEX": u + "1", "UV_FIND_LINKS": "f", "PIP_NO_INDEX": "1"},
			want: indexOptions{indexURL: u + "file", extraIndexURL: []string{}, findLinks: []string{"links"}, offline: true}},
		{name: "our variables over the file", file: "index-url = '" + u + "file'\n",
			env:  map[string]string{"FTPKG_INDEX_URL": u + "env", "FTPKG_NO_INDEX": "true"},
			want: indexOptions{indexURL: u + "env", noIndex: true}},
		{name: "flags over everything", file: "index-url = '" + u + "file'\n", args: "-i simple --extra-index-url " + u + "1 --index " + u + "2 -f wheels --offline --refresh --no-cache",
			env:  map[string]string{"FTPKG_INDEX_URL": u + "env"},
			want: indexOptions{indexURL: "simple", extraIndexURL: []string{u + "1", u + "2"}, findLinks: []string{"wheels"}, offline: true, refresh: true, noCache: true}},
	} {
		env := world(t, append([]string{"resolve", "x"}, strings.Fields(tt.args)...)...)
		vars := map[string]string{}
		maps.Copy(vars, tt.env)
		write := func(name, text string) string {
			name = filepath.Join(env.Dir, name)
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			return name
		}
		if tt.pip != "" {
			vars["PIP_CONFIG_FILE"] = write("pip.conf", tt.pip)
		}
		if tt.file != "" {
			write("ftpkg.toml", tt.file)
		}
		env.Getenv = variables(vars)
		// Directories are made absolute.
		if tt.want.indexURL == "simple" {
			tt.want.indexURL = filepath.Join(env.Dir, "simple")
		}
		for i, l := range tt.want.findLinks {
			if !strings.Contains(l, "://") {
				tt.want.findLinks[i] = filepath.Join(env.Dir, l)
			}
		}
		o := mustReadOptions(t, env)
		if diff := cmp.Diff(tt.want, o.index, cmp.AllowUnexported(indexOptions{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestIndexSettingsErrors(t *testing.T) {
	t.Parallel()
	env := world(t, "resolve", "x")
	bad := filepath.Join(env.Dir, "pip.conf")
	if err := os.WriteFile(bad, []byte("[global]\nno-index = perhaps\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, vars := range map[string]map[string]string{
		"pip.conf:2: no-index":                   {"PIP_CONFIG_FILE": bad},
		`PIP_NO_INDEX: "perhaps" is not true or`: {"PIP_NO_INDEX": "perhaps"},
	} {
		env.Getenv = variables(vars)
		if _, err := readOptions(t, env); err == nil || !strings.Contains(err.Error(), want) || exitCode(t.Context(), err) != exitUsage {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestCacheDir(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	xdg := filepath.Join(home, "xdg")
	byDefault := map[string]string{"darwin": filepath.Join(home, "Library", "Caches", "ftpkg")}[runtime.GOOS]
	if byDefault == "" {
		byDefault = filepath.Join(home, ".cache", "ftpkg")
	}
	for _, tt := range []struct {
		home string
		env  map[string]string
		want string
	}{
		{home, nil, byDefault},
		{home, map[string]string{"XDG_CACHE_HOME": xdg}, filepath.Join(xdg, "ftpkg")},
		{home, map[string]string{"XDG_CACHE_HOME": "relative"}, byDefault},
		{"", nil, ""},
		{"", map[string]string{"FTPKG_CACHE_DIR": xdg}, xdg},
	} {
		env := world(t, "resolve", "x")
		env.Home, env.Getenv = tt.home, variables(tt.env)
		if got := mustReadOptions(t, env).index.cacheDir; got != tt.want {
			t.Errorf("home %q, %v: %q, want %q", tt.home, tt.env, got, tt.want)
		}
	}
	env := world(t, "cache", "dir")
	if _, stderr, code := runIn(t, env); code != exitUsage || !strings.Contains(stderr, "--cache-dir DIR") {
		t.Errorf("without a home: exit status %d, %s", code, stderr)
	}
}
