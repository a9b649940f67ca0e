package fleet_test

import (
	"fmt"
	"testing"

	"github.com/ftpkg/ftpkg/tracker/fleet"
)

// TestOrderString: orders that differ are told apart, however long they are.
func TestOrderString(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprintf("project-%d", i))
	}
	other := append(append([]string(nil), many[:999]...), "another")
	seen := map[string]int{}
	for i, o := range []fleet.Order{
		{}, {Inspect: true}, {Probe: []fleet.Target{{Python: "3.14t", Platform: "linux-x86_64"}}},
		{Names: many[:1]}, {Names: many[:2]}, {Names: many}, {Names: many[:999]}, {Names: other},
	} {
		text := o.String()
		if last, ok := seen[text]; ok {
			t.Errorf("orders %d and %d are both %q", last, i, text)
		}
		if len(text) > 1200 {
			t.Errorf("order %d takes %d bytes", i, len(text))
		}
		seen[text] = i
	}
}
