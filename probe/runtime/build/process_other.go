//go:build !unix

package build

import (
	"errors"
	"os/exec"
)

// canBuild says whether CPython is built by configure and make here.
const canBuild = false

func setGroup(*exec.Cmd) {}

func stopGroup(int) error { return errors.ErrUnsupported }

func killGroup(int) {}
