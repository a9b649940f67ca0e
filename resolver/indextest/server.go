package indextest

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/ftpkg/ftpkg/resolver/universe"
)

// Server serves universes on a loopback address. Its methods are safe for
// concurrent use.
type Server struct {
	http     *http.Server
	listener net.Listener

	mu     sync.Mutex
	mounts map[string]*site
	faults []*injected
	log    []Request
}

// NewServer starts a server for one universe, which may be nil. It panics if the
// machine has no loopback interface to listen on, as there is nothing a test
// could do about that.
func NewServer(u *universe.Universe, opts ...Option) *Server {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("indextest: %v", err))
	}
	s := &Server{listener: l, mounts: map[string]*site{}}
	s.http = &http.Server{Handler: s, ErrorLog: log.New(io.Discard, "", 0)}
	if u != nil {
		s.Mount("", u, opts...)
	}
	go func() { _ = s.http.Serve(l) }() // returns once Close is called
	return s
}

// Mount serves a further universe below /name/, or at the root for "". A
// universe mounted there before is replaced.
func (s *Server) Mount(name string, u *universe.Universe, opts ...Option) {
	c := config{serve: universe.ServeJSON, cacheControl: "max-age=600"}
	for _, o := range opts {
		o(&c)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mounts[name] = &site{universe: u, config: c, bodies: map[string][]byte{}}
}

// Unmount stops serving a universe.
func (s *Server) Unmount(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.mounts, name)
}

// Close stops the server and breaks its connections off.
func (s *Server) Close() { _ = s.http.Close() }

// URL returns the server's address without a slash at its end.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// IndexURL returns the URL of an index of the universe at the root, as
// installers take it.
func (s *Server) IndexURL(index string) string { return s.MountURL("", index) }

// MountURL returns the URL of an index of a mounted universe.
func (s *Server) MountURL(mount, index string) string {
	return s.base(mount) + "/" + index + "/simple/"
}

// FileURL returns the URL of a file of the universe at the root.
func (s *Server) FileURL(index, filename string) string {
	return s.URL() + universe.FilePath(index, filename)
}

// Rebase replaces [universe.Origin] in a requirement by the address under which
// the server has the mounted universe.
func (s *Server) Rebase(mount, requirement string) string {
	return strings.ReplaceAll(requirement, universe.Origin, s.base(mount))
}

func (s *Server) base(mount string) string {
	if mount == "" {
		return s.URL()
	}
	return s.URL() + "/" + mount
}

// route finds what a path means. The site is nil if there is nothing.
func (s *Server) route(path string) (st *site, req Request) {
	req = Request{Kind: Unknown, Path: path}
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i := range parts {
		if p, err := url.PathUnescape(parts[i]); err == nil {
			parts[i] = p
		}
	}
	s.mu.Lock()
	st, ok := s.mounts[parts[0]]
	if ok && parts[0] != "" {
		req.Mount, parts = parts[0], parts[1:]
	} else {
		st = s.mounts[""]
	}
	s.mu.Unlock()
	if st == nil || len(parts) < 2 {
		return nil, req
	}
	req.Index = parts[0]
	rest := parts[1:]
	switch {
	case rest[0] == "simple" && len(rest) == 2 && rest[1] == "":
		req.Kind = Root
	case rest[0] == "simple" && len(rest) == 3 && rest[2] == "":
		req.Kind, req.Name = Page, rest[1]
	case rest[0] == "pypi" && len(rest) == 3 && rest[2] == "json":
		req.Kind, req.Name = Document, rest[1]
	case rest[0] == "files" && len(rest) == 2:
		req.Kind, req.Name = File, rest[1]
		if name, ok := strings.CutSuffix(rest[1], ".metadata"); ok {
			req.Kind, req.Name = Metadata, name
		}
	}
	return st, req
}
