// Command twins makes random universes, asks the real pip and uv about each on a
// free-threaded and a GIL interpreter, and compares what they chose with what
// the resolver chooses under the same rules: package, version and file.
//
//	FTPKG_FT_PYTHON=…/python3.13t FTPKG_GIL_PYTHON=…/python3.13 \
//	    go run ./scripts/twins -n 300 -save differences
//
// The universes depend on -seed alone. Every difference is printed with what
// both chose; it is a fault where one side fails or the resolver's choice is not
// valid, and otherwise a different choice among valid ones, which comes from the
// order in which projects are decided. The exit code is 1 if there is a fault.
//
// With -ftpkg the executable writes a lock for each flavour and one for both
// from an index over HTTP, and both installers install from it on both.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/scripts/internal/ask"
)

type options struct {
	config ask.Config
	seed   uint64
	from   uint64
	n      uint64
	jobs   int
	save   string
	ftpkg  string
}

func main() {
	var o options
	o.config.Flags(flag.CommandLine)
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the universes")
	flag.Uint64Var(&o.from, "from", 0, "number of the first universe")
	flag.Uint64Var(&o.n, "n", 300, "how many universes")
	flag.IntVar(&o.jobs, "j", 2, "universes asked about at once")
	flag.StringVar(&o.save, "save", "", "folder for the universes that show a difference, as cases")
	flag.StringVar(&o.ftpkg, "ftpkg", "", "ftpkg executable: let it write locks too, and both installers install from them")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "twins:", err)
		os.Exit(1)
	}
}

var errFaults = errors.New("the resolver is at fault")

func run(ctx context.Context, o options) error {
	asker, err := ask.New(ctx, o.config)
	if err != nil {
		return err
	}
	defer asker.Close()
	var sum tally
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(o.jobs)
	for i := o.from; i < o.from+o.n; i++ {
		g.Go(func() error { return one(ctx, o, asker, i, &sum) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	sum.print(os.Stdout, asker.Tools, o)
	if sum.faults() > 0 {
		return errFaults
	}
	return nil
}

// one compares all four answers on one universe.
func one(ctx context.Context, o options, asker *ask.Asker, i uint64, sum *tally) error {
	text := universe.Random(o.seed, i)
	c, err := universe.Parse(fmt.Sprintf("twins-%d-%d", o.seed, i), text)
	if err != nil {
		return err
	}
	var answers []universe.Answer
	differs := false
	for _, like := range []vocab.Like{vocab.LikePip, vocab.LikeUV} {
		for _, ft := range []bool{true, false} {
			t := asker.Target(ft)
			theirs, err := asker.Ask(ctx, c, like, t)
			if err != nil {
				return err
			}
			answers = append(answers, theirs)
			v, err := compare(ctx, c, like, t, &theirs)
			if err != nil {
				return fmt.Errorf("%s: like %s on %s: %w", c.Name, like, t, err)
			}
			sum.add("like "+string(like), v.outcome)
			if v.outcome != same && v.outcome != bothFail {
				differs = true
				fmt.Printf("%s like %s on %s: %s\n%s", c.Name, like, t, v.outcome, v.detail)
			}
		}
	}
	if o.ftpkg != "" {
		bad, err := locks(ctx, o, asker, c, sum)
		if err != nil {
			return err
		}
		differs = differs || bad
	}
	if !differs || o.save == "" {
		return nil
	}
	if err := os.MkdirAll(o.save, 0o755); err != nil {
		return err
	}
	rec := universe.Recorded{Date: "today", Platform: asker.Home, Tools: asker.Tools, Python: asker.Python}
	return os.WriteFile(filepath.Join(o.save, c.Name+universe.Suffix), []byte(c.WithRecorded(rec, answers)), 0o644)
}
