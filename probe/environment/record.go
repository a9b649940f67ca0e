package environment

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"
)

// A recordRow is one row of a RECORD file.
type recordRow struct {
	path   string // as written
	digest string // "sha256=…", "" if there is none
	size   int64  // -1 if there is none
}

// parseRecord reads the rows of a RECORD file: comma-separated values with path,
// digest and size. As with pip, further columns mean nothing and quotes that
// stand for themselves are taken as they are. A size that is no number is an
// error.
func parseRecord(text []byte) ([]recordRow, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = -1, true, true
	rows := make([]recordRow, 0, bytes.Count(text, []byte{'\n'})+1)
	for {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		row := recordRow{path: fields[0], size: -1}
		if len(fields) > 1 {
			row.digest = strings.TrimSpace(fields[1])
		}
		if len(fields) > 2 && strings.TrimSpace(fields[2]) != "" {
			n, err := strconv.ParseUint(strings.TrimSpace(fields[2]), 10, 63)
			if err != nil {
				return nil, fmt.Errorf("size %.40q of %.200q is no number of bytes", fields[2], row.path)
			}
			row.size = int64(n)
		}
		rows = append(rows, row)
	}
}

// recordDigest encodes a SHA-256 digest as RECORD does.
func recordDigest(sum [32]byte) string {
	return "sha256=" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// sha256Of returns the digest of a row in hexadecimal, "" if it has none of that
// kind.
func (f *InstalledFile) sha256Of() string {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(f.Digest, "sha256="))
	if err != nil || len(b) != sha256.Size || !strings.HasPrefix(f.Digest, "sha256=") {
		return ""
	}
	return hex.EncodeToString(b)
}

// A promise is a digest to be kept by the bytes of a file.
type promise struct {
	hash hash.Hash // nil if nothing is promised, or SHA-256, which is made anyway
	want []byte
}

// promiseOf reads the digest of a row. What is weaker than SHA-256 is an error,
// as the specification asks, and so is what we can't compute.
func promiseOf(digest string) (promise, error) {
	if digest == "" {
		return promise{}, nil
	}
	name, value, ok := strings.Cut(digest, "=")
	if !ok {
		return promise{}, fmt.Errorf("%.60q is no digest", digest)
	}
	want, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(value, "="))
	if err != nil {
		return promise{}, fmt.Errorf("%.60q is no digest", digest)
	}
	p := promise{want: want}
	size := sha256.Size
	switch strings.ToLower(name) {
	case "sha256":
	case "sha384":
		p.hash, size = sha512.New384(), sha512.Size384
	case "sha512":
		p.hash, size = sha512.New(), sha512.Size
	default:
		return promise{}, fmt.Errorf("a digest of kind %.20q, which is not SHA-256 or better", name)
	}
	if len(want) != size {
		return promise{}, fmt.Errorf("%.60q is no digest", digest)
	}
	return p, nil
}

// kept reports whether a file with a SHA-256 digest, whose bytes have gone
// through the hash, is the promised one.
func (p *promise) kept(sum [32]byte) bool {
	switch {
	case p.want == nil:
		return true
	case p.hash != nil:
		return bytes.Equal(p.hash.Sum(nil), p.want)
	}
	return bytes.Equal(sum[:], p.want)
}

// appendRow writes a row as CSV.
func appendRow(b []byte, path, digest string, size int64) []byte {
	if strings.ContainsAny(path, ",\"\r\n") {
		b = append(b, '"')
		b = append(b, strings.ReplaceAll(path, `"`, `""`)...)
		b = append(b, '"')
	} else {
		b = append(b, path...)
	}
	b = append(b, ',')
	b = append(b, digest...)
	b = append(b, ',')
	if size >= 0 {
		b = strconv.AppendInt(b, size, 10)
	}
	return append(b, '\n')
}
