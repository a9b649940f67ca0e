package publish

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/ftpkg/ftpkg/tracker/site"
)

// Tracker is what keeping the list of regressions asks of a repository's host.
type Tracker interface {
	// OpenIssues returns the open issues with a label, the oldest first.
	OpenIssues(ctx context.Context, label string) ([]Issue, error)
	CreateIssue(ctx context.Context, label, title, body string) (*Issue, error)
	EditIssue(ctx context.Context, number int, body string) error
	Comment(ctx context.Context, number int, body string) error
}

// An Issue is one that lists regressions.
type Issue struct {
	Number int
	URL    string
	Body   string
}

// Reported says what reporting regressions came to.
type Reported struct {
	Issue *Issue // nil if there is none, and no need of one
	// Regressions are all that the issue lists, New those that it did not before.
	Regressions, New int
	Opened, Updated  bool
}

// Label is the label by which the issue is known, and mark what its text begins with.
const (
	Label = "ftpkg-regressions"
	mark  = "<!-- ftpkg: list of regressions -->"
)

// recent is how long a regression is listed.
const recent = 30 * 24 * time.Hour

// Regressions keeps one issue that lists what was lost in the last 30 days: opens it
// where there is none, else brings it up to date and tells what is new in a comment.
// With dryRun it only finds out what it would do.
func Regressions(ctx context.Context, t Tracker, in *site.Input, dryRun bool) (*Reported, error) {
	open, err := t.OpenIssues(ctx, Label)
	if err != nil {
		return nil, err
	}
	r := &Reported{}
	for i := range open {
		if strings.Contains(open[i].Body, mark) {
			r.Issue = &open[i]
			break
		}
	}
	lines := regressions(in)
	r.Regressions = len(lines)
	body := issueBody(in, lines)
	if r.Issue == nil {
		if r.New = len(lines); r.New == 0 {
			return r, nil
		}
		r.Opened = true
		if !dryRun {
			r.Issue, err = t.CreateIssue(ctx, Label, "Regressions of free-threaded wheels", body)
		}
		return r, err
	}
	before := map[string]bool{}
	for line := range strings.SplitSeq(strings.ReplaceAll(r.Issue.Body, "\r\n", "\n"), "\n") {
		before[line] = true
	}
	fresh := slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return before[line] })
	r.New = len(fresh)
	listed := 0
	for line := range before {
		if strings.HasPrefix(line, "- ") {
			listed++
		}
	}
	if r.Updated = r.New > 0 || listed != len(lines); !r.Updated || dryRun {
		return r, nil
	}
	if err := t.EditIssue(ctx, r.Issue.Number, body); err != nil {
		return nil, err
	}
	if r.New > 0 {
		err = t.Comment(ctx, r.Issue.Number, "New:\n\n"+strings.Join(fresh, "\n")+"\n")
	}
	return r, err
}

// issueMost is how many regressions an issue lists: its text may have 65,536
// characters.
const issueMost = 200

// regressions are those of the last days, a line each.
func regressions(in *site.Input) []string {
	var lines []string
	since := in.Document.Generated.Add(-recent)
	for i := range in.Events { // the newest first
		e := &in.Events[i]
		if !e.Kind.IsRegression() || e.At.Before(since) || len(lines) == issueMost {
			continue
		}
		line := fmt.Sprintf("- %s %s", e.At.UTC().Format(time.DateOnly), code(e.Detail))
		if in.URL != "" {
			line += fmt.Sprintf(" ([%s](%s/p/%s/))", e.Package, strings.TrimSuffix(in.URL, "/"), e.Package)
		}
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// code makes a text that strangers had a hand in one that mentions and links nobody.
func code(text string) string {
	const most = 250
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, "`", "'")), " ")
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return "`" + text + "`"
}

func issueBody(in *site.Input, lines []string) string {
	var b strings.Builder
	b.WriteString(mark + "\n")
	if len(lines) == 0 {
		b.WriteString("Nothing was lost in the last 30 days.\n")
	} else {
		b.WriteString("What the newest releases of tracked packages lost in the last 30 days, for free-threaded Pythons or for those with the GIL:\n\n")
		b.WriteString(strings.Join(lines, "\n") + "\n")
	}
	if in.URL != "" {
		fmt.Fprintf(&b, "\nThe evidence is on [the site](%s/regressions/).\n", strings.TrimSuffix(in.URL, "/"))
	}
	b.WriteString("\n`ftpkg publish --issues` rewrites this text; comments stay.\n")
	return b.String()
}

// OpenIssues implements [Tracker].
func (c *Client) OpenIssues(ctx context.Context, label string) ([]Issue, error) {
	const page = 100
	opts := &github.IssueListByRepoOptions{
		State: "open", Labels: []string{label}, Sort: "created", Direction: "asc", ListOptions: github.ListOptions{PerPage: page},
	}
	var got []*github.Issue
	err := c.patience.try(ctx, true, func(ctx context.Context) (err error) {
		got, _, err = c.api.Issues.ListByRepo(ctx, c.owner, c.repo, opts)
		return err
	})
	if err != nil {
		return nil, c.explain(err)
	}
	var issues []Issue
	for _, i := range got {
		if !i.IsPullRequest() {
			issues = append(issues, Issue{i.GetNumber(), i.GetHTMLURL(), i.GetBody()})
		}
	}
	return issues, nil
}

// CreateIssue implements [Tracker].
func (c *Client) CreateIssue(ctx context.Context, label, title, body string) (*Issue, error) {
	var got *github.Issue
	err := c.patience.try(ctx, false, func(ctx context.Context) (err error) {
		got, _, err = c.api.Issues.Create(ctx, c.owner, c.repo, &github.IssueRequest{Title: &title, Body: &body, Labels: &[]string{label}})
		return err
	})
	if err != nil {
		return nil, c.explain(err)
	}
	return &Issue{got.GetNumber(), got.GetHTMLURL(), got.GetBody()}, nil
}

// EditIssue implements [Tracker].
func (c *Client) EditIssue(ctx context.Context, number int, body string) error {
	return c.explain(c.patience.try(ctx, true, func(ctx context.Context) error {
		_, _, err := c.api.Issues.Edit(ctx, c.owner, c.repo, number, &github.IssueRequest{Body: &body})
		return err
	}))
}

// Comment implements [Tracker].
func (c *Client) Comment(ctx context.Context, number int, body string) error {
	return c.explain(c.patience.try(ctx, false, func(ctx context.Context) error {
		_, _, err := c.api.Issues.CreateComment(ctx, c.owner, c.repo, number, &github.IssueComment{Body: &body})
		return err
	}))
}
