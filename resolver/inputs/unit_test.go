package inputs

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

func TestDecode(t *testing.T) {
	utf16le := func(s string) string {
		b := "\xff\xfe"
		for _, u := range utf16.Encode([]rune(s)) {
			b += string([]byte{byte(u), byte(u >> 8)})
		}
		return b
	}
	utf16be := func(s string) string {
		b := "\xfe\xff"
		for _, u := range utf16.Encode([]rune(s)) {
			b += string([]byte{byte(u >> 8), byte(u)})
		}
		return b
	}
	for _, tt := range []struct{ in, want, err string }{
		{"six", "six", ""},
		{"\xef\xbb\xbfsix é", "six é", ""},
		{utf16le("six é\n"), "six é\n", ""},
		{utf16be("six 𝄞\n"), "six 𝄞\n", ""},
		{"# -*- coding: latin-1 -*-\nsix # \xe9", "# -*- coding: latin-1 -*-\nsix # é", ""},
		{"#!x\n# coding=ISO-8859-1\n\xe9", "#!x\n# coding=ISO-8859-1\né", ""},
		{"# coding: utf-8\né", "# coding: utf-8\né", ""},
		{"six\n\xe9", "", "f:2: not UTF-8 text"},
		{"# coding: utf-8\n\xe9", "", "f:2: not UTF-8 text"},
		{"# coding: klingon\nsix", "", "f:1: the encoding klingon is not known"},
		{"\xff\xfes", "", "f: not UTF-16 text"},
		{"\xff\xfe\x00\x00s", "", "f:1: UTF-32 is not read"},
	} {
		got, err := decode("f", []byte(tt.in))
		switch {
		case tt.err == "" && (err != nil || got != tt.want):
			t.Errorf("decode(%q) = %q, %v, want %q", tt.in, got, err, tt.want)
		case tt.err != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.err)):
			t.Errorf("decode(%q): %v, want %s…", tt.in, err, tt.err)
		}
	}
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"https://user:pw@host.invalid/x":                     "https://host.invalid/x",
		"git+ssh://git@host.invalid/x":                       "git+ssh://host.invalid/x",
		"--index-url https://u:p@a.invalid -f http://t@b.in": "--index-url https://a.invalid -f http://b.in",
		"https://u:p@ss@host.invalid/x":                      "https://host.invalid/x",
		"https://host.invalid/@scope/x":                      "https://host.invalid/@scope/x",
		"name @ https://host.invalid/x":                      "name @ https://host.invalid/x",
		"six":                                                "six",
	} {
		if got := redact(in); got != want {
			t.Errorf("redact(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestGlob(t *testing.T) {
	for _, tt := range []struct {
		pattern, name string
		want          bool
	}{
		{"packages/*", "packages/a", true},
		{"packages/*", "packages/a/b", false},
		{"packages/**", "packages", true},
		{"packages/**", "packages/a/b", true},
		{"**/leaf", "a/b/leaf", true},
		{"**/leaf", "leaf", true},
		{"a/**/b/*/c", "a/x/y/b/z/c", true},
		{"a/**/b/*/c", "a/x/y/b/c", false},
		{"p[ab]", "pa", true},
		{"p[ab]", "pc", false},
		{"[", "[", false},
	} {
		if got := globMatch(tt.pattern, tt.name); got != tt.want {
			t.Errorf("globMatch(%q, %q) = %v", tt.pattern, tt.name, got)
		}
	}
	// Every folder that is found matches, and every one that matches is found.
	root := t.TempDir()
	for _, dir := range []string{"packages/a", "packages/b/c", "x/leaf", "x/y/leaf", "leaf", ".hidden/leaf"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "packages", "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for pattern, want := range map[string][]string{
		"packages/*":  {"packages/a", "packages/b"},
		"packages/**": {"packages", "packages/a", "packages/b", "packages/b/c"},
		"**/leaf":     {"leaf", "x/leaf", "x/y/leaf"},
		"x/y/leaf":    {"x/y/leaf"},
		"no/*":        nil,
	} {
		var got []string
		for _, dir := range globDirs(root, pattern) {
			rel, err := filepath.Rel(root, dir)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, filepath.ToSlash(rel))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("globDirs(%q) (-want +got):\n%s", pattern, diff)
		}
	}
}

func TestFormats(t *testing.T) {
	type answer struct{ wheels, sdists bool }
	for _, tt := range []struct {
		lines string
		want  map[string]answer
	}{
		{"", map[string]answer{"a": {true, true}}},
		{"--only-binary :all:", map[string]answer{"a": {true, false}}},
		{"--only-binary :all:\n--no-binary a", map[string]answer{"a": {false, true}, "b": {true, false}}},
		{"--no-binary :all:\n--only-binary a,B_c", map[string]answer{"a": {true, false}, "b-c": {true, false}, "d": {false, true}}},
		{"--only-binary a\n--only-binary :none:", map[string]answer{"a": {true, true}}},
		{"--only-binary a\n--no-binary :all:", map[string]answer{"a": {false, true}}},
		{"--only-binary :all:,:none:,a", map[string]answer{"a": {true, false}, "b": {true, true}}},
	} {
		in := readText(t, tt.lines)
		for name, want := range tt.want {
			wheels, sdists := in.Options.Formats(name)
			if got := (answer{wheels, sdists}); got != want {
				t.Errorf("%q: %s %v, want %v", tt.lines, name, got, want)
			}
		}
	}
}

// readText reads a requirements file from memory.
func readText(t *testing.T, text string) *Input {
	t.Helper()
	l := &Loader{ReadFile: func(context.Context, string) ([]byte, error) { return []byte(text), nil }}
	in, err := l.File(context.Background(), "requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestAdd(t *testing.T) {
	a := readText(t, "-i https://a.invalid\n--extra-index-url https://x.invalid\nsix")
	b := readText(t, "-i https://b.invalid\n--extra-index-url https://y.invalid\n--no-index\nattrs\n--pre")
	a.Add(b)
	if a.Options.IndexURL != "https://a.invalid" || len(a.Options.ExtraIndexURLs) != 2 || !a.Options.NoIndex || len(a.Requirements) != 2 || !a.Options.AllReleases.Has("x") || len(a.Files) != 1 {
		t.Errorf("got %+v", a)
	}
}

func TestCheckHashes(t *testing.T) {
	hash := "--hash=sha256:" + strings.Repeat("ab", 32)
	if err := readText(t, "six==1 "+hash).CheckHashes(); err != nil {
		t.Error(err)
	}
	err := readText(t, "six==1 "+hash+"\nattrs==2\n\nidna").CheckHashes()
	if err == nil || err.Error() != "hashes are required, but there is none for attrs (requirements.txt:2), idna (requirements.txt:4)" {
		t.Errorf("got %v", err)
	}
	if err := readText(t, "six").CheckHashes(); err != nil {
		t.Error(err)
	}
}

// Files over a network, standard input, and includes of both go through
// ReadFile.
func TestReadFile(t *testing.T) {
	files := map[string]string{
		"-":                                  "-r https://example.invalid/reqs/a.txt\nsix\n",
		"https://example.invalid/reqs/a.txt": "-c ../con.txt\nattrs\n",
		"https://example.invalid/con.txt":    "attrs<30\n",
	}
	var read []string
	l := &Loader{ReadFile: func(_ context.Context, name string) ([]byte, error) {
		read = append(read, name)
		text, ok := files[name]
		if !ok {
			return nil, os.ErrNotExist
		}
		return []byte(text), nil
	}}
	in, err := l.File(context.Background(), "-")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"-", "https://example.invalid/reqs/a.txt", "https://example.invalid/con.txt"}, read); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	if len(in.Requirements) != 2 || len(in.Constraints) != 1 || in.Requirements[0].Origin.String() != "https://example.invalid/reqs/a.txt:2" {
		t.Errorf("got %+v", in)
	}
	delete(files, "https://example.invalid/con.txt")
	_, err = l.File(context.Background(), "-")
	if err == nil || !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "https://example.invalid/reqs/a.txt:1: https://example.invalid/con.txt: cannot be read") {
		t.Errorf("got %v", err)
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	l := &Loader{Dir: t.TempDir()}
	for _, name := range []string{"requirements.txt", "pyproject.toml", "x.py"} {
		if _, err := l.File(ctx, name); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want context.Canceled", name, err)
		}
	}
}

// A file that is too large, or that never ends, is refused and not taken in.
func TestTooLarge(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "requirements.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(maxFile + 10); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = (&Loader{Dir: dir}).File(context.Background(), "requirements.txt")
	if err == nil || err.Error() != "requirements.txt: cannot be read: larger than 64 MiB" {
		t.Errorf("got %v", err)
	}
}
