package checktest

// pe makes a DLL for Windows on 64 bits: code, tables, data and base relocations, a
// section each.
func (o *Object) pe() []byte {
	const (
		base  = 0x180000000
		align = 0x1000
		fill  = 0x200
		code  = 1 * align
		table = 2 * align
		data  = 3 * align
		fixes = 4 * align
	)
	machine := 0x8664
	if o.Arch == "arm64" {
		machine = 0xaa64
	}
	imports := o.imports()
	memory := o.memory(base+data, len(imports)+1) // the pointers to what is imported end with a zero

	// The tables: imports, then exports.
	var t buffer
	lookup := 40 // behind the descriptors
	names := lookup + 8*(len(imports)+1)
	t.b = make([]byte, names)
	for i, s := range imports {
		put(t.b, lookup+8*i, uint64(table+t.len()))
		put(memory.bytes, memory.imports[i], uint64(table+t.len()))
		t.u16(0)
		t.text(s)
		t.align(2)
	}
	dll := t.len()
	t.text(o.DLL)
	t.align(4)
	var d buffer
	for _, v := range []int{table + lookup, 0, 0, table + dll, data} {
		d.u32(v)
	}
	copy(t.b, d.b)
	exports := t.len()
	t.b = append(t.b, make([]byte, 40)...)
	functions := t.len()
	t.u32(code)
	nameTable := t.len()
	t.u32(table + nameTable + 8)
	t.u16(0)
	t.align(4)
	t.text(o.exported())
	own := t.len()
	t.text(o.Name + ".pyd")
	t.align(4)
	var x buffer
	for _, v := range []int{0, 0, 0, table + own, 1, 1, 1, table + functions, table + nameTable, table + nameTable + 4} {
		x.u32(v)
	}
	copy(t.b[exports:], x.b)
	exportsSize := t.len() - exports

	var r buffer
	r.u32(data)
	r.u32(8 + (2*len(memory.pointers)+3)&^3)
	for _, p := range memory.pointers {
		r.u16(10<<12 | p)
	}
	r.align(4)

	parts := []struct {
		name  string
		at    int
		bytes []byte
		flags int
	}{
		{".text", code, o.code(base+code, base+data+uint64(memory.root), base+data), 0x60000020},
		{".rdata", table, t.b, 0x40000040},
		{".data", data, memory.bytes, 0xc0000040},
		{".reloc", fixes, r.b, 0x42000040},
	}
	var h buffer
	h.bytes('M', 'Z')
	h.b = append(h.b, make([]byte, 58)...)
	h.u32(64)
	h.bytes('P', 'E', 0, 0)
	h.u16(machine)
	h.u16(len(parts))
	for range 3 {
		h.u32(0)
	}
	h.u16(240)
	h.u16(0x2022) // a DLL, for large addresses
	h.u16(0x20b)
	h.u16(0)
	for _, v := range []int{fill, 3 * fill, 0, 0, code} {
		h.u32(v)
	}
	h.u64(base)
	for _, v := range []int{align, fill, 6, 0, 6, 0, 5 * align, fill * 2, 0} {
		h.u32(v)
	}
	h.u16(2)
	h.u16(0x160)
	for _, v := range []uint64{1 << 20, 1 << 12, 1 << 20, 1 << 12} {
		h.u64(v)
	}
	h.u32(0)
	h.u32(16)
	directories := map[int][2]int{0: {table + exports, exportsSize}, 1: {table, 40}, 5: {fixes, r.len()}, 12: {data, 8 * (len(imports) + 1)}}
	for i := range 16 {
		h.u32(directories[i][0])
		h.u32(directories[i][1])
	}
	offset := 2 * fill
	var file []byte
	for _, p := range parts {
		size := (len(p.bytes) + fill - 1) &^ (fill - 1)
		h.fixed(p.name, 8)
		for _, v := range []int{len(p.bytes), p.at, size, offset, 0, 0, 0, p.flags} {
			h.u32(v)
		}
		file = at(file, offset, p.bytes)
		offset += size
	}
	file = at(file, offset-1, []byte{0})
	return at(file, 0, h.b)
}

// put writes 8 bytes.
func put(b []byte, at int, v uint64) {
	for i := range 8 {
		b[at+i] = byte(v >> (8 * i))
	}
}
