package tomldoc

import (
	"slices"
	"sort"
	"time"
)

// Value is a value of a document, or the lack of one, at a path. Reading it as
// another type than it has records a fault and gives the zero value; reading a
// missing value gives the zero value.
type Value struct {
	doc  *Doc
	path []any
	v    any
}

// Exists reports whether the document has the value.
func (v Value) Exists() bool { return v.v != nil }

// Need records a fault if the value is missing.
func (v Value) Need() Value {
	if !v.Exists() {
		v.Fail("missing")
	}
	return v
}

// Line returns the line of the value, or of the table that lacks it.
func (v Value) Line() int { return v.doc.lineOf(v.path) }

// Path returns the value's path, "project.dependencies[2]".
func (v Value) Path() string { return pathString(v.path) }

// Fail records a fault at the value unless one was recorded before.
func (v Value) Fail(format string, args ...any) { v.doc.fail(v.path, nil, format, args...) }

// FailErr records err as a fault at the value.
func (v Value) FailErr(err error) { v.doc.fail(v.path, err, "%v", err) }

// child returns the value one step further down.
func (v Value) child(step, x any) Value {
	return Value{doc: v.doc, path: append(slices.Clip(v.path), step), v: x}
}

// Get returns the value at a path of keys below a table.
func (v Value) Get(keys ...string) Value {
	for _, k := range keys {
		var x any
		switch t := v.v.(type) {
		case nil:
		case map[string]any:
			x = t[k]
		default:
			v.wrong("a table")
		}
		v = v.child(k, x)
	}
	return v
}

// First returns the first of several keys of a table that exists: what later
// versions of a tool renamed.
func (v Value) First(keys ...string) Value {
	for _, k := range keys[:len(keys)-1] {
		if w := v.Get(k); w.Exists() {
			return w
		}
	}
	return v.Get(keys[len(keys)-1])
}

// Keys returns the keys of a table in the order of the document.
func (v Value) Keys() []string {
	t, ok := v.v.(map[string]any)
	if !ok {
		if v.Exists() {
			v.wrong("a table")
		}
		return nil
	}
	keys := make([]string, 0, len(t))
	for k := range t {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	if len(keys) > 1 {
		lines := make(map[string]int, len(keys))
		for _, k := range keys {
			lines[k] = v.doc.lineOf(v.child(k, nil).path)
		}
		sort.SliceStable(keys, func(i, j int) bool { return lines[keys[i]] < lines[keys[j]] })
	}
	return keys
}

// Items returns the elements of an array.
func (v Value) Items() []Value {
	var items []Value
	switch a := v.v.(type) {
	case nil:
	case []any:
		items = make([]Value, len(a))
		for i, x := range a {
			items[i] = v.child(i, x)
		}
	case []map[string]any:
		items = make([]Value, len(a))
		for i, x := range a {
			items[i] = v.child(i, x)
		}
	default:
		v.wrong("an array")
	}
	return items
}

// IsTable reports whether the value is a table.
func (v Value) IsTable() bool { _, ok := v.v.(map[string]any); return ok }

// IsStr reports whether the value is a string.
func (v Value) IsStr() bool { _, ok := v.v.(string); return ok }

// IsArray reports whether the value is an array.
func (v Value) IsArray() bool {
	switch v.v.(type) {
	case []any, []map[string]any:
		return true
	}
	return false
}

// Str returns a string.
func (v Value) Str() string { return as[string](v, "a string") }

// Bool returns a boolean.
func (v Value) Bool() bool { return as[bool](v, "a boolean") }

// Int returns an integer.
func (v Value) Int() int64 { return as[int64](v, "an integer") }

// Time returns a date and time.
func (v Value) Time() time.Time { return as[time.Time](v, "a date and time") }

// Strs returns an array of strings.
func (v Value) Strs() []string {
	items := v.Items()
	if items == nil {
		return nil
	}
	out := make([]string, len(items))
	for i, it := range items {
		out[i] = it.Str()
	}
	return out
}

// StrOrStrs returns a string, or an array of strings, as a slice.
func (v Value) StrOrStrs() []string {
	if v.IsStr() {
		return []string{v.Str()}
	}
	return v.Strs()
}

func as[T any](v Value, want string) (t T) {
	if v.v == nil {
		return t
	}
	t, ok := v.v.(T)
	if !ok {
		v.wrong(want)
	}
	return t
}

func (v Value) wrong(want string) { v.Fail("%s is needed, not %s", want, kind(v.v)) }

func kind(v any) string {
	switch v.(type) {
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case int64:
		return "an integer"
	case float64:
		return "a number"
	case time.Time:
		return "a date"
	case map[string]any:
		return "a table"
	case []any, []map[string]any:
		return "an array"
	}
	return "nothing"
}

// Doc returns the document the value is of.
func (v Value) Doc() *Doc { return v.doc }
