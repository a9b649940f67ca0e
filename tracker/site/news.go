package site

import (
	"slices"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/status"
)

// told is one line of news: what changed of a package in one release, on one day, to
// the better or to the worse. A release that brings six platforms is one piece of
// news, not six.
type told struct {
	Root, Name, Rest string // the package if it has a page, and the text after its name
	At               time.Time
	Sign             string // the class: "minus", "plus" or "note"
	Kinds            string
}

// wheelPhrases are what joins a release and where it has wheels in the text of an
// event.
func wheelPhrases() []string { return []string{" now has wheels for ", " has no wheels for "} }

// tell makes lines of events.
func (b *builder) tell(root string, events []status.Event) []told {
	var lines []told
	for i := 0; i < len(events); {
		e := &events[i]
		head, _, ok := splitEvent(e)
		n := 1
		for ok && i+n < len(events) {
			next := &events[i+n]
			nextHead, _, _ := splitEvent(next)
			if nextHead != head || next.Package != e.Package || !next.At.Equal(e.At) {
				break
			}
			n++
		}
		lines = append(lines, b.line(root, events[i:i+n]))
		i += n
	}
	return lines
}

// splitEvent parts the text of an event into the release with its phrase, and where.
func splitEvent(e *status.Event) (head, where string, ok bool) {
	for _, phrase := range wheelPhrases() {
		if before, after, ok := strings.Cut(e.Detail, phrase); ok {
			return before + phrase, after, true
		}
	}
	return e.Detail, "", false
}

// line makes one of events that begin alike.
func (b *builder) line(root string, events []status.Event) told {
	first := events[0]
	if len(events) > 1 {
		head, _, _ := splitEvent(&events[0])
		var groups []string // "3.14 on a, b"
		for i := range events {
			_, where, _ := splitEvent(&events[i])
			of, platform, ok := strings.Cut(where, " on ")
			if n := len(groups); ok && n > 0 && strings.HasPrefix(groups[n-1], of+" on ") {
				groups[n-1] += ", " + platform
				continue
			}
			groups = append(groups, where)
		}
		first.Detail = head + strings.Join(groups, "; ")
	}
	v := b.view(root, first)
	t := told{Root: root, Name: v.Name, Rest: v.Rest, At: first.At, Sign: sign(first.Kind)}
	var kinds []string
	for i := range events {
		if kind := string(events[i].Kind); !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	t.Kinds = strings.Join(kinds, ", ")
	return t
}

func sign(k vocab.EventKind) string {
	switch {
	case k.IsRegression():
		return "minus"
	case strings.HasPrefix(string(k), "gained"):
		return "plus"
	}
	return "note"
}

// news are lines, as many as there is room for.
type news struct {
	Lines []told
	More  int
}

func newsOf(lines []told, most int) news {
	n := min(most, len(lines))
	return news{lines[:n], len(lines) - n}
}
