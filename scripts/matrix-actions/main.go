// Command matrix-actions writes anew which releases of actions generated workflows use,
// the newest there are, pinned to commits.
//
//	go run ./scripts/matrix-actions -date 2026-08-20
//
// The repositories are asked by git for their tags: those of the actions that
// matrix/emit/actions.json names. A release whose tag moved since the last time is an
// error, since tags of releases do not move.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/matrix/emit"
)

func main() {
	file := flag.String("o", "matrix/emit/actions.json", "read and write `FILE`")
	base := flag.String("base", "https://github.com/", "the repositories are at `URL` and their name")
	date := flag.String("date", time.Now().UTC().Format(time.DateOnly), "the `DAY` the table is of")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	err := refresh(ctx, *file, *base, *date)
	cancel()
	if err != nil {
		fmt.Fprintln(os.Stderr, "matrix-actions:", err)
		os.Exit(1)
	}
}

// refresh writes the table with the newest releases.
func refresh(ctx context.Context, file, base, date string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var pins emit.Pins
	if err := json.Unmarshal(text, &pins); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, name := range slices.Sorted(maps.Keys(pins.Actions)) {
		out, err := exec.CommandContext(ctx, "git", "ls-remote", "--tags", base+name).Output()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		releases := parse(string(out))
		old := pins.Actions[name]
		if now, ok := releases[old.Version]; ok && now != old.Commit {
			return fmt.Errorf("%s: the tag %s was %s and is now %s", name, old.Version, old.Commit, now)
		}
		newest, err := newest(releases)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		pins.Actions[name] = newest
	}
	pins.Date = date
	out, err := json.MarshalIndent(&pins, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(out, '\n'), 0o644)
}

// release is the tag of a whole version: v4 and v4.2 move.
var release = regexp.MustCompile(`^v(\d+)\.(\d+)\.(\d+)$`)

// parse reads what git ls-remote prints: commits by tag. Of a tag with a message, the
// commit follows under its name with ^{}.
func parse(text string) map[string]string {
	commits := map[string]string{}
	for line := range strings.Lines(text) {
		commit, ref, _ := strings.Cut(strings.TrimSpace(line), "\t")
		tag, peeled := strings.CutSuffix(strings.TrimPrefix(ref, "refs/tags/"), "^{}")
		if release.MatchString(tag) && (commits[tag] == "" || peeled) {
			commits[tag] = commit
		}
	}
	return commits
}

// newest returns the highest version.
func newest(commits map[string]string) (emit.Pin, error) {
	if len(commits) == 0 {
		return emit.Pin{}, errors.New("it has no release")
	}
	tag := slices.MaxFunc(slices.Collect(maps.Keys(commits)), func(a, b string) int { return slices.Compare(version(a), version(b)) })
	return emit.Pin{Commit: commits[tag], Version: tag}, nil
}

// version are the numbers of a tag.
func version(tag string) []int {
	var numbers []int
	for _, n := range release.FindStringSubmatch(tag)[1:] {
		v, err := strconv.Atoi(n)
		if err != nil {
			v = 0 // longer than any version
		}
		numbers = append(numbers, v)
	}
	return numbers
}
