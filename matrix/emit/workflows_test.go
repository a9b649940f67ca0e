package emit_test

import (
	"path/filepath"
	"testing"
)

// actionlint finds nothing in the workflows that this repository runs, nor in those
// that it gives as examples.
func TestOwnWorkflows(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := filepath.Glob("../../examples/*/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 3 || len(examples) < 1 {
		t.Fatalf("%d workflows and %d examples were found", len(files), len(examples))
	}
	for _, file := range append(files, examples...) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			if said := tools(t).Actionlint(t, file); said != "" {
				t.Errorf("actionlint: %s", said)
			}
		})
	}
}
