package resolver_test

import (
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/lock"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

const pylock = `lock-version = "1.0"
created-by = "test"

[[packages]]
name = "both"
version = "1.0"
wheels = [
    {url = "https://example.invalid/both-1.0-cp314-cp314-manylinux_2_28_x86_64.whl", hashes = {sha256 = "aa"}},
    {url = "https://example.invalid/both-1.0-cp314-cp314t-manylinux_2_28_x86_64.whl", hashes = {sha256 = "ab"}},
]

[[packages]]
name = "gil"
version = "1.0"
wheels = [{url = "https://example.invalid/gil-1.0-cp314-cp314-manylinux_2_28_x86_64.whl", hashes = {sha256 = "ac"}}]
sdist = {url = "https://example.invalid/gil-1.0.tar.gz", hashes = {sha256 = "ad"}}

[[packages]]
name = "windows"
version = "1.0"
marker = "sys_platform == 'win32'"
wheels = [{url = "https://example.invalid/windows-1.0-cp314-cp314-win_amd64.whl", hashes = {sha256 = "ae"}}]
`

func judge(t *testing.T, text string, index resolver.Index, targets ...string) *resolver.Result {
	t.Helper()
	l, err := lock.Read("pylock.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	req := &resolver.Request{}
	for _, name := range targets {
		target, err := wheeltags.ParseTarget(name)
		if err != nil {
			t.Fatal(err)
		}
		req.Targets = append(req.Targets, target)
	}
	r, err := resolver.Judge(t.Context(), index, req, l, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestJudge(t *testing.T) {
	r := judge(t, pylock, nil, "3.14 linux-x86_64", "3.14t linux-x86_64", "3.14t windows-x86_64")
	want := []struct {
		installable vocab.Installable
		problems    string
	}{
		{vocab.InstallableWheels, ""},
		{vocab.InstallableOnlyIfBuilt, "gil gil-only-wheels"},
		{vocab.InstallableNo, "both platform-missing, gil platform-missing, windows gil-only-wheels"},
	}
	for i, w := range want {
		c := r.Targets[i]
		var problems []string
		for _, p := range c.Problems {
			problems = append(problems, p.Package+" "+string(p.Kind))
		}
		if got := strings.Join(problems, ", "); c.Installable != w.installable || got != w.problems {
			t.Errorf("%s: %s with %q, want %s with %q", c.Name(), c.Installable, got, w.installable, w.problems)
		}
	}
	if p, _ := r.Targets[1].Package("gil"); p.Twin != vocab.TwinAhead || p.FileKind != vocab.FileSdist || p.VersionStatus != "" {
		t.Errorf("gil on 3.14t: %+v", p)
	}
	if r.Judged != "pylock.toml" {
		t.Errorf("judged %q", r.Judged)
	}
}

// A lock that names versions without files is judged by the index's files of
// exactly those versions.
func TestJudgeByIndex(t *testing.T) {
	c, err := universe.Parse(t.Name(), `shows a newer version that is not locked
root a
package a
  version 2.0
    wheel cp314-cp314t-manylinux_2_28_x86_64
  version 1.0
    wheel cp314-cp314-manylinux_2_28_x86_64
`)
	if err != nil {
		t.Fatal(err)
	}
	l := &lock.Lock{Kind: lock.KindEnvironment, Path: "env"}
	l.Packages = []lock.Package{{Name: "a", Version: pep440.MustParse("1.0"), Source: lock.Source{Kind: lock.SourceRegistry}}}
	target, err := wheeltags.ParseTarget("3.14t linux-x86_64")
	if err != nil {
		t.Fatal(err)
	}
	r, err := resolver.Judge(t.Context(), c.Memory(), &resolver.Request{Targets: []wheeltags.Target{target}}, l, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Targets[0].Problems) != 1 {
		t.Fatalf("problems: %+v", r.Targets[0].Problems)
	}
	if p := r.Targets[0].Problems[0]; p.Kind != vocab.ProblemGILOnlyWheels || !strings.Contains(p.Message, "2.0 has a wheel here") {
		t.Errorf("%s: %s", p.Kind, p.Message)
	}
}

func TestJudgeAmbiguous(t *testing.T) {
	r := judge(t, `lock-version = "1.0"
created-by = "test"
packages = [
    {name = "a", version = "1.0", wheels = [{url = "https://example.invalid/a-1.0-py3-none-any.whl", hashes = {sha256 = "aa"}}]},
    {name = "a", version = "2.0", wheels = [{url = "https://example.invalid/a-2.0-py3-none-any.whl", hashes = {sha256 = "ab"}}]},
]
`, nil, "3.14t linux-x86_64")
	c := r.Targets[0]
	if c.Satisfiable || len(c.Problems) != 1 || c.Problems[0].Kind != vocab.ProblemConflict {
		t.Errorf("got %+v", c)
	}
}
