package lock

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/resolver/simple"
)

// WritePylock writes a lock of PEP 751. The same document gives the same bytes
// whatever the order of its parts. A document that no installer would take is a
// [*DocumentError], and nothing is written.
func WritePylock(w io.Writer, d *Document) error {
	packages := d.sorted()
	for i := range packages {
		if err := packages[i].check(); err != nil {
			return err
		}
	}
	b := new(bytes.Buffer)
	for _, line := range d.Comment {
		fmt.Fprintf(b, "# %s\n", oneLine(line))
	}
	b.WriteString("lock-version = \"1.0\"\n")
	if len(d.Environments) > 0 {
		b.WriteString("environments = [\n")
		for _, e := range d.Environments {
			fmt.Fprintf(b, "    %s,\n", tomlString(e))
		}
		b.WriteString("]\n")
	}
	writeString(b, "requires-python", d.RequiresPython)
	writeString(b, "created-by", cmp.Or(d.CreatedBy, "ftpkg"))
	if len(packages) == 0 {
		b.WriteString("packages = []\n")
	}
	for i := range packages {
		writePylockPackage(b, &packages[i])
	}
	_, err := w.Write(b.Bytes())
	return err
}

func writePylockPackage(b *bytes.Buffer, p *DocumentPackage) {
	b.WriteString("\n[[packages]]\n")
	writeString(b, "name", p.Name)
	writeString(b, "version", p.Version)
	writeString(b, "marker", p.Marker)
	writeString(b, "requires-python", p.RequiresPython)
	if len(p.Dependencies) > 0 {
		b.WriteString("dependencies = [\n")
		for _, d := range p.Dependencies {
			fmt.Fprintf(b, "    { name = %s", tomlString(d.Name))
			if d.Version != "" {
				fmt.Fprintf(b, ", version = %s", tomlString(d.Version))
			}
			b.WriteString(" },\n")
		}
		b.WriteString("]\n")
	}
	if p.Archive != nil {
		fmt.Fprintf(b, "archive = %s\n", inlineFile(*p.Archive, false))
	}
	writeString(b, "index", p.Index)
	if p.Sdist != nil {
		fmt.Fprintf(b, "sdist = %s\n", inlineFile(*p.Sdist, true))
	}
	if len(p.Wheels) > 0 {
		b.WriteString("wheels = [\n")
		for _, w := range p.Wheels {
			fmt.Fprintf(b, "    %s,\n", inlineFile(w, true))
		}
		b.WriteString("]\n")
	}
}

// inlineFile returns a file as an inline table. Its name is left out where the
// URL ends in it.
func inlineFile(f simple.RawFile, named bool) string {
	var parts []string
	add := func(key, value string) { parts = append(parts, key+" = "+value) }
	if named && f.Filename != "" && f.Filename != fileName(f.URL) {
		add("name", tomlString(f.Filename))
	}
	if f.Uploaded > 0 {
		add("upload-time", time.Unix(f.Uploaded, 0).UTC().Format("2006-01-02T15:04:05Z"))
	}
	if strings.Contains(f.URL, "://") {
		add("url", tomlString(f.URL))
	} else {
		add("path", tomlString(f.URL))
	}
	if f.Size > 0 {
		add("size", strconv.FormatInt(f.Size, 10))
	}
	hashes := slices.Clone(f.Hashes)
	slices.SortFunc(hashes, func(a, b simple.Hash) int { return cmp.Compare(a.Algorithm, b.Algorithm) })
	var inner []string
	for _, h := range hashes {
		inner = append(inner, tomlKey(h.Algorithm)+" = "+tomlString(h.Hex))
	}
	add("hashes", "{ "+strings.Join(inner, ", ")+" }")
	return "{ " + strings.Join(parts, ", ") + " }"
}

func writeString(b *bytes.Buffer, key, value string) {
	if value != "" {
		fmt.Fprintf(b, "%s = %s\n", key, tomlString(value))
	}
}

// tomlString returns a basic string of TOML.
func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, "\\u%04X", r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// tomlKey returns a key, bare if it may be.
func tomlKey(s string) string {
	for i := range len(s) {
		if c := s[i]; !(c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-') {
			return tomlString(s)
		}
	}
	if s == "" {
		return `""`
	}
	return s
}

// oneLine keeps a comment from ending early.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}
