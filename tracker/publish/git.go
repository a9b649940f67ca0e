package publish

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/tracker/site"
)

// DefaultBranch is the branch that hosts make pages of.
const DefaultBranch = "gh-pages"

// custom is the file in which hosts keep the domain of the pages. It is theirs, and
// survives.
const custom = "CNAME"

// Git is a repository that the git which is installed can push to.
type Git struct {
	// Program is git; Environ is the environment that it runs in, which may name
	// credential helpers and keys.
	Program string
	Environ []string
	// Remote is a URL, or the absolute path of a repository.
	Remote string
	Branch string
	// DryRun finds out what would change and pushes nothing.
	DryRun bool
}

// Pushed says what publishing to a branch came to.
type Pushed struct {
	Files  int    // of the site
	Commit string // the new one, or the one that has the same files already
	// Changed and Removed are the files that differ from those of the branch.
	Changed, Removed int
	New              bool // the branch was made
}

// Same reports whether there was nothing to do.
func (p *Pushed) Same() bool { return !p.New && p.Changed+p.Removed == 0 }

// pushes is how often a push is tried that another one came before.
const pushes = 3

// Push replaces what the branch holds by the site, in one commit. The commit depends
// on the site and on what the branch was, not on the clock.
func (g *Git) Push(ctx context.Context, in *site.Input) (*Pushed, error) {
	if strings.HasPrefix(g.Remote, "-") || g.Remote == "" {
		return nil, fmt.Errorf("%q is no repository", g.Remote)
	}
	dir, err := os.MkdirTemp("", "ftpkg-publish-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a draft
	r := &gitRun{Git: g, dir: dir}
	if _, err := r.git(ctx, nil, "init", "--quiet", "--bare"); err != nil {
		return nil, err
	}
	if _, err := r.git(ctx, nil, "check-ref-format", "refs/heads/"+g.Branch); err != nil {
		return nil, fmt.Errorf("%q is no name of a branch", g.Branch)
	}
	for try := 1; ; try++ {
		p, err := r.push(ctx, in)
		if err == nil || try == pushes || !errors.Is(err, errBehind) {
			return p, err
		}
	}
}

// errBehind reports that the branch moved while the site was being made.
var errBehind = errors.New("the branch was pushed to meanwhile")

type gitRun struct {
	*Git
	dir string
}

func (r *gitRun) push(ctx context.Context, in *site.Input) (*Pushed, error) {
	parent, err := r.parent(ctx)
	if err != nil {
		return nil, err
	}
	const draft = "refs/heads/ftpkg-draft"
	p := &Pushed{New: parent == ""}
	if p.Files, err = r.commit(ctx, in, draft, parent); err != nil {
		return nil, err
	}
	out, err := r.git(ctx, nil, "rev-parse", draft)
	if err != nil {
		return nil, err
	}
	p.Commit = strings.TrimSpace(string(out))
	if parent != "" {
		out, err := r.git(ctx, nil, "diff-tree", "-r", "--no-renames", "--name-status", parent, p.Commit)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(out)) {
			if strings.HasPrefix(line, "D") {
				p.Removed++
			} else {
				p.Changed++
			}
		}
	} else {
		p.Changed = p.Files
	}
	switch {
	case p.Same():
		p.Commit = parent
		return p, nil
	case r.DryRun:
		return p, nil
	}
	_, err = r.git(ctx, nil, "push", "--quiet", "--porcelain", r.Remote, p.Commit+":refs/heads/"+r.Branch)
	if err != nil && (strings.Contains(err.Error(), "fetch first") || strings.Contains(err.Error(), "non-fast-forward")) {
		return nil, fmt.Errorf("%w: %w", errBehind, err)
	}
	return p, err
}

// parent fetches the branch, the last commit of it, and returns that, or "" if there
// is no such branch.
func (r *gitRun) parent(ctx context.Context) (string, error) {
	ref := "refs/heads/" + r.Branch
	out, err := r.git(ctx, nil, "ls-remote", "--quiet", r.Remote, ref)
	if err != nil || len(bytes.TrimSpace(out)) == 0 {
		return "", err
	}
	if _, err := r.git(ctx, nil, "fetch", "--quiet", "--no-tags", "--depth=1", r.Remote, ref); err != nil {
		return "", err
	}
	if out, err = r.git(ctx, nil, "rev-parse", "FETCH_HEAD"); err != nil {
		return "", err
	}
	return strings.TrimSpace(string(out)), nil
}

