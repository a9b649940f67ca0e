// Package gilrun runs a program with the GIL held off and a guard that watches
// what -X gil=0 hides: which extension modules load without having declared that
// they run without the GIL.
//
// The guard is a file sitecustomize.py in a folder of its own, put in front of
// PYTHONPATH: Python imports it before it runs any program, in the processes the
// program starts too, and the program is run by Python itself, so that its
// arguments, its sys.path[0], its __main__ and its exit status are what they
// always are. The folder is taken off sys.path again, and the environment's own
// sitecustomize is imported as if there were no other.
//
// Not covered are processes that ignore PYTHONPATH (python -I, -E or -S, or
// started with an environment of their own) and interpreters embedded in other
// programs without site. PYTHON_GIL=0 is inherited as well: a Python from 3.13 on
// that was built with the GIL refuses to start with it.
//
// # Where to look
//
//   - gilrun.go: the guard's folder and the environment it is told by
//   - guard.py: the guard; the reading of declarations and chains is
//     [github.com/ftpkg/ftpkg/probe/pyhook]'s
//   - program.go: what the words after "ftpkg run" mean
//   - follow.go: waiting for the program, and passing signals on to it
//   - events.go: what the guard has seen
package gilrun

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for guard.py
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/probe/pyhook"
)

//go:embed guard.py
var guardSource string

// fileName is what Python imports at its start.
const fileName = "sitecustomize.py"

// Write puts the guard into a folder below dir, which it makes if need be, and
// returns that folder. The folder is named by the guard's digest: what another
// version of ftpkg wrote, or another process is using, is left alone, and a guard
// that was tampered with is replaced.
func Write(dir string) (string, error) {
	text := []byte(pyhook.Source() + "\n\n" + guardSource)
	sum := sha256.Sum256(text)
	folder := filepath.Join(dir, "guard-"+hex.EncodeToString(sum[:8]))
	name := filepath.Join(folder, fileName)
	if there, err := os.ReadFile(name); err == nil && bytes.Equal(there, text) {
		return folder, nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("the guard: %w", err)
	}
	f, err := os.CreateTemp(folder, "guard-*.tmp")
	if err != nil {
		return "", fmt.Errorf("the guard: %w", err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return "", fmt.Errorf("the guard: %w", err)
	}
	return folder, nil
}

// A Guard says what happens to extension modules that have not declared that they
// run without the GIL.
type Guard struct {
	Folder string // what Write returned
	// Stop makes the import of such a module fail; otherwise it is named on
	// standard error and loads.
	Stop bool
	// Allow are the modules that load without a word: dotted names, or
	// "package.*" for everything in a package. None has a comma.
	Allow []string
	// Events is a file that every process appends what it loads to, "" for
	// none; see ReadEvents.
	Events string
}

// The variables the guard is told by; guard.py reads them.
const (
	variableGuard  = "FTPKG_RUN_GUARD"
	variableAllow  = "FTPKG_RUN_ALLOW"
	variableEvents = "FTPKG_RUN_EVENTS"
)

// Environ returns environ, the environment ftpkg itself has, as the program and
// its children are to have it.
func (g *Guard) Environ(environ []string) []string {
	mode := "log"
	if g.Stop {
		mode = "stop"
	}
	path := g.Folder
	var rest []string
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		switch name {
		case "PYTHON_GIL", variableGuard, variableAllow, variableEvents:
		case "PYTHONPATH":
			// Within another guarded program its folder is there already.
			others := slices.DeleteFunc(filepath.SplitList(value), func(p string) bool {
				return filepath.Dir(p) == filepath.Dir(g.Folder) && strings.HasPrefix(filepath.Base(p), "guard-")
			})
			if value != "" && len(others) > 0 {
				path += string(filepath.ListSeparator) + strings.Join(others, string(filepath.ListSeparator))
			}
		default:
			rest = append(rest, kv)
		}
	}
	rest = append(rest, "PYTHON_GIL=0", "PYTHONPATH="+path, variableGuard+"="+mode, variableAllow+"="+strings.Join(g.Allow, ","))
	if g.Events != "" {
		rest = append(rest, variableEvents+"="+g.Events)
	}
	return rest
}
