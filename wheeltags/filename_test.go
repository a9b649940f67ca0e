package wheeltags

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestParseFilenamePackaging compares with packaging 26.3, on names chosen by
// hand and on random ones. FTPKG_WHEEL_NAMES may name a further file that
// scripts/oracle-tags.py --names has written.
func TestParseFilenamePackaging(t *testing.T) {
	files := []string{"testdata/wheel_filenames.json", "testdata/wheel_filenames_random.json"}
	if fresh := os.Getenv("FTPKG_WHEEL_NAMES"); fresh != "" {
		files = append(files, fresh)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var vectors [][]json.RawMessage
		if err := json.Unmarshal(data, &vectors); err != nil {
			t.Fatal(err)
		}
		accepted := 0
		for _, v := range vectors {
			if compareFilename(t, v) {
				accepted++
			}
		}
		if accepted < 16 || len(vectors)-accepted < 12 {
			t.Errorf("%s: %d names, %d of them accepted", file, len(vectors), accepted)
		}
	}
}

// compareFilename compares with one recorded answer, and reports whether
// packaging accepts the name. There are two differences: variant wheels are
// recognised here, and odd characters in tags are refused.
func compareFilename(t *testing.T, v []json.RawMessage) (accepted bool) {
	t.Helper()
	var filename string
	var name *string
	decode(t, v[0], &filename)
	decode(t, v[1], &name)
	f, err := ParseFilename(filename)
	if name == nil {
		var why string
		decode(t, v[2], &why)
		if err == nil && (f.Variant == "" || !strings.HasPrefix(why, "Invalid build number") && !strings.Contains(why, "wrong number of parts")) {
			t.Errorf("%q is accepted; packaging says %s", filename, why)
		}
		return false
	}
	var version string
	var build []any
	var tags []string
	decode(t, v[2], &version)
	decode(t, v[3], &build)
	decode(t, v[4], &tags)
	if refused, ok := errors.AsType[*FilenameError](err); ok {
		if refused.Reason != BadTag || isTagText(strings.Join(tags, "")) {
			t.Errorf("%v; packaging accepts it", err)
		}
		return true
	}
	if f.Name != *name || f.Version.String() != version {
		t.Errorf("%q: got %s %s, want %s %s", filename, f.Name, f.Version, *name, version)
	}
	if len(build) == 0 && f.Build != (Build{}) ||
		len(build) == 2 && (float64(f.Build.N) != build[0] || f.Build.Rest != build[1] || f.Build == Build{}) {
		t.Errorf("%q: build tag %+v, want %v", filename, f.Build, build)
	}
	var got []string
	for _, tag := range f.Tags.Tags() {
		got = append(got, tag.String())
	}
	slices.Sort(got)
	if !slices.Equal(slices.Compact(got), tags) {
		t.Errorf("%q: tags %v, want %v", filename, got, tags)
	}
	return true
}

