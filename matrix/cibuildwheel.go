package matrix

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ftpkg/ftpkg/internal/suggest"
)

// The platforms of cibuildwheel that are of interest here, in the order plans have
// them.
func platforms() []string { return []string{"linux", "macos", "windows"} }

// allPlatforms are all it has tables for.
func allPlatforms() []string {
	return []string{"linux", "macos", "windows", "pyodide", "android", "ios"}
}

// Cibuildwheel is the table [tool.cibuildwheel] of a project. The zero value is one
// that is not there.
type Cibuildwheel struct {
	doc       *document
	table     map[string]any
	overrides []override
}

// An override is an entry of [[tool.cibuildwheel.overrides]].
type override struct {
	selectors string
	options   map[string]any
	inherit   map[string]string // option: none, append or prepend
}

// Present reports whether the project has the table.
func (c *Cibuildwheel) Present() bool { return c.table != nil }

// readCibuildwheel reads the table and checks the types of what is read of it.
func readCibuildwheel(doc *document) (Cibuildwheel, error) {
	c := Cibuildwheel{doc: doc}
	switch v := doc.get("tool", "cibuildwheel").(type) {
	case nil:
		return c, nil
	case map[string]any:
		c.table = v
	default:
		return c, c.fault(nil, "tool.cibuildwheel is not a table")
	}
	for _, os := range allPlatforms() {
		if v, ok := c.table[os]; ok {
			if _, ok := v.(map[string]any); !ok {
				return c, c.fault([]any{os}, "%s is not a table", os)
			}
		}
	}
	if err := c.readOverrides(); err != nil {
		return c, err
	}
	return c, c.checkValues()
}

func (c *Cibuildwheel) readOverrides() error {
	var entries []map[string]any
	switch v := c.table["overrides"].(type) {
	case nil:
		return nil
	case []map[string]any:
		entries = v
	case []any:
		for i, e := range v {
			t, ok := e.(map[string]any)
			if !ok {
				return c.fault([]any{"overrides", i}, "an override is a table")
			}
			entries = append(entries, t)
		}
	default:
		return c.fault([]any{"overrides"}, "overrides is not a list")
	}
	for i, e := range entries {
		o := override{options: e, inherit: map[string]string{}}
		var err error
		if o.selectors, err = stringify(e["select"], " "); err != nil || o.selectors == "" {
			return c.fault([]any{"overrides", i}, "an override needs a selector: select = \"cp314t-*\"")
		}
		if err := checkSelectors(o.selectors); err != nil {
			return c.fault([]any{"overrides", i, "select"}, "%w", err)
		}
		inherit, ok := e["inherit"].(map[string]any)
		if !ok && e["inherit"] != nil {
			return c.fault([]any{"overrides", i, "inherit"}, "inherit is not a table")
		}
		for name, rule := range inherit {
			text, _ := rule.(string)
			if !slices.Contains([]string{"none", "append", "prepend"}, text) {
				return c.fault([]any{"overrides", i, "inherit", name}, "inherit takes none, append or prepend")
			}
			o.inherit[name] = text
		}
		c.overrides = append(c.overrides, o)
	}
	return nil
}

// The options that are read as one text, and what joins a list of them.
func separators() map[string]string {
	return map[string]string{
		"build": " ", "skip": " ", "test-skip": " ", "enable": " ", "archs": " ",
		"test-command": " && ", "before-test": " && ", "before-build": " && ", "test-requires": " ", "test-extras": ",", "test-groups": " ",
	}
}

