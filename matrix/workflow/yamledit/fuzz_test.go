package yamledit_test

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"github.com/ftpkg/ftpkg/matrix/workflow/yamledit"
)

// An edit is one that a test makes at random, and what it should do to values.
type edit struct {
	kind string
	path path
	i    int
	text string
	from int
	to   int
}

// apply makes the edit of a document.
func (e *edit) apply(d *yamledit.Document) error {
	switch e.kind {
	case "set":
		return d.Set(e.path, e.text)
	case "replace":
		return d.Replace(e.path, e.from, e.to, e.text)
	case "insert":
		return d.Insert(e.path, e.i, e.text)
	case "put":
		return d.Put(e.path, "", e.text)
	}
	return d.Delete(e.path)
}

// change makes the same edit of decoded values, which knows nothing of text.
func (e *edit) change(v any, path path) any {
	if len(path) > 0 && (e.kind != "delete" || len(path) > 1) {
		switch s := path[0].(type) {
		case int:
			list := v.([]any)
			list[s] = e.change(list[s], path[1:])
		case string:
			m := v.(map[string]any)
			m[s] = e.change(m[s], path[1:])
		}
		return v
	}
	var value any
	switch e.kind {
	case "set":
		return e.text
	case "replace":
		s := v.(string)
		return s[:e.from] + e.text + s[e.to:]
	case "insert":
		if err := yaml.Unmarshal([]byte(e.text+"\n"), &value); err != nil {
			panic(err)
		}
		return slices.Insert(v.([]any), e.i, value)
	case "put":
		var m map[string]any
		if err := yaml.Unmarshal([]byte(e.text+"\n"), &m); err != nil {
			panic(err)
		}
		maps.Copy(v.(map[string]any), m)
		return v
	}
	if i, ok := path[0].(int); ok {
		return slices.Delete(v.([]any), i, i+1)
	}
	delete(v.(map[string]any), path[0].(string))
	return v
}

// targets lists the paths of all nodes below one, without following aliases.
func targets(n *yaml.Node, at path) []path {
	list := []path{at}
	switch n.Kind {
	case yaml.SequenceNode:
		for i, c := range n.Content {
			list = append(list, targets(c, at.Then(i))...)
		}
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			list = append(list, targets(n.Content[i+1], at.Then(yamledit.Resolve(n.Content[i]).Value))...)
		}
	}
	return list
}

var pieces = []string{"x", "3.10", "yes", "it's", "a: b", "- x", "# no", "", " ", "é", "a #b", "[x]", "\"", "\\", "*a", "&a x", "${{ matrix.a }}", "cp314t-*", "line\nline"}

// choose makes an edit of a document from numbers.
func choose(d *yamledit.Document, a, b, c uint) *edit {
	if d.Root() == nil {
		return nil
	}
	all := targets(d.Root(), nil)
	e := &edit{path: all[a%uint(len(all))], text: pieces[b%uint(len(pieces))]}
	n := d.Find(e.path)
	kinds := []string{"delete"}
	switch n.Kind {
	case yaml.ScalarNode:
		kinds = []string{"set", "replace", "delete"}
	case yaml.SequenceNode:
		kinds = []string{"insert", "delete"}
		e.i = int(b % uint(len(n.Content)+1))
	case yaml.MappingNode:
		kinds = []string{"put", "delete"}
	}
	e.kind = kinds[c%uint(len(kinds))]
	switch e.kind {
	case "replace":
		if n.ShortTag() != "!!str" {
			return nil
		}
		e.from = int(b % uint(len(n.Value)+1))
		e.to = e.from + int(c%uint(len(n.Value)+1-e.from))
	case "insert":
		e.text = []string{"x", "'3.14t'", "{a: b}", "[x, y]", "a: b\nc: [d]", "a: |\n  text\n\n  more"}[b%6]
	case "put":
		e.text = []string{"new: x", "new: {a: b}", "new:\n  - x", "new: |\n  text"}[b%4]
		if yamledit.Lookup(n, "new") != nil || len(n.Content) == 0 {
			return nil
		}
	case "delete":
		if len(e.path) == 0 {
			return nil
		}
	}
	return e
}

