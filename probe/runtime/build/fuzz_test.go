package build

import "testing"

func FuzzVersion(f *testing.F) {
	f.Add("#define PY_VERSION \"3.13.5\"\n")
	f.Add("  # define PY_VERSION\t\"3.15.0rc1+\"\n")
	f.Add("#define PY_VERSION \"3.13.5t\"")
	f.Add("#define PY_VERSION \"3.13\"")
	f.Fuzz(func(t *testing.T, text string) {
		v, err := parseVersion(text)
		if err != nil {
			return
		}
		if v.Micro < 0 || v.FreeThreaded || v.Debug || v.Check() != nil {
			t.Errorf("%q: %+v", text, v)
		}
	})
}
