package runtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/wheeltags"
)

// The catalogue of the program serves what the documentation promises, on every
// main platform.
func TestEmbedded(t *testing.T) {
	t.Parallel()
	c, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []Platform{
		"x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl",
		"x86_64-apple-darwin", "aarch64-apple-darwin", "x86_64-pc-windows-msvc", "aarch64-pc-windows-msvc",
	} {
		for _, want := range []string{"3.13t", "3.14t", "3.15t", "3.13", "3.14", "3.14+freethreaded"} {
			python, err := wheeltags.ParsePython(want)
			if err != nil {
				t.Fatal(err)
			}
			b, err := c.Find(python, p)
			if err != nil || b.FreeThreaded != python.FreeThreaded || b.Python().Series() != python.Series() || b.Platform != p {
				t.Errorf("%s on %s: %+v, %v", want, p, b, err)
			}
		}
	}
	// What is written is what was read.
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), bytes.ReplaceAll(embedded, []byte("\r\n"), []byte("\n"))) {
		t.Error("builds.json is not as scripts/runtime-catalogue writes it")
	}
	// Names that can be looked up by hand.
	b1, err := c.Find(wheeltags.Python{Major: 3, Minor: 14, Micro: 7, FreeThreaded: true}, "x86_64-unknown-linux-gnu")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := b1.Name(), "cpython-3.14.7t+20260814-x86_64-linux-gnu"; got != want {
		t.Errorf("name %s, want %s", got, want)
	}
	if got, want := c.Prefix+b1.path(), "https://github.com/astral-sh/python-build-standalone/releases/download/20260814/cpython-3.14.7%2B20260814-x86_64-unknown-linux-gnu-freethreaded-install_only_stripped.tar.gz"; got != want {
		t.Errorf("URL %s, want %s", got, want)
	}
}

