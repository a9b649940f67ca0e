package extmod_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/extmod"
)

// A platform is a format and an architecture, and how its imports are written.
type platform struct {
	name, format, arch string
	opcodes            bool
	pointer            uint16
}

var platforms = []platform{
	{"linux x86-64", extmod.FormatELF, extmod.ArchX8664, false, 0},
	{"linux arm64", extmod.FormatELF, extmod.ArchARM64, false, 0},
	{"macos x86-64, chains", extmod.FormatMachO, extmod.ArchX8664, false, 0},
	{"macos x86-64, chains of addresses", extmod.FormatMachO, extmod.ArchX8664, false, 2},
	{"macos x86-64, opcodes", extmod.FormatMachO, extmod.ArchX8664, true, 0},
	{"macos arm64, chains", extmod.FormatMachO, extmod.ArchARM64, false, 0},
	{"macos arm64e, chains", extmod.FormatMachO, extmod.ArchARM64, false, 9},
	{"macos arm64, opcodes", extmod.FormatMachO, extmod.ArchARM64, true, 0},
	{"windows x86-64", extmod.FormatPE, extmod.ArchX8664, false, 0},
	{"windows arm64", extmod.FormatPE, extmod.ArchARM64, false, 0},
}

// Where things are in data.
const (
	defAt   = 0x100
	slotsAt = 0x200
	nextAt  = 0x300
	nameAt  = 0x10 // in constants
)

// build makes a module: a definition in one of the layouts, slots if they are not
// nil, and an init function. Without slots it has a single phase, and hands gil to
// SetGIL if that is not negative.
func build(p platform, free bool, slots [][2]uint64, gil int) *object {
	o := &object{
		format: p.format, arch: p.arch, opcodes: p.opcodes, pointer: p.pointer, inits: []string{"PyInit_m"}, python: "python313t.dll",
		data: make([]byte, 0x1000), constants: append(make([]byte, nameAt), "m\x00"...), pointers: map[uint64]uint64{}, minMacOS: 11 << 16,
	}
	le := binary.LittleEndian
	fields := uint64(defAt + 16)
	if free {
		le.PutUint32(o.data[defAt+12:], 0xffffffff)
		fields = defAt + 32
	} else {
		le.PutUint64(o.data[defAt:], 0xc0000000)
	}
	o.pointers[fields+24] = o.start() + constantsAt + nameAt
	if slots == nil {
		o.imports = []string{"PyModule_Create2", "_Py_NoneStruct"}
		if gil >= 0 {
			o.imports = append(o.imports, "PyUnstable_Module_SetGIL")
		}
		o.code = o.singlePhase(gil)
		return o
	}
	o.imports = []string{"_Py_NoneStruct", "PyModuleDef_Init"}
	o.pointers[fields+56] = o.start() + dataAt + slotsAt
	o.setSlots(slotsAt, slots)
	o.code = o.multiPhase()
	return o
}

// setSlots writes slots; a value beyond the image's start is an address.
func (o *object) setSlots(at uint64, slots [][2]uint64) {
	for _, s := range slots {
		binary.LittleEndian.PutUint64(o.data[at:], s[0])
		if s[1] >= codeAt {
			o.pointers[at+8] = o.start() + s[1]
		} else {
			binary.LittleEndian.PutUint64(o.data[at+8:], s[1])
		}
		at += 16
	}
}

// An assembler writes instructions one after the other.
type assembler struct {
	writer
	o *object
}

// at is the address of the next instruction.
func (a *assembler) at() uint64 { return a.o.start() + codeAt + uint64(len(a.b)) }

// rip writes an instruction of x86-64 that ends with the distance to an address.
func (a *assembler) rip(addr uint64, op ...byte) {
	a.b = append(a.b, op...)
	a.u32(uint32(addr - (a.at() + 4)))
}

