package ready_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ftpkg/ftpkg/probe/ready"
	"github.com/ftpkg/ftpkg/probe/ready/pyimport"
	"github.com/ftpkg/ftpkg/resolver"
)

// A memoryWheel is an archive in memory that counts what is fetched ahead.
type memoryWheel struct {
	*bytes.Reader

	prefetched *atomic.Int64
}

func (memoryWheel) Close() error { return nil }

func (w memoryWheel) Prefetch(_, n int64) error { w.prefetched.Add(n); return nil }

// packed packs files into a wheel.
func packed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range txtar.Parse([]byte(text)).Files {
		w, err := z.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(f.Data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// local makes a folder of this machine.
func local(text string) pyimport.Layer {
	files := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(text)).Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return ready.Folder(files)
}

func TestFollow(t *testing.T) {
	t.Parallel()
	const (
		application = `
root bs4
package bs4
  version 4
    requires lxml
package lxml
  version 6
    wheel cp314-cp314t-manylinux_2_28_x86_64 cp314-cp314-manylinux_2_28_x86_64
`
		bs4 = `
-- bs4/__init__.py --
from . import builder
-- bs4/builder/__init__.py --
try:
    from . import _lxml
except ImportError:
    pass
-- bs4/builder/_lxml.py --
from lxml import etree
-- bs4-4.dist-info/METADATA --
`
		lxml = `
-- lxml/__init__.py --
def get_include(): pass
-- lxml/etree.cpython-314t-x86_64-linux-gnu.so --
-- lxml/html/__init__.py --
from .. import etree
`
	)
	for name, test := range map[string]struct {
		program   string
		bs4, lxml string
		modules   []string
		want      string
	}{
		"tried": {
			program: "-- app.py --\nimport bs4\n", bs4: bs4, lxml: lxml,
			want: "tried lxml.etree\n  app.py:1 import bs4\n  bs4:1 from . import builder\n  bs4.builder:2 from . import _lxml\n  bs4.builder._lxml:1 from lxml import etree\n6 modules, 1 compiled, 0 computed\n",
		},
		"certain": {
			program: "-- app.py --\nimport lxml.html, bs4\n", bs4: bs4, lxml: lxml,
			want: "certain lxml.etree\n  app.py:1 import lxml.html\n  lxml.html:1 from .. import etree\n7 modules, 1 compiled, 0 computed\n",
		},
		"through a module of one's own": {
			program: "-- app.py --\nfrom own.part import x\n-- own/__init__.py --\n-- own/part.py --\ndef f():\n    import lxml.etree\n", bs4: bs4, lxml: lxml,
			want: "possible lxml.etree\n  app.py:1 from own.part import x\n  own.part:2 import lxml.etree\n5 modules, 1 compiled, 0 computed\n",
		},
		"not seen": {
			program: "-- app.py --\nimport importlib\nimportlib.import_module(name)\n", bs4: bs4, lxml: lxml,
			want: "not-seen \n1 modules, 0 compiled, 1 computed\n",
		},
		"when the interpreter starts": {
			program: "-- app.py --\n", bs4: bs4 + "-- bs4-nspkg.pth --\n./more\nimport lxml.etree\n", lxml: lxml,
			want: "certain lxml.etree\n  bs4-nspkg.pth:2 import lxml.etree\n4 modules, 1 compiled, 0 computed\n",
		},
		"in a folder for data": {
			program: "-- app.py --\nimport lxml.etree\n", bs4: bs4,
			lxml: "-- lxml-6.data/platlib/lxml/__init__.py --\n-- lxml-6.data/platlib/lxml/etree.cpython-314t-x86_64-linux-gnu.so --\n-- lxml-6.data/scripts/lxml.py --\nimport bs4\n",
			want: "certain lxml.etree\n  app.py:1 import lxml.etree\n3 modules, 1 compiled, 0 computed\n",
		},
		"a wheel that cannot be opened": {
			program: "-- app.py --\nimport bs4\n", bs4: bs4,
			want: "not-seen \n4 modules, 0 compiled, 0 computed\nlxml-6-cp314-cp314t-manylinux_2_28_x86_64.whl: it is gone\n",
		},
		"a package": {
			program: "-- own/__init__.py --\nif __name__ == '__main__':\n    import bs4\n-- own/__main__.py --\nif __name__ == '__main__':\n    import lxml.etree\n", bs4: bs4, lxml: lxml,
			modules: []string{"own.__main__", "own"},
			want:    "certain lxml.etree\n  own.__main__:2 import lxml.etree\n4 modules, 1 compiled, 0 computed\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := resolve(t, application, "lxml-: lxml.etree used path=lxml/etree.cpython-314t-x86_64-linux-gnu.so", "3.14 linux-x86_64", linux)
			a := w.judge(t)
			var opened atomic.Int64
			var prefetched atomic.Int64
			r := &ready.SourceReader{CacheDir: t.TempDir(), Open: func(_ context.Context, p *resolver.Package) (ready.Archive, error) {
				opened.Add(1)
				text := test.bs4
				if p.Name == "lxml" {
					text = test.lxml
				}
				if text == "" {
					return nil, errors.New("it is gone")
				}
				return memoryWheel{bytes.NewReader(packed(t, text)), &prefetched}, nil
			}}
			for _, again := range []bool{false, true} {
				layer := local(test.program)
				p := &ready.Program{Name: "app.py", Local: []pyimport.Layer{layer}, Modules: test.modules}
				if test.modules == nil {
					m := *layer.Module("app")
					m.Name = "app.py"
					p.Script = &m
				}
				if err := w.ready.Follow(t.Context(), a, w.Result, p, r); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, tellImports(a)); diff != "" {
					t.Errorf("again %t (-want +got):\n%s", again, diff)
				}
				if a.Entry.Cell != linux {
					t.Errorf("followed in %s", a.Entry.Cell)
				}
			}
			if want := 2 + strings.Count(test.want, "is gone"); int(opened.Load()) != want {
				t.Errorf("%d wheels were opened, want %d: the second time from the cache", opened.Load(), want)
			}
			if prefetched.Load() == 0 {
				t.Error("nothing was fetched ahead")
			}
		})
	}
}