// isTagText reports whether s has only characters that tags have, and dashes.
func isTagText(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

func decode(t *testing.T, raw json.RawMessage, v any) {
	t.Helper()
	if err := json.Unmarshal(raw, v); err != nil {
		t.Fatal(err)
	}
}

func TestParseFilename(t *testing.T) {
	tests := []struct{ in, name, version, build, tags, variant string }{
		{"numpy-2.5.5-cp314-cp314t-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl", "numpy", "2.5.5", "", "cp314-cp314t-manylinux_2_27_x86_64.manylinux_2_28_x86_64", ""},
		{"Zope.Interface_Ext-1.0a1-py2.py3-none-any.whl", "zope-interface-ext", "1.0a1", "", "py2.py3-none-any", ""},
		{"_x_-1.0-py3-none-any.whl", "-x-", "1.0", "", "py3-none-any", ""},
		{"a._b-1.0-py3-none-any.whl", "a-b", "1.0", "", "py3-none-any", ""},
		{"ÉTÉ-1.0-py3-none-any.whl", "été", "1.0", "", "py3-none-any", ""},
		{"foo-1.0-10a-CP314-CP314T-Win_AMD64.whl", "foo", "1.0", "10a", "cp314-cp314t-win_amd64", ""},
		{"foo-1.0-20260101123456789-py3-none-any.whl", "foo", "1.0", "20260101123456789", "py3-none-any", ""},
		{"foo-1.0-99999999999999999999-py3-none-any.whl", "foo", "1.0", "9223372036854775807", "py3-none-any", ""},
		{"foo-1.0-0-py3-none-any.whl", "foo", "1.0", "0", "py3-none-any", ""},
		{"foo-1.0-007-py3-none-any.whl", "foo", "1.0", "7", "py3-none-any", ""},
		{"foo-1!2.0.post1.dev3+local.7-py3-none-any.whl", "foo", "1!2.0.post1.dev3+local.7", "", "py3-none-any", ""},
		// Tags nobody has are no fault of the name.
		{"foo-1.0-cp315t-abi3t-win_amd64.whl", "foo", "1.0", "", "cp315t-abi3t-win_amd64", ""},
		{"foo-1.0-pp310-pypy310_pp73-solaris_2_11_sun4u.whl", "foo", "1.0", "", "pp310-pypy310_pp73-solaris_2_11_sun4u", ""},
		// Variant wheels.
		{"numpy-2.3.2-cp313-cp313t-musllinux_1_2_x86_64-x86_64_v3.whl", "numpy", "2.3.2", "", "cp313-cp313t-musllinux_1_2_x86_64", "x86_64_v3"},
		{"numpy-2.3.2-cp313-cp313t-musllinux_1_2_x86_64-null.whl", "numpy", "2.3.2", "", "cp313-cp313t-musllinux_1_2_x86_64", "null"},
		{"numpy-2.3.2-1-cp313-cp313t-musllinux_1_2_x86_64-cu12.9.whl", "numpy", "2.3.2", "1", "cp313-cp313t-musllinux_1_2_x86_64", "cu12.9"},
		{"foo-1.0-cp313-cp313-linux_x86_64-any.whl", "foo", "1.0", "", "cp313-cp313-linux_x86_64", "any"},
		{"foo-1.0-py3-none-any-x86_64_v3.whl", "foo", "1.0", "", "py3-none-any", "x86_64_v3"},
		{"foo-1.0-py2.py3-none-newos_1-fast.whl", "foo", "1.0", "", "py2.py3-none-newos_1", "fast"},
	}
	for _, tt := range tests {
		f, err := ParseFilename(tt.in)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := [...]string{f.Name, f.Version.String(), f.Build.String(), f.Tags.String(), f.Variant}; got != [...]string{tt.name, tt.version, tt.build, tt.tags, tt.variant} {
			t.Errorf("%s: got %q", tt.in, got)
		}
		if project, _, _ := strings.Cut(tt.in, "-"); f.Project != project {
			t.Errorf("%s: project %q", tt.in, f.Project)
		}
	}
}

func TestParseFilenameErrors(t *testing.T) {
	many := strings.Repeat("cp314.", 64) + "cp314"
	tests := []struct {
		in     string
		reason Reason
		want   string
	}{
		{"foo-1.0-cp314-cp314t-win_amd64-.whl", BadVariant, `"" is not a variant label`},
		{"", BadExtension, "the extension is not .whl"},
		{"foo-1.0.tar.gz", BadExtension, "the extension is not .whl"},
		{"foo-1.0-py3-none-any.WHL", BadExtension, "the extension is not .whl"},
		{".whl", BadParts, "1 parts"},
		{"foo-1.0-none-any.whl", BadParts, "4 parts"},
		{"foo-1.0-1-py3-none-any-v-w.whl", BadParts, "8 parts"},
		{"-1.0-py3-none-any.whl", BadName, `"" is not the name of a project`},
		{"foo__bar-1.0-py3-none-any.whl", BadName, `"foo__bar" is not`},
		{"foo bar-1.0-py3-none-any.whl", BadName, `"foo bar" is not`},
		{"foo+-1.0-py3-none-any.whl", BadName, `"foo+" is not`},
		{"foo-one-py3-none-any.whl", BadVersion, `"one" is not a version`},
		{"foo-1.0%2Bcu121-cp313-cp313t-linux_x86_64.whl", BadVersion, `"1.0%2Bcu121" is not a version`},
		{"foo--py3-none-any.whl", BadVersion, `"" is not a version`},
		{"foo-1.0-a1-py3-none-any.whl", BadBuild, `the build tag "a1" does not begin with a digit`},
		{"foo-1.0--py3-none-any.whl", BadBuild, `the build tag "" does not begin with a digit`},
		{"foo-1.0-x-cp314-cp314t-win_amd64-null.whl", BadBuild, `the build tag "x"`},
		{"foo-1.0-cp314-cp314t-win_amd64-CU129.whl", BadVariant, `"CU129" is not a variant label`},
		{"foo-1.0-1-cp314-cp314t-win_amd64-.whl", BadVariant, `"" is not a variant label`},
		{"foo-1.0-py2..py3-none-any.whl", BadTag, "an empty tag"},
		{"foo-1.0-py3--any.whl", BadTag, "an empty tag"},
		{"foo-1.0-py3-none-.whl", BadTag, "an empty tag"},
		{"foo-1.0-3py-none-any.whl", BadTag, `"3py" is not a python tag`},
		{"foo-1.0-py3-no ne-any.whl", BadTag, `character " ": tags are ASCII`},
		{"foo-1.0-py3-none-any\u202e.whl", BadTag, `character "\u202e"`},
		{"foo-1.0-" + many + "-" + many + "-any.whl", BadTag, "more than 4096 tags"},
		{"foo-1.0-" + strings.Repeat("py3.", 1<<16) + "py3-none-any.whl", BadTag, "more than 4096 tags"},
		{"foo-1.0-py3-none-any/../x.whl", BadCharacter, `must not have "/"`},
		{`foo-1.0-1\-py3-none-any.whl`, BadCharacter, `must not have "\\"`},
		{"foo-1.0-1\x1b[31m-py3-none-any.whl", BadCharacter, `must not have "\x1b"`},
		{"foo-1.0-1\n-py3-none-any.whl", BadCharacter, `must not have "\n"`},
		{"foo-1.0-1\xff-py3-none-any.whl", BadCharacter, `must not have "\xff"`},
	}
	for _, tt := range tests {
		_, err := ParseFilename(tt.in)
		var e *FilenameError
		if !errors.As(err, &e) {
			t.Errorf("%.60q: error %v", tt.in, err)
			continue
		}
		if e.Reason != tt.reason || e.Filename != tt.in || !strings.Contains(e.Msg, tt.want) || !strings.HasPrefix(e.Error(), "wheel ") {
			t.Errorf("%.60q: %s: %s; want %s: %s", tt.in, e.Reason, e.Msg, tt.reason, tt.want)
		}
	}
}

func TestReasonWords(t *testing.T) {
	seen := map[string]bool{}
	for r := BadExtension; r <= BadVariant; r++ {
		seen[r.String()] = true
	}
	if len(seen) != 8 || seen["unknown"] || seen[""] || Reason(0).String() != "unknown" || Reason(9).String() != "unknown" {
		t.Errorf("reasons are %v", seen)
	}
}

func TestBuildCompare(t *testing.T) {
	ascending := []string{"", "0", "0.1", "0a", "1", "1.5", "1a", "1b", "2", "10", "10a", "20260101", "99999999999999999999"}
	builds := make([]Build, len(ascending))
	for i, s := range ascending {
		b, ok := parseBuild(s)
		if ok != (s != "") {
			t.Errorf("%q: %t", s, ok)
		}
		builds[i] = b
	}
	for i, b := range builds {
		for j, c := range builds {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := b.Compare(c); got != want {
				t.Errorf("%q with %q: %d, want %d", ascending[i], ascending[j], got, want)
			}
		}
	}
}

func TestParseTagSet(t *testing.T) {
	set, err := ParseTagSet("CP313.cp314-cp313t.CP314t-macosx_11_0_arm64.macosx_10_13_x86_64")
	if err != nil {
		t.Fatal(err)
	}
	if set.Len() != 8 || len(set.Tags()) != 8 {
		t.Fatalf("%d tags, listed %d", set.Len(), len(set.Tags()))
	}
	if got := set.Tags()[3].String(); got != "cp313-cp314t-macosx_10_13_x86_64" {
		t.Errorf("tag 3 is %s", got)
	}
	if got := set.String(); got != "cp313.cp314-cp313t.cp314t-macosx_11_0_arm64.macosx_10_13_x86_64" {
		t.Errorf("the set is %s", got)
	}
	for _, bad := range []string{"", "py3", "py3-none", "py3-none-any-x", "-none-any", "py3..py2-none-any", "py3-none-any.", "3-none-any", "py³-none-any"} {
		if set, err := ParseTagSet(bad); err == nil {
			t.Errorf("%q is a set: %s", bad, &set)
		}
	}
	var none TagSet
	if none.Len() != 0 || none.Tags() != nil || none.String() != "" {
		t.Error("the zero TagSet is not empty")
	}
	if _, bad := none.Mislabelled(); bad {
		t.Error("the zero TagSet is mislabelled")
	}
}

// TestTagSetSizes checks sets around and beyond the size that is stored inline.
func TestTagSetSizes(t *testing.T) {
	m := NewMatcher(mustTarget(t, "3.14t linux-x86_64"), PackagingOrder)
	for n := range 40 {
		text := "cp314-cp314t-" + strings.Repeat("win32.", n) + "linux_x86_64"
		set, err := ParseTagSet(text)
		if err != nil {
			t.Fatal(err)
		}
		if tag, rank, ok := m.Best(&set); !ok || rank != 0 || tag.String() != "cp314-cp314t-linux_x86_64" {
			t.Errorf("%d tags: best is %s, %d, %t", n+1, tag, rank, ok)
		}
		copied := set
		if rank, ok := m.Rank(&copied); !ok || rank != 0 || set.Len() != n+1 {
			t.Errorf("%d tags: a copy has rank %d, %t", n+1, rank, ok)
		}
	}
}