// page writes adrp and an instruction with the rest of the address: add, or ldr
// whose offset counts words.
func (a *assembler) page(addr uint64, reg uint32, load bool) {
	pages := uint32(addr>>12) - uint32(a.at()>>12)
	a.u32(0x90000000 | pages&3<<29 | pages>>2&0x7ffff<<5 | reg)
	if load {
		a.u32(0xf9400000 | uint32(addr&0xfff/8)<<10 | reg<<5 | reg)
	} else {
		a.u32(0x91000000 | uint32(addr&0xfff)<<10 | reg<<5 | reg)
	}
}

func (o *object) def() uint64 { return o.start() + dataAt + defAt }

// first is how the first argument is loaded on x86-64: lea rdi or lea rcx.
func (o *object) first() []byte {
	if o.format == extmod.FormatPE {
		return []byte{0x48, 0x8d, 0x0d}
	}
	return []byte{0x48, 0x8d, 0x3d}
}

// multiPhase is return PyModuleDef_Init(&def).
func (o *object) multiPhase() []byte {
	a := &assembler{o: o}
	if o.arch == extmod.ArchX8664 {
		a.rip(o.def(), o.first()...)
		a.rip(o.importAt("PyModuleDef_Init"), 0xff, 0x25) // jmp
		return a.b
	}
	a.page(o.def(), 0, false)
	a.page(o.importAt("PyModuleDef_Init"), 16, true)
	a.u32(0xd61f0200) // br x16
	return a.b
}

// singlePhase is m = PyModule_Create(&def); if (m) SetGIL(m, gil); return m.
func (o *object) singlePhase(gil int) []byte {
	a := &assembler{o: o}
	if o.arch == extmod.ArchX8664 {
		a.b = append(a.b, 0x53) // push rbx
		a.rip(o.def(), o.first()...)
		a.rip(o.importAt("PyModule_Create2"), 0xff, 0x15)     // call
		a.b = append(a.b, 0x48, 0x89, 0xc3, 0x48, 0x85, 0xc0) // mov rbx, rax; test rax, rax
		if gil >= 0 {
			a.b = append(a.b, 0x74, 14) // je
			second := []byte{0x48, 0x89, 0xc7, 0xbe}
			if o.format == extmod.FormatPE {
				second = []byte{0x48, 0x89, 0xc1, 0xba}
			}
			a.b = append(append(a.b, second...), byte(gil), 0, 0, 0)
			a.rip(o.importAt("PyUnstable_Module_SetGIL"), 0xff, 0x15)
		}
		a.b = append(a.b, 0x48, 0x89, 0xd8, 0x5b, 0xc3) // mov rax, rbx; pop rbx; ret
		return a.b
	}
	a.u32(0xa9be7bfd, 0xf9000bf3) // stp x29, x30, [sp, #-32]!; str x19, [sp, #16]
	a.page(o.def(), 0, false)
	a.u32(0x52807ea1) // mov w1, #1013
	a.page(o.importAt("PyModule_Create2"), 16, true)
	a.u32(0xd63f0200, 0xaa0003f3) // blr x16; mov x19, x0
	if gil >= 0 {
		a.u32(0xb4000000 | 5<<5)           // cbz x0, behind
		a.u32(0x52800001 | uint32(gil)<<5) // mov w1, #gil
		a.page(o.importAt("PyUnstable_Module_SetGIL"), 16, true)
		a.u32(0xd63f0200)
	}
	a.u32(0xaa1303e0, 0xf9400bf3, 0xa8c27bfd, 0xd65f03c0) // mov x0, x19; ldr x19, [sp, #16]; ldp x29, x30, [sp], #32; ret
	return a.b
}

