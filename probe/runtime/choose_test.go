//go:build unix

package runtime

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
	"github.com/ftpkg/ftpkg/wheeltags"
)

func python(t *testing.T, s string) *wheeltags.Python {
	t.Helper()
	if s == "" {
		return nil
	}
	p, err := wheeltags.ParsePython(s)
	if err != nil {
		t.Fatal(err)
	}
	return &p
}

// Which interpreter is taken of those that are there: the order is given,
// managed, carried, found, installed.
func TestChoose(t *testing.T) {
	t.Parallel()
	const anything = ""
	for _, tt := range []struct {
		name           string
		managed, found string // versions, "broken" too
		bundle         string // a version
		want, given    string // @ is the folder that is on PATH
		take           string // version and source, or a part of an error
	}{
		{name: "managed before found", managed: "3.14.2t", found: "3.14.9t", take: "3.14.2t managed"},
		{name: "found before nothing", found: "3.13.5t", take: "3.13.5t found"},
		{name: "the preferred series", managed: "3.15.1t 3.13.9t 3.14.0t", take: "3.14.0t managed"},
		{name: "else the newest release", managed: "3.13.9t 3.15.1t 3.16.0a1t", take: "3.15.1t managed"},
		{name: "else a pre-release", managed: "3.15.0rc1t 3.13.9", take: "3.15.0rc1t managed"},
		{name: "the newest of a series", managed: "3.14.1t 3.14.12t 3.14.3t", take: "3.14.12t managed"},
		{name: "what is broken is passed over", managed: "broken 3.13.1t", take: "3.13.1t managed"},
		{name: "the GIL build is none", managed: "3.14.7", found: "3.14.6", take: "installed"},
		{name: "unless it is wanted", managed: "3.14.7 3.14.6t", want: "3.14", take: "3.14.7 managed"},
		{name: "a series", managed: "3.14.7t", found: "3.13.5t", want: "3.13t", take: "3.13.5t found"},
		{name: "a release", managed: "3.13.4t 3.13.5t", want: "3.13.4t", take: "3.13.4t managed"},
		{name: "another release is none", managed: "3.13.4t", want: "3.13.6t", take: "has no CPython 3.13.6t"},
		{name: "managed before carried", managed: "3.13.1t", bundle: "x", take: "3.13.1t managed"},
		{name: "carried before found", found: "3.14.9t", bundle: "x", take: "bundled"},
		{name: "carried is not what is wanted", found: "3.14.9t", bundle: "x", want: "3.14t", take: "3.14.9t found"},
		{name: "a path", managed: "3.14.2t", given: "@/python3.13.9t", found: "3.13.9t", take: "3.13.9t given"},
		{name: "a name on PATH", managed: "3.14.2t", given: "python3.13.9t", found: "3.13.9t", take: "3.13.9t given"},
		{name: "a version", managed: "3.14.2t", given: "3.13t", found: "3.13.9t", take: "3.13.9t found"},
		{name: "a version with the GIL", managed: "3.14.2t 3.14.3", given: "3.14", take: "3.14.3 managed"},
		{name: "a folder", given: "@/../env", take: "3.13.7t given"},
		{name: "a folder without", given: "@", take: "no interpreter in it"},
		{name: "not there", given: "@/nothing", take: "no such file"},
		{name: "no word", given: "snake", take: "no path, no program on PATH and no version"},
		{name: "given with the GIL", given: "@/python3.14.7", found: "3.14.7", take: "3.14.7, a GIL build; a free-threaded one is needed"},
		{name: "given another", given: "@/python3.14.7t", found: "3.14.7t", want: "3.14", take: "3.14.7t, a free-threaded build; 3.14 is needed"},
		{name: "given another version", given: "3.14t", want: "3.13t", take: "3.13t is needed"},
		{name: "installed", take: "installed"},
		{name: "none to install", want: "3.20t", take: "has no CPython 3.20t"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := freeThreaded(t)
			m := newManager(t, f.build)
			m.Mirror = t.TempDir()
			write(t, filepath.Join(m.Mirror, f.build.File()), string(f.archive), 0o644)
			for i, version := range strings.Fields(tt.managed) {
				name := fmt.Sprintf("cpython-%d", i)
				script := "#!/bin/sh\nexit 1\n"
				if version != "broken" {
					script = says(t, version, m.Dir(name), map[string]any{"stdlib": filepath.Join(m.Dir(name), "lib")})
				}
				write(t, filepath.Join(m.Dir(name), "lib", "os.py"), "", 0o644)
				write(t, filepath.Join(m.Dir(name), "bin", "python3"), script, 0o755)
			}
			bin := filepath.Join(t.TempDir(), "bin")
			if err := os.Mkdir(bin, 0o755); err != nil {
				t.Fatal(err)
			}
			for version := range strings.FieldsSeq(tt.found) {
				write(t, filepath.Join(bin, "python"+version), says(t, version, filepath.Join(bin, version), nil), 0o755)
				// The finder wants usual names.
				if err := os.Symlink("python"+version, filepath.Join(bin, "python3")); err != nil {
					t.Fatal(err)
				}
			}
			write(t, filepath.Join(bin, "..", "env", "bin", "python"), says(t, "3.13.7t", "/env", nil), 0o755)
			c := &Chooser{
				Manager: m, Preferred: *python(t, "3.14t"),
				Finder: &Finder{GOOS: "linux", Root: t.TempDir(), Getenv: func(k string) string {
					if k == "PATH" {
						return bin
					}
					return ""
				}},
			}
			// What can be installed is the version of the tests' own interpreter.
			if tt.take == "installed" {
				c.Preferred = f.build.Python()
			}
			if tt.bundle != "" {
				c.Bundle = &Bundle{
					Name: "bundled", Python: f.build.Python(), SHA256: f.build.SHA256, Folder: "python",
					Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(f.archive))), nil },
				}
			}
			var said []string
			r, err := c.Choose(t.Context(), python(t, tt.want), strings.ReplaceAll(tt.given, "@", bin), func(s string) { said = append(said, s) })
			var got string
			switch {
			case err != nil:
				got = err.Error()
			case r.Source == vocab.RuntimeInstalled, r.Source == vocab.RuntimeBundled:
				got = string(r.Source)
			default:
				got = r.Python().String() + " " + string(r.Source)
			}
			if !strings.Contains(got, tt.take) || err == nil && got != tt.take {
				t.Errorf("took %s, want %s", got, tt.take)
			}
			if installs := tt.take == "installed"; installs != (len(said) == 1) || installs && !strings.Contains(said[0], m.DataDir) {
				t.Errorf("announced %q", said)
			}
			if err == nil && tt.want == anything && tt.given == "" && !r.FreeThreaded {
				t.Errorf("a GIL build: %s", r.Executable)
			}
		})
	}
}

