package extmod_test

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/extmod"
	"github.com/ftpkg/ftpkg/probe/probetest/corpus"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
	"github.com/ftpkg/ftpkg/wheeltags"
)

var (
	python313t = wheeltags.Python{Major: 3, Minor: 13, Micro: 5, FreeThreaded: true}
	python313  = wheeltags.Python{Major: 3, Minor: 13, Micro: 5}
	python315t = wheeltags.Python{Major: 3, Minor: 15, Micro: 1, FreeThreaded: true}
	python315  = wheeltags.Python{Major: 3, Minor: 15, Micro: 1}
	pythons    = []wheeltags.Python{python313t, python313, python315t, python315}
)

// Every module of the corpus declares in its file what its source says. Of those
// that work it out while they run, nothing is known; nothing else is undecided.
func TestCorpus(t *testing.T) {
	t.Parallel()
	c := corpus.Build(t, runtimetest.FreeThreaded(t))
	modules := 0
	for _, k := range c.Cases {
		files := contents(t, k.Wheels)
		for _, m := range k.Modules {
			modules++
			b, ok := files[m.File]
			if !ok {
				t.Fatalf("%s: no file %s", k.Name, m.File)
			}
			f, err := extmod.Read(bytes.NewReader(b), int64(len(b)), m.File)
			if err != nil {
				t.Fatal(err)
			}
			found := k.Lanes[vocab.LaneCreate][m.Name]
			if found.Outcome != vocab.OutcomeABICrash && m.Static != corpus.StaticNone && found.Declaration == vocab.LoadedUnknown && f.Declaration == vocab.DeclarationUndecided {
				continue // its init function never returns
			}
			want := vocab.Declaration(m.Static)
			if m.Static == corpus.StaticNone {
				want = vocab.DeclarationNotAModule
			}
			if strings.Contains(m.Name, ".computed") {
				want = vocab.DeclarationUndecided
			}
			if f.Declaration != want {
				t.Errorf("%s: %s by %s (%s), want %s", m.Name, f.Declaration, f.Evidence, f.Reason, want)
			}
			if (f.Reason == "") != (f.Declaration != vocab.DeclarationUndecided && f.Declaration != vocab.DeclarationDelegated) {
				t.Errorf("%s: %s for the reason %q", m.Name, f.Declaration, f.Reason)
			}
			fit, reason := f.LoadsOn(python313t, nil)
			wrong := found.Outcome == vocab.OutcomeABICrash
			switch {
			case m.Static == corpus.StaticNone && fit != vocab.FitForeign,
				m.Static != corpus.StaticNone && wrong != (fit == vocab.FitWrongABI),
				m.Static != corpus.StaticNone && !wrong && fit != vocab.FitLoads:
				t.Errorf("%s: %s (%s), but creating it is %s; ABI %s", m.Name, fit, reason, found.Outcome, f.ABI)
			}
			if m.Static != corpus.StaticNone && f.Toolchain != vocab.ToolchainC {
				t.Errorf("%s: made with %s", m.Name, f.Toolchain)
			}
			if f.ByDefault {
				t.Errorf("%s: declared by default", m.Name)
			}
		}
	}
	if modules < 40 {
		t.Errorf("%d modules", modules)
	}
}

// The same modules for the build with the GIL: what is in their slots is still
// there, and their ABI is the other.
func TestCorpusWithGIL(t *testing.T) {
	t.Parallel()
	c := corpus.Build(t, runtimetest.GIL(t))
	for _, k := range c.Cases {
		files := contents(t, k.Wheels)
		for _, m := range k.Modules {
			b := files[m.File]
			f, err := extmod.Read(bytes.NewReader(b), int64(len(b)), m.File)
			if err != nil {
				t.Fatal(err)
			}
			if m.Static == corpus.StaticNone || strings.HasSuffix(m.Name, "_init") && f.Declaration == vocab.DeclarationUndecided {
				continue
			}
			if f.ABI != vocab.ABIGIL {
				t.Errorf("%s: ABI %s (%s)", m.Name, f.ABI, f.ABIReason)
			}
			if fit, _ := f.LoadsOn(python313t, nil); fit != vocab.FitWrongABI {
				t.Errorf("%s: %s on %s", m.Name, fit, python313t)
			}
			if fit, reason := f.LoadsOn(python313, nil); fit != vocab.FitLoads {
				t.Errorf("%s: %s on %s: %s", m.Name, fit, python313, reason)
			}
			want := vocab.Declaration(m.Static)
			if !f.MultiplePhases {
				want = vocab.DeclarationSilent // there is nothing to call
			}
			if f.Declaration != want {
				t.Errorf("%s: %s by %s (%s), want %s", m.Name, f.Declaration, f.Evidence, f.Reason, want)
			}
		}
	}
}

func contents(t *testing.T, wheels []string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, name := range wheels {
		z, err := zip.OpenReader(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			if path.Ext(f.Name) != ".so" {
				continue
			}
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			files[f.Name] = b
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return files
}
