package environment

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestModuleNames(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ files, public, private string }{
		"package":             {"numpy/__init__.py numpy/core/__init__.py numpy-2.0.dist-info/METADATA numpy.libs/libx.so", "numpy", ""},
		"module":              {"six.py six-1.0.dist-info/top_level.txt", "six", ""},
		"extension":           {"_cffi_backend.cpython-313t-x86_64-linux-gnu.so cffi/__init__.py", "cffi", "_cffi_backend"},
		"only private":        {"_cffi_backend.cpython-313t-x86_64-linux-gnu.so", "_cffi_backend", ""},
		"only tests":          {"tests/test_a.py", "tests.test_a", ""},
		"private, tests":      {"_x.py tests/__init__.py", "_x", "tests"},
		"tests beside":        {"a/__init__.py tests/__init__.py docs/conf.py examples/__init__.py benchmarks/b.py setup.py", "a", "benchmarks.b docs.conf examples setup tests"},
		"namespace":           {"google/protobuf/__init__.py google/protobuf/any.py google/_upb/_message.abi3.so", "google.protobuf", "google._upb._message"},
		"deep namespace":      {"azure/ai/ml/__init__.py azure/ai/ml/x/__init__.py", "azure.ai.ml", ""},
		"namespace, module":   {"zope/interface/__init__.py zope/event.py", "zope.event zope.interface", ""},
		"package and module":  {"a/__init__.py a.py", "a", ""},
		"folder and module":   {"a/data.txt a.py", "a", ""},
		"package in one file": {"a/__init__.cpython-313t-x86_64-linux-gnu.so", "a", ""},
		"sourceless":          {"a.pyc b/__pycache__/c.cpython-313.pyc", "a", ""},
		"stubs":               {"a-stubs/__init__.pyi b/__init__.pyi", "", ""},
		"no names":            {"1a.py a-b/__init__.py share/data/x.txt a.b.py", "", ""},
		"nothing":             {"x-1.0.dist-info/METADATA", "", ""},
		"other pythons":       {"m.cpython-311-x86_64-linux-gnu.so m.cp313t-win_amd64.pyd", "m", ""},
	} {
		d := new(Distribution)
		for f := range strings.FieldsSeq(tt.files) {
			d.Files = append(d.Files, InstalledFile{Path: f, Size: 1})
		}
		d.describe(func(i int) bool { return !strings.Contains(d.Files[i].Path, "lib") })
		mustEqual(t, name+", public", strings.Join(d.Public, " "), tt.public)
		mustEqual(t, name+", private", strings.Join(d.Private, " "), tt.private)
	}
}

func TestCutExtension(t *testing.T) {
	t.Parallel()
	for name, suffix := range map[string]string{
		"_a.cpython-313t-x86_64-linux-gnu.so":  ".cpython-313t-x86_64-linux-gnu.so",
		"a.cpython-314t-aarch64-linux-musl.so": ".cpython-314t-aarch64-linux-musl.so",
		"a.cpython-313t-darwin.so":             ".cpython-313t-darwin.so",
		"a.abi3.so":                            ".abi3.so",
		"a.abi3t.so":                           ".abi3t.so",
		"a.abi3t-x86_64-linux-gnu.so":          ".abi3t-x86_64-linux-gnu.so",
		"a.so":                                 ".so",
		"a.pyd":                                ".pyd",
		"a.cp313t-win_amd64.pyd":               ".cp313t-win_amd64.pyd",
		"a.pypy311-pp73-x86_64-linux-gnu.so":   ".pypy311-pp73-x86_64-linux-gnu.so",
		"0a1b__mypyc.cpython-313t-darwin.so":   ".cpython-313t-darwin.so",
		"ä.so":                                 ".so",
		"liba-1234.so":                         "",
		"liba.so.1":                            "",
		"liba.so.1.2.so":                       "",
		"a.dll":                                "",
		"a.dylib":                              "",
		"a.py":                                 "",
		".so":                                  "",
	} {
		_, got, ok := cutExtension(name)
		mustEqual(t, name, got, suffix)
		mustEqual(t, name+" is one", ok, suffix != "")
	}
}

