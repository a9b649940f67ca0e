package simple

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// numpyLike makes a page in the shape of numpy's: releases × perRelease wheels
// in about 150 tag sets, URLs of about 130 bytes, digests and upload times.
func numpyLike(name string, releases, perRelease int) *Project {
	return FromFiles(name, numpyFiles(name, releases, perRelease))
}

func numpyFiles(name string, releases, perRelease int) []RawFile {
	platforms := []string{
		"macosx_10_13_x86_64", "macosx_11_0_arm64", "macosx_14_0_arm64", "manylinux2014_aarch64.manylinux_2_17_aarch64",
		"manylinux_2_27_x86_64.manylinux_2_28_x86_64", "musllinux_1_2_aarch64", "musllinux_1_2_x86_64", "win32", "win_amd64", "win_arm64",
	}
	var files []RawFile
	for r := range releases {
		for k := range perRelease {
			// Eight ABIs, of later Pythons in later releases, each for ten
			// platforms, of which a release has some; with build tags when it
			// has more wheels than that.
			minor, thread := 8+r/20+k%4, ""
			if k%8 >= 4 {
				thread = "t"
			}
			tags := fmt.Sprintf("cp3%d-cp3%d%s-%s", minor, minor, thread, platforms[(k/8+r)%len(platforms)])
			filename := fmt.Sprintf("%s-2.%d.%d-%s.whl", name, r/10, r%10, tags)
			if k >= 8*len(platforms) {
				filename = fmt.Sprintf("%s-2.%d.%d-%d-%s.whl", name, r/10, r%10, k, tags)
			}
			sum := sha256.Sum256([]byte(filename))
			digest := hex.EncodeToString(sum[:])
			files = append(files, RawFile{
				URL:            fmt.Sprintf("https://files.example.invalid/packages/%s/%s/%s/%s", digest[:2], digest[2:4], digest[4:], filename),
				Hashes:         []Hash{{"sha256", digest}},
				Size:           int64(1_000_000 + k),
				Uploaded:       int64(1_700_000_000 + r*86400 + k),
				RequiresPython: fmt.Sprintf(">=3.%d", 9+r/40),
				Metadata:       MetadataFile{Offered: true, HasSHA256: true, SHA256: sum},
			})
		}
	}
	return files
}

// BenchmarkDecode decodes what a resolution of 55 packages reads: 40,000 files
// in 55 pages, ten of them as large as numpy's. The goal is 6 ms.
func BenchmarkDecode(b *testing.B) {
	var pages [][]byte
	files, bytes := 0, 0
	for i := range 55 {
		releases, perRelease := 20, 1
		if i < 10 {
			releases, perRelease = 140, 28
		}
		p := numpyLike(fmt.Sprintf("package%d", i), releases, perRelease)
		pages = append(pages, p.AppendBinary(nil))
		files += releases * perRelease
		bytes += len(pages[i])
	}
	b.SetBytes(int64(bytes))
	b.ReportAllocs()
	for b.Loop() {
		for _, page := range pages {
			if _, err := Decode(page); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(files), "files/op")
}

func BenchmarkAppendBinary(b *testing.B) {
	p := numpyLike("numpy", 140, 30)
	b.ReportAllocs()
	for b.Loop() {
		b.SetBytes(int64(len(p.AppendBinary(nil))))
	}
}

func BenchmarkFromFiles(b *testing.B) {
	files := numpyFiles("numpy", 140, 30)
	b.ReportAllocs()
	for b.Loop() {
		FromFiles("numpy", files)
	}
}

// numpyJSON writes files as a page of JSON, with all that the public index says
// of a file.
func numpyJSON(name string, files []RawFile) []byte {
	var b strings.Builder
	b.WriteString(`{"alternate-locations":[],"files":[`)
	for i, f := range files {
		if i > 0 {
			b.WriteByte(',')
		}
		filename := filenameOf(f.URL)
		digest := f.Hashes[0].Hex
		fmt.Fprintf(&b, `{"core-metadata":{"sha256":"%s"},"data-dist-info-metadata":{"sha256":"%s"},"filename":"%s","hashes":{"sha256":"%s"},`+
			`"provenance":"https://example.invalid/integrity/%s/v1/%s/provenance","requires-python":"%s","size":%d,"upload-time":"2026-01-02T03:04:05.%06dZ","url":"%s","yanked":false}`,
			digest, digest, filename, digest, name, filename, f.RequiresPython, f.Size, i, f.URL)
	}
	fmt.Fprintf(&b, `],"meta":{"_last-serial":1,"api-version":"1.4"},"name":"%s","project-status":{"status":"active"},"versions":[]}`, name)
	return []byte(b.String())
}

// numpyHTML writes files as a page of HTML.
func numpyHTML(name string, files []RawFile) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html>\n<head><title>Links for %s</title></head>\n<body>\n<h1>Links for %s</h1>\n", name, name)
	for _, f := range files {
		fmt.Fprintf(&b, "<a href=\"%s#sha256=%s\" data-requires-python=\"&gt;%s\" data-upload-time=\"2026-01-02T03:04:05Z\">%s</a><br/>\n",
			f.URL, f.Hashes[0].Hex, f.RequiresPython[1:], filenameOf(f.URL))
	}
	b.WriteString("</body>\n</html>\n")
	return []byte(b.String())
}

// BenchmarkParseJSON reads a page of 3.6 MB. The goal is 40 ms.
func BenchmarkParseJSON(b *testing.B) {
	body := numpyJSON("numpy", numpyFiles("numpy", 140, 32))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseJSON(body, "https://example.invalid/simple/numpy/"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkParseHTML reads a page of 1.5 MB. The goal is 25 ms.
func BenchmarkParseHTML(b *testing.B) {
	body := numpyHTML("numpy", numpyFiles("numpy", 140, 32))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseHTML(body, "https://example.invalid/simple/numpy/", "numpy"); err != nil {
			b.Fatal(err)
		}
	}
}

// TestBenchPages checks that the benchmarks read what they mean to.
func TestBenchPages(t *testing.T) {
	files := numpyFiles("numpy", 4, 100)
	want := FromFiles("numpy", files)
	fromJSON, err := ParseJSON(numpyJSON("numpy", files), "")
	if err != nil {
		t.Fatal(err)
	}
	fromHTML, err := ParseHTML(numpyHTML("numpy", files), "", "numpy")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*Project{want, fromJSON, fromHTML} {
		checkProject(t, p)
		if len(p.Releases) != 4 || len(p.Releases[3].Files) != 100 || len(p.Skipped) != 0 || len(p.Tags) != len(want.Tags) {
			t.Errorf("%d releases, skipped %v, tags %v", len(p.Releases), p.Skipped, p.Tags)
		}
	}
}
