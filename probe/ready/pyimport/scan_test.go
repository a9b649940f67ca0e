package pyimport

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tell writes what a file tells in lines that a test can hold.
func tell(f *File) string {
	var b strings.Builder
	for i := range f.Imports {
		m := &f.Imports[i]
		main := ""
		if m.Main {
			main = " main"
		}
		fmt.Fprintf(&b, "%d %s%s: %s\n", m.Line, [...]string{"always", "tried", "maybe", "never"}[m.Place], main, text(m))
	}
	if len(f.Bound) > 0 {
		fmt.Fprintf(&b, "bound %s\n", strings.Join(f.Bound, " "))
	}
	if f.Dynamic {
		b.WriteString("dynamic\n")
	}
	if f.Computed > 0 {
		fmt.Fprintf(&b, "computed %d\n", f.Computed)
	}
	return b.String()
}

func TestScan(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ src, want string }{
		"plain":     {"import a\nimport b.c, d as e\n", "1 always: import a\n2 always: import b.c\n2 always: import d\nbound a b e\n"},
		"from":      {"from a.b import c, d as e\nfrom . import f\nfrom ...g import *\n", "1 always: from a.b import c, d\n2 always: from . import f\n3 always: from ...g import *\nbound e\ndynamic\n"},
		"brackets":  {"from a import (  # why\n    b,\n    c,\n)\nfrom d import \\\n    e\n", "1 always: from a import b, c\n5 always: from d import e\n"},
		"function":  {"def f():\n    import a\nasync def g(): import b\nimport c\n", "2 maybe: import a\n3 maybe: import b\n4 always: import c\nbound c f g\n"},
		"class":     {"class A:\n    import a\n    def f(self):\n        import b\n", "2 always: import a\n4 maybe: import b\nbound A\n"},
		"condition": {"if x:\n    import a\nelif y:\n    import b\nelse:\n    import c\nimport d\n", "2 maybe: import a\n4 maybe: import b\n6 maybe: import c\n7 always: import d\nbound a b c d\n"},
		"checking":  {"if TYPE_CHECKING:\n    import a\nelse:\n    import b\nif not typing.TYPE_CHECKING:\n    import c\n", "2 never: import a\n4 always: import b\n6 always: import c\nbound a b c\n"},
		"checking elif": {"if TYPE_CHECKING:\n    import a\nelif x:\n    import b\nelse:\n    import c\n",
			"2 never: import a\n4 maybe: import b\n6 maybe: import c\nbound a b c\n"},
		"main":           {"if __name__ == '__main__':\n    import a\nif \"__main__\" == __name__: import b\n", "2 always main: import a\n3 always main: import b\nbound a b\n"},
		"try":            {"try:\n    '''why'''\n    import a\n    from b import c\n    f()\n    import d\nexcept ImportError:\n    import e\nelse:\n    import g\nfinally:\n    import h\n", "3 tried: import a\n4 tried: from b import c\n6 maybe: import d\n8 maybe: import e\n10 maybe: import g\n12 always: import h\nbound a d e g h\n"},
		"try in try":     {"try:\n    try:\n        import a\n    except E:\n        import b\n    import c\nexcept E: pass\n", "3 maybe: import a\n5 maybe: import b\n6 maybe: import c\nbound a b c\n"},
		"with":           {"with suppress(ImportError):\n    import a\n    f()\n    import b\nwith warnings.catch_warnings():\n    f()\n    import c\n", "2 tried: import a\n4 maybe: import b\n7 always: import c\nbound a b c\n"},
		"loops":          {"for a in b:\n    import c\nwhile True:\n    import d\nmatch x:\n    case 1:\n        import e\n", "2 maybe: import c\n4 maybe: import d\n7 maybe: import e\nbound a c d e\n"},
		"match a name":   {"match = 1\nmatch.x\ncase = match\nimport a\n", "4 always: import a\nbound a case match\n"},
		"raise":          {"import a\nraise ImportError('gone')\nimport b\n", "1 always: import a\n3 never: import b\nbound a b\n"},
		"semicolons":     {"x = 1; import a; from b import c\n", "1 always: import a\n1 always: from b import c\nbound a x\n"},
		"lazy":           {"lazy import a\nlazy from b import c\nlazy = 1\n", "1 maybe: import a\n2 maybe: from b import c\nbound a lazy\n"},
		"calls":          {"m = importlib.import_module('a.b')\n__import__(\"c\")\nimport_module(name)\nimport_module('.d', __package__)\nimport_module(f'{x}')\n", "1 maybe: import a.b\n2 maybe: import c\n4 maybe: import .d\nbound m\ncomputed 2\n"},
		"not imports":    {"x.import_\n'import a'\n# import b\nraise E from c\nyield_from = 1\n", "bound yield_from\n"},
		"strings":        {"a = '''\nimport x\n'''\nb = \"\\\"\\\nimport y\"\nc = r'\\'\nd = f'{a['b']!r:{w}}' f\"{{}} import z\"\nimport e\n", "8 always: import e\nbound a b c d e\n"},
		"old f-string":   {"a = f'{x'\nimport b\n", "2 always: import b\nbound a b\n"},
		"f-string lines": {"a = f'''{\n x  # not a ' quote\n}\n'''\nimport b\n", "5 always: import b\nbound a b\n"},
		"line ends":      {"import a\r\nif x:\r\n    import b\r\nimport c\rimport d", "1 always: import a\n3 maybe: import b\n4 always: import c\n5 always: import d\nbound a b c d\n"},
		"tabs":           {"if x:\n\timport a\n        import b\nimport c\n", "2 maybe: import a\n3 maybe: import b\n4 always: import c\nbound a b c\n"},
		"never closed":   {"x = (1,\nimport a\ny = 'abc\nimport b\n", "2 always: import a\n4 always: import b\nbound a b x y\n"},
		"byte order":     {"\ufeffimport a\n", "1 always: import a\nbound a\n"},
		"bound":          {"a = b.c = d[e] = 1\nf, (g, *h) = x\ni += 1\nj: int = 2\nfor k, l in y: pass\nwith o() as (p, q): pass\ntry: pass\nexcept E as r: pass\n(s := 1)\nx == 1\nt(u=1)\n", "bound a b d e f g h i int j k l p q r s t u\n"},
		"not bound":      {"def f(a=1):\n    b = 2\n    global c\n    import d\nclass G:\n    e = 1\n", "4 maybe: import d\nbound G c f\n"},
		"dynamic":        {"def __getattr__(name):\n    pass\n", "bound __getattr__\ndynamic\n"},
		"one line":       {"if x: import a; import b\nelse: import c\ntry: import d\nexcept: import e\n", "1 maybe: import a\n1 maybe: import b\n2 maybe: import c\n3 tried: import d\n4 maybe: import e\nbound a b c d e\n"},
		"lambda":         {"if (lambda: x)(): import a\nf = lambda: 0; import b\n", "1 maybe: import a\n2 always: import b\nbound a b f\n"},
		"letters":        {"import ünïcode.日本\n", "1 always: import ünïcode.日本\nbound ünïcode\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, tell(Scan([]byte(test.src)))); diff != "" {
				t.Errorf("%s\n(-want +got):\n%s", test.src, diff)
			}
		})
	}
}

func FuzzScan(f *testing.F) {
	f.Add([]byte("try:\n    from . import a\nexcept ImportError:\n    x = f'{a['b']:{c}}'\n"))
	f.Add([]byte("if TYPE_CHECKING: import a\nelse: from b import (c,\nd)"))
	f.Add([]byte("f'{f'{f'{f\"{"))
	f.Fuzz(func(t *testing.T, src []byte) {
		file := Scan(src)
		lines := strings.Count(string(src), "\n") + strings.Count(string(src), "\r") + 1
		for i := range file.Imports {
			m := &file.Imports[i]
			if m.Line < 1 || m.Line > lines || m.Module == "" && m.Level == 0 {
				t.Errorf("line %d of %d, module %q, level %d", m.Line, lines, m.Module, m.Level)
			}
		}
	})
}
