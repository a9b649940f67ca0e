package tomlpos

import (
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

const sample = `# a comment with [brackets] and "quotes"
title = "x" # [not.a.table]

[project]
name = 'demo'
dependencies = [
  "numpy>=2; python_version < '3.13'", # one
  # "not this",
  'pandas',

  """multi
line""", "after",
]
"quoted key".sub = { a = 1, b = ["x", {c = 2}] }

[tool.uv.sources]
torch = [
  { index = "cpu", marker = "sys_platform == 'linux'" },
  { index = "gpu" },
]

[[package]]
name = "a"

[package.metadata]
requires-dist = [{ name = "b" }]

[[package]]
name = "c"
[[package.files]]
file = "1"
[[package.files]]
file = "2"
`

func TestLine(t *testing.T) {
	var v map[string]any
	if _, err := toml.Decode(sample, &v); err != nil {
		t.Fatal(err)
	}
	x := Find(sample)
	for _, tt := range []struct {
		path []any
		text string // what the line holds
	}{
		{[]any{"title"}, `title = "x"`},
		{[]any{"project"}, "[project]"},
		{[]any{"project", "name"}, "name = 'demo'"},
		{[]any{"project", "dependencies"}, "dependencies = ["},
		{[]any{"project", "dependencies", 0}, "numpy"},
		{[]any{"project", "dependencies", 1}, "'pandas'"},
		{[]any{"project", "dependencies", 2}, `"""multi`},
		{[]any{"project", "dependencies", 3}, `"after"`},
		{[]any{"project", "quoted key", "sub", "b", 1, "c"}, "quoted key"},
		{[]any{"tool", "uv", "sources", "torch", 1, "index"}, `"gpu"`},
		{[]any{"package", 0, "name"}, `name = "a"`},
		{[]any{"package", 0, "metadata", "requires-dist", 0, "name"}, "requires-dist"},
		{[]any{"package", 1}, "[[package]]"},
		{[]any{"package", 1, "name"}, `name = "c"`},
		{[]any{"package", 1, "files", 0, "file"}, `file = "1"`},
		{[]any{"package", 1, "files", 1, "file"}, `file = "2"`},
		{[]any{"package", 1, "files", 7}, "[[package.files]]"}, // the nearest that exists
	} {
		line := x.Line(tt.path...)
		lines := strings.Split(sample, "\n")
		if line < 1 || line > len(lines) || !strings.Contains(lines[line-1], tt.text) {
			t.Errorf("Line(%v) = %d, want the line of %q", tt.path, line, tt.text)
		}
	}
	if got := x.Line("nothing", "here"); got != 0 {
		t.Errorf("Line of a path that does not exist = %d, want 0", got)
	}
	if got, want := x.Line("package", 1), strings.Count(sample[:strings.LastIndex(sample, "[[package]]")], "\n")+1; got != want {
		t.Errorf("Line of the second package = %d, want %d", got, want)
	}
}

// Every key of a valid document has a line.
func FuzzFind(f *testing.F) {
	f.Add(sample)
	f.Add("a.b.c = 1\n[x.y]\nz = [[1, 2], [3]]\r\n")
	f.Add("a = \"\\u0041\\\"\"\n\"\\u0062\" = 2\n'lit' = '''x'''\n")
	f.Add("k = \"\"\"\"quoted\"\"\"\"\"\nn = 1")
	f.Fuzz(func(t *testing.T, doc string) {
		x := Find(doc) // must return whatever the text
		var v map[string]any
		if _, err := toml.Decode(doc, &v); err != nil {
			return
		}
		lines := strings.Count(doc, "\n") + 1
		for _, n := range x {
			if n < 1 || n > lines {
				t.Fatalf("line %d of %d", n, lines)
			}
		}
		var walk func(path []any, v any, depth int)
		walk = func(path []any, v any, depth int) {
			if depth > 20 {
				return
			}
			if len(path) > 0 && x[string(flatten(path))] == 0 {
				t.Fatalf("no line for %q in %q", path, doc)
			}
			switch v := v.(type) {
			case map[string]any:
				for k, e := range v {
					walk(append(slices.Clip(path), k), e, depth+1)
				}
			case []any:
				for i, e := range v {
					walk(append(slices.Clip(path), i), e, depth+1)
				}
			case []map[string]any:
				for i, e := range v {
					walk(append(slices.Clip(path), i), e, depth+1)
				}
			}
		}
		walk(nil, v, 0)
	})
}

func flatten(path []any) []byte {
	var b []byte
	for _, p := range path {
		if i, ok := p.(int); ok {
			b = appendItem(b, i)
		} else {
			b = appendKey(b, p.(string))
		}
	}
	return b
}
