package environment

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"

	"github.com/ftpkg/ftpkg/probe/runtime"
)

// layoutOf returns the layout of a virtual environment of an interpreter, which
// is that of its "venv" scheme whatever the system changed about its own.
func layoutOf(py *runtime.Info) layout {
	series := "python" + py.Python().Series()
	if goruntime.GOOS == "windows" {
		return layout{site: "Lib/site-packages", scripts: "Scripts", headers: "Include/site/" + series}
	}
	lib := series
	if py.FreeThreaded {
		lib += "t"
	}
	// The interpreter knows best: its own name for the folder may have more to it.
	if own := filepath.Base(py.Stdlib); strings.HasPrefix(own, series) {
		lib = own
	}
	return layout{site: "lib/" + lib + "/site-packages", scripts: "bin", headers: "include/site/" + series}
}

// makeVenv makes an environment without packages in an empty folder, as the
// module venv does, and returns its interpreter.
func makeVenv(dir string, l layout, py *runtime.Info) (python string, err error) {
	// Links are followed, since the interpreter finds its library from where it
	// really is.
	base, err := filepath.EvalSymlinks(py.BaseExecutable)
	if err != nil {
		return "", err
	}
	for _, sub := range []string{l.site, l.scripts} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(sub)), 0o755); err != nil {
			return "", err
		}
	}
	config := fmt.Sprintf("home = %s\ninclude-system-site-packages = false\nversion = %s\nexecutable = %s\n", filepath.Dir(base), py.Version, base)
	if err := os.WriteFile(filepath.Join(dir, "pyvenv.cfg"), []byte(config), 0o644); err != nil {
		return "", err
	}
	scripts := filepath.Join(dir, l.scripts)
	if goruntime.GOOS == "windows" {
		return windowsPython(scripts, base, py)
	}
	python = filepath.Join(scripts, "python")
	if err := os.Symlink(base, python); err != nil {
		return "", err
	}
	names := []string{"python3", "python" + py.Python().Series()}
	if py.FreeThreaded {
		names = append(names, names[1]+"t")
	}
	for _, name := range names {
		if err := os.Symlink("python", filepath.Join(scripts, name)); err != nil {
			return "", err
		}
	}
	// Where the library is in lib64, as on Fedora, packages are looked for there.
	if py.PointerBits == 64 && goruntime.GOOS == "linux" {
		err = os.Symlink("lib", filepath.Join(dir, "lib64"))
	}
	return python, err
}

// widen gives everybody the right to read an environment that was made under a
// umask: package code may run as another user. Files of the store have their
// modes already; a folder that the caller made keeps the mode it has.
func widen(dir string, made bool, scripts string) error {
	info, err := os.Stat(filepath.Join(dir, scripts))
	if err != nil || info.Mode().Perm() == 0o755 || goruntime.GOOS == "windows" {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.Type()&fs.ModeSymlink != 0 || name == "." && !made {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := info.Mode().Perm() | 0o444
		if want&0o100 != 0 {
			want |= 0o111
		}
		if want == info.Mode().Perm() {
			return nil
		}
		return root.Chmod(name, want)
	})
}

// windowsPython puts the launchers that CPython keeps for environments into the
// scripts folder: programs that read pyvenv.cfg and start the interpreter it
// names.
func windowsPython(scripts, base string, py *runtime.Info) (string, error) {
	launchers := filepath.Join(py.Stdlib, "venv", "scripts", "nt")
	suffix := ""
	if py.FreeThreaded {
		suffix = "t"
	}
	if py.Debug {
		suffix += "_d"
	}
	for name, sources := range map[string][]string{
		// The launcher was named as the program until 3.13.
		"python.exe":  {"venvlauncher" + suffix + ".exe", "python" + suffix + ".exe", "python.exe"},
		"pythonw.exe": {"venvwlauncher" + suffix + ".exe", "pythonw" + suffix + ".exe", "pythonw.exe"},
	} {
		var err error
		for _, source := range sources {
			if err = copyFile(filepath.Join(launchers, source), filepath.Join(scripts, name), 0o755); err == nil {
				break
			}
		}
		if err != nil {
			return "", fmt.Errorf("%s has no launcher for environments: %w", base, err)
		}
	}
	return filepath.Join(scripts, "python.exe"), nil
}
