package pyprobe

import (
	"bytes"
	"context"
	_ "embed" // for compile.py
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

//go:embed compile.py
var compileScript string

// The bounds of compiling: it takes some 40 ms and gives about 100 KB.
const (
	compileTimeout = 20 * time.Second
	maxCode        = 4 << 20
)

// Code is the program of the lanes, compiled by an interpreter for itself.
type Code struct {
	parts map[string][]byte // marshalled
}

// Compile has an interpreter compile the program, so that not each process of it
// needs to: that takes 10 ms of CPU time, as long as some packages' imports. No
// package's code is near.
func Compile(ctx context.Context, python string) (*Code, error) {
	sources := map[string]string{}
	for _, name := range allParts() {
		sources[name] = source(name)
	}
	in, err := json.Marshal(sources)
	if err != nil {
		return nil, fmt.Errorf("compile the probe's program: %w", err)
	}
	ctx, stop := context.WithTimeout(ctx, compileTimeout)
	defer stop()
	cmd := exec.CommandContext(ctx, python, "-I", "-S", "-B", "-c", compileScript)
	cmd.WaitDelay = time.Second
	cmd.Stdin = bytes.NewReader(in)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(errs.String()), "\n")
		return nil, fmt.Errorf("compile the probe's program: %s: %w (%.200q)", python, err, first)
	}
	code, err := readCode(out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("compile the probe's program: %s: %w", python, err)
	}
	return code, nil
}

// readCode reads what compile.py prints.
func readCode(text []byte) (*Code, error) {
	if len(text) > maxCode {
		return nil, fmt.Errorf("an answer of %d bytes", len(text))
	}
	c := &Code{parts: map[string][]byte{}}
	for line := range strings.Lines(string(text)) {
		name, digits, _ := strings.Cut(strings.TrimSpace(line), " ")
		code, err := hex.DecodeString(digits)
		if err != nil {
			return nil, err
		}
		c.parts[name] = code
	}
	for _, name := range allParts() {
		if len(c.parts[name]) == 0 {
			return nil, errors.New("it left out " + name)
		}
	}
	return c, nil
}
