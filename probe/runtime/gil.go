package runtime

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// GIL is the state of the GIL in a process that its user starts.
type GIL struct {
	Enabled bool
	Cause   vocab.GILCause
}

// gilScript prints whether the GIL is on, the value of -X gil and that of
// PYTHON_GIL, with a dash for each that is not there.
const gilScript = `import os, sys
print(int(getattr(sys, "_is_gil_enabled", lambda: True)()), sys._xoptions.get("gil", "-"),
      "-" if sys.flags.ignore_environment else os.environ.get("PYTHON_GIL") or "-")`

// AskGIL starts an interpreter that [Ask] was asked for as its user does, with the
// environment given (nil is that of this process), and returns what the GIL then
// is. Packages have no say: site does not run.
func AskGIL(ctx context.Context, info *Info, environ []string) (GIL, error) {
	run, stop := context.WithTimeoutCause(ctx, askTimeout, fmt.Errorf("no answer within %v", askTimeout))
	defer stop()
	out, errs := &limitedBuffer{room: maxNoise}, &limitedBuffer{room: maxNoise}
	cmd := exec.CommandContext(run, info.Started, "-S", "-B", "-c", gilScript)
	cmd.Env, cmd.Stdout, cmd.Stderr = environ, out, errs
	ownGroup(cmd)
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return GIL{}, context.Cause(ctx)
	case run.Err() != nil:
		return GIL{}, &AskError{info.Started, errs.line(), context.Cause(run)}
	case err != nil:
		return GIL{}, &AskError{info.Started, errs.line(), cause(err)}
	}
	g, err := readGIL(info, out.String())
	if err != nil {
		return GIL{}, &AskError{info.Started, out.line(), err}
	}
	return g, nil
}

// readGIL makes sense of what gilScript prints.
func readGIL(info *Info, text string) (GIL, error) {
	words := strings.Fields(text)
	if len(words) != 3 || words[0] != "0" && words[0] != "1" {
		return GIL{}, errors.New("its answer is not the one asked for")
	}
	g := GIL{Enabled: words[0] == "1", Cause: vocab.GILDefault}
	should := false
	// The option goes before the variable.
	switch option, variable := words[1], words[2]; {
	case !info.FreeThreaded:
		g.Cause, should = vocab.GILBuild, true
	case option == "1":
		g.Cause, should = vocab.GILOptionOn, true
	case option == "0":
		g.Cause = vocab.GILOptionOff
	case variable == "1":
		g.Cause, should = vocab.GILVariableOn, true
	case variable == "0":
		g.Cause = vocab.GILVariableOff
	}
	if g.Enabled != should {
		return GIL{}, errors.New("the GIL is not as the options and variables have it")
	}
	return g, nil
}
