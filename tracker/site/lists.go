package site

import (
	"cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/status"
)

// A listPage is a page of one kind of thing.
type listPage struct {
	page
	Days        []eventDay
	More        int // events that are not shown
	Feed        string
	Regressions bool
	Blockers    []status.Hindrance
	Disagree    []*status.Package
	Python      string
	Rows        []matrixOf
	Vocabulary  []vocab.Set
	Settling    int // days
	Retired     []retired
}

// An eventDay are the events of one day.
type eventDay struct {
	Day    string
	Events []status.Event
}

// A matrixOf is one package in the page of a Python: what each platform of the
// headline installs, and what its twin does.
type matrixOf struct {
	P     *status.Package
	Cells []pair
}

type retired struct{ Python, Since string }

// listMost is how many events a page shows; the file of all has the others.
const listMost = 500

func (b *builder) lists() error {
	doc := b.in.Document
	changes := listPage{page: b.pageOf("../", "What changed", "changes", "What changed for users of free-threaded Python"), Feed: "changes"}
	lost := listPage{page: b.pageOf("../", "Regressions", "regressions", "What users of free-threaded Python lost"), Feed: "regressions", Regressions: true}
	for i := range b.in.Events {
		e := &b.in.Events[i]
		changes.add(e)
		if e.Kind.IsRegression() {
			lost.add(e)
		}
	}
	blockers := listPage{page: b.pageOf("../", "Who is in the way", "blockers", "Packages that keep others from going without the GIL"), Blockers: status.Hindrances(doc.Packages, false)}
	disagree := listPage{page: b.pageOf("../", "Contradictions", "contradictions", "Packages of which two accounts disagree")}
	for _, p := range doc.Packages {
		if len(p.Contradictions) > 0 {
			disagree.Disagree = append(disagree.Disagree, p)
		}
	}
	for _, x := range []struct {
		name, tmpl string
		data       *listPage
	}{
		{"changes", "changes.html", &changes}, {"regressions", "changes.html", &lost}, {"blockers", "blockers.html", &blockers},
		{"contradictions", "contradictions.html", &disagree}, {"about", "about.html", b.about()},
	} {
		if err := b.page(x.name+"/index.html", x.tmpl, x.data); err != nil {
			return err
		}
	}
	for _, name := range doc.Pythons {
		if err := b.page("matrix/"+name+"/index.html", "matrix.html", b.python(name)); err != nil {
			return err
		}
	}
	return nil
}

// add adds an event to its day.
func (l *listPage) add(e *status.Event) {
	n := len(l.Days)
	shown := 0
	for i := range l.Days {
		shown += len(l.Days[i].Events)
	}
	if shown >= listMost {
		l.More++
		return
	}
	if day := e.At.UTC().Format("2 January 2006"); n == 0 || l.Days[n-1].Day != day {
		l.Days = append(l.Days, eventDay{Day: day})
		n++
	}
	l.Days[n-1].Events = append(l.Days[n-1].Events, *e)
}

// python is the page of one free-threaded Python.
func (b *builder) python(name string) *listPage {
	doc := b.in.Document
	m := &listPage{page: b.pageOf("../../", "Python "+name, "matrix", "What free-threaded Python "+name+" installs"), Python: name}
	for _, p := range b.shown() {
		r := matrixOf{P: p}
		for _, platform := range doc.Platforms {
			free := cmp.Or(p.Installs[name][platform], vocab.InstallUnknown)
			gil := cmp.Or(p.Installs[twin(name)][platform], vocab.InstallUnknown)
			x := pair{Python: name, Free: status.Cell{Platform: platform, Install: free}, GIL: status.Cell{Platform: platform, Install: gil}}
			if !b.retired(name) {
				x.Hole = hole(gil, free)
			}
			r.Cells = append(r.Cells, x)
		}
		m.Rows = append(m.Rows, r)
	}
	return m
}

// about is the page of the rules and the words.
func (b *builder) about() *listPage {
	l := &listPage{
		page:       b.pageOf("../", "How this is made", "about", "Rules, words and limits of this tracker"),
		Vocabulary: []vocab.Set{vocab.States(), vocab.Installs(), vocab.GILValues(), vocab.EventKinds(), vocab.Contradictions(), vocab.Observeds()},
		Settling:   int(b.rules.Settling.Hours() / 24),
	}
	for _, p := range b.rules.Pythons {
		if at, ok := b.rules.Retired[p.String()]; ok {
			l.Retired = append(l.Retired, retired{p.String(), at.Format("2 January 2006")})
		}
	}
	return l
}
