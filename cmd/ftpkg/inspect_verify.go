package main

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/probe/inspect"
)

// verificationErrors are what a verification has to complain of.
func verificationErrors(v *inspect.Verified) []error {
	var errs []error
	for _, d := range v.Disagreements {
		errs = append(errs, fmt.Errorf("%s: %s: read as %s, loaded as %s: this is a fault of ftpkg's, please report it", d.File, d.Module, d.Static, d.Loaded))
	}
	for _, f := range v.Failed {
		errs = append(errs, fmt.Errorf("not verified: %s", f))
	}
	return errs
}

// verifyInspection loads the modules of the wheels for this machine, each alone in
// a process of a sandbox, and compares what the runtime makes of them with what
// their files say.
func verifyInspection(ctx context.Context, env Env, o inspectOptions, report *inspect.Report) (*inspect.Verified, error) {
	v := &inspect.Verified{Wheels: []string{}, Disagreements: []inspect.Disagreement{}}
	if len(freeTargets(report.Wheels)) == 0 {
		return v, nil // nothing that could be loaded
	}
	python, err := o.verifyingPython(ctx, env, report)
	if err != nil {
		return nil, err
	}
	for i, s := range o.subjects {
		if len(o.subjects) != len(report.Subjects) { // an archive of several images
			i = slices.IndexFunc(report.Subjects, func(r inspect.Subject) bool { return r.Argument == s.arg })
		}
		po := probeOptions{
			python: python, runtime: o.verifyRuntime, sandbox: o.sandbox, index: o.index,
			load: probe.Options{Lanes: []vocab.Lane{vocab.LaneCreate}, Jobs: o.jobs},
		}
		if po.load.Jobs == 0 {
			po.load.Jobs = defaultVerifyJobs
		}
		switch {
		case i < 0 || report.Subjects[i].Error != "", report.Subjects[i].Verdict == vocab.VerdictNoWheel, report.Subjects[i].Verdict == vocab.VerdictPure:
			continue // nothing to load
		case s.kind == inspectProject:
			po.packages = []string{report.Subjects[i].Project + "==" + report.Subjects[i].Version}
		default:
			if po.wheels = s.loadable(report, &report.Subjects[i]); po.wheels == nil {
				v.Failed = append(v.Failed, s.arg+": only projects and wheels are loaded")
				continue
			}
		}
		probed, err := probeAll(ctx, env, po)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			v.Failed = append(v.Failed, fmt.Sprintf("%s: %v", s.arg, err))
			continue
		}
		compareAll(v, report, &report.Subjects[i], probed.Results)
	}
	return v, nil
}

// loadable are the paths of a subject's wheels, nil if it is something else.
func (x *inspectSubject) loadable(report *inspect.Report, s *inspect.Subject) []string {
	switch x.kind {
	case inspectWheel:
		return x.wheels()
	case inspectTree:
	default:
		return nil
	}
	var paths []string
	for _, i := range s.Wheels {
		if w := &report.Wheels[i]; strings.HasSuffix(w.File, ".whl") && len(w.Modules) > 0 {
			paths = append(paths, filepath.Join(x.path, filepath.FromSlash(w.File)))
		}
	}
	return paths
}

// compareAll compares what was loaded of a subject. Of several wheels, those for other
// machines are not missed.
func compareAll(v *inspect.Verified, report *inspect.Report, s *inspect.Subject, results []probe.Result) {
	var open []string
	loaded := false
	for i := range results {
		if why := compareProbed(v, report, s, &results[i]); why != "" {
			open = append(open, fmt.Sprintf("%s on CPython %s: %s", s.Argument, results[i].Runtime.Version, why))
		} else {
			loaded = true
		}
	}
	if !loaded {
		slices.Sort(open)
		v.Failed = append(v.Failed, slices.Compact(open)...)
	}
}

// defaultVerifyJobs is how many modules are loaded at once.
const defaultVerifyJobs = 2

// verifyingPython is the interpreter to load with: the one given, else the first at
// hand that one of the wheels is for, newest first.
func (o *inspectOptions) verifyingPython(ctx context.Context, env Env, report *inspect.Report) (string, error) {
	if o.verifyPython != "" {
		return o.verifyPython, nil
	}
	pythons := freeTargets(report.Wheels)
	at := o.verifyRuntime
	at.offline = true // one that is at hand
	x, err := at.open(env)
	if err != nil {
		return "", err
	}
	defer x.close()
	for _, p := range pythons {
		if r, err := x.choose(ctx, env, nil, p.String()); err == nil {
			return r.Executable, nil
		}
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
	}
	var names []string
	for _, p := range pythons {
		names = append(names, p.String())
	}
	return "", hintf(fmt.Errorf("--verify: no CPython %s is at hand", orList(names)), "run: ftpkg runtime install %s", names[0])
}

// compareProbed compares the modules of one package, or says why they were not loaded.
func compareProbed(v *inspect.Verified, report *inspect.Report, s *inspect.Subject, r *probe.Result) (why string) {
	v.Runtime = r.Runtime.Version
	var wheel *inspect.Wheel
	for _, i := range s.Wheels {
		w := &report.Wheels[i]
		if slices.ContainsFunc(r.Evidence.Wheels, func(e probe.Wheel) bool { return e.File == path.Base(w.File) }) {
			wheel = w
		}
	}
	if wheel == nil {
		if r.Outcome == vocab.OutcomeNoWheel || r.Outcome == vocab.OutcomeUnresolvable || r.Outcome == vocab.OutcomeInfrastructure {
			return fmt.Sprintf("%s: %s", r.Outcome, r.Detail)
		}
		return "the wheel for this machine is not among those that were read"
	}
	v.Wheels = append(v.Wheels, wheel.File)
	for i := range wheel.Modules {
		m := &wheel.Modules[i]
		if !m.Loadable() {
			continue
		}
		at := slices.IndexFunc(r.Modules, func(p probe.Module) bool { return p.File == installedPath(m.Path) })
		if at < 0 {
			v.Open++
			continue
		}
		loaded := r.Modules[at].Declaration
		switch agreed, known := compareDeclared(m, loaded); {
		case !known:
			v.Open++
		case agreed:
			v.Agreed++
		default:
			v.Disagreements = append(v.Disagreements, inspect.Disagreement{
				File: wheel.File, Path: m.Path, Module: m.Module, Static: m.Declaration, Loaded: loaded,
			})
		}
	}
	return ""
}

// installedPath is where a member of a wheel is put, relative to the folder of
// packages.
func installedPath(member string) string {
	first, rest, _ := strings.Cut(member, "/")
	if strings.HasSuffix(first, ".data") {
		_, rest, _ = strings.Cut(rest, "/")
		return path.Clean(rest)
	}
	return member
}

// compareDeclared reports whether what a file says is how the runtime took the
// module, where both are known. A module of another ABI is not to be loaded at all.
func compareDeclared(m *inspect.Module, loaded vocab.Loaded) (agreed, known bool) {
	if loaded == vocab.LoadedUnknown || loaded == "" {
		return m.Fit == vocab.FitWrongABI, m.Fit == vocab.FitWrongABI
	}
	switch m.Declaration {
	case vocab.DeclarationNotUsed:
		return loaded == vocab.LoadedNotUsed, true
	case vocab.DeclarationUsed, vocab.DeclarationSilent:
		return loaded == vocab.LoadedUsed, true
	case vocab.DeclarationDelegated, vocab.DeclarationUndecided, vocab.DeclarationNotAModule:
	}
	return false, false
}
