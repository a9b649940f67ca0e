package upstream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Git reads repositories with the git that is installed.
type Git struct {
	// Program is git; Environ is the environment that it runs in. What would have it ask
	// for a password is taken away.
	Program string
	Environ []string
	// Timeout is how long one repository may take, 2 minutes if it is 0; MaxBytes how
	// much of it may be fetched, 256 MB if it is 0.
	Timeout  time.Duration
	MaxBytes int64
}

// Kinds of addresses: those that strangers wrote, and those that the user gave.
const (
	published = "https"
	given     = "https:http:ssh:git:file"
)

// Published returns the files that are read of a repository whose address the project's
// metadata have, and the commit they are of.
func (g *Git) Published(ctx context.Context, address string) (fs.FS, string, error) {
	return g.files(ctx, address, published)
}

// Given is Published for an address that the user gave, which may be any that git
// understands, file:// included.
func (g *Git) Given(ctx context.Context, address string) (fs.FS, string, error) {
	return g.files(ctx, address, given)
}

func (g *Git) files(ctx context.Context, address, protocols string) (_ fs.FS, commit string, err error) {
	timeout, most := g.Timeout, g.MaxBytes
	if timeout == 0 {
		timeout = 2 * time.Minute
	}
	if most == 0 {
		most = 256 << 20
	}
	dir, err := os.MkdirTemp("", "ftpkg-upstream-")
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a copy
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("%s: it took more than %v", address, timeout))
	defer cancel()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	large := fmt.Errorf("%s: it is larger than %s", address, amount(most))
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		watch(ctx, dir, most, func() { stop(large) })
	}()
	defer func() { stop(nil); <-watched }()

	r := &clone{Git: g, dir: dir, protocols: protocols}
	// Of the last commit only the directories are fetched, of files those that are asked for.
	_, err = r.git(ctx, 0, "clone", "--quiet", "--bare", "--depth=1", "--single-branch", "--no-tags", "--filter=blob:none", "--template=", "--", address, filepath.Join(dir, "repository"))
	if err != nil {
		return nil, "", r.failure(ctx, address, err)
	}
	if r.cloned = true; size(dir) > most {
		return nil, "", large
	}
	out, err := r.git(ctx, 1<<10, "rev-parse", "--verify", "HEAD^{commit}")
	if err != nil {
		return nil, "", r.failure(ctx, address, err)
	}
	if commit = strings.TrimSpace(string(out)); !commitPattern.MatchString(commit) {
		return nil, "", fmt.Errorf("%s: %q is no commit", address, commit)
	}
	texts, err := r.texts(ctx, commit)
	if err != nil {
		return nil, "", r.failure(ctx, address, err)
	}
	fsys, err := files(texts)
	return fsys, commit, err
}

// A clone is one repository that is being read.
type clone struct {
	*Git
	dir, protocols string
	cloned         bool
}

// texts are the files that are read of a commit.
func (r *clone) texts(ctx context.Context, commit string) (map[string][]byte, error) {
	out, err := r.git(ctx, maxFile, "ls-tree", "-r", "-z", "--full-tree", commit, "--", ".github", "pyproject.toml")
	if err != nil {
		return nil, err
	}
	texts := map[string][]byte{}
	for entry := range strings.SplitSeq(string(out), "\x00") {
		about, name, ok := strings.Cut(entry, "\t")
		words := strings.Fields(about) // mode, type, object
		if !ok || len(words) != 3 || words[1] != "blob" || !strings.HasPrefix(words[0], "100") || !wanted(name) || !commitPattern.MatchString(words[2]) || len(texts) == maxFiles {
			continue // links lead elsewhere
		}
		text, err := r.git(ctx, maxFile, "cat-file", "blob", words[2])
		switch {
		case errors.Is(err, errLong):
		case err != nil:
			return nil, err
		default:
			texts[name] = text
		}
	}
	return texts, nil
}

// errLong is an answer that is longer than any that is read.
var errLong = errors.New("it is too long")

// git runs one command and returns no more of what it prints than so many bytes.
func (r *clone) git(ctx context.Context, limit int64, args ...string) ([]byte, error) {
	settings := []string{
		"protocol.allow=never", "credential.helper=", "core.askPass=", "core.hooksPath=" + os.DevNull, "core.fsmonitor=false", "core.symlinks=false",
		"transfer.fsckObjects=true", "submodule.recurse=false", "fetch.recurseSubmodules=false", "gc.auto=0", "maintenance.auto=false", "advice.detachedHead=false",
	}
	for protocol := range strings.SplitSeq(r.protocols, ":") {
		settings = append(settings, "protocol."+protocol+".allow=always")
	}
	var all []string
	for _, s := range settings {
		all = append(all, "-c", s)
	}
	if r.cloned {
		all = append(all, "--git-dir="+filepath.Join(r.dir, "repository"))
	}
	cmd := exec.CommandContext(ctx, r.Program, append(all, args...)...) //nolint:gosec // git, with addresses behind --
	cmd.Dir, cmd.WaitDelay = r.dir, 5*time.Second
	cmd.Env = append(quiet(r.Environ), "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS=", "GCM_INTERACTIVE=never", "GIT_SSH_COMMAND=ssh -oBatchMode=yes",
		"GIT_CEILING_DIRECTORIES="+filepath.Dir(r.dir), "GIT_ALLOW_PROTOCOL="+r.protocols, "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
	var stdout, stderr bytes.Buffer
	out := &cut{w: &stdout, n: limit}
	cmd.Stdout, cmd.Stderr = out, &cut{w: &stderr, n: 8 << 10}
	err := cmd.Run()
	if out.over && err == nil {
		return nil, errLong
	}
	if err != nil {
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, strings.Join(strings.Fields(stderr.String()), " "))
	}
	return stdout.Bytes(), nil
}

// failure is why a repository could not be read.
func (r *clone) failure(ctx context.Context, address string, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return fmt.Errorf("%s: %w", address, err)
}

// quiet is an environment without what has git do things for another repository or run
// programs that somebody named.
func quiet(environ []string) []string {
	var kept []string
	for _, v := range environ {
		name, _, _ := strings.Cut(v, "=")
		switch {
		case strings.HasPrefix(name, "GIT_") && name != "GIT_SSL_CAINFO" && name != "GIT_SSL_CAPATH" && name != "GIT_EXEC_PATH" && !strings.HasPrefix(name, "GIT_CONFIG"),
			name == "SSH_ASKPASS", name == "LC_ALL":
		default:
			kept = append(kept, v)
		}
	}
	return kept
}

// cut keeps the first bytes of what is written.
type cut struct {
	w    io.Writer
	n    int64
	over bool
}

func (c *cut) Write(p []byte) (int, error) {
	keep := p
	if int64(len(keep)) > c.n {
		keep, c.over = keep[:c.n], true
	}
	c.n -= int64(len(keep))
	_, err := c.w.Write(keep)
	return len(p), err
}

// watch calls full when a directory holds more than so many bytes.
func watch(ctx context.Context, dir string, most int64, full func()) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if size(dir) > most {
				full()
				return
			}
		}
	}
}

// amount is a number of bytes in words.
func amount(n int64) string {
	switch {
	case n == 1:
		return "1 byte"
	case n < 1<<20:
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%d MB", n>>20)
}

// size is how much a directory holds. What goes away meanwhile counts for nothing.
func size(dir string) int64 {
	var n int64
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // see above
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			n += info.Size()
		}
		return nil
	})
	return n
}
