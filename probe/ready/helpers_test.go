package ready_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/probe/ready"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// A shelf is a Reader of wheels that are made up: what the modules of a wheel say is
// written in lines
//
//	FILE-PREFIX: MODULE DECLARATION [KEY=VALUE...]
//
// where the keys are platform, path, abi, fit, delegate and test. A wheel that no
// line is about has no modules; one whose line is "FILE-PREFIX: !TEXT" cannot be
// read.
type shelf struct {
	lines []string

	mu   sync.Mutex
	read map[string]int // how often, by name
}

func newShelf(text string) *shelf {
	s := &shelf{read: map[string]int{}}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			s.lines = append(s.lines, line)
		}
	}
	return s
}

func (s *shelf) Wheel(_ context.Context, src inspect.Source) (*inspect.Wheel, error) {
	s.mu.Lock()
	s.read[src.Name]++
	s.mu.Unlock()
	name, err := wheeltags.ParseFilename(src.Name)
	if err != nil {
		return nil, err
	}
	tag := name.Tags.Tags()[0]
	w := &inspect.Wheel{File: src.Name, Project: name.Name, Version: name.Version.String()}
	if abi, ok := strings.CutSuffix(tag.ABI, "t"); ok {
		w.Pythons = []string{"3." + strings.TrimPrefix(abi, "cp3") + "t"}
	}
	platform := ""
	if p, err := wheeltags.ParsePlatform(tag.Platform); err == nil {
		platform = p.Name()
	}
	for _, line := range s.lines {
		prefix, text, _ := strings.Cut(line, ": ")
		if !strings.HasPrefix(src.Name, prefix) {
			continue
		}
		if why, bad := strings.CutPrefix(text, "!"); bad {
			return nil, errors.New(why)
		}
		words := strings.Fields(text)
		m := inspect.Module{
			Module: words[0], Declaration: vocab.Declaration(words[1]), Platform: platform, ABI: vocab.ABIFreeThreaded, Fit: vocab.FitLoads,
			Path: strings.ReplaceAll(words[0], ".", "/") + ".so", Toolchain: vocab.ToolchainC,
		}
		if strings.HasPrefix(platform, "windows") {
			m.Path = strings.TrimSuffix(m.Path, ".so") + ".pyd"
		}
		for _, word := range words[2:] {
			key, value, _ := strings.Cut(word, "=")
			switch key {
			case "platform":
				m.Platform = value
			case "path":
				m.Path = value
			case "abi":
				m.ABI = vocab.ABI(value)
			case "fit":
				m.Fit = vocab.Fit(value)
			case "delegate":
				m.Delegate = value
			case "test":
				m.Test = true
			default:
				panic("unknown key " + word)
			}
		}
		w.Modules = append(w.Modules, m)
	}
	return w, nil
}

// A world is a question and what its wheels say.
type world struct {
	*ready.Question

	shelf *shelf
	ready *ready.Judge
}

// resolve asks a universe for some targets.
func resolve(t *testing.T, text, modules string, targets ...string) *world {
	t.Helper()
	c, err := universe.Parse(t.Name(), "shows what is tested\n"+text)
	if err != nil {
		t.Fatal(err)
	}
	var list []wheeltags.Target
	for _, name := range targets {
		target, err := wheeltags.ParseTarget(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, target)
	}
	req, err := c.Request(vocab.LikeUV, list[0])
	if err != nil {
		t.Fatal(err)
	}
	req.Targets = list
	index := c.Memory()
	result, err := resolver.Resolve(t.Context(), index, req)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Question: &ready.Question{Index: index, Request: req, Result: result}, shelf: newShelf(modules)}
	w.ready = ready.NewJudge(w.shelf, ready.Options{})
	return w
}

func (w *world) judge(t *testing.T) *ready.Application {
	t.Helper()
	a, err := w.ready.Judge(t.Context(), "app", w.Result)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// tell writes an application in lines that a test can hold.
func tell(a *ready.Application) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", a.Readiness)
	for _, c := range a.Cells {
		fmt.Fprintf(&b, "cell %s: %s\n", c.Name(), c.Readiness)
	}
	for _, p := range a.Packages {
		for _, s := range p.Cells {
			fmt.Fprintf(&b, "%s %s in %s: %s", p.Name, s.Version, s.Cell, s.Readiness)
			if s.GIL != "" {
				fmt.Fprintf(&b, ", %s", s.GIL)
			}
			if s.Modules > 0 {
				fmt.Fprintf(&b, ", %d of %d", s.TurnOn, s.Modules)
			}
			if len(s.Unless) > 0 {
				fmt.Fprintf(&b, ", unless %s", strings.Join(s.Unless, " "))
			}
			b.WriteByte('\n')
		}
	}
	b.WriteString(findings(a))
	return b.String()
}

func findings(a *ready.Application) string {
	var b strings.Builder
	for _, f := range a.Findings {
		fmt.Fprintf(&b, "! %s: %s %s, in %s, via %s: %s\n", f.Readiness, f.Package, f.Version, strings.Join(f.Cells, " + "), strings.Join(f.Chain, " > "), f.Reason)
		for _, m := range f.Modules {
			fmt.Fprintf(&b, "!   %s %s %s\n", m.Module, m.Declaration, m.Reason)
		}
		switch {
		case f.Accepted != "":
			fmt.Fprintf(&b, "!   accepted: %s\n", f.Accepted)
		case f.Fix != nil:
			fmt.Fprintf(&b, "!   fix: %s (%s)", f.Fix.Text, f.Fix.Kind)
			for _, c := range f.Fix.Changes {
				fmt.Fprintf(&b, "; %s %q to %q", c.Package, c.From, c.To)
			}
			b.WriteByte('\n')
		case f.NoFix != "":
			fmt.Fprintf(&b, "!   no fix: %s\n", f.NoFix)
		}
	}
	return b.String()
}
