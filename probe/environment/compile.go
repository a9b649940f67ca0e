package environment

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed" // for compile.py
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/probe/runtime"
)

//go:embed compile.py
var compileScript string

// The bounds of compiling one wheel. The largest packages have some ten thousand
// modules, which take a minute of one processor.
const (
	compileTimeout = 10 * time.Minute
	compileMemory  = 4 << 30
	compileGrace   = time.Second
)

// The exit statuses of compile.py if it could not write, or not read.
const (
	diskFailed = 3
	sourceGone = 4
)

// withPyc adds the .pyc files for an interpreter to a wheel, compiling them if
// the store lacks them. The GIL and the free-threaded build of one version share
// them: their magic number and their names are the same.
func (s *Store) withPyc(ctx context.Context, e *entry, py *runtime.Info, threads int) error {
	dir := filepath.Join(e.dir, pycName(py))
	load := func() bool {
		m, err := readManifest(dir)
		if err != nil {
			if errors.Is(err, errManifest) {
				s.discard(dir)
			}
			return false
		}
		e.pyc, e.pycDir = m, dir
		return true
	}
	if load() {
		return nil
	}
	done, err := s.reserve(ctx, e.hex()+pycName(py))
	if err != nil {
		return err
	}
	defer done()
	if load() {
		return nil
	}
	t, err := s.temp()
	if err != nil {
		return err
	}
	defer t.close()
	made := filepath.Join(t.dir, "pyc")
	if err := s.compile(ctx, e, py, made, threads); err != nil {
		return err
	}
	if err := s.publish(made, dir); err != nil {
		if _, gone := os.Stat(e.dir); gone != nil {
			return errChanged // another process threw the wheel away meanwhile
		}
		return err
	}
	if !load() {
		return errChanged
	}
	return nil
}

// pycName names the folder of .pyc files for an interpreter.
func pycName(py *runtime.Info) string {
	name := pycPrefix + py.MagicNumber + "-" + py.CacheTag
	for i := range len(name) {
		if c := name[i]; c != '-' && c != '.' && c != '_' && !isLetter(c) && (c < '0' || c > '9') {
			sum := sha256.Sum256([]byte(name))
			return pycPrefix + "=" + hex.EncodeToString(sum[:8])
		}
	}
	return name
}

// pycPath returns where an interpreter looks for the .pyc file of a source.
func pycPath(source, cacheTag string) string {
	dir, name := path.Split(source)
	return dir + "__pycache__/" + strings.TrimSuffix(name, ".py") + "." + cacheTag + ".pyc"
}

// compile writes a folder of .pyc files for what a wheel puts into site-packages.
// A file that does not compile is left out; so is all that follows one on which
// the compiler dies.
func (s *Store) compile(ctx context.Context, e *entry, py *runtime.Info, dir string, threads int) error {
	files := filepath.Join(dir, filesName)
	if err := os.MkdirAll(files, 0o755); err != nil {
		return &StoreError{s.dir, err}
	}
	var pairs bytes.Buffer
	for i := range e.files {
		where, dest, err := splitScheme(e.files[i].path)
		if err != nil || where != schemeSite || path.Ext(dest) != ".py" || path.Base(dest) == ".py" {
			continue
		}
		fmt.Fprintf(&pairs, "%s\x00%s\x00", e.files[i].path, pycPath(dest, py.CacheTag))
	}
	m := new(manifest)
	if pairs.Len() > 0 {
		if err := s.runCompiler(ctx, e, files, py, threads, &pairs); err != nil {
			return err
		}
		var err error
		if m.files, err = collect(ctx, files); err != nil {
			return &StoreError{s.dir, err}
		}
	}
	if err := m.write(dir); err != nil {
		return &StoreError{s.dir, err}
	}
	return nil
}

// runCompiler runs compile.py with the interpreter. No code of the package is
// run, but the compiler reads what strangers wrote: it is bounded in time and
// memory, and if it dies that is nobody's error.
func (s *Store) runCompiler(ctx context.Context, e *entry, target string, py *runtime.Info, threads int, pairs io.Reader) error {
	if !py.FreeThreaded {
		threads = 1 // they would only wait for each other
	}
	run, stop := context.WithTimeout(ctx, compileTimeout)
	defer stop()
	cmd := exec.CommandContext(run, py.Executable, "-I", "-S", "-B", "-X", "utf8", "-W", "ignore", "-c", compileScript,
		filepath.Join(e.dir, filesName), target, strconv.Itoa(threads), strconv.Itoa(compileMemory))
	cmd.WaitDelay = compileGrace
	cmd.Stdin = pairs
	stderr := &head{room: 512}
	cmd.Stderr = stderr
	err := cmd.Run()
	exit, exited := errors.AsType[*exec.ExitError](err)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case exited && exit.ExitCode() == diskFailed:
		return &StoreError{s.dir, fmt.Errorf("compiling: %s", strings.TrimSpace(stderr.String()))}
	case exited && exit.ExitCode() == sourceGone:
		return s.reject(e, errors.New(strings.TrimSpace(stderr.String())))
	case err != nil && !exited && run.Err() == nil:
		return fmt.Errorf("compiling: %w", err)
	}
	return nil
}

// collect seals and lists the .pyc files below a folder, sorted by path. What is
// left of a compiler that died is removed.
func collect(ctx context.Context, dir string) ([]storedFile, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	var files []storedFile
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
			return err
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case path.Ext(name) != ".pyc":
			return root.Remove(name)
		}
		f, err := sealPyc(root, name)
		files = append(files, f)
		return err
	})
	return files, err
}

func sealPyc(root *os.Root, name string) (storedFile, error) {
	f, err := root.Open(name)
	if err != nil {
		return storedFile{}, err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	size, err := io.Copy(h, f)
	if err != nil {
		return storedFile{}, err
	}
	s, err := seal(f, 0o444)
	return storedFile{path: name, size: size, digest: recordDigest([32]byte(h.Sum(nil))), stamp: s}, err
}

// A head keeps the beginning of what is written to it.
type head struct {
	bytes.Buffer
	room int
}

func (h *head) Write(p []byte) (int, error) {
	h.Buffer.Write(p[:min(len(p), h.room-h.Len())])
	return len(p), nil
}