// check makes an edit and says what is wrong about the result: the error is that of
// the edit.
func check(text string, e *edit) (string, error) {
	d, err := yamledit.Parse(text)
	if err != nil {
		return "", err
	}
	var want, got any
	decodes := yaml.Unmarshal([]byte(text), &want) == nil && !strings.ContainsAny(text, "&*<!") && stringKeys(d.Root())
	node := d.Find(e.path)
	first := node.Line
	if err := e.apply(d); err != nil {
		if d.Text() != text {
			return "an edit that failed changed the text", err
		}
		return "", err
	}
	if decodes && strings.IndexFunc(text, func(r rune) bool { return r == '\u0085' }) < 0 {
		want = e.change(want, e.path)
		if err := yaml.Unmarshal([]byte(d.Text()), &got); err != nil {
			return "the result does not decode: " + err.Error(), nil //nolint:nilerr // that is a fault of the edit, not its error
		}
		if !reflect.DeepEqual(got, want) && !nan(want) {
			return fmt.Sprintf("got %v, want %v", got, want), nil
		}
	}
	switch e.kind {
	case "insert", "put":
		if !subsequence(text, d.Text()) {
			return "something was lost", nil
		}
	case "delete":
		if !subsequence(d.Text(), text) {
			return "something was added", nil
		}
	default:
		before, after := lineBreak.Split(text, -1), lineBreak.Split(d.Text(), -1)
		if len(before) >= first && len(after) >= first && !slices.Equal(before[:first-1], after[:first-1]) {
			return "lines before the value changed", nil
		}
	}
	return "", nil
}

// stringKeys reports whether all keys are strings.
func stringKeys(n *yaml.Node) bool {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && c.ShortTag() != "!!str" || !stringKeys(c) {
			return false
		}
	}
	return true
}

// lineBreak is what YAML takes for the end of a line.
var lineBreak = regexp.MustCompile("\r\n|[\n\r\u0085\u2028\u2029]")

func nan(v any) bool { return strings.Contains(fmt.Sprint(v), "NaN") }

// subsequence reports whether the bytes of a stand in b in their order.
func subsequence(a, b string) bool {
	for i := 0; i < len(b) && a != ""; i++ {
		if a[0] == b[i] {
			a = a[1:]
		}
	}
	return a == ""
}

// FuzzEdit: an edit of any document makes the intended change and no other, or none.
func FuzzEdit(f *testing.F) {
	names, err := filepath.Glob(filepath.Join("..", "..", "lint", "testdata", "*.txtar"))
	if err != nil || len(names) == 0 {
		f.Fatalf("%d samples, %v", len(names), err)
	}
	for i, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(a.Files[0].Data), uint(3*i), uint(i), uint(i))
	}
	for i, text := range []string{
		"a: [x, 'y', \"z\"] # c\n", "a:\r\n- x\r\n- y: 1\r\n  z: 2\r\n", "a: |+\n  x\n\n\nb: >-\n  y\n  z\n", "- - a\n  - b\n-\n  c: d\n", "{a: b, c: , d}\n", "a: &x [1]\nb: *x\n",
		"a:\n  b\n  c\n", "a: 'x\n\n  y'\n", "? a\n: b\n", "a: !!str 1\n", "\ufeffa: b\n", "a: [\n  x, # one\n  y  # two\n]\n", "a: |2\n    x\n   y\n", "a: >\n  x\n\n   y\n  z\n\nb:\n",
	} {
		for c := range uint(6) {
			f.Add(text, uint(i)+c, c, c)
		}
	}
	f.Fuzz(func(t *testing.T, text string, a, b, c uint) {
		d, err := yamledit.Parse(text)
		if err != nil {
			return
		}
		e := choose(d, a, b, c)
		if e == nil {
			return
		}
		if fault, _ := check(text, e); fault != "" {
			t.Errorf("%s of %s (%d, %q, %d:%d): %s\n%s", e.kind, e.path, e.i, e.text, e.from, e.to, fault, text)
		}
	})
}