// commit makes a commit of the site's files, and none other but the custom domain's.
// It goes by fast-import: no work tree, so neither attributes nor line endings change
// a byte.
func (r *gitRun) commit(ctx context.Context, in *site.Input, ref, parent string) (files int, err error) {
	domain := []byte(nil)
	if parent != "" {
		if domain, err = r.git(ctx, nil, "cat-file", "blob", parent+":"+custom); err != nil {
			domain = nil // there is none
		}
	}
	pr, pw := io.Pipe()
	made := make(chan error, 1)
	go func() {
		w := bufio.NewWriterSize(pw, 256<<10)
		n, err := writeStream(w, in, ref, parent, domain)
		files = n
		err = errors.Join(err, w.Flush())
		_ = pw.CloseWithError(err) // always nil
		made <- err
	}()
	_, err = r.git(ctx, pr, "fast-import", "--quiet", "--force", "--date-format=raw", "--done")
	_ = pr.CloseWithError(cmp.Or(err, io.ErrClosedPipe)) // so that the writer ends, too
	if werr := <-made; werr != nil && err == nil {
		err = werr
	}
	return files, err
}

func writeStream(w *bufio.Writer, in *site.Input, ref, parent string, domain []byte) (files int, err error) {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) } // Flush tells
	message := Message(in)
	who := fmt.Sprintf("ftpkg <%s> %d +0000", email, in.Document.Generated.Unix())
	say("commit %s\nauthor %s\ncommitter %s\ndata %d\n%s\n", ref, who, who, len(message), message)
	if parent != "" {
		say("from %s\n", parent)
	}
	say("deleteall\n")
	put := func(f site.File) error {
		if strings.ContainsAny(f.Path, "\n\"") {
			return fmt.Errorf("%q cannot be the name of a file", f.Path)
		}
		say("M 100644 inline %s\ndata %d\n", f.Path, len(f.Data))
		_, err := w.Write(f.Data)
		_ = w.WriteByte('\n') // Flush tells
		files++
		return err
	}
	if domain != nil {
		if err := put(site.File{Path: custom, Data: domain}); err != nil {
			return files, err
		}
		files--
	}
	if err := site.Each(in, put); err != nil {
		return files, err
	}
	say("done\n")
	return files, nil
}

// Message is the message of a commit: what the site is about, not when it was made.
func Message(in *site.Input) string {
	doc := in.Document
	return fmt.Sprintf("%s as of %s\n\n%d packages, rules %d\n", cmp.Or(in.Title, "Status"), doc.Generated.UTC().Format(time.RFC3339), len(doc.Packages), doc.RuleVersion)
}

// gitPatience is how long one git command may take.
const gitPatience = 10 * time.Minute

// git runs git. What it says on standard error becomes part of the error, without
// the password that a URL may have.
func (r *gitRun) git(ctx context.Context, stdin io.Reader, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, gitPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, r.Program, args...) //nolint:gosec // the user's git
	cmd.Dir, cmd.Stdin = r.dir, stdin
	// The variables that name a repository are those of another one, in a hook.
	for _, v := range r.Environ {
		name, _, _ := strings.Cut(v, "=")
		switch name {
		case "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_TRACE", "GIT_TRACE_CURL":
		default:
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "GIT_TERMINAL_PROMPT=0", "LC_ALL=C")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	switch {
	case err == nil:
		return out.Bytes(), nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.Is(err, exec.ErrNotFound):
		return nil, fmt.Errorf("git is not installed: %w", err)
	}
	if _, ended := errors.AsType[*exec.ExitError](err); !ended {
		return nil, fmt.Errorf("git: %w", err)
	}
	said := strings.TrimSpace(errs.String() + out.String())
	return nil, fmt.Errorf("git %s: %s", args[0], r.redact(cmp.Or(said, err.Error())))
}

// redact takes the password of the remote out of a text.
func (r *gitRun) redact(text string) string {
	u, err := url.Parse(r.Remote)
	if err != nil || u.User == nil {
		return text
	}
	text = strings.ReplaceAll(text, r.Remote, fetch.RedactURL(u))
	text = strings.ReplaceAll(text, u.User.String()+"@", "")
	if password, ok := u.User.Password(); ok && password != "" {
		text = strings.ReplaceAll(text, password, "***")
	}
	if name := u.User.Username(); len(name) > 8 { // a token in the place of the name
		text = strings.ReplaceAll(text, name, "***")
	}
	return text
}
