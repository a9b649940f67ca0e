package check

import (
	"strings"
	"testing"
)

func TestSuffixOnPlatform(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		suffix, platform string
		want             bool
	}{
		{".so", "manylinux_2_28_x86_64", true},
		{".cpython-314t-x86_64-linux-gnu.so", "manylinux_2_28_x86_64", true},
		{".cpython-314t-x86_64-linux-gnu.so", "manylinux2014_x86_64", true},
		{".cpython-314t-x86_64-linux-gnu.so", "linux_x86_64", true},
		{".cpython-314t-x86_64-linux-musl.so", "linux_x86_64", true},
		{".cpython-314t-x86_64-linux-gnu.so", "musllinux_1_2_x86_64", false},
		{".cpython-314t-x86_64-linux-musl.so", "manylinux_2_28_x86_64", false},
		{".cpython-311-x86_64-linux-gnu.so", "musllinux_1_2_x86_64", true},
		{".cpython-314-aarch64-linux-gnu.so", "manylinux_2_28_x86_64", false},
		{".cpython-314-aarch64-linux-gnu.so", "manylinux_2_28_aarch64", true},
		{".cpython-314-i386-linux-gnu.so", "manylinux1_i686", true},
		{".cpython-314-arm-linux-gnueabihf.so", "manylinux_2_31_armv7l", true},
		{".cpython-314-arm-linux-musleabihf.so", "musllinux_1_2_armv7l", true},
		{".cpython-314-powerpc64le-linux-gnu.so", "manylinux2014_ppc64le", true},
		{".cpython-314-s390x-linux-gnu.so", "manylinux2014_s390x", true},
		{".cpython-314-riscv64-linux-gnu.so", "manylinux_2_39_riscv64", true},
		{".cpython-314-sparc64-linux-gnu.so", "manylinux_2_28_x86_64", true}, // not known
		{".cpython-314-darwin.so", "macosx_11_0_arm64", true},
		{".cpython-314-darwin.so", "manylinux_2_28_x86_64", false},
		{".cpython-314-x86_64-linux-gnu.so", "macosx_11_0_arm64", false},
		{".cpython-314-iphoneos.so", "ios_13_0_arm64_iphoneos", true},
		{".cp314t-win_amd64.pyd", "win_amd64", true},
		{".cp314t-win_amd64.pyd", "win_arm64", false},
		{".cp314t-win32.pyd", "win32", true},
		{".cp314t-win32.pyd", "win_amd64", false},
		{".cp314t-win_amd64.pyd", "macosx_11_0_arm64", false},
		{".abi3t-aarch64-linux-musl.so", "musllinux_1_2_aarch64", true},
		{".abi3t-darwin.so", "macosx_11_0_arm64", true},
		{".cpython-314-x86_64-linux-gnu.so", "any", true},
	} {
		s, p := parseSuffix(tt.suffix), parsePlatformTag(tt.platform)
		if got := s.fitsPlatform(&p); got != tt.want {
			t.Errorf("%s on %s: %v", tt.suffix, tt.platform, got)
		}
	}
}

func TestParseSuffix(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]suffix{
		".so":                               {abi: abiTag{kind: abiNone}},
		".pyd":                              {abi: abiTag{kind: abiNone}},
		"_d.pyd":                            {abi: abiTag{kind: abiNone}},
		".abi3.so":                          {abi: abiTag{"abi3", abi3, 0, false}},
		".abi3t.so":                         {abi: abiTag{"abi3t", abi3T, 0, true}},
		".abi3t-x86_64-linux-gnu.so":        {abi: abiTag{"abi3t", abi3T, 0, true}, platform: "x86_64-linux-gnu"},
		".cpython-314t-x86_64-linux-gnu.so": {abi: abiTag{"cp314t", abiVersion, 14, true}, platform: "x86_64-linux-gnu"},
		".cpython-313-darwin.so":            {abi: abiTag{"cp313", abiVersion, 13, false}, platform: "darwin"},
		".cpython-37m-darwin.so":            {abi: abiTag{"cp37m", abiVersion, 7, false}, platform: "darwin"},
		".cp314t-win_amd64.pyd":             {abi: abiTag{"cp314t", abiVersion, 14, true}, platform: "win_amd64"},
		".pypy311-pp73-x86_64-linux-gnu.so": {abi: abiTag{text: "pypy311"}},
	} {
		want.text = text
		if got := parseSuffix(text); got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}

