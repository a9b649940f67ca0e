//go:build unix

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/docs/schema"
	"github.com/ftpkg/ftpkg/internal/jsonschema"
	ftruntime "github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// A source of CPython as far as a build looks at one: what it installs starts a
// real interpreter.
func fakeCPython(t *testing.T, python, version string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"Include/patchlevel.h": "#define PY_VERSION \"" + version + "\"\n",
		"configure": `#!/bin/sh
for a; do case $a in --prefix=*) prefix=${a#--prefix=};; esac; done
cat >Makefile <<END
all:
	@case "\$\$CFLAGS" in bad) echo "x.c:1: error: it is bad"; exit 1;; esac
	@echo "The necessary bits to build these optional modules were not found:"
	@echo "_gdbm  _sqlite3"
install:
	mkdir -p \$(DESTDIR)$prefix/bin
	printf '#!/bin/sh\nexec ` + python + ` "\$\$@"\n' >\$(DESTDIR)$prefix/bin/` + filepath.Base(python) + `
	chmod +x \$(DESTDIR)$prefix/bin/*
END
`,
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRuntimeBuild(t *testing.T) {
	t.Parallel()
	info, err := ftruntime.Ask(t.Context(), runtimetest.FreeThreaded(t))
	if err != nil {
		t.Fatal(err)
	}
	// Under the name that is installed, and be it a link.
	series := info.Python().Series()
	python := filepath.Join(t.TempDir(), "python"+series+"t")
	if err := os.Symlink(info.Executable, python); err != nil {
		t.Fatal(err)
	}
	source, home := fakeCPython(t, python, info.Version), t.TempDir()
	ftpkg := func(vars map[string]string, args ...string) (stdout, stderr string, code int) {
		env := world(t, append([]string{"runtime", "build"}, args...)...)
		env.Home = home
		vars["PATH"] = os.Getenv("PATH")
		env.Getenv = variables(vars)
		return runIn(t, env)
	}
	check := func(what, got, want string) {
		t.Helper()
		if !strings.Contains(got, want) {
			t.Errorf("%s lacks %q:\n%s", what, want, got)
		}
	}
	none := map[string]string{}

	for _, tt := range []struct {
		args string
		code int
		want string
	}{
		{series + "t", exitUsage, "--source is needed"},
		{"tea --source x", exitUsage, `"tea"`},
		{series + "t --source nowhere.tar.gz", exitUsage, "nowhere.tar.gz: no such file"},
		{"3.99t --source " + source, exitUsage, "3.99"},
		{"3.12 --source " + source, exitUsage, "hint: run: ftpkg runtime build " + info.Version + " --source " + source},
		{series + "t --sha256 " + strings.Repeat("0", 64) + " --source " + source, exitNo, "not " + strings.Repeat("0", 64)},
		{series + "t --sha256 123 --source " + source, exitUsage, "not a SHA-256 digest"},
		{series + "t --data-dir a=b --source " + source, exitUsage, "hint: name another place with --data-dir DIR"},
	} {
		_, errs, code := ftpkg(none, strings.Fields(tt.args)...)
		if code != tt.code {
			t.Errorf("%s: exit status %d, want %d", tt.args, code, tt.code)
		}
		check(tt.args, errs, tt.want)
	}

	_, errs, code := ftpkg(map[string]string{"CFLAGS": "bad"}, series+"t", "--source", source)
	if code != exitUnknown {
		t.Errorf("a make that fails: exit status %d", code)
	}
	check("a make that fails", errs, "x.c:1: error: it is bad (all of its output is in "+home)
	check("a make that fails", errs, "hint: mend it and run the command again")

	out, errs, code := ftpkg(none, series+"t", "--source", source)
	if code != exitOK {
		t.Fatalf("exit status %d, %s", code, errs)
	}
	check("standard output", out, "CPython "+info.Python().String()+" built in "+home)
	check("standard error", errs, "without _sqlite3:")
	_, digest, _ := strings.Cut(strings.TrimSpace(out), "source sha256 ")

	out, errs, code = ftpkg(none, series+"t", "--source", source, "--format", "json", "--sha256", digest)
	var doc struct {
		Schema, Command string
		Runtimes        []struct{ Source, Name string }
		Built           struct{ SHA256 string } `json:"built_from"`
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil || code != exitOK {
		t.Fatalf("exit status %d, %v, %s", code, err, errs)
	}
	text, ok := schema.Get("runtime")
	if !ok {
		t.Fatal("no schema")
	}
	if err := jsonschema.Validate(text, []byte(out)); err != nil {
		t.Error(err)
	}
	if doc.Schema != "ftpkg.runtime/1" || doc.Command != "build" || len(doc.Runtimes) != 1 || doc.Runtimes[0].Source != "managed" || doc.Built.SHA256 != digest ||
		!strings.HasPrefix(doc.Runtimes[0].Name, "cpython-"+info.Python().String()+"+source."+digest[:8]) {
		t.Errorf("%s", out)
	}

	if err := os.WriteFile(filepath.Join(source, "more.c"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, errs, code = ftpkg(none, series+"t", "--source", source)
	if code != exitNo {
		t.Errorf("another source: exit status %d", code)
	}
	check("another source", errs, "was built from "+digest+" before")
	check("another source", errs, "hint: if this source is meant, say so: --sha256 ")
}
