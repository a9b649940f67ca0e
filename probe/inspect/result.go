package inspect

import (
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// Schema names the JSON form of [Report].
const Schema = "ftpkg.inspect/1"

// Report is the answer for everything that was asked. Its JSON form is the schema
// ftpkg.inspect/1.
type Report struct {
	Schema string `json:"schema"`
	// Subjects are what was asked for, in that order; each names its wheels.
	Subjects []Subject `json:"subjects"`
	// Wheels are what was read, those of a subject together. A folder of installed
	// packages counts as one wheel for each of them.
	Wheels []Wheel `json:"wheels"`
	// Verified is how the static reading compares with loading the modules; nil if
	// that was not asked for.
	Verified *Verified `json:"verified,omitempty"`
}

// Wheel is what one wheel says, or one package of a tree.
type Wheel struct {
	// File is the wheel's name, or the path of what was read.
	File string `json:"file"`
	// SHA256 is the digest in hexadecimal, "" if it is not known.
	SHA256  string `json:"sha256"`
	Project string `json:"project"` // normalised; "" if it is not known
	Version string `json:"version"`
	// Pythons are the interpreters with a free-threaded build that accept it, such
	// as "3.14t", and "3.14" for the other build; Platforms are the names of those
	// that it is for, "any" for a pure one.
	Pythons   []string `json:"pythons,omitempty"`
	Platforms []string `json:"platforms,omitempty"`
	// FreeThreaded reports that a free-threaded build accepts it.
	FreeThreaded bool `json:"free_threaded"`
	// Sibling reports that it was read to be compared with the free-threaded ones.
	Sibling bool `json:"sibling,omitempty"`
	// Yanked reports that its maintainers withdrew it.
	Yanked bool `json:"yanked,omitempty"`
	// Classifier is what its metadata claims about free threading.
	Classifier string   `json:"classifier,omitempty"`
	Modules    []Module `json:"modules"`
	// Skipped are files that were not read although they might be modules.
	Skipped []Skipped `json:"skipped,omitempty"`
	// Findings are what is wrong with the archive.
	Findings []Finding `json:"findings,omitempty"`
	// Error says why nothing could be read.
	Error string `json:"error,omitempty"`
	// MemberBytes are the compressed bytes of the members that were read.
	MemberBytes int64 `json:"member_bytes,omitempty"`
}

// Module is one extension module for one platform: a universal file for macOS is
// two.
type Module struct {
	Path     string `json:"path"`     // in the wheel
	Module   string `json:"module"`   // its dotted name
	Platform string `json:"platform"` // "linux-x86_64"

	Declaration vocab.Declaration `json:"declaration"`
	// ByDefault reports that the toolchain writes this declaration unless told
	// otherwise.
	ByDefault bool      `json:"by_default"`
	ABI       vocab.ABI `json:"abi"`
	// Fit is whether the interpreter that the wheel is for can load the module, and
	// FitReason why not.
	Fit       vocab.Fit `json:"fit,omitempty"`
	FitReason string    `json:"fit_reason,omitempty"`

	Evidence         vocab.Evidence  `json:"evidence"`
	Toolchain        vocab.Toolchain `json:"toolchain,omitempty"`
	ToolchainVersion string          `json:"toolchain_version,omitempty"`
	// Reason says why it is undecided or delegated, and Delegate to whom.
	Reason   string `json:"reason,omitempty"`
	Delegate string `json:"delegate,omitempty"`
	// Fix is the line that declares such a module, where it turns the GIL on.
	Fix string `json:"fix,omitempty"`

	Public bool `json:"public"`
	Test   bool `json:"test,omitempty"`
	// Hazards are the functions of the C API that it imports and that are not safe
	// without the GIL: see [Hazards].
	Hazards []string `json:"hazards,omitempty"`
}

// IsModule reports whether it is an extension module, and not a library of a
// module's name.
func (m *Module) IsModule() bool { return m.Declaration != vocab.DeclarationNotAModule }

// Loadable reports whether the interpreter that the wheel is for would take the
// file for a module of its own, and call its init function.
func (m *Module) Loadable() bool {
	return m.IsModule() && m.Fit != vocab.FitIgnored && m.Fit != vocab.FitForeign
}

// Readable reports whether the module is for a processor whose declarations are
// read: x86-64 or ARM64. Of the others everything else is.
func (m *Module) Readable() bool {
	_, arch, ok := strings.Cut(m.Platform, "-")
	return !ok || arch == "x86_64" || arch == "aarch64" || arch == "arm64" || strings.Contains(arch, "_arm64")
}

// A Finding is something that an archive should not have.
type Finding struct {
	Member  string `json:"member"`
	Message string `json:"message"`
}

// Skipped is a file that was not read.
type Skipped struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"` // unpacked, in bytes
	Reason string `json:"reason"`
}

// Verified compares what the files say with how a runtime took them.
type Verified struct {
	// Runtime is the interpreter, "3.14.2t".
	Runtime string `json:"runtime"`
	// Wheels are the files whose modules were loaded.
	Wheels []string `json:"wheels"`
	// Agreed counts the modules on which both say the same, Open those of which
	// one says nothing.
	Agreed int `json:"agreed"`
	Open   int `json:"open"`
	// Disagreements are mistakes of ours, or modules that lie.
	Disagreements []Disagreement `json:"disagreements"`
	// Failed are the subjects that could not be loaded, and why.
	Failed []string `json:"failed,omitempty"`
}

// A Disagreement is a module whose file says one thing and that the runtime took
// for another.
type Disagreement struct {
	File   string            `json:"file"`
	Path   string            `json:"path"`
	Module string            `json:"module"`
	Static vocab.Declaration `json:"static"`
	Loaded vocab.Loaded      `json:"loaded"`
}
