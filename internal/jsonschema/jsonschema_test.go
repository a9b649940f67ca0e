package jsonschema

import (
	"strings"
	"testing"
)

const schema = `{
	"$schema": "https://json-schema.org/draft/2020-12/schema",
	"type": "object",
	"required": ["schema", "n"],
	"properties": {
		"schema": {"const": "x/1"},
		"n": {"type": "integer", "minimum": 1},
		"words": {"type": "array", "items": {"$ref": "#/$defs/word"}, "minItems": 1},
		"either": {"anyOf": [{"type": "string", "minLength": 2}, {"type": "null"}]},
		"when": {"type": "string", "format": "date"},
		"hash": {"type": ["string", "null"], "pattern": "^[0-9a-f]{4}$"},
		"open": {"type": "object", "additionalProperties": {"type": "boolean"}}
	},
	"additionalProperties": false,
	"$defs": {"word": {"enum": ["a", "b"]}}
}`

func TestValidate(t *testing.T) {
	for document, want := range map[string]string{
		`{"schema": "x/1", "n": 1, "words": ["a", "b"], "either": null, "when": "2026-11-21", "hash": "00ff", "open": {"x": true}}`: "",
		`{"schema": "x/1", "n": 3, "either": "ab", "hash": null}`:                                                                   "",
		`[]`:                          "document: [] is not of type object",
		`{"schema": "x/1"}`:           `document: has no "n"`,
		`{"schema": "x/2", "n": 1}`:   "schema: is x/2, not x/1",
		`{"schema": "x/1", "n": 0}`:   "n: 0 is less than 1",
		`{"schema": "x/1", "n": 1.5}`: "n: 1.5 is not of type integer",
		`{"schema": "x/1", "n": 1, "words": ["a", "c"]}`:     "words[1]: c is not one of [a b]",
		`{"schema": "x/1", "n": 1, "words": []}`:             "words: 0 is less than 1",
		`{"schema": "x/1", "n": 1, "either": "a"}`:           "either: a fits none of 2 schemas",
		`{"schema": "x/1", "n": 1, "when": "21.11.2026"}`:    `when: "21.11.2026" has not the format date`,
		`{"schema": "x/1", "n": 1, "hash": "00FF"}`:          `hash: "00FF" does not match "^[0-9a-f]{4}$"`,
		`{"schema": "x/1", "n": 1, "open": {"x": 1}}`:        "open.x: 1 is not of type boolean",
		`{"schema": "x/1", "n": 1, "more": 1}`:               "more: is not in the schema",
		`{"schema": "x/1", "n": 1, "more": 1, "open": true}`: "more: is not in the schema\nopen: true is not of type object",
		`{`: "document: unexpected end of JSON input",
	} {
		got := ""
		if err := Validate([]byte(schema), []byte(document)); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", document, got, want)
		}
	}
}

func TestUnknownKeyword(t *testing.T) {
	for text, want := range map[string]string{
		`{"oneOf": []}`:             `the keyword "oneOf"`,
		`{"$ref": "#/$defs/none"}`:  "the schema has no #/$defs/none",
		`{"format": "ipv4"}`:        "has not the format ipv4",
		`not JSON`:                  "schema: ",
		`{"pattern": "(unclosed"}`:  "does not match",
		`{"enum": "not a list"}`:    "is not one of",
		`{"type": "no such thing"}`: "is not of type",
	} {
		if err := Validate([]byte(text), []byte(`"x"`)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