// On every platform, in both layouts, every declaration is read.
func TestPlatforms(t *testing.T) {
	t.Parallel()
	exec := [2]uint64{2, codeAt}
	for _, p := range platforms {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			for _, tt := range []struct {
				name  string
				slots [][2]uint64
				gil   int
				want  vocab.Declaration
				by    vocab.Evidence
			}{
				{"not used", [][2]uint64{exec, {4, 1}, {}}, 0, vocab.DeclarationNotUsed, vocab.EvidenceStaticSlots},
				{"used", [][2]uint64{exec, {4, 0}, {}}, 0, vocab.DeclarationUsed, vocab.EvidenceStaticSlots},
				{"silent", [][2]uint64{exec, {}}, 0, vocab.DeclarationSilent, vocab.EvidenceStaticSlots},
				{"of 3.15", [][2]uint64{{85, codeAt}, {87, 1}, {}}, 0, vocab.DeclarationNotUsed, vocab.EvidenceStaticSlots},
				{"nested", [][2]uint64{exec, {94, dataAt + nextAt}, {}}, 0, vocab.DeclarationNotUsed, vocab.EvidenceStaticSlots},
				{"no end", [][2]uint64{exec, {4, 1}, {0x7777, 1}, {}}, 0, vocab.DeclarationUndecided, vocab.EvidenceNone},
				{"single", nil, -1, vocab.DeclarationSilent, vocab.EvidenceImports},
				{"single, not used", nil, 1, vocab.DeclarationNotUsed, vocab.EvidenceCallSite},
				{"single, used", nil, 0, vocab.DeclarationUsed, vocab.EvidenceCallSite},
			} {
				for _, free := range []bool{true, false} {
					o := build(p, free, tt.slots, tt.gil)
					o.setSlots(nextAt, [][2]uint64{{4, 1}, {}})
					if tt.slots == nil || tt.name != "nested" {
						delete(o.pointers, nextAt+8)
					}
					f := o.read(t, "package/m.so")
					abi := vocab.ABIGIL
					if free {
						abi = vocab.ABIFreeThreaded
					}
					if f.Declaration != tt.want || f.Evidence != tt.by || f.ABI != abi || f.Format != p.format || f.Arch != p.arch || !f.Module {
						t.Errorf("%s, free-threaded %v: %s by %s (%s), ABI %s (%s), %s %s", tt.name, free, f.Declaration, f.Evidence, f.Reason, f.ABI, f.ABIReason, f.Format, f.Arch)
					}
					if f.MultiplePhases != (tt.slots != nil) {
						t.Errorf("%s: phases %v", tt.name, f.MultiplePhases)
					}
					if fit, reason := f.LoadsOn(python313t, []string{".so"}); (fit == vocab.FitLoads) != free {
						t.Errorf("%s, free-threaded %v: %s, %s", tt.name, free, fit, reason)
					}
				}
			}
		})
	}
}

// What a file says of its needs.
func TestNeeds(t *testing.T) {
	t.Parallel()
	for _, p := range platforms {
		o := build(p, true, [][2]uint64{{4, 1}, {}}, 0)
		o.needed = []string{"libone.so", "libc.musl-x86_64.so.1"}
		f := o.read(t, "m.cpython-313t-x86_64-linux-gnu.so")
		if want := []string{"PyModuleDef_Init", "_Py_NoneStruct"}; !equal(f.Imports, want) {
			t.Errorf("%s: imports %q", p.name, f.Imports)
		}
		if !equal(f.Inits, []string{"PyInit_m"}) || f.Suffix != ".cpython-313t-x86_64-linux-gnu.so" || f.Name != "m.cpython-313t-x86_64-linux-gnu.so" {
			t.Errorf("%s: %q %q %q", p.name, f.Inits, f.Name, f.Suffix)
		}
		switch p.format {
		case extmod.FormatPE:
			if f.PythonDLL != "python313t.dll" || !equal(f.Needed, []string{"python313t.dll"}) {
				t.Errorf("%s: %q, %q", p.name, f.PythonDLL, f.Needed)
			}
		case extmod.FormatMachO:
			if f.MinMacOS != "11.0" {
				t.Errorf("%s: macOS %q", p.name, f.MinMacOS)
			}
			fallthrough
		default:
			if !equal(f.Needed, o.needed) || !f.Musl {
				t.Errorf("%s: needs %q, musl %v", p.name, f.Needed, f.Musl)
			}
		}
	}
}

func equal(a, b []string) bool { return fmt.Sprint(a) == fmt.Sprint(b) && len(a) == len(b) }

