// Command record takes the snapshot of the package index that the console blocks
// of README.md and docs/ are replayed against.
//
//	go run ./scripts/record
//
// It runs every ftpkg command of the blocks against the live index, through a
// proxy that notes which pages and which metadata were read. Of those it keeps as
// little as makes the commands print the same once more, without the network, and
// writes that to cmd/ftpkg/testdata/snapshot. Afterwards
//
//	go test ./cmd/ftpkg -run TestDocs -update
//
// puts what the commands printed into the blocks. Run it at the top of the
// repository, and read the difference before committing it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/console"
	"github.com/ftpkg/ftpkg/internal/index"
	"github.com/ftpkg/ftpkg/internal/snapshot"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	upstream := flag.String("index", index.DefaultURL, "the live index")
	out := flag.String("o", filepath.Join("cmd", "ftpkg", "testdata", "snapshot"), "where the snapshot is written")
	flag.Parse()
	err := record(ctx, *upstream, *out)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

func record(ctx context.Context, upstream, out string) error {
	commands, err := documented()
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "ftpkg-record-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	program := filepath.Join(tmp, "ftpkg")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, "./cmd/ftpkg")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return err
	}

	taken := time.Now().UTC().Truncate(time.Second)
	p, err := newProxy(ctx, upstream)
	if err != nil {
		return err
	}
	defer p.close()
	live, err := runAll(ctx, program, commands, p.indexURL())
	if err != nil {
		return errors.Join(err, p.failure())
	}
	if err := p.readWhole(ctx); err != nil {
		return err
	}
	attempt := 0
	r := reducer{
		proxy: p, outputs: live, dated: strings.Contains(strings.Join(commands, "\n"), "--exclude-newer"),
		replays: func(s *snapshot.Snapshot) (bool, error) {
			attempt++
			return replays(ctx, program, commands, live, s, filepath.Join(tmp, strconv.Itoa(attempt)))
		},
	}
	s, err := r.reduce(taken)
	if err != nil {
		return err
	}
	return s.Write(out)
}

// documented returns the ftpkg commands of all console blocks.
func documented() ([]string, error) {
	pages := []string{"README.md"}
	err := filepath.WalkDir("docs", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".md") {
			pages = append(pages, path)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var commands []string
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			return nil, err
		}
		steps, err := console.Parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", page, err)
		}
		for _, s := range steps {
			command, _, _ := strings.Cut(strings.TrimPrefix(s.Command, "go run ./cmd/"), "|")
			if strings.HasPrefix(command, "ftpkg ") && !slices.Contains(commands, command) {
				commands = append(commands, command)
			}
		}
	}
	return commands, nil
}

// runAll runs commands against an index and returns what each printed.
func runAll(ctx context.Context, program string, commands []string, indexURL string) ([]string, error) {
	outputs := make([]string, len(commands))
	for i, command := range commands {
		words, err := console.Words(command)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", command, err)
		}
		cmd := exec.CommandContext(ctx, program, words[1:]...)
		cmd.Env = []string{
			"FTPKG_INDEX_URL=" + indexURL, "FTPKG_NO_CACHE=1", "FTPKG_NO_CONFIG=1", "PIP_CONFIG_FILE=" + os.DevNull,
		}
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && (!errors.As(err, &exit) || exit.ExitCode() > 2) {
			return nil, fmt.Errorf("%s: %w\n%s", command, err, out)
		}
		outputs[i] = string(out)
	}
	return outputs, nil
}

// replays reports whether the commands print the same on a snapshot.
func replays(ctx context.Context, program string, commands, want []string, s *snapshot.Snapshot, dir string) (bool, error) {
	packed, unpacked := filepath.Join(dir, "packed"), filepath.Join(dir, "index")
	if err := s.Write(packed); err != nil {
		return false, err
	}
	if _, err := snapshot.Unpack(os.DirFS(packed), unpacked); err != nil {
		return false, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	got, err := runAll(ctx, program, commands, unpacked)
	if err != nil {
		return false, err
	}
	for i := range got {
		if got[i] != want[i] {
			return false, nil
		}
	}
	return true, nil
}
