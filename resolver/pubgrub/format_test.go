package pubgrub

import (
	"fmt"
	"testing"
)

func TestFormatSet(t *testing.T) {
	// Versions 5 to 1, newest first.
	tests := []struct {
		members []int
		want    string
	}{
		{[]int{0, 1, 2, 3, 4}, ""},
		{nil, "none"},
		{[]int{0}, "5"},
		{[]int{4}, "1"},
		{[]int{2}, "3"},
		{[]int{0, 1}, ">=4"},
		{[]int{3, 4}, "<3"},
		{[]int{1, 2}, ">=3,<5"},
		{[]int{0, 1, 3, 4}, "!=3"},
		{[]int{1, 2, 3, 4}, "<5"},
		{[]int{0, 1, 2, 3}, ">=2"},
		{[]int{0, 4}, "1 or 5"},
		{[]int{0, 2, 4}, "1 or 3 or 5"},
		{[]int{0, 1, 4}, "1 or >=4"},
		{[]int{0, 2, 3}, ">=2,<4 or 5"},
	}
	name := func(i int) string { return fmt.Sprint(5 - i) }
	for _, tt := range tests {
		if got := FormatSet(Of(5, tt.members...), name); got != tt.want {
			t.Errorf("%v is %q, want %q", tt.members, got, tt.want)
		}
	}
	if got := FormatSet(Full(1), name); got != "" {
		t.Errorf("the only version is %q", got)
	}
	if got := FormatSet(Of(2, 1), name); got != "4" {
		t.Errorf("one of two is %q", got)
	}
}
