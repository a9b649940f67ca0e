package evidence

import (
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/probe/inspect"
)

// Time is a time as facts hold it: in UTC, in whole microseconds, without a
// monotonic reading. The zero time stays zero.
func Time(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// Project is a project that is tracked, or was.
type Project struct {
	Name string `json:"name"`
	// Added is when it was first asked for, Removed when it was last given up:
	// zero if it is tracked.
	Added   time.Time `json:"added,omitzero"`
	Removed time.Time `json:"removed,omitzero"`
	// Cohort is the dated list that it came with and still belongs to, such as
	// "default-2026-11-21", the newest of them; "" if it was named by hand.
	Cohort string `json:"cohort,omitempty"`
	// Memberships are all the times it belonged to a list, in the order in which
	// they began, for curves over a fixed or a floating cohort.
	Memberships []Membership `json:"memberships,omitempty"`
}

// Tracked reports whether the project is tracked now.
func (p *Project) Tracked() bool { return !p.Added.IsZero() && p.Removed.IsZero() }

// Membership is the time a project belonged to a cohort.
type Membership struct {
	Cohort string    `json:"cohort"` // "" for named by hand
	From   time.Time `json:"from"`
	Until  time.Time `json:"until,omitzero"` // zero: still
}

// Observation is one look at a project on an index.
type Observation struct {
	// ID is the store's own number of it, 0 before it was recorded. Project, At
	// and Source say the same wherever the fact is kept.
	ID      int64          `json:"id"`
	Project string         `json:"project"`
	At      time.Time      `json:"at"`
	Source  string         `json:"source"` // the index, as the user named it, without credentials
	Tool    string         `json:"tool"`   // ftpkg and its version
	Outcome vocab.Observed `json:"outcome"`
	// Detail is the reason of a failure, in one line.
	Detail string `json:"detail,omitempty"`
	// BodySHA256 is the digest of the answer's body, "" if there was none or it
	// is that of the last look that had one. ETag is the index's own mark of it.
	BodySHA256 string `json:"body_sha256,omitempty"`
	ETag       string `json:"etag,omitempty"`
}

// File is a file of a release. Project, Name and SHA256 identify it: an index that
// serves other bytes under a name serves another file.
type File struct {
	Project string `json:"project"`
	Version string `json:"version"` // as the file's name or the index says it
	Name    string `json:"name"`
	SHA256  string `json:"sha256,omitempty"`
	Size    int64  `json:"size,omitempty"` // in bytes, 0 if unknown
	// Uploaded is when the index received it, zero if unknown.
	Uploaded       time.Time `json:"uploaded,omitzero"`
	RequiresPython string    `json:"requires_python,omitempty"`
	URL            string    `json:"url,omitempty"` // absolute, without credentials
	// Observation is the look in which it was first seen, and FirstSeen the time
	// of that.
	Observation int64     `json:"observation,omitempty"`
	FirstSeen   time.Time `json:"first_seen,omitzero"`
}

// Since is when the file could first be had: when it was uploaded or, if the index
// does not tell, when it was first seen.
func (f *File) Since() time.Time {
	if f.Uploaded.IsZero() {
		return f.FirstSeen
	}
	return f.Uploaded
}

// FileEvent is what happened to a file on its index, as far as it was observed: At
// is the time of the look, not of the deed.
type FileEvent struct {
	Project     string           `json:"project"`
	Name        string           `json:"name"`
	SHA256      string           `json:"sha256,omitempty"`
	Kind        vocab.FileChange `json:"kind"`
	At          time.Time        `json:"at"`
	Reason      string           `json:"reason,omitempty"` // given for yanking
	Observation int64            `json:"observation,omitempty"`
}

// Metadata is what one file of a release says of it, or the index of all its files.
type Metadata struct {
	Project string `json:"project"`
	Version string `json:"version"`
	// SHA256 is the digest of the file that it was read from, "" if the index said
	// it without naming one.
	SHA256         string            `json:"sha256,omitempty"`
	Classifiers    []string          `json:"classifiers,omitempty"`
	RequiresDist   []string          `json:"requires_dist,omitempty"`
	RequiresPython string            `json:"requires_python,omitempty"`
	URLs           map[string]string `json:"urls,omitempty"` // by their labels
	// Full reports that the classifiers about free threading and the addresses were
	// looked for. The first version of this program kept what is required only.
	Full bool      `json:"full,omitempty"`
	At   time.Time `json:"at"`
	Tool string    `json:"tool"`
}

// Static is what reading a wheel showed.
type Static struct {
	SHA256 string `json:"sha256"`
	// Rules is the version of the reading's rules.
	Rules int       `json:"rules"`
	At    time.Time `json:"at"`
	Tool  string    `json:"tool"`
	// FirstAt is when the file was first read, under whatever rules; a store fills
	// it in.
	FirstAt time.Time      `json:"first_at,omitzero"`
	Wheel   *inspect.Wheel `json:"wheel"`
}

// Probe is what loading a package showed, on one Python and platform: it says
// nothing of another.
type Probe struct {
	// SHA256 is the digest of the package's own wheel.
	SHA256   string        `json:"sha256"`
	Python   string        `json:"python"`   // "3.13t"
	Platform string        `json:"platform"` // "linux-x86_64"
	At       time.Time     `json:"at"`
	Tool     string        `json:"tool"`
	Result   *probe.Result `json:"result"`
}

// Downloads is how often a project was downloaded, as a list of many said.
type Downloads struct {
	Project string `json:"project"`
	// At is the date of the list, or when it was read if it has none.
	At     time.Time `json:"at"`
	Source string    `json:"source"` // the list: a name or an address, without credentials
	Count  int64     `json:"count"`  // in the time that the list is about
	Tool   string    `json:"tool"`
}

// Upstream is what one file of a project's repository says of its tests.
type Upstream struct {
	Project    string `json:"project"`
	Repository string `json:"repository"` // its URL, or the sdist that it was found in
	// File is its path, ".github/workflows/test.yml"; the directory of workflows if
	// there are none.
	File string `json:"file"`
	// Tests are the free-threaded cells that it runs tests in, such as "3.14t" or
	// "3.14t linux-x86_64"; empty if it is seen to run none.
	Tests []string `json:"tests"`
	// Runs say where in the file each stands.
	Runs []UpstreamRun `json:"runs,omitempty"`
	// Problem is why the file tells nothing, "" if it does.
	Problem string    `json:"problem,omitempty"`
	At      time.Time `json:"at"`
	Tool    string    `json:"tool"`
	Source  string    `json:"source"` // "clone", "directory" or "sdist", with the commit or digest
}

// UpstreamGone is the problem of a file that was there, and no longer is.
const UpstreamGone = "it is no longer there"

// UpstreamRun is what runs tests on a free-threaded Python.
type UpstreamRun struct {
	Python    string   `json:"python"` // "3.14t"
	Platforms []string `json:"platforms,omitempty"`
	Job       string   `json:"job"`
	Line      int      `json:"line"`
	Command   string   `json:"command"`
}
