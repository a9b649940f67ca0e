package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"
	"time"
)

// micros is a time as a column holds it, 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// instant is the time of a column.
func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// text makes what strangers wrote fit for a column: valid UTF-8 without NUL, which
// not every database takes.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// A sum is the digest of a row or of several.
type sum struct{ h hash.Hash }

func newSum(kind string) sum {
	s := sum{sha256.New()}
	s.add(kind)
	return s
}

// add adds columns, each with its length, so that none can pass for two.
func (s sum) add(columns ...any) {
	var buf [24]byte
	for _, c := range columns {
		var v string
		switch c := c.(type) {
		case string:
			v = c
		case int64:
			v = strconv.FormatInt(c, 10)
		default: // of a database that is damaged
			v = fmt.Sprintf("%T %v", c, c)
		}
		b := append(strconv.AppendInt(buf[:0], int64(len(v)), 10), ':')
		s.h.Write(b)
		s.h.Write([]byte(v))
	}
}

func (s sum) String() string { return hex.EncodeToString(s.h.Sum(nil)) }

// digest is the digest of one row: the name of its table, then its columns.
func digest(table string, columns ...any) string {
	s := newSum(table)
	s.add(columns...)
	return s.String()
}

// insert adds rows to a table. Rows whose key is there already are left out if
// lenient is set, and an error if not.
func (d *dialect) insert(ctx context.Context, tx *sql.Tx, table, columns string, lenient bool, rows [][]any) error {
	width := strings.Count(columns, ",") + 1
	for len(rows) > 0 {
		n := 1
		if i := slices.IndexFunc(d.rowsAtOnce, func(n int) bool { return n <= len(rows) }); i >= 0 {
			n = d.rowsAtOnce[i]
		}
		if err := execRows(ctx, tx, insertSQL(table, columns, lenient, width, n), rows[:len(rows)/n*n], n); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
		rows = rows[len(rows)/n*n:]
	}
	return nil
}

// execRows runs a statement for every n rows.
func execRows(ctx context.Context, tx *sql.Tx, statement string, rows [][]any, n int) error {
	stmt, err := tx.PrepareContext(ctx, statement)
	if err != nil {
		return err
	}
	defer func() { _ = stmt.Close() }() // the transaction tells what went wrong
	var args []any
	for some := range slices.Chunk(rows, n) {
		args = args[:0]
		for _, row := range some {
			args = append(args, row...)
		}
		if _, err := stmt.ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

func insertSQL(table, columns string, lenient bool, width, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES ", table, columns)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		for j := range width {
			b.WriteByte("(,"[min(j, 1)])
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(i*width + j + 1))
		}
		b.WriteByte(')')
	}
	if lenient {
		b.WriteString(" ON CONFLICT DO NOTHING")
	}
	return b.String()
}

// A querier answers questions: a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// each calls do for every row of an answer; do scans it.
func each(ctx context.Context, q querier, query string, args []any, do func(rows *sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	for rows.Next() {
		if err := do(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
