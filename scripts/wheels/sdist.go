package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// source makes the source distribution: what is needed to build the program, which is
// all of the module but tests and what they read, with the release beside it, since
// there is no git where it is built.
func source(ctx context.Context, p *project, r *release, notices []byte) (name string, text []byte, err error) {
	names, err := sources(ctx, r.root)
	if err != nil {
		return "", nil, err
	}
	var files []member
	for _, n := range names {
		file := filepath.Join(r.root, filepath.FromSlash(n))
		text, err := os.ReadFile(file)
		if err != nil {
			return "", nil, err
		}
		info, err := os.Stat(file)
		if err != nil {
			return "", nil, err
		}
		files = append(files, member{name: n, text: text, exec: info.Mode()&0o100 != 0})
	}
	about, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return "", nil, err
	}
	files = append(files,
		member{name: releaseFile, text: append(about, '\n')},
		member{name: thirdPartyFile, text: notices},
		member{name: "PKG-INFO", text: p.metadata(r)})
	slices.SortFunc(files, func(a, b member) int { return strings.Compare(a.name, b.name) })
	when, err := r.epoch()
	if err != nil {
		return "", nil, err
	}
	text, err = tarball(files, r.folder(""), when)
	return r.folder(".tar.gz"), text, err
}

// tarball is a tar compressed by gzip in which nothing depends on where or when it is
// written.
func tarball(files []member, folder string, when time.Time) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	t := tar.NewWriter(z)
	for _, f := range files {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: folder + "/" + f.name, Size: int64(len(f.text)), Mode: 0o644, ModTime: when, Format: tar.FormatPAX}
		if f.exec {
			h.Mode = 0o755
		}
		if err := t.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := t.Write(f.text); err != nil {
			return nil, err
		}
	}
	err = errors.Join(t.Close(), z.Close())
	return b.Bytes(), err
}

// sources are the files that git knows, or in a source distribution all, without those
// that building does not need.
func sources(ctx context.Context, root string) ([]string, error) {
	var all []string
	if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(releaseFile))); err == nil {
		err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && !slices.Contains([]string{releaseFile, thirdPartyFile, "PKG-INFO"}, name) {
				all = append(all, name)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	} else {
		out, err := output(ctx, root, "git", "ls-files", "-z")
		if err != nil {
			return nil, err
		}
		all = strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
	}
	slices.Sort(all)
	var nested []string // modules of their own
	for _, n := range all {
		if path.Base(n) == "go.mod" && n != "go.mod" {
			nested = append(nested, path.Dir(n)+"/")
		}
	}
	return slices.DeleteFunc(all, func(n string) bool {
		parts := strings.Split(n, "/")
		return strings.HasSuffix(n, "_test.go") || slices.Contains(parts, "testdata") || slices.Contains(parts, "__pycache__") ||
			slices.ContainsFunc(parts, func(s string) bool { return strings.HasPrefix(s, ".") }) || slices.Contains([]string{"action.yml", "actions", "examples"}, parts[0]) || // of the repository
			slices.ContainsFunc(nested, func(dir string) bool { return strings.HasPrefix(n, dir) })
	}), nil
}
