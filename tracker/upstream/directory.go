package upstream

import (
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
)

// Directory returns the files of a checkout that are read, and the commit that it is
// of, "" if that is not to be seen. Links that lead out of it are not followed, and git
// is not asked: the settings of a stranger's repository can have it run programs.
func Directory(dir string) (_ fs.FS, commit string, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = root.Close() }() // nothing was written
	fsys := root.FS()
	texts := map[string][]byte{}
	take := func(name string) {
		if !wanted(name) || len(texts) == maxFiles {
			return
		}
		if text, ok := small(fsys, name); ok {
			texts[name] = text
		}
	}
	take("pyproject.toml")
	n := 0
	_ = fs.WalkDir(fsys, ".github", func(name string, _ fs.DirEntry, err error) error {
		if n++; n > maxEntries {
			return fs.SkipAll
		}
		if err == nil { // what can't be read is not there
			take(name)
		}
		return nil
	})
	found, err := files(texts)
	return found, commitOf(fsys), err
}

// small reads a regular file, unless it is large or can't be read.
func small(fsys fs.FS, name string) (text []byte, ok bool) {
	info, err := fs.Stat(fsys, name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, false
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, false
	}
	defer func() { _ = f.Close() }()
	text, err = io.ReadAll(io.LimitReader(f, maxFile+1))
	return text, err == nil && len(text) <= maxFile
}

var commitPattern = regexp.MustCompile(`^[0-9a-f]{40}(?:[0-9a-f]{24})?$`)

// commitOf reads in a directory's .git which commit it is of.
func commitOf(fsys fs.FS) string {
	read := func(name string) string {
		text, _ := small(fsys, path.Join(".git", name))
		return strings.TrimSpace(string(text))
	}
	head := read("HEAD")
	ref, ok := strings.CutPrefix(head, "ref: ")
	if ok {
		if !fs.ValidPath(ref) || !strings.HasPrefix(ref, "refs/") {
			return ""
		}
		if head = read(ref); head == "" {
			for line := range strings.Lines(read("packed-refs")) {
				if id, name, _ := strings.Cut(strings.TrimSpace(line), " "); name == ref {
					head = id
				}
			}
		}
	}
	if !commitPattern.MatchString(head) {
		return ""
	}
	return head
}
