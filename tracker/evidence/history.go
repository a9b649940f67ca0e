package evidence

import (
	"slices"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// History is all that is known of one project, each kind in the order of time.
type History struct {
	Project      Project       `json:"project"`
	Observations []Observation `json:"observations"`
	// Files are all that were ever listed, in the order of [File.Since], then of
	// their names.
	Files []File `json:"files"`
	// Events are what happened to them, each file's appearing first.
	Events   []FileEvent `json:"events"`
	Metadata []Metadata  `json:"metadata"`
	// Static is what reading showed, by the file's digest: under the newest rules
	// that it was read by.
	Static   map[string]*Static `json:"static"`
	Probes   []Probe            `json:"probes"`
	Upstream []Upstream         `json:"upstream"`
	// Downloads are what lists said, in the order of their dates.
	Downloads []Downloads `json:"downloads,omitempty"`
}

// A FileState is a file at some time.
type FileState struct {
	File   *File
	Yanked bool
	Reason string // for yanking it
}

// Present returns the files that the index listed at a time, in the order of
// Files. A file counts as listed from its upload on, unless a later look did not find
// it; before the first look that is all there is to go by. An index does not tell
// what was deleted before anybody looked, nor when a file was yanked: one that was
// yanked when it was first seen counts as yanked from the beginning.
func (h *History) Present(at time.Time) []FileState {
	type key struct{ name, sha256 string }
	type state struct {
		gone, yanked bool
		reason       string
	}
	firstSeen := make(map[key]time.Time, len(h.Files))
	for i := range h.Files {
		f := &h.Files[i]
		firstSeen[key{f.Name, f.SHA256}] = f.FirstSeen
	}
	states := make(map[key]state)
	for i := range h.Events {
		e := &h.Events[i]
		k := key{e.Name, e.SHA256}
		if e.At.After(at) && !e.At.Equal(firstSeen[k]) {
			continue
		}
		s := states[k]
		switch e.Kind {
		case vocab.FileYanked:
			s.yanked, s.reason = true, e.Reason
		case vocab.FileUnyanked:
			s.yanked, s.reason = false, ""
		case vocab.FileVanished:
			s.gone = true
		case vocab.FileReturned:
			s.gone = false
		case vocab.FileAppeared:
			continue
		}
		states[k] = s
	}
	pages := h.pages()
	var present []FileState
	for i := range h.Files {
		f := &h.Files[i]
		if f.Since().After(at) || f.FirstSeen.After(at) && seenSince(pages, at, f.FirstSeen) {
			continue
		}
		if s := states[key{f.Name, f.SHA256}]; !s.gone {
			present = append(present, FileState{f, s.yanked, s.reason})
		}
	}
	return present
}

// pages are the times of the looks that found the project's page.
func (h *History) pages() []time.Time {
	var at []time.Time
	for i := range h.Observations {
		if o := &h.Observations[i]; o.Outcome == vocab.ObservedChanged || o.Outcome == vocab.ObservedUnchanged {
			at = append(at, o.At)
		}
	}
	return at
}

// seenSince reports whether one of the times, which are in order, is neither before
// from nor as late as before.
func seenSince(times []time.Time, from, before time.Time) bool {
	i, _ := slices.BinarySearchFunc(times, from, time.Time.Compare)
	return i < len(times) && times[i].Before(before)
}

// LastLook returns the last look no later than a time that brought an answer,
// which includes that the project is missing, and the last one of all, which may
// have failed; nil where there was none.
func (h *History) LastLook(at time.Time) (answered, last *Observation) {
	for i := range h.Observations {
		o := &h.Observations[i]
		if o.At.After(at) {
			break
		}
		last = o
		if o.Outcome != vocab.ObservedFailed {
			answered = o
		}
	}
	return answered, last
}
