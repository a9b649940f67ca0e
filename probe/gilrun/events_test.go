package gilrun

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

const oneEvent = `{"module": "a._b", "file": "/x/a/_b.so", "distribution": "a", "version": "1", "declaration": "used", "action": "logged", ` +
	`"chain": ["a", "a._b"], "origin": "/x/app.py:3", "process": 7, "nanoseconds": 12}`

func TestReadEvents(t *testing.T) {
	t.Parallel()
	want := Event{
		Module: "a._b", File: "/x/a/_b.so", Distribution: "a", Version: "1", Declaration: vocab.LoadedUsed, Action: vocab.GuardLogged,
		Chain: []string{"a", "a._b"}, Origin: "/x/app.py:3", Process: 7, Nanoseconds: 12,
	}
	for _, tt := range []struct {
		name, text   string
		events, lost int
	}{
		{"nothing", "", 0, 0},
		{"one", oneEvent + "\n", 1, 0},
		{"two", oneEvent + "\n" + oneEvent + "\n", 2, 0},
		{"cut short", oneEvent + "\n" + oneEvent[:40], 1, 1},
		{"whole but for its end", oneEvent, 0, 1},
		{"noise", "hello\n\n" + oneEvent + "\n{}\n", 1, 3},
		{"another word", strings.Replace(oneEvent, "logged", "blessed", 1) + "\n", 0, 1},
		{"another field", strings.Replace(oneEvent, `"version"`, `"verdict"`, 1) + "\n", 0, 1},
		{"a long line between", oneEvent + "\n" + strings.Repeat("x", 3*maxLine) + "\n" + oneEvent + "\n", 2, 1},
		{"two on a line", oneEvent + oneEvent + "\n", 0, 1},
	} {
		events, lost, err := ReadEvents(strings.NewReader(tt.text))
		if err != nil || len(events) != tt.events || lost != tt.lost {
			t.Errorf("%s: %d events, %d lost, %v; want %d and %d", tt.name, len(events), lost, err, tt.events, tt.lost)
		}
		for _, e := range events {
			if diff := cmp.Diff(want, e); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.name, diff)
			}
		}
	}
}

func FuzzReadEvents(f *testing.F) {
	f.Add(oneEvent + "\n")
	f.Add(oneEvent[:50] + "\n" + oneEvent + "\nnoise")
	f.Add(strings.Repeat("{", 100) + "\n")
	f.Fuzz(func(t *testing.T, text string) {
		events, lost, err := ReadEvents(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Count(text, "\n")
		if text != "" && !strings.HasSuffix(text, "\n") {
			lines++
		}
		if len(events)+lost != lines {
			t.Fatalf("%d events and %d lost of %d lines", len(events), lost, lines)
		}
		for _, e := range events {
			// What was read is an event as it would be written.
			b, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			if again, ok := readEvent(b); !ok || !cmp.Equal(e, again) {
				t.Fatalf("%s reads as %v", b, again)
			}
		}
	})
}
