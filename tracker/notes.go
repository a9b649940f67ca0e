package tracker

import (
	"bytes"
	_ "embed" // for notes.yaml
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/tracker/status"
)

//go:embed notes.yaml
var defaultNotes []byte

// A Note is what people wrote of a package.
type Note struct {
	Package string
	Issue   string // an http or https URL, or ""
	Text    string
	Date    time.Time
	Expires time.Time // from then on it is not shown
}

// DefaultNotes are those that come with this program.
func DefaultNotes() []Note {
	notes, err := ParseNotes(defaultNotes)
	if err != nil {
		panic("tracker: " + err.Error()) // embedded
	}
	return notes
}

// ParseNotes reads notes as YAML: a list of entries with the keys package, issue,
// note, date and expires, of which only issue or note may be missing. Errors say in
// which line.
func ParseNotes(text []byte) ([]Note, error) {
	type entry struct {
		Package string `yaml:"package"`
		Issue   string `yaml:"issue"`
		Note    string `yaml:"note"`
		Date    string `yaml:"date"`
		Expires string `yaml:"expires"`
	}
	var nodes []yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(&nodes); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	seen := map[string]int{}
	var notes []Note
	for i := range nodes {
		node := &nodes[i]
		var e entry
		if err := strict(node, &e); err != nil {
			return nil, err
		}
		fail := func(format string, args ...any) error {
			return fmt.Errorf("line %d: %s", node.Line, fmt.Sprintf(format, args...))
		}
		if err := pep508.CheckName(e.Package); err != nil {
			return nil, fail("package: %v", err)
		}
		n := Note{Package: pep508.NormalizeName(e.Package), Issue: e.Issue, Text: e.Note}
		if before, ok := seen[n.Package]; ok {
			return nil, fail("%s has an entry in line %d already", n.Package, before)
		}
		seen[n.Package] = node.Line
		if n.Issue == "" && n.Text == "" {
			return nil, fail("%s: neither issue nor note", n.Package)
		}
		if u, err := url.Parse(n.Issue); n.Issue != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
			return nil, fail("issue: %q is no URL", n.Issue)
		}
		var err error
		if n.Date, err = time.Parse(time.DateOnly, e.Date); err != nil {
			return nil, fail("date: %q is no day", e.Date)
		}
		if n.Expires, err = time.Parse(time.DateOnly, e.Expires); err != nil {
			return nil, fail("expires: %q is no day", e.Expires)
		}
		if !n.Expires.After(n.Date) {
			return nil, fail("it expires before it is written")
		}
		notes = append(notes, n)
	}
	return notes, nil
}

// strict decodes an entry of which no key is unknown.
func strict(node *yaml.Node, into any) error {
	text, err := yaml.Marshal(node)
	if err != nil {
		return err
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("entry in line %d: %w", node.Line, err)
	}
	return nil
}

// Annotate adds to a document the notes that held at its moment.
func Annotate(doc *status.Document, notes []Note) {
	rows := map[string]*status.Package{}
	for _, p := range doc.Packages {
		rows[p.Name] = p
	}
	for i := range notes {
		n := &notes[i]
		p := rows[n.Package]
		if p == nil || n.Date.After(doc.Generated) || !n.Expires.After(doc.Generated) {
			continue
		}
		p.Issue, p.Note = n.Issue, n.Text
	}
}
