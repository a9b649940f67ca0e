package lint

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/ftpkg/ftpkg/internal/tomlpos"
)

// A pyproject is a pyproject.toml.
type pyproject struct {
	name  string
	text  string
	doc   map[string]any
	index *tomlpos.Index
}

// An Error is a pyproject.toml that cannot be read.
type Error struct {
	File         string
	Line, Column int
	Msg          string
}

// Error implements error: "pyproject.toml:3:5: …".
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Msg
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Msg)
}

func readPyproject(name, text string) (*pyproject, error) {
	p := &pyproject{name: name, text: text}
	if _, err := toml.Decode(text, &p.doc); err != nil {
		if bad, ok := errors.AsType[toml.ParseError](err); ok {
			return nil, &Error{name, bad.Position.Line, bad.Position.Col, bad.Message}
		}
		return nil, &Error{File: name, Msg: err.Error()}
	}
	p.index = tomlpos.Find(text)
	return p, nil
}

// get returns the value at a path, nil if there is none.
func (p *pyproject) get(path ...any) any {
	if p == nil {
		return nil
	}
	return tomlGet(p.doc, path)
}

func tomlGet(v any, path []any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				return nil
			}
			v = m[step]
		case int:
			list := reflect.ValueOf(v)
			if list.Kind() != reflect.Slice || step >= list.Len() {
				return nil
			}
			v = list.Index(step).Interface()
		}
	}
	return v
}

// A tomlWord is a word of an option that is a string of words or a list of them.
type tomlWord struct {
	text string
	path []any // of the string that it stands in
	// alone says that the string is an element of a list and has no other word.
	alone bool
}

// words returns the words of an option.
func (p *pyproject) words(path ...any) []tomlWord {
	var list []tomlWord
	add := func(s string, at []any, element bool) {
		fields := strings.Fields(s)
		for _, f := range fields {
			list = append(list, tomlWord{f, at, element && len(fields) == 1})
		}
	}
	switch v := p.get(path...).(type) {
	case string:
		add(v, path, false)
	case []any:
		for i, x := range v {
			if s, ok := x.(string); ok {
				add(s, append(slices.Clone(path), i), true)
			}
		}
	}
	return list
}

// position returns the line and column of the value at a path.
func (p *pyproject) position(path ...any) (line, column int) {
	at := p.index.Value(path...).Start
	return strings.Count(p.text[:at], "\n") + 1, at - strings.LastIndexByte(p.text[:at], '\n')
}

// keyPosition returns the line and column of the key at a path.
func (p *pyproject) keyPosition(path ...any) (line, column int) {
	at := p.index.Key(path...).Start
	return strings.Count(p.text[:at], "\n") + 1, at - strings.LastIndexByte(p.text[:at], '\n')
}

// errTOML is the error of a change that cannot be made.
var errTOML = errors.New("the text has a shape that cannot be edited")

// splice puts text in the place of bytes, if the document then is what want says.
func (p *pyproject) splice(from, to int, text string, want map[string]any) error {
	now, err := readPyproject(p.name, p.text[:from]+text+p.text[to:])
	if err != nil || !reflect.DeepEqual(now.doc, want) {
		return errTOML
	}
	*p = *now
	return nil
}

// changed is the document with the value at a path made another one by f, nil for none.
func (p *pyproject) changed(path []any, f func(v any) any) (map[string]any, error) {
	var doc map[string]any
	if _, err := toml.Decode(p.text, &doc); err != nil {
		return nil, err
	}
	parent := tomlGet(doc, path[:len(path)-1])
	switch step := path[len(path)-1].(type) {
	case string:
		m, ok := parent.(map[string]any)
		if !ok {
			return nil, errTOML
		}
		if v := f(m[step]); v == nil {
			delete(m, step)
		} else {
			m[step] = v
		}
	case int:
		list, ok := parent.([]any)
		if !ok {
			return nil, errTOML
		}
		if v := f(list[step]); v != nil {
			list[step] = v
			return doc, nil
		}
		return p.changedIn(doc, path[:len(path)-1], slices.Delete(list, step, step+1))
	}
	return doc, nil
}

