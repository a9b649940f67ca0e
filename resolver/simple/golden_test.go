package simple

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/wheeltags"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file under testdata, or rewrites the file.
func golden(t *testing.T, path, got string) {
	t.Helper()
	path = filepath.Join("testdata", path)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

// dump writes any value as text, with its fields' names.
func dump(v any) string { return fmt.Sprintf("%+v", v) }

// describe writes all of a page as text.
func describe(p *Project) string {
	var b strings.Builder
	fmt.Fprintf(&b, "name %s\nbase %q\nindex %q\nstatus %q %q\n", p.Name, p.Base, p.Index, p.Status, p.StatusReason)
	fmt.Fprintf(&b, "requires-python %q\n", p.RequiresPython)
	for _, r := range p.Releases {
		fmt.Fprintf(&b, "release %s\n", r.Version)
		for i := range r.Files {
			describeFile(&b, p, &r.Files[i])
		}
	}
	for _, s := range p.Skipped {
		if strings.HasSuffix(s.Filename, ".whl") && !strings.HasPrefix(s.Reason, "not ") {
			s.Reason = "malformed" // in the words of package wheeltags
		}
		fmt.Fprintf(&b, "skipped %q: %s\n", s.Filename, s.Reason)
	}
	return b.String()
}

func describeFile(b *strings.Builder, p *Project, f *File) {
	fmt.Fprintf(b, "  %s %s\n", f.Kind, f.Filename)
	fmt.Fprintf(b, "    url %s\n", p.FileURL(f))
	if f.Kind == Wheel || f.Kind == Variant {
		fmt.Fprintf(b, "    tags %s\n", p.Tags[f.Tags].String())
	}
	for _, h := range f.Hashes() {
		fmt.Fprintf(b, "    %s %s\n", h.Algorithm, h.Hex)
	}
	if f.Size >= 0 {
		fmt.Fprintf(b, "    size %d\n", f.Size)
	}
	if f.Uploaded != 0 {
		fmt.Fprintf(b, "    uploaded %s\n", time.Unix(f.Uploaded, 0).UTC().Format(time.RFC3339))
	}
	if s := p.RequiresPython[f.RequiresPython]; s != "" {
		fmt.Fprintf(b, "    requires-python %s\n", s)
	}
	if f.Build != (wheeltags.Build{}) {
		fmt.Fprintf(b, "    build %s\n", f.Build)
	}
	if f.Metadata.Offered {
		fmt.Fprintf(b, "    metadata %v %x\n", f.Metadata.HasSHA256, f.Metadata.SHA256)
	}
	if f.Yanked {
		fmt.Fprintf(b, "    yanked %q\n", f.YankedReason)
	}
}

// readTestdata reads a file under testdata.
func readTestdata(t testing.TB, elem ...string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", filepath.Join(elem...)))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// readPage reads a page under testdata.
func readPage(t testing.TB, name string) []byte {
	t.Helper()
	return readTestdata(t, "pages", name)
}

const mixedBase = "https://user:secret@index.example.invalid/mirror/simple/mixed-case-name/#top"

// TestPages reads one project in both formats. The HTML page has a base element
// and leaves out what is no link to a distribution; otherwise they say the same.
func TestPages(t *testing.T) {
	fromJSON, err := ParseJSON(readPage(t, "mixed.json"), mixedBase)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "pages/mixed.json.golden", describe(fromJSON))

	fromHTML, err := ParseHTML(readPage(t, "mixed.html"), mixedBase, "mixed-case-name")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "pages/mixed.html.golden", describe(fromHTML))

	for _, p := range []*Project{fromJSON, fromHTML} {
		if text := fmt.Sprintf("%+v", p); strings.Contains(text, "secret") {
			t.Errorf("the password is in the page: %s", text)
		}
	}
}
