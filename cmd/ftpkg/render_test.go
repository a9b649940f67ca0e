package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTable(t *testing.T) {
	t.Parallel()
	var tab table
	tab.header("name", "n", "note")
	tab.add(cell{text: "ünï"}, cell{text: "7", right: true}, cell{text: "ok", style: green})
	tab.add(cell{text: "日本"}, cell{text: "1234", right: true}, cell{})
	tab.add(cell{text: "e\u0301"}, cell{}, cell{text: "last"})
	for _, tt := range []struct {
		color bool
		want  string
	}{
		{false, "name  n     note\nünï      7  ok\n日本  1234\ne\u0301           last\n"},
		{true, "\x1b[1mname\x1b[0m  \x1b[1mn\x1b[0m     \x1b[1mnote\x1b[0m\nünï      7  \x1b[32mok\x1b[0m\n日本  1234\ne\u0301           last\n"},
	} {
		var b strings.Builder
		if err := tab.write(&b, tt.color); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, b.String()); diff != "" {
			t.Errorf("color %v (-want +got):\n%s", tt.color, diff)
		}
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text          string
		width, indent int
		want          string
	}{
		{"", 10, 2, ""},
		{"one", 10, 2, "one"},
		{"one two three four", 10, 2, "one two\n  three\n  four"},
		{"  spaces   between ", 80, 0, "spaces between"},
		{"averyveryverylongword x", 5, 1, "averyveryverylongword\n x"},
		{"日本 日本 日本", 9, 0, "日本 日本\n日本"},
	} {
		if got := wrap(tt.text, tt.width, tt.indent); got != tt.want {
			t.Errorf("wrap(%q, %d, %d) = %q, want %q", tt.text, tt.width, tt.indent, got, tt.want)
		}
	}
}

func TestUseColor(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		when    string
		columns int
		env     map[string]string
		want    bool
	}{
		{"auto", 80, nil, true},
		{"auto", 0, nil, false},
		{"auto", 80, map[string]string{"NO_COLOR": "1"}, false},
		{"auto", 80, map[string]string{"NO_COLOR": ""}, true},
		{"auto", 80, map[string]string{"TERM": "dumb"}, false},
		{"auto", 0, map[string]string{"FORCE_COLOR": "1"}, true},
		{"auto", 0, map[string]string{"FORCE_COLOR": "1", "NO_COLOR": "1"}, false},
		{"always", 0, map[string]string{"NO_COLOR": "1"}, true},
		{"never", 80, map[string]string{"FORCE_COLOR": "1"}, false},
	} {
		if got := useColor(tt.when, tt.columns, variables(tt.env)); got != tt.want {
			t.Errorf("useColor(%s, %d, %v) = %v", tt.when, tt.columns, tt.env, got)
		}
	}
}

func TestByteCount(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 5 << 19: "2.5 MiB", 3 << 30: "3.0 GiB"} {
		if got := byteCount(n); got != want {
			t.Errorf("byteCount(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestWriteTo(t *testing.T) {
	t.Parallel()
	env := world(t)
	var out bytes.Buffer
	env.Stdout = &out
	hello := func(w io.Writer) error { _, err := io.WriteString(w, "hello"); return err }
	for _, name := range []string{"", "-"} {
		out.Reset()
		if err := writeTo(env, name, hello); err != nil || out.String() != "hello" {
			t.Errorf("writeTo(%q): %q, %v", name, out.String(), err)
		}
	}
	if err := writeTo(env, "out.txt", hello); err != nil {
		t.Fatal(err)
	}
	failed := errors.New("no")
	if err := writeTo(env, "out.txt", func(io.Writer) error { return failed }); !errors.Is(err, failed) {
		t.Errorf("writeTo: %v", err)
	}
	if b, err := os.ReadFile(filepath.Join(env.Dir, "out.txt")); err != nil || string(b) != "hello" {
		t.Errorf("out.txt holds %q, %v: a failure must leave it alone", b, err)
	}
	if err := writeTo(env, "missing/out.txt", hello); err == nil {
		t.Error("writing into a missing directory succeeds")
	}
}
