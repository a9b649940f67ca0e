package indextest

// Request is one request the server answered.
type Request struct {
	Kind Kind
	// Name is the project's normalised name or the file's name.
	Name string
	// Mount and Index say which universe and index it went to.
	Mount, Index string
	Method, Path string
	// Range and Accept are the headers of that name.
	Range, Accept string
	UserAgent     string
	// Status is 0 when the connection was closed without an answer.
	Status int
	// Sent is the number of bytes of the body that went out.
	Sent int64
}

// Log returns the requests so far, in the order they were finished.
func (s *Server) Log() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.log...)
}

// Count returns how many requests of the kinds were answered, all if none is
// given.
func (s *Server) Count(kinds ...Kind) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.log {
		for _, k := range kinds {
			if r.Kind == k {
				n++
			}
		}
	}
	if len(kinds) == 0 {
		n = len(s.log)
	}
	return n
}

// ResetLog forgets the requests so far.
func (s *Server) ResetLog() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
}

func (s *Server) record(r Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, r)
}
