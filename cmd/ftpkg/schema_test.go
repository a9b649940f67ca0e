package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/docs/schema"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// A schema says what it is for, names itself as documents do, and its enums are
// the words of the vocabulary.
func TestSchemas(t *testing.T) {
	t.Parallel()
	if len(schema.Names()) == 0 {
		t.Fatal("no schemas are embedded")
	}
	for _, name := range schema.Names() {
		text, ok := schema.Get(name)
		if !ok {
			t.Errorf("Get(%s) finds nothing", name)
		}
		var doc struct {
			Schema     string                     `json:"$schema"`
			ID         string                     `json:"$id"`
			Title      string                     `json:"title"`
			Type       string                     `json:"type"`
			Properties map[string]json.RawMessage `json:"properties"`
		}
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if schemaName(doc.ID) != name || !strings.HasPrefix(doc.ID, "ftpkg.") || doc.Title == "" || doc.Type != "object" || !strings.HasPrefix(doc.Schema, "https://json-schema.org/") {
			t.Errorf("%s: $id %q, title %q, type %q, $schema %q", name, doc.ID, doc.Title, doc.Type, doc.Schema)
		}
		if text := string(doc.Properties["schema"]); name != "config" && !strings.Contains(text, `"`+doc.ID+`"`) {
			t.Errorf("%s: the field schema is %s, want the constant %s", name, text, doc.ID)
		}
		var whole any
		if err := json.Unmarshal(text, &whole); err != nil {
			t.Fatal(err)
		}
		checkEnums(t, name, "", whole)
	}
}

// checkEnums compares the enum of every field that a set of the vocabulary names.
func checkEnums(t *testing.T, name, field string, v any) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			checkEnums(t, name, "", e)
		}
	case map[string]any:
		if list, ok := v["enum"].([]any); ok {
			var words []string
			for _, e := range list {
				word, _ := e.(string)
				words = append(words, word)
			}
			sets := 0
			var diffs []string
			for _, s := range vocab.Sets() {
				if s.Field != field || field == "kind" && !slices.Contains(words, s.Entries[0].Name) {
					continue
				}
				sets++
				if diff := cmp.Diff(s.Names(), words); diff != "" {
					diffs = append(diffs, diff)
				}
			}
			if sets > 0 && len(diffs) == sets { // several sets may share a name: it is to be one of them
				t.Errorf("%s: the enum of %s (-vocabulary +schema):\n%s", name, field, strings.Join(diffs, "\n"))
			}
		}
		for k, e := range v {
			checkEnums(t, name, k, e)
		}
	}
}

// The words for mismatches stand twice, see vocab.Mismatch.
func TestMismatchWords(t *testing.T) {
	t.Parallel()
	var words []string
	for _, m := range wheeltags.Mismatches() {
		words = append(words, m.String())
	}
	if diff := cmp.Diff(words, vocab.Mismatches().Names()); diff != "" {
		t.Errorf("(-wheeltags +vocab):\n%s", diff)
	}
}
