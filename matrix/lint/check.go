package lint

import (
	"io/fs"

	"github.com/ftpkg/ftpkg/matrix"
)

// A Source is a file to check: a workflow, or a pyproject.toml, whose name ends so.
type Source struct {
	Name string
	Text string
}

// Options say how to check. The zero value is all rules, on the files alone.
type Options struct {
	// Tables are the facts about runners and tools; nil is [matrix.DefaultTables].
	Tables *matrix.Tables
	// Today is the day to judge for, such as "2026-11-21"; on none, what has an end
	// has ended.
	Today  string
	Choice Choice
	// Project is the directory of the project that the files belong to: its other
	// workflows and its tests' settings are read. nil is none.
	Project fs.FS
	// Sources are the names, within Project, of those files that are also sources.
	Sources []string
}

// Check checks files. An error is a file that is no workflow and no TOML; it names the
// file and, if it can, the line.
func Check(sources []Source, opts Options) (*Report, error) {
	w, err := newWorld(sources, opts)
	if err != nil {
		return nil, err
	}
	w.checkTwice()
	for _, j := range w.jobs {
		w.checkRunners(j)
		w.checkCibuildwheel(j)
		w.checkFlavours(j)
		w.checkVersions(j)
		w.checkTests(j)
		w.checkMatrix(j)
	}
	w.checkProject()
	w.checkHalves()
	w.report.Findings = arrange(w.report.Findings, w.report.Files)
	return w.report, nil
}
