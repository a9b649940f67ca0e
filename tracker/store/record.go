package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// Record adds what one look at a project brought, as a whole or not at all, and
// says what of it is news. A time or a tool that is missing is the store's own.
// Recording the same batch again adds nothing.
func (s *Store) Record(ctx context.Context, b *evidence.Batch) (*evidence.Recorded, error) {
	o := b.Observation
	o.At, o.Tool = s.when(o.At), s.by(o.Tool)
	o.Source, o.Detail, o.ETag = text(o.Source), text(o.Detail), text(o.ETag)
	o.BodySHA256 = hexDigest(o.BodySHA256)
	if err := checkObservation(&o, b); err != nil {
		return nil, s.wrap(err)
	}
	subjects := []string{"project " + o.Project}
	for i := range b.Static {
		subjects = append(subjects, "file "+b.Static[i].SHA256)
	}
	var r *evidence.Recorded
	err := s.change(ctx, subjects, func(tx *sql.Tx) error {
		var err error
		if r, err = s.record(ctx, tx, o, b.Listing); err != nil {
			return fmt.Errorf("record %s: %w", o.Project, err)
		}
		for i := range b.Metadata {
			if err := s.putMetadata(ctx, tx, &b.Metadata[i], o.At); err != nil {
				return err
			}
		}
		for i := range b.Upstream {
			if err := s.putUpstream(ctx, tx, &b.Upstream[i], o.At); err != nil {
				return err
			}
		}
		for i := range b.Static {
			if err := s.putStatic(ctx, tx, &b.Static[i], o.At); err != nil {
				return err
			}
		}
		for i := range b.Probes {
			if err := s.putProbe(ctx, tx, &b.Probes[i], o.At); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// when is a time as facts hold it, the clock's if there is none.
func (s *Store) when(at time.Time) time.Time {
	if at.IsZero() {
		at = s.now()
	}
	return evidence.Time(at)
}

// by is the tool a fact comes from, the store's own if it does not say.
func (s *Store) by(tool string) string {
	if tool == "" {
		return s.tool
	}
	return text(tool)
}

func checkObservation(o *evidence.Observation, b *evidence.Batch) error {
	if err := checkName(o.Project); err != nil {
		return err
	}
	if _, ok := vocab.Observeds().Lookup(string(o.Outcome)); !ok {
		return fmt.Errorf("record %s: no outcome %q", o.Project, o.Outcome)
	}
	if o.Outcome != vocab.ObservedChanged && len(b.Listing) > 0 {
		return fmt.Errorf("record %s: a listing of a page that is %s", o.Project, o.Outcome)
	}
	if len(o.Source) > 1000 { // an index of a database has to hold it
		return fmt.Errorf("record %s: the address of the source is too long", o.Project)
	}
	return nil
}

// checkName reports whether a name is a project's, normalised.
func checkName(name string) error {
	if err := pep508.CheckName(name); err != nil {
		return err
	}
	if normal := pep508.NormalizeName(name); name != normal || len(name) > longestName {
		return fmt.Errorf("project name %q is not normalised", name)
	}
	return nil
}

// record adds an observation and what it brought.
func (s *Store) record(ctx context.Context, tx *sql.Tx, o evidence.Observation, listing []evidence.Listed) (*evidence.Recorded, error) {
	at := micros(o.At)
	var before evidence.Observation
	err := tx.QueryRowContext(ctx, `SELECT id, outcome, body_sha256 FROM observation WHERE project = $1 AND at = $2 AND source = $3`,
		o.Project, at, o.Source).Scan(&before.ID, &before.Outcome, &before.BodySHA256)
	switch {
	case err == nil && before.Outcome == o.Outcome && before.BodySHA256 == o.BodySHA256:
		return &evidence.Recorded{Observation: before.ID, Again: true}, nil
	case err == nil:
		return nil, ErrConflict
	case !errors.Is(err, sql.ErrNoRows):
		return nil, err
	}

	var n news
	if o.Outcome == vocab.ObservedChanged {
		known, newest, err := knownFiles(ctx, tx, o.Project)
		if err != nil {
			return nil, err
		}
		n = compare(known, listing, at, newest)
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO observation (project, at, source, tool, outcome, detail, body_sha256, etag, digest)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
		o.Project, at, o.Source, o.Tool, string(o.Outcome), o.Detail, o.BodySHA256, o.ETag, observationDigest(&o, &n)).Scan(&o.ID)
	if err != nil {
		return nil, err
	}
	if err := s.insertNews(ctx, tx, &o, &n); err != nil {
		return nil, err
	}
	return n.recorded(&o), nil
}

// observationDigest is the digest of an observation and of all that it brought.
func observationDigest(o *evidence.Observation, n *news) string {
	d := newSum("observation")
	d.add(o.Project, micros(o.At), o.Source, o.Tool, string(o.Outcome), o.Detail, o.BodySHA256, o.ETag)
	n.digest(d)
	return d.String()
}

// knownFiles returns what is known of a project's files, and the time of its
// newest listing, 0 if there was none.
func knownFiles(ctx context.Context, q querier, project string) (map[fileKey]*fileState, int64, error) {
	var newest int64
	err := q.QueryRowContext(ctx, `SELECT coalesce(max(at), 0) FROM observation WHERE project = $1 AND outcome = $2`,
		project, string(vocab.ObservedChanged)).Scan(&newest)
	if err != nil || newest == 0 {
		return nil, 0, err
	}
	known := map[fileKey]*fileState{}
	err = each(ctx, q, `SELECT name, sha256, size, uploaded, requires_python, url FROM file WHERE project = $1`, []any{project},
		func(rows *sql.Rows) error {
			var k fileKey
			var f fileState
			err := rows.Scan(&k.name, &k.sha256, &f.size, &f.uploaded, &f.requires, &f.url)
			known[k] = &f
			return err
		})
	if err != nil {
		return nil, 0, err
	}
	err = each(ctx, q, `SELECT name, sha256, size, uploaded, requires_python, url FROM file_detail WHERE project = $1`, []any{project},
		func(rows *sql.Rows) error {
			var k fileKey
			var d description
			err := rows.Scan(&k.name, &k.sha256, &d.size, &d.uploaded, &d.requires, &d.url)
			if f := known[k]; f != nil {
				f.description = d.with(f.description)
			}
			return err
		})
	if err != nil {
		return nil, 0, err
	}
	events, err := fileEvents(ctx, q, project)
	for _, e := range events {
		if f := known[e.fileKey]; f != nil {
			f.change(e.kind, e.reason)
		}
	}
	return known, newest, err
}

// fileEvents returns the events of a project in the order in which they happened.
func fileEvents(ctx context.Context, q querier, project string) ([]storedEvent, error) {
	var events []storedEvent
	err := each(ctx, q, `SELECT name, sha256, at, kind, reason, observation FROM file_event WHERE project = $1`, []any{project},
		func(rows *sql.Rows) error {
			var e storedEvent
			err := rows.Scan(&e.name, &e.sha256, &e.at, &e.kind, &e.reason, &e.observation)
			events = append(events, e)
			return err
		})
	slices.SortFunc(events, func(a, b storedEvent) int { return compareEvents(&a.eventRow, &b.eventRow) })
	return events, err
}

// A storedEvent is an event and the look that told it.
type storedEvent struct {
	eventRow
	observation int64
}

func (s *Store) insertNews(ctx context.Context, tx *sql.Tx, o *evidence.Observation, n *news) error {
	rows := make([][]any, 0, len(n.files))
	for _, f := range n.files {
		rows = append(rows, []any{o.Project, f.name, f.sha256, f.version, f.size, f.uploaded, f.requires, f.url, o.ID})
	}
	err := s.dialect.insert(ctx, tx, "file", "project, name, sha256, version, size, uploaded, requires_python, url, observation", false, rows)
	if err != nil {
		return err
	}
	rows = rows[:0]
	for _, d := range n.details {
		rows = append(rows, []any{o.Project, d.name, d.sha256, o.ID, d.size, d.uploaded, d.requires, d.url})
	}
	err = s.dialect.insert(ctx, tx, "file_detail", "project, name, sha256, observation, size, uploaded, requires_python, url", false, rows)
	if err != nil {
		return err
	}
	rows = rows[:0]
	for _, e := range n.events {
		rows = append(rows, []any{o.Project, e.name, e.sha256, e.at, string(e.kind), e.reason, o.ID})
	}
	return s.dialect.insert(ctx, tx, "file_event", "project, name, sha256, at, kind, reason, observation", false, rows)
}

// recorded is the news as facts.
func (n *news) recorded(o *evidence.Observation) *evidence.Recorded {
	r := &evidence.Recorded{Observation: o.ID, Skipped: n.skipped}
	for _, f := range n.files {
		r.Files = append(r.Files, f.fact(o.Project, o.ID, o.At))
	}
	for _, e := range n.events {
		r.Events = append(r.Events, e.fact(o.Project, o.ID))
	}
	return r
}

func (f *fileRow) fact(project string, observation int64, firstSeen time.Time) evidence.File {
	return evidence.File{
		Project: project, Version: f.version, Name: f.name, SHA256: f.sha256, Size: f.size,
		Uploaded: instant(f.uploaded), RequiresPython: f.requires, URL: longURL(f.url, f.name),
		Observation: observation, FirstSeen: firstSeen,
	}
}

func (e *eventRow) fact(project string, observation int64) evidence.FileEvent {
	return evidence.FileEvent{
		Project: project, Name: e.name, SHA256: e.sha256, Kind: e.kind, At: instant(e.at),
		Reason: e.reason, Observation: observation,
	}
}
