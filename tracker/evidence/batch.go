package evidence

import "time"

// Batch is what one look at a project brought, and is recorded as a whole or not
// at all. Recording it twice is recording it once.
type Batch struct {
	Observation Observation
	// Listing is all that the index lists of the project. It comes with the outcome
	// "changed", which without a file means that none is left, and with no other.
	// What is new, yanked or gone compared with what is known is found out when it
	// is recorded, so that two updaters at once do not tell the same news twice.
	// Observation and FirstSeen of its files are filled in.
	Listing []Listed
	// Facts that were found on the way. Metadata and Upstream are kept only if they
	// say something else than the last of their kind.
	Metadata []Metadata
	Upstream []Upstream
	Static   []Static
	Probes   []Probe
}

// Listed is a file as an index lists it.
type Listed struct {
	File
	Yanked bool
	Reason string // for yanking it, often ""
}

// Recorded is what a batch added to what was known.
type Recorded struct {
	Observation int64 // the number the observation got, or had
	// Again reports that the observation was recorded before.
	Again  bool
	Files  []File      // not known before
	Events []FileEvent // of files known before, and yanked ones among the new
	// Skipped counts listed files that were not kept because their names or
	// versions are longer than any that could be installed.
	Skipped int
}

// Seen is what an updater has to know of the looks there were at a project.
type Seen struct {
	// Last is the last look, Answered the last one that found the project's page,
	// with the digest and the mark of the body that it saw even if that was sent
	// earlier; nil where there was none.
	Last, Answered *Observation
}

// Run is one run of an updater.
type Run struct {
	ID    int64     `json:"id"`
	Began time.Time `json:"began"`
	Tool  string    `json:"tool"`
	What  string    `json:"what"` // what it was asked to do
	// Ended is zero if it still runs or was cut off, Result what it said at its end.
	Ended  time.Time `json:"ended,omitzero"`
	Result string    `json:"result,omitempty"`
}
