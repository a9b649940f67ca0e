package ask

import (
	"testing"

	"github.com/ftpkg/ftpkg/resolver/indextest"
	"github.com/ftpkg/ftpkg/wheeltags"
)

func TestErrorLines(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"WARNING: x\nERROR: one\nnote\nERROR: two\n", "one; two"},
		{"ERROR: Cannot install a\nERROR: ResolutionImpossible: for help visit a page", "Cannot install a"},
		{"ERROR: Exception:\nTraceback\n  File x\nKeyError: 'name'\n", "KeyError: 'name'"},
		{"it broke", "it broke"},
	} {
		if got := errorLines(tt.in); got != tt.want {
			t.Errorf("errorLines(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestAfterError(t *testing.T) {
	for in, want := range map[string]string{
		"Using CPython at: somewhere\nerror: No solution\n": "No solution\n",
		"no mark": "no mark",
	} {
		if got := afterError(in); got != want {
			t.Errorf("afterError(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestQuote(t *testing.T) {
	s := indextest.NewServer(nil)
	defer s.Close()
	a := &Asker{Server: s}
	k := &call{mount: "q7", dir: "/somewhere/calls/q7"}
	in := "  × No solution\n  ╰─▶ at " + s.URL() + "/q7/main/files/a.whl in /somewhere/calls/q7/requirements.txt object at 0x35273ea1690"
	want := "No solution at https://universe.example.invalid/main/files/a.whl in requirements.txt object at …"
	if got := a.quote(k, in); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestTriple(t *testing.T) {
	for name, want := range map[string]string{
		"linux-x86_64": "x86_64-manylinux_2_28", "linux-aarch64": "aarch64-manylinux_2_28", "manylinux_2_34_x86_64": "x86_64-manylinux_2_34",
		"musllinux-aarch64": "aarch64-unknown-linux-musl", "macos-arm64": "aarch64-apple-darwin", "windows-x86": "i686-pc-windows-msvc",
		"linux-s390x": "",
	} {
		p, err := wheeltags.ParsePlatform(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := triple(p)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("triple(%s) = %q, %v, want %q", name, got, err, want)
		}
	}
}
