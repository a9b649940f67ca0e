package extmod_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/extmod"
)

func FuzzELF(f *testing.F)   { fuzz(f, extmod.FormatELF) }
func FuzzMachO(f *testing.F) { fuzz(f, extmod.FormatMachO) }
func FuzzPE(f *testing.F)    { fuzz(f, extmod.FormatPE) }

// fuzz looks for files that crash the reader or make it say what makes no sense.
func fuzz(f *testing.F, format string) {
	for _, p := range platforms {
		if p.format != format {
			continue
		}
		f.Add(build(p, true, [][2]uint64{{2, codeAt}, {4, 1}, {}}, 0).bytes(f))
		f.Add(build(p, false, [][2]uint64{{94, dataAt + nextAt}, {}}, 0).bytes(f))
		f.Add(build(p, true, nil, 1).bytes(f))
	}
	if format == extmod.FormatMachO {
		f.Add(universalFile(build(platforms[2], true, nil, 1).bytes(f), build(platforms[5], true, nil, 0).bytes(f)))
	}
	words := vocab.Declarations().Names()
	f.Fuzz(func(t *testing.T, b []byte) {
		if functions, reaching := extmod.Survey(bytes.NewReader(b), int64(len(b))); reaching > functions {
			t.Errorf("%d of %d functions matter", reaching, functions)
		}
		file, err := extmod.Read(bytes.NewReader(b), int64(len(b)), "m.so")
		if err != nil {
			return
		}
		if !slices.Contains(words, string(file.Declaration)) || !slices.Contains(vocab.ABIs().Names(), string(file.ABI)) || !slices.Contains(vocab.Evidences().Names(), string(file.Evidence)) {
			t.Errorf("%s by %s, ABI %s", file.Declaration, file.Evidence, file.ABI)
		}
		if file.Module == (file.Declaration == vocab.DeclarationNotAModule) && file.Slices == nil {
			t.Errorf("module %v: %s", file.Module, file.Declaration)
		}
		if file.Declaration == vocab.DeclarationUndecided && (file.Reason == "" || file.Evidence != vocab.EvidenceNone) {
			t.Errorf("undecided by %s for the reason %q", file.Evidence, file.Reason)
		}
		file.LoadsOn(python315t, nil)
	})
}
