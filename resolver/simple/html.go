package simple

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html"
)

// maxToken bounds one HTML token in bytes, so that a page without an end of a
// tag cannot be buffered twice over.
const maxToken = 1 << 20

// ParseHTML reads a project page in HTML (PEP 503, with PEP 592, 629, 658, 714
// and 792) of the project with a normalised name, which HTML pages do not state
// in a form meant for programs. base is the URL the page came from; a base
// element in it counts.
//
// Each link whose last segment looks like a distribution is a file, named by
// that segment, percent-decoded, whatever the link's text says: so do pip and
// uv. The attributes data-size and data-upload-time, which some indexes serve
// and no PEP describes, are read as uv reads them.
func ParseHTML(body []byte, base, name string) (*Project, error) {
	b := newBuilder(name, filesHint(body, "<a "))
	page := htmlPage{base: cleanBase(base), file: b.add}
	if err := page.scan(body); err != nil {
		return nil, fmt.Errorf("project page: %w", err)
	}
	p := b.project()
	p.Base, p.Status, p.StatusReason = page.base, page.status, page.reason
	return p, nil
}

// Links returns the distributions that an HTML page links to, of whatever
// project, and the URL that relative links join to: for pages that list files of
// many projects (--find-links). [FromFiles] picks a project's own out of them.
func Links(body []byte, base string) (files []RawFile, joinTo string, err error) {
	page := htmlPage{base: cleanBase(base)}
	page.file = func(f *File, requiresPython string) {
		r := RawFile{
			Filename:       f.Filename,
			URL:            f.URL,
			Hashes:         f.Hashes(),
			Size:           f.Size,
			Uploaded:       f.Uploaded,
			RequiresPython: requiresPython,
			Metadata:       f.Metadata,
			Yanked:         f.Yanked,
			YankedReason:   f.YankedReason,
		}
		files = append(files, r)
	}
	if err := page.scan(body); err != nil {
		return nil, "", fmt.Errorf("page of links: %w", err)
	}
	return files, page.base, nil
}

// An htmlPage is what is gathered from a page beside its files.
type htmlPage struct {
	base           string
	hasBase        bool
	status, reason string
	// file is called with each file; it must not keep f.
	file func(f *File, requiresPython string)
	f    File
}

// scan reads a page's start tags one by one; nothing else of it matters, and no
// tree is built.
func (p *htmlPage) scan(body []byte) error {
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(maxToken)
	for {
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); !errors.Is(err, io.EOF) {
				return fmt.Errorf("html: %w", err)
			}
			return nil
		case html.TextToken, html.EndTagToken, html.CommentToken, html.DoctypeToken:
		case html.StartTagToken, html.SelfClosingTagToken:
			tag, attrs := z.TagName()
			if !attrs {
				continue
			}
			switch string(tag) {
			case "a":
				p.anchor(z)
			case "base":
				p.setBase(z)
			case "meta":
				if err := p.meta(z); err != nil {
					return err
				}
			}
		}
	}
}

// anchor reads a link's attributes. Of an attribute that stands twice the first
// counts, as HTML says.
func (p *htmlPage) anchor(z *html.Tokenizer) {
	f := &p.f
	*f = File{Size: -1}
	var href, python, core, old []byte
	for more := true; more; {
		var key, val []byte
		key, val, more = z.TagAttr()
		switch string(key) {
		case "href":
			first(&href, val)
		case "data-requires-python":
			first(&python, val)
		case "data-core-metadata":
			first(&core, val)
		case "data-dist-info-metadata":
			first(&old, val)
		case "data-yanked":
			if !f.Yanked {
				f.Yanked, f.YankedReason = true, string(val)
			}
		case "data-size":
			if f.Size < 0 {
				f.Size = parseSize(string(val))
			}
		case "data-upload-time":
			if f.Uploaded == 0 {
				f.Uploaded = parseTime(val)
			}
		}
	}
	ref, fragment, _ := strings.Cut(strings.TrimSpace(string(href)), "#")
	f.Filename = filenameOf(ref)
	if !isDistribution(f.Filename) {
		return
	}
	f.URL = ref
	f.addFragment(fragment)
	if len(core) == 0 {
		core = old
	}
	f.Metadata = metadataAttribute(core)
	p.file(f, string(python))
}

// first sets *dst to val unless it was set before. The tokenizer's bytes stay
// valid while the attributes of one tag are read.
func first(dst *[]byte, val []byte) {
	if *dst == nil {
		*dst = val
	}
}

// metadataAttribute reads data-core-metadata: "true", or an algorithm, "=" and
// a digest.
func metadataAttribute(val []byte) MetadataFile {
	var m MetadataFile
	algorithm, digest, ok := bytes.Cut(val, []byte{'='})
	m.Offered = ok || string(val) == "true"
	if ok && string(algorithm) == "sha256" {
		m.SHA256, m.HasSHA256 = parseSHA256(digest)
	}
	return m
}

// setBase reads a base element: the first with an href counts, joined to the
// page's own URL.
func (p *htmlPage) setBase(z *html.Tokenizer) {
	for more := true; more; {
		var key, val []byte
		key, val, more = z.TagAttr()
		if string(key) == "href" && !p.hasBase {
			p.base, p.hasBase = cleanBase(join(p.base, strings.TrimSpace(string(val)))), true
		}
	}
}

// meta reads a meta element: the version of the API (PEP 629) and the project's
// status (PEP 792).
func (p *htmlPage) meta(z *html.Tokenizer) error {
	var name, content string
	for more := true; more; {
		var key, val []byte
		key, val, more = z.TagAttr()
		switch string(key) {
		case "name":
			name = string(val)
		case "content":
			content = string(val)
		}
	}
	switch name {
	case "pypi:repository-version":
		return checkVersion(content)
	case "pypi:project-status":
		p.status = content
	case "pypi:project-status-reason":
		p.reason = content
	}
	return nil
}
