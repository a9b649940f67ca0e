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

// ReadPlan reads the cells of a document of ftpkg matrix (ftpkg.matrix/1) as targets
// that its wheels must serve: those that are built, and those that are not because a
// wheel of the stable ABI serves them. Where the document doesn't say which these are,
// such a wheel stands for each known Python of its flavour from its own on. name is
// the file's, for errors, which are [*PlanError].
func ReadPlan(text []byte, name string, known []wheeltags.Target) ([]wheeltags.Target, error) {
	r := planReader{text: text, name: name, dec: json.NewDecoder(bytes.NewReader(text))}
	if err := r.read(); err != nil {
		return nil, err
	}
	return expand(r.cells, r.served, known), nil
}

// PlanTargets returns the targets that the wheels of a plan must serve.
func PlanTargets(p *matrix.Plan, known []wheeltags.Target) []wheeltags.Target {
	var cells []planCell
	for i := range p.Cells {
		if c := &p.Cells[i]; c.Purpose == vocab.PurposeBuild {
			cells = append(cells, planCell{c.Python, c.ABI, c.Platform.Platforms()})
		}
	}
	var served []string
	for _, d := range p.Dropped {
		if d.Purpose == vocab.PurposeBuild && d.Cause == vocab.DropStableABI {
			served = append(served, d.Identifier)
		}
	}
	return expand(cells, served, known)
}

// A planCell is one wheel that is to be built.
type planCell struct {
	python    wheeltags.Python
	abi       vocab.ABI
	platforms []wheeltags.Platform
}

func (c *planCell) stable() bool { return c.abi == vocab.ABI3 || c.abi == vocab.ABI3T }

// expand returns what wheels must serve, by platform, then by Python. served are the
// identifiers of cells without a wheel of their own.
func expand(cells []planCell, served []string, known []wheeltags.Target) []wheeltags.Target {
	var all []wheeltags.Target
	own := map[slot]bool{} // those with a wheel of their own, whose floor counts
	for _, c := range cells {
		for _, p := range c.platforms {
			own[slot{c.python, p.Name()}] = true
			all = append(all, wheeltags.Target{Python: c.python, Platform: p})
		}
	}
	var others []wheeltags.Target
	for _, id := range served {
		python, word, _ := strings.Cut(id, "-")
		parsed, err := wheeltags.ParsePython(python)
		if err != nil {
			continue // PyPy's
		}
		for _, p := range (matrix.Platform{Word: word}).Platforms() {
			others = append(others, wheeltags.Target{Python: parsed, Platform: p})
		}
	}
	if served == nil {
		others = known
	}
	for _, c := range cells {
		if !c.stable() {
			continue
		}
		for _, p := range c.platforms {
			for _, t := range others {
				// A wheel for abi3.abi3t may serve both flavours, if the plan says so.
				flavour := t.Python.FreeThreaded == c.python.FreeThreaded || served != nil && c.abi == vocab.ABI3T
				if t.Platform.Name() == p.Name() && flavour && t.Python.Minor >= c.python.Minor && !own[slotOf(t)] {
					all = append(all, wheeltags.Target{Python: t.Python, Platform: p})
					own[slotOf(t)] = true
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
	return slices.Compact(all)
}

// A planReader reads the document piece by piece, so that it knows where each stands.
type planReader struct {
	text []byte
	name string
	dec  *json.Decoder

	cells  []planCell
	served []string // dropped cells that a wheel of the stable ABI serves; nil if it doesn't say
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
	case errors.As(err, &kind) && kind.Field == "":
		return r.fault(start, "want an object, not a %s", kind.Value)
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

func (r *planReader) read() error {
	if err := r.open('{', "a plan"); err != nil {
		return err
	}
	schema, listed := "", false
	for r.dec.More() {
		at := r.next()
		key, err := r.dec.Token()
		if err != nil {
			return r.wrong(err, at)
		}
		at = r.next()
		switch key {
		case "schema":
			err = r.dec.Decode(&schema)
			if err == nil && schema != planSchema {
				return r.fault(at, "its schema is %q, not %q: it is not what ftpkg matrix plan --format json prints", schema, planSchema)
			}
		case "cells":
			listed = true
			err = r.list("cells", r.cell)
		case "dropped":
			err = r.list("dropped", r.dropped)
		default:
			var other json.RawMessage
			err = r.dec.Decode(&other)
		}
		if _, ok := errors.AsType[*PlanError](err); ok {
			return err
		}
		if err != nil {
			return r.wrong(err, at)
		}
	}
	if _, err := r.dec.Token(); err != nil {
		return r.wrong(err, r.next())
	}
	switch {
	case schema == "":
		return r.fault(0, "it has no schema: it is not what ftpkg matrix plan --format json prints")
	case !listed:
		return r.fault(0, "it has no cells")
	case len(r.cells) == 0:
		return r.fault(0, "none of its cells builds a wheel")
	}
	return nil
}

// list reads a list, each entry with a function that is told where it begins.
func (r *planReader) list(what string, entry func(at int64) error) error {
	if err := r.open('[', what); err != nil {
		return err
	}
	for r.dec.More() {
		if err := entry(r.next()); err != nil {
			return err
		}
	}
	_, err := r.dec.Token()
	return err
}

func (r *planReader) cell(at int64) error {
	var c struct {
		Identifier string        `json:"identifier"`
		Python     string        `json:"python"`
		ABI        vocab.ABI     `json:"abi"`
		Platform   string        `json:"platform"`
		Floor      string        `json:"floor"`
		Purpose    vocab.Purpose `json:"purpose"`
	}
	if err := r.dec.Decode(&c); err != nil {
		return r.wrong(err, at)
	}
	if c.Purpose != vocab.PurposeBuild {
		return nil
	}
	python, err := wheeltags.ParsePython(c.Python)
	if err != nil {
		return r.fault(at, "%v", err)
	}
	_, word, ok := strings.Cut(c.Identifier, "-")
	if !ok {
		return r.fault(at, "%q is no identifier, such as cp314t-manylinux_x86_64", c.Identifier)
	}
	platforms := matrix.Platform{Word: word, Floor: c.Floor}.Platforms()
	if p, err := wheeltags.ParsePlatform(c.Platform); err == nil && c.Floor == "" {
		platforms = []wheeltags.Platform{p}
	} else if len(platforms) == 0 {
		return r.fault(at, "%v", err)
	}
	r.cells = append(r.cells, planCell{python, c.ABI, platforms})
	return nil
}

func (r *planReader) dropped(at int64) error {
	var d struct {
		Identifier string          `json:"identifier"`
		Purpose    vocab.Purpose   `json:"purpose"`
		Cause      vocab.DropCause `json:"cause"`
	}
	if err := r.dec.Decode(&d); err != nil {
		return r.wrong(err, at)
	}
	if d.Cause != "" && r.served == nil {
		r.served = []string{}
	}
	if d.Cause == vocab.DropStableABI && d.Purpose == vocab.PurposeBuild {
		r.served = append(r.served, d.Identifier)
	}
	return nil
}
