package pep508_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/ftpkg/ftpkg/resolver/pep508"
)

func marker(t *testing.T, text string) *pep508.Marker {
	t.Helper()
	m, err := pep508.ParseMarker(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMarkerString(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`os.name=='nt'`, `os_name == "nt"`},
		{`'nt'!=os_name`, `"nt" != os_name`},
		{`python_implementation  not  in  "PyPy"`, `platform_python_implementation not in "PyPy"`},
		{`((os_name == "nt"))`, `os_name == "nt"`},
		{`((os_name == "nt")) and ((os_name > "a" or os_name < "b"))`, `os_name == "nt" and (os_name > "a" or os_name < "b")`},
		{`os_name == 'a"b'`, `os_name == 'a"b'`},
		{`os_name == "a'b"`, `os_name == "a'b"`},
		{`os_name == "a'b\"`, ``},
		{`os_name == '\'`, ``},
		{`os_name == "\x22'"`, `os_name == "\x22'"`},
		{`os_name == "\\ \n\r\t\0\d"`, "os_name == \"\\\\ \\n\\r\t\\x00\\\\d\""},
		{"os_name == 'a\\\nb\\\r\nc\\\rd'", `os_name == "abcd"`},
		{`extra == "A_B" and "C.D" in extras`, `extra == "a-b" and "c-d" in extras`},
		{`"free-threading" in sys_abi_features`, `"free-threading" in sys_abi_features`},
	} {
		m, err := pep508.ParseMarker(c.text)
		if err != nil {
			if c.want != "" {
				t.Error(err)
			}
			continue
		}
		if m.String() != c.want {
			t.Errorf("%q prints as %s, want %s", c.text, m, c.want)
		}
		if again := marker(t, m.String()); again.String() != c.want {
			t.Errorf("%s prints as %s", m, again)
		}
	}
}

func TestNilMarker(t *testing.T) {
	var m *pep508.Marker
	if !m.Eval(linux, "") || m.UsesExtra() || m.UsesABIFeatures() || m.String() != "" || m.Check(linux) != nil {
		t.Error("a nil marker isn't the marker that always holds")
	}
}

func TestMarkerUses(t *testing.T) {
	for _, c := range []struct {
		text       string
		extra, abi bool
	}{
		{`os_name == "extra"`, false, false},
		{`extra == "x"`, true, false},
		{`os_name == "nt" or (os_name == "a" and "x" == extra)`, true, false},
		{`"x" in extras`, false, false},
		{`os_name == "nt" and ("debug" not in sys_abi_features)`, false, true},
	} {
		m := marker(t, c.text)
		if m.UsesExtra() != c.extra || m.UsesABIFeatures() != c.abi {
			t.Errorf("%s: uses extra: %t, ABI features: %t", m, m.UsesExtra(), m.UsesABIFeatures())
		}
	}
}

func TestEvalExtra(t *testing.T) {
	m := marker(t, `extra == "Dev_Tools" and python_version >= "3"`)
	for extra, want := range map[string]bool{"": false, "dev-tools": true, "DEV.TOOLS": true, "dev": false} {
		if got := m.Eval(linux, extra); got != want {
			t.Errorf("%s for extra %q: %t", m, extra, got)
		}
	}
}

