package simple

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestFilenames understands names as files of the project foo-bar. What pip 26.3
// and uv 0.12 make of a name was read in their sources.
func TestFilenames(t *testing.T) {
	for _, test := range []struct {
		filename string
		want     string // kind and version, or the reason
	}{
		{"foo_bar-1.0.tar.gz", "sdist 1.0"},
		{"foo-bar-1.0.tar.gz", "sdist 1.0"},
		{"Foo.Bar-1.0.tar.gz", "sdist 1.0"},
		{"foo__bar-1.0.tar.gz", "sdist 1.0"},
		{"foo-bar-1.0.zip", "sdist 1.0"},
		{"foo-bar-1.0.tar.bz2", "sdist 1.0"},
		{"foo-bar-1.0.tgz", "sdist 1.0"},
		{"foo-bar-1.0.tbz", "sdist 1.0"},
		{"foo-bar-1.0.tar", "sdist 1.0"},
		{"foo-bar-1.0.tar.xz", "sdist 1.0"},
		{"foo-bar-1.0.txz", "sdist 1.0"},
		{"foo-bar-1.0.tlz", "sdist 1.0"},
		{"foo-bar-1.0.tar.lz", "sdist 1.0"},
		{"foo-bar-1.0.tar.lzma", "sdist 1.0"},
		{"foo_bar-1!2.0.post1.dev3+local.7.tar.gz", "sdist 1!2.0.post1.dev3+local.7"},
		{"foo-bar-1.0-1.tar.gz", "sdist 1.0.post1"},
		{"foo-bar-v1.0RC1.tar.gz", "sdist 1.0rc1"},
		{"foo-bar-1.0.tar.zst", "other 1.0"},
		{"foo-bar-1.0.tar.Z", "other 1.0"},
		{"foo-bar-1.0.linux-x86_64.tar.gz", "other 1.0"},
		{"foo-bar-1.0.win32.zip", "other 1.0"},
		{"foo-bar-1.0.macosx-10.9-universal2.tar.gz", "other 1.0"},
		{"foo-bar-1.0.win-amd64-py3.8.exe", "other 1.0"},
		{"foo-bar-1.0.win32.msi", "other 1.0"},
		{"foo-bar-1.0-1.noarch.rpm", "other 1.0"},
		{"foo_bar-1.0-py3.8.egg", "other 1.0"},
		{"foo_bar-1.0-py3.8-macosx-10.9-x86_64.egg", "other 1.0"},
		{"foo-bar-1.0.dmg", "other 1.0"},

		{"foo-bar-.tar.gz", `version "" is not one of PEP 440`},
		{"foo-bar-latest.tar.gz", `version "latest" is not one of PEP 440`},
		{"foo-bar-1.0-py3.8.tar.gz", `version "1.0-py3.8" is not one of PEP 440`},
		{"foo-bar-baz-1.0.tar.gz", `version "baz-1.0" is not one of PEP 440`},
		{"foo_bar-py3.8.egg", `version "py3.8" is not one of PEP 440`},
		{"foo-bar.tar.gz", "not named after project foo-bar"},
		{"foo-1.0.tar.gz", "not named after project foo-bar"},
		{"foobar-1.0.tar.gz", "not named after project foo-bar"},
		{"foo-bar_-1.0.tar.gz", "not named after project foo-bar"},
		{"fool_bar-1.0-py3-none-any.whl", "not named after project foo-bar"},
		{"fool_bar-1.0.whl", "not named after project foo-bar"},
		{"foo-bar-1.0.TAR.GZ", "no format of a distribution"},
		{"foo-bar-1.0.tar.gz.asc", "no format of a distribution"},
		{"foo-bar-1.0", "no format of a distribution"},
		{"foo bar-1.0.tar.gz", "not a file name"},
		{"foo-bar-1.0\x00.tar.gz", "not a file name"},
		{`..\foo-bar-1.0.tar.gz`, "not a file name"},

		{"foo_bar-1.0-py3-none-any.whl", "wheel 1.0"},
		{"Foo_Bar-1.0-py2.py3-none-any.whl", "wheel 1.0"},
		{"foo_bar-1.0-2b-cp314-cp314t-win_amd64.whl", "wheel 1.0"},
		{"foo_bar-1.0-cp315-abi3.abi3t-win_amd64.whl", "wheel 1.0"},
		{"foo_bar-1.0-cp314-cp314t-linux_x86_64-cu130.whl", "variant 1.0"},
		{"foo_bar-1.0-1-cp314-cp314t-linux_x86_64-cu130.whl", "variant 1.0"},
	} {
		b := newBuilder("foo-bar", 0)
		b.add(&File{Filename: test.filename, URL: "x"}, "")
		p := b.project()
		got := ""
		switch {
		case len(p.Skipped) == 1 && p.Skipped[0].Filename == test.filename:
			got = p.Skipped[0].Reason
		case len(p.Releases) == 1 && len(p.Releases[0].Files) == 1:
			got = p.Releases[0].Files[0].Kind.String() + " " + p.Releases[0].Version.String()
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.filename, got, test.want)
		}
		checkProject(t, p)
	}
}

