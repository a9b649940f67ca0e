package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ftpkg/ftpkg/internal/snapshot"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

const jsonType = "application/vnd.pypi.simple.v1+json"

// A proxy hands on an index and notes what is read of it.
type proxy struct {
	upstream *url.URL
	client   *http.Client
	server   *http.Server
	listener net.Listener

	mu       sync.Mutex
	pages    map[string]*livePage // by project
	metadata map[string]string    // by file name
	read     map[string]*liveFile // files read themselves, by file name
	wheels   map[string][]byte    // wheels whose modules were read, reduced, by file name
	dated    map[string]bool      // projects whose upload times matter
	times    bool                 // they matter to the present command
	modules  bool                 // the present command reads modules
	whole    map[string]bool      // names of the wheels whose modules were read
	failed   error
}

// A livePage is a project's page as the index serves it.
type livePage struct {
	files  map[string]*liveFile
	parsed *simple.Project
}

type liveFile struct {
	name string
	url  string
}

func newProxy(ctx context.Context, upstream string) (*proxy, error) {
	u, err := url.Parse(strings.TrimRight(upstream, "/") + "/")
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{
		upstream: u, client: &http.Client{Timeout: 5 * time.Minute}, listener: listener,
		pages: map[string]*livePage{}, metadata: map[string]string{}, read: map[string]*liveFile{},
		wheels: map[string][]byte{}, whole: map[string]bool{}, dated: map[string]bool{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /simple/{project}/", p.servePage)
	mux.HandleFunc("GET /files/{project}/{file}", p.serveFile)
	p.server = &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() { _ = p.server.Serve(listener) }()
	return p, nil
}

func (p *proxy) close() { _ = p.server.Close() }

// note tells which command comes next.
func (p *proxy) note(args []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	first := ""
	if len(args) > 0 {
		first = args[0]
	}
	p.times = first == "track" || slices.Contains(args, "--exclude-newer") || slices.Contains(args, "gap")
	p.modules = slices.Contains([]string{"inspect", "ready", "check", "track"}, first)
}

func (p *proxy) indexURL() string { return "http://" + p.listener.Addr().String() + "/simple/" }

func (p *proxy) fail(w http.ResponseWriter, err error) {
	p.mu.Lock()
	p.failed = errors.Join(p.failed, err)
	p.mu.Unlock()
	http.Error(w, err.Error(), http.StatusBadGateway)
}

// failure returns what went wrong behind the proxy.
func (p *proxy) failure() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failed
}

// get fetches a URL of the upstream's.
func (p *proxy) get(ctx context.Context, link string, header http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return nil, err
	}
	maps.Copy(req.Header, header)
	return p.client.Do(req)
}

// body fetches a URL whole; the status must be 200.
func (p *proxy) body(ctx context.Context, link string, header http.Header) ([]byte, error) {
	resp, err := p.get(ctx, link, header)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, &statusError{link, resp.StatusCode}
	}
	return io.ReadAll(resp.Body)
}

type statusError struct {
	url    string
	status int
}

func (e *statusError) Error() string { return fmt.Sprintf("%s: status %d", e.url, e.status) }

// servePage hands on a project's page with file URLs that lead back here.
func (p *proxy) servePage(w http.ResponseWriter, r *http.Request) {
	project := r.PathValue("project")
	link := p.upstream.JoinPath(project, "/").String()
	body, err := p.body(r.Context(), link, http.Header{"Accept": {jsonType + ", text/html;q=0.1"}})
	if status := (*statusError)(nil); errors.As(err, &status) && status.status == http.StatusNotFound {
		http.NotFound(w, r)
		return
	}
	if err != nil {
		p.fail(w, err)
		return
	}
	page := &livePage{files: map[string]*liveFile{}}
	if page.parsed, err = simple.Parse(body, link, project); err != nil {
		p.fail(w, err)
		return
	}
	files := []map[string]any{}
	for _, rel := range page.parsed.Releases {
		for i := range rel.Files {
			f := &rel.Files[i]
			page.files[f.Filename] = &liveFile{f.Filename, page.parsed.FileURL(f)}
			files = append(files, describe(page.parsed, f))
		}
	}
	p.mu.Lock()
	p.pages[project] = page
	p.dated[project] = p.dated[project] || p.times
	p.mu.Unlock()
	w.Header().Set("Content-Type", jsonType)
	err = json.NewEncoder(w).Encode(map[string]any{
		"meta": map[string]string{"api-version": "1.0"}, "name": project, "files": files,
	})
	if err != nil {
		p.fail(w, err)
	}
}

