//go:build unix

package runtime

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// fakeRegistry is keys and values by hive and path.
type fakeRegistry map[string]string

func (r fakeRegistry) Keys(h Hive, path string) []string {
	var keys []string
	for _, full := range sortedKeys(r) {
		rest, ok := strings.CutPrefix(full, string(h)+`\`+path+`\`)
		if name, _, _ := strings.Cut(rest, `\`); ok && !slices.Contains(keys, name) {
			keys = append(keys, name)
		}
	}
	return keys
}

func (r fakeRegistry) Value(h Hive, path, name string) string {
	return r[string(h)+`\`+path+`\`+name]
}

func sortedKeys(m map[string]string) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// listed is what was found, in its order: version and place.
func listed(found []*Runtime) []string {
	all := []string{}
	for _, r := range found {
		all = append(all, r.Python().String()+" "+r.Origin)
	}
	return all
}

// Machines with interpreters in all the places they have been seen in.
func TestFind(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, goos string
		files      map[string]string // version by path below the root; "" is a broken one
		links      map[string]string
		env        map[string]string // @ stands for the root
		registry   map[string]string
		dirs       []string
		want       []string
		skipped    int
	}{
		{
			name: "linux", goos: "linux",
			files: map[string]string{
				"usr/bin/python3":           "3.13.1",
				"usr/bin/python3.14t":       "3.14.2t",
				"usr/bin/python3.13-config": "",
				"usr/bin/python3.9":         "",
				"home/.local/share/uv/python/cpython-3.14.0+freethreaded-linux-x86_64-gnu/bin/python3.14t": "3.14.0t",
				"home/.pyenv/versions/3.13t-dev/bin/python3.13t":                                           "3.13.9t",
				"home/.pyenv/shims/python3":                                                                "",
				"home/linuxbrew/.linuxbrew/opt/python-freethreading/bin/python3.14t":                       "3.14.3t",
				"home/linuxbrew/.linuxbrew/opt/openssl/bin/python3":                                        "3.12.0",
				"Library/Frameworks/PythonT.framework/Versions/3.14/bin/python3.14t":                       "3.14.9t",
			},
			links: map[string]string{
				"usr/bin/python": "python3",
				"home/.local/share/uv/python/cpython-3.14+freethreaded-linux-x86_64-gnu": "cpython-3.14.0+freethreaded-linux-x86_64-gnu",
			},
			env:     map[string]string{"PATH": "@/home/.pyenv/shims:relative:@/usr/bin:@/nothing:@/usr/bin"},
			want:    []string{"3.14.2t PATH", "3.13.1 PATH", "3.14.0t uv", "3.13.9t pyenv", "3.14.3t Homebrew"},
			skipped: 1,
		},
		{
			name: "told by variables", goos: "linux",
			files: map[string]string{
				"uv/a/bin/python3":                 "3.13.1t",
				"xdg/uv/python/b/bin/python3":      "3.13.2t",
				"pyenv/versions/c/bin/python":      "3.13.3t",
				"brew/opt/python@3.13/bin/python3": "3.13.4t",
				"first/python3":                    "3.13.5t",
			},
			env:  map[string]string{"UV_PYTHON_INSTALL_DIR": "@/uv", "XDG_DATA_HOME": "@/xdg", "PYENV_ROOT": "@/pyenv", "HOMEBREW_PREFIX": "@/brew"},
			dirs: []string{"@/first"},
			want: []string{"3.13.5t folder", "3.13.1t uv", "3.13.3t pyenv", "3.13.4t Homebrew"},
		},
		{
			name: "XDG", goos: "linux",
			files: map[string]string{"xdg/uv/python/b/bin/python3": "3.13.2t", "home/.local/share/uv/python/c/bin/python3": "3.13.3t"},
			env:   map[string]string{"XDG_DATA_HOME": "@/xdg"},
			want:  []string{"3.13.2t uv"},
		},
		{
			name: "macOS", goos: "darwin",
			files: map[string]string{
				"opt/homebrew/opt/python-freethreading/bin/python3.14t":              "3.14.1t",
				"usr/local/opt/python@3.14/bin/python3.14":                           "3.14.2",
				"Library/Frameworks/PythonT.framework/Versions/3.14/bin/python3.14t": "3.14.3t",
				"Library/Frameworks/Python.framework/Versions/3.14/bin/python3.14":   "3.14.4",
			},
			links: map[string]string{"Library/Frameworks/Python.framework/Versions/Current": "3.14"},
			want:  []string{"3.14.1t Homebrew", "3.14.2 Homebrew", "3.14.3t python.org", "3.14.4 python.org"},
		},
		{
			name: "Windows", goos: "windows",
			files: map[string]string{
				"path/python.exe": "3.13.1",
				"path/python3":    "3.13.2",
				"roaming/uv/python/cpython-3.14.0+freethreaded-windows-x86_64-none/python.exe": "3.14.0t",
				"home/.pyenv/pyenv-win/versions/3.13.3/python.exe":                             "3.13.3",
				"org/python3.14t.exe": "3.14.4t",
				"all/python.exe":      "3.13.5",
				"32/python.exe":       "3.13.6",
			},
			env: map[string]string{"PATH": "@/path:@/apps", "APPDATA": "@/roaming"},
			registry: map[string]string{
				`HKEY_CURRENT_USER\Software\Python\PythonCore\3.14t\InstallPath\`:                             "@/org",
				`HKEY_CURRENT_USER\Software\Python\PythonCore\3.14t\InstallPath\ExecutablePath`:               "@/org/python3.14t.exe",
				`HKEY_CURRENT_USER\Software\Python\PyLauncher\x\InstallPath\`:                                 "@/path",
				`HKEY_CURRENT_USER\Software\Python\PythonCore\3.9\InstallPath\`:                               "@/gone",
				`HKEY_LOCAL_MACHINE\Software\Python\PythonCore\3.13\InstallPath\`:                             "@/all",
				`HKEY_LOCAL_MACHINE (32-bit)\Software\Python\ContinuumAnalytics\x\InstallPath\ExecutablePath`: "@/32/python.exe",
			},
			want: []string{"3.13.1 PATH", "3.14.0t uv", "3.13.3 pyenv", "3.14.4t registry", "3.13.5 registry", "3.13.6 registry"},
		},
		{name: "nothing", goos: "linux", want: []string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			at := func(s string) string { return strings.ReplaceAll(s, "@", root) }
			for path, version := range tt.files {
				script := "#!/bin/sh\nexit 3\n"
				if version != "" {
					script = says(t, version, filepath.Join(root, "prefix", version), nil)
				}
				write(t, filepath.Join(root, path), script, 0o755)
			}
			write(t, filepath.Join(root, "apps", "python.exe"), "", 0o755) // the store's placeholder
			write(t, filepath.Join(root, "apps", "python3"), "#!/bin/sh\n", 0o644)
			for path, target := range tt.links {
				if err := os.Symlink(target, filepath.Join(root, path)); err != nil {
					t.Fatal(err)
				}
			}
			f := &Finder{GOOS: tt.goos, Home: filepath.Join(root, "home"), Root: root, Getenv: func(k string) string { return at(tt.env[k]) }}
			for _, dir := range tt.dirs {
				f.Dirs = append(f.Dirs, at(dir))
			}
			if tt.registry != nil {
				r := fakeRegistry{}
				for k, v := range tt.registry {
					r[k] = at(v)
				}
				f.Registry = r
			}
			found, skipped, err := f.Find(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := listed(found); !slices.Equal(got, tt.want) {
				t.Errorf("found %q\nwant %q", got, tt.want)
			}
			if len(skipped) != tt.skipped {
				t.Errorf("skipped %v", skipped)
			}
			for _, r := range found {
				if r.Source != vocab.RuntimeFound {
					t.Errorf("%s: source %s", r.Executable, r.Source)
				}
			}
			for _, err := range skipped {
				if !is[*AskError](err) {
					t.Error(err)
				}
			}
		})
	}
}

// Of an environment on PATH, the interpreter it was made from is found.
func TestFindEnvironment(t *testing.T) {
	t.Parallel()
	base := runtimetest.FreeThreaded(t)
	dir := filepath.Join(t.TempDir(), "venv")
	if out, err := exec.CommandContext(t.Context(), base, "-m", "venv", "--without-pip", "--copies", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	f := &Finder{GOOS: "linux", Root: t.TempDir(), Getenv: func(k string) string {
		if k == "PATH" {
			return filepath.Join(dir, "bin") + ":" + filepath.Dir(base)
		}
		return ""
	}}
	found, skipped, err := f.Find(t.Context())
	if err != nil || len(skipped) > 0 {
		t.Fatal(err, skipped)
	}
	if len(found) != 1 || found[0].VirtualEnv || strings.HasPrefix(found[0].Prefix, dir) {
		t.Errorf("%v", listed(found))
	}
}

func TestFindCancelled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "python3"), "#!/bin/sh\nexec sleep 600\n", 0o755)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f := &Finder{GOOS: "linux", Dirs: []string{dir}}
	if _, _, err := f.Find(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestHostPlatform(t *testing.T) {
	t.Parallel()
	musl, glibc, both, bare := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	shell := func(root, loader string) {
		text, err := os.ReadFile(elfProgram(t, loader))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(root, "bin", "busybox"), string(text), 0o755)
		if err := os.Symlink("busybox", filepath.Join(root, "bin", "sh")); err != nil {
			t.Fatal(err)
		}
	}
	shell(musl, "/lib/ld-musl-x86_64.so.1")
	shell(glibc, "/lib64/ld-linux-x86-64.so.2")
	write(t, filepath.Join(glibc, "lib", "ld-musl-x86_64.so.1"), "", 0o755)
	write(t, filepath.Join(both, "lib", "ld-musl-x86_64.so.1"), "", 0o755)
	write(t, filepath.Join(both, "lib64", "ld-linux-x86-64.so.2"), "", 0o755)
	static := t.TempDir()
	write(t, filepath.Join(static, "bin", "sh"), "not a program", 0o755)
	write(t, filepath.Join(static, "lib", "ld-musl-aarch64.so.1"), "", 0o755)
	for _, tt := range []struct {
		root, goos, goarch string
		want               Platform
	}{
		{musl, "linux", "amd64", "x86_64-unknown-linux-musl"},
		{glibc, "linux", "amd64", "x86_64-unknown-linux-gnu"},
		{both, "linux", "amd64", "x86_64-unknown-linux-gnu"},
		{bare, "linux", "arm64", "aarch64-unknown-linux-gnu"},
		{static, "linux", "arm64", "aarch64-unknown-linux-musl"},
		{bare, "darwin", "arm64", "aarch64-apple-darwin"},
		{bare, "windows", "amd64", "x86_64-pc-windows-msvc"},
		{bare, "windows", "386", "i686-pc-windows-msvc"},
		{bare, "freebsd", "amd64", ""},
		{musl, "linux", "s390x", ""},
	} {
		got, err := HostPlatform(tt.root, tt.goos, tt.goarch)
		if got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%s/%s: %q, %v, want %q", tt.goos, tt.goarch, got, err, tt.want)
		}
	}
}
