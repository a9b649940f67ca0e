package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/console"
)

// The commands of the watcher's guide and of the workflow are ones that ftpkg has.
func TestTrackPages(t *testing.T) {
	t.Parallel()
	command := regexp.MustCompile(`(?m)^\s*(?:run: |[A-Z_]+=\S+ )?(ftpkg (?:track|publish|serve)[^#|\n]*)`)
	for name, least := range map[string]int{"docs/track.md": 15, "examples/track/status.yml": 4, "README.md": 4} {
		text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		found := command.FindAllStringSubmatch(string(text), -1)
		if len(found) < least {
			t.Errorf("%s: %d commands were found", name, len(found))
		}
		for _, m := range found {
			words, err := console.Words(strings.TrimSpace(m[1]))
			if err != nil {
				t.Errorf("%s: %s: %v", name, m[1], err)
				continue
			}
			root := newRoot(world(t))
			line, err := readCmdline(root, words[1:])
			if err != nil {
				t.Errorf("%s: %s: %v", name, m[1], err)
				continue
			}
			if len(line.command.Subcommands) > 0 {
				t.Errorf("%s: %s is no whole command", name, m[1])
			}
		}
	}
}
