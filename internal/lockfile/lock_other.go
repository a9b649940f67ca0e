//go:build !windows && (!unix || solaris || illumos || aix)

package lockfile

import (
	"errors"
	"os"
)

func try(*os.File) (bool, error) { return false, errors.ErrUnsupported }
