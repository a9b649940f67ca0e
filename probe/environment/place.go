package environment

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// The ways to put a file of the store into an environment, the best first.
const (
	byClone int32 = iota // shares the bytes until one side writes
	byLink               // is the same file
	byCopy
)

// A placer puts files of the store into an environment.
type placer struct {
	root string
	copy bool         // never by link
	way  atomic.Int32 // the first that has not failed yet
	// shared says that a file went by link.
	shared atomic.Bool
}

// place makes the folders of a plan and fills them. It reports whether files are
// shared with the store. If a file of the store is not what it was, its wheel is
// thrown away and the error is errChanged.
func (s *Store) place(ctx context.Context, p *plan, opt *Options) (shared bool, err error) {
	groups, err := p.groups()
	if err != nil {
		return false, err
	}
	pl := &placer{root: p.root, copy: opt.Copy}
	work, ctx := errgroup.WithContext(ctx)
	todo := make(chan *group, len(groups))
	for range opt.Jobs {
		work.Go(func() error {
			for g := range todo {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				if err := s.fill(pl, g); err != nil {
					return err
				}
			}
			return nil
		})
	}
	// Folders are filled while others are still being made.
	err = makeFolders(ctx, p.root, groups, todo)
	close(todo)
	// The reason why a worker stopped is worth more than that makeFolders did.
	err = cmp.Or(work.Wait(), err)
	return pl.shared.Load(), err
}

func makeFolders(ctx context.Context, root string, groups []group, done chan<- *group) error {
	made := map[string]bool{".": true}
	var mkdir func(dir string) error
	mkdir = func(dir string) error {
		if made[dir] {
			return nil
		}
		made[dir] = true
		if err := mkdir(path.Dir(dir)); err != nil {
			return err
		}
		name := filepath.Join(root, filepath.FromSlash(dir))
		if err := os.Mkdir(name, 0o755); err != nil && !os.IsExist(err) {
			return err
		}
		return nil
	}
	for i := range groups {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := mkdir(groups[i].to); err != nil {
			return err
		}
		done <- &groups[i]
	}
	return nil
}

// fill places one group of files.
func (s *Store) fill(pl *placer, g *group) error {
	bad, err := pl.fill(g)
	switch {
	case errors.Is(err, errChanged), errors.Is(err, fs.ErrNotExist):
		if bad == nil {
			bad = g.files[0]
		}
		return s.reject(bad.install.entry, err)
	}
	return err
}

// settle gives up the way that failed, if it is one that can be done without.
func (pl *placer) settle(way int32, err error) bool {
	if way == byCopy || !cannot(err) {
		return false
	}
	next := way + 1
	if next == byLink && pl.copy {
		next = byCopy
	}
	pl.way.CompareAndSwap(way, next)
	return true
}

// copyFile writes a file anew.
func copyFile(from, to string, perm os.FileMode) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }()
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	if err == nil {
		_, err = seal(dst, perm)
	}
	return errors.Join(err, dst.Close())
}