// Documents as people write them can be edited everywhere: only what the limits name
// is refused.
func TestOrdinaryDocuments(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		w := &writer{r: r, eol: rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(r, "eol")}
		w.mapping("", 0)
		text := w.b.String()
		d, err := yamledit.Parse(text)
		if err != nil {
			r.Fatalf("%v\n%s", err, text)
		}
		e := choose(d, rapid.Uint().Draw(r, "a"), rapid.Uint().Draw(r, "b"), rapid.Uint().Draw(r, "c"))
		if e == nil {
			return
		}
		fault, err := check(text, e)
		if fault != "" {
			r.Fatalf("%s of %s (%d, %q, %d:%d): %s\n%s", e.kind, e.path, e.i, e.text, e.from, e.to, fault, text)
		}
		if err == nil {
			return
		}
		n, parent := d.Find(e.path), d.Find(e.path[:max(len(e.path)-1, 0)])
		switch {
		case !errors.Is(err, yamledit.ErrShape):
		case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 && e.kind == "set":
			return
		case e.kind == "replace": // what the piece of text means depends on its place
			return
		case e.kind == "delete" && parent.Style&yaml.FlowStyle == 0 && len(parent.Content) <= 2:
			return
		case strings.Contains(e.text, "\n") && n.Style&yaml.FlowStyle != 0:
			return
		}
		r.Fatalf("%s of %s (%q): %v\n%s", e.kind, e.path, e.text, err, text)
	})
}

// A writer writes documents at random.
type writer struct {
	r   *rapid.T
	b   strings.Builder
	eol string
}

func (w *writer) pick(name string, n int) int { return rapid.IntRange(0, n-1).Draw(w.r, name) }

func (w *writer) line(s string) {
	w.b.WriteString(s)
	if w.pick("comment", 4) == 0 {
		w.b.WriteString(" # why")
	}
	w.b.WriteString(w.eol)
}

func (w *writer) above(indent string) {
	switch w.pick("above", 6) {
	case 0:
		w.b.WriteString(indent + "# about this" + w.eol)
	case 1:
		w.b.WriteString(w.eol)
	}
}

var words = []string{"x", "cp314-*", "3.10", `"3.14"`, "'a b'", "true", "ubuntu-24.04", "${{ matrix.os }}", "a b c", `"it's"`, "pp* cp3??t-*"}

func (w *writer) mapping(indent string, depth int) {
	for i := range 1 + w.pick("keys", 3) {
		if i > 0 || depth == 0 {
			w.above(indent)
		}
		lead := indent
		if i == 0 && depth > 0 && strings.HasSuffix(w.b.String(), "- ") {
			lead = ""
		}
		w.entry(lead, indent, fmt.Sprintf("k%d", i), depth)
	}
}

func (w *writer) entry(lead, indent, key string, depth int) {
	kind := w.pick("kind", 8)
	if depth > 3 {
		kind %= 4
	}
	switch kind {
	case 0, 1:
		w.line(lead + key + ": " + words[w.pick("word", len(words))])
	case 2:
		w.flow(lead, indent, key)
	case 3:
		w.b.WriteString(lead + key + ": " + []string{"|", ">", "|-", ">-"}[w.pick("block", 4)] + w.eol)
		for range 1 + w.pick("lines", 3) {
			w.b.WriteString(indent + "  " + []string{"pip install .", "pytest -q", "# no comment", "a  b"}[w.pick("text", 4)] + w.eol)
		}
	case 4, 5:
		w.b.WriteString(lead + key + ":" + w.eol)
		w.mapping(indent+"  ", depth+1)
	default:
		w.b.WriteString(lead + key + ":" + w.eol)
		deeper := indent + "  "
		if w.pick("indented", 3) == 0 {
			deeper = indent
		}
		for range 1 + w.pick("items", 3) {
			w.above(deeper)
			if w.pick("item", 2) == 0 {
				w.line(deeper + "- " + words[w.pick("word", len(words))])
				continue
			}
			w.b.WriteString(deeper + "- ")
			w.mapping(deeper+"  ", depth+1)
		}
	}
}

func (w *writer) flow(lead, indent, key string) {
	n := w.pick("items", 4)
	var items []string
	for range n {
		items = append(items, []string{"x", `"3.14"`, "'y'", "[a, b]", "{a: b}"}[w.pick("item", 5)])
	}
	if n > 0 && w.pick("lines", 3) == 0 {
		w.b.WriteString(lead + key + ": [" + w.eol)
		for i, item := range items {
			if i < n-1 || w.pick("last comma", 2) == 0 {
				item += ","
			}
			w.line(indent + "  " + item)
		}
		w.line(indent + "  ]")
		return
	}
	w.line(lead + key + ": [" + strings.Join(items, ", ") + "]")
}