func TestModuleKinds(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]struct {
		module       string
		public, test bool
	}{
		"numpy/linalg/lapack_lite.cpython-313t-x86_64-linux-gnu.so": {"numpy.linalg.lapack_lite", true, false},
		"numpy/_core/_multiarray_tests.cpython-313t-darwin.so":      {"numpy._core._multiarray_tests", false, true},
		"numpy/_core/_umath_tests.so":                               {"numpy._core._umath_tests", false, true},
		"numpy/testing/helper.so":                                   {"numpy.testing.helper", true, false},
		"numpy/tests/helper.so":                                     {"numpy.tests.helper", true, true},
		"a/_tests/helper.so":                                        {"a._tests.helper", false, true},
		"scipy/ndimage/_ctest.so":                                   {"scipy.ndimage._ctest", false, true},
		"scipy/integrate/_test_odeint_banded.so":                    {"scipy.integrate._test_odeint_banded", false, true},
		"a/fastest.so":                                              {"a.fastest", true, false},
		"a/_fastest.so":                                             {"a._fastest", false, false},
		"a/_latest.so":                                              {"a._latest", false, false},
		"_testcapi.so":                                              {"_testcapi", false, true},
		"a/contest_board.so":                                        {"a.contest_board", true, false},
		"a/__init__.pyd":                                            {"a", true, false},
		"_a/b.so":                                                   {"_a.b", false, false},
		"0a1b__mypyc.so":                                            {"0a1b__mypyc", false, false},
		"test/a.so":                                                 {"test.a", true, true},
	} {
		_, suffix, ok := cutExtension(path[strings.LastIndexByte(path, '/')+1:])
		if !ok {
			t.Errorf("%s is no extension", path)
		}
		got := newExtension(&InstalledFile{Path: path, Size: 3, Digest: "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"}, suffix)
		if diff := cmp.Diff(Extension{
			Path: path, Module: want.module, Suffix: suffix, Size: 3, Public: want.public, Test: want.test,
			SHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		}, got); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

// A file is a module if it has the function that a module begins with, wherever
// the parts fall in which it is read.
func TestInitFinder(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		file, content string
		want          bool
	}{
		{"a/b.so", "..PyInit_b\x00..", true},
		{"a/b.so", "..PyModExport_b\x00..", true},
		{"a/b.so", "_PyInit_b\x00", true},
		{"a/b.so", "PyInit_bc\x00", false},
		{"a/b.so", "PyInit_a\x00", false},
		{"a/b.so", "PyInit_", false},
		{"a/b.so", "", false},
		{"a/__init__.so", "PyInit_a\x00", true},
		{"a/ä.so", "PyInitU_4ca\x00", true},
		{"a/b.abi3.so", strings.Repeat("x", 1000) + "PyInit_b\x00", true},
	} {
		for size := 1; size < 40; size++ {
			f := newInitFinder(tt.file)
			for part := []byte(tt.content); len(part) > 0; {
				n := min(size, len(part))
				buf := bytes.Clone(part[:n])
				if _, err := f.Write(buf); err != nil {
					t.Fatal(err)
				}
				clear(buf) // the finder must not hold on to it
				part = part[n:]
			}
			if f.found() != tt.want {
				t.Errorf("%s, %q in parts of %d: %v", tt.file, tt.content, size, f.found())
			}
		}
	}
	for _, file := range []string{"a/libfoo.so.1", "a.py", "a.dll", "a/b-c.so"} {
		if newInitFinder(file) != nil {
			t.Errorf("%s is looked at", file)
		}
	}
}

func FuzzParseManifest(f *testing.F) {
	m := manifest{info: "a-1.0.dist-info", notes: []string{"odd"}, files: []storedFile{
		{path: "a b.py", digest: "sha256=x", size: 3, stamp: stamp{-5, 0o444}}, {path: "c.so", digest: "sha256=y", module: true},
	}}
	f.Add(string(m.encode()))
	f.Add(manifestHead + "end 00000000\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := parseManifest(text)
		if err != nil {
			return
		}
		again, err := parseManifest(string(m.encode()))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, again, cmp.AllowUnexported(manifest{}, storedFile{}, stamp{})); diff != "" {
			t.Error(diff)
		}
	})
}

func TestManifestIsWhole(t *testing.T) {
	t.Parallel()
	m := manifest{info: "a-1.0.dist-info", files: []storedFile{{path: "a.py", digest: "sha256=x", size: 3, stamp: stamp{5, 0o444}}}}
	text := string(m.encode())
	if _, err := parseManifest(text); err != nil {
		t.Fatal(err)
	}
	for i := range len(text) {
		if _, err := parseManifest(text[:i]); err == nil {
			t.Errorf("the first %d of %d bytes are taken", i, len(text))
		}
		if _, err := parseManifest(text[:i] + "!" + text[i+1:]); err == nil {
			t.Errorf("a change of byte %d is not seen", i)
		}
	}
}
