package publish

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
)

// ClientOptions say how GitHub is talked to.
type ClientOptions struct {
	// API is the base of its REST endpoints, "" for that of github.com.
	API string
	// Owner and Repo name the repository.
	Owner, Repo string
	// Token is sent to the API's own host alone.
	Token string
	// Transport carries the requests; Agent says who makes them.
	Transport http.RoundTripper
	Agent     string
	Patience
}

// DefaultAPI is the base of the REST endpoints of github.com.
const DefaultAPI = "https://api.github.com/"

// A Client asks one repository on GitHub. It is a [Forge] and a [Tracker].
type Client struct {
	api         *github.Client
	owner, repo string
	patience    Patience
}

// NewClient returns a client; the error is about the API's address.
func NewClient(o ClientOptions) (*Client, error) {
	base, err := url.Parse(strings.TrimSuffix(cmp.Or(o.API, DefaultAPI), "/") + "/")
	if err != nil {
		return nil, errors.New("the address of the API is no URL")
	}
	host := base.Hostname()
	local := host == "127.0.0.1" || host == "::1" || host == "localhost"
	if host == "" || base.User != nil || base.Scheme != "https" && (base.Scheme != "http" || !local) {
		return nil, fmt.Errorf("%s is no https:// address without a password, so the token is not sent there", base.Redacted())
	}
	// A request that waits for an answer for so long gets none.
	const patience = 2 * time.Minute
	api := github.NewClient(&http.Client{Transport: &authorized{o.Transport, base.Host, base.Scheme, o.Token, o.Agent}, Timeout: patience})
	api.BaseURL, api.UserAgent = base, o.Agent
	return &Client{api: api, owner: o.Owner, repo: o.Repo, patience: o.Patience}, nil
}

// authorized adds the token to requests for the API's own host, not to those that
// were sent elsewhere.
type authorized struct {
	next                       http.RoundTripper
	host, scheme, token, agent string
}

func (a *authorized) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Del("Authorization")
	if a.token != "" && r.URL.Host == a.host && r.URL.Scheme == a.scheme {
		r.Header.Set("Authorization", "Bearer "+a.token)
	}
	return a.next.RoundTrip(r)
}

// Branch implements [Forge].
func (c *Client) Branch(ctx context.Context, name string) (commit, tree string, err error) {
	var ref *github.Reference
	err = c.patience.try(ctx, true, func(ctx context.Context) (err error) {
		ref, _, err = c.api.Git.GetRef(ctx, c.owner, c.repo, "heads/"+name)
		return err
	})
	switch httpStatus(err) {
	case http.StatusNotFound:
		// Is it the branch that is missing, or the repository?
		if _, err := c.repository(ctx); err != nil {
			return "", "", err
		}
		return "", "", fmt.Errorf("%s: %w", name, ErrNoBranch)
	case http.StatusConflict:
		return "", "", fmt.Errorf("%s/%s is empty: GitHub takes no files this way before there is a first commit", c.owner, c.repo)
	}
	if err != nil {
		return "", "", c.explain(err)
	}
	commit = ref.GetObject().GetSHA()
	var got *github.Commit
	err = c.patience.try(ctx, true, func(ctx context.Context) (err error) {
		got, _, err = c.api.Git.GetCommit(ctx, c.owner, c.repo, commit)
		return err
	})
	return commit, got.GetTree().GetSHA(), c.explain(err)
}

func (c *Client) repository(ctx context.Context) (repo *github.Repository, err error) {
	err = c.patience.try(ctx, true, func(ctx context.Context) (err error) {
		repo, _, err = c.api.Repositories.Get(ctx, c.owner, c.repo)
		return err
	})
	return repo, c.explain(err)
}

// Tree implements [Forge].
func (c *Client) Tree(ctx context.Context, tree string, recursive bool) ([]Entry, bool, error) {
	var got *github.Tree
	err := c.patience.try(ctx, true, func(ctx context.Context) (err error) {
		got, _, err = c.api.Git.GetTree(ctx, c.owner, c.repo, tree, recursive)
		return err
	})
	if err != nil {
		return nil, false, c.explain(err)
	}
	entries := make([]Entry, 0, len(got.Entries))
	for _, e := range got.Entries {
		entries = append(entries, Entry{Path: e.GetPath(), Mode: e.GetMode(), Type: e.GetType(), SHA: e.GetSHA()})
	}
	return entries, got.GetTruncated(), nil
}

