package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"

	"github.com/ftpkg/ftpkg/scripts/internal/figures"
)

// The bars of the section "Start".
const (
	startBar = 15 * time.Millisecond
	sizeBar  = 40e6
)

// start measures how long the program takes to say its version, beside one that does
// nothing, and how large it is. They take turns.
func (b *bench) start(ctx context.Context) (string, error) {
	list := []*started{
		{name: "`/bin/true`", args: []string{"/bin/true"}},
		{name: "`ftpkg version`", args: []string{b.ftpkg, "version"}},
		{name: "`ftpkg --help`", args: []string{b.ftpkg, "--help"}},
	}
	for round := range b.starts + 1 {
		for i := range list {
			s := list[(i+round)%len(list)]
			cmd := exec.CommandContext(ctx, s.args[0], s.args[1:]...)
			cmd.Dir = b.tmp
			began := time.Now()
			if err := cmd.Run(); err != nil {
				return "", fmt.Errorf("%s: %w", s.name, err)
			}
			if took := time.Since(began); round > 0 {
				s.wall = append(s.wall, took)
				s.used = append(s.used, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
			}
		}
	}
	text := fmt.Sprintf("Each was started %d times, in turns; from before it is started until it has ended.\n\n", b.starts) +
		"| | median | fastest | slowest | processor time | bar |\n|---|---|---|---|---|---|\n"
	for _, s := range list {
		bar := ""
		if s.name == "`ftpkg version`" {
			bar = verdict(figures.Median(s.wall) <= startBar, "≤ "+startBar.String())
		}
		text += fmt.Sprintf("| %s | %.1f ms | %.1f ms | %.1f ms | %.1f ms | %s |\n", s.name,
			ms(figures.Median(s.wall)), ms(slices.Min(s.wall)), ms(slices.Max(s.wall)), ms(figures.Median(s.used)), bar)
	}
	info, err := os.Stat(b.ftpkg)
	if err != nil {
		return "", err
	}
	return text + fmt.Sprintf("\nThe program, built as releases are and without a runtime, has %.1f MB; bar: %s.\n",
		float64(info.Size())/1e6, verdict(info.Size() <= sizeBar, "≤ 40 MB")), nil
}

// A started is a command that is started again and again.
type started struct {
	name       string
	args       []string
	wall, used []time.Duration
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }

// verdict says whether a bar is met.
func verdict(ok bool, bar string) string {
	if ok {
		return bar + ": met"
	}
	return bar + ": **not met**"
}
