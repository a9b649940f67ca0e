package main

import (
	"context"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/probe/environment"
	ftruntime "github.com/ftpkg/ftpkg/probe/runtime"
)

// surveyFiles reads what the extension modules installed in an environment
// declare. Nothing is run, so what only loading them would tell is left to
// ftpkg probe.
func surveyFiles(ctx context.Context, _ Env, r *ftruntime.Runtime) (*doctorEnvironment, error) {
	env, err := environment.OpenSite(ctx, r.Executable, r.Site)
	if err != nil {
		return nil, err
	}
	declared, err := probe.ReadDeclared(ctx, env, r.Suffixes)
	if err != nil {
		return nil, err
	}
	found := &doctorEnvironment{Packages: len(env.Distributions), Offenders: []doctorOffender{}}
	for _, d := range declared {
		switch {
		case d.Test:
		case d.Declaration == vocab.DeclarationUndecided:
			found.Undecided++
		case d.Declaration.TurnsOn():
			found.Offenders = append(found.Offenders, doctorOffender{Distribution: d.Distribution, Module: d.Module})
		}
	}
	return found, nil
}
