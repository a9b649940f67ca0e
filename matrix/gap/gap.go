package gap

import (
	"fmt"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// Schema is the name of the JSON form of a [Report].
const Schema = "ftpkg.gap/1"

// Options say what a release is held against.
type Options struct {
	// Known are the cells that build tools build today, in the order in which they
	// are reported; their floors don't count. Where Targets is nil, the cells are
	// chosen among them.
	Known []wheeltags.Target
	// Targets are the cells to ask about, with their floors; nil for those of the
	// release itself, or for those of Pythons and Platforms.
	Targets []wheeltags.Target
	// Pythons and Platforms narrow or widen the cells of the release: nil for its own.
	// Platforms stand for their floors.
	Pythons   []wheeltags.Python
	Platforms []wheeltags.Platform
	// Accept are the gaps that are known.
	Accept []Accept
	// Now is the time by which a release is fresh and an acceptance has ended.
	Now time.Time
}

// A Report is what became of each cell.
type Report struct {
	Schema  string `json:"schema"`
	Project string `json:"project"` // normalised
	Version string `json:"version"`
	// RequiresPython is that of the release, where its files agree.
	RequiresPython string    `json:"requires_python,omitempty"`
	Uploaded       *Uploaded `json:"uploaded,omitempty"` // nil if the index doesn't tell
	// Previous is the release before, with which losses are found; "" if there is
	// none.
	Previous string `json:"previous,omitempty"`
	// Cells are by platform, then by Python, the GIL build before the free-threaded.
	Cells       []Cell       `json:"cells"`
	Differences []Difference `json:"differences"`
	Losses      []Loss       `json:"losses"`
	// Notes are sentences on what the reader should know before believing the rest.
	Notes []string `json:"notes"`
	// Stale are sentences on acceptances that ended or match nothing.
	Stale []string `json:"stale"`
}

// Uploaded is when the index got the files of the release.
type Uploaded struct {
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
	// Fresh says that the last file is so new that more may follow.
	Fresh bool `json:"fresh"`
}

// freshFor is how long after its last file a release may still be uploading. Most
// are complete within the hour; those that come from several machines, or wait for
// somebody's approval, take a day.
const freshFor = 24 * time.Hour

// A Cell is what an installer takes for one Python on one platform.
type Cell struct {
	Python string `json:"python"` // 3.14t
	// Platform is a name if the floor is the platform's default, else the tag;
	// PlatformTag is always the tag.
	Platform    string          `json:"platform"`
	PlatformTag string          `json:"platform_tag"`
	Identifier  string          `json:"identifier"` // cibuildwheel's
	Status      vocab.GapStatus `json:"status"`
	// Version and File are what is taken, "" if the status is none.
	Version string         `json:"version"`
	File    string         `json:"file"`
	Kind    vocab.FileKind `json:"kind"` // of File
	// Reason says why no wheel of the release is taken, "" if one is.
	Reason string `json:"reason,omitempty"`
	// Sdist is the source distribution of the release that an installer compiles
	// rather than taking an older wheel, unless it is told to take wheels only.
	Sdist string `json:"sdist,omitempty"`
	// Lost says that the release before had a wheel.
	Lost bool `json:"lost,omitempty"`
	// Accepted is the reason for which the gap is accepted, "" if it isn't.
	Accepted string `json:"accepted,omitempty"`

	target wheeltags.Target
}

// Target returns the cell as a target.
func (c *Cell) Target() wheeltags.Target { return c.target }

// A Difference is what the release has for one half of the matrix and not for the
// other. Wheels are compared at whatever floor they have.
type Difference struct {
	Python   string        `json:"python"` // the half worse off
	Twin     string        `json:"twin"`
	Platform string        `json:"platform"` // its name
	Kind     vocab.HalfGap `json:"kind"`
	File     string        `json:"file,omitempty"` // the best of the half worse off
	TwinFile string        `json:"twin_file"`
	// Floor and TwinFloor are the oldest systems that the halves serve, such as
	// "14.0" and "10.15", if the difference is one of floors.
	Floor     string `json:"floor,omitempty"`
	TwinFloor string `json:"twin_floor,omitempty"`
	// Below is what the half worse off takes on the twin's oldest system.
	Below *Fallback `json:"below,omitempty"`
}

// A Fallback is what an installer takes instead of a wheel of the release.
type Fallback struct {
	Status  vocab.GapStatus `json:"status"`
	Version string          `json:"version"`
	File    string          `json:"file"`
}

// A Loss is what the release before had and this one hasn't: wheels for each of the
// Pythons on each of the platforms.
type Loss struct {
	Kind      vocab.Loss `json:"kind"`
	Pythons   []string   `json:"pythons"`
	Platforms []string   `json:"platforms"` // names
	// Before and After are floors, if the loss is one.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Gaps counts the cells that don't get the release: all of them, and those accepted.
func (r *Report) Gaps() (all, accepted int) {
	for i := range r.Cells {
		if c := &r.Cells[i]; c.Status != vocab.GapSame {
			all++
			if c.Accepted != "" {
				accepted++
			}
		}
	}
	return all, accepted
}

// Complete reports whether every cell gets the release or is accepted.
func (r *Report) Complete() bool {
	all, accepted := r.Gaps()
	return all == accepted
}

// Compare says what became of each cell in a release of a project's page.
func Compare(p *simple.Project, release *simple.Release, o Options) *Report {
	for i := range p.Releases { // the caller's may be a copy; below they are told apart by address
		if p.Releases[i].Version.Compare(release.Version) == 0 {
			release = &p.Releases[i]
		}
	}
	pg := newPage(p, release)
	before := pg.previous(release)
	if o.Pythons != nil && o.Platforms != nil && o.Targets == nil {
		o.Targets = product(o.Pythons, o.Platforms)
	}
	targets, lost := o.Targets, map[slot]bool{}
	if before != nil {
		lost = pg.lostSlots(release, before, o)
	}
	if targets == nil {
		targets = pg.cells(release, before, lost, o)
	}
	r := &Report{
		Schema: Schema, Project: p.Name, Version: release.Version.String(),
		RequiresPython: pg.requiresPython(release), Uploaded: uploaded(release, o.Now),
		Cells: make([]Cell, 0, len(targets)), Differences: []Difference{}, Losses: []Loss{}, Notes: []string{}, Stale: []string{},
	}
	for _, t := range targets {
		c := pg.judge(release, t)
		c.Lost = c.Status != vocab.GapSame && lost[slotOf(t)]
		r.Cells = append(r.Cells, c)
	}
	r.Differences = append(r.Differences, pg.differences(release, targets)...)
	if before != nil {
		r.Previous = before.Version.String()
		r.Losses = append(r.Losses, pg.losses(release, before, lost, o)...)
	}
	r.Notes = append(r.Notes, pg.notes(release, r.Uploaded, o.Now)...)
	r.accept(o.Accept, o.Now, o.Targets == nil && o.Pythons == nil && o.Platforms == nil)
	return r
}

// uploaded is when the files of a release arrived, nil if the index doesn't tell.
func uploaded(r *simple.Release, now time.Time) *Uploaded {
	var first, last int64
	for i := range r.Files {
		at := r.Files[i].Uploaded
		if at == 0 {
			continue
		}
		if first == 0 || at < first {
			first = at
		}
		last = max(last, at)
	}
	if first == 0 {
		return nil
	}
	u := &Uploaded{First: time.Unix(first, 0).UTC(), Last: time.Unix(last, 0).UTC()}
	u.Fresh = now.Sub(u.Last) < freshFor
	return u
}

// notes are the sentences on a release that come before all others.
func (pg *page) notes(r *simple.Release, u *Uploaded, now time.Time) []string {
	var notes []string
	if u != nil && u.Fresh {
		notes = append(notes, fmt.Sprintf("the newest file of %s is %s old: others may still be on their way", r.Version, age(now.Sub(u.Last))))
	}
	if pg.yanked {
		notes = append(notes, fmt.Sprintf("%s was withdrawn by its maintainers: installers take it only when it is asked for by its version", r.Version))
	}
	if s := pg.project.Status; s != "" && s != "active" {
		notes = append(notes, "the index has marked the project as "+s)
	}
	return notes
}

// age writes a short time for people.
func age(d time.Duration) string {
	const minute, hour = time.Minute, time.Hour
	switch {
	case d < 2*minute:
		return "a minute"
	case d < 2*hour:
		return fmt.Sprintf("%d minutes", d/minute)
	}
	return fmt.Sprintf("%d hours", d/hour)
}
