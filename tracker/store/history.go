package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// History returns all that is known of a project, as of one moment. That nothing is
// known of it is no error.
func (s *Store) History(ctx context.Context, name string) (*evidence.History, error) {
	h := &evidence.History{
		Project: evidence.Project{Name: name}, Observations: []evidence.Observation{}, Files: []evidence.File{},
		Events: []evidence.FileEvent{}, Metadata: []evidence.Metadata{}, Static: map[string]*evidence.Static{},
		Probes: []evidence.Probe{}, Upstream: []evidence.Upstream{},
	}
	err := s.look(ctx, func(tx querier) error {
		ps, err := projects(ctx, tx, name)
		if err != nil {
			return err
		}
		if len(ps) > 0 {
			h.Project = ps[0]
		}
		for _, read := range []func(context.Context, querier, *evidence.History) error{
			readObservations, readFiles, readEvents, readMetadata, readUpstream, readStatic, readProbes, readDownloads,
		} {
			if err := read(ctx, tx, h); err != nil {
				return fmt.Errorf("history of %s: %w", name, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return h, nil
}

const observationColumns = `id, project, at, source, tool, outcome, detail, body_sha256, etag`

func scanObservation(row interface{ Scan(...any) error }, o *evidence.Observation, more ...any) error {
	var at int64
	err := row.Scan(append([]any{&o.ID, &o.Project, &at, &o.Source, &o.Tool, &o.Outcome, &o.Detail, &o.BodySHA256, &o.ETag}, more...)...)
	o.At = instant(at)
	return err
}

func readObservations(ctx context.Context, q querier, h *evidence.History) error {
	return each(ctx, q, `SELECT `+observationColumns+` FROM observation WHERE project = $1 ORDER BY at, source`, []any{h.Project.Name},
		func(rows *sql.Rows) error {
			var o evidence.Observation
			err := scanObservation(rows, &o)
			h.Observations = append(h.Observations, o)
			return err
		})
}

func readFiles(ctx context.Context, q querier, h *evidence.History) error {
	firstSeen := make(map[int64]time.Time, len(h.Observations))
	for i := range h.Observations {
		firstSeen[h.Observations[i].ID] = h.Observations[i].At
	}
	details := map[fileKey]description{}
	err := each(ctx, q, `SELECT name, sha256, size, uploaded, requires_python, url FROM file_detail WHERE project = $1 ORDER BY observation`,
		[]any{h.Project.Name}, func(rows *sql.Rows) error {
			var k fileKey
			var d description
			err := rows.Scan(&k.name, &k.sha256, &d.size, &d.uploaded, &d.requires, &d.url)
			details[k] = d.with(details[k])
			return err
		})
	if err != nil {
		return err
	}
	// The same words again and again are kept once.
	words := map[string]string{}
	once := func(s string) string {
		if w, ok := words[s]; ok {
			return w
		}
		words[s] = s
		return s
	}
	err = each(ctx, q, `SELECT name, sha256, version, size, uploaded, requires_python, url, observation FROM file WHERE project = $1`,
		[]any{h.Project.Name}, func(rows *sql.Rows) error {
			var f fileRow
			var observation int64
			err := rows.Scan(&f.name, &f.sha256, &f.version, &f.size, &f.uploaded, &f.requires, &f.url, &observation)
			if d, ok := details[f.fileKey]; ok {
				f.description = d.with(f.description)
			}
			f.version, f.requires = once(f.version), once(f.requires)
			h.Files = append(h.Files, f.fact(h.Project.Name, observation, firstSeen[observation]))
			return err
		})
	slices.SortFunc(h.Files, func(a, b evidence.File) int {
		return cmp.Or(a.Since().Compare(b.Since()), cmp.Compare(a.Name, b.Name), cmp.Compare(a.SHA256, b.SHA256))
	})
	return err
}

// readEvents reads what happened to files, and tells of each that it appeared.
func readEvents(ctx context.Context, q querier, h *evidence.History) error {
	events, err := fileEvents(ctx, q, h.Project.Name)
	if err != nil {
		return err
	}
	h.Events = make([]evidence.FileEvent, 0, len(events)+len(h.Files))
	for i := range h.Files {
		f := &h.Files[i]
		e := eventRow{fileKey{f.Name, f.SHA256}, micros(f.FirstSeen), vocab.FileAppeared, ""}
		h.Events = append(h.Events, e.fact(f.Project, f.Observation))
	}
	for i := range events {
		h.Events = append(h.Events, events[i].fact(h.Project.Name, events[i].observation))
	}
	slices.SortFunc(h.Events, func(a, b evidence.FileEvent) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.SHA256, b.SHA256))
	})
	return nil
}

// rank orders what happened to a file between two looks.
func rank(kind vocab.FileChange) int {
	return slices.Index([]vocab.FileChange{
		vocab.FileAppeared, vocab.FileReturned, vocab.FileUnyanked, vocab.FileYanked, vocab.FileVanished,
	}, kind)
}

func compareEvents(a, b *eventRow) int {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(rank(a.kind), rank(b.kind)), a.fileKey.compare(b.fileKey))
}

func readMetadata(ctx context.Context, q querier, h *evidence.History) error {
	return each(ctx, q, `SELECT project, version, sha256, at, tool, body FROM metadata WHERE project = $1 ORDER BY at, version, sha256`,
		[]any{h.Project.Name}, func(rows *sql.Rows) error {
			var m evidence.Metadata
			var at int64
			var body []byte
			if err := rows.Scan(&m.Project, &m.Version, &m.SHA256, &at, &m.Tool, &body); err != nil {
				return err
			}
			var b metadataBody
			if err := decode(body, &b); err != nil {
				return err
			}
			m.At, m.Classifiers, m.RequiresDist, m.RequiresPython, m.URLs, m.Full = instant(at), b.Classifiers, b.RequiresDist, b.RequiresPython, b.URLs, b.Full
			h.Metadata = append(h.Metadata, m)
			return nil
		})
}

func readUpstream(ctx context.Context, q querier, h *evidence.History) error {
	return each(ctx, q, `SELECT project, repository, file, at, tool, source, body FROM upstream WHERE project = $1 ORDER BY at, repository, file`,
		[]any{h.Project.Name}, func(rows *sql.Rows) error {
			var u evidence.Upstream
			var at int64
			var body []byte
			if err := rows.Scan(&u.Project, &u.Repository, &u.File, &at, &u.Tool, &u.Source, &body); err != nil {
				return err
			}
			var b upstreamBody
			if err := decode(body, &b); err != nil {
				return err
			}
			u.At, u.Tests, u.Runs, u.Problem = instant(at), b.Tests, b.Runs, b.Problem
			h.Upstream = append(h.Upstream, u)
			return nil
		})
}

// The digests of a project's files are looked for one by one, which a database
// would not do by itself if it knew less of the tables; two names may have one.

func readStatic(ctx context.Context, q querier, h *evidence.History) error {
	return each(ctx, q, `SELECT s.sha256, s.rules, s.at, s.tool, s.body FROM file f CROSS JOIN static s
		WHERE f.project = $1 AND s.sha256 = f.sha256 ORDER BY s.sha256, s.rules, s.at`, []any{h.Project.Name},
		func(rows *sql.Rows) error {
			var f evidence.Static
			var at int64
			var body []byte
			if err := rows.Scan(&f.SHA256, &f.Rules, &at, &f.Tool, &body); err != nil {
				return err
			}
			f.At, f.FirstAt = instant(at), instant(at)
			if err := decode(body, &f.Wheel); err != nil {
				return err
			}
			if before := h.Static[f.SHA256]; before != nil && before.FirstAt.Before(f.FirstAt) {
				f.FirstAt = before.FirstAt
			}
			h.Static[f.SHA256] = &f
			return nil
		})
}

func readProbes(ctx context.Context, q querier, h *evidence.History) error {
	return each(ctx, q, `SELECT p.sha256, p.python, p.platform, p.at, p.tool, p.body FROM file f CROSS JOIN probe p
		WHERE f.project = $1 AND p.sha256 = f.sha256 ORDER BY p.at, p.python, p.platform, p.sha256`, []any{h.Project.Name},
		func(rows *sql.Rows) error {
			var p evidence.Probe
			var at int64
			var body []byte
			if err := rows.Scan(&p.SHA256, &p.Python, &p.Platform, &at, &p.Tool, &body); err != nil {
				return err
			}
			p.At = instant(at)
			if n := len(h.Probes); n > 0 {
				if last := &h.Probes[n-1]; last.SHA256 == p.SHA256 && last.Python == p.Python && last.Platform == p.Platform && last.At.Equal(p.At) {
					return nil
				}
			}
			if err := decode(body, &p.Result); err != nil {
				return err
			}
			h.Probes = append(h.Probes, p)
			return nil
		})
}

// decode reads the JSON of a row.
func decode(body []byte, into any) error {
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// Seen returns what an updater has to know of the looks there were at a project.
func (s *Store) Seen(ctx context.Context, project string) (*evidence.Seen, error) {
	var seen evidence.Seen
	err := s.look(ctx, func(tx querier) error {
		var last evidence.Observation
		err := scanObservation(tx.QueryRowContext(ctx, `SELECT `+observationColumns+` FROM observation
			WHERE project = $1 ORDER BY at DESC, id DESC LIMIT 1`, project), &last)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		seen.Last = &last
		var answered evidence.Observation
		err = scanObservation(tx.QueryRowContext(ctx, `SELECT `+observationColumns+` FROM observation
			WHERE project = $1 AND outcome IN ('changed', 'unchanged') ORDER BY at DESC, id DESC LIMIT 1`, project), &answered)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		seen.Answered = &answered
		if answered.Outcome == vocab.ObservedChanged {
			return nil
		}
		// An unchanged page may come without a body.
		var body, etag string
		err = tx.QueryRowContext(ctx, `SELECT body_sha256, etag FROM observation
			WHERE project = $1 AND outcome = 'changed' AND source = $2 ORDER BY at DESC, id DESC LIMIT 1`,
			project, answered.Source).Scan(&body, &etag)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		answered.BodySHA256, answered.ETag = cmp.Or(answered.BodySHA256, body), cmp.Or(answered.ETag, etag)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &seen, nil
}
