package wheeltags

import (
	"fmt"
	"strings"
)

// A Target is what a wheel is judged against: an interpreter on a platform.
// Targets are comparable values and can be keys of maps.
type Target struct {
	Python   Python
	Platform Platform
}

// ParseTarget parses a Python and a platform with a space or a comma between
// them, as [Target.String] writes them: "3.14t linux-x86_64".
func ParseTarget(s string) (Target, error) {
	python, platform, ok := strings.Cut(strings.TrimSpace(s), " ")
	if !ok {
		python, platform, ok = strings.Cut(python, ",")
	}
	if !ok {
		return Target{}, fmt.Errorf("target %q: want a Python and a platform, such as 3.14t linux-x86_64", s)
	}
	var t Target
	var err error
	if t.Python, err = ParsePython(python); err != nil {
		return Target{}, err
	}
	if t.Platform, err = ParsePlatform(platform); err != nil {
		return Target{}, err
	}
	return t, nil
}

// String returns the Python and the platform, such as "3.14t linux-x86_64".
func (t Target) String() string { return t.Python.String() + " " + t.Platform.String() }

// FreeThreaded reports whether the target's interpreter is a free-threaded build.
func (t Target) FreeThreaded() bool { return t.Python.FreeThreaded }

// Twin returns the same version on the same platform with the other ABI
// flavour. Before Python 3.13 there is no free-threaded build, so the twin of
// such a target is no interpreter that exists; see [Python.Check].
func (t Target) Twin() Target {
	t.Python = t.Python.Twin()
	return t
}

// Check returns nil if the target can exist, else an error that says why not.
func (t Target) Check() error {
	if err := t.Python.Check(); err != nil {
		return err
	}
	if t.Platform == (Platform{}) {
		return fmt.Errorf("target %s: no platform", t.Python)
	}
	return nil
}
