package index

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path"
	"strings"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// Direct returns a project that holds only the wheel or source distribution at a
// URL (http, https or file), with the digest that its fragment may give
// (#sha256=…). What the file is, its name says; no request is made. The error is
// simple.ErrNoProject if the name says nothing, or if there is no such file on
// this machine.
func (c *Client) Direct(ctx context.Context, rawURL string) (*simple.Project, error) {
	p, err := c.directs.do(ctx, rawURL, isFinal, func(context.Context) (*page, error) {
		p, err := c.direct(rawURL)
		if err != nil {
			return nil, err
		}
		return c.give(p), nil
	})
	if err != nil {
		return nil, err
	}
	return p.project, nil
}

func (c *Client) direct(rawURL string) (*page, error) {
	u, err := url.Parse(c.creds.Take(rawURL))
	if err != nil {
		return nil, fmt.Errorf("%s: %w: not a valid URL", fetch.Redact(rawURL), simple.ErrNoProject)
	}
	hashes := fragmentHashes(u.Fragment)
	u.Fragment, u.RawFragment = "", ""
	shown := fetch.RedactURL(u)
	local, isFile := filePath(u.String())
	switch {
	case isFile:
		if _, err := os.Stat(local); err != nil {
			return nil, fmt.Errorf("%s: %w: %w", shown, simple.ErrNoProject, err)
		}
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, fmt.Errorf("%s: %w: neither a web address nor a file", shown, simple.ErrNoProject)
	}
	name := path.Base(u.Path)
	p := understand(name, simple.RawFile{Filename: name, URL: u.String(), Hashes: hashes})
	if p == nil {
		return nil, fmt.Errorf("%s: %w: %q is not the name of a wheel or source distribution", shown, simple.ErrNoProject, name)
	}
	if isFile {
		measure(p)
		return &page{project: p, origin: &origin{name: p.Name}}, nil
	}
	o := &origin{bucket: c.cache.Bucket("direct " + shown), name: p.Name, web: true}
	return &page{project: p, origin: o}, nil
}

// understand finds the project that a file's name belongs to.
func understand(name string, f simple.RawFile) *simple.Project {
	var names []string
	if w, err := wheeltags.ParseFilename(name); err == nil {
		names = []string{w.Name}
	} else {
		// name-version.tar.gz, where both parts may hold dashes: the shortest
		// version that is one.
		for i := len(name) - 1; i > 0; i-- {
			if name[i] == '-' {
				names = append(names, pep508.NormalizeName(name[:i]))
			}
		}
	}
	for _, n := range names {
		if p := simple.FromFiles(n, []simple.RawFile{f}); len(p.Releases) == 1 {
			return p
		}
	}
	return nil
}

// fragmentHashes reads the digests of a URL's fragment: fields joined by "&",
// among others that say what to do with the file.
func fragmentHashes(fragment string) []simple.Hash {
	var hashes []simple.Hash
	for field := range strings.SplitSeq(fragment, "&") {
		algorithm, digest, ok := strings.Cut(field, "=")
		if ok && algorithm != "egg" && algorithm != "subdirectory" {
			hashes = append(hashes, simple.Hash{Algorithm: algorithm, Hex: digest})
		}
	}
	return hashes
}
