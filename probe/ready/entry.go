package ready

import "github.com/ftpkg/ftpkg/internal/vocab"

// Entry is what a program imports, as source tells.
type Entry struct {
	// Name is the program as it was named.
	Name string `json:"name"`
	// Cell is the one whose wheels were read.
	Cell string `json:"cell"`
	// Modules counts the modules that were read, Compiled those among them whose
	// imports no source shows, and Computed the places where the name of what is
	// imported is computed.
	Modules  int `json:"modules"`
	Compiled int `json:"compiled"`
	Computed int `json:"computed"`
	// Unread are the wheels whose source could not be read, with the reason.
	Unread []string `json:"unread,omitempty"`
}

// Import says whether a program imports a module of a finding.
type Import struct {
	Reach vocab.Reach `json:"reach"`
	// Module is the one it was decided by.
	Module string `json:"module,omitempty"`
	// Chain are the imports that lead there.
	Chain []Step `json:"chain,omitempty"`
}

// Step is one import.
type Step struct {
	// Module is the module or file in which the import stands, and Line where,
	// counted from 1.
	Module string `json:"module"`
	Line   int    `json:"line"`
	// Imports is what it imports.
	Imports string `json:"imports"`
}
