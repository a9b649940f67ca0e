package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// The repository's own pages make a site: every link and every anchor of docs/ and
// README.md leads somewhere, and all HTML is well formed. The same pages make the
// same bytes.
func TestSite(t *testing.T) {
	t.Parallel()
	root := os.DirFS(filepath.Join("..", ".."))
	site, err := build(root, options{edit: "https://example.invalid/edit/", source: "https://example.invalid/blob/"})
	if err != nil {
		t.Fatal(err)
	}
	again, err := build(root, options{edit: "https://example.invalid/edit/", source: "https://example.invalid/blob/"})
	if err != nil {
		t.Fatal(err)
	}
	if !maps.EqualFunc(site, again, bytes.Equal) {
		t.Error("the same pages make other bytes")
	}
	names, err := markdownBelow(root, "docs")
	if err != nil {
		t.Fatal(err)
	}
	front := string(site["index.html"])
	for _, name := range names {
		url := urlOf(strings.TrimPrefix(name, "docs/"))
		if site[url] == nil {
			t.Errorf("%s is no page of the site", name)
		}
	}
	for _, want := range []string{
		`href="tutorial/app-developer.html"`, `href="tutorial/maintainer.html"`, `href="tutorial/watcher.html"`,
		`class="terminal"`, `<span class="cmd">ftpkg `,
	} {
		if !strings.Contains(front, want) {
			t.Errorf("the front page lacks %s", want)
		}
	}
	// Every schema is a page with its fields.
	if page := string(site["schema/status.html"]); !strings.Contains(page, "<code class=\"whole\">rule_version</code>") || !strings.Contains(page, `id="package"`) {
		t.Error("schema/status.html lacks its fields")
	}
	var index []map[string]string
	if err := json.Unmarshal(site[searchName], &index); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(index, func(e map[string]string) bool { return strings.HasPrefix(e["u"], "how-to/") && e["h"] != "" }) {
		t.Error("the index of the search lacks the parts of the how-to pages")
	}
}

// small is a tree of pages that is fine.
func small() fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range map[string]string{
		"README.md":             "# R\n\n[d](docs/a.md#b-c)\n",
		"docs/README.md":        "# Front\n\nHello.\n",
		"docs/a.md":             "# A\n\n## B, `c`\n\n[front](README.md) [own](#b-c) [s](schema/x.json) [x](../LICENSE)\n\n| a | |\n|---|---|\n| `b|c` | d |\n",
		"docs/cli/README.md":    "# Cli\n\n<!-- Generated. -->\n\n[one](one.md)\n",
		"docs/cli/one.md":       "# ftpkg one\n\n```console\n$ ftpkg one <x>\n● yes & no\n```\n\n```toml file=a.toml\na = 1\n```\n",
		"docs/schema/README.md": "# Schemas\n\n## The promise\n",
		"docs/schema/x.json":    `{"$id": "ftpkg.x/1", "title": "X", "type": "object", "required": ["a"], "properties": {"a": {"enum": ["u", "v"], "description": "A word"}, "b": {"type": "array", "items": {"type": "object", "properties": {"c": {"$ref": "#/$defs/d"}}}}}, "$defs": {"d": {"type": "integer", "description": "A number"}}}`,
		"LICENSE":               "free\n",
	} {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestPages(t *testing.T) {
	t.Parallel()
	site, err := build(small(), options{source: "https://example.invalid/"})
	if err != nil {
		t.Fatal(err)
	}
	for name, wants := range map[string][]string{
		"a.html": {
			`<a href="index.html">front</a>`, `<a href="schema/x.html">s</a>`, `<a href="https://example.invalid/LICENSE">x</a>`, `<h2 id="b-c">`,
		},
		"cli/one.html": {
			`<span class="prompt">$ </span><span class="cmd">ftpkg one &lt;x&gt;</span>`, `<span class="m-good">●</span> yes &amp; no`,
			`<figcaption>a.toml</figcaption>`, `href="../a.html"`, `aria-current="page">one</a>`,
		},
		"cli/index.html": {`<a href="one.html">one</a>`},
		"schema/x.html":  {`<code class="whole">u</code>, <code class="whole">v</code>`, "A word.", `<a href="#b">b[]</a>`, "list of", `<a href="#d">d</a>`, "A number."},
		"index.html":     {"<h1", "Hello."},
	} {
		for _, want := range wants {
			if !strings.Contains(string(site[name]), want) {
				t.Errorf("%s lacks %s:\n%s", name, want, site[name])
			}
		}
	}
	if strings.Contains(string(site["cli/index.html"]), "Generated") {
		t.Error("a comment is on a page")
	}
	dir := filepath.Join(t.TempDir(), "site")
	for range 2 { // the second takes the place of the first
		if err := write(dir, site); err != nil {
			t.Fatal(err)
		}
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "precious"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := write(other, site); err == nil {
		t.Error("a folder with other files was taken")
	}
}

// What is wrong is found.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"# A\n\n[x](gone.md)\n":                        "docs/a.md:3: the link gone.md",
		"# A\n\nb\n[x](README.md#gone)\n":              "has no heading gone",
		"# A\n\n[x](#gone)\n":                          "has no heading gone",
		"# A\n\n[x](../LICENSE#a)\n":                   "is not a page with headings",
		"# A\n\n[x](../../etc/passwd)\n":               "out of the repository",
		"# A\n\n![x](images/gone.png)\n":               "gone.png",
		"# A\n\n<div onclick=\"x\">\n\n</div>\n":       "HTML in Markdown",
		"# A\n\ntext <script>x</script>\n":             "HTML in Markdown",
		"# A\n\n<details>\n\ntext\n":                   "closes",
		"No title\n":                                   "has no title",
		"# A\n\n[x](https://example.invalid/a b)\n":    "",
		"# A\n\n![x](https://example.invalid/a.png)\n": "loads https://example.invalid/a.png",
	} {
		fsys := small()
		fsys["docs/a.md"] = &fstest.MapFile{Data: []byte(text)}
		fsys["README.md"] = &fstest.MapFile{Data: []byte("# R\n")}
		_, err := build(fsys, options{})
		if want == "" && err == nil {
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	fsys := small()
	fsys["README.md"] = &fstest.MapFile{Data: []byte("# R\n\n[d](docs/a.md#gone)\n")}
	if _, err := build(fsys, options{}); err == nil || !strings.Contains(err.Error(), "README.md:3") {
		t.Errorf("a wrong link of README.md: %v", err)
	}
}

// Headings have the ids that GitHub gives them.
func TestSlug(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Does the GIL stay off?":       "does-the-gil-stay-off",
		"Wheels for 3.14t and 3.15t":   "wheels-for-314t-and-315t",
		"ftpkg track init":             "ftpkg-track-init",
		"only_binary, and `x`":         "only_binary-and-x",
		"A - b":                        "a---b",
		"[Linked](to.md) and *marked*": "linked-and-marked",
	} {
		if got := slug(title); got != want {
			t.Errorf("slug(%q) = %q, want %q", title, got, want)
		}
	}
}

func TestRelative(t *testing.T) {
	t.Parallel()
	for pair, want := range map[[2]string]string{
		{"index.html", "cli/track.html"}:          "cli/track.html",
		{"cli/track.html", "cli/index.html"}:      "index.html",
		{"cli/track.html", "index.html"}:          "../index.html",
		{"how-to/a.html", "explanation/gil.html"}: "../explanation/gil.html",
	} {
		if got := relative(pair[0], pair[1]); got != want {
			t.Errorf("relative(%s, %s) = %s, want %s", pair[0], pair[1], got, want)
		}
	}
}
