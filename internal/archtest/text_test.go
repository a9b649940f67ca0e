package archtest

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// defaultIndex is the one file that names a package index: the default.
const defaultIndex = "internal/index/options.go"

// A banned text must not stand in any committed file: tests must not reach out to
// the world, and nothing may work on one machine only.
type banned struct {
	what    string
	words   []string // one of them is in every match; looking for them is quick
	pattern *regexp.Regexp
	allowed func(file string) bool
}

func bannedTexts() []banned {
	// The words are put together here, so that this file does not hold them.
	hosts := []string{
		"pypi" + ".org", "python" + "hosted.org", "pypi.python" + ".org", "pypi" + ".io", "proxy.golang" + ".org", "sum.golang" + ".org",
		"tuna.tsinghua" + ".edu.cn", "mirrors." + "aliyun.com", "mirrors.cloud." + "tencent.com", "pypi." + "doubanio.com",
		"anaconda" + ".org", "download.pytorch" + ".org", "registry.npmjs" + ".org", "astral" + ".sh/simple",
	}
	paths := []string{"/ro" + "ot/", "/wo" + "rk/"}
	anyOf := func(words []string) string {
		var all []string
		for _, w := range words {
			all = append(all, regexp.QuoteMeta(w))
		}
		return "(" + strings.Join(all, "|") + ")"
	}
	return []banned{
		{
			"a package index or mirror", hosts, regexp.MustCompile(`(?i)(^|[^a-z0-9])` + anyOf(hosts) + `([^a-z0-9]|$)`),
			func(file string) bool { return file == defaultIndex },
		},
		{
			"a path of one machine", paths, regexp.MustCompile(`(^|[^\w.$*-])` + anyOf(paths)),
			func(string) bool { return false },
		},
	}
}

// find returns the lines of text, from 1, on which a banned text stands.
func (b *banned) find(text []byte) (lines []int) {
	lower := bytes.ToLower(text)
	if !slices.ContainsFunc(b.words, func(w string) bool { return bytes.Contains(lower, []byte(w)) }) {
		return nil
	}
	for i, line := range bytes.Split(text, []byte("\n")) {
		if b.pattern.Match(line) {
			lines = append(lines, i+1)
		}
	}
	return lines
}

// files returns the committed files, or all files where there is no repository
// (an unpacked release).
func files(t *testing.T, root string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root
	if out, err := cmd.Output(); err == nil && len(out) > 0 {
		return strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")
	}
	var all []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			path, err = filepath.Rel(root, path)
			all = append(all, filepath.ToSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTexts(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	checked := 0
	for _, name := range files(t, root) {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil || bytes.IndexByte(text, 0) >= 0 || strings.HasSuffix(name, ".gz") {
			continue // removed, not committed yet; or not text
		}
		checked++
		for _, b := range bannedTexts() {
			if b.allowed(name) {
				continue
			}
			for _, line := range b.find(text) {
				t.Errorf("%s:%d: %s", name, line, b.what)
			}
		}
	}
	if checked == 0 {
		t.Error("no file was checked")
	}
}

func TestBannedTextsCanFail(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"https://" + "pypi" + ".org/simple/":          true,
		"files.python" + "hosted.org":                 true,
		"PyPI is an index":                            false,
		"https://index.example.invalid/simple/":       false,
		"cd /" + "root/x":                             true,
		"see /" + "work/main":                         true,
		"/home/runner/" + "work/x":                    false,
		"a/" + "work/b":                               false,
		"\"$" + "/" + "work/x\"":                      false,
		"github.com/" + "pypi/x and notpypi" + ".org": false,
	} {
		found := false
		for _, b := range bannedTexts() {
			found = found || b.find([]byte(text)) != nil
		}
		if found != want {
			t.Errorf("%q: found %v, want %v", text, found, want)
		}
	}
}
