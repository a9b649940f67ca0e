package check

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// A row is one row of RECORD: the path of a file, its digest and its size.
type row struct {
	path      string
	algorithm string // "sha256", "" if there is no digest
	digest    []byte
	size      int64  // -1 if there is none
	fault     string // what cannot be read of it, "" for nothing
}

// parseRecord reads RECORD: comma-separated values. As pip does, it takes quotes that
// stand for themselves as they are.
func parseRecord(text []byte) ([]row, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))))
	r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = -1, true, true
	var rows []row
	for {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, parseRow(fields))
	}
}

func parseRow(fields []string) row {
	w := row{path: strings.Clone(fields[0]), size: -1}
	if len(fields) > 1 && strings.TrimSpace(fields[1]) != "" {
		name, value, ok := strings.Cut(strings.TrimSpace(fields[1]), "=")
		digest, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(value, "="))
		w.algorithm, w.digest = strings.ToLower(name), digest
		switch h := newHash(w.algorithm); {
		case !ok || err != nil:
			w.fault = fmt.Sprintf("its digest %.80q cannot be read", fields[1])
		case h == nil:
			w.fault = fmt.Sprintf("its digest is of kind %.20q; installers take sha256 or better", name)
		case h.Size() != len(digest):
			w.fault = fmt.Sprintf("its digest %.80q has not the length of one", fields[1])
		}
	}
	if len(fields) > 2 && strings.TrimSpace(fields[2]) != "" {
		n, err := strconv.ParseUint(strings.TrimSpace(fields[2]), 10, 63)
		if err != nil {
			w.fault = fmt.Sprintf("its size %.40q is no number of bytes", fields[2])
		} else {
			w.size = int64(n)
		}
	}
	return w
}

// unrecorded reports whether a file of the dist-info folder needs no digest: RECORD
// and its signatures.
func unrecorded(info, path string) bool {
	return slices.Contains([]string{info + "/RECORD", info + "/RECORD.jws", info + "/RECORD.p7s"}, path)
}

// checkRecord holds RECORD against the members, which have been read.
func checkRecord(rows []row, info string, members []*member, refused map[string]bool, found func(member, rule, message string)) {
	byPath := make(map[string]*row, len(rows))
	for i := range rows {
		w := &rows[i]
		if byPath[w.path] != nil && !slices.Equal(byPath[w.path].digest, w.digest) {
			found(printable(w.path), ruleRecord, "RECORD has it twice, with different digests")
		}
		byPath[w.path] = w
	}
	there := make(map[string]bool, len(members))
	for _, m := range members {
		there[m.path] = true
		if unrecorded(info, m.path) {
			continue
		}
		w := byPath[m.path]
		switch {
		case m.unread != nil: // said already
		case w == nil:
			found(m.path, ruleRecord, "RECORD does not list it")
		case w.fault != "":
			found(m.path, ruleRecord, "in RECORD, "+w.fault)
		case w.digest == nil:
			found(m.path, ruleRecord, "RECORD has no digest of it")
		case !bytes.Equal(m.sums[w.algorithm], w.digest):
			found(m.path, ruleRecord, fmt.Sprintf("its %s digest is not the one in RECORD", w.algorithm))
		case w.size >= 0 && w.size != m.size:
			found(m.path, ruleRecord, fmt.Sprintf("it has %d bytes, in RECORD it has %d", m.size, w.size))
		}
	}
	for i := range rows {
		w := &rows[i]
		if !there[w.path] && !refused[w.path] && !unrecorded(info, w.path) && !strings.HasSuffix(w.path, "/") {
			found(printable(w.path), ruleRecord, "RECORD lists it, the wheel does not have it")
		}
	}
}
