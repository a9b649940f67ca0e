package inspect

import (
	"cmp"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/environment"
	"github.com/ftpkg/ftpkg/probe/extmod"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// A reading is what is known of a file before it is read: its name, and for whom
// it is.
type reading struct {
	path string // as Module.Path has it
	ext  environment.Extension

	// python is the interpreter it is to be loaded by, if known says that there is
	// one.
	python wheeltags.Python
	known  bool
	// platforms are the names of those that its wheel is for, nil if nothing says.
	platforms []string
}

// undecided is the module that could not be read, for a reason.
func (r *reading) undecided(reason string) Module {
	m := r.blank()
	m.Declaration, m.ABI, m.Evidence, m.Reason = vocab.DeclarationUndecided, vocab.ABIUnknown, vocab.EvidenceNone, reason
	if len(r.platforms) == 1 {
		m.Platform = r.platforms[0]
	}
	return m
}

func (r *reading) blank() Module {
	return Module{Path: r.path, Module: r.ext.Module, Public: r.ext.Public && !r.ext.Test, Test: r.ext.Test}
}

// read reads the object file in f: one module for each of its slices. The error
// is one of f.
func (r *reading) read(f io.ReaderAt, size int64) ([]Module, error) {
	file, err := extmod.Read(f, size, path.Base(r.path))
	if errors.Is(err, extmod.ErrFormat) {
		m := r.undecided("not an object file")
		m.Declaration = vocab.DeclarationNotAModule
		return []Module{m}, nil
	}
	if err != nil {
		return nil, err
	}
	slices := file.Slices
	if len(slices) == 0 {
		slices = []*extmod.File{file}
	}
	modules := make([]Module, len(slices))
	for i, s := range slices {
		modules[i] = r.module(s)
	}
	return modules, nil
}

// module describes one file, or one slice of it.
func (r *reading) module(f *extmod.File) Module {
	m := r.blank()
	m.Platform = r.platform(f)
	m.Declaration, m.ByDefault, m.ABI, m.Evidence = f.Declaration, f.ByDefault, f.ABI, f.Evidence
	m.Reason, m.Delegate = f.Reason, f.Delegate
	if !m.IsModule() {
		return m
	}
	m.Toolchain, m.ToolchainVersion = f.Toolchain, f.ToolchainVersion
	m.Hazards = hazardsIn(f.Imports)
	if m.Declaration.TurnsOn() {
		m.Fix = m.Toolchain.Fix()
	}
	if r.known {
		m.Fit, m.FitReason = f.LoadsOn(r.python, r.suffixes(m.Platform))
	}
	return m
}

// suffixes are those of the interpreter on a platform, nil if they are not known.
func (r *reading) suffixes(platform string) []string {
	p, err := wheeltags.ParsePlatform(platform)
	if err != nil {
		return nil
	}
	return Suffixes(wheeltags.Target{Python: r.python, Platform: p})
}

// platform is the name of the platform that a file is for: its format and processor
// say which it may be, and its wheel which of these it is. Where nothing but the
// file does, the libraries it is linked with tell of the C library.
func (r *reading) platform(f *extmod.File) string {
	arch := f.Arch
	var systems []string
	switch f.Format {
	case extmod.FormatPE:
		systems = []string{"windows"}
		if arch == "i686" || arch == "i386" {
			arch = "x86"
		}
	case extmod.FormatMachO:
		systems = []string{"macos", "ios"}
	default:
		systems = []string{"linux", "musllinux", "android"}
		if f.Musl {
			systems = []string{"musllinux", "linux", "android"}
		}
		if arch == extmod.ArchARM64 {
			arch = "aarch64"
		}
	}
	for _, system := range systems {
		for _, name := range r.platforms { // iOS and Android add to the processor's name
			if name == system+"-"+arch || strings.HasPrefix(name, system+"-") && system != "linux" && system != "musllinux" && len(r.platforms) == 1 {
				return name
			}
		}
	}
	return systems[0] + "-" + arch
}

// sortModules puts modules into the order of the schema: by path, then platform.
func sortModules(list []Module) {
	slices.SortFunc(list, func(a, b Module) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Platform, b.Platform))
	})
}
