package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/vocab"
	ftruntime "github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// oldestPip is the first pip that knows the tags of free-threaded wheels.
const oldestPip = "24.1"

// doctorTags is how many tags are shown: the best ones say it all.
const doctorTags = 3

type doctorOptions struct {
	python string
	format string
	survey doctorSurvey
}

// A doctorSurvey returns what of an environment's packages turns the GIL on.
type doctorSurvey func(ctx context.Context, env Env, r *ftruntime.Runtime) (*doctorEnvironment, error)

func doctorCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:      "doctor",
		Usage:     "say whether an interpreter runs without the GIL, and why not",
		ArgsUsage: "[PYTHON]",
		Description: `Says what build it is, whether the GIL is on in it and why, whether its pip takes free-threaded wheels, which extension modules and wheels it loads. PYTHON is an interpreter, the folder of an environment, the name of a program on PATH, or a version of those ftpkg knows. Without it, the active environment or .venv is looked at, else the interpreter that ftpkg would use.

The exit status is 0 if the GIL is off and pip, if there is one, is new enough; 1 if not.`,
		Flags: append(append(runtimeFlags(), formatFlag("text", "json")), settingsFlags()...),
		Action: action(env, 0, 1, func(c *cli.Context, env Env) error {
			s, err := readSettings(c, env)
			if err != nil {
				return err
			}
			x, err := readRuntimeOptions(c, env, s).open(env)
			if err != nil {
				return err
			}
			defer x.close()
			return runtimeHint(runDoctor(c.Context, env, x, doctorOptions{
				python: c.Args().First(), format: enumValue(c, "format"), survey: surveyFiles,
			}))
		}),
	}
}

// doctorDocument is the schema ftpkg.doctor/1.
type doctorDocument struct {
	Schema string        `json:"schema"`
	Python runtimeView   `json:"python"`
	GIL    doctorGIL     `json:"gil"`
	Pip    *doctorPip    `json:"pip"`
	Tags   doctorTagList `json:"tags"`
	// Environment is nil if the interpreter is no environment's, or if its
	// packages were not loaded.
	Environment *doctorEnvironment `json:"environment,omitempty"`
	Healthy     bool               `json:"healthy"`
	Advice      []string           `json:"advice"`
}

// doctorEnvironment is what is installed beside an interpreter.
type doctorEnvironment struct {
	Packages  int              `json:"packages"`
	Offenders []doctorOffender `json:"offenders"`
	// Undecided are the modules whose files do not tell what they declare.
	Undecided int `json:"undecided"`
}

// A doctorOffender is a module that turns the GIL on.
type doctorOffender struct {
	Distribution string   `json:"distribution"`
	Module       string   `json:"module"`
	Chain        []string `json:"chain,omitempty"`
}

type doctorGIL struct {
	Enabled bool           `json:"enabled"`
	Cause   vocab.GILCause `json:"gil_cause"`
	Meaning string         `json:"meaning"`
}

type doctorPip struct {
	Version      string `json:"version"`
	FreeThreaded bool   `json:"free_threaded"` // takes free-threaded wheels
}

type doctorTagList struct {
	First []string `json:"first"`
	Count int      `json:"count"`
}

func runDoctor(ctx context.Context, env Env, x *openRuntimes, o doctorOptions) error {
	r, err := doctorPython(ctx, env, x, o.python)
	if err != nil {
		return err
	}
	doc, err := examine(ctx, env, r)
	if err != nil {
		return err
	}
	if o.survey != nil && r.VirtualEnv && r.FreeThreaded {
		if doc.Environment, err = o.survey(ctx, env, r); err != nil {
			return err
		}
		doc.Healthy = doc.Healthy && len(doc.Environment.Offenders) == 0
		if len(doc.Environment.Offenders)+doc.Environment.Undecided > 0 {
			doc.Advice = append(doc.Advice, "which imports lead there: ftpkg probe --env "+r.Prefix)
		}
	} else if r.VirtualEnv && r.FreeThreaded {
		doc.Advice = append(doc.Advice, "which of its packages turn the GIL on: ftpkg probe --env "+r.Prefix)
	}
	x.progress.stop()
	if o.format == "json" {
		err = writeJSON(env.Stdout, doc)
	} else {
		err = writeDoctor(env, doc)
	}
	if err == nil && !doc.Healthy {
		err = errNo
	}
	return err
}

// doctorPython is the interpreter to look at: of any flavour, other than that of
// a probe.
func doctorPython(ctx context.Context, env Env, x *openRuntimes, given string) (*ftruntime.Runtime, error) {
	if given == "" {
		if dirs := environments(env); len(dirs) > 0 {
			given = dirs[0]
		}
	}
	x.NoInstall = true
	r, err := x.choose(ctx, env, nil, given)
	if flavour, ok := errors.AsType[*ftruntime.FlavourError](err); ok {
		r, err = x.choose(ctx, env, &flavour.Is, given)
	}
	return r, err
}

