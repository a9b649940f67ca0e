package build

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/ftpkg/ftpkg/internal/lockfile"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// A Step is a part of a build.
type Step string

// The steps, in their order.
const (
	StepWait      Step = "wait"      // for another build in the same directory
	StepUnpack    Step = "unpack"    // the source
	StepConfigure Step = "configure" // counts checks
	StepMake      Step = "make"      // counts commands
	StepInstall   Step = "install"   // counts lines of output
)

// Options say what is built from what, and where.
type Options struct {
	// Python is the version and flavour to build. Without a patch release, any
	// of its series will do.
	Python wheeltags.Python
	// Source is an archive (tar, plain or compressed by gzip, bzip2, xz or zstd)
	// or a directory. It is not written to.
	Source string
	// SHA256 is the digest the source must have, in hex; "" takes that with
	// which its version was built before, or any the first time.
	SHA256 string
	// Work is the directory of what is needed while building; see the package's
	// comment. It is on the same file system as the prefix, and neither has white
	// space or signs in its path that mean something to a shell: configure and
	// make do not quote.
	Work string
	// Prefix returns the directory that the complete version, made from the source
	// of a digest, is installed into.
	Prefix func(v wheeltags.Python, sha256 string) string
	// Jobs is how many compilers run at once, 0 for one a CPU.
	Jobs int
	// Getenv gives the variables that may say how to build, such as PATH, CC and
	// CFLAGS. Others do not reach the build.
	Getenv func(string) string
	// Check is asked whether the interpreter works before it appears under its
	// prefix. May be nil.
	Check func(ctx context.Context, python string) error
	// OnStep, if not nil, is told how far the build is: done of total, 0 if the
	// total is not known. Calls come one after the other.
	OnStep func(s Step, done, total int)
}

// A Result is what was built.
type Result struct {
	Version wheeltags.Python // complete
	Prefix  string
	Python  string // the interpreter's path
	SHA256  string // the source's digest, in hex
	// Missing names the standard library's modules that could not be built,
	// for want of a library of the system.
	Missing []string
	// Existed says that the prefix was there already, and nothing was built.
	Existed bool
	Log     string
}

// Build builds and installs a CPython. Its errors are a *VersionError, a
// *DigestError, an *ArchiveError, a *ToolError or a *StepError where one of them
// fits.
func Build(ctx context.Context, o Options) (*Result, error) {
	if !canBuild {
		return nil, fmt.Errorf("building CPython from source on %s: %w", runtime.GOOS, errors.ErrUnsupported)
	}
	o.SHA256 = strings.ToLower(o.SHA256)
	if raw, err := hex.DecodeString(o.SHA256); err != nil || len(raw) != 0 && len(raw) != 32 {
		return nil, fmt.Errorf("%q is not a SHA-256 digest in hex", o.SHA256)
	}
	if err := o.Python.Check(); err != nil {
		return nil, err
	}
	var err error
	if o.Work, err = filepath.Abs(o.Work); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Work, 0o755); err != nil {
		return nil, err
	}
	l, err := lockfile.Acquire(ctx, filepath.Join(o.Work, "lock"), func() { o.step(StepWait, 0, 0) })
	if err != nil {
		return nil, err
	}
	defer func() { _ = l.Close() }()
	return o.build(ctx, l)
}

// build is Build, with the lock held.
func (o *Options) build(ctx context.Context, l *lockfile.Lock) (*Result, error) {
	src, err := openSource(ctx, o)
	if err != nil {
		return nil, err
	}
	version, ok := flavour(o.Python, src.version)
	if !ok {
		return nil, &VersionError{o.Source, o.Python, src.version}
	}
	if err := o.pin(src); err != nil {
		return nil, err
	}
	prefix := o.Prefix(version, src.digest)
	for _, path := range []string{prefix, o.Work, src.dir} {
		if !filepath.IsAbs(path) || strings.ContainsAny(path, unsafe) {
			return nil, &PathError{path}
		}
	}
	t := &tree{
		Options: o, lock: l.File(), source: src, prefix: prefix,
		dir: filepath.Join(o.Work, version.String()+"-"+src.digest[:shortDigest]),
		log: filepath.Join(o.Work, version.String()+".log"),
	}
	r := &Result{
		Version: version, Prefix: prefix, SHA256: src.digest, Log: t.log,
		Python: filepath.Join(prefix, "bin", executable(version)),
	}
	if _, err := os.Stat(prefix); err == nil {
		r.Existed = true
		return r, nil
	}
	if err := o.checkTools(); err != nil {
		return nil, err
	}
	staged, err := t.build(ctx, version)
	if err != nil {
		return nil, err
	}
	if o.Check != nil {
		if err := o.Check(ctx, filepath.Join(staged, "bin", executable(version))); err != nil {
			return nil, fmt.Errorf("the interpreter just built does not work: %w (all of the build's output is in %s)", err, t.log)
		}
	}
	if err := os.MkdirAll(filepath.Dir(prefix), 0o755); err != nil {
		return nil, err
	}
	if err := os.Rename(staged, prefix); err != nil {
		return nil, err
	}
	r.Missing = t.missing
	// The source is kept no longer: the next build is of another flavour or
	// another version, and unpacking is quick.
	return r, errors.Join(os.RemoveAll(t.dir), os.RemoveAll(o.unpackedDir(src.digest)))
}

// unsafe are the letters that configure and make trip over in a path.
const unsafe = " \t\r\n\\\"'`#$&;|<>(){}[]*?%=,:"

// shortDigest is how many hex digits of a digest stand in a directory's name.
const shortDigest = 12

func (o *Options) unpackedDir(digest string) string {
	return filepath.Join(o.Work, "source-"+digest[:shortDigest])
}

func (o *Options) step(s Step, done, total int) {
	if o.OnStep != nil {
		o.OnStep(s, done, total)
	}
}

// executable is the name under which an interpreter is installed.
func executable(v wheeltags.Python) string {
	name := "python" + v.Series()
	if v.FreeThreaded {
		name += "t"
	}
	if v.Debug {
		name += "d"
	}
	return name
}
