// Command record takes the snapshot of the package index that the console blocks
// of README.md and docs/ are replayed against.
//
//	go run ./scripts/record
//
// It runs every ftpkg command of the blocks against the live index, through a
// proxy that notes which pages, which metadata and which wheels were read. Of those
// it keeps as little as makes the commands print the same once more, without the
// network, and writes that to cmd/ftpkg/testdata/snapshot. Of a wheel, that is its
// metadata and its extension modules. Afterwards
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
	pages, err := documented()
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
	live, err := player{program, tmp, p.indexURL(), p.note}.play(ctx, pages)
	if err != nil {
		return errors.Join(err, p.failure())
	}
	if err := p.readWhole(ctx); err != nil {
		return err
	}
	attempt := 0
	r := reducer{
		proxy: p, outputs: live,
		replays: func(s *snapshot.Snapshot) (bool, error) {
			attempt++
			return replays(ctx, player{program: program, tmp: tmp}, pages, live, s, filepath.Join(tmp, strconv.Itoa(attempt)), attempt == 1)
		},
	}
	s, err := r.reduce(taken)
	if err != nil {
		return err
	}
	return s.Write(out)
}

// A page is the steps of one page.
type page struct {
	name  string
	steps []console.Step
}

// documented returns the pages that have console blocks.
func documented() ([]page, error) {
	names := []string{"README.md"}
	err := filepath.WalkDir("docs", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".md") {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var pages []page
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		steps, err := console.Parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if len(steps) > 0 {
			pages = append(pages, page{name, steps})
		}
	}
	return pages, nil
}

// A player does the steps of pages with the program.
type player struct {
	program, tmp string
	index        string
	note         func(args []string) // called before each command
}

// play returns what each step printed.
func (p player) play(ctx context.Context, pages []page) ([]string, error) {
	root, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	var outputs []string
	for _, page := range pages {
		own, err := os.MkdirTemp(p.tmp, "page-")
		if err != nil {
			return nil, err
		}
		session := console.Session{Root: root, Own: own, Run: func(dir string, variables map[string]string, args []string) (string, int, error) {
			if p.note != nil {
				p.note(args)
			}
			return p.run(ctx, dir, own, variables, args)
		}}
		printed, err := session.Play(page.steps)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", page.name, err)
		}
		outputs = append(outputs, printed...)
		if err := os.RemoveAll(own); err != nil {
			return nil, err
		}
	}
	return outputs, nil
}

// run runs one command.
func (p player) run(ctx context.Context, dir, own string, variables map[string]string, args []string) (string, int, error) {
	cmd := exec.CommandContext(ctx, p.program, args...)
	cmd.Dir = dir
	cmd.Env = []string{
		"FTPKG_INDEX_URL=" + p.index, "FTPKG_NO_CACHE=1", "PIP_CONFIG_FILE=" + os.DevNull,
		"FTPKG_DATA_DIR=" + filepath.Join(own, "data"),
	}
	if dir != own {
		cmd.Env = append(cmd.Env, "FTPKG_NO_CONFIG=1") // a page's own settings count
	}
	for name, value := range variables {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() > 1) {
		return "", 0, fmt.Errorf("%w\n%s", err, out)
	}
	return string(out), cmd.ProcessState.ExitCode(), nil
}

// replays reports whether the commands print the same on a snapshot.
func replays(ctx context.Context, p player, pages []page, want []string, s *snapshot.Snapshot, dir string, verbose bool) (bool, error) {
	packed, unpacked := filepath.Join(dir, "packed"), filepath.Join(dir, "index")
	if err := s.Write(packed); err != nil {
		return false, err
	}
	if _, err := snapshot.Unpack(os.DirFS(packed), unpacked); err != nil {
		return false, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	p.index = unpacked
	at := 0
	for i := range pages {
		got, err := p.play(ctx, pages[i:i+1])
		if err != nil {
			return false, err
		}
		for _, text := range got {
			if text != want[at] {
				if verbose {
					fmt.Printf("not yet the same: live\n%sreplayed\n%s", want[at], text)
				}
				return false, nil
			}
			at++
		}
	}
	return true, nil
}
