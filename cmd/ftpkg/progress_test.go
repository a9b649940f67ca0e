package main

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A syncBuffer is a buffer several goroutines write to.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestProgress(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		columns int
		env     map[string]string
		takes   time.Duration
		shown   bool
	}{
		{"a terminal", 80, nil, 3 * time.Second, true},
		{"a quick command", 80, nil, 900 * time.Millisecond, false},
		{"no terminal", 0, nil, time.Minute, false},
		{"a terminal that cannot", 80, map[string]string{"TERM": "dumb"}, time.Minute, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			var out syncBuffer
			env := Env{Stderr: &out, ErrColumns: tt.columns, Getenv: variables(tt.env)}
			p := startProgress(env)
			const steps = 12
			for i := range steps {
				p.update("solving", i, steps)
				time.Sleep(tt.takes / steps)
			}
			fmt.Fprintln(p, "a message")
			p.update("solving", steps, steps)
			p.update("verifying", 0, 3)
			time.Sleep(tt.takes / steps)
			p.stop()
			p.update("too late", 1, 1)
			p.stop()

			text := out.String()
			if !strings.Contains(text, "a message\n") {
				t.Errorf("%s: the message is lost: %q", tt.name, text)
			}
			if shown := strings.Contains(text, "solving") && strings.Contains(text, "/12"); shown != tt.shown {
				t.Errorf("%s: shown %v, want %v: %q", tt.name, shown, tt.shown, text)
			}
			if !tt.shown && text != "a message\n" {
				t.Errorf("%s: %q", tt.name, text)
			}
		})
	}
}
