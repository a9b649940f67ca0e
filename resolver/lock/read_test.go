package lock

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKindOf(t *testing.T) {
	for name, want := range map[string]Kind{
		"uv.lock": KindUV, "a/b/uv.lock": KindUV, "tool.py.lock": KindUV, `C:\x\poetry.lock`: KindPoetry, "pdm.lock": KindPDM,
		"pylock.toml": KindPylock, "pylock.dev.toml": KindPylock, "dir/pylock.x.toml": KindPylock,
		"pylock.a.b.toml": "", "pylock..toml": "", "my-pylock.toml": "", "pyproject.toml": "", "Pipfile.lock": "", "": "",
	} {
		if got, ok := KindOf(name); got != want || ok != (want != "") {
			t.Errorf("KindOf(%q) = %q, %v, want %q", name, got, ok, want)
		}
	}
}

// The content tells the kind whatever the file is called.
func TestReadByContent(t *testing.T) {
	for file, want := range map[string]Kind{
		"basic.uv.lock": KindUV, "v21.poetry.lock": KindPoetry, "v11.poetry.lock": KindPoetry, "static.pdm.lock": KindPDM, "pylock.pip.toml": KindPylock,
	} {
		data, err := os.ReadFile(filepath.Join("testdata", "locks", file))
		if err != nil {
			t.Fatal(err)
		}
		l, err := Read("whatever", data)
		if err != nil || l.Kind != want {
			t.Errorf("%s: kind %v, %v, want %s", file, l, err, want)
		}
	}
}

const (
	pylockHead = "lock-version = \"1.0\"\ncreated-by = \"x\"\n"
	uvHead     = "version = 1\nrequires-python = \">=3.12\"\n"
	poetryTail = "\n[metadata]\nlock-version = \"2.1\"\npython-versions = \"*\"\n"
	pdmHead    = "[metadata]\nlock_version = \"4.5.0\"\nstrategy = [\"inherit_metadata\"]\n"
)

func TestReadErrors(t *testing.T) {
	wheel := `wheels = [{ name = "a-1.0-py3-none-any.whl", url = "a-1.0-py3-none-any.whl", hashes = { sha256 = "aa" } }]`
	for _, tt := range []struct{ name, doc, want string }{
		{"x.toml", "", "x.toml: not a lock file that is known"},
		{"uv.lock", "version = = 1", "uv.lock:1: not valid TOML"},
		{"uv.lock", "\xff\xfe", "uv.lock:1: not UTF-8 text"},

		{"pylock.toml", "packages = []\n", "pylock.toml: lock-version: missing"},
		{"pylock.toml", "lock-version = \"2.0\"\ncreated-by = \"x\"\npackages = []", `pylock.toml:1: lock-version: lock-version 2.0 is not known; version 1 is read`},
		{"pylock.toml", "lock-version = 1", "pylock.toml:1: lock-version: a string is needed, not an integer"},
		{"pylock.toml", "lock-version = \"1.0\"\npackages = []", "pylock.toml: created-by: missing"},
		{"pylock.toml", pylockHead, "pylock.toml: packages: missing"},
		{"pylock.toml", pylockHead + "packages = 1", "pylock.toml:3: packages: an array is needed, not an integer"},
		{"pylock.toml", pylockHead + "[[packages]]\nname = \"A_b\"\n" + wheel, `pylock.toml:4: packages[0].name: the name "A_b" is not normalised`},
		{"pylock.toml", pylockHead + "[[packages]]\nversion = \"1\"\n" + wheel, "pylock.toml:3: packages[0].name: missing"},
		{"pylock.toml", pylockHead + "[[packages]]\nname = \"a\"\nversion = \"one\"\n" + wheel, "pylock.toml:5: packages[0].version:"},
		{"pylock.toml", pylockHead + "[[packages]]\nname = \"a\"\nmarker = \"python_version <\"\n" + wheel, "pylock.toml:5: packages[0].marker:"},
		{"pylock.toml", pylockHead + "[[packages]]\nname = \"a\"\n", "pylock.toml:3: packages[0]: exactly one of vcs, directory and archive is needed"},
		{"pylock.toml", pylockHead + "[[packages]]\nname = \"a\"\ndirectory = { path = \".\" }\n" + wheel, "pylock.toml:3: packages[0]: vcs, directory and archive exclude sdist and wheels"},
		{"pylock.toml", pylockHead + "[[packages]]\nname = \"b\"\n" + wheel, "pylock.toml:5: packages[0].wheels[0]: the wheel a-1.0-py3-none-any.whl is not one of b"},
		{"pylock.toml", pylockHead + "[[packages]]\nname = \"a\"\nversion = \"2\"\n" + wheel, "pylock.toml:6: packages[0].wheels[0]: the wheel a-1.0-py3-none-any.whl is not of version 2"},
		{"pylock.toml", pylockHead + "[[packages]]\nname = \"a\"\nwheels = [{ url = \"a-1.0-py3-none-any.whl\" }]", "pylock.toml:5: packages[0].wheels[0]: at least one hash is needed"},
		{"pylock.toml", pylockHead + "[[packages]]\nname = \"a\"\nwheels = [{ name = \"a-1.0-py3-none-any.whl\" }]", "pylock.toml:5: packages[0].wheels[0]: url or path is needed"},
		{"pylock.toml", pylockHead + "[[packages]]\nname = \"a\"\nsdist = { url = \"b-1.tar.gz\", hashes = { sha256 = \"aa\" } }", "pylock.toml:5: packages[0].sdist: the sdist b-1.tar.gz is not one of a"},
		{"pylock.toml", pylockHead + "[[packages]]\nname = \"a\"\nsdist = { url = \"a.tar.gz\", hashes = { sha256 = \"aa\" } }", "pylock.toml:5: packages[0].sdist: not the name of a source distribution"},
		{"pylock.toml", pylockHead + "[[packages]]\nname = \"a\"\nvcs = { type = \"git\", url = \"u\" }", "pylock.toml:5: packages[0].vcs.commit-id: missing"},
		{"pylock.toml", pylockHead + "[[packages]]\nname = \"a\"\narchive = { url = \"a.zip\", hashes = { sha256 = \"zz\" } }", "pylock.toml:5: packages[0].archive.hashes.sha256: not a hash"},

		{"uv.lock", "version = 2\nrequires-python = \">=3.12\"", "uv.lock:1: version: version 2 of uv's lock is not known; version 1 is read"},
		{"uv.lock", "version = 1", "uv.lock: requires-python: missing"},
		{"uv.lock", uvHead + "[[package]]\nname = \"a\"\nsource = { registry = \"r\" }", "uv.lock:3: package[0].version: missing"},
		{"uv.lock", uvHead + "[[package]]\nname = \"a\"\nversion = \"1\"", "uv.lock:3: package[0].source: missing"},
		{"uv.lock", uvHead + "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { ftp = \"r\" }", `uv.lock:6: package[0].source: a source of kind "ftp" is not known`},
		{"uv.lock", uvHead + "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { registry = \"r\" }\ndependencies = [{ name = \"b\" }]", "uv.lock:3: package[0]: the dependency on b names 0 packages of the lock, not one"},
		{"uv.lock", uvHead + "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { registry = \"r\" }\nwheels = [{ url = \"https://x/a-2-py3-none-any.whl\" }]", "uv.lock:7: package[0].wheels[0]: the wheel a-2-py3-none-any.whl is not of version 1"},
		{"uv.lock", uvHead + "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { registry = \"r\" }\nsdist = { url = \"x\", hash = \"md5\" }", "uv.lock:7: package[0].sdist.hash: not a hash"},
		{"uv.lock", uvHead + "resolution-markers = [\"x\"]", "uv.lock:3: resolution-markers[0]:"},

		{"poetry.lock", "package = []\n[metadata]\nlock-version = \"3.0\"", `poetry.lock:3: metadata.lock-version: lock-version "3.0" of Poetry's lock is not known; versions 1 and 2 are read`},
		{"poetry.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\noptional = false\npython-versions = \"*\"\n" + poetryTail, "poetry.lock:1: package[0].groups: missing"},
		{"poetry.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\npython-versions = \"^^3\"\ngroups = [\"main\"]\n" + poetryTail, "poetry.lock:4: package[0].python-versions: version constraint"},
		{"poetry.lock", "[[package]]\nname = \"a\"\ngroups = [\"main\"]\n" + poetryTail, "poetry.lock:1: package[0].version: missing"},
		{"poetry.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\ngroups = [\"main\"]\n[package.source]\ntype = \"tape\"\n" + poetryTail, `poetry.lock:6: package[0].source.type: a source of type "tape" is not known`},

		{"pdm.lock", "[metadata]\nlock_version = \"5.0\"", `pdm.lock:2: metadata.lock_version: lock_version "5.0" of PDM's lock is not known; version 4 is read`},
		{"pdm.lock", pdmHead + "[[package]]\nname = \"a\"\nversion = \"1\"\ndependencies = [\"b >\"]", "pdm.lock:7: package[0].dependencies[0]:"},
		{"pdm.lock", pdmHead + "[[package]]\nname = \"a b\"\nversion = \"1\"", "pdm.lock:5: package[0].name:"},
	} {
		_, err := Read(tt.name, []byte(tt.doc))
		var pe *ParseError
		if !errors.As(err, &pe) || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s:\n%s\ngot  %v\nwant %s", tt.name, tt.doc, err, tt.want)
		}
	}
}

