//go:build unix

package environment

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// masked makes what this process creates its owner's only, unless it says more.
func masked() { unix.Umask(0o077) }

// An environment is for other users than the one who made it: package code may
// run as one.
func TestModes(t *testing.T) {
	t.Parallel()
	py := interpreter(t)
	spec := package1("mod", "").with("mod/tool", "#!/bin/sh\n").with("mod-1.0.dist-info/entry_points.txt", "[console_scripts]\nrun=mod:run\n")
	spec.exec = []string{"mod/tool"}
	for _, copied := range []bool{false, true} {
		dir := t.TempDir()
		o := &order{Store: filepath.Join(dir, "store"), Dir: filepath.Join(dir, "env"), Python: py, Filename: spec.filename(), Data: spec.pack(t)}
		o.Options.Copy = copied
		cmd, out := child(t, "masked", o)
		b, err := io.ReadAll(out)
		if err = errors.Join(err, cmd.Wait()); err != nil || string(b) != "made\n" {
			t.Fatalf("%q, %v", b, err)
		}
		want := map[string]fs.FileMode{"tool": 0o555, "run": 0o755, "__init__.py": 0o444, "RECORD": 0o644}
		seen := 0
		err = filepath.WalkDir(o.Dir, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.Type()&fs.ModeSymlink != 0 {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			mode, named := want[d.Name()]
			if named {
				seen++
				mustEqual(t, p, info.Mode().Perm(), mode)
			}
			if need := fs.FileMode(0o444); info.Mode().Perm()&need != need || d.IsDir() && info.Mode().Perm() != 0o755 {
				t.Errorf("%s: %v", p, info.Mode())
			}
			return nil
		})
		if err != nil || seen != len(want) {
			t.Errorf("%d files seen, %v", seen, err)
		}
		// Nobody else may look into the store.
		info, err := os.Stat(filepath.Join(o.Store, format))
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("the store: %v, %v", info.Mode(), err)
		}
	}
}
