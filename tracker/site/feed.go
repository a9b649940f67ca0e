package site

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"net/url"
	"time"

	"github.com/ftpkg/ftpkg/tracker/status"
)

// feedMost is how many events a feed has.
const feedMost = 100

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Link    []atomLink  `xml:"link"`
	Author  atomAuthor  `xml:"author"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomAuthor struct {
	Name string `xml:"name"`
}

type atomEntry struct {
	Title   string   `xml:"title"`
	ID      string   `xml:"id"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Summary string   `xml:"summary"`
}

type jsonFeed struct {
	Version string     `json:"version"`
	Title   string     `json:"title"`
	HomeURL string     `json:"home_page_url,omitempty"`
	FeedURL string     `json:"feed_url,omitempty"`
	Items   []jsonItem `json:"items"`
}

type jsonItem struct {
	ID        string   `json:"id"`
	URL       string   `json:"url,omitempty"`
	Title     string   `json:"title"`
	Text      string   `json:"content_text"`
	Published string   `json:"date_published"`
	Tags      []string `json:"tags"`
}

// feeds adds what changed as Atom and as JSON Feed, regressions apart as well.
func (b *builder) feeds() error {
	var lost []status.Event
	for _, e := range b.in.Events {
		if e.Kind.IsRegression() {
			lost = append(lost, e)
		}
	}
	for _, f := range []struct {
		name, title string
		events      []status.Event
	}{{"changes", b.in.Title, b.in.Events}, {"regressions", b.in.Title + ": regressions", lost}} {
		if err := b.atom(f.name+"/feed.atom", f.title, f.events); err != nil {
			return err
		}
		if err := b.jsonFeed(f.name+"/feed.json", f.title, f.events); err != nil {
			return err
		}
	}
	return nil
}

// id names an event for ever, wherever the site is.
func id(e *status.Event) string {
	return fmt.Sprintf("tag:ftpkg,2026:%s/%s/%s/%s/%s/%s/%s", e.At.UTC().Format(time.DateOnly), url.PathEscape(e.Package), e.Kind, e.Half,
		e.Python, e.Platform, url.PathEscape(e.Version))
}

// link leads from a feed to the package of an event, or to the front page.
func (b *builder) link(e *status.Event) string {
	if b.byName[e.Package] == nil {
		return cmp.Or(b.absolute(""), "../")
	}
	if link := b.absolute("p/" + e.Package + "/"); link != "" {
		return link
	}
	return "../p/" + e.Package + "/"
}

func (b *builder) atom(name, title string, events []status.Event) error {
	f := atomFeed{Title: title, ID: "tag:ftpkg,2026:" + name, Updated: b.in.Document.Generated.UTC().Format(time.RFC3339), Author: atomAuthor{"ftpkg"}}
	if self := b.absolute(name); self != "" {
		f.ID, f.Link = self, []atomLink{{"self", self}, {"", b.absolute("")}}
	}
	for i := range events[:min(feedMost, len(events))] {
		e := &events[i]
		f.Entries = append(f.Entries, atomEntry{
			Title: e.Detail, ID: id(e), Updated: e.At.UTC().Format(time.RFC3339), Link: atomLink{Href: b.link(e)}, Summary: string(e.Kind) + ": " + e.Detail,
		})
	}
	text, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		return err
	}
	return b.emit(File{name, append([]byte(xml.Header), append(text, '\n')...)})
}

func (b *builder) jsonFeed(name, title string, events []status.Event) error {
	f := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: title, HomeURL: b.absolute(""), FeedURL: b.absolute(name), Items: []jsonItem{}}
	for i := range events[:min(feedMost, len(events))] {
		e := &events[i]
		f.Items = append(f.Items, jsonItem{
			ID: id(e), URL: b.link(e), Title: e.Detail, Text: string(e.Kind) + ": " + e.Detail, Published: e.At.UTC().Format(time.RFC3339), Tags: []string{string(e.Kind), e.Package},
		})
	}
	return b.json(name, f)
}
