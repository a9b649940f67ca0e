// Package jsonschema checks JSON documents against the part of JSON Schema
// (draft 2020-12) that the schemas in docs/schema use. Tests use it to hold what
// ftpkg writes to what it promises. A keyword it does not know is an error, so
// that no promise goes unchecked.
package jsonschema

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Validate checks a document against a schema. The error joins every fault, each
// with the place in the document ("targets[3].python").
func Validate(schema, document []byte) error {
	var root map[string]any
	if err := json.Unmarshal(schema, &root); err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	var doc any
	if err := json.Unmarshal(document, &doc); err != nil {
		return fmt.Errorf("document: %w", err)
	}
	v := &validator{root: root}
	v.check(root, doc, "")
	return errors.Join(v.faults...)
}

type validator struct {
	root   map[string]any
	faults []error
}

func (v *validator) fault(at, format string, args ...any) {
	if at == "" {
		at = "document"
	}
	v.faults = append(v.faults, fmt.Errorf("%s: %s", at, fmt.Sprintf(format, args...)))
}

// check checks a value against a schema.
func (v *validator) check(schema map[string]any, value any, at string) {
	for _, keyword := range slices.Sorted(maps.Keys(schema)) {
		want := schema[keyword]
		switch keyword {
		case "$schema", "$id", "$defs", "title", "description", "examples", "additionalProperties", "required":
			// "required" and "additionalProperties" are checked with "properties".
		case "$ref":
			if target := v.resolve(want, at); target != nil {
				v.check(target, value, at)
			}
		case "type":
			v.checkType(want, value, at)
		case "const":
			if !reflect.DeepEqual(want, value) {
				v.fault(at, "is %v, not %v", value, want)
			}
		case "enum":
			if list, ok := want.([]any); !ok || !slices.ContainsFunc(list, func(w any) bool { return reflect.DeepEqual(w, value) }) {
				v.fault(at, "%v is not one of %v", value, want)
			}
		case "anyOf":
			v.anyOf(want, value, at)
		case "items":
			v.items(want, value, at)
		case "properties":
		case "pattern", "format", "minLength":
			v.checkText(keyword, want, value, at)
		case "minimum", "minItems":
			v.checkAtLeast(keyword, want, value, at)
		default:
			v.fault(at, "the schema has the keyword %q, which is not known here", keyword)
		}
	}
	if object, ok := value.(map[string]any); ok {
		v.checkObject(schema, object, at)
	}
}

func (v *validator) resolve(ref any, at string) map[string]any {
	text, _ := ref.(string)
	name, ok := strings.CutPrefix(text, "#/$defs/")
	defs, _ := v.root["$defs"].(map[string]any)
	target, found := defs[name].(map[string]any)
	if !ok || !found {
		v.fault(at, "the schema has no %v", ref)
	}
	return target
}

func (v *validator) checkType(want, value any, at string) {
	types, ok := want.([]any)
	if !ok {
		types = []any{want}
	}
	if !slices.ContainsFunc(types, func(t any) bool { return isType(t, value) }) {
		v.fault(at, "%v is not of type %v", value, want)
	}
}

func isType(name, value any) bool {
	switch value := value.(type) {
	case nil:
		return name == "null"
	case bool:
		return name == "boolean"
	case string:
		return name == "string"
	case float64:
		return name == "number" || name == "integer" && value == math.Trunc(value)
	case []any:
		return name == "array"
	case map[string]any:
		return name == "object"
	}
	return false
}

func (v *validator) anyOf(want, value any, at string) {
	list, _ := want.([]any)
	for _, w := range list {
		schema, ok := w.(map[string]any)
		attempt := &validator{root: v.root}
		if attempt.check(schema, value, at); ok && len(attempt.faults) == 0 {
			return
		}
	}
	v.fault(at, "%v fits none of %d schemas", value, len(list))
}

func (v *validator) items(want, value any, at string) {
	list, ok := value.([]any)
	schema, isSchema := want.(map[string]any)
	if !ok || !isSchema {
		return // "type" says so
	}
	for i, e := range list {
		v.check(schema, e, fmt.Sprintf("%s[%d]", at, i))
	}
}

func (v *validator) checkText(keyword string, want, value any, at string) {
	text, ok := value.(string)
	if !ok {
		return
	}
	switch keyword {
	case "pattern":
		pattern, _ := want.(string)
		if re, err := regexp.Compile(pattern); err != nil || !re.MatchString(text) {
			v.fault(at, "%q does not match %q", text, pattern)
		}
	case "minLength":
		if n, _ := want.(float64); float64(utf8.RuneCountInString(text)) < n {
			v.fault(at, "%q is shorter than %v", text, want)
		}
	case "format":
		layout := map[any]string{"date-time": time.RFC3339, "date": time.DateOnly}[want]
		if _, err := time.Parse(layout, text); layout == "" || err != nil {
			v.fault(at, "%q has not the format %v", text, want)
		}
	}
}

func (v *validator) checkAtLeast(keyword string, want, value any, at string) {
	least, _ := want.(float64)
	n, ok := value.(float64)
	if list, isList := value.([]any); isList && keyword == "minItems" {
		n, ok = float64(len(list)), true
	}
	if ok && n < least {
		v.fault(at, "%v is less than %v", n, want)
	}
}

func (v *validator) checkObject(schema, object map[string]any, at string) {
	properties, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	for _, r := range required {
		if name, ok := r.(string); ok {
			if _, there := object[name]; !there {
				v.fault(at, "has no %q", name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		place := strings.TrimPrefix(at+"."+name, ".")
		if property, ok := properties[name].(map[string]any); ok {
			v.check(property, object[name], place)
			continue
		}
		switch additional := schema["additionalProperties"].(type) {
		case bool:
			if !additional {
				v.fault(place, "is not in the schema")
			}
		case map[string]any:
			v.check(additional, object[name], place)
		}
	}
}
