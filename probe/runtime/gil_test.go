//go:build unix

package runtime

import (
	"os"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// The state of the GIL as a real interpreter, started in all ways, tells it.
func TestAskGIL(t *testing.T) {
	t.Parallel()
	free, gil := runtimetest.FreeThreaded(t), runtimetest.GIL(t)
	wrapped := func(options string) string { return program(t, "exec "+free+" "+options+" \"$@\"\n") }
	for _, tt := range []struct {
		name, python, variable string
		want                   GIL
	}{
		{"free-threaded", free, "", GIL{false, vocab.GILDefault}},
		{"variable on", free, "1", GIL{true, vocab.GILVariableOn}},
		{"variable off", free, "0", GIL{false, vocab.GILVariableOff}},
		{"option on", wrapped("-X gil=1"), "", GIL{true, vocab.GILOptionOn}},
		{"option off", wrapped("-X gil=0"), "", GIL{false, vocab.GILOptionOff}},
		{"option before variable", wrapped("-X gil=0"), "1", GIL{false, vocab.GILOptionOff}},
		{"variable ignored", wrapped("-E"), "1", GIL{false, vocab.GILDefault}},
		{"GIL build", gil, "", GIL{true, vocab.GILBuild}},
		{"GIL build, variable", gil, "1", GIL{true, vocab.GILBuild}},
	} {
		info, err := Ask(t.Context(), tt.python)
		if err != nil {
			t.Fatal(err)
		}
		environ := append(os.Environ(), "PYTHON_GIL="+tt.variable)
		if tt.variable == "" {
			environ = os.Environ()
		}
		if got, err := AskGIL(t.Context(), info, environ); err != nil || got != tt.want {
			t.Errorf("%s: %+v, %v, want %+v", tt.name, got, err, tt.want)
		}
	}
	// An interpreter that can't start so says why.
	info, err := Ask(t.Context(), free)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := AskGIL(t.Context(), info, append(os.Environ(), "PYTHON_GIL=maybe")); !is[*AskError](err) || !strings.Contains(err.Error(), "PYTHON_GIL") {
		t.Errorf("%v", err)
	}
}

func TestReadGIL(t *testing.T) {
	t.Parallel()
	free := &Info{FreeThreaded: true}
	for _, text := range []string{"", "1", "yes - -", "1 - -", "0 1 -", "1 0 1", "0 - - -"} {
		if g, err := readGIL(free, text); err == nil {
			t.Errorf("%q: %+v", text, g)
		}
	}
	if _, err := readGIL(&Info{}, "0 - -"); err == nil {
		t.Error("a GIL build without a GIL")
	}
}
