package tomldoc

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

const sample = `name = "x"
[project]
dependencies = ["a", "b"]
count = 3

[project.urls]
z = "1"
a = "2"

[[package]]
name = "p"
files = [{ file = "f", size = 7, when = 2026-01-02T03:04:05Z }]
[[package]]
`

func TestWalk(t *testing.T) {
	d, err := Parse("x.toml", []byte("\xef\xbb\xbf"+sample))
	if err != nil {
		t.Fatal(err)
	}
	r := d.Root()
	if got := r.Get("project", "dependencies").Strs(); !reflect.DeepEqual(got, []string{"a", "b"}) {
		t.Errorf("dependencies: %q", got)
	}
	if got := r.Get("project", "urls").Keys(); !reflect.DeepEqual(got, []string{"z", "a"}) {
		t.Errorf("keys are not in the order of the document: %q", got)
	}
	packages := r.Get("package").Items()
	if len(packages) != 2 || packages[1].Line() != 13 {
		t.Fatalf("packages: %d", len(packages))
	}
	f := packages[0].Get("files").Items()[0]
	if f.Get("size").Int() != 7 || f.Get("when").Time().Year() != 2026 || f.Get("file").Line() != 12 {
		t.Errorf("file: %v", f)
	}
	if got := f.Get("when").Path(); got != "package[0].files[0].when" {
		t.Errorf("path: %s", got)
	}
	if r.First("no", "name").Str() != "x" || r.Get("no", "such", "key").Exists() || r.Get("name").StrOrStrs()[0] != "x" {
		t.Error("First or Get of a missing key")
	}
	if err := d.Err(); err != nil {
		t.Errorf("a sound walk recorded %v", err)
	}
}

func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		walk func(Value)
		want string
	}{
		{func(r Value) { r.Get("project", "count").Str() }, "x.toml:4: project.count: a string is needed, not an integer"},
		{func(r Value) { r.Get("name", "sub") }, "x.toml:1: name: a table is needed, not a string"},
		{func(r Value) { r.Get("project", "urls").Items() }, "x.toml:6: project.urls: an array is needed, not a table"},
		{func(r Value) { r.Get("package").Items()[1].Get("name").Need().Str() }, "x.toml:13: package[1].name: missing"},
		{func(r Value) { r.Get("project", "dependencies").Keys() }, "x.toml:3: project.dependencies: a table is needed, not an array"},
		{func(r Value) { r.Get("name").Fail("is %s", "bad"); r.Get("name").Int() }, "x.toml:1: name: is bad"},
		{func(r Value) { r.Get("name").FailErr(errors.New("no good")) }, "x.toml:1: name: no good"},
	} {
		d, err := Parse("x.toml", []byte(sample))
		if err != nil {
			t.Fatal(err)
		}
		tt.walk(d.Root())
		if err := d.Err(); err == nil || err.Error() != tt.want {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ doc, want string }{
		{"a = 1\nb = = 2\n", "x.toml:2: not valid TOML"},
		{"a = 1\n\xff = 2\n", "x.toml:2: not UTF-8 text"},
		{"a = 1\na = 2\n", "x.toml:2: not valid TOML"},
		{"a = \"" + strings.Repeat("x", 1000), "x.toml:1: not valid TOML"},
	} {
		_, err := Parse("x.toml", []byte(tt.doc))
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), tt.want) || len(err.Error()) > 400 {
			t.Errorf("Parse(%.20q): %v, want %s…", tt.doc, err, tt.want)
		}
	}
}