func TestEvalABIFeatures(t *testing.T) {
	free := *linux
	free.ABIFeatures = []string{"free-threading", "64-bit"}
	for _, c := range []struct {
		text string
		want bool
	}{
		{`"free-threading" in sys_abi_features`, true},
		{`"free-threading" not in sys_abi_features`, false},
		{`"gil-enabled" in sys_abi_features`, false},
		{`"gil-enabled" not in sys_abi_features and os_name == "posix"`, true},
		{`"Free_Threading" in sys_abi_features`, false},
		{`"free" in sys_abi_features`, false},
		{`"free-threading" != sys_abi_features`, true},
	} {
		m := marker(t, c.text)
		free.AllowABIFeatures = true
		if err := m.Check(&free); err != nil || m.Eval(&free, "") != c.want {
			t.Errorf("%s: %t, %v; want %t", m, m.Eval(&free, ""), err, c.want)
		}
		free.AllowABIFeatures = false
		if err := m.Check(&free); !errors.Is(err, pep508.ErrABIFeatures) || m.Eval(&free, "") {
			t.Errorf("%s, not allowed: %t, %v", m, m.Eval(&free, ""), err)
		}
	}
	err := marker(t, `os_name == "nt" or "debug" in sys_abi_features`).Check(&free)
	const want = `the marker "debug" in sys_abi_features can't be judged: sys_abi_features is a draft (PEP 780) that installers don't know yet`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestCheck(t *testing.T) {
	lock := *linux
	lock.Extras, lock.Groups = []string{"Test"}, []string{}
	const means = " means nothing: "
	for _, c := range []struct {
		text string
		env  *pep508.Environment
		want string
	}{
		{`"test" in extras`, &lock, ""},
		{`"test" == extras`, &lock, ""},
		{`"test" in extras`, linux, `the marker "test" in extras` + means + "extras exists only in lock files (PEP 751)"},
		{`"x" in dependency_groups`, linux, `the marker "x" in dependency_groups` + means + "dependency_groups exists only in lock files (PEP 751)"},
		{`extras == "test"`, &lock, `the marker extras == "test"` + means + "extras is a set and can only be on the right of in or not in"},
		{`"test" ~= extras`, &lock, `the marker "test" ~= extras` + means + "~= doesn't compare sets"},
		{`os_name == "nt" and (os_name ~= "nt")`, linux, `the marker os_name ~= "nt"` + means + "~= doesn't compare texts"},
		{`python_version === "a b"`, linux, `the marker python_version === "a b"` + means + "=== doesn't compare texts"},
		{`"a" == "b"`, linux, `the marker "a" == "b"` + means + "there is no variable in it"},
		{`python_version ~= "3.8"`, linux, ""},
	} {
		m := marker(t, c.text)
		err := m.Check(c.env)
		if c.want == "" && err != nil || c.want != "" && (err == nil || err.Error() != c.want) {
			t.Errorf("%s: got %v, want %s", m, err, c.want)
		}
		if undefined, ok := errors.AsType[*pep508.UndefinedError](err); err != nil && (!ok || !strings.Contains(c.text, undefined.Comparison)) {
			t.Errorf("%s: %v isn't an UndefinedError about a part of it", m, err)
		}
	}
	if !marker(t, `os_name ~= "nt" or os_name == "posix"`).Eval(linux, "") || marker(t, `os_name ~= "posix"`).Eval(linux, "") {
		t.Error("a comparison that means nothing isn't taken for false")
	}
}

func TestEvalDoesNotAllocate(t *testing.T) {
	var markers []*pep508.Marker
	for _, text := range []string{
		`python_version >= "3.9" and python_full_version < "3.15.0rc1"`,
		`"3.9" <= python_version or "3.14.*" == python_full_version`,
		`(sys_platform == "win32" or sys_platform in "linux darwin") and extra == "test"`,
		`implementation_version == "3.14.*" and python_version ~= "3.9"`,
		`"test" in extras and "dev" not in dependency_groups`,
	} {
		markers = append(markers, marker(t, text))
	}
	env := *linux
	env.Extras, env.Groups = []string{"test"}, []string{"lint"}
	n := testing.AllocsPerRun(100, func() {
		for _, m := range markers {
			m.Eval(&env, "test")
		}
	})
	if n != 0 {
		t.Errorf("Eval allocates %v times", n)
	}
}

func TestEvalConcurrently(t *testing.T) {
	m := marker(t, `python_version >= "3.9" and ("3.14.0" == python_full_version or extra == "A_b")`)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if !m.Eval(linux, "a-b") {
					t.Error("wrong answer")
				}
			}
		})
	}
	wg.Wait()
}