// changedIn puts a list in the place of one.
func (p *pyproject) changedIn(doc map[string]any, path []any, list []any) (map[string]any, error) {
	m, ok := tomlGet(doc, path[:len(path)-1]).(map[string]any)
	key, named := path[len(path)-1].(string)
	if !ok || !named {
		return nil, errTOML
	}
	m[key] = list
	return doc, nil
}

// set gives a string another value; its quotes stay.
func (p *pyproject) set(path []any, value string) error {
	want, err := p.changed(path, func(any) any { return value })
	if err != nil {
		return err
	}
	span := p.index.Value(path...)
	old := p.text[span.Start:span.End]
	if len(old) < 2 || strings.ContainsAny(value, "'\"\\\n") || old[0] != '"' && old[0] != '\'' {
		return errTOML
	}
	quote := old[:1]
	return p.splice(span.Start, span.End, quote+value+quote, want)
}

// insert puts a string behind the i-th element of a list, in its manner.
func (p *pyproject) insert(path []any, i int, value string) error {
	list, ok := p.get(path...).([]any)
	if !ok || i >= len(list) {
		return errTOML
	}
	var doc map[string]any
	if _, err := toml.Decode(p.text, &doc); err != nil {
		return err
	}
	want, err := p.changedIn(doc, path, slices.Insert(slices.Clone(list), i+1, any(value)))
	if err != nil {
		return err
	}
	span := p.index.Value(append(slices.Clone(path), i)...)
	quote := p.text[span.Start : span.Start+1]
	line := strings.LastIndexByte(p.text[:span.Start], '\n') + 1
	lead := p.text[line:span.Start]
	item := quote + value + quote
	rest, _, _ := strings.Cut(p.text[span.End:], "\n")
	if strings.TrimSpace(lead) == "" && strings.HasPrefix(strings.TrimLeft(rest, " "), ",") {
		// One element a line: the new one has its own, behind the comment.
		at := span.End + len(rest)
		end := ""
		if strings.HasSuffix(rest, "\r") {
			end = "\r"
		}
		return p.splice(at, at, "\n"+lead+item+","+end, want)
	}
	return p.splice(span.End, span.End, ", "+item, want)
}

// remove takes out an element of a list, or a key with its value and the comment
// behind it.
func (p *pyproject) remove(path []any) error {
	want, err := p.changed(path, func(any) any { return nil })
	if err != nil {
		return err
	}
	span := p.index.Value(path...)
	if _, element := path[len(path)-1].(int); !element {
		span.Start = p.index.Key(path...).Start
		from := strings.LastIndexByte(p.text[:span.Start], '\n') + 1
		to := len(p.text)
		if n := strings.IndexByte(p.text[span.End:], '\n'); n >= 0 {
			to = span.End + n + 1
		}
		if rest := strings.TrimSpace(p.text[span.End:to]); strings.TrimSpace(p.text[from:span.Start]) != "" || rest != "" && rest[0] != '#' {
			return errTOML
		}
		return p.splice(from, to, "", want)
	}
	from, to := span.Start, span.End
	after := strings.TrimLeft(p.text[to:], " \t")
	line := strings.LastIndexByte(p.text[:from], '\n') + 1
	switch {
	case strings.HasPrefix(after, ","):
		to = len(p.text) - len(after) + 1
		rest, _, _ := strings.Cut(p.text[to:], "\n")
		if text := strings.TrimSpace(rest); strings.TrimSpace(p.text[line:from]) == "" && (text == "" || text[0] == '#') {
			return p.splice(line, to+len(rest)+1, "", want)
		}
		to += len(rest) - len(strings.TrimLeft(rest, " \t"))
	default:
		before := strings.TrimRight(p.text[:from], " \t\r\n")
		if strings.HasSuffix(before, ",") {
			from = len(before) - 1
		}
	}
	return p.splice(from, to, "", want)
}
