package config

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the generated files")

// The JSON Schema and the list of keys are generated from the table of keys.
func TestGenerated(t *testing.T) {
	schema, err := schemaText()
	if err != nil {
		t.Fatal(err)
	}
	docs := filepath.Join("..", "..", "docs")
	golden(t, filepath.Join(docs, "schema", "config.json"), string(schema))

	name := filepath.Join(docs, "configuration.md")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	for marker, keys := range map[string][]Key{"keys": Keys(), "accept": acceptKeys(), "run": runKeys(), "check": checkKeys(), "gap": gapKeys(), "gap accept": gapAcceptKeys()} {
		begin, end := "<!-- "+marker+" -->\n", "<!-- /"+marker+" -->\n"
		before, rest, ok := strings.Cut(page, begin)
		_, after, ok2 := strings.Cut(rest, end)
		if !ok || !ok2 {
			t.Fatalf("%s has no %s … %s", name, begin, end)
		}
		page = before + begin + keyTable(keys) + end + after
	}
	golden(t, name, page)
}

func golden(t *testing.T, name, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, strings.ReplaceAll(string(got), "\r\n", "\n")); diff != "" {
		t.Errorf("%s is stale, run: go test ./internal/config -update (-want +got):\n%s", name, diff)
	}
}

// schemaText is docs/schema/config.json.
func schemaText() ([]byte, error) {
	doc := object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", "ftpkg.config/1"},
		{"title", "ftpkg.toml and [tool.ftpkg] of pyproject.toml"},
	}
	b, err := json.MarshalIndent(append(doc, tableSchema(Keys())...), "", "  ")
	return append(b, '\n'), err
}

func tableSchema(keys []Key) object {
	properties, required := object{}, []string{}
	for _, k := range keys {
		properties = append(properties, member{k.Name, k.schema()})
		if k.Required {
			required = append(required, k.Name)
		}
	}
	o := object{{"type", "object"}, {"properties", properties}}
	if len(required) > 0 {
		o = append(o, member{"required", required})
	}
	return append(o, member{"additionalProperties", false})
}

func (k Key) schema() object {
	o := object{{"description", k.Meaning}}
	str := object{{"type", "string"}}
	switch k.Type {
	case Bool:
		return append(o, member{"type", "boolean"})
	case Strings:
		return append(o, member{"anyOf", []object{str, {{"type", "array"}, {"items", str}}}})
	case Table:
		return append(o, tableSchema(k.Keys)...)
	case Tables:
		return append(o, member{"type", "array"}, member{"items", tableSchema(k.Keys)})
	case String, Date:
		o = append(o, str...)
	}
	if k.Words != nil {
		o = append(o, member{"enum", k.Words})
	}
	return o
}

// An object is a JSON object that keeps its members' order.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSON implements [json.Marshaler].
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// keyTable lists keys as a Markdown table.
func keyTable(keys []Key) string {
	var b strings.Builder
	b.WriteString("| key | type | meaning | default | example |\n|---|---|---|---|---|\n")
	for _, k := range keys {
		kind := string(k.Type)
		if k.Words != nil {
			kind = "`" + strings.Join(k.Words, "`, `") + "`"
		}
		fallback := k.Default
		switch {
		case k.Required:
			fallback = "must be given"
		case fallback == "":
			fallback = "none"
		case strings.ContainsAny(fallback, `"[{`) || fallback == "false":
			fallback = "`" + fallback + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | `%s` |\n", k.Name, kind, k.Meaning, fallback, k.Example)
	}
	return b.String()
}
