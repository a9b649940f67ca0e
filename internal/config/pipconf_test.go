package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParsePip(t *testing.T) {
	yes, no := true, false
	for _, tt := range []struct {
		name, text string
		want       Pip
	}{
		{"empty", "", Pip{}},
		{"comments only", "# a\n; b\n", Pip{}},
		{"one", "[global]\nindex-url = https://a.example.invalid/simple\n", Pip{IndexURL: "https://a.example.invalid/simple"}},
		{"colon", "[global]\nindex-url: dir\n", Pip{IndexURL: "dir"}},
		{"underscore and capitals", "[global]\nIndex_URL = dir\n", Pip{IndexURL: "dir"}},
		{"crlf", "[global]\r\nindex-url = dir\r\n", Pip{IndexURL: "dir"}},
		{"byte order mark", "\ufeff[global]\nindex-url = dir\n", Pip{IndexURL: "dir"}},
		{
			"continued list", "[global]\nextra-index-url =\n    https://a.example.invalid\n\n    # not this\n    https://b.example.invalid\nno-index = false\n",
			Pip{ExtraIndexURL: []string{"https://a.example.invalid", "https://b.example.invalid"}, NoIndex: &no},
		},
		{"list on one line", "[global]\nfind-links = a b\n", Pip{FindLinks: []string{"a", "b"}}},
		{"install over global", "[install]\nindex-url = i\n[global]\nindex-url = g\nfind-links = f\n", Pip{IndexURL: "i", FindLinks: []string{"f"}}},
		{"other sections", "[download]\nindex-url = d\n[list]\nno-index = maybe\n", Pip{}},
		{"empty value", "[global]\nindex-url = g\n[install]\nindex-url =\n", Pip{IndexURL: "g"}},
		{"last wins", "[global]\nindex-url = a\nindex-url = b\n", Pip{IndexURL: "b"}},
		{"percent is no interpolation", "[global]\nindex-url = https://a.example.invalid/%40x\n", Pip{IndexURL: "https://a.example.invalid/%40x"}},
		{"switch", "[global]\nno-index = ON\n", Pip{NoIndex: &yes}},
		{"hash inside a value", "[global]\nindex-url = https://a.example.invalid/#x\n", Pip{IndexURL: "https://a.example.invalid/#x"}},
	} {
		got, err := ParsePip(tt.text, "pip.conf")
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got, cmp.Transformer("len0", func(s []string) []string { return append([]string(nil), s...) })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestParsePipErrors(t *testing.T) {
	for text, want := range map[string]string{
		"index-url = x\n":                    `pip.conf:1: "index-url = x" stands before any section`,
		"[global\n":                          "pip.conf:1: the section's name has no ]",
		"[global]\nwhat is this\n":           `pip.conf:2: "what is this" is neither a section nor key = value`,
		"[global]\n\nno-index = perhaps\n":   `pip.conf:3: no-index: "perhaps" is not true or false`,
		"[global]\n = value without a key\n": `pip.conf:2: "= value without a key" is neither a section nor key = value`,
	} {
		if _, err := ParsePip(text, "pip.conf"); err == nil || err.Error() != want {
			t.Errorf("ParsePip(%q): %v, want %s", text, err, want)
		}
	}
}

func TestLoadPip(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	system := write("system", "[global]\nindex-url = s\nfind-links = s\n[install]\nextra-index-url = s\n")
	user := write("user", "[global]\nindex-url = u\nextra-index-url = u\n")
	p, err := LoadPip([]string{filepath.Join(dir, "missing"), system, dir, user})
	if err != nil {
		t.Fatal(err)
	}
	// As in pip, [install] of the first file beats [global] of the second.
	want := Pip{IndexURL: "u", ExtraIndexURL: []string{"s"}, FindLinks: []string{"s"}}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
	if _, err := LoadPip([]string{write("bad", "x\n")}); err == nil || !strings.Contains(err.Error(), "bad:1:") {
		t.Errorf("LoadPip of a bad file: %v", err)
	}
}

func TestPipFiles(t *testing.T) {
	existing := filepath.Join(t.TempDir(), "own.conf")
	if err := os.WriteFile(existing, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, goos, home string
		env              map[string]string
		want             []string
	}{
		{"linux", "linux", "/h", nil, []string{"/etc/xdg/pip/pip.conf", "/etc/pip.conf", "/h/.pip/pip.conf", "/h/.config/pip/pip.conf"}},
		{
			"linux with xdg and a virtual environment", "linux", "/h",
			map[string]string{"XDG_CONFIG_HOME": "/c", "XDG_CONFIG_DIRS": "/x" + string(os.PathListSeparator) + "/y", "VIRTUAL_ENV": "/v"},
			[]string{"/x/pip/pip.conf", "/y/pip/pip.conf", "/etc/pip.conf", "/h/.pip/pip.conf", "/c/pip/pip.conf", "/v/pip.conf"},
		},
		{"no home", "linux", "", nil, []string{"/etc/xdg/pip/pip.conf", "/etc/pip.conf"}},
		{"switched off", "linux", "/h", map[string]string{"PIP_CONFIG_FILE": os.DevNull}, nil},
		{
			"a file of one's own", "linux", "/h", map[string]string{"PIP_CONFIG_FILE": existing},
			[]string{"/etc/xdg/pip/pip.conf", "/etc/pip.conf", existing},
		},
		{
			"a file of one's own that is not there", "linux", "", map[string]string{"PIP_CONFIG_FILE": "/missing/pip.conf"},
			[]string{"/etc/xdg/pip/pip.conf", "/etc/pip.conf", "/missing/pip.conf"},
		},
		{
			"macos", "darwin", "/h", nil,
			[]string{"/Library/Application Support/pip/pip.conf", "/h/.pip/pip.conf", "/h/.config/pip/pip.conf", "/h/Library/Application Support/pip/pip.conf"},
		},
		{
			"windows", "windows", "/h", map[string]string{"APPDATA": "/a", "PROGRAMDATA": "/p"},
			[]string{"/p/pip/pip.ini", "/h/pip/pip.ini", "/a/pip/pip.ini"},
		},
	} {
		got := PipFiles(tt.goos, tt.home, func(k string) string { return tt.env[k] })
		for i := range got {
			got[i] = filepath.ToSlash(got[i])
		}
		for i := range tt.want {
			tt.want[i] = filepath.ToSlash(tt.want[i])
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func FuzzParsePip(f *testing.F) {
	f.Add("[global]\nindex-url = x\n extra\n[install]\nno-index = 1\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePip(text, "pip.conf")
		if err == nil {
			return
		}
		if !strings.HasPrefix(err.Error(), "pip.conf:") {
			t.Errorf("error %q does not name the file", err)
		}
		if diff := cmp.Diff(Pip{}, p); diff != "" {
			t.Errorf("an error came with a value: %s", diff)
		}
	})
}
