// Package expect says which files a matrix is to produce, so that what was produced
// can be held against it before it is uploaded: tag sets, not counts, each with the
// newest system that the wheel may ask for.
//
// The document is ftpkg.expect/1, see docs/schema/expect.json. ftpkg matrix expect
// writes it, ftpkg check --expect reads it.
package expect

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
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// SchemaName is the schema of a [Document].
const SchemaName = "ftpkg.expect/1"

// A Document is ftpkg.expect/1: the files that one release is to have.
type Document struct {
	Schema string `json:"schema"`
	// Project is the normalised name that all files are to have, "" for any.
	Project string  `json:"project"`
	Wheels  []Wheel `json:"wheels"`
	// Sdist says that a source distribution is to be among them.
	Sdist bool `json:"sdist"`
}

// A Wheel is one wheel that is to be built.
type Wheel struct {
	// Tags is a tag set such as cp314-cp314t-manylinux_2_28_x86_64. The wheel is to
	// have its python and ABI tags, perhaps with more, and is not to need a newer
	// system than its platform tag.
	Tags string `json:"tags"`
	// Identifier is the cell that builds it, as cibuildwheel names it; "" where none
	// does.
	Identifier string `json:"identifier,omitempty"`
}

// PureTags are the tags of a wheel without compiled code.
const PureTags = "py3-none-any"

// New returns what a plan is to produce, in the plan's order: a wheel for each cell
// that builds one. A plan without such a cell, which is that of a project without
// compiled code, is to produce the one wheel there is of it. The project's name may be
// "" if it is not known.
func New(plan *matrix.Plan, project string, sdist bool) *Document {
	d := &Document{Schema: SchemaName, Wheels: []Wheel{}, Sdist: sdist}
	if project != "" {
		d.Project = pep508.NormalizeName(project)
	}
	for i := range plan.Cells {
		if c := &plan.Cells[i]; c.Purpose == vocab.PurposeBuild {
			d.Wheels = append(d.Wheels, Wheel{Tags: Tags(plan, c), Identifier: c.Identifier})
		}
	}
	if len(d.Wheels) == 0 && slices.ContainsFunc(plan.Dropped, func(x matrix.Dropped) bool { return x.Cause == vocab.DropPure }) {
		d.Wheels = append(d.Wheels, Wheel{Tags: PureTags})
	}
	return d
}

// Tags returns the tag set of the wheel that a cell of a plan builds: what it is to
// have at least.
func Tags(plan *matrix.Plan, c *matrix.Cell) string {
	abi := c.Python.ABI()
	switch {
	case c.ABI == vocab.ABI3T && servesGIL(plan, c):
		abi = "abi3.abi3t"
	case c.ABI == vocab.ABI3T, c.ABI == vocab.ABI3:
		abi = string(c.ABI)
	}
	return c.Python.Tag() + "-" + abi + "-" + c.Platform.Tag()
}

// servesGIL reports whether the wheel of the stable ABI of free-threaded Python that a
// cell builds is to serve Python with the GIL too: it is tested there, or wheels for
// it were left out and no other cell of the platform builds one.
func servesGIL(plan *matrix.Plan, c *matrix.Cell) bool {
	if slices.ContainsFunc(plan.Cells, func(t matrix.Cell) bool {
		return t.Purpose == vocab.PurposeTest && t.Wheel == c.Identifier && !t.Python.FreeThreaded
	}) {
		return true
	}
	if slices.ContainsFunc(plan.Cells, func(b matrix.Cell) bool {
		return b.Purpose == vocab.PurposeBuild && b.ABI == vocab.ABI3 && b.Platform.Word == c.Platform.Word
	}) {
		return false
	}
	return slices.ContainsFunc(plan.Dropped, func(d matrix.Dropped) bool {
		python, word, _ := strings.Cut(d.Identifier, "-")
		return d.Purpose == vocab.PurposeBuild && d.Cause == vocab.DropStableABI && word == c.Platform.Word && !strings.HasSuffix(python, "t")
	})
}

// maxDocument is the size in bytes above which a document is none: 2000 wheels have
// a tenth of it.
const maxDocument = 2 << 20

// Read reads a document. Errors name the line and column where something is wrong.
func Read(r io.Reader) (*Document, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxDocument {
		return nil, fmt.Errorf("it has more than %d MiB", maxDocument>>20)
	}
	var d Document
	dec := json.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(&d); err != nil {
		return nil, positioned(text, dec.InputOffset(), err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, positioned(text, dec.InputOffset(), errors.New("there is more behind the document"))
	}
	switch {
	case d.Schema == "":
		return nil, fmt.Errorf("it has no schema; %s was expected", SchemaName)
	case d.Schema != SchemaName:
		return nil, fmt.Errorf("its schema is %q; %s was expected", d.Schema, SchemaName)
	case d.Wheels == nil:
		return nil, errors.New("it has no list of wheels")
	}
	if d.Project != "" {
		if err := pep508.CheckName(d.Project); err != nil {
			return nil, fmt.Errorf("project: %w", err)
		}
		d.Project = pep508.NormalizeName(d.Project)
	}
	for i, w := range d.Wheels {
		if _, err := wheeltags.ParseTagSet(w.Tags); err != nil {
			return nil, positioned(text, int64(max(0, strings.Index(string(text), `"`+w.Tags+`"`))), fmt.Errorf("wheels[%d]: %w", i, err))
		}
	}
	return &d, nil
}

// positioned adds the line and column of an offset in a text to an error.
func positioned(text []byte, offset int64, err error) error {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = e.Offset - 1
	} else if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		offset = e.Offset - 1
		err = fmt.Errorf("%s cannot be of the type %s", fieldName(e.Field), e.Value)
	}
	offset = min(max(offset, 0), int64(len(text)))
	before := text[:offset]
	line := bytes.Count(before, []byte("\n")) + 1
	column := int(offset) - bytes.LastIndexByte(before, '\n')
	return &PositionError{line, column, err}
}

func fieldName(s string) string {
	if s == "" {
		return "the document"
	}
	return s
}

// A PositionError is one at a place of a file, both counted from 1.
type PositionError struct {
	Line, Column int
	Err          error
}

// Error implements error: "LINE:COLUMN: what".
func (e *PositionError) Error() string { return fmt.Sprintf("%d:%d: %v", e.Line, e.Column, e.Err) }

// Unwrap returns the error itself.
func (e *PositionError) Unwrap() error { return e.Err }
