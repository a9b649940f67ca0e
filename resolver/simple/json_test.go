package simple

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestParseJSONErrors(t *testing.T) {
	for _, test := range []struct{ body, want string }{
		{``, "unexpected end"},
		{`<!DOCTYPE html>`, `expected an object at offset 0, found '<'`},
		{`[]`, "expected an object"},
		{`{"name": "a", "files": [}`, "expected an object at offset 24"},
		{`{"name": "a", "files": {}}`, "expected an array"},
		{`{"name": "a", "files": [1]}`, "expected an object"},
		{`{"name": "a", "files": []`, "unexpected end"},
		{`{"name": "a", "files": []} x`, "expected the end of the document at offset 27"},
		{`{"name": 1, "files": []}`, "expected a string at offset 9"},
		{`{"files": []}`, "no project name"},
		{`{"meta": {"api-version": "2.0"}, "name": "a", "files": []}`, `unknown version of the simple repository API: "2.0"`},
		{`{"name": "a", "files": [], "meta": {"api-version": "1"}}`, `unknown version`},
		{`{"name": "a", "files": [], "meta": {"api-version": "1.x"}}`, `unknown version`},
		{`{"name": "a", "files": [], "meta": {"api-version": "10.0"}}`, `unknown version`},
		{`{"name": "a", "files": [], "meta": {"api-version": 1.0}}`, `expected a string`},
		{`{"name": "a", "unknown": ` + strings.Repeat("[", 100_000), "nested too deeply"},
	} {
		p, err := ParseJSON([]byte(test.body), "")
		if err == nil || !strings.Contains(err.Error(), test.want) || p != nil {
			t.Errorf("ParseJSON(%.60s) = %v, %v; want an error with %q", test.body, p, err, test.want)
		}
		if strings.Contains(test.want, "unknown version") && !errors.Is(err, ErrVersion) {
			t.Errorf("ParseJSON(%.60s): %v is not ErrVersion", test.body, err)
		}
	}
}

// TestParseJSONTolerance reads pages that real indexes serve although PEP 691
// rules them out.
func TestParseJSONTolerance(t *testing.T) {
	for _, body := range []string{
		`{"name": "a", "files": null}`,
		`{"name": "a"}`,
		`{"name": "a", "meta": null}`,
		`{"name": "a", "meta": {}}`,
		`{"name": "a", "meta": {"api-version": "1.99"}}`,
		`{"name": "a", "project-status": "active"}`,
		"\r\n\t {\"name\" : \"a\"}\n",
	} {
		p, err := ParseJSON([]byte(body), "")
		if err != nil || p.Name != "a" || len(p.Releases) != 0 {
			t.Errorf("ParseJSON(%s) = %+v, %v", body, p, err)
		}
	}
}

