// Package vocab holds the closed sets of words ftpkg speaks: what kind of file
// a cell gets, why a package is blocked, what would fix it. Every command,
// schema and page uses these words and no others, so that a word means the
// same thing wherever it is read.
//
// Each set is a string type with its constants and one table that gives every
// word its meaning and the next step to take. docs/vocabulary.md is generated
// from [Sets].
package vocab

// Entry is one word of a set: what it means and what to do when it is met.
type Entry struct {
	Name    string
	Meaning string
	Next    string
}

// Set is one closed set of words.
type Set struct {
	// Name is the set's name as docs and schemas write it, for example "file kind".
	Name string
	// Field is where the words stand in JSON documents, for example "file_kind".
	Field string
	// About is one sentence that says which question the set answers.
	About string
	// Entries are the words in the order docs list them.
	Entries []Entry
}

// Names returns the set's words in order.
func (s Set) Names() []string {
	names := make([]string, len(s.Entries))
	for i, e := range s.Entries {
		names[i] = e.Name
	}
	return names
}

// Lookup returns the entry of a word.
func (s Set) Lookup(name string) (Entry, bool) {
	for _, e := range s.Entries {
		if e.Name == name {
			return e, true
		}
	}
	return Entry{}, false
}

// Sets returns every closed set, in the order docs/vocabulary.md lists them.
func Sets() []Set {
	return []Set{
		FileKinds(), VersionStatuses(), Twins(), Installables(), ProblemKinds(), FixKinds(), MetadataSources(), Likes(), Mismatches(),
		Outcomes(), Loadeds(), Relations(), Whens(), Lanes(), ImportFaults(), SandboxModes(), SandboxLevels(), RuntimeSources(), GILCauses(), Toolchains(), StressKinds(),
		GuardActions(), BenchRuns(), ABIs(), Declarations(), Evidences(), Fits(), Verdicts(), Severities(), Readinesses(), Reaches(),
		Purposes(), DropCauses(), GapStatuses(), HalfGaps(), Losses(),
		States(), Installs(), GILValues(), Observeds(), FileChanges(), EventKinds(), Contradictions(),
		Jobs(), JobOutcomes(), JobStates(),
	}
}
