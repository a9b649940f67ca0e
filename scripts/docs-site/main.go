// Command docs-site makes the documentation a site: the Markdown of docs/, and a page
// for each JSON Schema, as static HTML that any host can serve.
//
//	go run ./scripts/docs-site -o public
//	go run ./scripts/docs-site -serve 127.0.0.1:8000    # the same, to look at
//
// Run it at the top of the repository. The same files make the same bytes. A link or
// an anchor that leads nowhere, in these pages or in README.md and its neighbours, is
// an error, and so is HTML that is not well formed. Nothing on a page is loaded from
// another host, and all of it can be read without JavaScript.
//
// nav.go says which pages there are in which order, render.go makes HTML of
// Markdown, schema.go Markdown of a schema, links.go follows the links.
package main

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing/fstest"
	"time"
)

func main() {
	out := flag.String("o", "", "the folder that the site is written to; it must not exist, be empty, or be a site")
	serve := flag.String("serve", "", "show the site at this `address` instead")
	edit := flag.String("edit", "https://github.com/ftpkg/ftpkg/edit/main/", "what a page's path is put behind to change it; empty for no such link")
	source := flag.String("source", "https://github.com/ftpkg/ftpkg/blob/main/", "where files are shown that are no pages")
	flag.Parse()
	err := run(*out, *serve, options{edit: *edit, source: *source})
	if err != nil {
		fmt.Fprintln(os.Stderr, "docs-site:", err)
		os.Exit(1)
	}
}

func run(out, serve string, o options) error {
	site, err := build(os.DirFS("."), o)
	if err != nil {
		return err
	}
	size := 0
	for _, body := range site {
		size += len(body)
	}
	fmt.Printf("%d files, %d KiB\n", len(site), size>>10)
	switch {
	case serve != "":
		files := fstest.MapFS{}
		for name, body := range site {
			files[name] = &fstest.MapFile{Data: body}
		}
		fmt.Printf("http://%s/\n", serve)
		server := http.Server{Addr: serve, Handler: http.FileServerFS(files), ReadHeaderTimeout: time.Minute}
		return server.ListenAndServe()
	case out != "":
		return write(out, site)
	}
	return nil
}

// write puts the site into a folder, in place of the site that was there.
func write(dir string, site map[string][]byte) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		if _, err := os.Stat(filepath.Join(dir, searchName)); err != nil {
			return fmt.Errorf("%s is neither empty nor a site of the documentation", dir)
		}
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(site)) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(path.Dir(name))), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, site[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}