// checkValues refuses values that cibuildwheel would, of the options that are read,
// and selectors that cannot be expanded.
func (c *Cibuildwheel) checkValues() error {
	places := [][]any{nil}
	tables := []map[string]any{c.table}
	for _, os := range platforms() {
		if t, ok := c.table[os].(map[string]any); ok {
			places, tables = append(places, []any{os}), append(tables, t)
		}
	}
	for i, o := range c.overrides {
		places, tables = append(places, []any{"overrides", i}), append(tables, o.options)
	}
	seps := separators()
	for i, t := range tables {
		for _, name := range slices.Sorted(maps.Keys(seps)) {
			if t[name] == nil {
				continue
			}
			at := append(slices.Clone(places[i]), name)
			text, err := stringify(t[name], seps[name])
			if err != nil {
				return c.fault(at, "%s: %w", name, err)
			}
			if name == "build" || name == "skip" || name == "test-skip" {
				if err := checkSelectors(text); err != nil {
					return c.fault(at, "%s: %w", name, err)
				}
			}
		}
	}
	return nil
}

// CheckLine refuses what a release line does not know: options and words of enable.
func (c *Cibuildwheel) CheckLine(l *Line) error {
	if !c.Present() {
		return nil
	}
	known := append(slices.Clone(l.Options), allPlatforms()...)
	for _, name := range slices.Sorted(maps.Keys(c.table)) {
		if name != "overrides" && !slices.Contains(known, name) {
			return c.unknown([]any{name}, name, known)
		}
		table, ok := c.table[name].(map[string]any)
		if !ok || !slices.Contains(platforms(), name) {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(table)) {
			if !slices.Contains(known, key) {
				return c.unknown([]any{name, key}, name+"."+key, known)
			}
		}
	}
	for _, os := range platforms() {
		if _, err := c.enabled(l, os); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cibuildwheel) unknown(at []any, name string, known []string) error {
	short := name[strings.LastIndexByte(name, '.')+1:]
	if near, ok := suggest.Closest(short, known); ok {
		return c.fault(at, "cibuildwheel has no option %q: did you mean %q?", name, near)
	}
	return c.fault(at, "cibuildwheel has no option %q", name)
}

// enabled returns the groups that are enabled on a platform.
func (c *Cibuildwheel) enabled(l *Line, os string) (map[string]bool, error) {
	on := map[string]bool{}
	text, at := c.option("enable", os, "", " ", false)
	for word := range strings.FieldsSeq(text) {
		_, known := l.Groups[word]
		switch {
		case word == "all":
			for g := range l.Groups {
				on[g] = g != "cpython-freethreading" // "all" never had it
			}
			return on, nil
		case known:
			on[word] = true
		case l.Removed[word] != "":
			return nil, c.fault(c.entry(at, word), "enable: %q is gone: %s", word, l.Removed[word])
		default:
			names := slices.Sorted(maps.Keys(l.Groups))
			if near, ok := suggest.Closest(word, names); ok {
				return nil, c.fault(c.entry(at, word), "enable: there is no group %q: did you mean %q?", word, near)
			}
			return nil, c.fault(c.entry(at, word), "enable: there is no group %q: they are %s", word, strings.Join(names, ", "))
		}
	}
	return on, nil
}

// Option returns the value of an option for a platform and, unless it is "", an
// identifier, as one text: the entries of a list are joined with sep. Tables of
// the environment become NAME="VALUE".
func (c *Cibuildwheel) Option(name, os, identifier, sep string) string {
	text, _ := c.option(name, os, identifier, sep, false)
	return text
}

// A setting is one of the values that an option has been given.
type setting struct {
	value any
	rule  string // how it goes with those before: append, prepend, else in their place
	at    []any
}

// settings returns the values of an option for a platform and, unless it is "", an
// identifier, those that count more behind the others.
func (c *Cibuildwheel) settings(name, os, identifier string) []setting {
	var all []setting
	add := func(v any, rule string, at ...any) {
		if v != nil {
			all = append(all, setting{v, rule, at})
		}
	}
	add(c.table[name], "", name)
	add(lookup(c.table[os], name), "", os, name)
	if identifier == "" {
		return all
	}
	for i, o := range c.overrides {
		if Match(o.selectors, identifier) {
			add(o.options[name], o.inherit[name], "overrides", i, name)
		}
	}
	return all
}

// option is Option with the place of the value that counts last. If skipEmpty,
// empty values are passed over.
func (c *Cibuildwheel) option(name, os, identifier, sep string, skipEmpty bool) (text string, at []any) {
	for _, v := range c.settings(name, os, identifier) {
		s, err := stringify(v.value, sep)
		if err != nil || skipEmpty && s == "" {
			continue // a wrong type was refused when the project was read
		}
		at = v.at
		switch inherits := v.rule == "append" || v.rule == "prepend"; {
		case inherits && s == "":
		case inherits && text == "" || !inherits:
			text = s
		case v.rule == "append":
			text += sep + s
		default:
			text = s + sep + text
		}
	}
	return text, at
}

// words returns the value of an option that is a list of words, or a text that is
// split as a shell does.
func (c *Cibuildwheel) words(name, os, identifier string) (words []string, at []any) {
	for _, v := range c.settings(name, os, identifier) {
		var more []string
		switch value := v.value.(type) {
		case string:
			more = shellWords(value)
		case []any:
			for _, e := range value {
				if s, err := stringify(e, " "); err == nil {
					more = append(more, s)
				}
			}
		}
		at = v.at
		switch v.rule {
		case "append":
			words = append(words, more...)
		case "prepend":
			words = append(more, words...)
		default:
			words = more
		}
	}
	return words, at
}

// errTable says that an option takes no table.
var errTable = errors.New("a table is none of its values")

// stringify makes one text of a value as cibuildwheel does.
func stringify(v any, sep string) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case bool:
		if v {
			return "True", nil
		}
		return "False", nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case []any:
		var parts []string
		for _, e := range v {
			s, err := stringify(e, sep)
			if err != nil {
				return "", err
			}
			parts = append(parts, s)
		}
		return strings.Join(parts, sep), nil
	case map[string]any:
		return "", errTable
	}
	return "", fmt.Errorf("%v is none of its values", v)
}