// TestMalformedWheels says only that these are skipped with some reason; which
// one is the matter of package wheeltags.
func TestMalformedWheels(t *testing.T) {
	for _, filename := range []string{
		"foo_bar-1.0.whl", "foo_bar-1.0-py3-none.whl", "foo_bar-latest-py3-none-any.whl",
	} {
		b := newBuilder("foo-bar", 0)
		// Behind a good wheel, whose parts are known.
		b.add(&File{Filename: "foo_bar-1.0-py3-none-any.whl", URL: "x"}, "")
		b.add(&File{Filename: filename, URL: "x"}, "")
		p := b.project()
		if len(p.Skipped) != 1 || p.Skipped[0].Reason == "" || strings.Contains(p.Skipped[0].Reason, ".whl") {
			t.Errorf("%s: skipped %q", filename, p.Skipped)
		}
	}
}

func TestProjectName(t *testing.T) {
	for filename, want := range map[string]string{
		"Foo_Bar-1.0-cp314-cp314t-win_amd64.whl": "foo-bar",
		"foo.bar-1.0.tar.gz":                     "foo-bar",
		"foo-bar-1.0.zip":                        "foo-bar",
		"a-1-1.zip":                              "a-1",
		"foo-1.0+local.tar.bz2":                  "foo",
		"foo-latest.tar.gz":                      "",
		"foo.tar.gz":                             "",
		"-1.0.tar.gz":                            "",
		"fo o-1.0.tar.gz":                        "",
		"foo-1.0.whl":                            "",
		"foo-1.0.egg":                            "",
		"main.zip":                               "",
		"":                                       "",
	} {
		got, ok := ProjectName(filename)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: got %q, %v; want %q", filename, got, ok, want)
		}
	}
}

func TestPEP625(t *testing.T) {
	for filename, want := range map[string]bool{
		"a-1.tar.gz": true, "a-1.zip": true,
		"a-1.tgz": false, "a-1.tar.bz2": false, "a-1.tar.xz": false, "a-1.tar": false,
		"a-1-py3-none-any.whl": false, "a-1.linux-x86_64.tar.gz": false,
	} {
		p := FromFiles("a", []RawFile{{Filename: filename, URL: filename}})
		if got := p.Releases[0].Files[0].PEP625(); got != want {
			t.Errorf("%s: PEP625 is %v", filename, got)
		}
	}
}