// On Windows the library says more than the layout does.
func TestDLL(t *testing.T) {
	t.Parallel()
	windows := platforms[8]
	for _, tt := range []struct {
		dll  string
		free bool
		abi  vocab.ABI
		on   map[string]vocab.Fit
	}{
		{"python313t.dll", true, vocab.ABIFreeThreaded, map[string]vocab.Fit{"3.13t": vocab.FitLoads, "3.13": vocab.FitWrongABI, "3.15t": vocab.FitWrongABI}},
		{"python313.dll", false, vocab.ABIGIL, map[string]vocab.Fit{"3.13t": vocab.FitWrongABI, "3.13": vocab.FitLoads, "3.15": vocab.FitWrongABI}},
		{"python3.dll", false, vocab.ABI3, map[string]vocab.Fit{"3.13t": vocab.FitWrongABI, "3.13": vocab.FitLoads, "3.15": vocab.FitLoads}},
		{"python313t.dll", false, vocab.ABIGIL, map[string]vocab.Fit{"3.13t": vocab.FitWrongABI}},
		{"PYTHON315T.DLL", true, vocab.ABIFreeThreaded, map[string]vocab.Fit{"3.15t": vocab.FitLoads, "3.13t": vocab.FitWrongABI}},
		{"libpython3.13.dll", false, vocab.ABIGIL, map[string]vocab.Fit{"3.13": vocab.FitLoads}},
	} {
		o := build(windows, tt.free, [][2]uint64{{4, 1}, {}}, 0)
		o.python = tt.dll
		f := o.read(t, "m.pyd")
		if f.ABI != tt.abi || f.PythonDLL != tt.dll {
			t.Errorf("%s, free-threaded %v: %s (%s), %s", tt.dll, tt.free, f.ABI, f.ABIReason, f.PythonDLL)
		}
		for _, python := range pythons {
			if want, ok := tt.on[python.Series()+map[bool]string{true: "t"}[python.FreeThreaded]]; ok {
				if fit, reason := f.LoadsOn(python, nil); fit != want {
					t.Errorf("%s, free-threaded %v on %s: %s (%s), want %s", tt.dll, tt.free, python, fit, reason, want)
				}
			}
		}
	}
}

