package corpus

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

//go:embed src
var sources embed.FS

// A compiler turns modules into files, and keeps them.
type compiler struct {
	cc      string // path
	version string // what cc says of itself
	src     string // directory with the sources
	cache   string // directory for the results
}

// newCompiler finds the machine's cc. The sources are written to scratch.
func newCompiler(ctx context.Context, cache, scratch string) (*compiler, error) {
	cc, err := exec.LookPath("cc")
	if err != nil {
		return nil, fmt.Errorf("the corpus is compiled with cc, the machine's C compiler: %w", err)
	}
	out, err := exec.CommandContext(ctx, cc, "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("%s --version: %w", cc, err)
	}
	if err := os.CopyFS(scratch, sources); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, err
	}
	return &compiler{cc: cc, version: string(out), src: filepath.Join(scratch, "src"), cache: cache}, nil
}

// A job is one module to compile against the headers of one interpreter.
type job struct {
	module *module
	python *python
}

// all compiles the modules, as many at once as there are processors, and returns
// the paths of the results in the order of the jobs.
func (c *compiler) all(ctx context.Context, jobs []job) ([]string, error) {
	paths := make([]string, len(jobs))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.NumCPU())
	for i, j := range jobs {
		g.Go(func() (err error) {
			paths[i], err = c.compile(ctx, j.module, j.python)
			return err
		})
	}
	return paths, g.Wait()
}

// compile returns the path of the compiled module, made now or kept from earlier.
func (c *compiler) compile(ctx context.Context, m *module, p *python) (string, error) {
	name := m.name[lastDot(m.name)+1:]
	defines := []string{"-DNAME=" + name}
	for _, d := range m.defines {
		defines = append(defines, "-D"+d)
	}
	flags := slices.Concat([]string{"-O2", "-Wall", "-Werror"}, m.flags, defines)
	for _, dir := range p.Include {
		flags = append(flags, "-I"+dir)
	}
	key, err := c.digest(m, p, flags)
	if err != nil {
		return "", err
	}
	result := filepath.Join(c.cache, key+".so")
	if _, err := os.Stat(result); err == nil {
		return result, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}

	// Compiled beside and renamed, since other processes may be at it too.
	temp, err := os.MkdirTemp(c.cache, ".compiling-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	made := filepath.Join(temp, "module")
	args := slices.Concat(extensionFlags(), flags, []string{"-o", made, filepath.Join(c.src, m.source)})
	if m.library != "" {
		library := slices.Concat(libraryFlags(m.library), defines,
			[]string{"-o", filepath.Join(temp, libraryFile(m.library)), filepath.Join(c.src, "library.c")})
		if err := c.run(ctx, library); err != nil {
			return "", fmt.Errorf("%s: %w", m.library, err)
		}
		args = append(args, "-L"+temp, "-l"+m.library)
	}
	if err := c.run(ctx, args); err != nil {
		return "", fmt.Errorf("%s: %w", m.name, err)
	}
	if err := os.Rename(made, result); err != nil {
		return "", err
	}
	return result, nil
}

func (c *compiler) run(ctx context.Context, args []string) error {
	if out, err := exec.CommandContext(ctx, c.cc, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", c.cc, err, out)
	}
	return nil
}

// digest is of everything that a compiled module is made of.
func (c *compiler) digest(m *module, p *python, flags []string) (string, error) {
	parts := []any{c.version, extensionFlags(), p, flags, m.library}
	for _, name := range []string{"fixture.h", "library.c", m.source} {
		text, err := sources.ReadFile("src/" + name)
		if err != nil {
			return "", err
		}
		parts = append(parts, string(text))
	}
	text, err := json.Marshal(parts)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// extensionFlags are the flags for an extension module.
func extensionFlags() []string {
	if runtime.GOOS == "darwin" {
		return []string{"-bundle", "-undefined", "dynamic_lookup", "-g0"}
	}
	return []string{"-shared", "-fPIC", "-pthread", "-g0"}
}

// libraryFlags are the flags for a shared library.
func libraryFlags(name string) []string {
	if runtime.GOOS == "darwin" {
		return []string{"-dynamiclib", "-install_name", libraryFile(name)}
	}
	return []string{"-shared", "-fPIC", "-Wl,-soname," + libraryFile(name) + ".1"}
}

func libraryFile(name string) string {
	if runtime.GOOS == "darwin" {
		return "lib" + name + ".dylib"
	}
	return "lib" + name + ".so"
}
