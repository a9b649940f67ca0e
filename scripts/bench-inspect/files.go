package main

import (
	"archive/zip"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/index"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/extmod"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// wanted is how many modules are read from disk.
const wanted = 400

// from are the wheels whose modules are read: of each of these projects, for each of
// these platforms, until there are enough.
var (
	fromPlatforms = []string{"linux-x86_64", "windows-x86_64", "macos-arm64"}
	fromProjects  = []string{"numpy", "pandas", "scikit-learn", "scipy", "lxml", "matplotlib"}
)

// files measures reading modules from local disk, in a process that has one core.
func (b *bench) files(ctx context.Context) (string, error) {
	dir := filepath.Join(b.tmp, "modules")
	versions, err := b.unpack(ctx, dir)
	if err != nil {
		return "", err
	}
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	var told reading
	var inner []time.Duration
	wall, cpu, err := b.timed(func() *exec.Cmd {
		cmd := exec.CommandContext(ctx, self, readWord, dir)
		cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
		cmd.Stdout = write(func(p []byte) error {
			err := json.Unmarshal(p, &told)
			inner = append(inner, told.Took)
			return err
		})
		return cmd
	})
	if err != nil {
		return "", err
	}
	text := fmt.Sprintf("%d extension modules, %d bytes, of %s, unpacked on local disk, read by one process with GOMAXPROCS=1:\n\n", told.Modules, told.Bytes, versions)
	text += head + row("the process", wall, cpu) + row("reading alone", inner[1:], cpu)
	return text + fmt.Sprintf("\nUndecided of these: %d.\n", told.Undecided), nil
}

// A write is a writer of one piece.
type write func(p []byte) error

func (w write) Write(p []byte) (int, error) { return len(p), w(p) }

// unpack puts extension modules into a folder, and says whose they are.
func (b *bench) unpack(ctx context.Context, dir string) (versions string, err error) {
	c, closeAll, err := b.index(filepath.Join(b.tmp, "files"), new(fetch.Counter))
	if err != nil {
		return "", err
	}
	defer closeAll()
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	n := 0
	for _, platform := range fromPlatforms {
		p, err := wheeltags.ParsePlatform(platform)
		if err != nil {
			return "", err
		}
		for _, name := range fromProjects {
			if n == wanted {
				return versions, nil
			}
			version, sources, err := choose(ctx, c, name, inspect.Question{Platforms: []wheeltags.Platform{p}})
			if err != nil {
				return "", fmt.Errorf("%s: %w", name, err)
			}
			if n, err = unpackWheel(ctx, c, dir, n, &sources[0]); err != nil {
				return "", fmt.Errorf("%s: %w", sources[0].Name, err)
			}
			if versions != "" {
				versions += ", "
			}
			versions += name + " " + version + " for " + platform
		}
	}
	return "", fmt.Errorf("the wheels have %d modules only", n)
}

// unpackWheel unpacks the modules of one wheel, as far as they are still wanted.
func unpackWheel(ctx context.Context, c *index.Client, dir string, n int, s *inspect.Source) (now int, err error) {
	var digest *[32]byte
	if sum, err := hex.DecodeString(s.SHA256); err == nil && len(sum) == len(digest) {
		digest = (*[32]byte)(sum)
	}
	f, err := c.Open(ctx, s.URL, digest)
	if err != nil {
		return n, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w, err := inspect.NewReader(inspect.Options{}).Wheel(ctx, inspect.Source{Name: s.Name, At: f, Size: f.Size()})
	if err != nil {
		return n, err
	}
	z, err := zip.NewReader(f, f.Size())
	if err != nil {
		return n, err
	}
	for i := range w.Modules {
		if n == wanted {
			break
		}
		// Each under a name of its own, which ends as it did.
		name := filepath.Join(dir, strconv.Itoa(n)+"-"+filepath.Base(w.Modules[i].Path))
		if err := unpackFile(z, w.Modules[i].Path, name); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func unpackFile(z *zip.Reader, member, name string) (err error) {
	in, err := z.Open(member)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}

// readWord makes this program a process that reads the modules in a folder and says
// how it went.
const readWord = "__read"

// A reading is what such a process says.
type reading struct {
	Modules   int           `json:"modules"`
	Undecided int           `json:"undecided"`
	Bytes     int64         `json:"bytes"`
	Took      time.Duration `json:"took"`
}

func readAll(dir string) error {
	begin := time.Now()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return err
	}
	var r reading
	for _, e := range entries {
		if err := r.add(root, e.Name()); err != nil {
			return err
		}
	}
	r.Took = time.Since(begin)
	return json.NewEncoder(os.Stdout).Encode(r)
}

// add reads one module.
func (r *reading) add(root *os.Root, name string) error {
	f, err := root.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	m, err := extmod.Read(f, info.Size(), name)
	if err != nil {
		return err
	}
	r.Modules, r.Bytes = r.Modules+1, r.Bytes+info.Size()
	if m.Declaration == vocab.DeclarationUndecided {
		r.Undecided++
	}
	return nil
}