func TestChooseNoInstall(t *testing.T) {
	t.Parallel()
	b := Build{"3.14.7", true, "x86_64-unknown-linux-gnu", "20260814", Digest{1}}
	c := &Chooser{Manager: newManager(t, b), Preferred: b.Python(), NoInstall: true, Finder: &Finder{GOOS: "linux", Root: t.TempDir()}}
	if _, err := c.Choose(t.Context(), nil, "", nil); !errors.Is(err, ErrNoRuntime) {
		t.Errorf("%v", err)
	}
}

// What cannot be had is not announced.
func TestChooseOffline(t *testing.T) {
	t.Parallel()
	b := Build{"3.14.7", true, "x86_64-unknown-linux-gnu", "20260814", Digest{1}}
	c := &Chooser{Manager: newManager(t, b), Preferred: b.Python(), Finder: &Finder{GOOS: "linux", Root: t.TempDir()}}
	c.Manager.Client = nil
	said := func(s string) { t.Errorf("announced %q", s) }
	if _, err := c.Choose(t.Context(), nil, "", said); !errors.Is(err, ErrOffline) {
		t.Errorf("%v", err)
	}
}

// Errors about what the user gave can be told from others.
func TestChooseErrors(t *testing.T) {
	t.Parallel()
	b := Build{"3.14.7", true, "x86_64-unknown-linux-gnu", "20260814", Digest{1}}
	c := &Chooser{Manager: newManager(t, b), Preferred: b.Python(), NoInstall: true, Finder: &Finder{GOOS: "linux", Root: t.TempDir()}}
	for _, given := range []string{"/nothing/python", "snake", t.TempDir(), "/etc/passwd"} {
		if _, err := c.Choose(t.Context(), nil, given, nil); !is[*GivenError](err) {
			t.Errorf("%s: %v", given, err)
		}
	}
	if _, err := c.Choose(t.Context(), nil, runtimetest.GIL(t), nil); !is[*FlavourError](err) {
		t.Errorf("%v", err)
	}
}
