package environment

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// write writes a tree of files.
func writeTree(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(p), 0o755), os.WriteFile(p, []byte(text), 0o644))
	}
}

// What Open reads is what Create made.
func TestOpenReadsCreated(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	tag := py.Suffixes[0]
	made := create(t, OpenStore(t.TempDir()), py, Options{},
		(&testWheel{name: "Some_Thing", version: "1.0", requires: []string{"other>=1; python_version > '3'"}, files: map[string]string{
			"thing/__init__.py": "", "thing/fast" + tag: "..PyInit_fast\x00", "thing/_native" + tag: "..PyInit__native\x00",
			"thing/libplain.so": "no module", "thing.libs/libx-12ab.so.3": "", "Some_Thing-1.0.data/data/share/x": "x",
		}}).wheel(t),
		package1("other", "").with("pure.py", "").wheel(t),
		package1("shared_a", "").with("old/__init__.py", "__import__('pkg_resources').declare_namespace(__name__)\n").with("old/a.py", "").wheel(t),
	)
	read, err := Open(t.Context(), made.Dir)
	if err != nil {
		t.Fatal(err)
	}
	ignore := cmp.Options{
		cmpopts.IgnoreFields(Environment{}, "Shared", "Conflicts", "Site"), cmpopts.IgnoreUnexported(Environment{}, Distribution{}),
		cmpopts.IgnoreFields(Distribution{}, "Wheel", "SHA256"), cmpopts.EquateEmpty(),
	}
	if diff := cmp.Diff(made, read, ignore); diff != "" {
		t.Error(diff)
	}
	if len(read.Distributions) != 3 {
		t.Fatalf("%d distributions", len(read.Distributions))
	}
	d := read.Distributions[2]
	mustEqual(t, "name", d.Name, "some-thing")
	mustEqual(t, "requires", strings.Join(d.Requires, " | "), "other>=1; python_version > '3'")
	mustEqual(t, "pure", d.Pure, false)
	mustEqual(t, "other is pure", read.Distributions[0].Pure, true)
	mustEqual(t, "public of other", strings.Join(read.Distributions[0].Public, " "), "other pure")
	mustEqual(t, "public of an old namespace", strings.Join(read.Distributions[1].Public, " "), "old.a shared_a")
	var modules []string
	for i := range d.Extensions {
		x := &d.Extensions[i]
		modules = append(modules, x.Module)
		mustEqual(t, x.Path+" is loaded", x.LoadedBy(py.Suffixes), true)
		mustEqual(t, x.Path+" has a digest", len(x.SHA256), 64)
	}
	mustEqual(t, "modules", strings.Join(modules, " "), "thing._native thing.fast")
	mustEqual(t, "libraries", strings.Join(d.Libraries, " "), "thing.libs/libx-12ab.so.3 thing/libplain.so")
}

