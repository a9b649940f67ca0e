package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestExitCode(t *testing.T) {
	t.Parallel()
	failed, usage := errors.New("failed"), usagef("wrong")
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		name string
		ctx  context.Context
		err  error
		want int
	}{
		{"fine", t.Context(), nil, exitOK},
		{"no", t.Context(), errNo, exitNo},
		{"a failure", t.Context(), failed, exitUnknown},
		{"usage", t.Context(), usage, exitUsage},
		{"usage, hinted and wrapped", t.Context(), fmt.Errorf("x: %w", hintf(usage, "try")), exitUsage},
		{"no beats a failure", t.Context(), reportedErrors{failed, errNo}, exitNo},
		{"usage beats no", t.Context(), reportedErrors{errNo, usage}, exitUsage},
		{"interrupted beats all", interrupted, reportedErrors{errNo, usage, failed}, exitInterrupted},
		{"fine in spite of an interrupt", interrupted, nil, exitOK},
		{"a cancellation that was not the user's", t.Context(), context.Canceled, exitUnknown},
	} {
		if got := exitCode(tt.ctx, tt.err); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		name string
		ctx  context.Context
		err  error
		want string
	}{
		{"fine", t.Context(), nil, ""},
		{"no", t.Context(), errNo, ""},
		{"plain", t.Context(), errors.New("a\n  b"), "ftpkg: error: a\n  b\n"},
		{"hinted twice", t.Context(), hintf(hintf(errors.New("a"), "b"), "c %d", 1), "ftpkg: error: a\nftpkg: hint: c 1\nftpkg: hint: b\n"},
		{"several", t.Context(), reportedErrors{hintf(errors.New("a"), "b"), errNo, errors.New("c")}, "ftpkg: error: a\nftpkg: hint: b\nftpkg: error: c\n"},
		{"interrupted", interrupted, errors.New("read: context canceled"), "ftpkg: error: interrupted\n"},
	} {
		var b bytes.Buffer
		if report(tt.ctx, &b, tt.err); b.String() != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, b.String(), tt.want)
		}
	}
}

// brokenWriter fails like a full disk.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestOutputThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"tags", "version", "explain x-1-cp27-none-any.whl", "man", "schema tags", "--help"} {
		env := world(t, strings.Fields(args)...)
		var errs bytes.Buffer
		env.Stdout, env.Stderr = brokenWriter{}, &errs
		if code := run(t.Context(), env); code != exitUnknown || !strings.Contains(errs.String(), "no space left") {
			t.Errorf("%s: exit status %d, %q", args, code, errs.String())
		}
	}
}

// The manual's list of exit statuses is that of the constants.
func TestExitStatusesInManual(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("exit.go")
	if err != nil {
		t.Fatal(err)
	}
	constants := regexp.MustCompile(`(?m)^\texit\w+\s*= (\d+) `).FindAllStringSubmatch(string(src), -1)
	if len(constants) != 5 {
		t.Fatalf("%d constants found in exit.go", len(constants))
	}
	_, section, _ := strings.Cut(docGo, "# Exit status\n")
	listed := regexp.MustCompile(`(?m)^  - (\d+): `).FindAllStringSubmatch(section, -1)
	for i, c := range constants {
		if i >= len(listed) || listed[i][1] != c[1] {
			t.Errorf("doc.go does not list exit status %s at place %d", c[1], i+1)
		}
	}
	for _, l := range listed[len(constants):] {
		if _, err := strconv.Atoi(l[1]); err == nil {
			t.Errorf("doc.go lists exit status %s, which no constant has", l[1])
		}
	}
}