// describe is a file as PEP 691 writes it, with a URL that leads back here.
func describe(page *simple.Project, f *simple.File) map[string]any {
	d := map[string]any{
		"filename": f.Filename, "url": "/files/" + page.Name + "/" + f.Filename, "hashes": map[string]string{},
		"requires-python": page.RequiresPython[f.RequiresPython], "core-metadata": f.Metadata.Offered,
	}
	if f.HasSHA256 {
		d["hashes"] = map[string]string{"sha256": hex.EncodeToString(f.SHA256[:])}
	}
	if f.Metadata.HasSHA256 {
		d["core-metadata"] = map[string]string{"sha256": hex.EncodeToString(f.Metadata.SHA256[:])}
	}
	if f.Yanked {
		d["yanked"] = true
		if f.YankedReason != "" {
			d["yanked"] = f.YankedReason
		}
	}
	if f.Uploaded > 0 {
		d["upload-time"] = time.Unix(f.Uploaded, 0).UTC().Format(time.RFC3339)
	}
	return d
}

// serveFile hands on a metadata file, or parts of a distribution.
func (p *proxy) serveFile(w http.ResponseWriter, r *http.Request) {
	name, isMetadata := strings.CutSuffix(r.PathValue("file"), ".metadata")
	p.mu.Lock()
	page := p.pages[r.PathValue("project")]
	p.mu.Unlock()
	if page == nil || page.files[name] == nil {
		http.NotFound(w, r)
		return
	}
	file := page.files[name]
	if isMetadata {
		text, err := p.body(r.Context(), file.url+".metadata", nil)
		if err != nil {
			p.fail(w, err)
			return
		}
		p.mu.Lock()
		p.metadata[name] = string(text)
		p.mu.Unlock()
		_, _ = w.Write(text)
		return
	}
	p.mu.Lock()
	p.read[name] = file
	p.whole[name] = p.whole[name] || p.modules
	p.mu.Unlock()
	header := http.Header{}
	for _, k := range []string{"Range", "If-Range"} {
		if v := r.Header.Get(k); v != "" {
			header.Set(k, v)
		}
	}
	resp, err := p.get(r.Context(), file.url, header)
	if err != nil {
		p.fail(w, err)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	for _, k := range []string{"Content-Range", "Content-Length", "Accept-Ranges", "ETag", "Last-Modified"} {
		if v := resp.Header.Get(k); v != "" {
			w.Header().Set(k, v)
		}
	}
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body) // the client may have read enough
}

// readWhole reads the metadata of the files that were read themselves: the
// snapshot has it beside them.
func (p *proxy) readWhole(ctx context.Context) error {
	if err := p.failure(); err != nil {
		return err
	}
	for name, file := range p.read {
		body, err := p.body(ctx, file.url, nil)
		if err != nil {
			return err
		}
		if p.whole[name] && strings.HasSuffix(name, ".whl") {
			if p.wheels[name], err = snapshot.ReduceWheel(body); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		r := bytes.NewReader(body)
		var m *simple.Metadata
		if strings.HasSuffix(name, ".whl") {
			m, err = simple.WheelMetadata(r, r.Size(), name)
		} else {
			m, err = simple.SdistMetadata(r, name)
		}
		if err != nil {
			return err
		}
		p.metadata[name] = format(m)
	}
	return nil
}
