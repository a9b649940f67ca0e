package console

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const page = "# Title\n\n```sh\n$ not this\n```\n\n```console\n$ ftpkg a\none\n\ntwo\n$ ftpkg b\n```\n" +
	"text\n```console\n$ ftpkg c\n$ ftpkg d\nlast\n```\n$ nor this\n"

func TestParse(t *testing.T) {
	steps, err := Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	want := []Step{
		{Line: 8, Command: "ftpkg a", Output: "one\n\ntwo\n"},
		{Line: 12, Command: "ftpkg b"},
		{Line: 16, Command: "ftpkg c"},
		{Line: 17, Command: "ftpkg d", Output: "last\n"},
	}
	if diff := cmp.Diff(want, steps, cmpopts.IgnoreUnexported(Step{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, bad := range []string{"```console\noutput\n```\n", "```console\n$ a\n", "```console\n$ a\n```\n```console\nb\n```\n"} {
		if steps, err := Parse(bad); err == nil {
			t.Errorf("Parse(%q) = %v", bad, steps)
		}
	}
}

func TestReplace(t *testing.T) {
	steps, err := Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	var same []string
	for _, s := range steps {
		same = append(same, s.Output)
	}
	if diff := cmp.Diff(page, Replace(page, steps, same)); diff != "" {
		t.Errorf("the same outputs (-want +got):\n%s", diff)
	}
	want := strings.NewReplacer("one\n\ntwo\n", "", "$ ftpkg b\n", "$ ftpkg b\nnew\n", "last\n", "x\ny\n").Replace(page)
	if diff := cmp.Diff(want, Replace(page, steps, []string{"", "new", "", "x\ny\n"})); diff != "" {
		t.Errorf("other outputs (-want +got):\n%s", diff)
	}
}

func TestWords(t *testing.T) {
	for command, want := range map[string][]string{
		"":                               nil,
		"  ftpkg   a\tb ":                {"ftpkg", "a", "b"},
		`a 'b c' "d 'e'" f"g"'h' ''`:     {"a", "b c", "d 'e'", "fgh", ""},
		"uvicorn[standard]==1 | head -3": {"uvicorn[standard]==1", "|", "head", "-3"},
	} {
		got, err := Words(command)
		if err != nil {
			t.Errorf("Words(%q): %v", command, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Words(%q) (-want +got):\n%s", command, diff)
		}
	}
	for _, bad := range []string{"a 'b", "a $HOME", "a > b", "a && b", `a\ b`, "*.py"} {
		if words, err := Words(bad); err == nil {
			t.Errorf("Words(%q) = %q", bad, words)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(page)
	f.Fuzz(func(t *testing.T, text string) {
		steps, err := Parse(text)
		if err != nil {
			return
		}
		var same []string
		for _, s := range steps {
			same = append(same, s.Output)
		}
		if got := Replace(text, steps, same); got != text && got != text+"\n" {
			t.Errorf("Replace(%q) = %q", text, got)
		}
	})
}
