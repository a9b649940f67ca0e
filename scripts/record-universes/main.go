// Command record-universes asks the real pip and uv the question of every
// universe case and writes their answers into the case files.
//
//	FTPKG_FT_PYTHON=…/python3.13t FTPKG_GIL_PYTHON=…/python3.13 \
//	    go run ./scripts/record-universes
//
// With -check it writes nothing and exits 1 where an answer is no longer the one
// recorded. It needs Linux with glibc, uv, and both interpreters; pip is
// installed in environments of its own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/scripts/internal/ask"
	"github.com/ftpkg/ftpkg/wheeltags"
)

type options struct {
	config ask.Config
	dir    string
	only   string
	check  bool
	jobs   int
	date   string
}

func main() {
	var o options
	o.config.Flags(flag.CommandLine)
	flag.StringVar(&o.dir, "dir", filepath.Join("resolver", "testdata", "universe"), "folder of the case files")
	flag.StringVar(&o.only, "run", "", "only cases whose name matches this regular expression")
	flag.BoolVar(&o.check, "check", false, "compare with what is recorded and write nothing")
	flag.IntVar(&o.jobs, "j", 2, "cases asked about at once")
	flag.Parse()
	o.date = time.Now().UTC().Format(time.DateOnly)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := record(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "record-universes:", err)
		os.Exit(1)
	}
}

var errDiffer = errors.New("answers differ from those recorded")

func record(ctx context.Context, o options) error {
	only, err := regexp.Compile(o.only)
	if err != nil {
		return err
	}
	cases, err := universe.Load(os.DirFS(o.dir), ".")
	if err != nil {
		return err
	}
	asker, err := ask.New(ctx, o.config)
	if err != nil {
		return err
	}
	defer asker.Close()
	changed := make([]bool, len(cases))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(o.jobs)
	for i, c := range cases {
		if !only.MatchString(c.Name) {
			continue
		}
		g.Go(func() error {
			var err error
			changed[i], err = one(ctx, o, asker, c)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	n := 0
	for i, c := range cases {
		if changed[i] {
			n++
			fmt.Println(c.Name)
		}
	}
	fmt.Fprintf(os.Stderr, "%d cases, %d with new answers (%s)\n", len(cases), n, asker.Tools)
	if o.check && n > 0 {
		return errDiffer
	}
	return nil
}

// one asks about one case and reports whether its text changed.
func one(ctx context.Context, o options, asker *ask.Asker, c *universe.Case) (bool, error) {
	var answers []universe.Answer
	add := func(like vocab.Like, t wheeltags.Target) error {
		a, err := asker.Ask(ctx, c, like, t)
		answers = append(answers, a)
		return err
	}
	for _, like := range []vocab.Like{vocab.LikePip, vocab.LikeUV} {
		for _, ft := range []bool{true, false} {
			if err := add(like, asker.Target(ft)); err != nil {
				return false, err
			}
		}
	}
	for _, t := range c.Also {
		if err := add(vocab.LikeUV, t); err != nil {
			return false, err
		}
	}
	file := filepath.Join(o.dir, c.Name+universe.Suffix)
	old, err := os.ReadFile(file)
	if err != nil {
		return false, err
	}
	rec := universe.Recorded{Date: o.date, Platform: asker.Home, Tools: asker.Tools, Python: asker.Python}
	if c.Recorded != nil && c.Recorded.Tools == rec.Tools && c.Recorded.Platform == rec.Platform {
		rec.Date = c.Recorded.Date // the same answer of the same tools keeps its date
	}
	text := c.WithRecorded(rec, answers)
	if text == string(old) {
		return false, nil
	}
	if o.check {
		return true, nil
	}
	rec.Date = o.date
	return true, os.WriteFile(file, []byte(c.WithRecorded(rec, answers)), 0o644)
}
