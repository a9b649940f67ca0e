package simple

import (
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// value reads any value the way encoding/json does into an any, by means of the
// scanner alone, so that the two can be compared.
func (s *scanner) value() (any, error) {
	switch s.peek() {
	case '{':
		m := map[string]any{}
		err := s.object(func(key []byte) error {
			k := string(key)
			v, err := s.value()
			m[k] = v
			return err
		})
		return m, err
	case '[':
		list := []any{}
		err := s.array(func() error {
			v, err := s.value()
			list = append(list, v)
			return err
		})
		return list, err
	case '"':
		text, err := s.str()
		return string(text), err
	case 't':
		return true, s.literal("true")
	case 'f':
		return false, s.literal("false")
	case 'n':
		return nil, s.literal("null")
	default:
		text, err := s.number()
		if err != nil {
			return nil, err
		}
		f, _ := strconv.ParseFloat(string(text), 64) // out of range: see checkScanner
		return f, nil
	}
}

// checkScanner compares the scanner with encoding/json on one document.
func checkScanner(t *testing.T, doc string) {
	t.Helper()
	var want any
	wantErr := json.Unmarshal([]byte(doc), &want)

	skipper := &scanner{b: []byte(doc)}
	skipErr := skipper.skip()
	if skipErr == nil {
		skipErr = skipper.end()
	}
	if errors.Is(skipErr, errDepth) {
		return // encoding/json lets values nest deeper
	}
	if _, ok := errors.AsType[*json.UnmarshalTypeError](wantErr); ok {
		return // a number too large for float64, which skipping doesn't mind
	}
	if (skipErr == nil) != (wantErr == nil) {
		t.Fatalf("skip %q: error %v, encoding/json says %v", doc, skipErr, wantErr)
	}

	s := &scanner{b: []byte(doc)}
	got, err := s.value()
	if err == nil {
		err = s.end()
	}
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("read %q: error %v, encoding/json says %v", doc, err, wantErr)
	}
	if err == nil && !reflect.DeepEqual(got, want) {
		t.Fatalf("read %q: got %#v, encoding/json says %#v", doc, got, want)
	}
}

var scannerSeeds = []string{
	``, ` `, `null`, `true`, `false`, `nul`, `truest`, `{}`, `[]`, ` [ ] `, `{ }`, `[1,]`, `[,1]`, `{"a"}`, `{"a":}`,
	`{"a":1,}`, `{"a":1 "b":2}`, `{a:1}`, `[1 2]`, `{"a":1}x`, `"`, `"a`, `"a\`, `"a\"`, `""`, `"\u00e9\n\/\\\""`,
	`"\ud83d\ude00"`, `"\ud83d"`, `"\ud83dx"`, `"\ud83d\u0041"`, `"\ude00\ud83d"`, `"\ud83d\ud83d\ude00"`, `"\u12"`, `"\u12g4"`,
	`"\x"`, "\"\x01\"", "\"\xff\xfe\"", "\"é日本\"", "\"\xed\xa0\x80\"", `0`, `-0`, `01`, `-`, `1.`, `1.5`, `.5`, `1e`, `1e+`, `1e+5`, `1E-2`, `+1`,
	`1e999`, `1e999x`, `12345678901234567890`, `{"a":[{"b":{"c":[null,true,"x"]}}],"a":2}`, "\ufeff{}", "[\f1]", `[1]]`, strings.Repeat("[", 50) + strings.Repeat("]", 50),
}

func TestScanner(t *testing.T) {
	for _, doc := range scannerSeeds {
		checkScanner(t, doc)
	}
}

func FuzzScanner(f *testing.F) {
	for _, doc := range scannerSeeds {
		f.Add(doc)
	}
	f.Fuzz(checkScanner)
}

// TestScannerDepth feeds it a document that would exhaust the stack of a parser
// without a limit.
func TestScannerDepth(t *testing.T) {
	for _, open := range []string{"[", `{"a":`} {
		s := &scanner{b: []byte(strings.Repeat(open, 10_000_000))}
		if err := s.skip(); !errors.Is(err, errDepth) {
			t.Errorf("%q nested ten million times: %v, want %v", open, err, errDepth)
		}
	}
}
