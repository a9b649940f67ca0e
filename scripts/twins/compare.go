package main

import (
	"context"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/resolver/validate"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// outcome is how two answers to one question stand to each other.
type outcome string

const (
	same          outcome = "same choice"
	bothFail      outcome = "both fail"
	otherChoice   outcome = "other valid choice"
	invalid       outcome = "not valid"
	onlyTheyFail  outcome = "only the installer fails"
	onlyWeFail    outcome = "only the resolver fails"
	theirsInvalid outcome = "the installer's answer is not valid"
	theyCrash     outcome = "the installer crashes"
)

// outcomes in the order they are reported; fault says which are ours.
var outcomes = []struct {
	outcome
	fault bool
}{
	{same, false}, {bothFail, false}, {otherChoice, false}, {theirsInvalid, false}, {theyCrash, false}, {onlyTheyFail, true}, {onlyWeFail, true}, {invalid, true},
	{lockHolds, false}, {lockRefused, false}, {lockMissing, true}, {lockRejected, true}, {lockOther, true},
}

type verdict struct {
	outcome
	detail string
}

// compare resolves a case for a target and holds the answer against theirs.
func compare(ctx context.Context, c *universe.Case, like vocab.Like, t wheeltags.Target, theirs *universe.Answer) (verdict, error) {
	req, err := c.Request(like, t)
	if err != nil {
		return verdict{}, err
	}
	req.NoFixes = true
	index := c.Memory()
	cell, picks, err := ours(ctx, index, req)
	if err != nil {
		return verdict{}, err
	}
	if !theirs.Fails {
		if bad, err := check(ctx, index, req, t, theirs.Picks); err != nil || bad != "" {
			return verdict{theirsInvalid, bad + difference(theirs.Picks, picks)}, err
		}
	}
	switch {
	case theirs.Fails && strings.Contains(theirs.Said, "RecursionError"):
		return verdict{theyCrash, "  installer: " + theirs.Said + "\n"}, nil
	case theirs.Fails && cell.Satisfiable:
		return verdict{onlyTheyFail, "  installer: " + theirs.Said + "\n" + difference(nil, picks)}, nil
	case theirs.Fails:
		return verdict{bothFail, ""}, nil
	case !cell.Satisfiable:
		return verdict{onlyWeFail, problems(cell) + difference(theirs.Picks, nil)}, nil
	}
	if bad, err := check(ctx, index, req, t, picks); err != nil || bad != "" {
		return verdict{invalid, bad + difference(theirs.Picks, picks)}, err
	}
	if d := difference(theirs.Picks, picks); d != "" {
		return verdict{otherChoice, d}, nil
	}
	return verdict{same, ""}, nil
}

// ours is the resolver's answer.
func ours(ctx context.Context, index resolver.Index, req *resolver.Request) (*resolver.Cell, []universe.Pick, error) {
	res, err := resolver.Resolve(ctx, index, req)
	if err != nil {
		return nil, nil, err
	}
	cell := &res.Targets[0]
	var picks []universe.Pick
	for _, p := range cell.Packages {
		if p.File != "" {
			picks = append(picks, *universe.NewPick(p.Name, p.Version, p.File))
		}
	}
	universe.SortPicks(picks)
	return cell, picks, nil
}

// check returns the rules a choice breaks, a line each.
func check(ctx context.Context, index resolver.Index, req *resolver.Request, t wheeltags.Target, picks []universe.Pick) (string, error) {
	var set []validate.Pick
	for _, p := range picks {
		set = append(set, validate.Pick{Name: p.Name, Version: p.Version, File: p.File})
	}
	found, err := validate.Set(ctx, index, req, t, set)
	var b strings.Builder
	for _, v := range found {
		fmt.Fprintf(&b, "  %v\n", v)
	}
	return b.String(), err
}

func problems(c *resolver.Cell) string {
	var b strings.Builder
	for _, p := range c.Problems {
		fmt.Fprintf(&b, "  resolver: %s: %s: %s\n", p.Package, p.Kind, p.Message)
	}
	return b.String()
}

// difference lists the packages two answers differ in.
func difference(theirs, ours []universe.Pick) string {
	files := map[string][2]string{}
	for side, picks := range [][]universe.Pick{theirs, ours} {
		for _, p := range picks {
			f := files[p.Name]
			f[side] = p.File
			files[p.Name] = f
		}
	}
	var names []string
	for n, f := range files {
		if f[0] != f[1] {
			names = append(names, n)
		}
	}
	sort.Strings(names)
	var b strings.Builder
	for _, n := range names {
		fmt.Fprintf(&b, "  %s: installer %s, resolver %s\n", n, orNone(files[n][0]), orNone(files[n][1]))
	}
	return b.String()
}

func orNone(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// tally counts outcomes.
type tally struct {
	mu    sync.Mutex
	count map[string]map[outcome]int
}

func (s *tally) add(what string, o outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count == nil {
		s.count = map[string]map[outcome]int{}
	}
	if s.count[what] == nil {
		s.count[what] = map[outcome]int{}
	}
	s.count[what][o]++
}

func (s *tally) faults() int {
	n := 0
	for _, by := range s.count {
		for _, o := range outcomes {
			if o.fault {
				n += by[o.outcome]
			}
		}
	}
	return n
}

func (s *tally) print(w io.Writer, tools string, o options) {
	_, _ = fmt.Fprintf(w, "%d universes from number %d of seed %d; %s\n", o.n, o.from, o.seed, tools)
	for _, what := range []string{"like pip", "like uv", "lock"} {
		for _, o := range outcomes {
			if n := s.count[what][o.outcome]; n > 0 {
				_, _ = fmt.Fprintf(w, "%-8s  %-42s %5d\n", what, o.outcome, n)
			}
		}
	}
}
