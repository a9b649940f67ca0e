package gilrun

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/ftpkg/ftpkg/probe/probetest"
	"github.com/ftpkg/ftpkg/probe/probetest/corpus"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// BenchmarkGuard is what the guard costs: a start, an import of three undeclared
// extension modules, and a loop, each with the guard and without. The guard looks
// on at imports alone, so that the loops are to be equal.
func BenchmarkGuard(b *testing.B) {
	python := runtimetest.FreeThreaded(b)
	site := b.TempDir()
	if err := probetest.Unpack(site, corpus.Build(b, python).Case(b, "many").Wheels...); err != nil {
		b.Fatal(err)
	}
	folder, err := Write(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	plain := append(os.Environ(), "PYTHONPATH="+site, "PYTHONDONTWRITEBYTECODE=") // .pyc files are part of a normal start
	for _, p := range []struct{ name, code string }{
		{"start", "pass"},
		{"import", "import ftc_many"},
		{"loop", "n = 0\nfor i in range(3_000_000): n += i * i % 7"},
	} {
		for _, how := range []struct {
			name string
			env  []string
		}{{"plain", plain}, {"guarded", (&Guard{Folder: folder}).Environ(plain)}} {
			b.Run(filepath.Join(p.name, how.name), func(b *testing.B) {
				for b.Loop() {
					status, err := Follow(&Command{Path: python, Args: []string{"-X", "gil=0", "-c", p.code}, Env: how.env, Stdout: io.Discard, Stderr: io.Discard})
					if err != nil || status != 0 {
						b.Fatal(status, err)
					}
				}
			})
		}
	}
}
