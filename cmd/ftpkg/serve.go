package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/tracker/publish"
	"github.com/ftpkg/ftpkg/tracker/site"
	"github.com/ftpkg/ftpkg/tracker/status"
)

func serveCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "serve", Usage: "show the site on this machine, with the facts as JSON",
		Description: `Serves the site that ftpkg publish makes, from memory, until Ctrl-C; when the store has new facts, so has the site within seconds. Beside it:

  /api/status          the document of ftpkg track status, of all packages
  /api/packages/NAME   the same of one
  /api/events          what changed, as ftpkg track events; ?since=2026-11-01 ?package=NAME ?regressions

It listens on this machine alone unless another address is given; there is neither a password nor encryption.`,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "listen", Category: groupPlace, Value: "127.0.0.1:8000", Usage: "answer at `ADDRESS`, a host and a port; port 0 is any that is free"},
		}, siteFlags(), storeFlags(), settingsFlags()),
		Action: action(env, 0, 0, runServe),
	}
}

func runServe(c *cli.Context, env Env) error {
	q, err := readSiteQuestion(c, env)
	if err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(c.String("listen"))
	if err != nil {
		return usagef("flag --listen: give a host and a port: 127.0.0.1:8000")
	}
	first, err := q.edition(c.Context, env)
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(c.Context, "tcp", c.String("listen"))
	if err != nil {
		return hintf(usagef("flag --listen: %w", err), "take another port: --listen 127.0.0.1:0")
	}
	local := isLoopback(host)
	if !local {
		warnf(env.Stderr, "whoever reaches %s can read this", listener.Addr())
	}
	s := &siteServer{local: local}
	s.current.Store(first)
	if _, err := fmt.Fprintf(env.Direct, "http://%s/\n", listener.Addr()); err != nil {
		return errors.Join(err, listener.Close())
	}
	ctx, cancel := context.WithCancel(c.Context)
	defer cancel()
	go q.follow(ctx, env, s)
	return s.serve(ctx, env, listener)
}

// isLoopback reports whether only this machine reaches a host.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// An edition is a site in memory.
type edition struct {
	in    *site.Input
	files map[string][]byte
	rows  map[string]*status.Package
}

func (q *siteQuestion) edition(ctx context.Context, env Env) (*edition, error) {
	in, err := q.input(ctx, env)
	if err != nil {
		return nil, err
	}
	s := &edition{in: in, files: map[string][]byte{}, rows: map[string]*status.Package{}}
	err = site.Each(in, func(f site.File) error {
		s.files[f.Path] = f.Data
		return nil
	})
	for _, p := range in.Document.Packages {
		s.rows[p.Name] = p
	}
	return s, err
}

// lookEvery is how often the store is asked whether it has new facts.
const lookEvery = 5 * time.Second

// follow keeps the site as new as the store.
func (q *siteQuestion) follow(ctx context.Context, env Env, s *siteServer) {
	if q.moment {
		return // that does not change
	}
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	said := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		err := q.refresh(ctx, env, s)
		if text := fmt.Sprint(err); err != nil && ctx.Err() == nil && text != said {
			warnf(env.Stderr, "the site stays as it is: %v", err)
			said = text
		}
	}
}

func (q *siteQuestion) refresh(ctx context.Context, env Env, s *siteServer) error {
	st, err := q.readStore(ctx, env)
	if err != nil {
		return err
	}
	at, err := publish.Moment(ctx, st)
	if err = errors.Join(err, st.Close()); err != nil || at.IsZero() || at.Equal(s.current.Load().in.Document.Generated) {
		return err
	}
	next, err := q.edition(ctx, env)
	if err != nil {
		return err
	}
	s.current.Store(next)
	return nil
}

// A siteServer answers from an edition.
type siteServer struct {
	current atomic.Pointer[edition]
	local   bool // only this machine is answered
}

// How long a client may take, and the server once it is told to stop.
const (
	headerPatience = 5 * time.Second
	readPatience   = 10 * time.Second
	writePatience  = time.Minute
	idlePatience   = time.Minute
	stopPatience   = 3 * time.Second
	headerMost     = 16 << 10
)

