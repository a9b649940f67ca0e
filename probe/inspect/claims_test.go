package inspect

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestClassifier(t *testing.T) {
	t.Parallel()
	const prefix = "Classifier: " + classifierPrefix
	for _, tt := range []struct {
		metadata, want, claim string
		support               bool
	}{
		{"Name: x\n", "", "supported", false},
		{"Classifier: Programming Language :: Python :: 3.14\n", "", "supported", false},
		{prefix + "\n", classifierPrefix, "supported", true},
		{"Name: x\r\n" + strings.ToLower("Classifier") + ": " + classifierPrefix + " :: 3 - Stable\r\n", classifierPrefix + " :: 3 - Stable", "3 - Stable", true},
		{prefix + " :: 3 - Stable\n" + prefix + "\n", classifierPrefix + " :: 3 - Stable", "3 - Stable", true},
		{prefix + " :: 1 - Unstable\n", classifierPrefix + " :: 1 - Unstable", "1 - Unstable", false},
		{prefix + "ish :: 3\n", "", "supported", false},
		{"\n" + prefix + "\n", "", "supported", false},
	} {
		got := classifierIn([]byte(tt.metadata))
		if got != tt.want || claim(got) != tt.claim || claimsSupport(got) != tt.support {
			t.Errorf("%q: %q, %q, %v", tt.metadata, got, claim(got), claimsSupport(got))
		}
	}
}

func TestHazards(t *testing.T) {
	t.Parallel()
	list := Hazards()
	if !slices.IsSortedFunc(list, func(a, b Hazard) int { return strings.Compare(a.Function, b.Function) }) {
		t.Error("not sorted")
	}
	for _, h := range list {
		if got, ok := HazardOf(h.Function); !ok || got != h || h.Instead == "" || h.Why == "" {
			t.Errorf("%+v", h)
		}
	}
	if _, ok := HazardOf("PyList_GetItemRef"); ok {
		t.Error("a safe function is a hazard")
	}
	got := hazardsIn([]string{"PyDict_GetItemRef", "PyList_GetItem", "PyDict_Next", "Py_IncRef"})
	if diff := cmp.Diff([]string{"PyDict_Next", "PyList_GetItem"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
