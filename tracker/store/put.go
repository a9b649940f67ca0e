package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// A bodyTable holds facts whose substance is JSON, for a subject and a time.
type bodyTable struct {
	name string
	key  string // the columns of the subject
	more string // those between the time and the body
}

var (
	metadataTable = bodyTable{"metadata", "project, version, sha256", "tool"}
	upstreamTable = bodyTable{"upstream", "project, repository, file", "tool, source"}
	staticTable   = bodyTable{"static", "sha256, rules", "tool"}
	probeTable    = bodyTable{"probe", "sha256, python, platform", "tool"}
)

// columns are all of the table's columns in order; the digest is of those before
// it, in that order.
func (t *bodyTable) columns() string { return t.key + ", at, " + t.more + ", body, digest" }

// add adds a fact. If news is set, only one that says something else than those of
// the same subject just before and just after it.
func (t *bodyTable) add(ctx context.Context, d *dialect, tx *sql.Tx, news bool, key []any, at int64, more []any, body any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("%s: %w", t.name, err)
	}
	if news {
		same, err := t.has(ctx, tx, key, at, string(data))
		if err != nil || same {
			return err
		}
	}
	row := append(append(append(append([]any{}, key...), at), more...), string(data))
	return d.insert(ctx, tx, t.name, t.columns(), true, [][]any{append(row, digest(t.name, row...))})
}

// has reports whether the fact just before or just after a time is this one.
func (t *bodyTable) has(ctx context.Context, q querier, key []any, at int64, body string) (bool, error) {
	var where strings.Builder
	for i, column := range strings.Split(t.key, ", ") {
		fmt.Fprintf(&where, "%s = $%d AND ", column, i+1)
	}
	for _, order := range []string{"at <= $%d ORDER BY at DESC", "at > $%d ORDER BY at"} {
		var other string
		err := q.QueryRowContext(ctx,
			"SELECT body FROM "+t.name+" WHERE "+where.String()+fmt.Sprintf(order, len(key)+1)+" LIMIT 1", append(append([]any{}, key...), at)...).Scan(&other)
		switch {
		case err == nil && other == body:
			return true, nil
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return false, err
		}
	}
	return false, nil
}

// metadataBody is the JSON of metadata.
type metadataBody struct {
	Classifiers    []string          `json:"classifiers,omitempty"`
	RequiresDist   []string          `json:"requires_dist,omitempty"`
	RequiresPython string            `json:"requires_python,omitempty"`
	URLs           map[string]string `json:"urls,omitempty"`
	Full           bool              `json:"full,omitempty"`
}

// upstreamBody is the JSON of what a repository's file says.
type upstreamBody struct {
	Tests   []string               `json:"tests"`
	Runs    []evidence.UpstreamRun `json:"runs,omitempty"`
	Problem string                 `json:"problem,omitempty"`
}

// then is a fact's own time, else that of what it came with.
func (s *Store) then(at, other time.Time) int64 {
	if at.IsZero() {
		at = other
	}
	return micros(s.when(at))
}

func (s *Store) putMetadata(ctx context.Context, tx *sql.Tx, m *evidence.Metadata, at time.Time) error {
	if err := checkName(m.Project); err != nil {
		return err
	}
	version := text(m.Version)
	if len(version) > longestVersion {
		return nil // nor are its files kept
	}
	return metadataTable.add(ctx, s.dialect, tx, true, []any{m.Project, version, hexDigest(m.SHA256)}, s.then(m.At, at), []any{s.by(m.Tool)},
		metadataBody{m.Classifiers, m.RequiresDist, m.RequiresPython, m.URLs, m.Full})
}

func (s *Store) putUpstream(ctx context.Context, tx *sql.Tx, u *evidence.Upstream, at time.Time) error {
	if err := checkName(u.Project); err != nil {
		return err
	}
	repository, file := text(u.Repository), text(u.File)
	if len(repository)+len(file) > 2000 {
		return fmt.Errorf("upstream %s: the address of the file is too long", u.Project)
	}
	return upstreamTable.add(ctx, s.dialect, tx, true, []any{u.Project, repository, file}, s.then(u.At, at), []any{s.by(u.Tool), text(u.Source)},
		upstreamBody{u.Tests, u.Runs, u.Problem})
}

