package tomlpos

import (
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

const doc = `# a comment with = and [
title = "a # b = [c]" # after
"quoted key".'x'."t\tab" = 1

[tool.ftpkg]
python = [
    "3.14t", # ]
    '3.14',
]
accept = [{package = "lxml", cells = ["a", "b"]}, {package = "x"}]
text = """
[not.a.table]
quotes: "" and """""
literal = '''a
b'''
when = 2026-11-21 10:00:00

[[list]]
a = 1
[list.sub]
b = 2
[[list]]
a = { c.d = true }
[[list.inner]]
e = 3
`

func TestFind(t *testing.T) {
	index := Find(doc)
	for _, tt := range []struct {
		key, value string
		line       int
		path       []any
	}{
		{"title", `"a # b = [c]"`, 2, []any{"title"}},
		{`"quoted key".'x'."t\tab"`, "1", 3, []any{"quoted key", "x", "t\tab"}},
		{"tool.ftpkg", "tool.ftpkg", 5, []any{"tool", "ftpkg"}},
		{"'3.14'", "'3.14'", 8, []any{"tool", "ftpkg", "python", 1}},
		{"package", `"lxml"`, 10, []any{"tool", "ftpkg", "accept", 0, "package"}},
		{`"b"`, `"b"`, 10, []any{"tool", "ftpkg", "accept", 0, "cells", 1}},
		{`{package = "x"}`, `{package = "x"}`, 10, []any{"tool", "ftpkg", "accept", 1}},
		{"literal", "'''a\nb'''", 14, []any{"tool", "ftpkg", "literal"}},
		{"when", "2026-11-21 10:00:00", 16, []any{"tool", "ftpkg", "when"}},
		{"a", "1", 19, []any{"list", 0, "a"}},
		{"b", "2", 21, []any{"list", 0, "sub", "b"}},
		{"c.d", "true", 23, []any{"list", 1, "a", "c", "d"}},
		{"e", "3", 25, []any{"list", 1, "inner", 0, "e"}},
		// The nearest place around what is not there.
		{"title", `"a # b = [c]"`, 2, []any{"title", "missing", 3}},
		{"", "", 0, []any{"missing"}},
		{"", "", 0, nil},
	} {
		k, v := index.Key(tt.path...), index.Value(tt.path...)
		if got := doc[k.Start:k.End]; got != tt.key {
			t.Errorf("Key(%q) is %q, want %q", tt.path, got, tt.key)
		}
		if got := doc[v.Start:v.End]; got != tt.value {
			t.Errorf("Value(%q) is %q, want %q", tt.path, got, tt.value)
		}
		if got := index.Line(tt.path...); got != tt.line {
			t.Errorf("Line(%q) = %d, want %d", tt.path, got, tt.line)
		}
	}
}

// What is not well-formed must come to an end.
func TestFindMalformed(t *testing.T) {
	for _, text := range []string{
		"a", "a =", "a = [", "a = {", "a = [}", "a = {b}", "[", "[[", "[a", "[[a", "[[a]", "a.", "'a", `"a\`, "=", "[]", "a = [,]",
		"a = " + strings.Repeat("[", 100_000), strings.Repeat("a = {", 100_000), strings.Repeat("a.", 1_000_000),
	} {
		Find(text)
	}
}

// Whatever decodes has a place for every key and element.
func FuzzFind(f *testing.F) {
	f.Add(doc)
	f.Add("a = [[1, 2], [{b = 3}]]\n[c]\nd.e = 'f'\n")
	f.Add("[[a]]\n[[a.b]]\nc=1\n[[a.b]]\n[[a]]\n[a.d]\n")
	f.Add("a = \"\"\"x\\\"\"\"\"\nb.\"c\\u00e4\" = ''''x'''''\n")
	f.Fuzz(func(t *testing.T, text string) {
		index := Find(text)
		if strings.Count(text, ".") >= maxDepth || strings.Count(text, "[")+strings.Count(text, "{") >= maxDepth {
			return // may be deeper than is followed
		}
		var decoded map[string]any
		if _, err := toml.Decode(text, &decoded); err != nil || strings.HasPrefix(text, "\ufeff") {
			return
		}
		var visit func(v any, path []any, p string)
		visit = func(v any, path []any, p string) {
			if _, ok := index.places[p]; !ok && len(path) > 0 {
				t.Errorf("no place for %q in %q", path, text)
			}
			path = slices.Clip(path)
			switch v := v.(type) {
			case map[string]any:
				for k, e := range v {
					visit(e, append(path, k), keyIn(p, k))
				}
			case []map[string]any:
				for i, e := range v {
					visit(e, append(path, i), itemOf(p, i))
				}
			case []any:
				for i, e := range v {
					visit(e, append(path, i), itemOf(p, i))
				}
			}
		}
		visit(decoded, nil, "")
	})
}
