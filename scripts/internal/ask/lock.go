package ask

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// Locked is a lock that ftpkg wrote for a case, whose universe is served until
// Close is called.
type Locked struct {
	asker *Asker
	k     *call
	file  string
	// Made is false where ftpkg says that no lock is possible; Said is why.
	Made bool
	Said string
}

// Lock lets an ftpkg executable write the lock of a case for some targets, with
// one version of each package for all of them.
func (a *Asker) Lock(ctx context.Context, ftpkg string, c *universe.Case, like vocab.Like, targets ...wheeltags.Target) (*Locked, error) {
	k, err := a.open(c)
	if err != nil {
		return nil, err
	}
	l := &Locked{asker: a, k: k, file: filepath.Join(k.dir, "pylock.toml")}
	args := []string{
		"resolve", "--align", "--format", "pylock", "--output", l.file, "--like", string(like), "--no-cache",
		"--requirements", k.requirements, "--index-url", k.indexes[len(k.indexes)-1], "--platform", targets[0].Platform.Tag(),
	}
	for _, t := range targets {
		args = append(args, "--python", t.Python.String())
	}
	for _, x := range k.indexes[:len(k.indexes)-1] {
		args = append(args, "--extra-index-url", x)
	}
	if len(c.Constraints) > 0 {
		args = append(args, "--constraints", k.constraints)
	}
	for _, n := range c.Options.OnlyBinary {
		args = append(args, "--only-binary", n)
	}
	for _, n := range c.Options.NoBinary {
		args = append(args, "--no-binary", n)
	}
	if mode, ok := map[resolver.Prereleases]string{resolver.Allow: "allow", resolver.Disallow: "disallow"}[c.Options.Prereleases]; ok {
		args = append(args, "--prerelease", mode)
	}
	if !c.Options.ExcludeNewer.IsZero() {
		args = append(args, "--exclude-newer", c.Options.ExcludeNewer.UTC().Format(time.RFC3339))
	}
	if err := a.run(ctx, k, ftpkg, args...); err != nil {
		a.close(k)
		return nil, err
	}
	l.Said = a.quote(k, k.said)
	switch _, err := os.Stat(l.file); {
	case err == nil:
		l.Made = true
	case !errors.Is(err, fs.ErrNotExist) || !k.failed:
		a.close(k)
		return nil, fmt.Errorf("%s: ftpkg wrote no lock and did not say no: %s", c.Name, k.said)
	}
	return l, nil
}

// Close stops serving the case.
func (l *Locked) Close() { l.asker.close(l.k) }

// Install lets an installer install from the lock.
func (l *Locked) Install(ctx context.Context, like vocab.Like, t wheeltags.Target) (universe.Answer, error) {
	a, k := l.asker, *l.k
	k.said, k.failed = "", false // ftpkg exits with 1 for a lock with a source too
	python := a.envs[t.FreeThreaded()]
	out := filepath.Join(k.dir, string(like)+strconv.FormatBool(t.FreeThreaded()))
	var err error
	if like == vocab.LikePip {
		err = a.run(ctx, &k, python, append(pipInstall(out), "--requirement", l.file)...)
	} else {
		err = a.run(ctx, &k, a.uv, append(uvInstall(python, out), "--requirements", l.file)...)
	}
	answer := universe.Answer{Source: universe.FromInstaller, Likes: []vocab.Like{like}, Targets: []wheeltags.Target{t}}
	switch {
	case err != nil:
	case k.failed:
		answer.Fails, answer.Said = true, a.quote(&k, k.said)
	case like == vocab.LikePip:
		answer.Picks, err = reported(&k, out)
	default:
		answer.Picks, err = a.installed(&k, out)
	}
	universe.SortPicks(answer.Picks)
	return answer, err
}
