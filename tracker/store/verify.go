package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// Report is what verifying a store showed.
type Report struct {
	Store  string `json:"store"`
	Schema int64  `json:"schema"`
	// Rows are how many rows of each table were read.
	Rows map[string]int64 `json:"rows"`
	// Faults are what is wrong, as far as they were kept; Count is how many there are.
	Faults []Fault `json:"faults"`
	Count  int     `json:"count"`
}

// OK reports whether nothing is wrong.
func (r *Report) OK() bool { return r.Count == 0 }

// A Fault is one thing that is wrong with a store.
type Fault struct {
	Table   string `json:"table,omitempty"` // "" for the files of the database
	Row     string `json:"row,omitempty"`
	Problem string `json:"problem"`
}

func (f Fault) String() string {
	return strings.TrimPrefix(strings.TrimPrefix(f.Table+" "+f.Row, " ")+": "+f.Problem, ": ")
}

// mostFaults is how many faults are kept.
const mostFaults = 100

func (r *Report) fault(table, row, format string, args ...any) {
	if r.Count++; len(r.Faults) < mostFaults {
		r.Faults = append(r.Faults, Fault{table, row, fmt.Sprintf(format, args...)})
	}
}

// Verify reads the whole store: what the database finds wrong with its files,
// whether every digest is that of its row and of what came with it, every reference
// leads somewhere and every word is one of the vocabulary, and whether files are
// told to have vanished and returned in turn. Faults are no error; one is that
// the store cannot be read to its end.
func (s *Store) Verify(ctx context.Context) (*Report, error) {
	r := &Report{Store: s.name, Rows: map[string]int64{}, Faults: []Fault{}}
	var err error
	if r.Schema, err = s.schema(ctx); err != nil {
		return nil, s.wrap(err)
	}
	faults, err := s.dialect.integrity(ctx, s)
	if err != nil {
		return nil, s.wrap(err)
	}
	for _, f := range faults {
		r.fault("", "", "%s", f)
	}
	err = s.look(ctx, func(tx querier) error {
		for _, t := range tables() {
			var n int64
			if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM `+t.name).Scan(&n); err != nil {
				return err
			}
			r.Rows[t.name] = n
		}
		if err := r.tracked(ctx, tx); err != nil {
			return err
		}
		if err := r.downloads(ctx, tx); err != nil {
			return err
		}
		if err := r.projects(ctx, tx); err != nil {
			return err
		}
		for _, t := range []struct {
			bodyTable
			decode func(string) error
		}{
			{metadataTable, decodes[metadataBody]}, {upstreamTable, decodes[upstreamBody]},
			{staticTable, decodes[inspect.Wheel]}, {probeTable, decodes[probe.Result]},
		} {
			if err := r.bodies(ctx, tx, &t.bodyTable, t.decode); err != nil {
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

// decodes reports whether the JSON of a body is that of a type.
func decodes[T any](body string) error {
	var v T
	return json.Unmarshal([]byte(body), &v)
}

// bodies recomputes the digests of rows with a body.
func (r *Report) bodies(ctx context.Context, q querier, t *bodyTable, decode func(string) error) error {
	columns := strings.Split(t.columns(), ", ")
	keys := strings.Count(t.key, ",") + 1
	return each(ctx, q, "SELECT "+t.columns()+" FROM "+t.name, nil, func(rows *sql.Rows) error {
		values, places := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			places[i] = &values[i]
		}
		if err := rows.Scan(places...); err != nil {
			return err
		}
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				values[i] = string(b)
			}
		}
		row := fmt.Sprint(values[:keys+1]...)
		n := len(values) - 1
		if got := digest(t.name, values[:n]...); got != values[n] {
			r.fault(t.name, row, "its digest is %s, not %v", got, values[n])
		}
		if body, ok := values[n-1].(string); !ok {
			r.fault(t.name, row, "its body is no text")
		} else if err := decode(body); err != nil {
			r.fault(t.name, row, "%v", err)
		}
		return nil
	})
}

// tracked recomputes the digests of who is tracked.
func (r *Report) tracked(ctx context.Context, q querier) error {
	return each(ctx, q, "SELECT "+trackedColumns+" FROM tracked", nil, func(rows *sql.Rows) error {
		var name, cohort, change, tool, want string
		var at int64
		err := rows.Scan(&name, &cohort, &at, &change, &tool, &want)
		if got := digest("tracked", name, cohort, at, change, tool); got != want {
			r.fault("tracked", strings.TrimSpace(name+" "+cohort), "its digest is %s, not %s", got, want)
		}
		return err
	})
}

// projects checks the looks at each project and what they brought.
func (r *Report) projects(ctx context.Context, q querier) error {
	names := map[string]bool{}
	for _, t := range []string{"observation", "file", "file_detail", "file_event"} {
		err := each(ctx, q, `SELECT DISTINCT project FROM `+t, nil, func(rows *sql.Rows) error {
			var name string
			err := rows.Scan(&name)
			names[name] = true
			return err
		})
		if err != nil {
			return err
		}
	}
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	slices.Sort(sorted)
	for _, name := range sorted {
		if err := r.project(ctx, q, name); err != nil {
			return err
		}
	}
	return nil
}

func (r *Report) project(ctx context.Context, q querier, project string) error {
	type look struct {
		evidence.Observation
		digest string
		news   news
	}
	looks := map[int64]*look{}
	var order []int64
	err := each(ctx, q, `SELECT `+observationColumns+`, digest FROM observation WHERE project = $1 ORDER BY id`, []any{project}, func(rows *sql.Rows) error {
		var l look
		err := scanObservation(rows, &l.Observation, &l.digest)
		looks[l.ID] = &l
		order = append(order, l.ID)
		return err
	})
	if err != nil {
		return err
	}
	of := func(id int64, table string, k fileKey) *news {
		if l := looks[id]; l != nil {
			return &l.news
		}
		r.fault(table, project+" "+k.name, "it refers to look %d, which was not one at this project", id)
		return &news{}
	}
	files := map[fileKey]*fileState{}
	err = each(ctx, q, `SELECT name, sha256, version, size, uploaded, requires_python, url, observation FROM file WHERE project = $1`, []any{project},
		func(rows *sql.Rows) error {
			var f fileRow
			var id int64
			err := rows.Scan(&f.name, &f.sha256, &f.version, &f.size, &f.uploaded, &f.requires, &f.url, &id)
			n := of(id, "file", f.fileKey)
			n.files = append(n.files, f)
			files[f.fileKey] = &fileState{}
			return err
		})
	if err != nil {
		return err
	}
	err = each(ctx, q, `SELECT name, sha256, size, uploaded, requires_python, url, observation FROM file_detail WHERE project = $1`, []any{project},
		func(rows *sql.Rows) error {
			var d detailRow
			var id int64
			err := rows.Scan(&d.name, &d.sha256, &d.size, &d.uploaded, &d.requires, &d.url, &id)
			n := of(id, "file_detail", d.fileKey)
			n.details = append(n.details, d)
			if files[d.fileKey] == nil {
				r.fault("file_detail", project+" "+d.name, "there is no such file")
			}
			return err
		})
	if err != nil {
		return err
	}
	events, err := fileEvents(ctx, q, project)
	if err != nil {
		return err
	}
	for i := range events {
		e := &events[i]
		n := of(e.observation, "file_event", e.fileKey)
		n.events = append(n.events, e.eventRow)
		r.event(project, e, files[e.fileKey])
	}
	for _, id := range order {
		l := looks[id]
		row := fmt.Sprintf("%s %s", project, l.At.Format(time.RFC3339Nano))
		l.news.sort()
		if got := observationDigest(&l.Observation, &l.news); got != l.digest {
			r.fault("observation", row, "the digest of it and of what it brought is %s, not %s", got, l.digest)
		}
		if _, ok := vocab.Observeds().Lookup(string(l.Outcome)); !ok {
			r.fault("observation", row, "%q is no outcome", l.Outcome)
		}
	}
	return nil
}

// event checks that a file was in a state in which an event could happen to it.
func (r *Report) event(project string, e *storedEvent, f *fileState) {
	row := project + " " + e.name
	if f == nil {
		r.fault("file_event", row, "there is no such file")
		return
	}
	possible := false
	switch e.kind {
	case vocab.FileYanked:
		possible = !f.yanked || f.reason != e.reason
	case vocab.FileUnyanked:
		possible = f.yanked
	case vocab.FileVanished:
		possible = !f.gone
	case vocab.FileReturned:
		possible = f.gone
	case vocab.FileAppeared:
	}
	if !possible {
		r.fault("file_event", row, "it is told to be %s at %s, which it could not be", e.kind, instant(e.at).Format(time.RFC3339))
	}
	f.change(e.kind, e.reason)
}

// Stats says how much a store holds.
type Stats struct {
	Store    string `json:"store"`
	Schema   int64  `json:"schema"`
	Bytes    int64  `json:"bytes"` // of the database
	Projects int64  `json:"projects"`
	// Rows are the numbers of facts, by table.
	Rows map[string]int64 `json:"rows"`
	// First and Last are the times of the first and the last look; zero if none.
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
}

// Stats returns how much the store holds.
func (s *Store) Stats(ctx context.Context) (*Stats, error) {
	st := &Stats{Store: s.name, Rows: map[string]int64{}}
	var err error
	if st.Schema, err = s.schema(ctx); err != nil {
		return nil, s.wrap(err)
	}
	if st.Bytes, err = s.dialect.size(ctx, s); err != nil {
		return nil, s.wrap(err)
	}
	names, err := s.Names(ctx)
	if err != nil {
		return nil, err
	}
	st.Projects = int64(len(names))
	err = s.look(ctx, func(tx querier) error {
		for _, t := range tables() {
			var n int64
			if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM `+t.name).Scan(&n); err != nil {
				return err
			}
			st.Rows[t.name] = n
		}
		var first, last int64
		err := tx.QueryRowContext(ctx, `SELECT coalesce(min(at), 0), coalesce(max(at), 0) FROM observation`).Scan(&first, &last)
		st.First, st.Last = instant(first), instant(last)
		return err
	})
	if err != nil {
		return nil, err
	}
	return st, nil
}
