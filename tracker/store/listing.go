package store

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// A fileKey identifies a file among those of its project.
type fileKey struct{ name, sha256 string }

// A description is what an index tells of a file beside its name, as columns hold
// it: 0 and "" for what it does not tell.
type description struct {
	size, uploaded int64
	requires, url  string
}

// adds returns what d tells and old does not, and whether that is anything.
func (d description) adds(old description) (description, bool) {
	var news description
	if old.size == 0 {
		news.size = d.size
	}
	if old.uploaded == 0 {
		news.uploaded = d.uploaded
	}
	if old.requires == "" {
		news.requires = d.requires
	}
	if old.url == "" {
		news.url = d.url
	}
	return news, news != description{}
}

// with returns what old and d tell together.
func (d description) with(old description) description {
	news, _ := d.adds(old)
	return description{
		cmp.Or(old.size, news.size), cmp.Or(old.uploaded, news.uploaded),
		cmp.Or(old.requires, news.requires), cmp.Or(old.url, news.url),
	}
}

// A fileState is what is known of a file.
type fileState struct {
	description
	gone, yanked bool
	reason       string
}

// change applies an event.
func (f *fileState) change(kind vocab.FileChange, reason string) {
	switch kind {
	case vocab.FileYanked:
		f.yanked, f.reason = true, reason
	case vocab.FileUnyanked:
		f.yanked, f.reason = false, ""
	case vocab.FileVanished:
		f.gone = true
	case vocab.FileReturned:
		f.gone = false
	case vocab.FileAppeared:
	}
}

// News is what a look brought that was not known, in the order of the files' names.
type news struct {
	files   []fileRow
	details []detailRow
	events  []eventRow
	skipped int
}

type fileRow struct {
	fileKey
	version string
	description
}

type detailRow struct {
	fileKey
	description
}

type eventRow struct {
	fileKey
	at     int64
	kind   vocab.FileChange
	reason string
}

// The longest names and versions that are kept, in bytes. No system could hold a
// file of such a name, and an index of a database has to hold them.
const (
	longestName    = 512
	longestVersion = 256
)

// compare returns what a listing of a given time says that is not known. Newest is
// the time of the newest listing there was, 0 for none: one that is older tells
// of files that came and went between others, and no more.
func compare(known map[fileKey]*fileState, listing []evidence.Listed, at, newest int64) news {
	var n news
	listed := make(map[fileKey]bool, len(listing))
	late := newest >= at
	for i := range listing {
		l := &listing[i]
		row := fileRow{fileKey{text(l.Name), hexDigest(l.SHA256)}, text(l.Version), describe(l)}
		if row.name == "" || len(row.name) > longestName || len(row.version) > longestVersion {
			n.skipped++
			continue
		}
		if listed[row.fileKey] {
			continue
		}
		listed[row.fileKey] = true
		event := func(at int64, kind vocab.FileChange, reason string) {
			n.events = append(n.events, eventRow{row.fileKey, at, kind, reason})
		}
		reason := text(l.Reason)
		old, ok := known[row.fileKey]
		if !ok {
			n.files = append(n.files, row)
			if l.Yanked {
				event(at, vocab.FileYanked, reason)
			}
			if newest > at {
				event(newest, vocab.FileVanished, "")
			}
			continue
		}
		if more, ok := row.description.adds(old.description); ok {
			n.details = append(n.details, detailRow{row.fileKey, more})
		}
		if late {
			continue
		}
		if old.gone {
			event(at, vocab.FileReturned, "")
		}
		switch {
		case l.Yanked && (!old.yanked || old.reason != reason):
			event(at, vocab.FileYanked, reason)
		case !l.Yanked && old.yanked:
			event(at, vocab.FileUnyanked, "")
		}
	}
	if !late {
		for key, old := range known {
			if !listed[key] && !old.gone {
				n.events = append(n.events, eventRow{key, at, vocab.FileVanished, ""})
			}
		}
	}
	n.sort()
	return n
}

// sort brings rows into the order of the digest of an observation.
func (n *news) sort() {
	slices.SortFunc(n.files, func(a, b fileRow) int { return a.compare(b.fileKey) })
	slices.SortFunc(n.details, func(a, b detailRow) int { return a.compare(b.fileKey) })
	slices.SortFunc(n.events, func(a, b eventRow) int {
		return cmp.Or(a.fileKey.compare(b.fileKey), cmp.Compare(a.at, b.at), cmp.Compare(a.kind, b.kind))
	})
}

func (k fileKey) compare(o fileKey) int {
	return cmp.Or(cmp.Compare(k.name, o.name), cmp.Compare(k.sha256, o.sha256))
}

// digest adds what a look brought to the digest of its observation.
func (n *news) digest(s sum) {
	for _, f := range n.files {
		s.add("file", f.name, f.sha256, f.version, f.size, f.uploaded, f.requires, f.url)
	}
	for _, d := range n.details {
		s.add("detail", d.name, d.sha256, d.size, d.uploaded, d.requires, d.url)
	}
	for _, e := range n.events {
		s.add("event", e.name, e.sha256, e.at, string(e.kind), e.reason)
	}
}

func describe(l *evidence.Listed) description {
	return description{
		size: max(l.Size, 0), uploaded: micros(l.Uploaded),
		requires: text(l.RequiresPython), url: shortURL(text(l.URL), text(l.Name)),
	}
}

// shortURL leaves the file's name away from the end of its address. What then ends
// in a slash is to be followed by the name.
func shortURL(url, name string) string {
	if strings.HasSuffix(url, "/") {
		return "" // of a directory
	}
	if dir, ok := strings.CutSuffix(url, name); ok && strings.HasSuffix(dir, "/") {
		return dir
	}
	return url
}

func longURL(url, name string) string {
	if strings.HasSuffix(url, "/") {
		return url + name
	}
	return url
}

// hexDigest is a digest in lower case, "" if it is none.
func hexDigest(s string) string {
	s = strings.ToLower(s)
	if !isDigest(s) {
		return ""
	}
	return s
}

// isDigest reports whether s is a SHA-256 in lower-case hexadecimal.
func isDigest(s string) bool {
	if len(s) != 64 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
