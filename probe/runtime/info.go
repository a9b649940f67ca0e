package runtime

import (
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ftpkg/ftpkg/wheeltags"
)

// Info is what an interpreter says of itself when [Ask] asks it. All paths are
// absolute, in the form of the machine.
type Info struct {
	// Executable is the interpreter as it was started; links are not followed.
	// Where a wrapper was asked, such as a pyenv shim, it is what that started.
	Executable string `json:"executable"`
	// Started is the program that was asked; it differs from Executable for a
	// wrapper.
	Started string `json:"-"`
	// Version is complete, such as "3.13.5" or "3.15.0rc1", without the flavour.
	Version string `json:"version"`
	// FreeThreaded and Debug are how it was built: Py_GIL_DISABLED, Py_DEBUG.
	FreeThreaded bool `json:"free_threaded"`
	Debug        bool `json:"debug"`
	// GILEnabled is whether the GIL is on in a fresh process that imported only
	// the standard library and that no variable or file had a say in. It is true
	// on every build with the GIL.
	GILEnabled bool `json:"gil_enabled"`
	// Build is sys.version on one line: version, flavour, date and compiler.
	Build string `json:"build"`

	// CacheTag is in the names of .pyc files ("cpython-313"), MagicNumber their
	// first four bytes in hexadecimal.
	CacheTag    string `json:"cache_tag"`
	MagicNumber string `json:"magic_number"`
	// SOABI is in the names of extension modules; "" on Windows before 3.14.
	SOABI string `json:"soabi"`
	// Suffixes end the names of the extension modules it loads, the first tried
	// first: ".cpython-313t-x86_64-linux-gnu.so".
	Suffixes []string `json:"suffixes"`

	// Platform is sysconfig.get_platform(), what it was built for:
	// "linux-x86_64", "macosx-10.13-universal2", "win-amd64".
	Platform string `json:"platform"`
	// Machine is the processor as the system names it, "" on Windows.
	Machine string `json:"machine"`
	// PointerBits is 64 or 32.
	PointerBits int `json:"pointer_bits"`
	// Libc is the C library with its version, "glibc 2.36" or "musl 1.2", "musl"
	// if the version is not known, "" elsewhere than on Linux.
	Libc string `json:"libc"`
	// MacOS is the version of the system, such as "15.1", "" elsewhere.
	MacOS string `json:"macos"`

	// Prefix is where packages go, BasePrefix where the interpreter and its
	// standard library are; they differ in a virtual environment.
	Prefix         string `json:"prefix"`
	BasePrefix     string `json:"base_prefix"`
	BaseExecutable string `json:"base_executable"`
	Stdlib         string `json:"stdlib"`
	Platstdlib     string `json:"platstdlib"`
	Purelib        string `json:"purelib"`
	Platlib        string `json:"platlib"`
	Include        string `json:"include"`
	Scripts        string `json:"scripts"`
	// Site are the folders that packages are imported from, Purelib among them.
	Site []string `json:"site"`
	// LibDirs are folders outside of Stdlib whose shared libraries it may load.
	LibDirs    []string `json:"lib_dirs"`
	VirtualEnv bool     `json:"virtual_env"`
}

// Python returns the version and flavour.
func (i *Info) Python() wheeltags.Python {
	p, err := wheeltags.ParsePython(i.Version)
	if err != nil {
		return wheeltags.Python{} // never for an Info that Ask returned
	}
	p.FreeThreaded, p.Debug = i.FreeThreaded, i.Debug
	return p
}

// Flavour returns "free-threaded" or "GIL", the words the build is told by.
func (i *Info) Flavour() string {
	if i.FreeThreaded {
		return "free-threaded"
	}
	return "GIL"
}

// Target returns what wheels are judged against: the interpreter on this
// machine, with the C library or the system it runs on as the floor. An error
// says why there are no wheels for it.
func (i *Info) Target() (wheeltags.Target, error) {
	name, err := i.platform()
	if err != nil {
		return wheeltags.Target{}, fmt.Errorf("%s: %w", i.Executable, err)
	}
	platform, err := wheeltags.ParsePlatform(name)
	if err != nil {
		return wheeltags.Target{}, fmt.Errorf("%s: %w", i.Executable, err)
	}
	return wheeltags.Target{Python: i.Python(), Platform: platform}, nil
}

// platform returns the platform tag at this machine's floor.
func (i *Info) platform() (string, error) {
	system, rest, _ := strings.Cut(i.Platform, "-")
	switch system {
	case "linux":
		arch := i.machine32(rest)
		libc, version, _ := strings.Cut(i.Libc, " ")
		switch libc {
		case "glibc":
			return "manylinux_" + underscored(version) + "_" + arch, nil
		case "musl":
			if version == "" {
				version = "1.1" // every musl that runs a Python of today has it
			}
			return "musllinux_" + underscored(version) + "_" + arch, nil
		}
		return "", errors.New("it does not say which C library it runs on")
	case "macosx":
		// What it was built for is no matter: a build for 10.13 and two processors
		// runs on this system, on the processor it was started on.
		if i.MacOS == "" || i.Machine == "" {
			return "", errors.New("it does not say which macOS it runs on")
		}
		return "macosx_" + underscored(i.MacOS) + "_" + i.Machine, nil
	}
	return i.Platform, nil // win-amd64, win32 and others say it all
}