func TestPythonDLL(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		version   string
		debug, ok bool
	}{
		"python314t.dll":      {"314t", false, true},
		"PYTHON314.DLL":       {"314", false, true},
		"python3.dll":         {"3", false, true},
		"python3t.dll":        {"3t", false, true},
		"python314t_d.dll":    {"314t", true, true},
		"libpython3.14.dll":   {"314", false, true},
		"python27.dll":        {},
		"pythoncom314.dll":    {},
		"libpython3.14.so.1":  {},
		"vcruntime140.dll":    {},
		"python314t-cuda.dll": {},
	} {
		version, debug, ok := pythonDLL(name)
		if version != want.version || debug != want.debug || ok != want.ok {
			t.Errorf("%s: %q, %v, %v", name, version, debug, ok)
		}
	}
}

// The table knows what is documented, and is whole.
func TestSymbols(t *testing.T) {
	t.Parallel()
	table := symbolTable()
	builds := strings.Fields(tableBuilds())
	head, _, _ := strings.Cut(symbolText, "\nPy")
	for i, b := range builds {
		letter := string(rune('a' + i))
		if want := letter + " 3." + strings.TrimPrefix(b, "cp3"); !strings.Contains(head, want) {
			t.Errorf("the head of the table does not say %q", want)
		}
		n := 0
		for _, s := range table {
			if strings.Contains(s.exports, letter) {
				n++
			}
		}
		if n < 1500 {
			t.Errorf("%s exports %d symbols", b, n)
		}
	}
	exported := func(name, build string) bool {
		s := table[name]
		a := parseABITag(build)
		yes, known := s.exportedBy(&a)
		return yes && known
	}
	for name, since := range map[string]int{
		"PyLong_FromLong": 2, "PyObject_Vectorcall": 12, "PyType_GetModuleByDef": 13, "PyIter_NextItem": 14, "PyModule_FromSlotsAndSpec": 15, "PyUnicode_New": 0,
	} {
		if got := table[name].stable; got != since {
			t.Errorf("%s is in the stable ABI since 3.%d, want 3.%d", name, got, since)
		}
	}
	for _, name := range []string{"_Py_MergeZeroLocalRefcount", "PyUnstable_Module_SetGIL"} {
		if !exported(name, "cp313t") || exported(name, "cp313") {
			t.Errorf("%s: %+v", name, table[name])
		}
	}
	if exported("PyLong_IsPositive", "cp313") || !exported("PyLong_IsPositive", "cp314") {
		t.Errorf("PyLong_IsPositive: %+v", table["PyLong_IsPositive"])
	}
	free := parseABITag("cp314t")
	if _, known := new(symbol).exportedBy(&free); known {
		t.Error("what 3.14t exports is not known")
	}
	// What is stable in a release is exported by it and all that follow, but for
	// what only Windows or special builds have, and one that 3.9 lost by mistake.
	missing := 0
	for name, s := range table {
		if s.stable == 0 {
			continue
		}
		for i, b := range builds {
			a := parseABITag(b)
			if a.minor >= s.stable && name+b != "PyCFunction_Newcp39" && strings.IndexByte(s.exports, byte('a'+i)) < 0 && s.exports != "-" {
				t.Errorf("%s is stable since 3.%d, but %s does not export it", name, s.stable, b)
			}
		}
		if s.exports == "-" {
			missing++
		}
	}
	if missing > 20 {
		t.Errorf("%d stable symbols are exported by no build", missing)
	}
}
