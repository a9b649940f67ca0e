package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/probe/ready"
	"github.com/ftpkg/ftpkg/resolver/inputs"
)

func TestPinned(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"lxml":                              "lxml==6",
		"lxml>=5,<7":                        "lxml==6",
		"lxml ~= 5.0":                       "lxml==6",
		"lxml (>=5)":                        "lxml==6",
		"  lxml[html, clean] >=5  # parser": "  lxml[html, clean]==6  # parser",
		"lxml>=5; sys_platform == 'linux'":  "lxml==6; sys_platform == 'linux'",
		"lxml ; python_version>='3.9'":      "lxml==6 ; python_version>='3.9'",
		`lxml==5 \`:                         `lxml==6 \`,
		"lxml==5 --hash=sha256:ab":          "lxml==6 --hash=sha256:ab",
	} {
		if got := pinned(text, "6"); got != want {
			t.Errorf("pinned(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestPatch(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file, text string
		changes    []ready.Change
		chain      []string
		want       string
	}{
		"a line": {
			file: "requirements.txt", text: "a\nb>=1\nc\n", changes: []ready.Change{{Package: "b", From: "2", To: "1"}},
			want: "@@ -1,3 +1,3 @@\n a\n-b>=1\n+b==1\n c\n",
		},
		"a line at the end that has none": {
			file: "requirements.txt", text: "a\nb", changes: []ready.Change{{Package: "b", From: "2", To: "1"}, {Package: "x", From: "2", To: "1"}}, chain: []string{"a", "x"},
			want: "@@ -1,2 +1,3 @@\n a\n-b\n\\ No newline at end of file\n+b==1\n+x==1\n",
		},
		"behind a last line that stays": {
			file: "requirements.txt", text: "a", changes: []ready.Change{{Package: "x", From: "2", To: "1"}}, chain: []string{"a", "x"},
			want: "@@ -1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+x==1\n",
		},
		"line ends of Windows": {
			file: "requirements.txt", text: "a\r\nb\r\n", changes: []ready.Change{{Package: "b", From: "2", To: "1"}},
			want: "@@ -1,2 +1,2 @@\n a\r\n-b\r\n+b==1\r\n",
		},
		"digests": {
			file: "requirements.txt", text: "a==2 \\\n    --hash=sha256:" + strings.Repeat("0", 64) + " \\\n    --hash=sha256:" + strings.Repeat("1", 64) + "\n    # via b\n",
			changes: []ready.Change{{Package: "a", From: "2", To: "1"}},
			want: "@@ -1,4 +1,3 @@\n-a==2 \\\n-    --hash=sha256:" + strings.Repeat("0", 64) + " \\\n-    --hash=sha256:" + strings.Repeat("1", 64) +
				"\n+a==1 \\\n+    --hash=sha256:ff\n     # via b\n",
		},
		"far apart": {
			file: "requirements.txt", text: "a\n1a\n2a\n3a\n4a\n5a\n6a\n7a\n8a\nb\n", changes: []ready.Change{{Package: "a", From: "2", To: "1"}, {Package: "b", From: "2", To: "1"}},
			want: "@@ -1,4 +1,4 @@\n-a\n+a==1\n 1a\n 2a\n 3a\n@@ -7,4 +7,4 @@\n 6a\n 7a\n 8a\n-b\n+b==1\n",
		},
		"a project": {
			file: "pyproject.toml", text: "[project]\nname = \"p\"\nversion = \"1\"\ndependencies = [\n  'a>=1',\n  \"b\"\n]\n",
			changes: []ready.Change{{Package: "a", From: "2", To: "1"}, {Package: "x", From: "2", To: "1"}}, chain: []string{"b", "x"},
			want: "@@ -2,6 +2,7 @@\n name = \"p\"\n version = \"1\"\n dependencies = [\n-  'a>=1',\n-  \"b\"\n+  'a==1',\n+  \"b\",\n+  \"x==1\",\n ]\n",
		},
		"nothing to change": {
			file: "requirements.txt", text: "a==1\n", changes: []ready.Change{{Package: "a", From: "2", To: "1"}}, want: "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := world(t)
			if err := os.WriteFile(filepath.Join(env.Dir, test.file), []byte(test.text), 0o644); err != nil {
				t.Fatal(err)
			}
			o := &resolveOptions{}
			in, err := o.loader(env).File(t.Context(), test.file)
			if err != nil {
				t.Fatal(err)
			}
			p := &patcher{env: env, in: in, files: map[string]*patchedFile{}}
			for _, c := range test.changes {
				p.pin(c, test.chain, []string{"sha256:ff"})
			}
			want := test.want
			if want != "" {
				want = "--- a/" + test.file + "\n+++ b/" + test.file + "\n" + want
			}
			if diff := cmp.Diff(want, p.diff()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What cannot be read is left alone.
func TestPatchWithoutFile(t *testing.T) {
	t.Parallel()
	in := &inputs.Input{}
	in.Requirements = []inputs.Requirement{{Origin: inputs.Origin{File: "gone.txt", Line: 1}}, {Origin: inputs.Origin{Text: "a"}}}
	in.Requirements[0].Name, in.Requirements[1].Name = "a", "a"
	p := &patcher{env: world(t), in: in, files: map[string]*patchedFile{}}
	p.pin(ready.Change{Package: "a", From: "2", To: "1"}, nil, nil)
	p.pin(ready.Change{Package: "b", From: "2", To: "1"}, []string{"a", "b"}, nil)
	if got := p.diff(); got != "" {
		t.Errorf("a patch of nothing: %s", got)
	}
}
