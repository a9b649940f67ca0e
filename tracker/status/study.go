package status

import (
	"time"

	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// A Study is a project's history with the names of its files read, for several
// questions. It must not be used by several goroutines at once, and the history must
// not be changed but for metadata that are added.
type Study struct {
	deriver *Deriver
	project *project

	// spans are those until a time.
	spans []span
	until time.Time
	known bool
}

// Study reads a history.
func (d *Deriver) Study(h *evidence.History) *Study { return &Study{deriver: d, project: read(h)} }

// Package is [Deriver.Package].
func (s *Study) Package(at time.Time) *Package { return s.deriver.derive(s.project, at, false) }

// Events is [Deriver.Events].
func (s *Study) Events(from, to time.Time) []Event {
	return s.deriver.events(s.project, s.spansUntil(to), from)
}

// Marks is [Deriver.Marks].
func (s *Study) Marks(until time.Time) []Mark { return s.deriver.marks(s.spansUntil(until)) }

// Read is [Deriver.Read].
func (s *Study) Read(at time.Time) []*evidence.File { return s.deriver.read(s.project, at) }

// Described is [Deriver.Described].
func (s *Study) Described(at time.Time) []*evidence.File { return s.deriver.described(s.project, at) }

// Requirements is [Deriver.Requirements].
func (s *Study) Requirements(at time.Time) []string { return s.deriver.required(s.project, at) }

func (s *Study) spansUntil(until time.Time) []span {
	if !s.known || !s.until.Equal(until) {
		s.spans, s.until, s.known = s.deriver.spans(s.project, until), until, true
	}
	return s.spans
}
