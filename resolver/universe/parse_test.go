package universe_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/wheeltags"
)

const sample = `
# a comment
shows how a case
shows is read

root Foo[x]>=1; python_version >= "3.9"
  hash foo-1.0.tar.gz
constraint bar<2
option only-binary bar baz
option pre disallow
option exclude-newer 2026-03-01
option serve html
also 3.14t macos-arm64

package Foo
  status archived not needed
  version 1.0
    requires bar
    extra x: baz; sys_platform == "linux"
    requires-python >=3.9
    wheel cp313-cp313t-manylinux_2_28_x86_64 2-py3-none-any
      requires nothing
      yanked too early
    sdist dynamic
      uploaded 2026-01-02
  version 2.0

index extra
  package bar
    version 1.0

expect uv: 3.14t windows-x86_64
  fails for a reason
  problem Foo gil-only-wheels
ours pip: 3.13t
  because it is so
  foo==1.0 foo-1.0.tar.gz sdist older

recorded 2026-11-21 on manylinux_2_36_x86_64: uv 1, pip 2

answer pip, uv: 3.13t, 3.13
  bar==1.0 bar-1.0-py3-none-any.whl from extra
  foo==1.0 foo-1.0.tar.gz
`

func mustTarget(t *testing.T, python, platform string) wheeltags.Target {
	t.Helper()
	py, err := wheeltags.ParsePython(python)
	if err != nil {
		t.Fatal(err)
	}
	p, err := wheeltags.ParsePlatform(platform)
	if err != nil {
		t.Fatal(err)
	}
	return wheeltags.Target{Python: py, Platform: p}
}

func TestParse(t *testing.T) {
	c, err := universe.Parse("sample", sample)
	if err != nil {
		t.Fatal(err)
	}
	if c.Shows != "how a case is read" || len(c.Requirements) != 1 || len(c.Constraints) != 1 {
		t.Errorf("read %q, %d roots, %d constraints", c.Shows, len(c.Requirements), len(c.Constraints))
	}
	if got := c.Requirements[0].Hashes; !slices.Equal(got, []string{"foo-1.0.tar.gz"}) {
		t.Errorf("hashes %q", got)
	}
	o := c.Options
	if !slices.Equal(o.OnlyBinary, []string{"bar", "baz"}) || o.Prereleases != resolver.Disallow || o.Serve != universe.ServeHTML || o.ExcludeNewer.IsZero() {
		t.Errorf("options %+v", o)
	}
	_, foo := c.Universe.Project("foo")
	if foo == nil || foo.Status != "archived" || foo.StatusReason != "not needed" || len(foo.Releases) != 2 {
		t.Fatalf("project foo: %+v", foo)
	}
	files := foo.Releases[0].Files
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	want := []string{"foo-1.0-cp313-cp313t-manylinux_2_28_x86_64.whl", "foo-1.0-2-py3-none-any.whl", "foo-1.0.tar.gz"}
	if !slices.Equal(names, want) {
		t.Errorf("files %q, want %q", names, want)
	}
	if w := files[0]; len(w.Core.Requires) != 0 || !w.Yanked || w.YankedReason != "too early" || w.Core.RequiresPython != ">=3.9" {
		t.Errorf("wheel: %+v", w)
	}
	if s := files[2]; !s.Core.Dynamic || s.Yanked || s.Uploaded.IsZero() ||
		!slices.Equal(s.Core.Requires, []string{"bar", `baz; (sys_platform == "linux") and extra == "x"`}) {
		t.Errorf("source: %+v", s)
	}
	if got := foo.Releases[1].Files; len(got) != 1 || got[0].Name != "foo-2.0-py3-none-any.whl" {
		t.Errorf("a version without files has %v", got)
	}
}

func TestAnswers(t *testing.T) {
	c, err := universe.Parse("sample", sample)
	if err != nil {
		t.Fatal(err)
	}
	home := "manylinux_2_36_x86_64"
	for _, tt := range []struct {
		like     vocab.Like
		target   wheeltags.Target
		source   universe.Source
		fails    bool
		packages int
	}{
		{vocab.LikeUV, mustTarget(t, "3.13t", home), universe.FromInstaller, false, 2},
		{vocab.LikePip, mustTarget(t, "3.13", home), universe.FromInstaller, false, 2},
		{vocab.LikePip, mustTarget(t, "3.13t", home), universe.FromUs, false, 1},
		{vocab.LikeUV, mustTarget(t, "3.14t", "windows-x86_64"), universe.FromRule, true, 0},
	} {
		a, ok := c.Answer(tt.like, tt.target)
		if !ok || a.Source != tt.source || a.Fails != tt.fails || len(a.Picks) != tt.packages {
			t.Errorf("like %s on %s: %+v", tt.like, tt.target, a)
		}
	}
	if _, ok := c.Answer(vocab.LikePip, mustTarget(t, "3.14t", "windows-x86_64")); ok {
		t.Error("an answer for a target nobody was asked about")
	}
	if got := len(c.Targets(vocab.LikeUV)); got != 3 {
		t.Errorf("%d targets for uv, want 3", got)
	}
}

