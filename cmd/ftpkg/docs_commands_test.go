package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/console"
)

// shellWords takes what only a shell understands out of a line.
func shellWords(line string) string {
	for _, end := range []string{" #", " ||", " >", " |", " &"} {
		line, _, _ = strings.Cut(line, end)
	}
	line = regexp.MustCompile(`\$\([^)]*\)|\$\w+`).ReplaceAllString(line, "x")
	return strings.NewReplacer("*", "x", "…", "x").Replace(line)
}

// The commands in blocks that are not replayed are ones that ftpkg has, with flags
// that they have.
func TestDocsCommands(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	pages, err := markdownFiles(root)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?ms)^```(?:sh|yaml)\n(.*?)^```$")
	command := regexp.MustCompile(`(?m)^\s*(?:- run: |run: |entry: )?(?:[A-Z_]+=\S+ )?(?:uvx |pipx run |go run github\.com/ftpkg/ftpkg/cmd/)?(ftpkg(?:@\S+)? [a-z].*)$`)
	found := 0
	for _, page := range pages {
		text, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range block.FindAllStringSubmatch(strings.ReplaceAll(string(text), "\r\n", "\n"), -1) {
			for _, m := range command.FindAllStringSubmatch(b[1], -1) {
				found++
				words, err := console.Words(shellWords(m[1]))
				if err != nil {
					t.Errorf("%s: %s: %v", page, m[1], err)
					continue
				}
				line, err := readCmdline(newRoot(world(t)), words[1:])
				if err != nil {
					t.Errorf("%s: %s: %v", page, m[1], err)
					continue
				}
				if len(line.command.Subcommands) > 0 && line.command.Action == nil {
					t.Errorf("%s: %s is no whole command", page, m[1])
				}
			}
		}
	}
	if found < 60 {
		t.Errorf("%d commands were found", found)
	}
}

// What a page shows of a command that can't be replayed, because it runs packages or
// asks a host, carries the day on which it was recorded. There are few of these.
func TestDocsRecordings(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	pages, err := markdownFiles(root)
	if err != nil {
		t.Fatal(err)
	}
	recording := regexp.MustCompile("(?m)^```text\n\\$ ")
	day := regexp.MustCompile(`20[0-9]{2}-[0-9]{2}-[0-9]{2}`)
	found := 0
	for _, page := range pages {
		b, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(b), "\r\n", "\n")
		for _, at := range recording.FindAllStringIndex(text, -1) {
			found++
			if before := text[max(0, at[0]-400):at[0]]; !day.MatchString(before) {
				t.Errorf("%s: what is shown behind %q has no day", page, before[max(0, len(before)-60):])
			}
		}
	}
	if found == 0 || found > 8 {
		t.Errorf("%d recordings; what can be replayed should be", found)
	}
}
