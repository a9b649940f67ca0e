package archtest

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// defaultIndex is the one file that names a package index: the default.
const defaultIndex = "internal/index/options.go"

// A banned text must not stand in any committed file: tests must not reach out to
// the world, and nothing may work on one machine only.
type banned struct {
	what    string
	pattern *regexp.Regexp
	allowed func(file string) bool
}

func bannedTexts() []banned {
	// The names are put together here, so that this file does not hold them.
	host := func(names ...string) string {
		var all []string
		for _, n := range names {
			all = append(all, regexp.QuoteMeta(n))
		}
		return `(?i)(^|[^a-z0-9])(` + strings.Join(all, "|") + `)([^a-z0-9]|$)`
	}
	never := func(string) bool { return false }
	return []banned{
		{
			"a package index or mirror", regexp.MustCompile(host(
				"pypi"+".org", "python"+"hosted.org", "pypi.python"+".org", "pypi"+".io", "proxy.golang"+".org", "sum.golang"+".org",
				"tuna.tsinghua"+".edu.cn", "mirrors."+"aliyun.com", "mirrors.cloud."+"tencent.com", "pypi."+"doubanio.com",
				"anaconda"+".org", "conda.anaconda"+".org", "download.pytorch"+".org", "registry.npmjs"+".org", "astral"+".sh/simple",
			)),
			func(file string) bool { return file == defaultIndex },
		},
		{"a path of one machine", regexp.MustCompile(`(^|[^\w.$*-])/(` + "ro" + "ot|wo" + `rk)/`), never},
	}
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
		for i, line := range bytes.Split(text, []byte("\n")) {
			for _, b := range bannedTexts() {
				if m := b.pattern.Find(line); m != nil && !b.allowed(name) {
					t.Errorf("%s:%d: %q is %s", name, i+1, m, b.what)
				}
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
			found = found || b.pattern.MatchString(text)
		}
		if found != want {
			t.Errorf("%q: found %v, want %v", text, found, want)
		}
	}
}
