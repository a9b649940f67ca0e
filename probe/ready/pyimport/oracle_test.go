package pyimport

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// oracle prints, for every fifth source file of the standard library, what CPython's own
// parser finds: line, text and whether it stands in a function, of each import; the
// names that the module's own statements bind; and the imports that stand alone at
// the outermost level.
const oracle = `
import ast, json, pathlib, sys, sysconfig, warnings
warnings.simplefilter("ignore")
def bound(node, names):
    for n in ast.iter_child_nodes(node):
        if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(n.name)
            for g in ast.walk(n):
                if isinstance(g, ast.Global): names.update(g.names)
        elif isinstance(n, ast.AnnAssign) and n.value is None:
            pass
        elif isinstance(n, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            pass
        else:
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store): names.add(n.id)
            if isinstance(n, ast.ExceptHandler) and n.name: names.add(n.name)
            bound(n, names)
def walk(node, inside, out, top):
    for n in ast.iter_child_nodes(node):
        if isinstance(n, ast.Import):
            for a in n.names: out.append([n.lineno, "import " + a.name, inside, top])
        elif isinstance(n, ast.ImportFrom):
            out.append([n.lineno, "from " + "." * n.level + (n.module or "") + " import " + ",".join(a.name for a in n.names), inside, top])
        else:
            walk(n, inside or isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)), out, False)
for path in sorted(pathlib.Path(sysconfig.get_path("stdlib")).rglob("*.py"))[::5]:
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError):
        continue
    out, names = [], set()
    walk(tree, False, out, True)
    bound(tree, names)
    print(json.dumps([str(path), out, sorted(names)]))
`

// What is found in the standard library is what CPython finds there.
func TestOracle(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), runtimetest.FreeThreaded(t), "-I", "-B", "-c", oracle).Output()
	if err != nil {
		t.Fatal(err)
	}
	files, imports := 0, 0
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var row [3]json.RawMessage
		var path string
		var found [][4]any
		var names []string
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		for i, to := range []any{&path, &found, &names} {
			if err := json.Unmarshal(row[i], to); err != nil {
				t.Fatal(err)
			}
		}
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file := Scan(src)
		type line struct {
			Line int
			Text string
		}
		var want, got []line
		inside, top := map[line]bool{}, map[line]bool{}
		for _, f := range found {
			l := line{int(f[0].(float64)), f[1].(string)}
			want = append(want, l)
			inside[l], top[l] = f[2].(bool), f[3].(bool)
		}
		ended := false
		for i := range file.Imports {
			m := &file.Imports[i]
			l := line{m.Line, "import " + m.Module}
			if m.Names != nil {
				l.Text = "from " + strings.Repeat(".", m.Level) + m.Module + " import " + strings.Join(m.Names, ",")
			}
			if !slices.Contains(want, l) && m.Place == Maybe {
				continue // a call
			}
			got = append(got, l)
			ended = ended || m.Place == Never
			switch {
			case inside[l] && m.Place < Maybe:
				t.Errorf("%s:%d: %s stands in a function, and is taken for certain", path, l.Line, l.Text)
			case top[l] && m.Place != Always && !ended:
				t.Errorf("%s:%d: %s stands at the outermost level, and is not taken for certain", path, l.Line, l.Text)
			}
		}
		order := func(a, b line) int {
			if a.Line != b.Line {
				return a.Line - b.Line
			}
			return strings.Compare(a.Text, b.Text)
		}
		slices.SortFunc(want, order)
		slices.SortFunc(got, order)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-CPython +ours):\n%s", path, diff)
		}
		for _, name := range names {
			if !slices.Contains(file.Bound, name) {
				t.Errorf("%s: %s is bound and not seen", path, name)
			}
		}
		files++
		imports += len(want)
	}
	if files < 300 || imports < 2000 {
		t.Errorf("only %d files with %d imports were compared", files, imports)
	}
	t.Logf("%d files, %d imports", files, imports)
}