func (s *Store) putStatic(ctx context.Context, tx *sql.Tx, f *evidence.Static, at time.Time) error {
	if !isDigest(f.SHA256) || f.Wheel == nil {
		return fmt.Errorf("static reading of %q: no digest, or nothing that was read", f.SHA256)
	}
	return staticTable.add(ctx, s.dialect, tx, true, []any{f.SHA256, int64(f.Rules)}, s.then(f.At, at), []any{s.by(f.Tool)}, f.Wheel)
}

func (s *Store) putProbe(ctx context.Context, tx *sql.Tx, p *evidence.Probe, at time.Time) error {
	if !isDigest(p.SHA256) || p.Result == nil || p.Python == "" || p.Platform == "" {
		return fmt.Errorf("probe of %q: no digest, Python, platform or result", p.SHA256)
	}
	return probeTable.add(ctx, s.dialect, tx, false, []any{p.SHA256, text(p.Python), text(p.Platform)}, s.then(p.At, at), []any{s.by(p.Tool)}, p.Result)
}

// PutStatic adds what reading a file showed, unless the same is known by the same
// rules. A time or a tool that is missing is the store's own.
func (s *Store) PutStatic(ctx context.Context, f *evidence.Static) error {
	return s.change(ctx, []string{"file " + f.SHA256}, func(tx *sql.Tx) error { return s.putStatic(ctx, tx, f, time.Time{}) })
}

// PutProbe adds what loading a package showed. A time or a tool that is missing is
// the store's own.
func (s *Store) PutProbe(ctx context.Context, p *evidence.Probe) error {
	return s.change(ctx, []string{"file " + p.SHA256}, func(tx *sql.Tx) error { return s.putProbe(ctx, tx, p, time.Time{}) })
}

// PutMetadata adds what a file of a release says of it, unless the same is known.
func (s *Store) PutMetadata(ctx context.Context, m *evidence.Metadata) error {
	return s.change(ctx, []string{"project " + m.Project}, func(tx *sql.Tx) error { return s.putMetadata(ctx, tx, m, time.Time{}) })
}

// PutUpstream adds what a file of a project's repository says, unless the same is
// known.
func (s *Store) PutUpstream(ctx context.Context, u *evidence.Upstream) error {
	return s.change(ctx, []string{"project " + u.Project}, func(tx *sql.Tx) error { return s.putUpstream(ctx, tx, u, time.Time{}) })
}

// HasStatic reports whether a file was read by rules of this version.
func (s *Store) HasStatic(ctx context.Context, sha256 string, rules int) (bool, error) {
	var n int
	err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM static WHERE sha256 = $1 AND rules = $2`, sha256, rules).Scan(&n)
	return n > 0, s.wrap(err)
}

// HasMetadata reports whether the metadata of a release's file is known in full; of
// a file without a digest, what the index itself said of the release.
func (s *Store) HasMetadata(ctx context.Context, project, version, sha256 string) (bool, error) {
	full := false
	err := each(ctx, s.read, `SELECT body FROM metadata WHERE project = $1 AND version = $2 AND sha256 = $3`, []any{project, version, sha256},
		func(rows *sql.Rows) error {
			var body []byte
			if err := rows.Scan(&body); err != nil {
				return err
			}
			var b metadataBody
			err := decode(body, &b)
			full = full || b.Full
			return err
		})
	return full, s.wrap(err)
}

// LastProbe is when a file was last probed on a Python and platform, zero if never.
func (s *Store) LastProbe(ctx context.Context, sha256, python, platform string) (time.Time, error) {
	var at int64
	err := s.read.QueryRowContext(ctx, `SELECT coalesce(max(at), 0) FROM probe WHERE sha256 = $1 AND python = $2 AND platform = $3`,
		sha256, python, platform).Scan(&at)
	return instant(at), s.wrap(err)
}
