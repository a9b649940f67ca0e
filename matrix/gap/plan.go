package gap

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// planSchema is the document that [ReadPlan] reads.
const planSchema = "ftpkg.matrix/1"

// A PlanError is a fault of a plan, with its place.
type PlanError struct {
	File string
	Line int // from 1
	Msg  string
}

func (e *PlanError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg) }

// ReadPlan reads the cells of a document of ftpkg matrix (ftpkg.matrix/1) that build
// a wheel, as targets that the wheels must serve: one for the stable ABI stands for
// each known Python from its own on. name is the file's, for errors, which are
// [*PlanError].
func ReadPlan(text []byte, name string, known []wheeltags.Target) ([]wheeltags.Target, error) {
	r := planReader{text: text, name: name, dec: json.NewDecoder(bytes.NewReader(text))}
	cells, err := r.read()
	if err != nil {
		return nil, err
	}
	return expand(cells, known), nil
}

// PlanTargets returns the targets that the wheels of a plan must serve.
func PlanTargets(p *matrix.Plan, known []wheeltags.Target) []wheeltags.Target {
	var cells []planCell
	for i := range p.Cells {
		if c := &p.Cells[i]; c.Purpose == vocab.PurposeBuild {
			cells = append(cells, planCell{c.Python, c.ABI, c.Platform.Platforms()})
		}
	}
	return expand(cells, known)
}

// A planCell is one wheel that is to be built.
type planCell struct {
	python    wheeltags.Python
	abi       vocab.ABI
	platforms []wheeltags.Platform
}

// expand returns what wheels must serve, by platform, then by Python.
func expand(cells []planCell, known []wheeltags.Target) []wheeltags.Target {
	var all []wheeltags.Target
	add := func(t wheeltags.Target) {
		if !slices.Contains(all, t) {
			all = append(all, t)
		}
	}
	own := map[slot]bool{} // those with a wheel of their own, whose floor counts
	for _, c := range cells {
		for _, p := range c.platforms {
			own[slot{c.python, p.Name()}] = true
		}
	}
	pythons, _ := axes(known)
	for _, c := range cells {
		for _, p := range c.platforms {
			add(wheeltags.Target{Python: c.python, Platform: p})
			if c.abi != vocab.ABI3 && c.abi != vocab.ABI3T {
				continue
			}
			for _, python := range pythons {
				if python.FreeThreaded == c.python.FreeThreaded && python.Minor > c.python.Minor && !own[slot{python, p.Name()}] {
					add(wheeltags.Target{Python: python, Platform: p})
				}
			}
		}
	}
	_, platforms := axes(slices.Concat(known, all)) // in the order of the known ones
	place := func(t wheeltags.Target) int {
		return slices.IndexFunc(platforms, func(p wheeltags.Platform) bool { return p.Name() == t.Platform.Name() })
	}
	slices.SortStableFunc(all, func(a, b wheeltags.Target) int {
		if i, j := place(a), place(b); i != j {
			return i - j
		}
		return comparePythons(a.Python, b.Python)
	})
	return all
}

// A planReader reads the document piece by piece, so that it knows where each stands.
type planReader struct {
	text []byte
	name string
	dec  *json.Decoder
}

// fault is an error at a place of the text.
func (r *planReader) fault(at int64, format string, args ...any) error {
	at = min(max(at, 0), int64(len(r.text)))
	return &PlanError{r.name, 1 + bytes.Count(r.text[:at], []byte("\n")), fmt.Sprintf(format, args...)}
}

// wrong is an error of the decoder.
func (r *planReader) wrong(err error, start int64) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return r.fault(syntax.Offset, "not JSON: %v", err)
	case errors.As(err, &kind):
		return r.fault(start+kind.Offset, "%s is not a %s", kind.Field, kind.Type)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return r.fault(int64(len(bytes.TrimRight(r.text, " \t\r\n"))), "not JSON: it ends too early")
	}
	return r.fault(start, "%v", err)
}

// next is where the value begins that is read next.
func (r *planReader) next() int64 {
	at := r.dec.InputOffset()
	for at < int64(len(r.text)) && strings.IndexByte(" \t\r\n,:", r.text[at]) >= 0 {
		at++
	}
	return at
}

// open reads the bracket that a value begins with.
func (r *planReader) open(want json.Delim, what string) error {
	at := r.next()
	got, err := r.dec.Token()
	if err != nil {
		return r.wrong(err, at)
	}
	if got != want {
		return r.fault(at, "%s: want %s", what, map[json.Delim]string{'{': "an object", '[': "a list"}[want])
	}
	return nil
}

func (r *planReader) read() ([]planCell, error) {
	if err := r.open('{', "a plan"); err != nil {
		return nil, err
	}
	var cells []planCell
	schema, listed := "", false
	for r.dec.More() {
		at := r.next()
		key, err := r.dec.Token()
		if err != nil {
			return nil, r.wrong(err, at)
		}
		at = r.next()
		switch key {
		case "schema":
			err = r.dec.Decode(&schema)
			if err == nil && schema != planSchema {
				return nil, r.fault(at, "its schema is %q, not %q: it is not what ftpkg matrix plan --format json prints", schema, planSchema)
			}
		case "cells":
			listed = true
			cells, err = r.cells()
		default:
			var other json.RawMessage
			err = r.dec.Decode(&other)
		}
		if _, ok := errors.AsType[*PlanError](err); ok {
			return nil, err
		}
		if err != nil {
			return nil, r.wrong(err, at)
		}
	}
	if _, err := r.dec.Token(); err != nil {
		return nil, r.wrong(err, r.next())
	}
	switch {
	case schema == "":
		return nil, r.fault(0, "it has no schema: it is not what ftpkg matrix plan --format json prints")
	case !listed:
		return nil, r.fault(0, "it has no cells")
	case len(cells) == 0:
		return nil, r.fault(0, "none of its cells builds a wheel")
	}
	return cells, nil
}

func (r *planReader) cells() ([]planCell, error) {
	if err := r.open('[', "cells"); err != nil {
		return nil, err
	}
	var cells []planCell
	for r.dec.More() {
		at := r.next()
		var c struct {
			Identifier string        `json:"identifier"`
			Python     string        `json:"python"`
			ABI        vocab.ABI     `json:"abi"`
			Platform   string        `json:"platform"`
			Floor      string        `json:"floor"`
			Purpose    vocab.Purpose `json:"purpose"`
		}
		if err := r.dec.Decode(&c); err != nil {
			return nil, r.wrong(err, at)
		}
		if c.Purpose != vocab.PurposeBuild {
			continue
		}
		python, err := wheeltags.ParsePython(c.Python)
		if err != nil {
			return nil, r.fault(at, "%v", err)
		}
		_, word, ok := strings.Cut(c.Identifier, "-")
		if !ok {
			return nil, r.fault(at, "%q is no identifier, such as cp314t-manylinux_x86_64", c.Identifier)
		}
		platforms := matrix.Platform{Word: word, Floor: c.Floor}.Platforms()
		if p, err := wheeltags.ParsePlatform(c.Platform); err == nil && c.Floor == "" {
			platforms = []wheeltags.Platform{p}
		} else if len(platforms) == 0 {
			return nil, r.fault(at, "%v", err)
		}
		cells = append(cells, planCell{python, c.ABI, platforms})
	}
	_, err := r.dec.Token()
	return cells, err
}