func tellImports(a *ready.Application) string {
	var b strings.Builder
	for _, f := range a.Findings {
		fmt.Fprintf(&b, "%s %s\n", f.Import.Reach, f.Import.Module)
		for _, s := range f.Import.Chain {
			fmt.Fprintf(&b, "  %s:%d %s\n", s.Module, s.Line, s.Imports)
		}
	}
	fmt.Fprintf(&b, "%d modules, %d compiled, %d computed\n", a.Entry.Modules, a.Entry.Compiled, a.Entry.Computed)
	for _, u := range a.Entry.Unread {
		fmt.Fprintf(&b, "%s\n", u)
	}
	return b.String()
}

func TestFollowNowhere(t *testing.T) {
	t.Parallel()
	w := resolve(t, "root a\npackage a\n  version 1\n", "", "3.14 linux-x86_64")
	a := w.judge(t)
	if err := w.ready.Follow(t.Context(), a, w.Result, &ready.Program{}, nil); !errors.Is(err, ready.ErrNoCell) {
		t.Errorf("without a cell: %v", err)
	}
	w = resolve(t, "root a\npackage a\n  version 1\n", "", linux)
	a = w.judge(t)
	r := &ready.SourceReader{Open: func(context.Context, *resolver.Package) (ready.Archive, error) { return nil, errors.New("no") }}
	if err := w.ready.Follow(t.Context(), a, w.Result, &ready.Program{Name: "x", Modules: []string{"x"}}, r); !errors.Is(err, ready.ErrNoModule) {
		t.Errorf("without a module: %v", err)
	}
}
