// Package figures is what the programs that measure have in common: medians, the
// machine they ran on, and the sections of docs/benchmarks.md, of which each
// program writes its own.
package figures

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// Median returns the median of values: of an even number, the upper of the two in
// the middle.
func Median[T cmp.Ordered](values []T) T {
	s := slices.Sorted(slices.Values(values))
	return s[len(s)/2]
}

// Machine describes the machine and how busy it is now, in one line.
func Machine() string {
	s := fmt.Sprintf("%s, %d processors, %s/%s", processor(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	if load, ok := Load(); ok {
		s += ", load average " + load
	}
	return s
}

// Load returns the load averages of 1, 5 and 15 minutes as the system has them.
func Load() (string, bool) {
	b, err := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(b))
	if err != nil || len(fields) < 3 {
		return "", false
	}
	return strings.Join(fields[:3], " "), true
}

func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err == nil {
		if m := regexp.MustCompile(`(?m)^model name\s*:\s*(.*)$`).FindSubmatch(info); m != nil {
			return string(m[1])
		}
	}
	return "unknown processor"
}

// WriteSection puts text under the heading "## title" of a file: in the place of
// what is there under it, or else at the end. What is before the first heading of
// that rank and in other sections stays. A file that is not there is begun with a
// title of its own.
func WriteSection(path, title, text string) error {
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(path, []byte(Replace(string(b), title, text)), 0o666) //nolint:gosec // a flag of whoever runs it
}

// Replace returns a Markdown document with the section title replaced or added.
func Replace(doc, title, text string) string {
	if doc == "" {
		doc = "# Benchmarks\n"
	}
	section := "## " + title + "\n\n" + strings.TrimSpace(text) + "\n"
	parts := regexp.MustCompile(`(?m)^## `).Split(doc, -1)
	for i, part := range parts[1:] {
		name, _, _ := strings.Cut(part, "\n")
		part = strings.TrimSpace("## "+part) + "\n"
		if name == title {
			part, section = section, ""
		}
		parts[i+1] = part
	}
	parts[0] = strings.TrimSpace(parts[0]) + "\n"
	if section != "" {
		parts = append(parts, section)
	}
	return strings.Join(parts, "\n")
}

// Build builds the program as releases are built, into a file.
func Build(ctx context.Context, file string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", file, "./cmd/ftpkg")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w: %s", err, said)
	}
	return nil
}
