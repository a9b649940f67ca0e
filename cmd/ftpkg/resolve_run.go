package main

import (
	"context"
	"os"
	"strings"

	"github.com/ftpkg/ftpkg/internal/cpython"
	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/pep508"
)

func runResolve(ctx context.Context, env Env, o resolveOptions) error {
	idx, err := newIndex(env, o.index)
	if err != nil {
		return err
	}
	defer idx.close()
	req := &resolver.Request{
		Targets: o.targets, Like: o.like, Prereleases: o.prereleases,
		OnlyBinary: o.onlyBinary, NoBinary: o.noBinary, ABIFeatures: o.abiFeatures,
		TrustMetadata: o.trustMetadata, Align: o.align,
		OnPhase: func(ctx context.Context, p resolver.Phase) context.Context { return fetch.WithPhase(ctx, string(p)) },
	}
	_ = cpython.Release{}
	add := func(l string) error {
		r, err := pep508.Parse(l)
		if err != nil {
			return usagef("%w", err)
		}
		req.Requirements = append(req.Requirements, resolver.Requirement{Requirement: r})
		return nil
	}
	for _, a := range o.requirements {
		if err := add(a); err != nil {
			return err
		}
	}
	for _, f := range o.files {
		b, err := os.ReadFile(env.path(f))
		if err != nil {
			return usagef("%w", err)
		}
		for l := range strings.Lines(string(b)) {
			l = strings.TrimSpace(l)
			if l != "" && l[0] != '#' {
				if err := add(l); err != nil {
					return err
				}
			}
		}
	}
	r, err := resolver.Resolve(ctx, idx, req)
	if err != nil {
		return indexHint(err)
	}
	if o.format == "json" {
		err = writeJSON(env.Stdout, r)
	} else {
		err = writeResolveTable(env.Stdout, newResolveView(r, env.Verbose > 0), env.Color, env.Columns)
	}
	if err != nil {
		return err
	}
	if !r.Installable() {
		return errNo
	}
	return nil
}
