package emit

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix"
)

// A job is cells that one list of steps carries out.
type job struct {
	key

	name string
	rows []*row
}

// A key is what cells have in common that make a job.
type key struct {
	purpose vocab.Purpose
	abi     vocab.ABI // of the wheel that is built; "" for tests
	free    bool      // whether tests run on free-threaded Python
	from    source    // of the interpreter of tests
	os      string    // where steps differ by it
	test    string    // how it is tested, as one text
}

// A row is a cell in a job.
type row struct {
	*matrix.Cell

	test Test
	// Of tests in an image.
	image, dockerPlatform string
}

// layout makes jobs of the cells, those that build first. byOS keeps systems apart.
func (w *writer) layout(byOS bool) ([]*job, error) {
	if len(w.plan.Cells) == 0 && !w.pure {
		return nil, emptyError(w.plan)
	}
	type cell struct {
		identifier string
		purpose    vocab.Purpose
	}
	seen := map[cell]bool{}
	groups := map[key]*job{}
	var jobs []*job
	for i := range w.plan.Cells {
		c := &w.plan.Cells[i]
		id := cell{c.Identifier, c.Purpose}
		if seen[id] {
			return nil, fmt.Errorf("the plan has %s twice (%s)", c.Identifier, c.Purpose)
		}
		seen[id] = true
		k, r, err := w.place(c, byOS)
		if err != nil {
			return nil, err
		}
		if groups[k] == nil {
			groups[k] = &job{key: k}
			jobs = append(jobs, groups[k])
		}
		groups[k].rows = append(groups[k].rows, r)
	}
	slices.SortStableFunc(jobs, func(a, b *job) int {
		return cmp.Or(cmp.Compare(a.purpose, b.purpose), cmp.Compare(rank(&a.key), rank(&b.key)), cmp.Compare(a.from, b.from), cmp.Compare(a.os, b.os))
	})
	return w.split(jobs), nil
}

// place says which job a cell belongs to.
func (w *writer) place(c *matrix.Cell, byOS bool) (key, *row, error) {
	k := key{purpose: c.Purpose}
	r := &row{Cell: c}
	if byOS {
		k.os = c.Platform.OS()
	}
	if c.Purpose == vocab.PurposeBuild {
		k.abi = c.ABI
		return k, r, nil
	}
	k.free = c.Python.FreeThreaded
	r.test = w.Test(c)
	k.test = fmt.Sprintf("%q %t %q %q %q", r.test.Command, r.test.ImportOnly, r.test.Requires, r.test.Extras, r.test.Groups)
	switch {
	case c.Wheel != "" && !w.built(c.Wheel):
		return k, nil, fmt.Errorf("no cell builds %s, which %s tests", c.Wheel, c.Identifier)
	case c.Wheel == "" && !w.pure:
		return k, nil, fmt.Errorf("%s tests the wheel without compiled code, and cells build others", c.Identifier)
	}
	k.from = w.provide(c)
	if k.from == fromImage {
		if err := w.inImage(r); err != nil {
			return k, nil, err
		}
	}
	return k, r, nil
}

// built reports whether a cell of the plan builds the wheel of an identifier.
func (w *writer) built(identifier string) bool {
	return slices.ContainsFunc(w.plan.Cells, func(c matrix.Cell) bool { return c.Purpose == vocab.PurposeBuild && c.Identifier == identifier })
}

// flavour is the word for a job's ABI or interpreters in names.
func flavour(k *key) string {
	switch {
	case k.abi != "":
		return string(k.abi)
	case k.free:
		return string(vocab.ABIFreeThreaded)
	}
	return string(vocab.ABIGIL)
}

// rank orders jobs by flavour.
func rank(k *key) int {
	return slices.Index([]string{string(vocab.ABIGIL), string(vocab.ABIFreeThreaded), string(vocab.ABI3), string(vocab.ABI3T)}, flavour(k))
}

// split gives jobs their names and divides those that are too long.
func (w *writer) split(jobs []*job) []*job {
	names := map[string]int{}
	var all []*job
	for _, j := range jobs {
		base := string(j.purpose) + "-" + flavour(&j.key)
		switch j.from {
		case fromSetup:
		case fromUV:
			base += "-uv"
		case fromImage:
			base += "-image"
		}
		if j.os != "" {
			base += "-" + j.os
		}
		for rows := range slices.Chunk(j.rows, w.Rows) {
			part := &job{key: j.key, name: base, rows: rows}
			if names[base]++; names[base] > 1 {
				part.name += "-" + strconv.Itoa(names[base])
			}
			all = append(all, part)
		}
	}
	return all
}

// emptyError says why a plan has no cells.
func emptyError(plan *matrix.Plan) error {
	if len(plan.Dropped) == 0 {
		return errors.New("the matrix is empty")
	}
	var reasons []string
	for i := range plan.Dropped {
		d := &plan.Dropped[i]
		if reason := string(d.Cause) + ": " + d.Reason; !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	const most = 4
	if len(reasons) > most {
		reasons = append(reasons[:most], "…")
	}
	return fmt.Errorf("the matrix is empty: all %d cells are dropped (%s)", len(plan.Dropped), strings.Join(reasons, "; "))
}
