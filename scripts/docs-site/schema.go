package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A member is a field of a JSON object. An object is a list of them, as fields are
// shown in the order in which they were written.
type member struct {
	name  string
	value any // object, []any, string, json.Number, bool or nil
}

type object []member

func (o object) get(name string) any {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

func (o object) text(name string) string {
	s, _ := o.get(name).(string)
	return s
}

func (o object) object(name string) object {
	v, _ := o.get(name).(object)
	return v
}

func (o object) list(name string) []any {
	v, _ := o.get(name).([]any)
	return v
}

// decode reads a value and keeps the order of its fields.
func decode(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		o := object{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := decode(d)
			if err != nil {
				return nil, err
			}
			o = append(o, member{fmt.Sprint(name), v})
		}
		_, err := d.Token()
		return o, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := decode(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	}
	return t, nil
}

// schemaPage writes a JSON Schema as Markdown: a table of fields for each object.
func schemaPage(name string, text []byte) (string, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := decode(d)
	if err != nil {
		return "", err
	}
	root, ok := v.(object)
	if !ok {
		return "", errors.New("not an object")
	}
	w := schemaWriter{root: root, titles: map[string]bool{}}
	fmt.Fprintf(&w.b, "# %s\n\n", root.text("$id"))
	fmt.Fprintf(&w.b, "%s.", strings.TrimSuffix(root.text("title"), "."))
	if about := root.text("description"); about != "" {
		w.b.WriteString(" " + about)
	}
	fmt.Fprintf(&w.b, "\n\nThe schema itself: [%s.json](%s.json), or `ftpkg schema %s`. [What is promised](README.md#the-promise) of it.\n\n", name, name, name)
	w.object("The document", root)
	for len(w.later) > 0 {
		next := w.later[0]
		w.later = w.later[1:]
		w.object(next.title, next.schema)
	}
	defs := root.object("$defs")
	for _, m := range defs {
		if def, ok := m.value.(object); ok && len(def.object("properties")) == 0 {
			fmt.Fprintf(&w.b, "## %s\n\n%s\n\n", m.name, strings.TrimSpace(w.kind("", def)+"\n\n"+sentence(def.text("description"))))
		}
	}
	return w.b.String(), nil
}

type schemaWriter struct {
	root   object
	b      strings.Builder
	titles map[string]bool
	later  []laterObject
}

type laterObject struct {
	title  string
	schema object
}

// queue puts off the table of an object and returns how it is spoken of.
func (w *schemaWriter) queue(title string, schema object) string {
	if !w.titles[title] {
		w.titles[title] = true
		w.later = append(w.later, laterObject{title, schema})
	}
	return fmt.Sprintf("[%s](#%s)", title, slug(title))
}

func (w *schemaWriter) object(title string, o object) {
	fmt.Fprintf(&w.b, "## %s\n\n", title)
	if about := o.text("description"); about != "" && title != "The document" {
		w.b.WriteString(sentence(about) + "\n\n")
	}
	required := map[string]bool{}
	for _, r := range o.list("required") {
		required[fmt.Sprint(r)] = true
	}
	if fields := o.object("properties"); len(fields) > 0 {
		w.b.WriteString("| field | type | meaning |\n|---|---|---|\n")
		for _, f := range fields {
			schema, _ := f.value.(object)
			path := f.name
			if title != "The document" {
				path = strings.TrimSuffix(title, "[]") + "." + f.name
			}
			mark := ""
			if !required[f.name] {
				mark = " *optional*"
			}
			about := sentence(schema.text("description"))
			if ref := schema.text("$ref"); about == "" && ref != "" {
				about = sentence(w.resolve(ref).text("description"))
			}
			fmt.Fprintf(&w.b, "| `%s`%s | %s | %s |\n", f.name, mark, cell(w.kind(path, schema)), cell(about))
		}
		w.b.WriteString("\n")
	}
	if more, ok := o.get("additionalProperties").(object); ok {
		fmt.Fprintf(&w.b, "Any other field is %s. %s\n\n", w.kind(strings.TrimSuffix(title, "[]")+".*", more), sentence(more.text("description")))
	}
}

func (w *schemaWriter) resolve(ref string) object {
	name, _ := strings.CutPrefix(ref, "#/$defs/")
	return w.root.object("$defs").object(name)
}

// kind says of what type a value is, as Markdown.
func (w *schemaWriter) kind(path string, o object) string {
	if ref := o.text("$ref"); ref != "" {
		name := strings.TrimPrefix(ref, "#/$defs/")
		if def := w.resolve(ref); len(def.object("properties")) > 0 {
			return w.queue(name, def)
		}
		return fmt.Sprintf("[%s](#%s)", name, slug(name))
	}
	if v := o.get("const"); v != nil {
		return fmt.Sprintf("`%v`", literal(v))
	}
	if values := o.list("enum"); len(values) > 0 {
		words := make([]string, len(values))
		for i, v := range values {
			words[i] = "`" + literal(v) + "`"
		}
		return strings.Join(words, ", ")
	}
	for _, key := range []string{"anyOf", "oneOf"} {
		if list := o.list(key); len(list) > 0 {
			var kinds []string
			for _, v := range list {
				if alternative, ok := v.(object); ok {
					kinds = append(kinds, w.kind(path, alternative))
				}
			}
			return strings.Join(slices.Compact(kinds), " or ")
		}
	}
	var types []string
	switch t := o.get("type").(type) {
	case string:
		types = []string{t}
	case []any:
		for _, v := range t {
			types = append(types, fmt.Sprint(v))
		}
	}
	for i, t := range types {
		types[i] = w.named(path, t, o)
	}
	if len(types) == 0 {
		return "anything"
	}
	return strings.Join(types, " or ")
}

// named is one type of a value.
func (w *schemaWriter) named(path, t string, o object) string {
	switch t {
	case "array":
		item := o.object("items")
		if item == nil {
			return "list"
		}
		return "list of " + w.kind(path+"[]", item)
	case "object":
		if len(o.object("properties")) > 0 {
			return w.queue(path, o)
		}
		if values, ok := o.get("additionalProperties").(object); ok {
			return "map to " + w.kind(path+".*", values)
		}
	case "string":
		if f := o.text("format"); f != "" {
			return f
		}
		if p := o.text("pattern"); p != "" {
			return "string matching `" + p + "`"
		}
	}
	return t
}

func literal(v any) string {
	if v == nil {
		return "null"
	}
	if s := fmt.Sprint(v); s != "" {
		return s
	}
	return `""`
}

// sentence ends a text with a period, if it is one.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s != "" && !strings.ContainsAny(s[len(s)-1:], ".!?:") {
		s += "."
	}
	return s
}

// cell makes a text fit into a cell of a table.
func cell(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
}
