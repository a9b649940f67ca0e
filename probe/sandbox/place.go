package sandbox

import (
	"fmt"
	"path/filepath"
	"strings"
)

// checkPlace refuses places of a policy that would undo the sandbox.
func checkPlace(path string) error {
	if !filepath.IsAbs(path) || filepath.Clean(path) != path {
		return fmt.Errorf("%q is no clean absolute path", path)
	}
	if path == filepath.Dir(path) {
		return fmt.Errorf("%q is everything", path)
	}
	for _, own := range []string{"/proc", "/dev", "/sys"} {
		if path == own || strings.HasPrefix(path, own+"/") {
			return fmt.Errorf("%q is the system's", path)
		}
	}
	return nil
}
