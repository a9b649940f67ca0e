//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/ftpkg/ftpkg/tracker/store/pgtest"
)

// stores measures the other kind of index and the other kind of store beside those
// that all else is measured with.
func (b *bench) stores(ctx context.Context) (string, error) {
	var text strings.Builder
	fmt.Fprintf(&text, "### Other indexes and stores, %d packages\n\n| | first update | processor time of ftpkg | second | processor time of ftpkg | requests, first and second |\n|---|---|---|---|---|---|\n", b.typical)
	row := func(name string, p *place) error {
		t, err := b.follow(ctx, b.typical, p)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(&text, "| %s | %.1f s | %.1f s | %.1f s | %.1f s | %d, %d |\n", name,
			t.first.Wall.Seconds(), t.first.CPU.Seconds(), t.second.Wall.Seconds(), t.second.CPU.Seconds(), t.requests, t.again)
		return nil
	}
	dir := filepath.Join(b.tmp, "html")
	if err := row("pages as HTML, and a document for each project; SQLite", &place{filepath.Join(dir, "track.db"), filepath.Join(dir, "cache"), b.server.url + "html/simple/"}); err != nil {
		return "", err
	}
	pg, err := pgtest.New(ctx)
	if err != nil {
		return text.String() + fmt.Sprintf("\nPostgreSQL was not measured: %v.\n", err), nil
	}
	err = row("pages as JSON; PostgreSQL, on the same machine", &place{pg.URL("postgres"), filepath.Join(b.tmp, "postgres"), b.server.url + "json/simple/"})
	return text.String(), errors.Join(err, pg.Close())
}

// metric is one that the benchmark of the front page reports.
var metric = regexp.MustCompile(`([0-9.e+]+) (ms-to-\w+|JS-MB)`)

// front measures the front page of 5,000 packages in a browser, by the benchmark of
// test/browser.
func (b *bench) front(ctx context.Context) (string, error) {
	const title = "### The front page of 5000 packages in a browser\n\n"
	if !b.browser {
		return title + "Not measured.\n", nil
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "Front", "-benchtime", "5x", "-timeout", "5m", ".")
	cmd.Dir = filepath.Join("test", "browser")
	said, err := cmd.CombinedOutput()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(string(said)), "\n")
		return title + fmt.Sprintf("Not measured: %s (`scripts/test-browser` installs what it takes).\n", lines[0]), nil //nolint:nilerr // said so
	}
	found := map[string]string{}
	for _, m := range metric.FindAllStringSubmatch(string(said), -1) {
		found[m[2]] = m[1]
	}
	if len(found) == 0 {
		return "", fmt.Errorf("the benchmark of test/browser tells nothing: %s", said)
	}
	text := title + "Chromium without a window, medians:\n\n| | | wanted |\n|---|---|---|\n"
	for _, x := range []struct{ name, what, wanted string }{
		{"ms-to-interactive", "interactive", "1000 ms"}, {"ms-to-filter", "a filter answers", "50 ms"}, {"ms-to-sort", "another order", ""},
	} {
		if value, ok := found[x.name]; ok {
			text += fmt.Sprintf("| %s | %s ms | %s |\n", x.what, value, x.wanted)
		}
	}
	return text, nil
}
