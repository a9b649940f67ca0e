package resolver_test

import (
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/resolver/validate"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// ask resolves a universe's question for targets given as "3.14t linux-x86_64";
// change, if not nil, has the last word on the request. Every cell that can be
// satisfied is held to the independent checker.
func ask(t *testing.T, text string, targets []string, change func(*resolver.Request)) *resolver.Result {
	t.Helper()
	c, err := universe.Parse(t.Name(), "shows "+t.Name()+"\n"+text)
	if err != nil {
		t.Fatal(err)
	}
	var list []wheeltags.Target
	for _, name := range targets {
		target, err := wheeltags.ParseTarget(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, target)
	}
	req, err := c.Request(vocab.LikeUV, list...)
	if err != nil {
		t.Fatal(err)
	}
	req.Pythons = []int{14, 15}
	if change != nil {
		change(req)
	}
	index := c.Memory()
	r, err := resolver.Resolve(t.Context(), index, req)
	if err != nil {
		t.Fatal(err)
	}
	check := func(cells []resolver.Cell) {
		for i := range cells {
			if !cells[i].Satisfiable {
				continue // nothing to hold it to: a package is missing
			}
			violations, err := validate.Cell(t.Context(), index, req, list[i], &cells[i])
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range violations {
				t.Errorf("%s: %v", cells[i].Name(), v)
			}
		}
	}
	check(r.Targets)
	if r.Aligned != nil {
		check(r.Aligned.Cells)
	}
	return r
}

// version returns what a cell gets of a package, "none" if it does not need it.
func version(r *resolver.Result, cell int, name string) string {
	p, ok := r.Targets[cell].Package(name)
	if !ok {
		return "none"
	}
	return p.Version
}