// PDM's targets in the words it knows for platforms.
func TestPDMPlatforms(t *testing.T) {
	for platform, want := range map[string]string{
		"linux":                  "sys_platform == 'linux' and platform_machine == 'x86_64'",
		"alpine":                 "sys_platform == 'linux' and platform_machine == 'x86_64'",
		"windows":                "sys_platform == 'win32' and platform_machine == 'AMD64'",
		"windows_amd64":          "sys_platform == 'win32' and platform_machine == 'AMD64'",
		"windows_arm64":          "sys_platform == 'win32' and platform_machine == 'ARM64'",
		"windows_x86":            "sys_platform == 'win32' and platform_machine == 'x86'",
		"macos":                  "sys_platform == 'darwin' and platform_machine == 'arm64'",
		"macos_x86_64":           "sys_platform == 'darwin' and platform_machine == 'x86_64'",
		"macos_14_0_arm64":       "sys_platform == 'darwin' and platform_machine == 'arm64'",
		"manylinux_2_40_x86_64":  "sys_platform == 'linux' and platform_machine == 'x86_64'",
		"manylinux_2_17_aarch64": "sys_platform == 'linux' and platform_machine == 'aarch64'",
		"musllinux_1_2_aarch64":  "sys_platform == 'linux' and platform_machine == 'aarch64'",
		"freebsd_14_x86_64":      "",
		"linux_":                 "",
		"macos_'":                "",
	} {
		if got, ok := pdmPlatformMarker(platform); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v, want %q", platform, got, ok, want)
		}
	}
}

func TestRedacted(t *testing.T) {
	for in, want := range map[string]string{
		"https://user:secret@index.example.invalid/simple": "https://index.example.invalid/simple",
		"https://index.example.invalid/simple":             "https://index.example.invalid/simple",
		"../wheels":                                        "../wheels",
	} {
		if got := (Source{Text: in}).Redacted(); got != want {
			t.Errorf("Redacted(%q) = %q, want %q", in, got, want)
		}
	}
}
