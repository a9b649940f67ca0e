package publish

import (
	"context"
	"crypto/sha1" //nolint:gosec // git's own digest
	"encoding/hex"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/ftpkg/ftpkg/tracker/site"
)

// Forge is what publishing asks of a repository's host. The errors of Branch wrap
// ErrNoBranch, those of SetBranch ErrConflict where another came before.
type Forge interface {
	// Branch returns the commit of a branch and the tree of that.
	Branch(ctx context.Context, name string) (commit, tree string, err error)
	// Tree returns the entries of a tree: all files below it, or if that is more than
	// the host gives at once, truncated and those directly in it.
	Tree(ctx context.Context, tree string, recursive bool) (entries []Entry, truncated bool, err error)
	PutBlob(ctx context.Context, data []byte) (sha string, err error)
	// PutTree makes a tree of another, "" for none, and what differs from it.
	PutTree(ctx context.Context, base string, entries []Entry) (sha string, err error)
	PutCommit(ctx context.Context, c Commit) (sha string, err error)
	// SetBranch moves a branch forward to a commit, or makes it if there was none.
	SetBranch(ctx context.Context, name, commit string, create bool) error
}

// The errors of a Forge.
var (
	ErrNoBranch = errors.New("there is no such branch")
	ErrConflict = errors.New("the branch was changed meanwhile")
)

// An Entry is a file, a folder or a submodule in a tree.
type Entry struct {
	Path string
	Mode string // "100644" of a file
	Type string // "blob", "tree" or "commit"
	SHA  string // "" if Content has the file
	// Content is the text of a new file that is sent with the tree.
	Content string
	Deleted bool
}

// A Commit is one to be made.
type Commit struct {
	Message, Tree, Parent string // no parent if ""
	// Unix is its time in seconds: that which the site is about.
	Unix int64
}

// Branch is a branch that holds a site.
type Branch struct {
	Forge  Forge
	Name   string
	DryRun bool // finds out what would change and writes nothing
}

// How much one request that makes a tree brings: some hundred pages of usual size.
// Files that are larger, or no text, are sent alone.
const (
	treeEntries = 500
	treeBytes   = 2 << 20
	inlineMost  = 512 << 10
)

// Push replaces what the branch holds by the site, in one commit, and sends only the
// files that differ.
func (b *Branch) Push(ctx context.Context, in *site.Input) (*Pushed, error) {
	for try := 1; ; try++ {
		p, err := b.push(ctx, in)
		if err == nil || try == pushes || !errors.Is(err, ErrConflict) {
			return p, err
		}
	}
}

func (b *Branch) push(ctx context.Context, in *site.Input) (*Pushed, error) {
	p := &Pushed{}
	parent, base, err := b.Forge.Branch(ctx, b.Name)
	switch {
	case errors.Is(err, ErrNoBranch):
		p.New = true
	case err != nil:
		return nil, err
	}
	before := map[string]Entry{}
	if !p.New {
		if err := b.list(ctx, base, "", before); err != nil {
			return nil, err
		}
	}
	t := &treeMaker{ctx: ctx, branch: b, tree: base}
	err = site.Each(in, func(f site.File) error {
		p.Files++
		old, ok := before[f.Path]
		delete(before, f.Path)
		if ok && old.Type == "blob" && old.Mode == "100644" && old.SHA == blobSHA(f.Data) {
			return nil
		}
		p.Changed++
		return t.add(f)
	})
	if err != nil {
		return nil, err
	}
	delete(before, custom)
	for _, path := range sortedPaths(before) {
		p.Removed++
		if err := t.put(Entry{Path: path, Mode: "100644", Type: "blob", Deleted: true}); err != nil {
			return nil, err
		}
	}
	if p.Commit = parent; p.Same() || b.DryRun {
		return p, nil
	}
	if err := t.flush(); err != nil {
		return nil, err
	}
	p.Commit, err = b.Forge.PutCommit(ctx, Commit{Message: Message(in), Tree: t.tree, Parent: parent, Unix: in.Document.Generated.Unix()})
	if err != nil {
		return nil, err
	}
	return p, b.Forge.SetBranch(ctx, b.Name, p.Commit, p.New)
}

// list lists all files below a tree.
func (b *Branch) list(ctx context.Context, tree, prefix string, into map[string]Entry) error {
	entries, truncated, err := b.Forge.Tree(ctx, tree, true)
	if err != nil {
		return err
	}
	if truncated { // one folder at a time then
		if entries, truncated, err = b.Forge.Tree(ctx, tree, false); err != nil {
			return err
		}
		if truncated {
			return fmt.Errorf("the folder %q of the branch %s has more files than its host lists", prefix, b.Name)
		}
		for _, e := range entries {
			if e.Type == "tree" {
				if err := b.list(ctx, e.SHA, prefix+e.Path+"/", into); err != nil {
					return err
				}
			}
		}
	}
	for _, e := range entries {
		if e.Type != "tree" {
			e.Path = prefix + e.Path
			into[e.Path] = e
		}
	}
	return nil
}

// A treeMaker makes a tree by as many requests as it takes, each of which changes the
// tree of the one before.
type treeMaker struct {
	ctx     context.Context //nolint:containedctx // lives as long as one push
	branch  *Branch
	tree    string
	pending []Entry
	bytes   int
}

func (t *treeMaker) add(f site.File) error {
	e := Entry{Path: f.Path, Mode: "100644", Type: "blob"}
	if len(f.Data) > 0 && len(f.Data) <= inlineMost && utf8.Valid(f.Data) {
		e.Content = string(f.Data)
		return t.put(e)
	}
	if !t.branch.DryRun {
		var err error
		if e.SHA, err = t.branch.Forge.PutBlob(t.ctx, f.Data); err != nil {
			return err
		}
	}
	return t.put(e)
}

func (t *treeMaker) put(e Entry) error {
	if t.branch.DryRun {
		return nil
	}
	if len(t.pending) == treeEntries || t.bytes+len(e.Content) > treeBytes {
		if err := t.flush(); err != nil {
			return err
		}
	}
	t.pending = append(t.pending, e)
	t.bytes += len(e.Content)
	return nil
}

func (t *treeMaker) flush() error {
	if len(t.pending) == 0 {
		return nil
	}
	tree, err := t.branch.Forge.PutTree(t.ctx, t.tree, t.pending)
	if err != nil {
		return err
	}
	t.tree, t.pending, t.bytes = tree, nil, 0
	return nil
}

// blobSHA is the name that git gives a file's content.
func blobSHA(data []byte) string {
	h := sha1.New() //nolint:gosec // git's own digest
	h.Write(fmt.Appendf(nil, "blob %d\x00", len(data)))
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}
