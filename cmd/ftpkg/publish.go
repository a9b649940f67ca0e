package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/publish"
	"github.com/ftpkg/ftpkg/tracker/site"
	"github.com/ftpkg/ftpkg/tracker/status"
)

// groupSite lists the flags that say what the site is like, and groupPlace those that
// say where it goes.
const (
	groupSite  = "site"
	groupPlace = "where to"
)

// siteTitle is what the site is called if nobody says.
const siteTitle = "Free-threaded Python packages"

func publishCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "publish", ArgsUsage: "[DIR]", Usage: "make the site of all that is tracked, and bring it to where it is read",
		Description: `Makes the static site of the tracked packages: in a folder, which any host can serve; in a branch of a git repository; or in a branch of a repository on GitHub through its API, without git.

  $ ftpkg publish public
  $ ftpkg publish --git git@example.com:me/status.git
  $ ftpkg publish --github OWNER/REPO --issues

The site is about the moment of the last update, so the same facts make the same bytes. A folder that holds other things is refused without --force. A branch gets one commit, and none if nothing changed; CNAME in it stays.

For --github the token is taken from GITHUB_TOKEN or GH_TOKEN, and the address of another API from GITHUB_API_URL. --issues opens or updates one issue that lists what was lost in the last 30 days.

Exit status: 0 it is published, or was; 1 the folder was refused; 3 it is not.`,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "git", Category: groupPlace, Usage: "push to the repository `REPO`: a folder or a URL"},
			&cli.StringFlag{Name: "github", Category: groupPlace, Usage: "commit to the repository `OWNER/REPO` on GitHub"},
			&cli.StringFlag{Name: "branch", Category: groupPlace, Value: publish.DefaultBranch, Usage: "replace what `BRANCH` holds"},
			&cli.BoolFlag{Name: "issues", Category: groupPlace, Usage: "with --github: keep an issue that lists regressions"},
			&cli.BoolFlag{Name: "force", Category: groupPlace, Usage: "use the folder whatever it holds"},
			&cli.BoolFlag{Name: "dry-run", Category: groupPlace, Usage: "with --git or --github: say what would change"},
			formatFlag("text", "json"),
		}, siteFlags(), storeFlags(), settingsFlags()),
		Action: action(env, 0, 1, runPublish),
	}
}

// siteFlags are the flags of commands that make a site.
func siteFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "title", Category: groupSite, Value: siteTitle, Usage: "call the site `TITLE`"},
		&cli.StringFlag{Name: "url", Category: groupSite, Usage: "the site will be at `URL`, which feeds and badges link to"},
		&cli.StringFlag{Name: "report-to", Category: groupSite, Usage: "mistakes are reported at `URL`: a form that takes title and body"},
		&cli.StringFlag{Name: "notes", Category: groupSite, Usage: "take the notes on packages from `FILE`, instead of those that come with ftpkg"},
		asOfFlag(),
	}
}

// A siteQuestion is what a site is made of, and how.
type siteQuestion struct {
	trackOptions
	moment  bool // --as-of was given
	options publish.Options
}

func readSiteQuestion(c *cli.Context, env Env) (*siteQuestion, error) {
	o, err := readTrackOptions(c, env)
	if err != nil {
		return nil, err
	}
	q := &siteQuestion{trackOptions: o, moment: c.String("as-of") != "", options: publish.Options{
		Title: c.String("title"), URL: c.String("url"), Issues: c.String("report-to"), Tool: toolName(env), Notes: tracker.DefaultNotes(),
	}}
	for _, flag := range []string{"url", "report-to"} {
		if text := c.String(flag); text != "" {
			if u, err := url.Parse(text); err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
				return nil, usagef("flag --%s: give an http:// or https:// URL", flag)
			}
		}
	}
	if file := c.String("notes"); file != "" {
		text, err := os.ReadFile(env.path(file))
		if err != nil {
			return nil, fileError(file, err)
		}
		if q.options.Notes, err = tracker.ParseNotes(text); err != nil {
			return nil, usagef("%s: %w", file, err)
		}
	}
	return q, nil
}

// input derives what the site is made of.
func (q *siteQuestion) input(ctx context.Context, env Env) (*site.Input, error) {
	modest(env)
	s, err := q.readStore(ctx, env)
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }() // nothing was written
	bar := startProgress(env)
	defer bar.stop()
	bar.update("deriving", 0, 0)
	o := q.options
	o.At = q.asOf
	if !q.moment {
		at, err := publish.Moment(ctx, s)
		if err != nil {
			return nil, err
		}
		if !at.IsZero() {
			o.At = at
		}
	}
	return publish.Input(ctx, s, status.New(status.DefaultRules()), o)
}

