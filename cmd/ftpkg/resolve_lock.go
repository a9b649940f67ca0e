package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/lock"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// writeLock writes the aligned answer as a lock that serves every cell, or as a
// requirements file with hashes.
func (o *resolveOptions) writeLock(w io.Writer, r *resolver.Result, day string) error {
	cells := r.Targets
	if r.Aligned != nil {
		cells = r.Aligned.Cells
	}
	list := make([]lock.Cell, len(cells))
	for i := range cells {
		if c := &cells[i]; !c.Satisfiable {
			var blocked []string
			for _, p := range c.Problems {
				blocked = append(blocked, strings.TrimSpace(p.Package+" "+string(p.Kind)))
			}
			return hintf(&refusalError{fmt.Errorf("%s cannot be locked: %s", c.Name(), strings.Join(blocked, ", "))},
				"leave --format %s out to see why, or leave the cell out with --python or --platform", o.format)
		}
		list[i] = lockCell(&cells[i], pep508.EnvironmentFor(o.targets[i]))
	}
	doc, divergences := lock.Assemble(list)
	if doc == nil {
		texts := make([]string, len(divergences))
		for i, d := range divergences {
			texts[i] = d.String()
		}
		return &refusalError{errors.New(strings.Join(texts, "\n"))}
	}
	doc.Comment = []string{"Made by ftpkg on " + day + " for " + strings.Join(cellNames(cells), ", ")}
	if o.format == "requirements" {
		return lock.WriteRequirements(w, doc)
	}
	return lock.WritePylock(w, doc)
}

func cellNames(cells []resolver.Cell) []string {
	names := make([]string, len(cells))
	for i := range cells {
		names[i] = cells[i].Name()
	}
	return names
}

// lockCell turns a cell of the answer into one a lock is made of.
func lockCell(c *resolver.Cell, env *pep508.Environment) lock.Cell {
	out := lock.Cell{Name: c.Name(), Env: env}
	requires := map[string][]string{}
	for _, p := range c.Packages {
		for _, by := range p.RequiredBy {
			if by != "" {
				requires[by] = append(requires[by], p.Name)
			}
		}
	}
	for _, p := range c.Packages {
		file := simple.RawFile{Filename: p.File, URL: p.URL, Size: p.Size}
		if p.SHA256 != "" {
			file.Hashes = []simple.Hash{{Algorithm: "sha256", Hex: p.SHA256}}
		}
		if t, err := time.Parse(time.RFC3339, p.Uploaded); err == nil {
			file.Uploaded = t.Unix()
		}
		out.Packages = append(out.Packages, lock.CellPackage{
			Name: p.Name, Version: p.Version, Index: fetch.Redact(p.Index), File: file,
			Sdist: p.FileKind == vocab.FileSdist, Direct: p.Direct, Requires: requires[p.Name],
		})
	}
	return out
}
