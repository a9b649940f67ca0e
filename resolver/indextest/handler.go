package indextest

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/universe"
)

// modified is the time every body says it was last changed at.
var modified = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// site is a mounted universe and the bodies made of it so far.
type site struct {
	universe *universe.Universe
	config   config

	mu     sync.Mutex
	bodies map[string][]byte
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	st, req := s.route(r.URL.EscapedPath())
	req.Method, req.Range, req.Accept = r.Method, r.Header.Get("Range"), r.Header.Get("Accept")
	req.UserAgent = r.UserAgent()
	w := &writer{ResponseWriter: rw, cut: -1}
	defer func() {
		req.Status, req.Sent = w.status, w.sent
		s.record(req)
	}()
	if st == nil || req.Kind == Unknown {
		http.NotFound(w, r)
		return
	}
	if c := st.config; c.user != "" {
		if user, password, ok := r.BasicAuth(); !ok || user != c.user || password != c.password {
			w.Header().Set("WWW-Authenticate", `Basic realm="index"`)
			http.Error(w, "credentials required", http.StatusUnauthorized)
			return
		}
	}
	fault := s.fault(req.Kind, req.Name)
	if fault == nil {
		fault = &Fault{}
	}
	if !w.suffer(r, fault) {
		return
	}
	st.answer(w, r, &req, fault)
}

// suffer does what a fault does before a body is made, and reports whether one
// is wanted.
func (w *writer) suffer(r *http.Request, f *Fault) bool {
	if f.Delay > 0 {
		select {
		case <-time.After(f.Delay):
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	}
	if f.Reset {
		panic(http.ErrAbortHandler)
	}
	maps.Copy(w.Header(), f.Header)
	if f.Status != 0 {
		if f.ContentType != "" {
			w.Header().Set("Content-Type", f.ContentType)
		}
		w.WriteHeader(f.Status)
		_, _ = w.Write(f.Body) // a client that is gone is its own affair
		return false
	}
	switch {
	case f.Cut > 0:
		w.cut = f.Cut
	case f.Cut < 0:
		w.cut = 0
	}
	if f.Hang {
		w.hang = r.Context().Done()
	}
	return true
}

// answer sends what was asked for.
func (st *site) answer(w *writer, r *http.Request, req *Request, f *Fault) {
	body, kind, ok, err := st.body(req, r.Header.Get("Accept"))
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	case !ok:
		http.NotFound(w, r)
		return
	}
	body = f.spoil(body)
	h := w.Header()
	h.Set("Content-Type", kind)
	if f.ContentType != "" {
		h.Set("Content-Type", f.ContentType)
	}
	page := req.Kind == Page || req.Kind == Root || req.Kind == Document
	if page {
		h.Set("Vary", "Accept, Accept-Encoding")
		if c := st.config.cacheControl; c != "" {
			h.Set("Cache-Control", c)
		}
	}
	var mtime time.Time
	switch st.config.validator {
	case ETag:
		sum := sha256.Sum256(body)
		h.Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	case LastModified:
		mtime = modified
	case NoValidator:
	}
	if page || st.config.ranges == RangesIgnored {
		r = r.Clone(r.Context())
		r.Header.Del("Range")
		w.noRanges = true
	}
	if st.config.ranges == SuffixRefused && strings.HasPrefix(r.Header.Get("Range"), "bytes=-") {
		h.Set("Content-Range", "bytes */"+strconv.Itoa(len(body)))
		http.Error(w, "no suffix ranges", http.StatusRequestedRangeNotSatisfiable)
		return
	}
	if page && st.config.gzip && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = compress(body)
	}
	http.ServeContent(w, r, "", mtime, bytes.NewReader(body))
}

// spoil changes a body as the fault says; the body given is kept as it is.
func (f *Fault) spoil(body []byte) []byte {
	if f.Body != nil {
		body = f.Body
	}
	if f.Corrupt && len(body) > 0 {
		body = bytes.Clone(body)
		body[len(body)/2] ^= 0xff
	}
	if f.Pad > 0 {
		body = append(bytes.Clone(body), bytes.Repeat([]byte(" "), int(f.Pad))...)
	}
	return body
}

func compress(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(body) // a bytes.Buffer takes everything
	_ = z.Close()
	return b.Bytes()
}

// body returns what a request asks for and its media type; ok is false if there
// is no such thing.
func (st *site) body(req *Request, accept string) (body []byte, kind string, ok bool, err error) {
	x := st.universe.Index(req.Index)
	if x == nil {
		return nil, "", false, nil
	}
	switch req.Kind {
	case Root:
		kind = st.negotiate(accept)
		body, err = st.once(req.Index+" "+kind, func() ([]byte, error) { return rootPage(x, kind == typeJSON) })
		return body, kind, true, err
	case Page, Document:
		p := x.Project(pep508.NormalizeName(req.Name))
		if p == nil || req.Kind == Document && st.config.noDocuments {
			return nil, "", false, nil
		}
		if req.Kind == Document {
			body, err = st.once(req.Index+" document "+req.Name, func() ([]byte, error) { return projectDocument(p) })
			return body, "application/json", true, err
		}
		kind = st.negotiate(accept)
		body, err = st.once(req.Index+" "+kind+" "+req.Name, func() ([]byte, error) {
			if kind == typeJSON {
				return jsonPage(p)
			}
			return htmlPage(p, st.config.serve != universe.ServePlain)
		})
		return body, kind, true, err
	case Metadata, File, Unknown:
	}
	f := x.File(req.Name)
	switch {
	case f == nil:
		return nil, "", false, nil
	case req.Kind == Metadata:
		body = f.Beside()
		if st.config.serve == universe.ServePlain {
			body = nil
		}
		return body, "application/octet-stream", body != nil, nil
	}
	body, err = st.once(req.Index+" file "+req.Name, f.Bytes)
	return body, "application/octet-stream", true, err
}

// once makes a body the first time it is asked for.
func (st *site) once(key string, body func() ([]byte, error)) ([]byte, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if b, ok := st.bodies[key]; ok {
		return b, nil
	}
	b, err := body()
	if err == nil {
		st.bodies[key] = b
	}
	return b, err
}

// negotiate picks the media type of a page (PEP 691).
func (st *site) negotiate(accept string) string {
	if st.config.serve != universe.ServeJSON {
		return typeText
	}
	best, weight := typeText, 0.0
	for part := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			if n, err := strconv.ParseFloat(v, 64); err == nil {
				q = n
			}
		}
		switch name = strings.TrimSpace(name); name {
		case typeJSON, typeHTML, typeText:
		case "application/vnd.pypi.simple.latest+json":
			name = typeJSON
		default:
			continue
		}
		if q > weight {
			best, weight = name, q
		}
	}
	return best
}

// writer counts what is sent and stops where a fault says so.
type writer struct {
	http.ResponseWriter
	status   int
	sent     int64
	cut      int64 // bytes still to send before the end, below 0: all
	hang     <-chan struct{}
	noRanges bool
}

func (w *writer) WriteHeader(status int) {
	if w.noRanges {
		w.Header().Del("Accept-Ranges")
	}
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *writer) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	stop := w.cut >= 0 && int64(len(b)) > w.cut
	if stop {
		b = b[:w.cut]
	}
	n, err := w.ResponseWriter.Write(b)
	w.sent += int64(n)
	if w.cut >= 0 {
		w.cut -= int64(n)
	}
	if stop && err == nil {
		_ = http.NewResponseController(w.ResponseWriter).Flush()
		if w.hang != nil {
			<-w.hang
		}
		panic(http.ErrAbortHandler)
	}
	return n, err
}
