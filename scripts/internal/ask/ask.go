// Package ask puts the question of a universe case to the real pip and uv and
// brings back what they chose.
//
// Every call gets its own mount on one loopback server, an empty target
// environment, its own home folder and no configuration, so that nothing of the
// machine shows in the answer.
package ask

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/indextest"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// Config says what to ask with.
type Config struct {
	// UV is the uv executable.
	UV string
	// Pip is the version of pip to ask.
	Pip string
	// Pythons are the interpreters, free-threaded and GIL, of one version.
	FreeThreaded, GIL string
	// Dir keeps the environments between runs; a temporary folder if empty.
	Dir string
}

// Asker asks pip and uv. Its methods are safe for concurrent use.
type Asker struct {
	Server *indextest.Server
	// Home is the platform of this machine.
	Home wheeltags.Platform
	// Python is the version of both interpreters, such as 3.13.5.
	Python wheeltags.Python
	// Tools names what is asked, with versions.
	Tools string

	uv    string
	dir   string
	temp  bool
	envs  map[bool]string // by free-threaded: the environment's interpreter
	calls atomic.Int64
}

// New prepares an environment with pip for each interpreter and starts the
// server. Close ends it.
func New(ctx context.Context, c Config) (*Asker, error) {
	a := &Asker{uv: c.UV, dir: c.Dir, envs: map[bool]string{}}
	var err error
	if a.dir == "" {
		a.temp = true
		if a.dir, err = os.MkdirTemp("", "ask"); err != nil {
			return nil, err
		}
	}
	if a.dir, err = filepath.Abs(a.dir); err != nil {
		return nil, err
	}
	if err := os.RemoveAll(a.callsDir()); err != nil { // of a run that was broken off
		return nil, err
	}
	if err := a.prepare(ctx, c); err != nil {
		a.cleanUp()
		return nil, err
	}
	a.Server = indextest.NewServer(nil)
	return a, nil
}

// Close stops the server and removes what is temporary.
func (a *Asker) Close() {
	a.Server.Close()
	a.cleanUp()
}

func (a *Asker) cleanUp() {
	if a.temp {
		_ = os.RemoveAll(a.dir) // a temporary folder of ours
	}
}

func (a *Asker) prepare(ctx context.Context, c Config) error {
	uv, err := a.describe(ctx, a.uv, "--version")
	if err != nil {
		return err
	}
	versions := map[bool]string{}
	for ft, python := range map[bool]string{true: c.FreeThreaded, false: c.GIL} {
		env := filepath.Join(a.dir, "env-gil")
		if ft {
			env = filepath.Join(a.dir, "env-ft")
		}
		a.envs[ft] = filepath.Join(env, "bin", "python")
		if have, err := a.describe(ctx, a.envs[ft], "-m", "pip", "--version"); err != nil || !strings.HasPrefix(have, "pip "+c.Pip+" ") {
			if err := run(ctx, nil, a.uv, "venv", "--quiet", "--clear", "--no-project", "--no-python-downloads", "--python", python, env); err != nil {
				return err
			}
			if err := run(ctx, nil, a.uv, "pip", "install", "--quiet", "--python", a.envs[ft], "pip=="+c.Pip); err != nil {
				return err
			}
		}
		about, err := a.describe(ctx, a.envs[ft], "-c", `import platform, sysconfig; print(platform.python_version(), sysconfig.get_config_var("Py_GIL_DISABLED") or 0, "_".join(platform.libc_ver()[1].split(".")), platform.machine())`)
		if err != nil {
			return err
		}
		f := strings.Fields(about)
		if len(f) != 4 {
			return fmt.Errorf("%s: cannot tell what it is: %q (only glibc machines can record)", python, about)
		}
		if (f[1] == "1") != ft {
			return fmt.Errorf("%s: free-threaded is %s", python, f[1])
		}
		versions[ft] = f[0]
		if a.Home, err = wheeltags.ParsePlatform("manylinux_" + f[2] + "_" + f[3]); err != nil {
			return err
		}
		if a.Python, err = wheeltags.ParsePython(f[0]); err != nil {
			return err
		}
	}
	if versions[true] != versions[false] {
		return fmt.Errorf("the interpreters differ: free-threaded %s, GIL %s", versions[true], versions[false])
	}
	uvName := strings.Fields(uv + " ?")
	a.Tools = fmt.Sprintf("uv %s, pip %s, CPython %s", uvName[1], c.Pip, versions[true])
	return nil
}

// describe returns what a program prints.
func (a *Asker) describe(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}