func TestReleases(t *testing.T) {
	var files []RawFile
	for i, filename := range []string{
		"a-1.0.tar.gz", "a-2.0rc1.tar.gz", "a-1.0.0-py3-none-any.whl", "a-1!0.1.tar.gz", "a-2.0.tar.gz",
		"a-1-cp314-cp314t-win_amd64.whl", "a-2.0.dev1.tar.gz", "a-2.0+ft.tar.gz", "a-1.00.tar.gz", "a-2.0-py3-none-any.whl",
	} {
		files = append(files, RawFile{URL: fmt.Sprintf("files/%d/%s", i, filename)})
	}
	p := FromFiles("A", files)
	checkProject(t, p)
	var got []string
	for _, r := range p.Releases {
		got = append(got, r.Version.String()+":")
		for _, f := range r.Files {
			got = append(got, strings.Split(f.URL, "/")[1])
		}
		if cap(r.Files) != len(r.Files) {
			t.Errorf("release %s: appending to its files would overwrite the next release's", r.Version)
		}
	}
	const want = "1!0.1: 3 2.0+ft: 7 2.0: 4 9 2.0rc1: 1 2.0.dev1: 6 1.0: 0 2 5 8"
	if got := strings.Join(got, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if len(p.Tags) != 2 {
		t.Errorf("tag sets %v, want two", p.Tags)
	}
}

func TestFromFiles(t *testing.T) {
	p := FromFiles("a", []RawFile{
		{URL: "a-1.tar.gz"},
		{Filename: "a-2.tar.gz", URL: "blob/17", Size: 5, Uploaded: 9, RequiresPython: ">=3.9", Yanked: true, YankedReason: "why",
			Hashes: []Hash{{"sha256", strings.Repeat("01", 32)}, {"sha1", strings.Repeat("02", 20)}}, Metadata: MetadataFile{Offered: true}},
		{URL: "notes.txt"},
		{URL: "b-1.tar.gz"},
		{URL: "b-1-py3-none-any.whl"},
		{URL: "b-1.whl"},
		{URL: "a-x.tar.gz"},
		{},
	})
	checkProject(t, p)
	p.Base = "https://example.invalid/d/"
	golden(t, "fromfiles.golden", describe(p))
}

// TestSameVersionText keeps apart what is text of a version in one format and
// not in another.
func TestSameVersionText(t *testing.T) {
	p := FromFiles("a", []RawFile{
		{URL: "a-1.0-1.tar.gz"}, {URL: "a-1.0-1-py3-none-any.whl"}, {URL: "a-1.0-2-py3-none-any.whl"}, {URL: "a-1.0-py3-none-any.whl"},
	})
	checkProject(t, p)
	if len(p.Releases) != 2 || len(p.Releases[1].Files) != 3 || len(p.Tags) != 1 {
		t.Errorf("got %s", describe(p))
	}
	for i, want := range []int64{1, 2} {
		if got := p.Releases[1].Files[i].Build.N; got != want {
			t.Errorf("build tag %d, want %d", got, want)
		}
	}
}

// TestWheelShortcut understands names made of all parts, good and bad, one by one
// and then together in random order, where most go the short way: each must come
// out the same.
func TestWheelShortcut(t *testing.T) {
	var filenames []string
	for _, name := range []string{"foo_bar", "Foo.Bar", "foo-bar", "foo__bar", "foo", ""} {
		for _, version := range []string{"1.0", "1.0.0", "1.0+a", "1.0-1", "latest", ""} {
			for _, tags := range []string{
				"py3-none-any", "Py3-None-Any", "cp314-cp314t-win_amd64", "1-py3-none-any", "2b-py3-none-any",
				"py3-none-any-label", "py3-none", "py3-no!ne-any", "cp314-cp314t-linux_x86_64-x86", "none-any", "",
			} {
				filenames = append(filenames, name+"-"+version+"-"+tags+".whl")
			}
		}
	}
	about := func(p *Project, i int) string {
		for _, s := range p.Skipped {
			if s.Filename == filenames[i] {
				return s.Reason
			}
		}
		for _, r := range p.Releases {
			for _, f := range r.Files {
				if f.URL == fmt.Sprint("u", i) {
					return fmt.Sprintf("%s %s %q %s", f.Kind, r.Version.Public().Base(), f.Build, strings.ToLower(p.Tags[f.Tags].String()))
				}
			}
		}
		return "lost"
	}
	alone := make([]string, len(filenames))
	good := 0
	for i, filename := range filenames {
		b := newBuilder("foo-bar", 0)
		b.add(&File{Filename: filename, URL: fmt.Sprint("u", i)}, "")
		alone[i] = about(b.project(), i)
		if strings.HasPrefix(alone[i], "wheel ") {
			good++
		}
	}
	if good < 20 {
		t.Fatalf("only %d names are good", good)
	}
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		b := newBuilder("foo-bar", 0)
		for _, i := range rnd.Perm(len(filenames)) {
			b.add(&File{Filename: filenames[i], URL: fmt.Sprint("u", i)}, "")
		}
		p := b.project()
		checkProject(t, p)
		for i, want := range alone {
			if got := about(p, i); strings.Replace(got, " 1.0.0 ", " 1.0 ", 1) != strings.Replace(want, " 1.0.0 ", " 1.0 ", 1) {
				t.Fatalf("%s: alone %q, among others %q", filenames[i], want, got)
			}
		}
	}
}