// A universal file says what its slices agree on.
func TestUniversal(t *testing.T) {
	t.Parallel()
	intel, arm := platforms[2], platforms[5]
	yes, no := [][2]uint64{{4, 1}, {}}, [][2]uint64{{4, 0}, {}}
	read := func(a, b *object) *extmod.File {
		t.Helper()
		file := universalFile(a.bytes(t), b.bytes(t))
		f, err := extmod.Read(bytes.NewReader(file), int64(len(file)), "m.so")
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	a, b := build(intel, true, yes, 0), build(arm, true, yes, 0)
	a.minMacOS = 10<<16 | 13<<8
	f := read(a, b)
	if f.Arch != extmod.ArchUniversal || len(f.Slices) != 2 || f.Declaration != vocab.DeclarationNotUsed || f.ABI != vocab.ABIFreeThreaded || f.MinMacOS != "10.13" {
		t.Errorf("%+v", f)
	}
	if f.Slices[0].Arch != extmod.ArchX8664 || f.Slices[1].Arch != extmod.ArchARM64 {
		t.Errorf("slices of %s and %s", f.Slices[0].Arch, f.Slices[1].Arch)
	}
	f = read(build(intel, true, yes, 0), build(arm, true, no, 0))
	if f.Declaration != vocab.DeclarationUndecided || !strings.Contains(f.Reason, "not-used for x86_64, used for arm64") || f.Slices[1].Declaration != vocab.DeclarationUsed {
		t.Errorf("%s: %s", f.Declaration, f.Reason)
	}
	if f = read(build(intel, true, yes, 0), build(arm, false, yes, 0)); f.ABI != vocab.ABIUnknown {
		t.Errorf("ABI %s", f.ABI)
	}
}

// Other processors are not guessed at.
func TestOtherProcessors(t *testing.T) {
	t.Parallel()
	for machine, arch := range map[uint16]string{22: "s390x", 243: "riscv64", 21: "ppc64le", 999: "machine-999"} {
		b := build(platforms[0], true, [][2]uint64{{4, 1}, {}}, 0).bytes(t)
		binary.LittleEndian.PutUint16(b[18:], machine)
		f, err := extmod.Read(bytes.NewReader(b), int64(len(b)), "m.so")
		if err != nil {
			t.Fatal(err)
		}
		if f.Arch != arch || f.Declaration != vocab.DeclarationUndecided || !strings.Contains(f.Reason, "not read for "+arch) || len(f.Imports) != 2 || !f.Module {
			t.Errorf("%s: %s, %s, imports %q", f.Arch, f.Declaration, f.Reason, f.Imports)
		}
	}
}

// A file without an init function is a library, and one whose init function has
// another name is no module of its own name.
func TestNotAModule(t *testing.T) {
	t.Parallel()
	for _, p := range platforms {
		o := build(p, true, [][2]uint64{{4, 1}, {}}, 0)
		o.inits = []string{"helper"}
		f := o.read(t, "m.so")
		if f.Module || f.Declaration != vocab.DeclarationNotAModule {
			t.Errorf("%s: %s", p.name, f.Declaration)
		}
		if fit, _ := f.LoadsOn(python313t, nil); fit != vocab.FitForeign {
			t.Errorf("%s: %s", p.name, fit)
		}
	}
	f := build(platforms[0], true, [][2]uint64{{4, 1}, {}}, 0).read(t, "other.so")
	if fit, reason := f.LoadsOn(python313t, nil); fit != vocab.FitForeign || !strings.Contains(reason, "PyInit_other") {
		t.Errorf("%s: %s", fit, reason)
	}
	f = build(platforms[0], true, [][2]uint64{{4, 1}, {}}, 0).read(t, "m.so")
	if fit, _ := f.LoadsOn(python313t, []string{".cpython-313t-x86_64-linux-gnu.so"}); fit != vocab.FitIgnored {
		t.Errorf("%s without a suffix", fit)
	}
}

// A broken reader is an error, and not one of the format.
func TestErrors(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "MZ", "#!/bin/sh\nexit 1\n", "\x7fELF", strings.Repeat("\xca\xfe\xba\xbe", 20), "\xcf\xfa\xed\xfe" + strings.Repeat("\xff", 100)} {
		if _, err := extmod.Read(strings.NewReader(s), int64(len(s)), "x.so"); !errors.Is(err, extmod.ErrFormat) {
			t.Errorf("%q: %v", s, err)
		}
	}
	b := build(platforms[0], true, [][2]uint64{{4, 1}, {}}, 0).bytes(t)
	broken := errors.New("broken")
	_, err := extmod.Read(failing{bytes.NewReader(b), broken}, int64(len(b)), "x.so")
	if !errors.Is(err, broken) || errors.Is(err, extmod.ErrFormat) {
		t.Errorf("%v", err)
	}
}

// failing fails to read behind the headers.
type failing struct {
	io.ReaderAt
	err error
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > 0x2000 {
		return 0, f.err
	}
	return f.ReaderAt.ReadAt(p, off)
}

// The value of the slot, and nothing else, is what decides.
func TestFlip(t *testing.T) {
	t.Parallel()
	for _, p := range platforms {
		b := build(p, true, [][2]uint64{{2, codeAt}, {4, 1}, {}}, 0).bytes(t)
		at := dataAt + slotsAt + 16 + 8
		for value, want := range map[byte]vocab.Declaration{0: vocab.DeclarationUsed, 1: vocab.DeclarationNotUsed, 2: vocab.DeclarationUndecided} {
			b[at] = value
			f, err := extmod.Read(bytes.NewReader(b), int64(len(b)), "m.so")
			if err != nil {
				t.Fatal(err)
			}
			if f.Declaration != want {
				t.Errorf("%s, %d: %s, want %s", p.name, value, f.Declaration, want)
			}
		}
	}
}
