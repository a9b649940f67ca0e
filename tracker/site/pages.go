package site

import (
	"cmp"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/status"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// A page is what every template is given.
type page struct {
	In    *Input
	Doc   *status.Document
	Root  string // leads to the front page: "", "../" or "../../"
	Title string
	Here  string // which entry of the menu this is
	About string // one sentence for those who list pages
	Wrong string // where to say that something is wrong, "" for nowhere
}

func (b *builder) pageOf(root, title, here, about string) page {
	return page{In: b.in, Doc: b.in.Document, Root: root, Title: title, Here: here, About: about, Wrong: b.issue(title+": ", "What is wrong?\n")}
}

// shown are the packages of the table: those that somebody asked for.
func (b *builder) shown() []*status.Package {
	var list []*status.Package
	for _, p := range b.in.Document.Packages {
		if !p.Required {
			list = append(list, p)
		}
	}
	return list
}

// A frontPage is the table and what stands above it.
type frontPage struct {
	page
	// Of are the packages with compiled wheels for the headline's Python and its
	// twin, Installs those of them that it installs wherever its twin does, Off those
	// of these that keep the GIL off, and Clear those with all that they require.
	Of, Installs, Off, Clear int
	Pure                     int // the others in the table
	Rows                     []row
	Large                    bool
	Chart                    template.HTML
	Marks                    []Mark
	Days                     []day
	Dashed                   bool // there is something to see of those watched at the time
	Lost, Gained             news
	Latest                   []told // the last before that, if the week brought nothing
	Blockers                 []status.Hindrance
	Counts                   []stateCount
	Values                   []vocab.Entry
	Twin                     string
}

type stateCount struct {
	vocab.Entry
	N     int
	Share float64 // of all, in per cent
	From  float64 // of those before it
}

// A day is a row of the chart's numbers.
type day struct{ Fixed, Floating status.Point }

// A row is one line of the table.
type row struct {
	*status.Package
	Strip   string // what each of the headline's platforms installs, as a class
	Says    string // the same in words
	Pythons []served
	Age     string
	First   string // the release that was the first on the headline's Python
	Impact  int64  // for the order by what others need most
}

// served is whether a free-threaded Python is: "yes" everywhere that its twin is,
// "part" on some platforms, or "no".
type served struct {
	Python, Is string
	Retired    bool
}

// largeTable is from how many rows on browsers are told not to lay out what is out of
// sight. They are faster, but tell assistive technology of those rows only when they
// come into sight.
const largeTable = 800

// chunk is how many rows of a large table are laid out together. The style sheet
// knows it too.
const chunk = 100

// Chunks are the rows, by groups.
func (f *frontPage) Chunks() [][]row {
	if !f.Large {
		return [][]row{f.Rows}
	}
	return slices.Collect(slices.Chunk(f.Rows, chunk))
}

// newsDays is how far back the front page looks for news, newsMost how many it shows
// of a kind, newsBefore how many older ones if there are none, and frontBlockers how many of those in the way it names.
const (
	newsDays      = 7
	newsMost      = 8
	newsBefore    = 5
	frontBlockers = 20
)

func (b *builder) front() error {
	doc := b.in.Document
	f := frontPage{page: b.pageOf("", b.in.Title, "front", "Which Python packages work without the GIL, with evidence"), Twin: twin(doc.Python)}
	byState := map[vocab.State]int{}
	for _, p := range b.shown() {
		f.Rows = append(f.Rows, b.row(p))
		byState[p.State]++
		f.count(doc, p)
	}
	f.Large = len(f.Rows) > largeTable
	from := 0.0
	for _, e := range vocab.States().Entries {
		c := stateCount{Entry: e, N: byState[vocab.State(e.Name)], From: from}
		if len(f.Rows) > 0 {
			c.Share = 100 * float64(c.N) / float64(len(f.Rows))
		}
		from += c.Share
		f.Counts = append(f.Counts, c)
	}
	f.Values = vocab.GILValues().Entries
	since := doc.Generated.AddDate(0, 0, -newsDays)
	var lost, gained, before []status.Event
	for i := range b.in.Events {
		switch e := &b.in.Events[i]; {
		case e.At.After(doc.Generated):
		case e.At.Before(since):
			if len(before) < newsBefore*20 { // some are one line together
				before = append(before, *e)
			}
		case e.Kind.IsRegression():
			lost = append(lost, *e)
		default:
			gained = append(gained, *e)
		}
	}
	f.Lost, f.Gained = newsOf(b.tell("", lost), newsMost), newsOf(b.tell("", gained), newsMost)
	f.Latest = newsOf(b.tell("", before), newsBefore).Lines
	f.Blockers = status.Hindrances(doc.Packages, false)
	f.Blockers = f.Blockers[:min(frontBlockers, len(f.Blockers))]
	shown := beginning(b.in)
	f.Chart = chart(shown)
	f.Marks = shown.Marks
	f.Days = months(shown)
	f.Dashed = slices.ContainsFunc(shown.Floating[:max(0, len(shown.Floating)-1)], func(p status.Point) bool { return p.Of > 0 })
	return b.page("index.html", "front.html", &f)
}

// count counts a package for the headline.
func (f *frontPage) count(doc *status.Document, p *status.Package) {
	compiled := slices.ContainsFunc(doc.Platforms, func(platform string) bool {
		return p.Installs[doc.Python][platform].IsCompiled() || p.Installs[f.Twin][platform].IsCompiled()
	})
	if !compiled {
		f.Pure++
		return
	}
	f.Of++
	if !p.InstallsEverywhere(doc.Python, doc.Platforms) {
		return
	}
	f.Installs++
	if p.GIL.Value == vocab.GILOff || p.GIL.Value == vocab.GILNone {
		f.Off++
	}
	if p.State == vocab.StateClear {
		f.Clear++
	}
}

// months are the last points of each month, the newest first.
func months(in *Input) []day {
	var days []day
	for i := range max(len(in.Fixed), len(in.Floating)) {
		var d day
		if i < len(in.Fixed) {
			d.Fixed = in.Fixed[i]
		}
		if i < len(in.Floating) {
			d.Floating = in.Floating[i]
		}
		if d.Fixed.Day.IsZero() {
			d.Fixed.Day = d.Floating.Day
		}
		if n := len(days); n > 0 && days[n-1].Fixed.Day.Format("2006-01") == d.Fixed.Day.Format("2006-01") {
			days[n-1] = d
			continue
		}
		days = append(days, d)
	}
	slices.Reverse(days)
	return days
}

// row makes a line of the table.
func (b *builder) row(p *status.Package) row {
	doc := b.in.Document
	r := row{
		Package: p, Strip: strip(doc, p), Says: inWords(doc, p), Age: age(doc.Generated, p), First: p.Since[doc.Python].Version,
		Impact: int64(p.Dependents)<<40 + min(p.Downloads, 1<<40-1),
	}
	r.Pythons = b.servedBy(p)
	return r
}

// servedBy says so for each free-threaded Python.
func (b *builder) servedBy(p *status.Package) []served {
	doc := b.in.Document
	var list []served
	for _, name := range doc.Pythons {
		s := served{name, "no", b.retired(name)}
		if p.InstallsEverywhere(name, doc.Platforms) {
			s.Is = "yes"
		} else if slices.ContainsFunc(doc.Platforms, func(platform string) bool { return p.Installs[name][platform].IsWheel() }) {
			s.Is = "part"
		}
		list = append(list, s)
	}
	return list
}

// Dependencies says in a word what the table says of what a package requires.
func (r row) Dependencies() string {
	switch {
	case len(r.Blockers) > 0:
		return ""
	case len(r.Requires) == 0 && r.State != vocab.StateUnknown:
		return "none"
	case r.Own != r.State && r.State == vocab.StateUnknown:
		return "unknown"
	case len(r.Requires) == 0:
		return "–"
	}
	return "fine"
}

// twin is the Python with the GIL beside a free-threaded one.
func twin(python string) string { return strings.TrimSuffix(python, "t") }

// A packagePage is everything about one package.
type packagePage struct {
	page
	P        *status.Package
	State    vocab.Entry
	Served   []served
	Matrix   []platformRow
	Holes    int // cells that only one half of the matrix has
	Files    []*fileRow
	Since    []sinceRow
	Events   []told
	More     int      // events that are not shown
	Retired  []string // Pythons whose holes are none
	Where    string   // what turns the GIL on does so in the same places: these
	Needs    []need
	BadgeURL string
	PageURL  string
}

// A platformRow is one platform of the doubled matrix: for each Python its two halves
// side by side.
type platformRow struct {
	Platform string
	Headline bool
	Pairs    []pair
}

type pair struct {
	Python    string // the free-threaded one
	Retired   bool
	GIL, Free status.Cell
	// Hole says which half lacks what the other has: "free" or "gil".
	Hole string
}

// A fileRow is a file that some cells install.
type fileRow struct {
	File, SHA256 string
	Cells        []string
}

// A sinceRow is a platform, and by Python which release was the first with a wheel.
type sinceRow struct {
	Platform string
	Cells    []firstCell
}

type firstCell struct {
	status.First
	All bool // the same as on all platforms
}

// A need is a package that is required, with what is known of it.
type need struct {
	Name string
	P    *status.Package // nil if it is not watched
}

// packageEvents is how many events a package's page shows.
const packageEvents = 60

// packages makes the pages of the packages, their documents and badges, several at
// once.
func (b *builder) packages() error {
	events := map[string][]status.Event{}
	for _, e := range b.in.Events {
		events[e.Package] = append(events[e.Package], e)
	}
	list := b.in.Document.Packages
	return inOrder(len(list), func(i int) ([]File, error) {
		p := list[i]
		html, err := b.packagePage(p, events[p.Name])
		if err != nil {
			return nil, err
		}
		doc, err := b.document(p)
		if err != nil {
			return nil, err
		}
		signs, err := badges(p)
		return append(signs, html, doc), err
	}, b.emit)
}

func (b *builder) packagePage(p *status.Package, events []status.Event) (File, error) {
	x := packagePage{
		page: b.pageOf("../../", p.Name, "", "Does "+p.Name+" work without the GIL?"), P: p, Served: b.servedBy(p), Matrix: b.matrix(p), Files: filesOf(p),
		Since: since(b.in.Document, p), Events: b.tell("../../", events[:min(packageEvents, len(events))]), Where: samePlaces(p.GIL.Offenders), BadgeURL: b.absolute("badge/" + p.Name + ".svg"),
		PageURL: b.absolute("p/" + p.Name + "/"),
	}
	x.More = max(0, len(events)-packageEvents)
	for _, name := range b.in.Document.Pythons {
		if b.retired(name) {
			x.Retired = append(x.Retired, name)
		}
	}
	x.State, _ = vocab.States().Lookup(string(p.State))
	x.Wrong = b.wrong(p)
	for _, r := range x.Matrix {
		for _, c := range r.Pairs {
			if c.Hole != "" {
				x.Holes++
			}
		}
	}
	for _, name := range p.Requires {
		x.Needs = append(x.Needs, need{name, b.byName[name]})
	}
	return b.render("p/"+p.Name+"/index.html", "package.html", &x)
}

// samePlaces says where modules turn the GIL on, if it is the same for all of them,
// and "" if it is not.
func samePlaces(offenders []status.Offender) string {
	if len(offenders) < 2 {
		return ""
	}
	first := &offenders[0]
	for i := range offenders {
		if !slices.Equal(offenders[i].Pythons, first.Pythons) || !slices.Equal(offenders[i].Platforms, first.Platforms) {
			return ""
		}
	}
	return strings.Join(first.Pythons, ", ") + " on " + strings.Join(first.Platforms, ", ")
}

// retired reports whether the tools that build wheels have dropped a Python.
func (b *builder) retired(python string) bool {
	at, ok := b.rules.Retired[python]
	return ok && !at.After(b.in.Document.Generated)
}

// matrix is the doubled matrix of a package.
func (b *builder) matrix(p *status.Package) []platformRow {
	doc := b.in.Document
	type key struct{ python, platform string }
	cells := map[key]status.Cell{}
	for _, c := range p.Cells {
		cells[key{c.Python, c.Platform}] = c
	}
	cell := func(python, platform string) status.Cell {
		c := cells[key{python, platform}]
		c.Install = cmp.Or(c.Install, p.Installs[python][platform], vocab.InstallUnknown)
		return c
	}
	var rows []platformRow
	for _, platform := range platformsOf(doc) {
		r := platformRow{Platform: platform, Headline: slices.Contains(doc.Platforms, platform)}
		for _, name := range doc.Pythons {
			x := pair{Python: name, Retired: b.retired(name), GIL: cell(twin(name), platform), Free: cell(name, platform)}
			if !x.Retired {
				x.Hole = hole(x.GIL.Install, x.Free.Install)
			}
			r.Pairs = append(r.Pairs, x)
		}
		rows = append(rows, r)
	}
	return rows
}

// hole says which half of a pair lacks a wheel that the other has, "" for none.
func hole(gil, free vocab.Install) string {
	switch {
	case gil.IsWheel() && !free.IsWheel():
		return "free"
	case free.IsWheel() && !gil.IsWheel():
		return "gil"
	}
	return ""
}

// platformsOf are those of the headline and then the others, which pages of packages
// show as well.
func platformsOf(doc *status.Document) []string {
	all := slices.Clone(doc.Platforms)
	for _, x := range wheeltags.AllPlatforms() {
		if !slices.Contains(all, x.Name()) {
			all = append(all, x.Name())
		}
	}
	return all
}

// filesOf are the files behind the matrix, with the cells that install them.
func filesOf(p *status.Package) []*fileRow {
	var rows []*fileRow
	at := map[string]int{}
	for i := range p.Cells {
		c := &p.Cells[i]
		if c.File == "" {
			continue
		}
		if _, ok := at[c.File]; !ok {
			at[c.File] = len(rows)
			rows = append(rows, &fileRow{File: c.File, SHA256: c.SHA256})
		}
		r := rows[at[c.File]]
		r.Cells = append(r.Cells, c.Python+" "+c.Platform)
	}
	slices.SortFunc(rows, func(a, b *fileRow) int { return cmp.Compare(a.File, b.File) })
	return rows
}

// since is nil if no free-threaded Python was ever served.
func since(doc *status.Document, p *status.Package) []sinceRow {
	if len(p.Since) == 0 {
		return nil
	}
	known := map[string]bool{}
	for _, f := range p.Since {
		for platform := range maps.Keys(f.Platforms) {
			known[platform] = true
		}
	}
	var rows []sinceRow
	for _, platform := range platformsOf(doc) {
		if !known[platform] {
			continue
		}
		r := sinceRow{Platform: platform}
		for _, name := range doc.Pythons {
			f := p.Since[name]
			r.Cells = append(r.Cells, firstCell{f.Platforms[platform], f.Platforms[platform].Version == f.Version})
		}
		rows = append(rows, r)
	}
	return rows
}
