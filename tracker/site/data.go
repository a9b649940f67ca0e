package site

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/ftpkg/ftpkg/tracker/status"
)

// data adds the documents for machines: the whole, and the events. The whole leaves
// out the files behind each cell, which each package's own document has.
func (b *builder) data() error {
	if err := b.whole(); err != nil {
		return err
	}
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	for i := range b.in.Events {
		if err := enc.Encode(&b.in.Events[i]); err != nil {
			return err
		}
	}
	if err := b.emit(File{"data/events.jsonl", lines.Bytes()}); err != nil {
		return err
	}
	return b.json("data/history.json", struct {
		Schema   string         `json:"schema"`
		Fixed    []status.Point `json:"fixed"`
		Floating []status.Point `json:"floating"`
	}{"ftpkg.curves/1", points(b.in.Fixed), points(b.in.Floating)})
}

// whole makes the document of all packages, one after the other: together, they would
// be in memory several times.
func (b *builder) whole() error {
	const name = "data/status.json"
	doc := *b.in.Document
	doc.Packages = []*status.Package{}
	frame, err := json.Marshal(&doc)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	head, ok := bytes.CutSuffix(frame, []byte("]}"))
	if !ok {
		return fmt.Errorf("%s: the packages are not the last of the document", name)
	}
	text := bytes.NewBuffer(head)
	for i, p := range b.in.Document.Packages {
		if i > 0 {
			text.WriteByte(',')
		}
		short := *p
		short.Cells = nil
		one, err := json.Marshal(&short)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", name, p.Name, err)
		}
		text.Write(one)
	}
	text.WriteString("]}\n")
	return b.emit(File{name, text.Bytes()})
}

func points(p []status.Point) []status.Point {
	if p == nil {
		return []status.Point{}
	}
	return p
}

// document makes a package's own document: that of all, with it alone.
func (b *builder) document(p *status.Package) (File, error) {
	one := *b.in.Document
	one.Packages = []*status.Package{p}
	return document("data/p/"+p.Name+".json", &one)
}

// document makes a document for machines. What HTML would take for a tag is escaped:
// a host may serve it as whatever it likes.
func document(name string, doc any) (File, error) {
	text, err := json.Marshal(doc)
	if err != nil {
		return File{}, fmt.Errorf("%s: %w", name, err)
	}
	return File{name, append(text, '\n')}, nil
}

// json makes a document and hands it on.
func (b *builder) json(name string, doc any) error {
	f, err := document(name, doc)
	if err != nil {
		return err
	}
	return b.emit(f)
}