func (s *siteServer) serve(ctx context.Context, env Env, l net.Listener) error {
	h := &http.Server{
		Handler: s.handler(), ReadHeaderTimeout: headerPatience, ReadTimeout: readPatience, WriteTimeout: writePatience, IdleTimeout: idlePatience,
		MaxHeaderBytes: headerMost, ErrorLog: log.New(env.Stderr, "ftpkg: ", 0),
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		shut, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopPatience)
		defer cancel()
		err := h.Shutdown(shut)
		if errors.Is(err, context.DeadlineExceeded) {
			err = h.Close()
		}
		stopped <- err
	}()
	if err := h.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// handler answers requests for the site's files and the API.
func (s *siteServer) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/status", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, s.current.Load().in.Document)
	})
	mux.HandleFunc("GET /api/packages/{name}", func(w http.ResponseWriter, r *http.Request) {
		now := s.current.Load()
		p := now.rows[r.PathValue("name")]
		if p == nil {
			refuse(w, http.StatusNotFound, "that package is not tracked")
			return
		}
		doc := *now.in.Document
		doc.Packages = []*status.Package{p}
		answer(w, http.StatusOK, &doc)
	})
	mux.HandleFunc("GET /api/events", s.events)
	mux.HandleFunc("GET /api/", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotFound, "there is no such question")
	})
	mux.HandleFunc("GET /", s.file)
	return s.guard(mux)
}

// guard sets what every answer says, and refuses requests that came here under
// another name: a page of somebody else's whose name was pointed at this machine.
func (s *siteServer) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-cache")
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if s.local && !isLoopback(strings.Trim(host, "[]")) {
			http.Error(w, "this is not "+http.StatusText(http.StatusMisdirectedRequest), http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// file answers with a file of the site.
func (s *siteServer) file(w http.ResponseWriter, r *http.Request) {
	files := s.current.Load().files
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	data, ok := files[name]
	if _, folder := files[name+"/index.html"]; !ok && folder {
		http.Redirect(w, r, "/"+name+"/", http.StatusMovedPermanently) //nolint:gosec // name is that of a folder of ours
		return
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", contentType(name))
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(data)))
}

// contentType does not ask the system, whose tables differ.
func contentType(name string) string {
	_, ext, _ := strings.Cut(name[strings.LastIndexByte(name, '/')+1:], ".")
	if i := strings.LastIndexByte(ext, '.'); i >= 0 {
		ext = ext[i+1:]
	}
	types := map[string]string{
		"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
		"json": "application/json", "jsonl": "application/jsonl", "atom": "application/atom+xml", "csv": "text/csv; charset=utf-8", "png": "image/png",
	}
	return cmp.Or(types[ext], "text/plain; charset=utf-8")
}

// events answers what changed, the newest first.
func (s *siteServer) events(w http.ResponseWriter, r *http.Request) {
	in := s.current.Load().in
	query := r.URL.Query()
	doc := &eventsDocument{Schema: eventsSchema, To: in.Document.Generated, RuleVersion: in.Document.RuleVersion, Events: []status.Event{}}
	if text := query.Get("since"); text != "" {
		var err error
		if doc.From, err = time.Parse(time.DateOnly, text); err != nil {
			refuse(w, http.StatusBadRequest, "since: give a day (2026-11-01)")
			return
		}
	}
	name := query.Get("package")
	for i := range in.Events {
		e := &in.Events[i]
		if !e.At.Before(doc.From) && (name == "" || e.Package == name) && (!query.Has("regressions") || e.Kind.IsRegression()) {
			doc.Events = append(doc.Events, *e)
		}
	}
	answer(w, http.StatusOK, doc)
}

// answer writes a document. A client that is gone by then misses nothing.
func answer(w http.ResponseWriter, code int, doc any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = writeJSON(w, doc)
}

func refuse(w http.ResponseWriter, code int, why string) {
	answer(w, code, map[string]string{"error": why})
}