// variable returns the value of a variable in the option environment, "" if it is
// not set.
func (c *Cibuildwheel) variable(name, os, identifier string) string {
	value := ""
	for _, v := range c.settings("environment", os, identifier) {
		found := ""
		switch env := v.value.(type) {
		case map[string]any:
			if s, err := stringify(env[name], " "); err == nil {
				found = s
			}
		case string:
			for _, word := range shellWords(env) {
				if s, ok := strings.CutPrefix(word, name+"="); ok {
					found = s
				}
			}
		}
		switch {
		case v.rule == "append" && found == "":
		case v.rule == "prepend" && value != "":
		default:
			value = found
		}
	}
	return value
}

// entry returns the path of the entry of a list that has a word, or of the whole
// value.
func (c *Cibuildwheel) entry(at []any, word string) []any {
	var v any = c.table
	for _, step := range at {
		table, _ := v.(map[string]any)
		key, _ := step.(string)
		v = table[key]
	}
	list, _ := v.([]any)
	for i, e := range list {
		if s, ok := e.(string); ok && (s == word || slices.Contains(strings.Fields(s), word)) {
			return append(slices.Clone(at), i)
		}
	}
	return at
}

// raw returns all that an option is set to for an identifier, tables and all, as one
// text to search.
func (c *Cibuildwheel) raw(name, os, identifier string) string {
	var b strings.Builder
	for _, v := range c.settings(name, os, identifier) {
		fmt.Fprintln(&b, v.value)
	}
	return b.String()
}

// fault returns the error of a value of the table.
func (c *Cibuildwheel) fault(at []any, format string, args ...any) error {
	return c.doc.fault(append([]any{"tool", "cibuildwheel"}, at...), format, args...)
}

// at names the place of a value of the table for people.
func (c *Cibuildwheel) at(at []any) string {
	return c.doc.at(append([]any{"tool", "cibuildwheel"}, at...)...)
}
