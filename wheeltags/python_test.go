package wheeltags

import (
	"strings"
	"testing"
)

func TestParsePython(t *testing.T) {
	tests := []struct{ in, string, tag, abi, full string }{
		{"3.14t", "3.14t", "cp314", "cp314t", "3.14.0"},
		{"3.13t", "3.13t", "cp313", "cp313t", "3.13.0"},
		{"3.15t", "3.15t", "cp315", "cp315t", "3.15.0"},
		{"3.14", "3.14", "cp314", "cp314", "3.14.0"},
		{"3.9", "3.9", "cp39", "cp39", "3.9.0"},
		{"3.14.2t", "3.14.2t", "cp314", "cp314t", "3.14.2"},
		{"3.14.0", "3.14.0", "cp314", "cp314", "3.14.0"},
		{"3.15.0rc1t", "3.15.0rc1t", "cp315", "cp315t", "3.15.0rc1"},
		{"3.15rc1", "3.15.0rc1", "cp315", "cp315", "3.15.0rc1"},
		{"3.16.0a1", "3.16.0a1", "cp316", "cp316", "3.16.0a1"},
		{"cp314t", "3.14t", "cp314", "cp314t", "3.14.0"},
		{"cp314", "3.14", "cp314", "cp314", "3.14.0"},
		{"CP314T", "3.14t", "cp314", "cp314t", "3.14.0"},
		{"cp314td", "3.14td", "cp314", "cp314td", "3.14.0"},
		{"314t", "3.14t", "cp314", "cp314t", "3.14.0"},
		{"py314t", "3.14t", "cp314", "cp314t", "3.14.0"},
		{"3.14td", "3.14td", "cp314", "cp314td", "3.14.0"},
		{"3.14d", "3.14d", "cp314", "cp314d", "3.14.0"},
		{"3.14+freethreaded", "3.14t", "cp314", "cp314t", "3.14.0"},
		{"3.14+freethreaded+debug", "3.14td", "cp314", "cp314td", "3.14.0"},
		{"3.14.2+freethreaded", "3.14.2t", "cp314", "cp314t", "3.14.2"},
		{"3.14+gil", "3.14", "cp314", "cp314", "3.14.0"},
		{"3.14+gil+debug", "3.14d", "cp314", "cp314d", "3.14.0"},
		{"cpython@3.14t", "3.14t", "cp314", "cp314t", "3.14.0"},
		{"cpython@3.14+gil", "3.14", "cp314", "cp314", "3.14.0"},
		{"cpython-3.14.2+freethreaded", "3.14.2t", "cp314", "cp314t", "3.14.2"},
		{"cpython3.14t", "3.14t", "cp314", "cp314t", "3.14.0"},
		{"python3.13-nogil", "3.13t", "cp313", "cp313t", "3.13.0"},
		{"python 3.14t", "3.14t", "cp314", "cp314t", "3.14.0"},
		{"3.15t-dev", "3.15t", "cp315", "cp315t", "3.15.0"},
		{"3.15-dev", "3.15", "cp315", "cp315", "3.15.0"},
		{"3.14-free-threaded", "3.14t", "cp314", "cp314t", "3.14.0"},
		{" 3.14t ", "3.14t", "cp314", "cp314t", "3.14.0"},
		{"3.8", "3.8", "cp38", "cp38", "3.8.0"},
	}
	for _, tt := range tests {
		p, err := ParsePython(tt.in)
		if err != nil {
			t.Errorf("%q: %v", tt.in, err)
			continue
		}
		if got := []string{p.String(), p.Tag(), p.ABI(), p.FullVersion()}; strings.Join(got, " ") != strings.Join([]string{tt.string, tt.tag, tt.abi, tt.full}, " ") {
			t.Errorf("%q: got %v, want %s %s %s %s", tt.in, got, tt.string, tt.tag, tt.abi, tt.full)
		}
		if again, err := ParsePython(p.String()); err != nil || again != p {
			t.Errorf("%q: %s is read back as %+v, %v; want %+v", tt.in, p, again, err, p)
		}
	}
}

func TestParsePythonErrors(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", "want one version"},
		{"cpython", "want one version"},
		{"cpython@", "want one version"},
		{"3", "which Python 3?"},
		{"cp3", "which Python 3?"},
		{"3.", "is not a version"},
		{"3..14", "is not a version"},
		{"3.14.2.1", "is not a version"},
		{"3.014", "is not a version"},
		{"t", "is not a version"},
		{"nogil", "is not a version"},
		{">=3.13", "want one version"},
		{"3.13,3.14", "want one version"},
		{"3.14x", `unknown flavour "x"`},
		{"3.14tt", "unknown flavour"},
		{"3.14dt", "unknown flavour"},
		{"3.14+", "unknown flavour"},
		{"3.14t+gil", "at once"},
		{"3.14+gil+freethreaded", "at once"},
		{"3.12t", "3.12 has no free-threaded build; the first is 3.13t"},
		{"cp39t", "no free-threaded build"},
		{"3.7", "too old"},
		{"2.7", "Python 3 only"},
		{"3.144", "there is no Python 3.144"},
		{"3.999999999999999999999", "is not a version"},
		{"pypy3.11", "only CPython has free-threaded builds"},
		{"pp311", "only CPython has free-threaded builds"},
		{"graalpy@3.12", "only CPython has free-threaded builds"},
		{"3.15.0rc", "unknown flavour"},
		{"3.14é", "unknown flavour"},
	}
	for _, tt := range tests {
		p, err := ParsePython(tt.in)
		if err == nil {
			t.Errorf("%q: got %s, want an error", tt.in, p)
			continue
		}
		if !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "python ") {
			t.Errorf("%q: %v; want %q in it", tt.in, err, tt.want)
		}
		if p != (Python{}) {
			t.Errorf("%q: %+v beside the error", tt.in, p)
		}
	}
}

func TestTwin(t *testing.T) {
	target := mustTarget(t, "3.14.2td macos-arm64")
	twin := target.Twin()
	if twin.String() != "3.14.2d macos-arm64" || twin.FreeThreaded() || twin.Twin() != target {
		t.Errorf("twin of %s is %s, whose twin is %s", target, twin, twin.Twin())
	}
	if err := mustTarget(t, "3.12 macos-arm64").Twin().Check(); err == nil {
		t.Error("3.12t passes the check")
	}
}
