//go:build unix

package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// A server is a world as an index over loopback: /json/simple/ has pages as JSON,
// with upload times and sizes; /html/simple/ has them as HTML without, and the times
// in a document of each project, as indexes of that age do. Pages are to be asked for
// anew each time and have a mark by which they are known.
type server struct {
	world    *world
	http     *http.Server
	url      string // of the host, with a slash at its end
	requests atomic.Int64
	lost     atomic.Int64 // asked for, and not there
}

func serve(ctx context.Context, w *world) (*server, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{world: w, url: "http://" + l.Addr().String() + "/"}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.http.Serve(l) }() // until Close
	return s, nil
}

func (s *server) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	s.requests.Add(1)
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) < 3 {
		s.missing(rw)
		return
	}
	flavour, what, p := parts[0], parts[1], s.world.byName[parts[2]]
	switch {
	case p == nil:
		s.missing(rw)
	case what == "simple" && flavour == "html":
		page(rw, r, "text/html", p.html)
	case what == "simple":
		page(rw, r, "application/vnd.pypi.simple.v1+json", p.json)
	case what == "pypi" && flavour == "html":
		page(rw, r, "application/json", p.document)
	case what == "files" && len(parts) == 4:
		s.file(rw, r, p, parts[3])
	default:
		s.missing(rw)
	}
}

// missing answers what should not have been asked.
func (s *server) missing(rw http.ResponseWriter) {
	s.lost.Add(1)
	http.Error(rw, "not found", http.StatusNotFound)
}

// page sends what is kept compressed, unless the client has it.
func page(rw http.ResponseWriter, r *http.Request, kind string, packed []byte) {
	// The check sum at the end of the compressed text.
	mark := `"` + strconv.Itoa(len(packed)) + "-" + strconv.FormatUint(uint64(packed[len(packed)-8])<<24|uint64(packed[len(packed)-7])<<16|uint64(packed[len(packed)-6])<<8|uint64(packed[len(packed)-5]), 16) + `"`
	h := rw.Header()
	h.Set("ETag", mark)
	h.Set("Cache-Control", "max-age=0")
	h.Set("Vary", "Accept, Accept-Encoding")
	if r.Header.Get("If-None-Match") == mark {
		rw.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Encoding", "gzip")
	h.Set("Content-Length", strconv.Itoa(len(packed)))
	_, _ = rw.Write(packed)
}

func (s *server) file(rw http.ResponseWriter, r *http.Request, p *pack, name string) {
	if wheel, ok := strings.CutSuffix(name, ".metadata"); ok {
		parts := strings.SplitN(wheel, "-", 3)
		if len(parts) == 3 && p.metadata[parts[1]] != nil {
			_, _ = rw.Write(p.metadata[parts[1]])
			return
		}
		s.missing(rw)
		return
	}
	data, ok := p.served[name]
	if !ok {
		s.missing(rw)
		return
	}
	rw.Header().Set("ETag", `"`+name+`"`)
	http.ServeContent(rw, r, name, time.Time{}, bytes.NewReader(data))
}