// publishDocument is what publish prints as JSON.
type publishDocument struct {
	Schema   string    `json:"schema"` // "ftpkg.publish/1"
	Where    string    `json:"where"`
	AsOf     time.Time `json:"as_of"`
	Packages int       `json:"packages"`
	Files    int       `json:"files"`
	Bytes    int64     `json:"bytes,omitempty"` // of a folder
	Changed  int       `json:"changed"`
	Removed  int       `json:"removed"`
	Commit   string    `json:"commit,omitempty"`
	DryRun   bool      `json:"dry_run,omitempty"`

	Issue       string `json:"issue,omitempty"`
	Regressions *int   `json:"regressions,omitempty"`
	New         *int   `json:"new_regressions,omitempty"`

	made bool // the branch was
}

func runPublish(c *cli.Context, env Env) error {
	dir, repo, hub := c.Args().First(), c.String("git"), c.String("github")
	places := 0
	for _, place := range []string{dir, repo, hub} {
		if place != "" {
			places++
		}
	}
	switch {
	case places != 1:
		return hintf(usagef("name one place: a folder, --git or --github"), "run: ftpkg publish public")
	case c.Bool("issues") && hub == "":
		return usagef("--issues goes with --github")
	case c.Bool("dry-run") && dir != "":
		return usagef("--dry-run goes with --git and --github")
	case c.Bool("force") && dir == "":
		return usagef("--force goes with a folder")
	}
	q, err := readSiteQuestion(c, env)
	if err != nil {
		return err
	}
	var doc *publishDocument
	switch {
	case hub != "":
		doc, err = publishGitHub(c, env, q, hub)
	case repo != "":
		doc, err = publishGit(c, env, q, repo)
	default:
		doc, err = publishFolder(c, env, q, dir)
	}
	if err != nil {
		return err
	}
	doc.Schema = "ftpkg.publish/1"
	if enumValue(c, "format") == "json" {
		return writeJSON(env.Stdout, doc)
	}
	return writePublished(env.Stdout, doc)
}

func publishFolder(c *cli.Context, env Env, q *siteQuestion, dir string) (*publishDocument, error) {
	in, err := q.input(c.Context, env)
	if err != nil {
		return nil, err
	}
	w, err := publish.Folder(env.path(dir), in, c.Bool("force"))
	switch {
	case errors.Is(err, publish.ErrForeign):
		return nil, hintf(&refusalError{fmt.Errorf("%s: %w", dir, publish.ErrForeign)}, "name another one, or add --force: what has other names stays")
	case err != nil:
		return nil, err
	}
	doc := published(dir, in)
	doc.Files, doc.Bytes, doc.Changed, doc.Removed = w.Files, w.Bytes, w.Changed, w.Removed
	return doc, nil
}

func published(where string, in *site.Input) *publishDocument {
	return &publishDocument{Where: where, AsOf: in.Document.Generated, Packages: len(in.Document.Packages)}
}

// isRemote reports whether git takes a text for the address of another machine.
var isRemote = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://|^[^/\\:]{2,}:`)

func publishGit(c *cli.Context, env Env, q *siteQuestion, repo string) (*publishDocument, error) {
	program, err := findProgram(env, "git")
	if err != nil {
		return nil, err
	}
	remote := repo
	if !isRemote.MatchString(repo) {
		if remote = env.path(repo); !isDir(remote) {
			return nil, hintf(usagef("%s: there is no such folder", repo), "run: git init --bare %s", repo)
		}
	}
	in, err := q.input(c.Context, env)
	if err != nil {
		return nil, err
	}
	bar := startProgress(env)
	defer bar.stop()
	bar.update("pushing", 0, 0)
	g := &publish.Git{Program: program, Remote: remote, Branch: c.String("branch"), DryRun: c.Bool("dry-run"), Environ: env.Environ()}
	p, err := g.Push(c.Context, in)
	if err != nil {
		return nil, err
	}
	if u, err := url.Parse(repo); err == nil && u.Host != "" {
		repo = fetch.RedactURL(u)
	}
	doc := published(repo+" "+g.Branch, in)
	doc.push(p, g.DryRun)
	return doc, nil
}

func (d *publishDocument) push(p *publish.Pushed, dry bool) {
	d.Files, d.Changed, d.Removed, d.Commit, d.DryRun, d.made = p.Files, p.Changed, p.Removed, p.Commit, dry, p.New
	if dry {
		d.Commit = ""
	}
}

