package environment

import (
	"context"
	"io"
)

// Wheel is a wheel to install.
type Wheel struct {
	// Filename is the wheel's name; what it is installed as comes from there.
	Filename string
	// SHA256 is the digest of the file, if HasSHA256 says that it is known. A file
	// whose digest is another is refused.
	SHA256    [32]byte
	HasSHA256 bool
	// Open returns the file. It is called only if the store lacks the wheel, or if
	// its digest is not known.
	Open func(ctx context.Context) (File, error)
}

// File is a wheel's bytes; a *fetch.Download is one, and so is an *os.File with a
// size.
type File interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// Options say how an environment is made.
type Options struct {
	// Copy makes files that share nothing with the store, for package code that is
	// not kept from writing to them.
	Copy bool
	// NoCompile leaves out .pyc files.
	NoCompile bool
	// Jobs bounds how many wheels are fetched and unpacked, and how many folders
	// filled, at once; 0 is the number of processors.
	Jobs int
	// OnWheel, if not nil, is called when a wheel is in the store; unpacked says
	// whether it had to be fetched and unpacked for that. Calls do not overlap.
	OnWheel func(w *Wheel, unpacked bool)
}

// Environment is what is installed in one place. It is safe for concurrent use.
type Environment struct {
	// Dir is the environment's root, Python its interpreter.
	Dir, Python string
	// Site are the folders that packages are imported from.
	Site []string
	// SystemSite reports that the packages of the interpreter that the environment
	// was made with can be imported too; they are not among Distributions.
	SystemSite bool
	// Distributions are sorted by name.
	Distributions []*Distribution
	// Conflicts are the files that two wheels both brought.
	Conflicts []Conflict
	// Shared reports that files of the environment are files of the store, which
	// who may write to them would change.
	Shared bool

	owners ownerIndex
}

// Conflict is a file that two wheels brought with different contents. As with
// pip, the one installed later has it.
type Conflict struct {
	Path       string // as in RECORD
	Kept, Lost string // names of distributions
}

// Distribution is one installed project.
type Distribution struct {
	Name    string // normalised
	Version string
	// Wheel is the file's name and SHA256 its digest in hexadecimal, "" where they
	// are not known.
	Wheel, SHA256 string
	// Requires are the Requires-Dist fields of its metadata, as written.
	Requires []string
	// Pure reports that there is no machine code in it.
	Pure bool
	// Editable is the folder of the project that it only points to, "" for an
	// ordinary installation.
	Editable string
	// Extensions are its extension modules, sorted by path. Libraries are shared
	// libraries that are none, as paths like Extension.Path.
	Extensions []Extension
	Libraries  []string
	// Public are the names of the packages and modules it offers its users, down
	// to the first that is no implicit namespace: "numpy", "google.protobuf".
	// Private are those that begin with an underscore or hold tests, examples or
	// documentation. If there would be no public one, the private ones are public.
	Public, Private []string
	// Files are its rows of RECORD.
	Files []InstalledFile
	// Notes are deviations from the specification that refuse no wheel.
	Notes []string

	site string // the folder that paths are relative to
}

// InstalledFile is a row of RECORD.
type InstalledFile struct {
	// Path is relative to the site folder, with slashes; files elsewhere in the
	// environment begin with "../".
	Path string
	// Digest is the algorithm and the digest as RECORD has them,
	// "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", "" if it has none.
	Digest string
	// Size is in bytes, -1 if it is not known.
	Size int64
}

// Extension is a file that the interpreter can import as a module of machine
// code.
type Extension struct {
	// Path is relative to the site folder, with slashes; absolute for a file of an
	// editable project.
	Path string
	// Module is its dotted name.
	Module string
	// Suffix is what stands behind the module's name; only an interpreter that has
	// it among its own suffixes looks at the file.
	Suffix string
	Size   int64
	SHA256 string // hexadecimal, "" if it is not known
	// Public reports that no part of the name begins with an underscore, Test that
	// it belongs to the package's tests.
	Public, Test bool
}
