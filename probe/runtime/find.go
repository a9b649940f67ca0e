package runtime

import (
	"context"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// A Finder looks for interpreters where systems and tools keep them: on PATH, in
// the folders of uv, pyenv and Homebrew, in the frameworks of python.org's
// installers, in the registry of Windows.
type Finder struct {
	// Dirs are folders of programs to look in before all others.
	Dirs []string
	// GOOS, Home and Getenv are the world: the system, the user's home directory
	// ("" if unknown), the environment.
	GOOS   string
	Home   string
	Getenv func(string) string
	// Root is put before the places that are the same on every machine, "" for
	// the machine's own.
	Root string
	// Registry is that of Windows, nil elsewhere.
	Registry Registry
}

// maxCandidates bounds how many programs are asked.
const maxCandidates = 128

// Find asks everything that looks like an interpreter, and returns those that
// answered, in the order of their places. For a virtual environment it returns
// the interpreter it was made from. What did not answer is in skipped, an
// *AskError each; err is that of ctx.
func (f *Finder) Find(ctx context.Context) (found []*Runtime, skipped []error, err error) {
	all := f.candidates()
	all = all[:min(len(all), maxCandidates)]
	infos, errs := make([]*Info, len(all)), make([]error, len(all))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(askers)
	for i, c := range all {
		group.Go(func() error {
			infos[i], errs[i] = Ask(ctx, c.path)
			if errs[i] == nil && infos[i].VirtualEnv {
				infos[i], errs[i] = Ask(ctx, infos[i].BaseExecutable)
			}
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	type installation struct{ prefix, build string }
	seen := map[installation]bool{}
	for i, c := range all {
		if errs[i] != nil {
			skipped = append(skipped, errs[i])
			continue
		}
		// python3 and python3.13t of one installation may be two files.
		if one := (installation{infos[i].BasePrefix, infos[i].Build}); !seen[one] {
			seen[one] = true
			found = append(found, &Runtime{Info: *infos[i], Source: vocab.RuntimeFound, Origin: c.origin})
		}
	}
	return found, skipped, nil
}

// Look returns the program of a name on PATH, "" if there is none.
func (f *Finder) Look(name string) string {
	names := []string{name}
	if f.windows() && filepath.Ext(name) != ".exe" {
		names = append(names, name+".exe")
	}
	for _, dir := range filepath.SplitList(f.getenv("PATH")) {
		if !filepath.IsAbs(dir) {
			continue
		}
		for _, name := range names {
			path := filepath.Join(dir, name)
			if st, err := os.Stat(path); err == nil && st.Mode().IsRegular() && (f.windows() || st.Mode()&0o111 != 0) {
				return path
			}
		}
	}
	return ""
}
