package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ftpkg/ftpkg/docs/schema"
	"github.com/ftpkg/ftpkg/internal/jsonschema"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
	"github.com/ftpkg/ftpkg/resolver/indextest"
)

// The scripts in testdata/script run ftpkg as its users do, one file a topic.
func TestScripts(t *testing.T) {
	t.Parallel()
	pythons := map[string]string{"FTPKG_TEST_PYTHON": runtimetest.FreeThreaded(t), "FTPKG_TEST_GIL_PYTHON": runtimetest.GIL(t)}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			home := filepath.Join(e.WorkDir, "home")
			for k, v := range map[string]string{
				"HOME": home, "USERPROFILE": home, "XDG_CACHE_HOME": filepath.Join(home, "cache"), "XDG_DATA_HOME": filepath.Join(home, "data"), "PIP_CONFIG_FILE": os.DevNull,
			} {
				e.Setenv(k, v)
			}
			for k, v := range pythons {
				e.Setenv(k, v)
			}
			// Under the race detector every program sleeps a second as it ends.
			e.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE"))
			e.Values[serverKey{}] = new(*indextest.Server)
			return os.Mkdir(home, 0o755)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":         exits,
			"schema":        checkSchema,
			"index":         startIndex,
			"fault":         injectFault,
			"asked":         asked,
			"interrupted":   interrupted,
			"tree":          writeTree,
			"tear":          tear,
			"python-mirror": pythonMirror,
			"no-python":     noPython,
			"unpack-case":   unpackCase(t),
			"corpus-wheels": corpusWheels(t),
			"pack-wheel":    packWheel,
			"wheels":        packWheels,
			"wheel-index":   wheelIndex(t),
			"postgres":      startPostgres(t),
			"image-of":      imageOf,
			"install-into":  installInto,
		},
	})
}

// exits N COMMAND...: runs a command that must exit with the status N.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// schema NAME FILE: checks a JSON document against a published schema.
func checkSchema(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: schema NAME FILE")
	}
	text, ok := schema.Get(args[0])
	if !ok {
		ts.Fatalf("no schema is named %s", args[0])
	}
	ts.Check(jsonschema.Validate(text, []byte(ts.ReadFile(args[1]))))
}
