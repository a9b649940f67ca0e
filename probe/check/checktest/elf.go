package checktest

import (
	"fmt"
	"slices"
	"strings"
)

// elf makes a shared library by the System V ABI: a segment of code and tables, one of
// data, and no sections.
func (o *Object) elf() []byte {
	const dataBase = 0x10000 // between the two in memory, on any size of pages
	machine := map[string]int{"x86_64": 62, "arm64": 183, "riscv64": 243}[o.Arch]
	relative, symbolic := 8, 6 // R_X86_64_RELATIVE, R_X86_64_GLOB_DAT
	switch o.Arch {
	case "arm64":
		relative, symbolic = 1027, 1025
	case "riscv64":
		relative, symbolic = 3, 2
	}
	lib, version := "libc.so.6", ""
	undefined := o.imports()
	if o.Glibc > 0 {
		version = fmt.Sprintf("GLIBC_2.%d", o.Glibc)
		function := map[int]string{34: "dlsym", 28: "fcntl64", 25: "getrandom", 18: "__cxa_thread_atexit_impl"}[o.Glibc]
		if function == "" {
			function = "free"
			if o.Glibc == 2 {
				version = "GLIBC_2.2.5"
			}
		}
		undefined = append(slices.Clip(undefined), function)
	}
	if o.Musl {
		lib = "libc.musl-" + strings.NewReplacer("arm64", "aarch64").Replace(o.Arch) + ".so.1"
	}

	var strs buffer
	strs.bytes(0)
	str := func(s string) int { n := strs.len(); strs.text(s); return n }
	libName, versionName := str(lib), str(version)
	const headers = 64 + 4*56
	text := buffer{make([]byte, headers)}

	count := len(undefined) + 2 // with the null symbol and the init function
	symbols := make([]int, 0, count)
	for _, s := range append(slices.Clip(undefined), o.exported()) {
		symbols = append(symbols, str(s))
	}
	hash := text.len()
	for _, w := range []int{1, count, 1} { // one bucket: the chain of all symbols
		text.u32(w)
	}
	for i := range count {
		text.u32((i + 1) % count * min(i, 1))
	}
	text.align(8)
	names := text.len()
	text.bytes(strs.b...)
	text.align(8)
	versions := text.len()
	text.u16(0)
	for i := range undefined {
		text.u16(map[bool]int{true: 2, false: 1}[version != "" && i == len(undefined)-1])
	}
	text.u16(1)
	text.align(8)
	needs := text.len()
	text.u16(1)
	text.u16(1)
	text.u32(libName)
	text.u32(16)
	text.u32(0)
	text.u32(elfHash(version))
	text.u16(0)
	text.u16(2)
	text.u32(versionName)
	text.u32(0)
	text.align(8)

	// What follows has known lengths, so that the addresses are known too.
	symtab := text.len()
	memory := o.memory(0, len(undefined))
	relocs := symtab + count*24
	relocsSize := (len(memory.pointers) + len(undefined)) * 24
	code := relocs + relocsSize
	const codeSize = 16
	dynamic := (code + codeSize + 15) &^ 15
	tags := [][2]int{{1, libName}, {4, hash}, {5, names}, {6, symtab}, {10, strs.len()}, {11, 24}, {7, relocs}, {8, relocsSize}, {9, 24}}
	if version != "" {
		tags = append(tags, [2]int{0x6ffffff0, versions}, [2]int{0x6ffffffe, needs}, [2]int{0x6fffffff, 1})
	}
	dataAt := dynamic + (len(tags)+1)*16
	base := uint64(dataBase + dataAt)
	memory = o.memory(base, len(undefined))

	text.b = append(text.b, make([]byte, 24)...)
	for i, name := range symbols {
		defined := i == len(symbols)-1
		text.u32(name)
		text.bytes(map[bool]byte{true: 0x12, false: 0x10}[defined], 0) // a global function, or of no type
		if defined {
			text.u16(1)
			text.u64(uint64(code))
		} else {
			text.u16(0)
			text.u64(0)
		}
		text.u64(0)
	}
	for _, p := range memory.pointers {
		text.u64(base + uint64(p))
		text.u64(uint64(relative))
		text.u64(word(memory.bytes, p))
	}
	for i, p := range memory.imports {
		text.u64(base + uint64(p))
		text.u64(uint64(i+1)<<32 | uint64(symbolic))
		text.u64(0)
	}
	text.bytes(o.code(uint64(code), base+uint64(memory.root), base)...)

	var dyn buffer
	for _, t := range append(tags, [2]int{}) {
		dyn.u64(uint64(t[0]))
		dyn.u64(uint64(t[1]))
	}
	file := at(text.b, dynamic, dyn.b)
	file = at(file, dataAt, memory.bytes)

	var head buffer
	head.bytes(0x7f, 'E', 'L', 'F', 2, 1, 1, 0)
	head.u64(0)
	head.u16(3) // ET_DYN
	head.u16(machine)
	head.u32(1)
	head.u64(0)
	head.u64(64) // where the program headers are
	head.u64(0)
	head.u32(0)
	for _, v := range []int{64, 56, 4, 64, 0, 0} {
		head.u16(v)
	}
	segment := func(kind, flags, off, addr, size, align int) {
		head.u32(kind)
		head.u32(flags)
		for _, v := range []int{off, addr, addr, size, size, align} {
			head.u64(uint64(v))
		}
	}
	segment(1, 5, 0, 0, code+codeSize, dataBase)
	segment(1, 6, dynamic, dataBase+dynamic, len(file)-dynamic, dataBase)
	segment(2, 6, dynamic, dataBase+dynamic, dyn.len(), 8)
	segment(0x6474e551, 6, 0, 0, 0, 16) // PT_GNU_STACK
	return at(file, 0, head.b)
}

// word reads 8 bytes.
func word(b []byte, at int) uint64 {
	var v uint64
	for i := range 8 {
		v |= uint64(b[at+i]) << (8 * i)
	}
	return v
}

// elfHash is the hash of symbols and versions in the System V ABI.
func elfHash(s string) int {
	h := uint32(0)
	for i := range len(s) {
		h = h<<4 + uint32(s[i])
		g := h & 0xf0000000
		h ^= g>>24 | g
	}
	return int(h & 0x0fffffff)
}
