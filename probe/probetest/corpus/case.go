package corpus

import "github.com/ftpkg/ftpkg/internal/vocab"

// A Case is one package and what a probe of it is to find.
type Case struct {
	Name    string // of the case: "late"
	About   string // what it shows, in a sentence
	Package string // name of the distribution: "ftc-late"
	Version string

	// Wheels are the paths of the wheels to install together: the package's own
	// first, then those of what it requires or is installed beside it.
	Wheels []string
	// Optional are the names of the distributions among Wheels that the package
	// does not require.
	Optional []string

	Public  []string // the names users import
	Modules []Module // the extension modules of all its wheels

	// Lanes says what each lane is to find. The stress lane is there only for
	// packages with examples; each is right with one thread, and with the GIL.
	Lanes map[vocab.Lane]Expect
	// Outcome is the package's: that of its public imports.
	Outcome vocab.Outcome
	// Offenders are the extension modules that turn the GIL on, in the order in
	// which a probe meets them.
	Offenders []Offender

	// GILToo says that a failure is the same with the GIL on, and so not the
	// fault of free threading.
	GILToo bool
	// Memory is the limit in bytes, of memory in use, under which the case shows
	// what it is for; never load it without one. 0 is any.
	Memory int64
	// Noise says that it writes where a probe's results may be.
	Noise bool
}

// A Module is an extension module of a case.
type Module struct {
	Name         string // dotted
	Distribution string
	File         string // in the wheel
	Public, Test bool   // no part of its name begins with "_"; it is in a package of tests
	Static       Static // what reading the file must find, or find undecidable
}

// Static is how a module declares itself, as its source says. How the runtime takes
// it is another matter: see [Found].
type Static string

// The ways to declare.
const (
	StaticNotUsed Static = "not-used"
	StaticUsed    Static = "used"   // says so
	StaticSilent  Static = "silent" // says nothing
	StaticNone    Static = "none"   // it is no extension module, for all its name
)

// Expect is what a lane is to find: for the create lane by extension module, for the
// others by imported name. The threads lane has a key of several names, with spaces
// between, where its threads are to start with different ones.
type Expect map[string]Found

// Found is what a lane is to find for one module or import.
type Found struct {
	// Outcome is gil-off where nothing failed and the GIL stayed off, be it
	// because the lane holds it off.
	Outcome vocab.Outcome
	Fault   vocab.ImportFault // of an import-error
	Signal  string            // that ends the process: "SIGSEGV"
	AtExit  bool              // not at the import but when the interpreter ends
	Cut     bool              // the process ends with status 0, but without a word of how the import went
	// Declaration is how the runtime takes the module: create lane only.
	Declaration vocab.Loaded
	// Offenders are the modules that need the GIL, in the order in which they are
	// loaded: import and survey lanes.
	Offenders []string
	// Hushed says that the interpreter's own words about them reach nobody.
	Hushed bool
	// Finding is what threads without the GIL change in the package's examples, ""
	// for nothing: stress lane only.
	Finding vocab.StressKind
}

// An Offender is an extension module that turns the GIL on.
type Offender struct {
	Module, Distribution string
	Relation             vocab.Relation
	When                 vocab.When
	Chain                []string // of imports, outermost first, the module itself last
	Test                 bool     // it is in a package of tests
}
