package yamledit_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/matrix/workflow/yamledit"
)

type path = yamledit.Path

func parse(t *testing.T, text string) *yamledit.Document {
	t.Helper()
	d, err := yamledit.Parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return d
}

func TestEdits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		edit       func(d *yamledit.Document) error
		want       string // "" for ErrShape
	}{
		{
			"a plain scalar keeps its comment", "on: push\nruns-on: macos-13  # Intel\n",
			func(d *yamledit.Document) error { return d.Set(path{"runs-on"}, "macos-15-intel") },
			"on: push\nruns-on: macos-15-intel  # Intel\n",
		},
		{
			"a number becomes a string", "python: [3.9, 3.10, '3.11']\n",
			func(d *yamledit.Document) error { return d.Set(path{"python", 1}, "3.10") },
			"python: [3.9, '3.10', '3.11']\n",
		},
		{
			"quotes stay", "a: \"x\"\nb: 'it''s'\n",
			func(d *yamledit.Document) error {
				return errors.Join(d.Set(path{"a"}, `y "z"`), d.Set(path{"b"}, "it's not"))
			},
			"a: \"y \\\"z\\\"\"\nb: 'it''s not'\n",
		},
		{
			"an empty value", "a:\nb: 1\n",
			func(d *yamledit.Document) error { return d.Set(path{"a"}, "x") },
			"a: x\nb: 1\n",
		},
		{
			"an anchor stays", "a: &x one # c\nb: *x\n",
			func(d *yamledit.Document) error { return d.Set(path{"b"}, "two") },
			"a: &x two # c\nb: *x\n",
		},
		{
			"CRLF", "a:\r\n  - x\r\n  - y\r\nb: 1\r\n",
			func(d *yamledit.Document) error { return d.Insert(path{"a"}, 1, "new: z\nmore: 1") },
			"a:\r\n  - x\r\n  - new: z\r\n    more: 1\r\n  - y\r\nb: 1\r\n",
		},
		{
			"an item at the end, without a last break", "a:\n- x\n- y",
			func(d *yamledit.Document) error { return d.Insert(path{"a"}, 2, "z") },
			"a:\n- x\n- y\n- z",
		},
		{
			"an item at the start, above the comment", "a:\n  # about x\n  - x\n",
			func(d *yamledit.Document) error { return d.Insert(path{"a"}, 0, "w") },
			"a:\n  - w\n  # about x\n  - x\n",
		},
		{
			"steps with blank lines between", "steps:\n  - uses: a\n\n  - run: |\n      b\n      c\n\n  - uses: d\n",
			func(d *yamledit.Document) error { return d.Insert(path{"steps"}, 2, "run: new") },
			"steps:\n  - uses: a\n\n  - run: |\n      b\n      c\n\n  - run: new\n\n  - uses: d\n",
		},
		{
			"a flow sequence", `python: ["3.13", "3.14"] # versions`,
			func(d *yamledit.Document) error { return d.Insert(path{"python"}, 2, `"3.14t"`) },
			`python: ["3.13", "3.14", "3.14t"] # versions`,
		},
		{
			"an empty flow sequence", "a: [ ]\n",
			func(d *yamledit.Document) error { return d.Insert(path{"a"}, 0, "x") },
			"a: [x ]\n",
		},
		{
			"a flow sequence of lines, with a last comma", "p: [\n    'a', # first\n    'b', # second\n  ]\n",
			func(d *yamledit.Document) error { return d.Insert(path{"p"}, 2, "'c'") },
			"p: [\n    'a', # first\n    'b', # second\n    'c',\n  ]\n",
		},
		{
			"a flow sequence of lines, without a last comma", "p: [\n  'a',\n  'b' # second\n]\n",
			func(d *yamledit.Document) error { return d.Insert(path{"p"}, 2, "'c'") },
			"p: [\n  'a',\n  'b', # second\n  'c'\n]\n",
		},
		{
			"a flow sequence of lines, inside", "p: [\n  'a',\n  'b'\n]\n",
			func(d *yamledit.Document) error { return d.Insert(path{"p"}, 1, "'c'") },
			"p: [\n  'a',\n  'c',\n  'b'\n]\n",
		},
		{
			"pairs", "p: [[cp313, \"3.13\"], [cp314, \"3.14\"]]\n",
			func(d *yamledit.Document) error { return d.Insert(path{"p"}, 2, `[cp314t, "3.14t"]`) },
			"p: [[cp313, \"3.13\"], [cp314, \"3.14\"], [cp314t, \"3.14t\"]]\n",
		},
		{
			"rows in braces", "include:\n  - {os: a, py: b}\n  # the last\n  - { os: c, py: d } # x\nmore: 1\n",
			func(d *yamledit.Document) error { return d.Insert(path{"include"}, 2, "{ os: c, py: dt }") },
			"include:\n  - {os: a, py: b}\n  # the last\n  - { os: c, py: d } # x\n  - { os: c, py: dt }\nmore: 1\n",
		},
		{
			"an entry", "env:\n  A: 1 # one\n\nb: 2\n",
			func(d *yamledit.Document) error { return d.Put(path{"env"}, "", "B: two") },
			"env:\n  A: 1 # one\n  B: two\n\nb: 2\n",
		},
		{
			"an entry with a mapping, behind another", "jobs:\n  a:\n    runs-on: x\n    steps: []\n",
			func(d *yamledit.Document) error { return d.Put(path{"jobs", "a"}, "runs-on", "env:\n  A: b") },
			"jobs:\n  a:\n    runs-on: x\n    env:\n      A: b\n    steps: []\n",
		},
		{
			"an entry in a step", "steps:\n  - uses: a\n    with: {x: y}\n",
			func(d *yamledit.Document) error { return d.Put(path{"steps", 0}, "uses", "if: z") },
			"steps:\n  - uses: a\n    if: z\n    with: {x: y}\n",
		},
		{
			"an entry in braces", "with: {x: y} # c\n",
			func(d *yamledit.Document) error { return d.Put(path{"with"}, "", "a: b") },
			"with: {x: y, a: b} # c\n",
		},
		{
			"a part of a folded block", "skip: >-\n  pp*\n  cp3??t-*\n  *-musllinux_*\nb: 1\n",
			func(d *yamledit.Document) error { return d.Replace(path{"skip"}, 4, 13, "") },
			"skip: >-\n  pp*\n  *-musllinux_*\nb: 1\n",
		},
		{
			"a part of a literal block", "run: |\n  pip install x\n\n  pytest -q\n  # end\nb: 1\n",
			func(d *yamledit.Document) error { return d.Replace(path{"run"}, 21, 21, " --parallel-threads=auto") },
			"run: |\n  pip install x\n\n  pytest --parallel-threads=auto -q\n  # end\nb: 1\n",
		},
		{
			"a part of a quoted string", "a: \"x cp314* y\"\n",
			func(d *yamledit.Document) error { return d.Replace(path{"a"}, 2, 8, "cp314-*") },
			"a: \"x cp314-* y\"\n",
		},
		{
			"an item", "a:\n  - x # one\n  # about y\n  - y # two\n  - z\n",
			func(d *yamledit.Document) error { return d.Delete(path{"a", 1}) },
			"a:\n  - x # one\n  # about y\n  - z\n",
		},
		{
			"the last item, without a break", "a:\n  - x\n  - y",
			func(d *yamledit.Document) error { return d.Delete(path{"a", 1}) },
			"a:\n  - x",
		},
		{
			"the first key of an item", "a:\n  - x: 1\n    y: 2\n",
			func(d *yamledit.Document) error { return d.Delete(path{"a", 0, "x"}) },
			"a:\n  - y: 2\n",
		},
		{
			"an entry with lines", "env:\n  A: 1\n  B: |\n    x\n    y\n\n  C: 2\n",
			func(d *yamledit.Document) error { return d.Delete(path{"env", "B"}) },
			"env:\n  A: 1\n\n  C: 2\n",
		},
		{
			"items of brackets", "a: [x, y, z]\n",
			func(d *yamledit.Document) error {
				return errors.Join(d.Delete(path{"a", 1}), d.Delete(path{"a", 1}), d.Delete(path{"a", 0}))
			},
			"a: []\n",
		},
		{
			"the only item", "a:\n  - x\n",
			func(d *yamledit.Document) error { return d.Delete(path{"a", 0}) }, "",
		},
		{
			"what an alias needs", "a: &x 1\nb: *x\n",
			func(d *yamledit.Document) error { return d.Delete(path{"a"}) }, "",
		},
		{
			"a key that is there", "a: 1\nb: 2\n",
			func(d *yamledit.Document) error { return d.Put(nil, "a", "b: 3") }, "",
		},
		{
			"escapes", "a: \"x\\ty\"\n",
			func(d *yamledit.Document) error { return d.Replace(path{"a"}, 0, 1, "z") }, "",
		},
		{
			"a block as a whole", "a: |\n  x\n",
			func(d *yamledit.Document) error { return d.Set(path{"a"}, "z") }, "",
		},
		{
			"what would change the next line", "a: x\n",
			func(d *yamledit.Document) error { return d.Replace(path{"a"}, 0, 1, "z: y") }, "",
		},
	} {
		d := parse(t, tt.text)
		err := tt.edit(d)
		if tt.want == "" {
			if !errors.Is(err, yamledit.ErrShape) || d.Text() != tt.text {
				t.Errorf("%s: %v\n%s", tt.name, err, d.Text())
			}
			continue
		}
		if err != nil || d.Text() != tt.want {
			t.Errorf("%s: %v\ngot\n%s\nwant\n%s", tt.name, err, d.Text(), tt.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: [1\nb: 2\n":                      "line 1: did not find expected ',' or ']'",
		"a: 1\na: 2\n":                       `line 2, column 1: the key "a" is here twice`,
		"a: 1\n---\nb: 2\n":                  "line 2: a second document begins",
		"? [x]\n: 1\n":                       "line 1, column 3: a key that is no scalar",
		"a: *x\n":                            "line 1: unknown anchor 'x' referenced",
		"\xff\xfea\x00":                      "not UTF-8",
		"a:\n\tb: 1\n":                       "line 2: found character that cannot start any token",
		"on: push\njobs:\n  a: {}\n b: {}\n": "line 4: did not find expected key",
		"a: 1\nb: *x\n":                      "line 2: unknown anchor 'x' referenced",
		strings.Repeat("[", 300) + strings.Repeat("]", 300): "line 1, column 202: nested too deeply",
		"a: b: c\n":                "line 1: mapping values are not allowed in this context",
		"a: \"\n":                  "line 1: found unexpected end of stream",
		"a: 1\n b: 2\n":            "line 2: mapping values are not allowed in this context",
		"jobs:\n  a:\n   b\n  c\n": "line 4: could not find expected ':'",
	} {
		_, err := yamledit.Parse(text)
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestSource(t *testing.T) {
	t.Parallel()
	d := parse(t, "a:\r\n  - x: 1 # one\r\n    # about y\r\n    y: [b,\r\n        c]\r\n\r\n  - &n 2\r\n")
	if text, ok := d.Source(d.Find(path{"a", 0})); !ok || text != "x: 1 # one\n# about y\ny: [b,\n    c]" {
		t.Errorf("%q, %v", text, ok)
	}
	if text, ok := d.Source(d.Find(path{"a", 1})); ok {
		t.Errorf("%q", text)
	}
	text, _ := d.Source(d.Find(path{"a", 0}))
	if err := d.Insert(path{"a"}, 1, text); err != nil || strings.Count(d.Text(), "x: 1 # one\r\n    # about y\r\n    y: [b,\r\n        c]\r\n") != 2 {
		t.Errorf("%v\n%s", err, d.Text())
	}
	if err := d.Insert(path{"a"}, 0, "&n 3"); !errors.Is(err, yamledit.ErrShape) {
		t.Error(err)
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	d := parse(t, "\ufeffa: &x {b: [1, {c: é}]}\nd: *x\n")
	for _, p := range []path{{"a", "b", 1, "c"}, {"d", "b", 1, "c"}} {
		n := d.Find(p)
		if n == nil || n.Value != "é" {
			t.Errorf("%s: %v", p, n)
		}
	}
	for _, p := range []path{{"e"}, {"a", 0}, {"a", "b", 2}, {"a", "b", -1}, {"a", "b", 0, "x"}, {1.5}} {
		if n := d.Find(p); n != nil {
			t.Errorf("%v: %v", p, n)
		}
		if d.Set(p, "x") == nil || d.Delete(p) == nil || d.Insert(p, 0, "x") == nil || d.Put(p, "", "a: b") == nil || d.Replace(p, 0, 0, "") == nil {
			t.Errorf("%v can be edited", p)
		}
	}
	if got := (path{"jobs", "a", "steps", 3, "run"}).String(); got != "jobs.a.steps[3].run" {
		t.Error(got)
	}
}
