package corpus

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// A Corpus is all cases, compiled for one interpreter.
type Corpus struct {
	Python string  // its path
	Dir    string  // the directory of all wheels: what --find-links takes
	Cases  []*Case // in the order in which they are explained
}

// Build compiles the corpus for the interpreter at a path, which is free-threaded or
// not, and packs it into a directory of the test's own. What was compiled once for the
// same interpreter is taken from the user's cache directory. For a free-threaded
// interpreter it needs [runtimetest.GIL] too, against whose headers the modules of the
// wrong ABI are compiled.
func Build(t testing.TB, path string) *Corpus {
	t.Helper()
	p, err := ask(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	c := &Corpus{Python: path, Dir: t.TempDir()}
	all := fixtures(p)
	var jobs []job
	var gil *python // asked once it is needed
	for i := range all {
		for w := range all[i].wheels {
			for m := range all[i].wheels[w].modules {
				j := job{&all[i].wheels[w].modules[m], p}
				if j.module.gil {
					if gil == nil {
						if gil, err = ask(t.Context(), runtimetest.GIL(t)); err != nil {
							t.Fatal(err)
						}
					}
					j.python = gil
				}
				jobs = append(jobs, j)
			}
		}
	}
	compiler, err := newCompiler(t.Context(), cacheDir(t), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.all(t.Context(), jobs)
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		for _, w := range all[i].wheels {
			path, err := w.pack(c.Dir, p, compiled[:len(w.modules)])
			if err != nil {
				t.Fatal(err)
			}
			compiled = compiled[len(w.modules):]
			all[i].Wheels = append(all[i].Wheels, path)
		}
		c.Cases = append(c.Cases, &all[i].Case)
	}
	return c
}

// Case returns the case of a name.
func (c *Corpus) Case(t testing.TB, name string) *Case {
	t.Helper()
	i := slices.IndexFunc(c.Cases, func(k *Case) bool { return k.Name == name })
	if i < 0 {
		t.Fatalf("the corpus has no case %q", name)
	}
	return c.Cases[i]
}

func cacheDir(t testing.TB) string {
	t.Helper()
	dir, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "ftpkg", "test", "corpus")
}