// run runs a program; its error holds what it said.
func run(ctx context.Context, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// Target is the target of this machine with one of the two interpreters.
func (a *Asker) Target(freeThreaded bool) wheeltags.Target {
	py := a.Python
	py.FreeThreaded = freeThreaded
	return wheeltags.Target{Python: py, Platform: a.Home}
}

// call is one question being asked.
type call struct {
	mount string
	dir   string
	c     *universe.Case
	// requirements and constraints are files.
	requirements, constraints string
	indexes                   []string
	// said is what the installer printed on stderr, failed whether it said no.
	said   string
	failed bool
}

// callsDir holds a folder for each question that is being asked.
func (a *Asker) callsDir() string { return filepath.Join(a.dir, "calls") }

// open mounts the case's universe and writes its requirements.
func (a *Asker) open(c *universe.Case) (*call, error) {
	k := &call{c: c, mount: fmt.Sprintf("q%d", a.calls.Add(1))}
	k.dir = filepath.Join(a.callsDir(), k.mount)
	if err := os.MkdirAll(k.dir, 0o755); err != nil {
		return nil, err
	}
	a.Server.Mount(k.mount, c.Universe, indextest.Speak(c.Options.Serve))
	var req strings.Builder
	for _, r := range c.Requirements {
		req.WriteString(a.Server.Rebase(k.mount, r.Text))
		for _, h := range r.Hashes {
			sum, err := c.Digest(h)
			if err != nil {
				return nil, err
			}
			req.WriteString(" --hash=sha256:" + sum)
		}
		req.WriteString("\n")
	}
	for _, x := range c.Universe.Indexes {
		k.indexes = append(k.indexes, a.Server.MountURL(k.mount, x.Name))
	}
	if len(k.indexes) == 0 {
		k.indexes = []string{a.Server.MountURL(k.mount, universe.MainIndex)}
	}
	k.requirements = filepath.Join(k.dir, "requirements.txt")
	k.constraints = filepath.Join(k.dir, "constraints.txt")
	return k, errors.Join(
		os.WriteFile(k.requirements, []byte(req.String()), 0o644),
		os.WriteFile(k.constraints, []byte(strings.Join(c.Constraints, "\n")+"\n"), 0o644),
	)
}

// close takes the question off the server.
func (a *Asker) close(k *call) {
	a.Server.Unmount(k.mount)
	_ = os.RemoveAll(k.dir) // a folder of ours
}

// environment is all the installers see of this machine.
func (a *Asker) environment() []string {
	home := filepath.Join(a.dir, "home")
	return []string{
		"HOME=" + home, "PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TMPDIR=" + os.TempDir(),
		"PIP_CONFIG_FILE=" + os.DevNull, "PYTHONDONTWRITEBYTECODE=1",
		"UV_NO_CONFIG=1", "UV_PYTHON_DOWNLOADS=never", "UV_CACHE_DIR=" + filepath.Join(home, "uv-cache"),
	}
}

// run runs an installer. An end with status 1, or 2 unless it did not understand
// its arguments, is its "no"; any other failure is an error.
func (a *Asker) run(ctx context.Context, k *call, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = a.environment()
	cmd.Dir = k.dir
	var stderr strings.Builder
	cmd.Stderr = &stderr
	err := cmd.Run()
	k.said = stderr.String()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code := exit.ExitCode()
		if code == 1 || code == 2 && !strings.Contains(k.said, "Usage:") && !strings.Contains(k.said, " for '--") {
			k.failed = true
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %s %s: %w\n%s", k.c.Name, name, strings.Join(args, " "), err, k.said)
	}
	return nil
}

// Ask asks one installer about a target.
func (a *Asker) Ask(ctx context.Context, c *universe.Case, like vocab.Like, t wheeltags.Target) (universe.Answer, error) {
	k, err := a.open(c)
	if err != nil {
		return universe.Answer{}, err
	}
	defer a.close(k)
	ask := a.askUV
	if like == vocab.LikePip {
		ask = a.askPip
	}
	answer, err := ask(ctx, k, t)
	answer.Source = universe.FromInstaller
	answer.Likes = []vocab.Like{like}
	answer.Targets = []wheeltags.Target{t}
	universe.SortPicks(answer.Picks)
	return answer, err
}

// pick names an installed file as the case does. The index is told only where
// several have a file of that name.
func (k *call) pick(filename string, index func() string) (universe.Pick, error) {
	var found *universe.Pick
	holders := 0
	for _, x := range k.c.Universe.Indexes {
		for _, p := range x.Projects {
			for _, r := range p.Releases {
				for _, f := range r.Files {
					if f.Name != filename {
						continue
					}
					holders++
					found = universe.NewPick(p.Name, r.Version, filename)
				}
			}
		}
	}
	if found == nil {
		return universe.Pick{}, fmt.Errorf("%s: installed %s, which is in no universe", k.c.Name, filename)
	}
	if holders > 1 {
		found.Index = index()
	}
	return *found, nil
}
