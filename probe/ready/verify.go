package ready

// Verified compares what the files say with what a probe saw.
type Verified struct {
	// Runtime is the interpreter, "3.14.2t", and Cell the one it stands for.
	Runtime string `json:"runtime"`
	Cell    string `json:"cell"`
	// Packages are those that were loaded, and Agreed counts those on which both
	// say the same.
	Packages int `json:"packages"`
	Agreed   int `json:"agreed"`
	// Differences are mistakes of ours, modules that lie, and imports that no
	// requirement shows.
	Differences []Difference `json:"differences"`
	// Failed are the packages that could not be loaded, and why.
	Failed []string `json:"failed,omitempty"`
}

// Difference is a package of which files and probe say different things.
type Difference struct {
	Package   string `json:"package"`
	Predicted string `json:"predicted"`
	Seen      string `json:"seen"`
}
