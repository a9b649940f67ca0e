package fetch

import (
	"fmt"
	"testing"
)

func TestParseContentRange(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"bytes 0-9/100":    "0 9 100 true",
		" bytes 5-5/6":     "5 5 6 true",
		"Bytes 5 - 9 / 10": "5 9 10 true",
		"bytes 0-9/*":      "0 0 0 false",
		"bytes */100":      "0 0 0 false",
		"bytes 9-0/100":    "9 0 100 false",
		"bytes 0-100/100":  "0 100 100 false",
		"bytes=0-9/100":    "0 0 0 false",
		"bytes -1-9/100":   "0 0 0 false",
		"":                 "0 0 0 false",
	} {
		from, to, total, ok := parseContentRange(in)
		if got := fmt.Sprint(from, to, total, ok); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func FuzzParseContentRange(f *testing.F) {
	f.Add("bytes 0-9/100")
	f.Add("bytes */1")
	f.Fuzz(func(t *testing.T, s string) {
		from, to, total, ok := parseContentRange(s)
		if ok && (from < 0 || from > to || to >= total) {
			t.Errorf("%q: %d-%d/%d", s, from, to, total)
		}
	})
}
