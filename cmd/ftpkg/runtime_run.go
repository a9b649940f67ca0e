package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	ftruntime "github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/wheeltags"
)

func runRuntimeInstall(ctx context.Context, env Env, x *openRuntimes, o runtimeCommandOptions) error {
	wanted, err := parsePythons(o.args)
	if err != nil {
		return err
	}
	if len(wanted) == 0 {
		wanted = []wheeltags.Python{x.Preferred}
	}
	doc := newRuntimeDocument("install", x)
	var b strings.Builder
	for _, want := range wanted {
		r, err := x.Manager.Install(ctx, want, x.downloading)
		if err != nil {
			return err
		}
		doc.Runtimes = append(doc.Runtimes, viewRuntime(r))
		done := "is there already:"
		if r.Source == vocab.RuntimeInstalled {
			done = "installed in"
		}
		fmt.Fprintf(&b, "CPython %s %s %s\n", r.Python(), done, r.Dir)
	}
	return x.answer(env, o, doc, b.String())
}

func runRuntimePath(ctx context.Context, env Env, x *openRuntimes, o runtimeCommandOptions) error {
	wanted, err := parsePythons(o.args)
	if err != nil {
		return err
	}
	var want *wheeltags.Python
	if len(wanted) > 0 {
		want = &wanted[0]
	}
	x.NoInstall = true
	r, err := x.choose(ctx, env, want, "")
	if err != nil {
		return err
	}
	doc := newRuntimeDocument("path", x)
	doc.Runtimes = append(doc.Runtimes, viewRuntime(r))
	return x.answer(env, o, doc, r.Executable+"\n")
}

func runRuntimeRemove(ctx context.Context, env Env, x *openRuntimes, o runtimeCommandOptions) error {
	doc := newRuntimeDocument("remove", x)
	var b strings.Builder
	for _, which := range o.args {
		names, err := x.Manager.Remove(ctx, which)
		if err != nil {
			return err
		}
		doc.Removed = append(doc.Removed, names...)
		for _, name := range names {
			fmt.Fprintf(&b, "removed %s\n", name)
		}
	}
	return x.answer(env, o, doc, b.String())
}

func runRuntimeUpdate(ctx context.Context, env Env, x *openRuntimes, o runtimeCommandOptions) error {
	before := x.Manager.Catalogue
	c, err := x.Manager.Update(ctx, o.from)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("the catalogue is that of %s: %s\n", c.AsOf.Format("2006-01-02"), plural(len(c.Builds), "build"))
	if !c.AsOf.Equal(before.AsOf) {
		text = fmt.Sprintf("the catalogue is now that of %s, before it was that of %s: %s\n",
			c.AsOf.Format("2006-01-02"), before.AsOf.Format("2006-01-02"), plural(len(c.Builds), "build"))
	}
	return x.answer(env, o, newRuntimeDocument("update", x), text)
}

func runRuntimeList(ctx context.Context, env Env, x *openRuntimes, o runtimeCommandOptions) error {
	doc := newRuntimeDocument("list", x)
	managed, err := x.Manager.List(ctx)
	if err != nil {
		return err
	}
	installed := map[string]bool{}
	for _, one := range managed {
		installed[one.Name] = true
		if one.Runtime == nil {
			doc.Broken = append(doc.Broken, runtimeBroken{one.Name, one.Err.Error()})
		} else {
			doc.Runtimes = append(doc.Runtimes, viewRuntime(one.Runtime))
		}
	}
	if b := x.Bundle; b != nil {
		doc.Bundled = &runtimeBundled{b.Name, b.Python.String(), installed[b.Name]}
	}
	if !o.managed {
		found, skipped, err := x.Finder.Find(ctx)
		if err != nil {
			return err
		}
		for _, r := range found {
			if r.Dir = ""; !x.owns(r) {
				doc.Runtimes = append(doc.Runtimes, viewRuntime(r))
			}
		}
		for _, err := range skipped {
			doc.Broken = append(doc.Broken, runtimeBroken{Reason: err.Error()})
		}
	}
	if o.available {
		for _, b := range x.Manager.Catalogue.On(x.Manager.Platform) {
			doc.Available = append(doc.Available, runtimeAvailable{b.Name(), b.Python().String(), string(b.Platform), installed[b.Name()]})
		}
	}
	if o.format == "json" {
		return x.answer(env, o, doc, "")
	}
	x.progress.stop()
	return writeRuntimeTable(env, doc)
}

// owns reports whether an interpreter that was found is a managed one: the data
// directory may be on PATH.
func (x *openRuntimes) owns(r *ftruntime.Runtime) bool {
	rel, err := filepath.Rel(x.Manager.Dir(""), r.BasePrefix)
	return err == nil && filepath.IsLocal(rel)
}

// answer prints a document, or its text.
func (x *openRuntimes) answer(env Env, o runtimeCommandOptions, doc *runtimeDocument, text string) error {
	x.progress.stop()
	if o.format == "json" {
		return writeJSON(env.Stdout, doc)
	}
	_, err := fmt.Fprint(env.Stdout, text)
	return err
}

func writeRuntimeTable(env Env, doc *runtimeDocument) error {
	bundled := doc.Bundled != nil && !doc.Bundled.Unpacked
	if len(doc.Runtimes)+len(doc.Broken)+len(doc.Available) == 0 && !bundled {
		_, err := fmt.Fprintln(env.Stdout, "no interpreters; run: ftpkg runtime install")
		return err
	}
	var t table
	t.header("PYTHON", "SOURCE", "BUILD", "PATH")
	for _, r := range doc.Runtimes {
		build, style := "GIL", plainStyle
		if r.FreeThreaded {
			build, style = "free-threaded", green
		}
		source := string(r.Source)
		if r.Origin != "" {
			source += " (" + r.Origin + ")"
		}
		t.add(cell{text: r.Python}, cell{text: source}, cell{text: build, style: style}, cell{text: r.Executable})
	}
	if bundled {
		t.add(cell{text: doc.Bundled.Python}, cell{text: string(vocab.RuntimeBundled)}, cell{}, cell{text: "unpacked on first use"})
	}
	for _, a := range doc.Available {
		if !a.Installed {
			t.add(cell{text: a.Python, style: dim}, cell{text: "available", style: dim}, cell{}, cell{text: a.Name, style: dim})
		}
	}
	if err := t.write(env.Stdout, env.Color); err != nil {
		return err
	}
	for _, b := range doc.Broken {
		if b.Name != "" {
			warnf(env.Stderr, "%s is broken: %s", b.Name, b.Reason)
		} else if env.Verbose > 0 {
			warnf(env.Stderr, "passed over: %s", b.Reason)
		}
	}
	return nil
}
