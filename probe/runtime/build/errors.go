package build

import (
	"fmt"
	"strings"

	"github.com/ftpkg/ftpkg/wheeltags"
)

// A VersionError says that a source is of another version than was asked for.
type VersionError struct {
	Source    string // where the source came from
	Want, Got wheeltags.Python
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("%s is the source of CPython %s, not of %s", e.Source, e.Got.FullVersion(), plain(e.Want))
}

// plain is a version without its flavour: a source is of all of them.
func plain(p wheeltags.Python) string {
	p.FreeThreaded, p.Debug = false, false
	return p.String()
}

// A DigestError says that a source is not the one that was promised, or not the
// one its version was built from before.
type DigestError struct {
	Source    string
	Want, Got string // SHA-256, in hex
	// Version is the version that was built from Want before; "" if the caller
	// asked for Want.
	Version string
}

func (e *DigestError) Error() string {
	if e.Version != "" {
		return fmt.Sprintf("%s has the SHA-256 digest %s, but CPython %s was built from %s before", e.Source, e.Got, e.Version, e.Want)
	}
	return fmt.Sprintf("%s has the SHA-256 digest %s, not %s", e.Source, e.Got, e.Want)
}

// A ToolError says which programs a build needs that are not there.
type ToolError struct {
	// Tools are the missing programs: "a C compiler", "make", "xz".
	Tools []string
}

func (e *ToolError) Error() string {
	return strings.Join(e.Tools, " and ") + " not found: needed to build from source"
}

// A PathError says that CPython cannot be built in a directory, or for one,
// because of its name.
type PathError struct{ Path string }

func (e *PathError) Error() string {
	return fmt.Sprintf("CPython cannot be built in %q: its makefile needs absolute paths without white space and special characters", e.Path)
}

// A StepError says that a step of the build failed.
type StepError struct {
	Step Step
	// Log is the file with all that was printed.
	Log string
	// Last is the line that most likely says why, "" if none stands out.
	Last string
	Err  error
}

func (e *StepError) Error() string {
	text := fmt.Sprintf("%s: %v", e.Step, e.Err)
	if e.Last != "" {
		text += ": " + e.Last
	}
	return text + " (all of its output is in " + e.Log + ")"
}

func (e *StepError) Unwrap() error { return e.Err }

// An ArchiveError says why a source archive was refused.
type ArchiveError struct {
	Archive string
	Err     error
}

func (e *ArchiveError) Error() string { return fmt.Sprintf("%s: %v", e.Archive, e.Err) }

func (e *ArchiveError) Unwrap() error { return e.Err }