// TestJSONFile reads one file with the given keys.
func TestJSONFile(t *testing.T) {
	sum := strings.Repeat("ab", 32)
	for _, test := range []struct {
		keys string
		want func(f *File, python string) bool
	}{
		{`"size": 12`, func(f *File, _ string) bool { return f.Size == 12 }},
		{`"size": 0`, func(f *File, _ string) bool { return f.Size == 0 }},
		{`"size": -1`, func(f *File, _ string) bool { return f.Size == -1 }},
		{`"size": 1.5`, func(f *File, _ string) bool { return f.Size == -1 }},
		{`"size": "12"`, func(f *File, _ string) bool { return f.Size == -1 }},
		{`"size": 99999999999999999999`, func(f *File, _ string) bool { return f.Size == -1 }},
		{`"size": null`, func(f *File, _ string) bool { return f.Size == -1 }},
		{`"x": 1`, func(f *File, _ string) bool {
			return f.Size == -1 && f.Uploaded == 0 && !f.HasSHA256 && !f.Yanked && !f.Metadata.Offered
		}},
		{`"upload-time": null`, func(f *File, _ string) bool { return f.Uploaded == 0 }},
		{`"upload-time": "yesterday"`, func(f *File, _ string) bool { return f.Uploaded == 0 }},
		{`"yanked": true`, func(f *File, _ string) bool { return f.Yanked && f.YankedReason == "" }},
		{`"yanked": false`, func(f *File, _ string) bool { return !f.Yanked }},
		{`"yanked": null`, func(f *File, _ string) bool { return !f.Yanked }},
		{`"yanked": ""`, func(f *File, _ string) bool { return !f.Yanked }},
		{`"yanked": "bad"`, func(f *File, _ string) bool { return f.Yanked && f.YankedReason == "bad" }},
		{`"hashes": null`, func(f *File, _ string) bool { return !f.HasSHA256 && f.Hashes() == nil }},
		{`"hashes": {"sha256": "` + strings.ToUpper(sum) + `"}`, func(f *File, _ string) bool { return f.HasSHA256 && f.SHA256[31] == 0xab }},
		{`"hashes": {"sha256": "abcd"}`, func(f *File, _ string) bool { return !f.HasSHA256 }},
		{`"hashes": {"sha256": 5, "md5": [], "made-up": "00"}`, func(f *File, _ string) bool { return f.Hashes() == nil }},
		{`"hashes": {"md5": "` + sum[:32] + `", "sha256": "` + sum + `"}`, func(f *File, _ string) bool {
			return fmt.Sprint(f.Hashes()) == "[{sha256 "+sum+"} {md5 "+sum[:32]+"}]"
		}},
		{`"hashes": {"md5": "` + strings.Repeat("zz", 16) + `"}`, func(f *File, _ string) bool { return f.Hashes() == nil }},
		{`"core-metadata": true`, func(f *File, _ string) bool { return f.Metadata == MetadataFile{Offered: true} }},
		{`"core-metadata": false, "dist-info-metadata": true`, func(f *File, _ string) bool { return !f.Metadata.Offered }},
		{`"core-metadata": null, "dist-info-metadata": true`, func(f *File, _ string) bool { return f.Metadata.Offered }},
		{`"dist-info-metadata": {"sha256": "` + sum + `"}`, func(f *File, _ string) bool { return f.Metadata.Offered && f.Metadata.HasSHA256 }},
		{`"core-metadata": {"sha512": "` + sum + `"}`, func(f *File, _ string) bool { return f.Metadata.Offered && !f.Metadata.HasSHA256 }},
		{`"requires-python": " >=3.8 "`, func(_ *File, python string) bool { return python == ">=3.8" }},
		{`"requires-python": null`, func(_ *File, python string) bool { return python == "" }},
	} {
		body := `{"name": "a", "files": [{"filename": "a-1.tar.gz", "url": "a-1.tar.gz", ` + test.keys + `}]}`
		p, err := ParseJSON([]byte(body), "https://example.invalid/a/")
		if err != nil || len(p.Releases) != 1 {
			t.Errorf("%s: %v, %v", test.keys, p, err)
			continue
		}
		f := &p.Releases[0].Files[0]
		if !test.want(f, p.RequiresPython[f.RequiresPython]) {
			t.Errorf("%s: got %+v", test.keys, f)
		}
	}
}

// TestJSONFilename says which of the two names of a file counts.
func TestJSONFilename(t *testing.T) {
	for _, test := range []struct{ keys, filename, url string }{
		{`"filename": "a-1.tar.gz", "url": "/get?id=7#sha256=00"`, "a-1.tar.gz", "https://example.invalid/get?id=7"},
		{`"url": "/x/a-1%2Blocal.tar.gz?sig=b/c"`, "a-1+local.tar.gz", "https://example.invalid/x/a-1%2Blocal.tar.gz?sig=b/c"},
		{`"url": "//cdn.example.invalid/a-1.tar.gz", "filename": null`, "a-1.tar.gz", "https://cdn.example.invalid/a-1.tar.gz"},
		{`"url": "file:///srv/a-1.tar.gz"`, "a-1.tar.gz", "file:///srv/a-1.tar.gz"},
		{`"url": "https://me:pw@cdn.example.invalid/a-1.tar.gz"`, "a-1.tar.gz", "https://cdn.example.invalid/a-1.tar.gz"},
		{`"url": "https://cdn.example.invalid:8443/@x/a-1.tar.gz"`, "a-1.tar.gz", "https://cdn.example.invalid:8443/@x/a-1.tar.gz"},
	} {
		p, err := ParseJSON([]byte(`{"name": "a", "files": [{`+test.keys+`}]}`), "https://example.invalid/simple/a/")
		if err != nil || len(p.Releases) != 1 {
			t.Errorf("%s: %+v, %v", test.keys, p, err)
			continue
		}
		if f := &p.Releases[0].Files[0]; f.Filename != test.filename || p.FileURL(f) != test.url {
			t.Errorf("%s: got %s at %s, want %s at %s", test.keys, f.Filename, p.FileURL(f), test.filename, test.url)
		}
	}
	p, err := ParseJSON([]byte(`{"name": "a", "files": [{"filename": "a-1.tar.gz"}]}`), "")
	if err != nil || len(p.Skipped) != 1 || p.Skipped[0].Reason != "malformed URL" {
		t.Errorf("a file without a URL: %+v, %v", p, err)
	}
}

func FuzzParseJSON(f *testing.F) {
	f.Add(readPage(f, "mixed.json"))
	f.Add([]byte(`{"name":"a","files":[{"filename":"a-1-py3-none-any.whl","url":"x/a-1-py3-none-any.whl"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := ParseJSON(body, "https://example.invalid/simple/a/")
		if err == nil {
			checkProject(t, p)
		}
	})
}
