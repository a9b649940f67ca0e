package pyimport

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// layer makes a layer of files: NAME.py, NAME/__init__.py, NAME.so.
func layer(files []txtar.File) Modules {
	layer := Modules{}
	for _, f := range files {
		path, compiled := strings.CutSuffix(f.Name, ".so")
		path = strings.TrimSuffix(path, ".py")
		name, pkg := strings.CutSuffix(strings.ReplaceAll(path, "/", "."), ".__init__")
		m := &Module{Name: name, Package: pkg, Kind: Source}
		switch {
		case compiled:
			m.Kind = Compiled
		case strings.HasPrefix(string(f.Data), "!"):
			m.Load = func(context.Context) (*File, error) { return nil, errors.New("no") }
		default:
			m.Load = func(context.Context) (*File, error) { return Scan(f.Data), nil }
		}
		layer.Add(m)
	}
	return layer
}

func TestWalk(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		local, site string
		starts      []string
		want        string
	}{
		"a chain of imports": {
			local: "-- __main__.py --\nimport os\nfrom bs4 import Soup\n",
			site: `
-- bs4/__init__.py --
from .element import Soup
-- bs4/element.py --
try:
    from . import _lxml
except ImportError:
    pass
from . import dammit
-- bs4/dammit.py --
import absent
-- bs4/_lxml.py --
import lxml.etree
def f():
    import cssselect
-- lxml/__init__.py --
-- lxml/etree.so --
-- cssselect.py --
`,
			want: `
__main__ always
bs4 always < __main__:2 from bs4 import Soup
bs4._lxml tried < bs4.element:2 from . import _lxml
bs4.dammit always < bs4.element:5 from . import dammit
bs4.element always < bs4:1 from .element import Soup
cssselect maybe < bs4._lxml:3 import cssselect
lxml tried < bs4._lxml:1 import lxml.etree
lxml.etree tried < bs4._lxml:1 import lxml.etree
8 modules, 1 compiled
`,
		},
		"what a package takes from itself, and what it gives itself": {
			local: "-- __main__.py --\nfrom a import sub, given, made, other\nfrom d import x\n",
			site: `
-- a/__init__.py --
from .real import given
made = 1
from . import other
-- a/sub.py --
-- a/given.py --
-- a/made.py --
-- a/real.py --
-- a/other.py --
-- d/__init__.py --
def __getattr__(n): pass
-- d/x.py --
`,
			want: `
__main__ always
a always < __main__:1 from a import sub, given, made, other
a.given maybe < __main__:1 from a import sub, given, made, other
a.made maybe < __main__:1 from a import sub, given, made, other
a.other always < __main__:1 from a import sub, given, made, other
a.real always < a:1 from .real import given
a.sub always < __main__:1 from a import sub, given, made, other
d always < __main__:2 from d import x
d.x tried < __main__:2 from d import x
9 modules, 0 compiled
`,
		},
		"namespaces over two layers, and local modules first": {
			local: "-- __main__.py --\nimport ns.one, ns.two, both\n-- ns/one.py --\n-- both.py --\n",
			site:  "-- ns/two.py --\nfrom . import three\n-- ns/three.so --\n-- both/__init__.py --\nimport never\n-- never.py --\n",
			want: `
__main__ always
both always < __main__:1 import both
ns always < __main__:1 import ns.one
ns.one always < __main__:1 import ns.one
ns.three always < ns.two:1 from . import three
ns.two always < __main__:1 import ns.two
5 modules, 1 compiled
`,
		},
		"the program alone runs what is for programs": {
			local: "-- __main__.py --\nimport a\nif __name__ == '__main__':\n    import b\n-- a.py --\nif __name__ == '__main__':\n    import c\nimport_module(x)\n-- b.py --\n-- c.py --\n",
			want: `
__main__ always
a always < __main__:1 import a
b always < __main__:3 import b
3 modules, 0 compiled
computed 1
`,
		},
		"machine code goes before its source": {
			local: "-- __main__.py --\nimport p.x\n",
			site:  "-- p/__init__.py --\n-- p/x.py --\nimport y\n-- p/x.so --\n-- y.py --\n",
			want: `
__main__ always
p always < __main__:1 import p.x
p.x always < __main__:1 import p.x
3 modules, 1 compiled
`,
		},
		"the most certain way counts": {
			local: "-- __main__.py --\ndef f():\n    import a\nimport b\n-- a.py --\n-- b.py --\nimport a\n",
			want: `
__main__ always
a always < b:1 import a
b always < __main__:3 import b
3 modules, 0 compiled
`,
		},
		"a package and its program": {
			local:  "-- p/__init__.py --\nfrom . import a\n-- p/__main__.py --\nfrom .b import c\n-- p/a.py --\nfrom .. import too_far\nfrom ...x import y\n-- p/b.py --\n!\n",
			starts: []string{"p.__main__", "p"},
			want: `
p always
p.__main__ always
p.a always < p:1 from . import a
p.b always < p.__main__:1 from .b import c
4 modules, 0 compiled
failed p.b
`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lib := Library{layer(txtar.Parse([]byte(test.local)).Files), layer(txtar.Parse([]byte(test.site)).Files)}
			if test.starts == nil {
				test.starts = []string{"__main__"}
			}
			var starts []*Module
			for _, s := range test.starts {
				starts = append(starts, lib.Module(s))
			}
			g, err := Walk(t.Context(), lib, starts)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, name := range slices.Sorted(maps.Keys(g.visits)) {
				v := g.Visit(name)
				fmt.Fprintf(&b, "%s %s", name, [...]string{"always", "tried", "maybe"}[v.Place])
				if v.By != nil {
					fmt.Fprintf(&b, " < %s:%d %s", v.By.Module.Name, v.Line, v.Imports)
				}
				b.WriteByte('\n')
			}
			modules, compiled := g.Count()
			fmt.Fprintf(&b, "%d modules, %d compiled\n", modules, compiled)
			if g.Computed > 0 {
				fmt.Fprintf(&b, "computed %d\n", g.Computed)
			}
			for name := range g.Failed {
				fmt.Fprintf(&b, "failed %s\n", name)
			}
			if diff := cmp.Diff(strings.TrimPrefix(test.want, "\n"), b.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