// findProgram finds a program on PATH as it stands in the environment.
func findProgram(env Env, name string) (string, error) {
	for _, dir := range filepath.SplitList(env.Getenv("PATH")) {
		if !filepath.IsAbs(dir) {
			continue
		}
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", hintf(usagef("%s is not installed", name), "install it, or use --github, which needs none")
}

// repositoryName is OWNER/REPO on GitHub.
var repositoryName = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9-]{0,38})/([A-Za-z0-9._-]{1,100})$`)

func publishGitHub(c *cli.Context, env Env, q *siteQuestion, name string) (*publishDocument, error) {
	m := repositoryName.FindStringSubmatch(name)
	if m == nil || m[2] == "." || m[2] == ".." {
		return nil, usagef("flag --github: %q is not OWNER/REPO", name)
	}
	owner, repo := m[1], m[2]
	token := env.Getenv("GITHUB_TOKEN")
	if token == "" {
		token = env.Getenv("GH_TOKEN")
	}
	if token == "" {
		return nil, hintf(usagef("there is no token"), "set GITHUB_TOKEN, or GH_TOKEN: one that may write the contents of %s", name)
	}
	if api := env.Getenv("GITHUB_API_URL"); q.options.URL == "" && (api == "" || strings.TrimSuffix(api, "/")+"/" == publish.DefaultAPI) {
		q.options.URL = pagesURL(owner, repo)
	}
	if q.options.Issues == "" {
		q.options.Issues = gitHubServer(env) + "/" + name + "/issues/new"
	}
	transport, stop, err := newRoundTripper(env)
	if err != nil {
		return nil, err
	}
	defer stop()
	in, err := q.input(c.Context, env)
	if err != nil {
		return nil, err
	}
	bar := startProgress(env)
	defer bar.stop()
	bar.update("publishing", 0, 0)
	client, err := publish.NewClient(publish.ClientOptions{
		API: env.Getenv("GITHUB_API_URL"), Owner: owner, Repo: repo, Token: token, Transport: transport, Agent: toolName(env),
		Patience: publish.Patience{Now: env.Now, Sleep: fetch.Sleep, OnWait: func(why string, d time.Duration) {
			fmt.Fprintf(bar, "ftpkg: warning: %s; going on in %s\n", why, d.Round(time.Second))
		}},
	})
	if err != nil {
		return nil, usagef("GITHUB_API_URL: %w", err)
	}
	b := &publish.Branch{Forge: client, Name: c.String("branch"), DryRun: c.Bool("dry-run")}
	p, err := b.Push(c.Context, in)
	if err != nil {
		return nil, err
	}
	doc := published(name+" "+b.Name, in)
	doc.push(p, b.DryRun)
	if !c.Bool("issues") {
		return doc, nil
	}
	r, err := publish.Regressions(c.Context, client, in, b.DryRun)
	if err != nil {
		return nil, fmt.Errorf("the site is published, the issue is not: %w", err)
	}
	doc.Regressions, doc.New = &r.Regressions, &r.New
	if r.Issue != nil {
		doc.Issue = r.Issue.URL
	}
	return doc, nil
}

// gitHubServer is where GitHub's pages are, as workflows are told.
func gitHubServer(env Env) string {
	if server := env.Getenv("GITHUB_SERVER_URL"); server != "" {
		return strings.TrimSuffix(server, "/")
	}
	return "https://github.com"
}

// pagesURL is where GitHub serves the pages of a repository.
func pagesURL(owner, repo string) string {
	host := strings.ToLower(owner) + ".github.io"
	if strings.EqualFold(repo, host) {
		return "https://" + host + "/"
	}
	return "https://" + host + "/" + repo + "/"
}

// roundTripper lets a Doer carry the requests of others.
type roundTripper struct{ fetch.Doer }

func (t roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return t.Do(r) }

// newRoundTripper returns what carries requests, with the proxies and certificates of
// all others and without netrc. The caller calls stop.
func newRoundTripper(env Env) (t http.RoundTripper, stop func(), err error) {
	roots, err := certificateAuthorities(env)
	if err != nil {
		return nil, nil, err
	}
	certificates, err := clientCertificate(env)
	if err != nil {
		return nil, nil, err
	}
	transport := fetch.NewTransport(fetch.TransportOptions{Proxy: http.ProxyFromEnvironment, RootCAs: roots, Certificates: certificates})
	doer := fetch.Stall(transport, stallAfter)
	if env.Verbose > 1 {
		doer = (&openIndex{env: env}).trace(doer)
	}
	return roundTripper{doer}, transport.Close, nil
}

func writePublished(w io.Writer, d *publishDocument) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s as of %s, %s", d.Where, plural(d.Packages, "package"), d.AsOf.UTC().Format("2006-01-02 15:04"), plural(d.Files, "file"))
	if d.Bytes > 0 {
		fmt.Fprintf(&b, ", %s", byteCount(d.Bytes))
	}
	wrote, removed := "changed", "removed"
	if d.DryRun {
		wrote, removed = "would change", "would be removed"
	}
	if d.made {
		b.WriteString(", a new branch")
	}
	if d.Changed+d.Removed == 0 {
		b.WriteString(", nothing to do")
	} else {
		fmt.Fprintf(&b, ", %d %s", d.Changed, wrote)
		if d.Removed > 0 {
			fmt.Fprintf(&b, ", %d %s", d.Removed, removed)
		}
	}
	b.WriteByte('\n')
	if d.Commit != "" && d.Changed+d.Removed > 0 {
		fmt.Fprintf(&b, "commit %s\n", d.Commit)
	}
	if d.Regressions != nil {
		fmt.Fprintf(&b, "%s in 30 days, %d not reported before", plural(*d.Regressions, "regression"), *d.New)
		if d.Issue != "" {
			fmt.Fprintf(&b, ": %s", d.Issue)
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}
