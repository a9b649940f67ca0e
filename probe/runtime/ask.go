package runtime

import (
	"bytes"
	"context"
	_ "embed" // for ask.py
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

//go:embed ask.py
var askScript string

// The bounds of asking: an interpreter takes some 30 ms, seconds when it is read
// from a cold disk or looked at by a virus scanner, and answers in about 2 KB.
const (
	askTimeout = 20 * time.Second
	maxAnswer  = 64 << 10
	maxNoise   = 4 << 10
)

// An AskError says that a program could not be asked, or that its answer is not
// one of a CPython.
type AskError struct {
	Path string
	// Printed is the beginning of what it wrote to standard error, or to
	// standard output if it wrote no answer there, on one line; often "".
	Printed string
	Err     error
}

func (e *AskError) Error() string {
	s := fmt.Sprintf("%s: not a usable CPython: %v", e.Path, e.Err)
	if e.Printed != "" {
		s += fmt.Sprintf(" (it printed %q)", e.Printed)
	}
	return s
}

func (e *AskError) Unwrap() error { return e.Err }

// Ask runs the interpreter at a path and returns what it says of itself. It is
// given 20 seconds and 64 KiB, runs no code but the standard library's, and
// writes nothing. Its name means nothing: what it says is checked, and what is
// contradictory or not CPython's is an *AskError.
func Ask(ctx context.Context, python string) (*Info, error) {
	path, err := filepath.Abs(python)
	if err != nil {
		return nil, &AskError{Path: python, Err: err}
	}
	// A folder or a text file would be an error of the system that tells less.
	if st, err := os.Stat(path); err != nil {
		return nil, &AskError{Path: path, Err: cause(err)}
	} else if st.IsDir() {
		return nil, &AskError{Path: path, Err: errors.New("it is a folder")}
	}
	run, stop := context.WithTimeoutCause(ctx, askTimeout, fmt.Errorf("no answer within %v", askTimeout))
	defer stop()
	out, errs := &limitedBuffer{room: maxAnswer}, &limitedBuffer{room: maxNoise}
	cmd := exec.CommandContext(run, path, "-I", "-S", "-B", "-c", askScript)
	cmd.Stdout, cmd.Stderr = out, errs
	// macOS tells programs built long ago that it is 10.16 unless asked not to.
	cmd.Env = append(cmd.Environ(), "SYSTEM_VERSION_COMPAT=0")
	ownGroup(cmd)
	cmd.WaitDelay = time.Second // for what it may have started and left behind
	err = cmd.Run()
	printed := errs.line()
	if printed == "" {
		printed = out.line()
	}
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case run.Err() != nil:
		return nil, &AskError{path, printed, context.Cause(run)}
	case err != nil:
		return nil, &AskError{path, printed, cause(err)}
	case out.over:
		return nil, &AskError{path, printed, fmt.Errorf("an answer of more than %d bytes", maxAnswer)}
	}
	info, err := readAnswer(out.Bytes())
	if err != nil {
		if json.Valid(out.Bytes()) {
			printed = "" // the fault is named, and what it said is long
		}
		return nil, &AskError{path, printed, err}
	}
	info.Started = path
	if info.Libc == "" && strings.HasPrefix(info.Platform, "linux-") {
		info.Libc = muslOf(ctx, info.BaseExecutable)
	}
	return info, nil
}

// readAnswer decodes and checks what ask.py prints.
func readAnswer(text []byte) (*Info, error) {
	var a struct {
		Implementation string `json:"implementation"`
		Info
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return nil, fmt.Errorf("its answer is not the one asked for: %w", err)
	}
	if a.Implementation != "cpython" {
		return nil, fmt.Errorf("it is %.20q, not CPython", a.Implementation)
	}
	if err := a.Info.check(); err != nil {
		return nil, err
	}
	return &a.Info, nil
}

// cause takes off an error what the caller says itself: the path.
func cause(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// A limitedBuffer keeps the first bytes written to it and drops the rest.
type limitedBuffer struct {
	bytes.Buffer
	room int
	over bool
}

func (b *limitedBuffer) Write(p []byte) (int, error) {
	keep := min(len(p), b.room-b.Len())
	b.over = b.over || keep < len(p)
	b.Buffer.Write(p[:keep])
	return len(p), nil
}

// line returns the beginning of what was written, on one line.
func (b *limitedBuffer) line() string {
	const most = 200
	s := strings.Join(strings.Fields(b.String()), " ")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
