package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/suggest"
	"github.com/ftpkg/ftpkg/internal/tomlpos"
)

// A decoder puts the values of a document where the table of keys says.
type decoder struct {
	name, text, dir string
	index           *tomlpos.Index // nil until a fault is to be shown
}

// A keyPath leads to a value: keys and array indexes.
type keyPath []any

func (p keyPath) to(step any) keyPath { return append(slices.Clone(p), step) }

// fault returns the error of a key or, unless atKey, of its value.
func (d *decoder) fault(at keyPath, atKey bool, format string, args ...any) error {
	if d.index == nil {
		d.index = tomlpos.Find(d.text)
	}
	where := d.index.Value(at...)
	if atKey {
		where = d.index.Key(at...)
	}
	return errorAt(d.name, d.text, where, format, args...)
}

// table decodes a table whose keys are keys; field returns the pointer to put a
// key's value in.
func (d *decoder) table(t map[string]any, at keyPath, keys []Key, field func(Key) any) error {
	var names []string
	for _, k := range keys {
		names = append(names, k.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if slices.Contains(names, name) {
			continue
		}
		if near, ok := suggest.Closest(name, names); ok {
			return d.fault(at.to(name), true, "unknown key %q: did you mean %q?", name, near)
		}
		return d.fault(at.to(name), true, "unknown key %q: the keys are %s", name, strings.Join(names, ", "))
	}
	for _, k := range keys {
		v, ok := t[k.Name]
		if !ok {
			if k.Required {
				return d.fault(at, false, "the key %q is missing", k.Name)
			}
			continue
		}
		if k.Type == Table {
			t, ok := v.(map[string]any)
			if !ok {
				return d.wrongType(v, at.to(k.Name), k)
			}
			if err := d.table(t, at.to(k.Name), k.Keys, field); err != nil {
				return err
			}
			continue
		}
		if err := d.value(v, at.to(k.Name), k, field(k)); err != nil {
			return err
		}
	}
	return nil
}

// value decodes one key's value into the pointer.
func (d *decoder) value(v any, at keyPath, k Key, into any) error {
	switch into := into.(type) {
	case **bool:
		b, ok := v.(bool)
		if !ok {
			return d.wrongType(v, at, k)
		}
		*into = &b
	case *time.Time:
		t, err := d.date(v, at, k)
		if err != nil {
			return err
		}
		*into = t
	case *string:
		s, err := d.str(v, at, k)
		if err != nil {
			return err
		}
		*into = s
	case *[]string:
		list, ok := v.([]any)
		if !ok {
			s, err := d.str(v, at, k)
			if err != nil {
				return err
			}
			*into = []string{s}
			return nil
		}
		*into = make([]string, len(list))
		for i, e := range list {
			s, err := d.str(e, at.to(i), k)
			if err != nil {
				return err
			}
			(*into)[i] = s
		}
	case *[]Accept:
		return d.accepts(v, at, k, into)
	default:
		return fmt.Errorf("key %s: no way to decode into %T", k.Name, into)
	}
	return nil
}

func (d *decoder) accepts(v any, at keyPath, k Key, into *[]Accept) error {
	var tables []map[string]any
	switch v := v.(type) {
	case []map[string]any: // [[accept]]
		tables = v
	case []any: // accept = [{…}]
		for i, e := range v {
			t, ok := e.(map[string]any)
			if !ok {
				return d.wrongType(e, at.to(i), Key{Name: k.Name, Type: "table"})
			}
			tables = append(tables, t)
		}
	default:
		return d.wrongType(v, at, k)
	}
	*into = make([]Accept, len(tables))
	for i, t := range tables {
		a := &(*into)[i]
		if err := d.table(t, at.to(i), k.Keys, func(k Key) any { return k.entry(a) }); err != nil {
			return err
		}
	}
	return nil
}

// date decodes a date or time, written as TOML's own or as a string.
func (d *decoder) date(v any, at keyPath, k Key) (time.Time, error) {
	var text string
	switch v := v.(type) {
	case string:
		text = v
	case time.Time:
		switch v.Location().String() {
		case "date-local":
			text = v.Format(time.DateOnly)
		case "datetime-local": // UTC, so that a file means the same moment everywhere
			text = v.Format("2006-01-02T15:04:05.999999999Z")
		default:
			text = v.Format(time.RFC3339Nano)
		}
	default:
		return time.Time{}, d.wrongType(v, at, k)
	}
	if k.cutoff {
		t, err := ParseCutoff(text)
		if err != nil {
			return t, d.fault(at, false, "%s: %v", k.Name, err)
		}
		return t, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return t, d.fault(at, false, "%s: %q is not a date (YYYY-MM-DD)", k.Name, text)
	}
	return t, nil
}

// str decodes a string.
func (d *decoder) str(v any, at keyPath, k Key) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", d.wrongType(v, at, k)
	}
	if k.Words != nil && !slices.Contains(k.Words, s) {
		if near, ok := suggest.Closest(s, k.Words); ok {
			return "", d.fault(at, false, "%s is one of %s: did you mean %q?", k.Name, strings.Join(k.Words, ", "), near)
		}
		return "", d.fault(at, false, "%s is one of %s", k.Name, strings.Join(k.Words, ", "))
	}
	if k.check != nil {
		if err := k.check(s); err != nil {
			if msg := err.Error(); strings.HasPrefix(msg, k.Name+" ") {
				return "", d.fault(at, false, "%s", msg)
			}
			return "", d.fault(at, false, "%s: %v", k.Name, err)
		}
	}
	if k.place && s != "" && !strings.Contains(s, "://") && !filepath.IsAbs(s) {
		s = filepath.Join(d.dir, filepath.FromSlash(s))
	}
	return s, nil
}

func (d *decoder) wrongType(v any, at keyPath, k Key) error {
	want := "a " + string(k.Type)
	if k.Type == Bool {
		want = string(k.Type)
	}
	return d.fault(at, false, "%s is %s, not %s", k.Name, want, typeName(v))
}

// typeName names the type of a decoded TOML value.
func typeName(v any) string {
	switch v.(type) {
	case string:
		return "a string"
	case bool:
		return "true or false"
	case int64:
		return "an integer"
	case float64:
		return "a float"
	case time.Time:
		return "a date"
	case []any, []map[string]any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return fmt.Sprintf("%T", v)
}
