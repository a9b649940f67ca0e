package indextest

import (
	"net/http"
	"time"
)

// Kind is what a request is for.
type Kind string

// The kinds of requests.
const (
	Root     Kind = "root"     // the list of projects
	Page     Kind = "page"     // a project's page
	Document Kind = "document" // a project's JSON document with upload times
	Metadata Kind = "metadata" // the metadata beside a file
	File     Kind = "file"     // a file, or a part of it
	Unknown  Kind = "unknown"  // anything else
)

// Fault is a way to misbehave. The zero values of Kind, Name and Times match
// every request for ever; the zero values of the others change nothing. When
// several faults match a request, the first injected wins.
type Fault struct {
	// Kind and Name say which requests are hit: Name is a project's normalised
	// name or a file name.
	Kind Kind
	Name string
	// Times is how many requests are hit before the fault is gone.
	Times int

	// Delay is how long the server thinks before it answers.
	Delay time.Duration
	// Status answers with this code and an empty body, or Body if given.
	Status int
	// Header is added to the answer: Retry-After, Location.
	Header http.Header
	// Body replaces the body. ContentType replaces its type.
	Body        []byte
	ContentType string
	// Corrupt changes one byte in the middle of the body.
	Corrupt bool
	// Pad adds so many spaces to the end of the body.
	Pad int64
	// Cut ends the body after so many bytes, while Content-Length still names
	// the whole: the connection is closed, or with Hang left open until the
	// client goes away. Negative: before the first byte.
	Cut  int64
	Hang bool
	// Reset closes the connection without an answer.
	Reset bool
}

// injected is a fault and how often it has still to strike.
type injected struct {
	Fault
	left int // below 0: for ever
}

// Inject makes the server misbehave from now on.
func (s *Server) Inject(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		left := f.Times
		if left == 0 {
			left = -1
		}
		s.faults = append(s.faults, &injected{f, left})
	}
}

// Heal takes all faults away.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// fault returns what strikes a request, counted off.
func (s *Server) fault(k Kind, name string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.left == 0 || f.Kind != "" && f.Kind != k || f.Name != "" && f.Name != name {
			continue
		}
		f.left--
		return &f.Fault
	}
	return nil
}
