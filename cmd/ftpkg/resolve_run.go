package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"time"

	"github.com/ftpkg/ftpkg/internal/config"
	"github.com/ftpkg/ftpkg/internal/cpython"
	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// runResolve answers, prints the answer, and says by its error whether it is a no.
func runResolve(ctx context.Context, env Env, o resolveOptions) error {
	accepted, earlier, err := o.compared(env)
	if err != nil {
		return err
	}
	q, err := readQuestion(ctx, env, &o)
	if err != nil {
		return err
	}
	var pinned map[string]string
	if o.index, pinned, err = q.indexOptions(env, o.index); err != nil {
		return err
	}
	idx, err := newIndex(env, o.index, pinned)
	if err != nil {
		return err
	}
	defer idx.close()
	bar := startProgress(env)
	defer bar.stop()

	req := o.request(env, bar)
	q.fill(req)
	var result *resolver.Result
	if q.lock != nil {
		result, err = resolver.Judge(ctx, idx, req, q.lock, o.lockExtras(q), o.lockGroups())
	} else {
		result, err = resolver.Resolve(ctx, idx, req)
	}
	bar.stop()
	if err != nil {
		return resolveError(err)
	}
	for _, line := range result.Accept(accepted, env.Now()) {
		warnf(env.Stderr, "%s", line)
	}
	if earlier != nil {
		d := resolver.Diff(earlier, result)
		result.Changes = &d
	}
	if err := writeTo(env, o.output, func(w io.Writer) error { return o.render(w, env, result) }); err != nil {
		return err
	}
	if !result.Installable() {
		return errNo
	}
	return nil
}

// request is the question without the input.
func (o *resolveOptions) request(env Env, bar *progress) *resolver.Request {
	return &resolver.Request{
		Targets: o.targets, Like: o.like, Prereleases: o.prereleases,
		OnlyBinary: o.onlyBinary, NoBinary: o.noBinary, ABIFeatures: o.abiFeatures,
		TrustMetadata: o.trustMetadata, Align: o.align || o.format == "pylock" || o.format == "requirements",
		Pythons: cpython.Released(env.Now()),
		OnPhase: func(ctx context.Context, p resolver.Phase) context.Context {
			bar.update(string(p), 0, 0)
			return fetch.WithPhase(ctx, string(p))
		},
		OnProgress: func(p resolver.Progress) { bar.update(string(p.Phase), p.Cells, p.Of) },
	}
}

func (o *resolveOptions) lockExtras(q *question) []string {
	if o.allExtras {
		return q.lock.Extras
	}
	return o.extras
}

// lockGroups are the groups asked for; nil leaves the choice to the lock's tool.
func (o *resolveOptions) lockGroups() []string {
	if len(o.groups) == 0 {
		return nil
	}
	return o.groups
}

// resolveError says what to do about a resolution that could not be tried.
func resolveError(err error) error {
	var input *resolver.InputError
	switch {
	case errors.Is(err, pep508.ErrABIFeatures):
		return hintf(&usageError{err}, "add --abi-features to evaluate the draft, or leave the marker out")
	case errors.As(err, &input), errors.Is(err, resolver.ErrTooManyTargets):
		return &usageError{err}
	}
	return indexHint(err)
}

// compared reads the baseline and the earlier answer.
func (o *resolveOptions) compared(env Env) ([]resolver.Accept, *resolver.Result, error) {
	accepted := slices.Clone(o.accept)
	if o.baseline != "" {
		data, err := os.ReadFile(env.path(o.baseline))
		if err != nil {
			return nil, nil, fileError(o.baseline, err)
		}
		s, err := config.Parse(string(data), o.baseline, env.Dir, true)
		if err != nil {
			return nil, nil, &usageError{err}
		}
		for _, a := range s.Accept {
			a.Package = pep508.NormalizeName(a.Package)
			accepted = append(accepted, resolver.Accept(a))
		}
	}
	if o.diff == "" {
		return accepted, nil, nil
	}
	data, err := os.ReadFile(env.path(o.diff))
	if err != nil {
		return nil, nil, fileError(o.diff, err)
	}
	var earlier resolver.Result
	if err := json.Unmarshal(data, &earlier); err != nil {
		return nil, nil, usagef("%s: not an answer of resolve --format json: %w", o.diff, err)
	}
	if earlier.Schema != resolver.Schema {
		return nil, nil, usagef("%s: its schema is %q, not %q", o.diff, earlier.Schema, resolver.Schema)
	}
	return accepted, &earlier, nil
}

// render writes the answer in the format asked for.
func (o *resolveOptions) render(w io.Writer, env Env, r *resolver.Result) error {
	switch o.format {
	case "json":
		return writeJSON(w, r)
	case "markdown":
		return writeResolveMarkdown(w, newResolveView(r, env.Verbose > 0))
	case "pylock", "requirements":
		return o.writeLock(w, r, env.Now().UTC().Format(time.DateOnly))
	}
	width, color := env.Columns, env.Color
	if o.output != "" && o.output != "-" {
		width, color = 0, false
	}
	return writeResolveTable(w, newResolveView(r, env.Verbose > 0), color, width)
}
