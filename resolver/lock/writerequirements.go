package lock

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteRequirements writes a requirements file that pip and uv install as it is:
// every version pinned, markers where a package is not for all environments,
// and the hashes of its files. The environments themselves cannot be written.
//
// Installers want all hashes or none, so where a file has none that they take
// (SHA-256, SHA-384 or SHA-512) all are left out, and a comment says so.
func WriteRequirements(w io.Writer, d *Document) error {
	packages := d.sorted()
	bare := ""
	for i := range packages {
		p := &packages[i]
		if p.Version == "" && p.Archive == nil {
			return &DocumentError{Package: p.Name, Msg: "there is no version"}
		}
		if bare == "" && len(requirementHashes(p)) == 0 {
			bare = p.Name
		}
	}
	b := new(bytes.Buffer)
	for _, line := range d.Comment {
		fmt.Fprintf(b, "# %s\n", oneLine(line))
	}
	if d.RequiresPython != "" {
		fmt.Fprintf(b, "# for Python %s\n", oneLine(d.RequiresPython))
	}
	if bare != "" {
		fmt.Fprintf(b, "# without hashes: %s has none that an installer takes\n", bare)
	}
	for i := range packages {
		p := &packages[i]
		line := p.Name + "==" + p.Version
		if p.Archive != nil {
			line = p.Name + " @ " + p.Archive.URL
		}
		if p.Marker != "" {
			line += " ; " + oneLine(p.Marker)
		}
		b.WriteString(line)
		if bare == "" {
			for _, h := range requirementHashes(p) {
				fmt.Fprintf(b, " \\\n    --hash=%s", h)
			}
		}
		b.WriteByte('\n')
	}
	_, err := w.Write(b.Bytes())
	return err
}

// requirementHashes returns the digests of the package's files as --hash takes
// them, sorted; none if a file has none.
func requirementHashes(p *DocumentPackage) []string {
	var out []string
	for _, f := range p.files() {
		found := false
		for _, h := range f.Hashes {
			switch strings.ToLower(h.Algorithm) {
			case "sha256", "sha384", "sha512":
				out, found = append(out, strings.ToLower(h.Algorithm)+":"+strings.ToLower(h.Hex)), true
			}
		}
		if !found {
			return nil
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
