package evidence

import (
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
}

// A FileState is a file at some time.
type FileState struct {
	File   *File
	Yanked bool
	Reason string // for yanking it
}

// Present returns the files that the index listed at a time, in the order of
// Files. Before the first look at the project that is told by the times of upload:
// a file that was uploaded by then and is known counts as listed, since an index
// does not tell when a file was yanked or what was deleted before anybody looked. A
// file yanked when it was first seen is therefore yanked at all times before.
func (h *History) Present(at time.Time) []FileState {
	type key struct{ name, sha string }
	type state struct {
		gone, yanked bool
		reason       string
	}
	states := make(map[key]state)
	seen := make(map[key]time.Time, len(h.Files))
	for i := range h.Files {
		f := &h.Files[i]
		seen[key{f.Name, f.SHA256}] = f.FirstSeen
	}
	for _, e := range h.Events {
		k := key{e.Name, e.SHA256}
		if e.At.After(at) && !e.At.Equal(seen[k]) {
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
		}
		states[k] = s
	}
	var present []FileState
	for i := range h.Files {
		f := &h.Files[i]
		if f.Since().After(at) {
			continue
		}
		if s := states[key{f.Name, f.SHA256}]; !s.gone {
			present = append(present, FileState{f, s.yanked, s.reason})
		}
	}
	return present
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