func TestCatalogueFind(t *testing.T) {
	t.Parallel()
	const here, there = Platform("x86_64-unknown-linux-gnu"), Platform("aarch64-apple-darwin")
	c := &Catalogue{AsOf: time.Date(2026, 8, 14, 0, 0, 0, 0, time.UTC), Index: indexURL, Prefix: archivePrefix}
	for _, b := range []struct {
		version string
		p       Platform
	}{
		{"3.13.9t", here}, {"3.13.10t", here}, {"3.13.10", here}, {"3.14.7t", here}, {"3.14.8t", there},
		{"3.15.0rc1t", here}, {"3.15.0rc2t", here}, {"3.15.0b4t", here}, {"3.16.0a7t", here}, {"3.16.0a10t", here},
		{"3.14.9a1t", here},
	} {
		version, ft := strings.CutSuffix(b.version, "t")
		c.Builds = append(c.Builds, Build{version, ft, b.p, "20260814", Digest{1}})
	}
	slices.SortFunc(c.Builds, compareBuilds)
	if err := c.check(); err != nil {
		t.Fatal(err)
	}
	for want, take := range map[string]string{
		"3.13t": "3.13.10t", "3.13": "3.13.10", "3.13.9t": "3.13.9t", "3.14t": "3.14.7t", "3.14+freethreaded": "3.14.7t",
		"3.15t": "3.15.0rc2t", "3.15.0rc1t": "3.15.0rc1t", "3.16t": "3.16.0a10t", "3.15t-dev": "3.15.0rc2t",
		"3.14": "", "3.13.8t": "", "3.17t": "", "3.15.0t": "", "3.14td": "",
	} {
		python, err := wheeltags.ParsePython(want)
		if err != nil {
			t.Fatal(err)
		}
		b, err := c.Find(python, here)
		var none *NoBuildError
		switch {
		case take == "" && !errors.As(err, &none), take != "" && (err != nil || b.Python().String() != take):
			t.Errorf("%s: %+v, %v, want %q", want, b, err, take)
		case take == "" && !strings.Contains(err.Error(), "2026-08-14"):
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestCatalogueRefuses(t *testing.T) {
	t.Parallel()
	good := map[string]any{}
	if err := json.Unmarshal(embedded, &good); err != nil {
		t.Fatal(err)
	}
	builds, _ := good["builds"].([]any)
	one := func(change string, value any) []any {
		b := map[string]any{}
		maps.Copy(b, builds[0].(map[string]any))
		b[change] = value
		return []any{b}
	}
	for name, change := range map[string]map[string]any{
		"schema":         {"schema": "ftpkg.builds/2"},
		"no date":        {"as_of": "yesterday"},
		"plain http":     {"prefix": "http://mirror.example.invalid/"},
		"no slash":       {"prefix": "https://mirror.example.invalid/x"},
		"a file":         {"index": "file:///x"},
		"no builds":      {"builds": []any{}},
		"order":          {"builds": []any{builds[1], builds[0]}},
		"twice":          {"builds": []any{builds[0], builds[0]}},
		"short digest":   {"builds": one("sha256", "abcd")},
		"no digest":      {"builds": one("sha256", strings.Repeat("0", 64))},
		"version":        {"builds": one("version", "3.13")},
		"flavour":        {"builds": one("version", "3.13.1t")},
		"path":           {"builds": one("version", "../../3.13.1")},
		"release":        {"builds": one("release", "2026-08-14")},
		"release path":   {"builds": one("release", "../../../")},
		"platform":       {"builds": one("platform", "../x-y-z")},
		"no free builds": {"builds": one("version", "3.12.1")},
	} {
		doc := map[string]any{}
		maps.Copy(doc, good)
		maps.Copy(doc, change)
		if name == "no free builds" {
			doc["builds"].([]any)[0].(map[string]any)["free_threaded"] = true
		}
		text, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ReadCatalogue(bytes.NewReader(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, text := range []string{"", "{}", "null", "[]", string(embedded[:len(embedded)/2])} {
		if _, err := ReadCatalogue(strings.NewReader(text)); err == nil {
			t.Errorf("%.20q: no error", text)
		}
	}
}

// The newer one of two catalogues counts, and a broken one hides nothing.
func TestLoadCatalogue(t *testing.T) {
	t.Parallel()
	own, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	keep := func(day time.Time) string {
		c := *own
		c.AsOf = day
		dir := t.TempDir()
		var b bytes.Buffer
		if err := c.Write(&b); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, catalogueFile), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, catalogueFile), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	later := own.AsOf.AddDate(0, 1, 0)
	for _, tt := range []struct {
		dir  string
		want time.Time
		bad  bool
	}{
		{keep(later), later, false},
		{keep(own.AsOf.AddDate(0, -1, 0)), own.AsOf, false},
		{t.TempDir(), own.AsOf, false},
		{filepath.Join(broken, "nothing"), own.AsOf, false},
		{"", own.AsOf, false},
		{broken, own.AsOf, true},
	} {
		c, err := LoadCatalogue(tt.dir)
		if c == nil || !c.AsOf.Equal(tt.want) || (err != nil) != tt.bad {
			t.Errorf("%s: %v", tt.dir, err)
		}
	}
}

const linux = "x86_64-unknown-linux-gnu"

// indexOf returns a line of an index with one artifact.
func indexOf(version, platform, variant, url, sum string) string {
	return fmt.Sprintf(`{"version":%q,"date":"2026-08-14T00:00:00Z","artifacts":[{"platform":%q,"variant":%q,"url":%q,"archive_format":"tar.gz","sha256":%q}]}`+"\n",
		version, platform, variant, url, sum)
}

func goodLine(version string) string {
	plain, release, _ := strings.Cut(version, "+")
	b := Build{plain, true, linux, release, Digest{7}}
	return indexOf(version, linux, "freethreaded+install_only_stripped", archivePrefix+b.path(), b.SHA256.String())
}

// What the fixture of scripts/runtime-catalogue doesn't show: faults.
func TestReadIndexRefuses(t *testing.T) {
	t.Parallel()
	good := goodLine("3.14.7+20260814")
	if c, err := ReadIndex(strings.NewReader(good)); err != nil || len(c.Builds) != 1 || !c.Builds[0].FreeThreaded {
		t.Fatalf("%+v, %v", c, err)
	}
	sum := Digest{7}.String()
	url := archivePrefix + Build{"3.14.7", true, linux, "20260814", Digest{}}.path()
	for name, text := range map[string]string{
		"empty":            "",
		"nothing for us":   indexOf("3.7.3+20190617", linux, "install_only_stripped", url, sum),
		"cut":              good + good[:len(good)/2],
		"text":             good + "<html>\n",
		"no release":       indexOf("3.14.7", linux, "install_only_stripped", url, sum),
		"another flavour":  indexOf("3.14.7+20260814", linux, "install_only_stripped", url, sum),
		"another version":  indexOf("3.14.6+20260814", linux, "freethreaded+install_only_stripped", url, sum),
		"another platform": indexOf("3.14.7+20260814", "aarch64-apple-darwin", "freethreaded+install_only_stripped", url, sum),
		"another release":  indexOf("3.14.7+20260815", linux, "freethreaded+install_only_stripped", url, sum),
		"no digest":        indexOf("3.14.7+20260814", linux, "freethreaded+install_only_stripped", url, ""),
		"two digests":      good + indexOf("3.14.7+20260814", linux, "freethreaded+install_only_stripped", url, Digest{8}.String()),
		"a long line":      `{"version":"` + strings.Repeat("x", maxIndexLine) + `"}`,
	} {
		if c, err := ReadIndex(strings.NewReader(text)); err == nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func FuzzReadIndex(f *testing.F) {
	f.Add([]byte(goodLine("3.14.7+20260814") + goodLine("3.15.0rc1+20260814")))
	f.Add([]byte(indexOf("3.14.7+20260814", "aarch64-apple-darwin-freethreaded", "install_only_stripped", archivePrefix, "")))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ReadIndex(bytes.NewReader(text))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := c.Write(&b); err != nil {
			t.Fatal(err)
		}
		again, err := ReadCatalogue(&b)
		if err != nil || !slices.Equal(again.Builds, c.Builds) || !again.AsOf.Equal(c.AsOf) {
			t.Errorf("read back: %v", err)
		}
		for _, b := range c.Builds {
			if !filepath.IsLocal(b.Name()) || strings.ContainsAny(b.Name(), `/\`) {
				t.Errorf("the name %q", b.Name())
			}
		}
	})
}

func FuzzReadCatalogue(f *testing.F) {
	f.Add(embedded)
	f.Add([]byte(`{"schema":"ftpkg.builds/1","as_of":"2026-08-14","index":"https://a/","prefix":"https://a/","builds":[]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ReadCatalogue(bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, b := range c.Builds {
			if !filepath.IsLocal(b.Name()) || strings.ContainsAny(b.Name()+b.File(), `/\`) {
				t.Errorf("the name %q", b.Name())
			}
		}
	})
}

func FuzzReadAnswer(f *testing.F) {
	f.Add([]byte(`{"implementation":"cpython","version":"3.14.0","suffixes":[".cpython-314t.so"],"free_threaded":true}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		info, err := readAnswer(text)
		if err != nil {
			return
		}
		if info.Python().Check() != nil || len(info.Suffixes) == 0 || !filepath.IsAbs(info.Stdlib) {
			t.Errorf("believed: %+v", info)
		}
		_, _ = info.Target()
	})
}
