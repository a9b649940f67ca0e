package evidence

// Batch is what one look at a project brought, and is recorded as a whole or not
// at all. Recording it twice is recording it once.
type Batch struct {
	Observation Observation
	// Listing is all that the index lists of the project, nil if the look did not
	// bring it: it was unchanged, failed, or the project is missing. What is new,
	// yanked or gone compared with what is known is found out when it is recorded,
	// so that two updaters at once do not tell the same news twice. Observation and
	// FirstSeen of its files are filled in.
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
}
