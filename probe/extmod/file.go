package extmod

import (
	"errors"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// ErrFormat is the error for what is no object file: neither ELF nor Mach-O nor
// PE, or cut short within its headers.
var ErrFormat = errors.New("not an object file")

// The formats of object files.
const (
	FormatELF   = "elf"
	FormatMachO = "mach-o"
	FormatPE    = "pe"
)

// The architectures whose modules are read whole. Others have the names that
// wheels have for them ("i686", "armv7l", "ppc64le", "riscv64", "s390x"), or
// "machine-" with the number of their format.
const (
	ArchX8664 = "x86_64"
	ArchARM64 = "arm64"
	// ArchUniversal is that of a Mach-O file with several slices.
	ArchUniversal = "universal"
)

// File is what an object file tells. It is not changed after [Read].
type File struct {
	// Name is the file's name without folders, and Suffix what makes it an
	// extension module by name: ".cpython-313t-x86_64-linux-gnu.so". The module's
	// own name, without its package, is what stands before it.
	Name, Suffix string

	Format string
	Arch   string
	// Slices are the files within a universal Mach-O file, nil in all others.
	// The fields of the whole are then those that all slices share; a declaration
	// on which they differ is undecided.
	Slices []*File

	// Module reports that the file has an init function, and Inits are all it has:
	// PyInit_, PyInitU_ and PyModExport_ with the names of their modules.
	Module bool
	Inits  []string

	ABI vocab.ABI
	// ABIReason says what the ABI was read from.
	ABIReason string

	Declaration vocab.Declaration
	// ByDefault reports that the toolchain writes such a declaration unless it is
	// told otherwise, so that it need not be the author's.
	ByDefault bool
	Evidence  vocab.Evidence
	// Reason says in a sentence why the declaration is undecided or delegated; it
	// is "" for the others.
	Reason string
	// Delegate is the module or library that a delegated declaration is left to,
	// "" if that is not known.
	Delegate string
	// MultiplePhases reports multi-phase initialisation (PEP 489, or
	// PyModExport_ of 3.15); a module that returns itself has a single phase.
	MultiplePhases bool

	Toolchain vocab.Toolchain
	// ToolchainVersion is "3.1.4" where the file has it, or a range of versions
	// such as "2.12-2.13", else "".
	ToolchainVersion string

	// Imports are the names the file takes from the interpreter, sorted: what
	// begins with Py or _Py.
	Imports []string
	// Needed are the shared libraries that it is linked with, as written.
	Needed []string
	// PythonDLL is which of these is the interpreter's: "python313t.dll". Only
	// files for Windows name it.
	PythonDLL string

	// Glibc is the newest version of the GNU C library among those whose symbols
	// it needs, "2.17"; MinMacOS the oldest macOS that it runs on, "11.0". "" where
	// the file says none.
	Glibc, MinMacOS string
	// Musl reports that it is linked with the C library musl.
	Musl bool
}