func TestWithRecorded(t *testing.T) {
	c, err := universe.Parse("sample", sample)
	if err != nil {
		t.Fatal(err)
	}
	var answers []universe.Answer
	for _, like := range []vocab.Like{vocab.LikePip, vocab.LikeUV} {
		for _, py := range []string{"3.13t", "3.13"} {
			a, _ := c.From(universe.FromInstaller, like, mustTarget(t, py, "manylinux_2_36_x86_64"))
			one := *a
			one.Likes = []vocab.Like{like}
			one.Targets = []wheeltags.Target{mustTarget(t, py, "manylinux_2_36_x86_64")}
			answers = append(answers, one)
		}
	}
	if got := c.WithRecorded(*c.Recorded, answers); got != sample {
		t.Errorf("equal answers are not written as they were read:\n%s", got)
	}
	answers[3] = universe.Answer{Source: universe.FromInstaller, Likes: answers[3].Likes, Targets: answers[3].Targets, Fails: true, Said: "no"}
	got := c.WithRecorded(*c.Recorded, answers)
	if !strings.Contains(got, "answer uv: 3.13\n  fails no\n") || strings.Count(got, "\nanswer ") != 3 {
		t.Errorf("a differing answer stands apart:\n%s", got)
	}
	if _, err := universe.Parse("again", got); err != nil {
		t.Error(err)
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		line       int
		want       string
	}{
		{"nothing", "", 1, "no shows line"},
		{"tab", "shows x\n\troot a", 2, "tab"},
		{"unknown word", "shows x\nrot a", 2, `unknown word "rot"`},
		{"bad requirement", "shows x\nroot a b c", 2, ""},
		{"bad constraint", "shows x\nconstraint >=", 2, ""},
		{"bad option", "shows x\noption colour red", 2, "unknown option"},
		{"bad pre", "shows x\noption pre sometimes", 2, "allow, disallow"},
		{"bad serve", "shows x\noption serve tea", 2, "json, html"},
		{"bad version", "shows x\npackage a\n  version one", 3, ""},
		{"bad name", "shows x\npackage -a", 2, ""},
		{"package twice", "shows x\npackage a\npackage A", 3, "twice"},
		{"index twice", "shows x\nindex b\nindex b", 3, "twice"},
		{"index name", "shows x\nindex A/B", 2, "lower-case"},
		{"under index", "shows x\nindex b\n  version 1", 3, "only packages"},
		{"under package", "shows x\npackage a\n  wheel py3-none-any", 3, "under a package"},
		{"under version", "shows x\npackage a\n  version 1\n    color red", 4, "unknown word"},
		{"no file", "shows x\npackage a\n  version 1\n    wheel", 4, "names no file"},
		{"file name", "shows x\npackage a\n  version 1\n    other ../x", 4, "file name"},
		{"sdist word", "shows x\npackage a\n  version 1\n    sdist rar", 4, "zip or dynamic"},
		{"claim", "shows x\npackage a\n  version 1\n    digest maybe", 4, "none or wrong"},
		{"size", "shows x\npackage a\n  version 1\n    payload 99999999999", 4, "1 GiB"},
		{"leaf", "shows x\npackage a\n  version 1\n    yanked\n      because", 5, "nothing belongs"},
		{"hash", "shows x\nroot a\n  hash b.whl", 3, "no file is named"},
		{"answer head", "shows x\nanswer pip", 2, "want:"},
		{"installer", "shows x\nanswer conda: 3.13\n  fails", 2, "conda"},
		{"python", "shows x\nanswer pip: three\n  fails", 2, ""},
		{"platform", "shows x\nanswer pip: 3.13 moon\n  fails", 2, ""},
		{"answered twice", "shows x\nanswer pip: 3.13\n  fails\nanswer pip, uv: 3.13\n  fails", 4, "already"},
		{"both", "shows x\npackage a\n  version 1\nanswer pip: 3.13\n  fails\n  a==1 a-1-py3-none-any.whl", 4, "not both"},
		{"no such file", "shows x\npackage a\n  version 1\nanswer pip: 3.13\n  a==1 a-2-py3-none-any.whl", 5, "has no file"},
		{"verdict", "shows x\npackage a\n  version 1\nanswer pip: 3.13\n  a==1 a-1-py3-none-any.whl nice", 5, "no word"},
		{"problem", "shows x\nanswer pip: 3.13\n  fails\n  problem a bad-luck", 4, "bad-luck"},
		{"no reason", "shows x\nours pip: 3.13\n  fails", 2, "because"},
		{"recorded", "shows x\nrecorded today", 2, "want: recorded"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := universe.Parse("case", tt.text)
			var syntax *universe.SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("error %v", err)
			}
			if syntax.Line != tt.line || !strings.Contains(syntax.Msg, tt.want) {
				t.Errorf("error %v, want line %d and %q", err, tt.line, tt.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Add("shows x\npackage a\n  version 1+b\n    wheel 2-py3-none-any")
	home, err := wheeltags.ParsePlatform(universe.DefaultPlatform)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := universe.Parse("fuzz", text)
		if err != nil {
			return
		}
		for _, x := range c.Universe.Indexes {
			for _, p := range x.Projects {
				for _, r := range p.Releases {
					for _, file := range r.Files {
						if file.Payload = 0; len(file.METADATA()) == 0 {
							t.Error("no metadata")
						}
						if _, err := file.Bytes(); err != nil {
							t.Error(err)
						}
					}
				}
			}
		}
		if c.Recorded != nil {
			return
		}
		again, err := universe.Parse("again", c.WithRecorded(universe.Recorded{Date: "today", Platform: home}, nil))
		if err != nil || len(again.Requirements) != len(c.Requirements) || len(again.Answers) != len(c.Answers) {
			t.Errorf("the text in front of the answers is not kept: %v", err)
		}
	})
}
