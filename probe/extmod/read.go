package extmod

import (
	"encoding/binary"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// Read reads an extension module, or whatever else an object file is. Of its name
// only the last part is used, for the module's own name and its suffix. An error
// is one of r, or [ErrFormat]: all that is wrong with a file beyond its headers
// only leaves the declaration undecided.
func Read(r io.ReaderAt, size int64, name string) (*File, error) {
	p := newPages(r, size)
	f, err := read(p, path.Base(strings.ReplaceAll(name, `\`, "/")))
	if p.err != nil {
		return nil, fmt.Errorf("%s: %w", name, p.err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

func read(p *pages, name string) (*File, error) {
	head := p.view(0, 8)
	if len(head) < 8 {
		return nil, ErrFormat
	}
	switch magic := binary.BigEndian.Uint32(head); magic {
	case machoFat, machoFat64:
		return readUniversal(p, name, magic == machoFat64)
	}
	return readOne(p, name, 0)
}

// readOne reads the object at an offset.
func readOne(p *pages, name string, base int64) (*File, error) {
	m, err := open(p, base)
	if err != nil {
		return nil, err
	}
	return m.report(name), nil
}

// open reads the headers and tables of the object at an offset.
func open(p *pages, base int64) (*image, error) {
	m := &image{file: p, base: base}
	head := p.view(base, 4)
	if len(head) < 4 {
		return nil, ErrFormat
	}
	var err error
	switch magic := binary.LittleEndian.Uint32(head); {
	case magic == 0x464c457f: // "\x7fELF"
		err = readELF(m)
	case magic == machoMagic32 || magic == machoMagic64 || magic == 0xcefaedfe || magic == 0xcffaedfe:
		err = readMachO(m)
	case magic&0xffff == 0x5a4d: // "MZ"
		err = readPE(m)
	default:
		err = ErrFormat
	}
	if err != nil {
		return nil, err
	}
	m.settle()
	return m, nil
}

// readUniversal reads a Mach-O file of several architectures.
func readUniversal(p *pages, name string, wide bool) (*File, error) {
	head := p.view(0, 8+machoMaxFat*32)
	count, entry := int(binary.BigEndian.Uint32(head[4:])), 20
	if wide {
		entry = 32
	}
	if count == 0 || count > machoMaxFat || len(head) < 8+count*entry {
		return nil, ErrFormat
	}
	head = slices.Clone(head)
	var files []*File
	for i := range count {
		b := head[8+i*entry:]
		off := int64(binary.BigEndian.Uint32(b[8:]))
		if wide {
			off = int64(binary.BigEndian.Uint64(b[8:]))
		}
		f, err := readOne(p, name, off)
		if err != nil {
			return nil, err
		}
		if f.Format != FormatMachO {
			return nil, ErrFormat
		}
		files = append(files, f)
	}
	return universal(files), nil
}

// universal makes one file of its slices.
func universal(files []*File) *File {
	f := *files[0]
	f.Arch, f.Slices = ArchUniversal, files
	for _, s := range files[1:] {
		if s.ABI != f.ABI {
			f.ABI, f.ABIReason = vocab.ABIUnknown, "its slices differ"
		}
		if s.Declaration != f.Declaration && f.Declaration != vocab.DeclarationUndecided {
			f.Reason = fmt.Sprintf("its slices differ: %s for %s, %s for %s", f.Declaration, files[0].Arch, s.Declaration, s.Arch)
			f.Declaration, f.Evidence, f.ByDefault, f.Delegate = vocab.DeclarationUndecided, vocab.EvidenceNone, false, ""
		}
		f.Module = f.Module && s.Module
		if f.MinMacOS == "" || s.MinMacOS != "" && olderMacOS(s.MinMacOS, f.MinMacOS) {
			f.MinMacOS = s.MinMacOS
		}
	}
	return &f
}

func olderMacOS(a, b string) bool {
	var x, y [2]int
	_, _ = fmt.Sscanf(a, "%d.%d", &x[0], &x[1])
	_, _ = fmt.Sscanf(b, "%d.%d", &y[0], &y[1])
	return x[0] < y[0] || x[0] == y[0] && x[1] < y[1]
}

// report makes the file of an image.
func (m *image) report(name string) *File {
	stem, suffix, _ := strings.Cut(name, ".")
	f := &File{
		Name: name, Format: m.format, Arch: m.arch, Imports: m.imported, Needed: m.needed, PythonDLL: m.python,
		Glibc: m.glibc, MinMacOS: m.minMacOS, ABI: vocab.ABIUnknown,
	}
	if suffix != "" {
		f.Suffix = "." + suffix
	}
	f.Musl = slices.ContainsFunc(m.needed, func(lib string) bool {
		return strings.HasPrefix(lib, "libc.musl-") || strings.HasPrefix(lib, "ld-musl-")
	})
	for _, e := range m.inits {
		f.Inits = append(f.Inits, e.name)
	}
	f.Module = len(f.Inits) > 0
	if !f.Module {
		f.Declaration, f.Evidence = vocab.DeclarationNotAModule, vocab.EvidenceNone
		f.ABI, f.ABIReason = m.abiByNames()
		return f
	}
	v := m.decide(stem)
	f.Declaration, f.Evidence, f.Reason, f.Delegate, f.MultiplePhases = v.declaration, v.evidence, v.reason, v.delegate, v.phases
	f.ABI, f.ABIReason = m.abi(&v, f.Suffix)
	m.toolchain(f)
	return f
}

// decide weighs the init functions that an interpreter may call for a module of
// this name.
func (m *image) decide(stem string) verdict {
	if m.arch != ArchX8664 && m.arch != ArchARM64 {
		return undecided("the declaration is not read for %s", m.arch)
	}
	defs := m.definitions()
	var own []export
	for _, e := range m.inits {
		if _, name, _ := strings.Cut(e.name, "_"); name == stem {
			own = append(own, e)
		}
	}
	if own == nil {
		own = m.inits // under which name it is loaded is not known
	}
	if len(own) > 64 {
		return undecided("it has %d init functions", len(own))
	}
	var v verdict
	for i, e := range own {
		u := scanned(m, defs, follow(m, e, defs))
		if i > 0 && u.declaration != v.declaration {
			return undecided("%s says %s, %s says %s", own[0].name, v.declaration, e.name, u.declaration)
		}
		if i == 0 {
			v = u
		}
	}
	if len(v.defs) == 0 {
		v.defs = defs
	}
	return v
}
