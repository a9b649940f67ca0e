package store

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Addresses are kept without the name at their end, and come back as they were.
func FuzzURL(f *testing.F) {
	for _, url := range []string{"", "/", "a", "/a", "https://x/y/a", "https://x/y/a/", "https://x/a?q", "https://x/aa", "//a"} {
		f.Add(url, "a")
		f.Add(url, "")
	}
	f.Fuzz(func(t *testing.T, url, name string) {
		if name == "" || strings.Contains(name, "/") {
			return // no name of a file
		}
		got := longURL(shortURL(url, name), name)
		if strings.HasSuffix(url, "/") { // of a directory: no address of a file
			if got != "" {
				t.Errorf("%q of %q comes back as %q", url, name, got)
			}
		} else if got != url {
			t.Errorf("%q of %q comes back as %q", url, name, got)
		}
	})
}

// What strangers wrote becomes fit for a column, once and for all.
func FuzzText(f *testing.F) {
	f.Add("a\x00b\xffc\xed\xa0\x80")
	f.Fuzz(func(t *testing.T, s string) {
		got := text(s)
		if !utf8.ValidString(got) || strings.ContainsRune(got, 0) || text(got) != got {
			t.Errorf("%q becomes %q", s, got)
		}
		if utf8.ValidString(s) && !strings.ContainsRune(s, 0) && got != s {
			t.Errorf("%q was changed to %q", s, got)
		}
	})
}

func TestRedact(t *testing.T) {
	t.Parallel()
	for where, want := range map[string]string{
		"postgres://host/db":                                "postgres://host/db",
		"postgres://me@host:5433/db?sslmode=disable":        "postgres://me@host:5433/db?sslmode=disable",
		"postgres://me:s3cret@host/db":                      "postgres://me:xxxxx@host/db",
		"postgresql://host/db?password=s3cret&user=me":      "postgresql://host/db?password=xxxxx&user=me",
		"postgres://host/db?sslpassword=s3cret":             "postgres://host/db?sslpassword=xxxxx",
		"postgres://me:s3cret@host:not-a-port/db":           "postgres://…",
		"postgres://me:s3c%ret@host/db":                     "postgres://…",
		"postgres://me@host/db?pass%77ord=s3cret":           "postgres://me@host/db?password=xxxxx",
		"postgres://me@host/db?password=s3cret;more=s3cret": "postgres://…",
	} {
		if got := redact(where); got != want {
			t.Errorf("%s: %s, want %s", where, got, want)
		}
	}
}

// Two rows never have one digest because their columns run together.
func TestDigest(t *testing.T) {
	t.Parallel()
	seen := map[string][]any{}
	for _, row := range [][]any{
		{}, {""}, {"", ""}, {"a", "b"}, {"ab", ""}, {"", "ab"}, {"ab"}, {"1:a"}, {int64(1), "a"}, {"1a"}, {int64(11)}, {int64(1), int64(1)}, {nil},
	} {
		d := digest("t", row...)
		if other, ok := seen[d]; ok {
			t.Errorf("%q and %q have one digest", row, other)
		}
		seen[d] = row
		if digest("u", row...) == d {
			t.Errorf("%q has one digest in two tables", row)
		}
	}
	if got, want := digest("t", "a", int64(-1)), digest("t", "a", "-1"); got != want {
		t.Errorf("a number has another digest than its text: %s, %s", got, want)
	}
	if !isDigest(digest("t")) || isDigest("") || isDigest(strings.Repeat("A", 64)) || hexDigest(strings.Repeat("A", 64)) != strings.Repeat("a", 64) || hexDigest("md5") != "" {
		t.Error("what a digest is")
	}
}