// examine finds out everything about an interpreter.
func examine(ctx context.Context, env Env, r *ftruntime.Runtime) (*doctorDocument, error) {
	var environ []string
	if env.Environ != nil {
		environ = env.Environ()
	}
	gil, err := ftruntime.AskGIL(ctx, &r.Info, environ)
	if err != nil {
		return nil, err
	}
	entry, _ := vocab.GILCauses().Lookup(string(gil.Cause))
	doc := &doctorDocument{
		Schema: "ftpkg.doctor/1", Python: viewRuntime(r), GIL: doctorGIL{gil.Enabled, gil.Cause, entry.Meaning},
		Pip: findPip(r.Site), Healthy: !gil.Enabled, Advice: []string{entry.Next}, Tags: doctorTagList{First: []string{}},
	}
	if doc.Pip != nil && r.FreeThreaded && !doc.Pip.FreeThreaded {
		doc.Healthy = false
		doc.Advice = append(doc.Advice, fmt.Sprintf("pip %s takes no free-threaded wheels: %s -m pip install -U pip", doc.Pip.Version, r.Executable))
	}
	target, err := r.Target()
	if err != nil {
		doc.Advice = append(doc.Advice, err.Error())
		return doc, nil
	}
	tags := target.Tags(wheeltags.PackagingOrder)
	doc.Tags.Count = len(tags)
	for _, t := range tags[:min(doctorTags, len(tags))] {
		doc.Tags.First = append(doc.Tags.First, t.String())
	}
	return doc, nil
}

// findPip reads the version of the pip that an interpreter imports, nil if there
// is none: environments made by uv have none.
func findPip(site []string) *doctorPip {
	for _, dir := range site {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			name, ok := strings.CutSuffix(e.Name(), ".dist-info")
			if name, ok2 := strings.CutPrefix(name, "pip-"); ok && ok2 {
				version, err := pep440.Parse(name)
				oldest, errOldest := pep440.Parse(oldestPip)
				if err != nil || errOldest != nil {
					continue
				}
				return &doctorPip{name, version.Compare(oldest) >= 0}
			}
		}
	}
	return nil
}

func writeDoctor(env Env, doc *doctorDocument) error {
	shade := green
	if doc.GIL.Enabled {
		shade = red
	}
	build := "GIL"
	if doc.Python.FreeThreaded {
		build = "free-threaded"
	}
	if doc.Python.Debug {
		build += ", debug"
	}
	pip, pipStyle := "none", plainStyle
	if doc.Pip != nil {
		if pip = doc.Pip.Version; !doc.Pip.FreeThreaded {
			pip, pipStyle = pip+": older than "+oldestPip+", the first that takes free-threaded wheels", yellow
		}
	}
	tags := "none: no wheels are made for this system"
	if doc.Tags.Count > 0 {
		tags = strings.Join(doc.Tags.First, " ") + fmt.Sprintf(" and %d more", doc.Tags.Count-len(doc.Tags.First))
	}
	var t table
	row := func(label, text string, s style) { t.add(cell{text: label, style: bold}, cell{text: text, style: s}) }
	row("python", doc.Python.Python+"  "+doc.Python.Executable, plainStyle)
	row("build", build+": "+doc.Python.Build, plainStyle)
	row("GIL", doc.GIL.Meaning, shade)
	row("pip", pip, pipStyle)
	row("suffixes", strings.Join(doc.Python.Suffixes, " "), plainStyle)
	row("tags", tags, plainStyle)
	if doc.Python.VirtualEnv {
		row("environment", doc.Python.Prefix+" on "+doc.Python.BasePrefix, plainStyle)
	}
	if e := doc.Environment; e != nil {
		row("packages", fmt.Sprintf("%d, %s", e.Packages, turning(len(e.Offenders))), plainStyle)
		shown := map[string]int{} // by distribution
		for i, o := range e.Offenders {
			if shown[o.Distribution]++; env.Verbose > 0 || shown[o.Distribution] <= maxOffenders {
				row("", o.Module+" ("+o.Distribution+")"+via(o.Chain), red)
			}
			last := i+1 == len(e.Offenders) || e.Offenders[i+1].Distribution != o.Distribution
			if n := shown[o.Distribution] - maxOffenders; last && n > 0 && env.Verbose == 0 {
				row("", fmt.Sprintf("and %d more of %s (--verbose)", n, o.Distribution), red)
			}
		}
	}
	if err := t.write(env.Stdout, env.Color); err != nil {
		return err
	}
	for _, advice := range slices.Compact(doc.Advice) {
		if advice != "nothing to do" {
			if _, err := fmt.Fprintf(env.Stdout, "→ %s\n", advice); err != nil {
				return err
			}
		}
	}
	return nil
}

// via says by which imports a module is reached.
func via(chain []string) string {
	if len(chain) < 2 {
		return ""
	}
	return ": " + strings.Join(chain, " → ")
}

// turning says how many modules turn the GIL on.
func turning(n int) string {
	switch n {
	case 0:
		return "none of which turns the GIL on"
	case 1:
		return "one module turns the GIL on"
	}
	return fmt.Sprintf("%d modules turn the GIL on", n)
}
