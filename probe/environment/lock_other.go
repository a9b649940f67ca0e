//go:build (!unix || solaris || aix) && !windows

package environment

import (
	"errors"
	"os"
)

// tryLock says that there are no locks here.
func tryLock(*os.File) (bool, error) { return false, errors.ErrUnsupported }
