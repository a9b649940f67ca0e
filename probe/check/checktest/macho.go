package checktest

// machO makes a bundle for macOS, with the opcodes of LC_DYLD_INFO_ONLY.
func (o *Object) machO() []byte {
	const (
		page    = 0x4000
		cpuIntl = 0x01000007
		cpuARM  = 0x0100000c
	)
	cpu, sub := cpuIntl, 3
	if o.Arch == "arm64" {
		cpu, sub = cpuARM, 0
	}
	imports := o.imports()
	const dataAt, linkAt = page, 2 * page
	const code = 0xf00 // behind the load commands
	memory := o.memory(dataAt, len(imports))

	// The opcodes and symbols.
	var link buffer
	const dataSegment = 1
	for _, p := range memory.pointers {
		link.bytes(0x11, 0x20|dataSegment) // a pointer, of the data segment
		link.uleb(uint64(p))
		link.bytes(0x51) // once
	}
	link.bytes(0)
	link.align(8)
	rebase := link.len()
	for i, name := range imports {
		link.bytes(0x3e, 0x40) // looked up everywhere
		link.text("_" + name)
		link.bytes(0x51, 0x70|dataSegment)
		link.uleb(uint64(memory.imports[i]))
		link.bytes(0x90)
	}
	link.bytes(0)
	link.align(8)
	bind := link.len() - rebase
	exported := "_" + o.exported()
	trieAt := link.len()
	link.bytes(0, 1) // the root has one branch
	link.text(exported)
	link.uleb(uint64(2 + len(exported) + 1 + 1))
	link.bytes(3, 0) // of three bytes, flags
	link.uleb(code)
	link.bytes(0)
	link.align(8)
	trie := link.len() - trieAt

	var strs buffer
	strs.bytes(0)
	symtab := link.len()
	for i, name := range append([]string{exported}, prefixed(imports)...) {
		link.u32(strs.len())
		strs.text(name)
		if i == 0 {
			link.bytes(0x0f, 1, 0, 0) // of a section, external
			link.u64(code)
		} else {
			link.bytes(0x01, 0)
			link.u16(0xfe00) // of whatever library
			link.u64(0)
		}
	}
	strtab := link.len()
	link.bytes(strs.b...)

	var c buffer
	commands := 0
	segment := func(name string, off, size, protection int, section string) {
		commands++
		sections := 0
		if section != "" {
			sections = 1
		}
		c.u32(0x19)
		c.u32(72 + 80*sections)
		c.fixed(name, 16)
		for _, v := range []int{off, (size + page - 1) &^ (page - 1), off, size} {
			c.u64(uint64(v))
		}
		for _, v := range []int{protection, protection, sections, 0} {
			c.u32(v)
		}
		if sections == 0 {
			return
		}
		from, flags := off, 0
		if section == "__text" {
			from, flags = code, 0x80000400 // instructions, and nothing else
		}
		c.fixed(section, 16)
		c.fixed(name, 16)
		c.u64(uint64(from))
		c.u64(uint64(off + size - from))
		for _, v := range []int{from, 3, 0, 0, flags, 0, 0, 0} {
			c.u32(v)
		}
	}
	command := func(kind int, words ...int) {
		commands++
		c.u32(kind)
		c.u32(8 + 4*len(words))
		for _, w := range words {
			c.u32(w)
		}
	}
	segment("__TEXT", 0, page, 5, "__text")
	segment("__DATA", dataAt, len(memory.bytes), 3, "__data")
	segment("__LINKEDIT", linkAt, link.len(), 1, "")
	command(0x80000022, linkAt, rebase, linkAt+rebase, bind, 0, 0, 0, 0, linkAt+trieAt, trie)
	command(0x2, linkAt+symtab, len(imports)+1, linkAt+strtab, strs.len())
	command(0xb, 0, 0, 0, 1, 1, len(imports), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	minimum := o.MacOS[0]<<16 | o.MacOS[1]<<8
	command(0x32, 1, minimum, minimum, 0)
	commands++
	const lib = "/usr/lib/libSystem.B.dylib"
	c.u32(0xc)
	c.u32(24 + 32)
	for _, v := range []int{24, 2, 0x10000, 0x10000} {
		c.u32(v)
	}
	c.fixed(lib, 32)

	var head buffer
	for _, v := range []int{0xfeedfacf, cpu, sub, 8, commands, c.len(), 0x85, 0} {
		head.u32(v)
	}
	file := at(head.b, head.len(), c.b)
	file = at(file, code, o.code(code, dataAt+uint64(memory.root), dataAt))
	file = at(file, dataAt, memory.bytes)
	return at(file, linkAt, link.b)
}

func prefixed(names []string) []string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = "_" + n
	}
	return all
}