// An environment of the module venv, with what pip and setuptools leave in one.
func TestOpenOfOthers(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	base := t.TempDir()
	dir := filepath.Join(base, "[v]env")
	if out, err := exec.CommandContext(t.Context(), py.Executable, "-m", "venv", "--without-pip", "--system-site-packages", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	site := filepath.Join(dir, filepath.FromSlash(layoutOf(py).site))
	project, mapped := filepath.Join(base, "project"), filepath.Join(base, "mapped")
	writeTree(t, project, map[string]string{
		"src/linked/__init__.py": "", "src/linked/sub/_fast" + py.Suffixes[0]: "PyInit__fast\x00", "src/linked/libno.so": "", "src/_hidden.py": "", "setup.py": "",
	})
	writeTree(t, mapped, map[string]string{"mapped/__init__.py": "", "mapped/a.py": "", "one.py": "", "tests/test_a.py": ""})
	editable := func(name, url string) string {
		return `{"url": "file://` + filepath.ToSlash(url) + `", "dir_info": {"editable": true}}`
	}
	metadata := func(name string) string { return "Metadata-Version: 2.1\nName: " + name + "\nVersion: 3\n" }
	writeTree(t, site, map[string]string{
		"linked-3.dist-info/METADATA":        metadata("linked"),
		"linked-3.dist-info/RECORD":          "_linked.pth,,\nlinked-3.dist-info/METADATA,,\nlinked-3.dist-info/direct_url.json,,\n",
		"linked-3.dist-info/direct_url.json": editable("linked", project),
		"_linked.pth":                        "# comment\nimport sys\n" + filepath.Join(project, "src") + "\n/is/not/there\n",

		"mapped-3.dist-info/METADATA":        metadata("mapped"),
		"mapped-3.dist-info/RECORD":          "__editable___mapped_3_finder.py,,\n__editable__.mapped-3.pth,,\n",
		"mapped-3.dist-info/direct_url.json": editable("mapped", mapped),
		"__editable__.mapped-3.pth":          "import __editable___mapped_3_finder\n",
		"__editable___mapped_3_finder.py": "MAPPING: dict[str, str] = {'mapped': '" + filepath.Join(mapped, "mapped") + "', 'one': '" + filepath.Join(mapped, "one.py") + "'}\n" +
			"NAMESPACES: dict[str, list[str]] = {}\n",

		"built-3.dist-info/METADATA":        metadata("built"),
		"built-3.dist-info/RECORD":          "_built_loader.py,,\n",
		"built-3.dist-info/direct_url.json": editable("built", mapped),
		"_built_loader.py":                  "",

		"ordinary-3.dist-info/METADATA":        metadata("ordinary"),
		"ordinary-3.dist-info/RECORD":          "ordinary.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n",
		"ordinary-3.dist-info/direct_url.json": `{"url": "file:///x", "dir_info": {}}`,
		"ordinary.py":                          "",

		"odd-3.dist-info/METADATA": metadata("odd"),
		"odd-3.dist-info/RECORD":   "odd.py,,many\n",

		"unrecorded-3.dist-info/METADATA":      metadata("unrecorded"),
		"unrecorded-3.dist-info/top_level.txt": "unrecorded\n",
		"unrecorded/__init__.py":               "", "unrecorded/x" + py.Suffixes[0]: "PyInit_x\x00",

		"egg-3.egg-info/PKG-INFO":            metadata("egg"),
		"egg-3.egg-info/installed-files.txt": "../egg.py\nPKG-INFO\n",
		"egg.py":                             "",
		"single.egg-info":                    metadata("single"),

		"broken-3.dist-info/METADATA": "no metadata",
		"~ip-3.dist-info/RECORD":      "",
	})
	env, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, "system site", env.SystemSite, true)
	got := map[string]string{}
	for _, d := range env.Distributions {
		text := strings.Join(d.Public, " ") + ";" + strings.Join(d.Private, " ")
		for i := range d.Extensions {
			text += " +" + d.Extensions[i].Module
		}
		if d.Editable != "" {
			text += " in " + filepath.Base(d.Editable)
		}
		if len(d.Notes) > 0 {
			text += " !"
		}
		got[d.Name] = text
	}
	want := map[string]string{
		"linked":     "linked;_hidden +linked.sub._fast in project",
		"mapped":     "mapped one; in mapped",
		"built":      "; in mapped !",
		"ordinary":   "ordinary;",
		"odd":        "; !",
		"unrecorded": "unrecorded; +unrecorded.x !",
		"egg":        "egg; !",
		"single":     "; !",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for path, owner := range map[string]string{
		filepath.Join(project, "src", "linked", "sub", "_fast"+py.Suffixes[0]): "linked",
		filepath.Join(site, "ordinary.py"):                                     "ordinary",
		"ordinary.py":                                                          "ordinary",
		filepath.Join(site, "unrecorded", "__init__.py"):                       "unrecorded",
		filepath.Join(base, "projector", "x.py"):                               "",
		filepath.Join(py.Stdlib, "os.py"):                                      "",
	} {
		d, ok := env.Owner(path)
		if ok != (owner != "") || ok && d.Name != owner {
			t.Errorf("Owner(%s) = %v, %v", path, d, ok)
		}
	}
	if goruntime.GOOS == "linux" {
		// The same by another way, as the loader may name it.
		if d, ok := env.Owner(filepath.Join(dir, "lib64", filepath.Base(py.Stdlib), "site-packages", "ordinary.py")); !ok || d.Name != "ordinary" {
			t.Errorf("by lib64: %v, %v", d, ok)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]map[string]string{
		"nothing":        {},
		"no interpreter": {"pyvenv.cfg": "home = /x\n"},
		"no packages":    {"pyvenv.cfg": "home = /x\n", "bin/python": "", "Scripts/python.exe": ""},
	} {
		if goruntime.GOOS == "windows" && name == "no packages" {
			continue // the folder has one name only
		}
		dir := t.TempDir()
		writeTree(t, dir, files)
		if _, err := Open(t.Context(), dir); !errors.Is(err, ErrNoEnvironment) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Of two versions' folders, that of the interpreter counts.
func TestOpenChoosesSite(t *testing.T) {
	t.Parallel()
	if goruntime.GOOS == "windows" {
		return // the folder has one name only
	}
	dir := t.TempDir()
	writeTree(t, dir, map[string]string{
		"pyvenv.cfg": "home = /x\nversion_info = 3.14.2\n", "bin/python": "",
		"lib/python3.13/site-packages/a-1.dist-info/METADATA":  "Metadata-Version: 2.1\nName: a\nVersion: 1\n",
		"lib/python3.14t/site-packages/b-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: b\nVersion: 1\n",
	})
	env, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(env.Distributions) != 1 || env.Distributions[0].Name != "b" {
		t.Errorf("%v", env.Distributions)
	}
}
