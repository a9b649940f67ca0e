package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// forbidden are the calls that tie a library to the process it runs in: they are
// made in cmd, and what they return is handed down.
func forbidden(pkg, name string) bool {
	switch pkg {
	case "os":
		return slices.Contains([]string{
			"Getenv", "LookupEnv", "Environ", "ExpandEnv", "Exit", "Args", "Stdin", "Stdout", "Stderr",
			"Getwd", "UserHomeDir", "UserCacheDir", "UserConfigDir", "Hostname", "Executable",
		}, name)
	case "time":
		return slices.Contains([]string{"Now", "Since", "Until"}, name)
	case "fmt":
		return slices.Contains([]string{"Print", "Printf", "Println"}, name)
	case "log":
		return name != "New" && name != "Logger"
	case "flag":
		return true
	case "net/http":
		return slices.Contains([]string{"DefaultClient", "DefaultTransport", "Get", "Head", "Post", "PostForm", "ProxyFromEnvironment"}, name)
	case "syscall":
		return slices.Contains([]string{"Getenv", "Exit"}, name)
	}
	return false
}

// isLibrary reports whether the rules of libraries hold for a package: not for
// commands, nor for a server that only tests start.
func isLibrary(path string) bool {
	return !in(path, "cmd", "scripts", "resolver/indextest", "probe/runtime/runtimetest", "probe/probetest")
}

func TestLibrariesStandAlone(t *testing.T) {
	t.Parallel()
	files := 0
	for _, p := range list(t) {
		path, ours := rel(p.ImportPath)
		if !ours || !isLibrary(path) {
			continue
		}
		for _, name := range p.GoFiles {
			files++
			faults, err := inspect(filepath.Join(p.Dir, name), nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range faults {
				t.Errorf("%s/%s", path, f)
			}
		}
	}
	if files == 0 {
		t.Error("no file was checked")
	}
}

// inspect returns what a source file does that a library may not.
func inspect(name string, src any) ([]string, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	imports := map[string]string{} // by the name used in the file
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		local := path[strings.LastIndexByte(path, '/')+1:]
		if spec.Name != nil {
			local = spec.Name.Name
		}
		imports[local] = path
	}
	var faults []string
	at := func(pos token.Pos, format string, args ...any) {
		p := fset.Position(pos)
		faults = append(faults, fmt.Sprintf("%s:%d: %s", filepath.Base(name), p.Line, fmt.Sprintf(format, args...)))
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Name.Name == "init" && n.Recv == nil {
				at(n.Pos(), "func init: state that nobody asked for")
			}
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && forbidden(imports[x.Name], n.Sel.Name) {
				at(n.Pos(), "%s.%s belongs in cmd: take it as an argument", x.Name, n.Sel.Name)
			}
		case *ast.CallExpr:
			if x, ok := n.Fun.(*ast.Ident); ok && (x.Name == "print" || x.Name == "println") {
				at(n.Pos(), "%s writes where nobody asked", x.Name)
			}
		}
		return true
	})
	return faults, nil
}

func TestInspectCanFail(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]int{
		`import "os"; var x = os.Getenv("A")`:                       1,
		`import e "os"; func f() { e.Exit(1) }`:                     1,
		`import "time"; func f() time.Time { return time.Now() }`:   1,
		`import "time"; var now = time.Now`:                         1,
		`import "fmt"; func f() { fmt.Println() }`:                  1,
		`import "fmt"; func f() string { return fmt.Sprint() }`:     0,
		`import "net/http"; var c = http.DefaultClient`:             1,
		`import "net/http"; var c = http.StatusOK`:                  0,
		`import "example.invalid/time"; func f() { time.Sleep(0) }`: 0,
		`func init() {}`:                                                      1,
		`type t struct{}; func (t) init() {}`:                                 0,
		`func f() { println() }`:                                              1,
		`import "os"; func f() { _, _ = os.ReadFile("x") }`:                   0,
		`import "log"; func f() { log.Print() }`:                              1,
		`import "log/slog"; func f(l *slog.Logger) { l.Info("x") }`:           0,
		`import "flag"; var f = flag.Bool("x", false, "")`:                    1,
		`import "time"; type clock func() time.Time; var d = 3 * time.Second`: 0,
	} {
		faults, err := inspect("x.go", "package x\n"+src)
		if err != nil {
			t.Fatal(err)
		}
		if len(faults) != want {
			t.Errorf("%s: %q, want %d faults", src, faults, want)
		}
	}
}
