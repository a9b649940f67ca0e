package simple

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

func TestParseMetadata(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       Metadata
	}{
		{
			"usual",
			"Metadata-Version: 2.4\nName: Foo.Bar\nVersion: 1.0\nSummary: a: b\nRequires-Python: >=3.9\n" +
				"Requires-Dist: a>=1\nRequires-Dist: b; extra == 'x'\nProvides-Extra: x\nDynamic: License\n" +
				"Classifier: Programming Language :: Python :: 3\nClassifier: Programming Language :: Python :: Free Threading :: 2 - Beta\n" +
				"Home-page: https://example.invalid/home\nProject-URL: Homepage, https://example.invalid\n\nName: in the body\nRequires-Dist: c\n",
			Metadata{MetadataVersion: "2.4", Name: "Foo.Bar", Version: "1.0", RequiresPython: ">=3.9",
				RequiresDist: []string{"a>=1", "b; extra == 'x'"}, ProvidesExtra: []string{"x"}, Dynamic: []string{"License"},
				FreeThreading: []string{"Programming Language :: Python :: Free Threading :: 2 - Beta"},
				URLs:          []string{"Homepage, https://example.invalid/home", "Homepage, https://example.invalid"}},
		},
		{
			"more addresses than anybody has",
			"Name: a\nVersion: 1\n" + strings.Repeat("Project-URL: x\n", 2*maxURLs),
			Metadata{Name: "a", Version: "1", URLs: slices.Repeat([]string{"x"}, maxURLs)},
		},
		{
			"carriage returns, a byte order mark and no end of line",
			"\xef\xbb\xbfMetadata-Version: 2.1\r\nName: a\r\nVersion: 1\r\nRequires-Dist: b\r\n\r\nRequires-Dist: c\r\n",
			Metadata{MetadataVersion: "2.1", Name: "a", Version: "1", RequiresDist: []string{"b"}},
		},
		{
			"no body and no end of line",
			"Name: a\nVersion: 1\nRequires-Dist: b",
			Metadata{Name: "a", Version: "1", RequiresDist: []string{"b"}},
		},
		{
			"case and space",
			"NAME:a\nversion : 0\nversion:\t1 \nrequires-dist:   b \t\nREQUIRES-DIST:c\n",
			Metadata{Name: "a"},
		},
		{
			"names ignore case",
			"NAME:a\nvERSION:\t1 \nrequires-dist:   b \t\nREQUIRES-DIST:c\n",
			Metadata{Name: "a", Version: "1", RequiresDist: []string{"b", "c"}},
		},
		{
			"folded",
			" a continuation of nothing\nName: a\nVersion: 1\nDescription: line\n        Requires-Dist: no\n\t\n        still\n" +
				"Requires-Dist: b\n >=1;\r\n\t python_version < '4'\nRequires-Python:\n  >=3\n",
			Metadata{Name: "a", Version: "1", RequiresDist: []string{"b >=1; python_version < '4'"}, RequiresPython: ">=3"},
		},
		{
			"the first of two counts",
			"Name: a\nName: b\nVersion: 1\nVersion: 2\nRequires-Python: >=3\nRequires-Python: <3\n",
			Metadata{Name: "a", Version: "1", RequiresPython: ">=3"},
		},
		{
			"placeholders and empty values",
			"Name: a\nVersion: 1\nRequires-Python: UNKNOWN\nRequires-Dist: UNKNOWN\nRequires-Dist:\nProvides-Extra: \n",
			Metadata{Name: "a", Version: "1"},
		},
		{
			"Latin-1",
			"Name: a\nVersion: 1\nAuthor: J\xf6rg\nRequires-Dist: b @ https://example.invalid/\xe9\nProvides-Extra: \xc3\xa9\n",
			Metadata{Name: "a", Version: "1", RequiresDist: []string{"b @ https://example.invalid/é"}, ProvidesExtra: []string{"é"}},
		},
		{
			"a body without an empty line before it",
			"Name: a\nVersion: 1\nThis package does: things\nRequires-Dist: b\n",
			Metadata{Name: "a", Version: "1"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseMetadata([]byte(test.text))
			if test.want.Version == "" {
				if !errors.Is(err, ErrNoMetadata) {
					t.Errorf("got %+v, %v; want ErrNoMetadata", got, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseMetadataErrors(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", "no Name"},
		{"\n", "no Name"},
		{"<html>\n<body>not found</body>\n", "no Name"},
		{"Name: a\n", "no Version"},
		{"Version: 1\n", "no Name"},
		{"Name: UNKNOWN\nVersion: 1\n", "no Name"},
		{"\nName: a\nVersion: 1\n", "no Name"},
		{strings.Repeat("x", maxMetadata+1), "is over"},
	} {
		m, err := ParseMetadata([]byte(test.text))
		if m != nil || !errors.Is(err, ErrNoMetadata) || !strings.Contains(fmt.Sprint(err), test.want) {
			t.Errorf("%.40q: got %v, %v; want an error with %q", test.text, m, err, test.want)
		}
	}
}

// TestParseMetadataTime folds a value two million times, which takes an hour if
// each line copies those before it.
func TestParseMetadataTime(t *testing.T) {
	text := "Name: a\nVersion: 1\nRequires-Dist: b" + strings.Repeat("\n c", 2_000_000)
	start := time.Now()
	m, err := ParseMetadata([]byte(text))
	if err != nil || len(m.RequiresDist) != 1 {
		t.Fatal(m, err)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestStaticDependencies(t *testing.T) {
	for _, test := range []struct {
		version, dynamic string
		want             bool
	}{
		{"2.2", "", true},
		{"2.4", "License", true},
		{"2.10", "Version", true},
		{"2.1", "", false},
		{"1.2", "", false},
		{"3.0", "", false},
		{"2", "", false},
		{"", "", false},
		{"2.x", "", false},
		{"2.2", "Requires-Dist", false},
		{"2.2", "requires-dist", false},
		{"2.3", "License,Provides-Extra", false},
		{"2.3", "Requires-Python", false},
	} {
		m := Metadata{MetadataVersion: test.version, Dynamic: strings.Split(test.dynamic, ",")}
		if got := m.StaticDependencies(); got != test.want {
			t.Errorf("%s with dynamic %q: %v", test.version, test.dynamic, got)
		}
	}
}

func TestMetadataEqual(t *testing.T) {
	a := &Metadata{Name: "a", RequiresDist: []string{"b", "c"}, ProvidesExtra: []string{"x", "y"}, RequiresPython: ">=3"}
	for _, test := range []struct {
		o    *Metadata
		want bool
	}{
		{a, true},
		{nil, false},
		{&Metadata{Name: "other", Version: "2", RequiresDist: []string{"c", "b"}, ProvidesExtra: []string{"y", "x"}, RequiresPython: ">=3"}, true},
		{&Metadata{RequiresDist: []string{"b"}, ProvidesExtra: []string{"x", "y"}, RequiresPython: ">=3"}, false},
		{&Metadata{RequiresDist: []string{"b", "b"}, ProvidesExtra: []string{"x", "y"}, RequiresPython: ">=3"}, false},
		{&Metadata{RequiresDist: []string{"b", "c"}, ProvidesExtra: []string{"x"}, RequiresPython: ">=3"}, false},
		{&Metadata{RequiresDist: []string{"b", "c"}, ProvidesExtra: []string{"x", "y"}}, false},
	} {
		if got := a.Equal(test.o); got != test.want {
			t.Errorf("Equal(%+v) = %v", test.o, got)
		}
		if test.o != nil && test.o.Equal(a) != test.want {
			t.Errorf("%+v: not symmetric", test.o)
		}
	}
	if got := strings.Join(a.RequiresDist, " "); got != "b c" {
		t.Errorf("Equal sorted its receiver: %s", got)
	}
	var none *Metadata
	if none.Equal(a) || !none.Equal(nil) {
		t.Error("nil metadata equals only nil")
	}
}

func TestDescribes(t *testing.T) {
	for _, test := range []struct {
		name, version string // of the metadata
		want          string // "" for none
	}{
		{"Foo_Bar", "1.0.0", ""},
		{"foo-bar", "1.0+local", ""},
		{"foobar", "1.0", "names project"},
		{"foo-bar", "1.1", "version 1.1, not 1.0"},
		{"foo-bar", "latest", `version "latest"`},
	} {
		m := Metadata{Name: test.name, Version: test.version}
		err := m.Describes("foo-bar", pep440.MustParse("1.0"))
		if test.want == "" && err != nil || test.want != "" && (!errors.Is(err, ErrNoMetadata) || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s %s: %v, want %q", test.name, test.version, err, test.want)
		}
	}
	m := Metadata{Name: "foo-bar", Version: "1.0"}
	if err := m.Describes("foo-bar", pep440.MustParse("1.0+local")); err == nil {
		t.Error("a local version that the metadata lacks is taken")
	}
}

func FuzzParseMetadata(f *testing.F) {
	f.Add([]byte("Metadata-Version: 2.4\nName: a\nVersion: 1\nRequires-Dist: b\n ; extra == 'x'\n\nbody"))
	f.Add([]byte("\xef\xbb\xbfName:a\r\nVersion:\xff\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseMetadata(b)
		if err != nil {
			if !errors.Is(err, ErrNoMetadata) {
				t.Errorf("%v is not ErrNoMetadata", err)
			}
			return
		}
		for _, text := range slices.Concat(m.RequiresDist, m.ProvidesExtra, m.Dynamic, m.FreeThreading, m.URLs, []string{m.Name, m.Version}) {
			if text == "" || strings.ContainsAny(text, "\n") || text != strings.TrimSpace(text) {
				t.Errorf("value %q", text)
			}
		}
		got, err := DecodeMetadata(m.AppendBinary(nil))
		if err != nil || dump(got) != dump(m) {
			t.Errorf("decoded %+v, %v; want %+v", got, err, m)
		}
	})
}
