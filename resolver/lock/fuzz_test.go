package lock

import "testing"

// fuzzRead holds that no text makes a reader or a selection fail otherwise than
// by an error. The seeds are small: whole locks would be minimised for minutes.
func fuzzRead(f *testing.F, name string, seeds ...string) {
	for _, s := range seeds {
		if _, err := Read(name, []byte(s)); err != nil {
			f.Fatalf("the seed is not read: %v", err)
		}
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := Read(name, data)
		if err != nil {
			if err.Error() == "" {
				t.Fatal("an error without a message")
			}
			return
		}
		for i := range l.Packages {
			if p := &l.Packages[i]; p.Name == "" || p.Source.Kind == "" {
				t.Fatalf("a package without name or source: %+v", p)
			}
		}
		_ = dump(l)
		selected, err := l.Select(linux("3.13"), l.Extras, nil)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, s := range selected {
			if len(s.RequiredBy) == 0 {
				t.Fatalf("%s is selected for nobody", s.Name)
			}
			if seen[s.Name] && l.Kind != KindUV {
				t.Fatalf("%s is selected twice", s.Name)
			}
			seen[s.Name] = true
		}
	})
}

func FuzzReadPylock(f *testing.F) {
	fuzzRead(f, "pylock.toml", `lock-version = "1.0"
created-by = "x"
requires-python = ">=3.12"
environments = ["sys_platform == 'linux'"]
extras = ["e"]
dependency-groups = ["g"]
default-groups = ["g"]
[[packages]]
name = "a"
version = "1.0"
marker = "'e' in extras or 'g' in dependency_groups"
requires-python = ">=3"
dependencies = [{ name = "b" }]
wheels = [{ name = "a-1.0-py3-none-any.whl", url = "u", size = 1, upload-time = 2026-01-02T03:04:05Z, hashes = { sha256 = "aa" } }]
sdist = { url = "https://example.invalid/a-1.0.tar.gz", hashes = { sha256 = "aa" } }
[[packages]]
name = "b"
vcs = { type = "git", url = "u", commit-id = "c" }
[[packages]]
name = "c"
directory = { path = ".", editable = true }
[[packages]]
name = "d"
archive = { path = "d.zip", hashes = { md5 = "aa" } }
`)
}

func FuzzReadUV(f *testing.F) {
	fuzzRead(f, "uv.lock", `version = 1
revision = 3
requires-python = ">=3.12"
resolution-markers = ["python_full_version < '3.13'", "extra == 'x'"]
supported-markers = ["sys_platform == 'linux'"]
conflicts = [[{ package = "p", extra = "x" }, { package = "p", group = "g" }]]
[manifest]
members = ["p"]
requirements = [{ name = "a", extras = ["z"], marker = "os_name == 'posix'" }]
[manifest.dependency-groups]
g = [{ name = "a" }]
[[package]]
name = "a"
version = "1"
source = { registry = "r" }
resolution-markers = ["python_full_version < '3.13'"]
wheels = [{ url = "https://example.invalid/a-1-py3-none-any.whl", hash = "sha256:aa", upload-time = "2026-01-02T03:04:05Z" }]
sdist = { path = "a-1.tar.gz", hash = "sha256:aa", size = 2 }
[[package]]
name = "p"
source = { editable = "." }
dependencies = [{ name = "a", version = "1", source = { registry = "r" }, extra = ["z"], marker = "extra == 'extra-1-p-x'" }]
[package.optional-dependencies]
x = [{ name = "a" }]
[package.dev-dependencies]
g = [{ name = "p", extra = ["x"] }]
`)
}

func FuzzReadPoetry(f *testing.F) {
	fuzzRead(f, "poetry.lock", `[[package]]
name = "a"
version = "1"
optional = true
python-versions = "^3.8 || ~2.7"
groups = ["main", "dev"]
markers = {main = "extra == \"x\"", dev = "os_name == 'posix'"}
files = [{file = "a-1.tar.gz", hash = "sha256:aa"}]
[package.dependencies]
b = [{version = "^1", markers = "os_name == 'nt'"}, {version = "*", optional = true}]
[package.extras]
x = ["b (>=1)"]
[package.source]
type = "git"
url = "u"
resolved_reference = "c"
[extras]
x = ["a"]
[metadata]
lock-version = "2.1"
python-versions = "*"
`, `[[package]]
name = "a"
version = "1"
category = "dev"
optional = false
python-versions = "*"
[package.dependencies]
a = "*"
[metadata]
lock-version = "1.1"
[metadata.files]
a = [{file = "a-1-py3-none-any.whl", hash = "sha256:aa"}]
`)
}

func FuzzReadPDM(f *testing.F) {
	fuzzRead(f, "pdm.lock", `[metadata]
groups = ["default", "dev"]
strategy = ["inherit_metadata"]
lock_version = "4.5.0"
[[metadata.targets]]
requires_python = ">=3.8"
platform = "manylinux_2_17_x86_64"
implementation = "cpython"
gil_disabled = true
[[package]]
name = "a"
version = "1"
extras = ["x"]
groups = ["default"]
marker = "os_name == 'posix'"
dependencies = ["b[y]>=1; python_version >= '3'", "a==1"]
files = [{file = "a-1.tar.gz", hash = "sha256:aa"}, {url = "https://example.invalid/a-1-py3-none-any.whl", hash = "sha256:bb"}]
[[package]]
name = "b"
version = "2"
git = "u"
revision = "c"
`, "[metadata]\nlock_version = \"4.4\"\n[[package]]\nname = \"a\"\nversion = \"1\"\npath = \"./a\"\neditable = true\n")
}
