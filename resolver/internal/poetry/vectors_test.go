package poetry

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// testdata/constraints.json holds what poetry-core itself answers for random
// constraints; its "source" and "date" say which and when.
func TestPoetryCore(t *testing.T) {
	data, err := os.ReadFile("testdata/constraints.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Versions []string
		Cases    []struct {
			Constraint string
			Holds      []string
		}
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Cases) < 500 {
		t.Fatalf("%d cases, want 500 or more", len(doc.Cases))
	}
	for _, tt := range doc.Cases {
		c, err := Parse(tt.Constraint)
		if err != nil {
			t.Errorf("Parse(%q): %v", tt.Constraint, err)
			continue
		}
		for _, v := range doc.Versions {
			got, want := c.Contains(pep440.MustParse(v)), slices.Contains(tt.Holds, v)
			if got != want {
				t.Errorf("%q holds %s: %v, poetry-core says %v", tt.Constraint, v, got, want)
			}
		}
	}
}
