package environment

import "testing"

func TestNewExtension(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"numpy/_core/_multiarray_umath.cpython-314t-darwin.so": "numpy._core._multiarray_umath .cpython-314t-darwin.so private",
		"a/b.pyd": "a.b .pyd public", "a/tests/b.abi3t.so": "a.tests.b .abi3t.so public test", "a/__init__.so": "a .so public",
		"liba-b.so": "", "a.py": "", "lib.so.1": "", "a/b": "",
	} {
		x, ok := NewExtension(file)
		got := ""
		if ok {
			got = x.Module + " " + x.Suffix + " private"
			if x.Public {
				got = x.Module + " " + x.Suffix + " public"
			}
			if x.Test {
				got += " test"
			}
		}
		if got != want || ok && x.Path != file {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
}
