package main

import (
	"errors"
	"os"

	"github.com/ftpkg/ftpkg/matrix/expect"
	"github.com/ftpkg/ftpkg/probe/check"
)

// readExpected reads the list of what was to be built.
func readExpected(env Env, file string) (*check.Expected, error) {
	f, err := os.Open(env.path(file))
	if err != nil {
		return nil, hintf(fileError(file, err), "ftpkg matrix expect -o %s writes it", file)
	}
	defer func() { _ = f.Close() }() // only read
	d, err := expect.Read(f)
	if err != nil {
		sep := ": "
		if _, ok := errors.AsType[*expect.PositionError](err); ok {
			sep = ":"
		}
		return nil, usagef("%s%s%w", file, sep, err)
	}
	e := &check.Expected{Project: d.Project, Sdist: d.Sdist}
	for _, w := range d.Wheels {
		e.Wheels = append(e.Wheels, check.ExpectedWheel{Tags: w.Tags, By: w.Identifier})
	}
	return e, nil
}
