package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/gilrun"
	ftruntime "github.com/ftpkg/ftpkg/probe/runtime"
)

// runResult is the schema ftpkg.run/1.
type runResult struct {
	Schema  string      `json:"schema"`
	Runtime runRuntime  `json:"runtime"`
	Program []string    `json:"program"`
	Stop    bool        `json:"stop"`
	Allow   []string    `json:"allow"`
	Status  int         `json:"status"`
	Modules []runModule `json:"modules"`
	Lost    int         `json:"lost"`
}

type runRuntime struct {
	Executable   string `json:"executable"`
	Version      string `json:"version"`
	FreeThreaded bool   `json:"free_threaded"`
	Build        string `json:"build"`
}

// A runModule is an extension module that at least one process loaded.
type runModule struct {
	Module       string            `json:"module"`
	File         string            `json:"file"`
	Distribution string            `json:"distribution"`
	Version      string            `json:"version"`
	Declaration  vocab.Loaded      `json:"declaration"`
	Action       vocab.GuardAction `json:"action"`
	Chain        []string          `json:"chain"`
	Origin       string            `json:"origin"`
	Seconds      float64           `json:"seconds"`
	Processes    int               `json:"processes"`
}

// newRunResult puts together what the processes of a program did: one entry for
// each module and what was done with it, as the first process saw it.
func newRunResult(o runOptions, python *ftruntime.Info, events []gilrun.Event, lost, status int) *runResult {
	r := &runResult{
		Schema: "ftpkg.run/1", Program: o.program.Words, Stop: o.stop, Allow: append([]string{}, o.allow...),
		Status: status, Modules: []runModule{}, Lost: lost,
		Runtime: runRuntime{python.Executable, python.Version, python.FreeThreaded, python.Build},
	}
	type key struct {
		module, file string
		action       vocab.GuardAction
	}
	at := map[key]int{}
	seen := map[key]map[int]bool{}
	for _, e := range events {
		k := key{e.Module, e.File, e.Action}
		i, ok := at[k]
		if !ok {
			i = len(r.Modules)
			at[k], seen[k] = i, map[int]bool{}
			r.Modules = append(r.Modules, runModule{
				Module: e.Module, File: e.File, Distribution: e.Distribution, Version: e.Version, Declaration: e.Declaration,
				Action: e.Action, Chain: append([]string{}, e.Chain...), Origin: e.Origin, Seconds: time.Duration(e.Nanoseconds).Seconds(),
			})
		}
		if !seen[k][e.Process] {
			seen[k][e.Process] = true
			r.Modules[i].Processes++
		}
	}
	return r
}

// writeText prints the report for people: undeclared modules only.
func (r *runResult) writeText(w io.Writer, color bool) error {
	var undeclared, unread int
	var t table
	t.header("module", "distribution", "action", "imported by")
	for _, m := range r.Modules {
		if m.Declaration == vocab.LoadedUnknown {
			unread++
		}
		if m.Declaration != vocab.LoadedUsed {
			continue
		}
		undeclared++
		styles := map[vocab.GuardAction]style{vocab.GuardLogged: yellow, vocab.GuardStopped: red, vocab.GuardAllowed: dim}
		steps := m.Chain
		if m.Origin != "" {
			steps = append([]string{filepath.Base(m.Origin)}, steps...)
		}
		t.add(cell{text: m.Module}, cell{text: strings.TrimSpace(m.Distribution + " " + m.Version)},
			cell{text: string(m.Action), style: styles[m.Action]}, cell{text: strings.Join(steps, " -> ")})
	}
	if _, err := fmt.Fprintf(w, "ftpkg run: exit status %d; %s loaded, %d without declaring that it runs without the GIL\n",
		r.Status, plural(len(r.Modules), "extension module")+" besides the standard library's", undeclared); err != nil {
		return err
	}
	if unread > 0 {
		if _, err := fmt.Fprintf(w, "what %s declared could not be read\n", plural(unread, "module")); err != nil {
			return err
		}
	}
	if r.Lost > 0 {
		if _, err := fmt.Fprintf(w, "%s of the guard were lost: the list may be incomplete\n", plural(r.Lost, "message")); err != nil {
			return err
		}
	}
	if undeclared == 0 {
		return nil
	}
	return t.write(w, color)
}