// machine32 returns the architecture of the process: a 32-bit interpreter may
// run on a 64-bit system, whose name is what it then tells.
func (i *Info) machine32(arch string) string {
	if i.PointerBits == 32 {
		switch arch {
		case "x86_64":
			return "i686"
		case "aarch64":
			return "armv7l"
		}
	}
	return arch
}

// underscored returns the first two numbers of a version with an underscore
// between them, the second being 0 where it is left out.
func underscored(version string) string {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) == 1 {
		parts = append(parts, "0")
	}
	return parts[0] + "_" + parts[1]
}

// The bounds of what an interpreter may say.
const (
	maxText     = 4096 // bytes of one text, PATH_MAX on Linux
	maxSuffixes = 16
	maxFolders  = 64
)

// check returns nil if everything an interpreter said can be believed.
func (i *Info) check() error {
	python, err := wheeltags.ParsePython(i.Version)
	if err != nil {
		return err
	}
	if python.Micro < 0 || python.FreeThreaded || python.Debug {
		return fmt.Errorf("%q is not a complete version", i.Version)
	}
	python.FreeThreaded = i.FreeThreaded
	if err := python.Check(); err != nil {
		return err
	}
	if !i.FreeThreaded && !i.GILEnabled {
		return errors.New("it has no free threading and yet no GIL")
	}
	for _, f := range []struct {
		name, text string
		optional   bool
	}{
		{"build", i.Build, false},
		{"cache_tag", i.CacheTag, false},
		{"soabi", i.SOABI, true},
		{"platform", i.Platform, false},
		{"machine", i.Machine, true},
		{"libc", i.Libc, true},
		{"macos", i.MacOS, true},
	} {
		if err := checkText(f.text); err != nil && (f.text != "" || !f.optional) {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	if i.PointerBits != 64 && i.PointerBits != 32 {
		return fmt.Errorf("pointer_bits: %d is neither 64 nor 32", i.PointerBits)
	}
	if b, err := hex.DecodeString(i.MagicNumber); err != nil || len(b) != 4 {
		return fmt.Errorf("magic_number: %q is not four bytes in hexadecimal", i.MagicNumber)
	}
	if strings.ContainsAny(i.CacheTag+i.SOABI, `/\`) {
		return fmt.Errorf("cache_tag %q, soabi %q: a path separator", i.CacheTag, i.SOABI)
	}
	if err := i.checkSuffixes(python); err != nil {
		return err
	}
	return i.checkPaths()
}

// checkSuffixes checks the suffixes of extension modules. They are compiled in,
// while the build flags come from a file, so they are the second witness of the
// flavour.
func (i *Info) checkSuffixes(python wheeltags.Python) error {
	if len(i.Suffixes) == 0 || len(i.Suffixes) > maxSuffixes {
		return fmt.Errorf("suffixes: %d of them", len(i.Suffixes))
	}
	for _, s := range i.Suffixes {
		if err := checkText(s); err != nil || s[0] != '.' || strings.ContainsAny(s, `/\`) {
			return fmt.Errorf("suffixes: %q is not the end of a file name", s)
		}
	}
	own := strconv.Itoa(python.Major) + strconv.Itoa(python.Minor)
	_, flags, ok := strings.Cut(i.Suffixes[0], own)
	if !ok {
		return nil // a build that leaves the version out
	}
	if strings.HasPrefix(flags, "t") != i.FreeThreaded {
		return fmt.Errorf("it says that it is a %s build, but loads %q", i.Flavour(), i.Suffixes[0])
	}
	return nil
}

func (i *Info) checkPaths() error {
	paths := map[string]string{
		"executable": i.Executable, "prefix": i.Prefix, "base_prefix": i.BasePrefix, "base_executable": i.BaseExecutable,
		"stdlib": i.Stdlib, "platstdlib": i.Platstdlib, "purelib": i.Purelib, "platlib": i.Platlib, "include": i.Include, "scripts": i.Scripts,
	}
	if len(i.Site) > maxFolders || len(i.LibDirs) > maxFolders {
		return errors.New("more folders than any interpreter has")
	}
	for n, dir := range i.Site {
		paths["site "+strconv.Itoa(n)] = dir
	}
	for n, dir := range i.LibDirs {
		paths["lib_dirs "+strconv.Itoa(n)] = dir
	}
	for name, path := range paths {
		if err := checkText(path); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if !filepath.IsAbs(path) {
			return fmt.Errorf("%s: %q is not an absolute path", name, path)
		}
	}
	return nil
}

// checkText refuses what can't be shown on one line or used as a path.
func checkText(s string) error {
	switch {
	case s == "":
		return errors.New("missing")
	case len(s) > maxText:
		return fmt.Errorf("%d bytes", len(s))
	case !utf8.ValidString(s) || strings.ContainsRune(s, utf8.RuneError):
		return errors.New("not UTF-8")
	case strings.IndexFunc(s, unicode.IsControl) >= 0:
		return fmt.Errorf("%q has control characters", s)
	}
	return nil
}