// PutBlob implements [Forge].
func (c *Client) PutBlob(ctx context.Context, data []byte) (string, error) {
	blob := &github.Blob{Content: new(base64.StdEncoding.EncodeToString(data)), Encoding: new("base64")}
	var got *github.Blob
	err := c.patience.try(ctx, true, func(ctx context.Context) (err error) {
		got, _, err = c.api.Git.CreateBlob(ctx, c.owner, c.repo, blob)
		return err
	})
	return got.GetSHA(), c.explain(err)
}

// PutTree implements [Forge].
func (c *Client) PutTree(ctx context.Context, base string, entries []Entry) (string, error) {
	list := make([]*github.TreeEntry, 0, len(entries))
	for i := range entries {
		e := &entries[i]
		t := &github.TreeEntry{Path: &e.Path, Mode: &e.Mode, Type: &e.Type}
		switch {
		case e.Deleted: // neither
		case e.SHA != "":
			t.SHA = &e.SHA
		default:
			t.Content = &e.Content
		}
		list = append(list, t)
	}
	var got *github.Tree
	err := c.patience.try(ctx, true, func(ctx context.Context) (err error) {
		got, _, err = c.api.Git.CreateTree(ctx, c.owner, c.repo, base, list)
		return err
	})
	return got.GetSHA(), c.explain(err)
}

// PutCommit implements [Forge].
func (c *Client) PutCommit(ctx context.Context, commit Commit) (string, error) {
	who := &github.CommitAuthor{
		Name: new("ftpkg"), Email: new(email), Date: &github.Timestamp{Time: time.Unix(commit.Unix, 0).UTC()},
	}
	want := &github.Commit{Message: &commit.Message, Tree: &github.Tree{SHA: &commit.Tree}, Author: who, Committer: who}
	if commit.Parent != "" {
		want.Parents = []*github.Commit{{SHA: &commit.Parent}}
	}
	var got *github.Commit
	err := c.patience.try(ctx, true, func(ctx context.Context) (err error) {
		got, _, err = c.api.Git.CreateCommit(ctx, c.owner, c.repo, want, nil)
		return err
	})
	return got.GetSHA(), c.explain(err)
}

// SetBranch implements [Forge].
func (c *Client) SetBranch(ctx context.Context, name, commit string, create bool) error {
	ref := &github.Reference{Ref: new("refs/heads/" + name), Object: &github.GitObject{SHA: &commit}}
	err := c.patience.try(ctx, true, func(ctx context.Context) (err error) {
		if create {
			_, _, err = c.api.Git.CreateRef(ctx, c.owner, c.repo, ref)
		} else {
			_, _, err = c.api.Git.UpdateRef(ctx, c.owner, c.repo, ref, false)
		}
		return err
	})
	switch httpStatus(err) {
	case http.StatusConflict, http.StatusUnprocessableEntity:
		return fmt.Errorf("%s: %w: %w", name, ErrConflict, c.explain(err))
	}
	return c.explain(err)
}

// email is the address of commits: nobody's.
const email = "ftpkg@users.noreply.example"

// httpStatus is the HTTP status of GitHub's refusal, 0 if err is none.
func httpStatus(err error) int {
	if e, ok := errors.AsType[*github.ErrorResponse](err); ok && e.Response != nil {
		return e.Response.StatusCode
	}
	return 0
}

// explain says in few words what GitHub refused.
func (c *Client) explain(err error) error {
	if err == nil {
		return nil
	}
	name := c.owner + "/" + c.repo
	e, ok := errors.AsType[*github.ErrorResponse](err)
	if !ok {
		return fmt.Errorf("%s: %w", name, err)
	}
	said := e.Message
	for _, detail := range e.Errors {
		if detail.Message != "" {
			said += "; " + detail.Message
		}
	}
	switch httpStatus(err) {
	case http.StatusUnauthorized:
		return fmt.Errorf("%s: GitHub does not know the token: %w", name, &apiError{err, said})
	case http.StatusForbidden:
		return fmt.Errorf("%s: the token does not permit that: %w", name, &apiError{err, said})
	case http.StatusNotFound:
		return fmt.Errorf("%s: there is no such repository, or the token may not see it: %w", name, &apiError{err, said})
	}
	return fmt.Errorf("%s: %w", name, &apiError{err, said})
}

// An apiError is what GitHub said, without the request.
type apiError struct {
	err  error
	said string
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s", httpStatus(e.err), e.said) }
func (e *apiError) Unwrap() error { return e.err }

func sortedPaths(m map[string]Entry) []string { return slices.Sorted(maps.Keys(m)) }
