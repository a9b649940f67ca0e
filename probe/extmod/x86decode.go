package extmod

import "encoding/binary"

// An x86Inst is an instruction of x86-64, as far as it is taken apart: by Intel's
// manual, volume 2.
type x86Inst struct {
	size int
	op   byte
	page byte // which table op is of: 0, or 1 for 0F, 2 for 0F 38, 3 for 0F 3A

	wide    bool // REX.W
	small   bool // prefix 66
	rep     byte // prefix F2 or F3
	rex     bool
	foreign bool // relative to FS or GS
	vector  bool // VEX or EVEX
	long    byte // length of its vectors: 0 for 16 bytes
	second  int  // VEX.vvvv
	evex    bool
	short   bool // addresses of 32 bits
	hasOps  bool // it has a ModRM byte
	mod     byte
	reg, rm int // with the bits of REX
	base    int // of an address in memory: -1 none, 16 the next instruction
	index   int // -1 none
	scale   uint
	disp    int64
	imm     int64
}

// isReg reports that the second operand is a register.
func (i *x86Inst) isReg() bool { return i.mod == 3 }

// width is the size of general operands.
func (i *x86Inst) width() int {
	switch {
	case i.wide:
		return 8
	case i.small:
		return 2
	}
	return 4
}

// reads reports whether it is one of those that only read their operand in memory.
func (i *x86Inst) reads() bool {
	op, kind := i.op, i.reg&7
	switch {
	case i.page == 0 && !i.vector:
		return op < 0x40 && (op&7 == 2 || op&7 == 3 || op>>3 == 7) || op == 0x63 || op == 0x84 || op == 0x85 || op == 0x8a || op == 0x8b ||
			op >= 0x80 && op <= 0x83 && kind == 7 || (op == 0xf6 || op == 0xf7) && kind != 2 && kind != 3 || op == 0xff && kind == 6 || op == 0x69 || op == 0x6b
	case i.page == 1:
		return op == 0x10 || op == 0x12 || op == 0x14 || op == 0x16 || op == 0x28 || op == 0x2a || op == 0x2e || op == 0x2f || op >= 0x40 && op < 0x50 ||
			op >= 0x50 && op < 0x78 || op == 0x7e && i.rep == 0xf3 || op == 0xaf || op == 0xb6 || op == 0xb7 || op == 0xbe || op == 0xbf || op == 0xef
	}
	return false
}

// decodeX86 reads the instruction that b begins with, of at most 15 bytes.
func decodeX86(b []byte, i *x86Inst) bool {
	*i = x86Inst{base: -1, index: -1}
	if len(b) > 15 {
		b = b[:15]
	}
	p := 0
	var rex byte
prefixes:
	for ; ; p++ {
		if p >= len(b) {
			return false
		}
		switch c := b[p]; {
		case c == 0x66:
			i.small, rex = true, 0
		case c == 0xf2 || c == 0xf3:
			i.rep, rex = c, 0
		case c == 0x64 || c == 0x65:
			i.foreign, rex = true, 0
		case c == 0x67:
			i.short, rex = true, 0
		case c == 0x2e || c == 0x36 || c == 0x3e || c == 0x26 || c == 0xf0:
			rex = 0
		case c&0xf0 == 0x40:
			rex = c
		default:
			break prefixes
		}
	}
	i.rex, i.wide = rex != 0, rex&8 != 0
	r, x, bb := int(rex>>2&1)*8, int(rex>>1&1)*8, int(rex&1)*8
	op := b[p]
	p++
	switch op {
	case 0x0f:
		if p >= len(b) {
			return false
		}
		i.page, op = 1, b[p]
		p++
		if op == 0x38 || op == 0x3a {
			if p >= len(b) {
				return false
			}
			i.page = 2
			if op == 0x3a {
				i.page = 3
			}
			op = b[p]
			p++
		}
	case 0xc5, 0xc4, 0x62:
		n := map[byte]int{0xc5: 1, 0xc4: 2, 0x62: 3}[op]
		if p+n >= len(b) {
			return false
		}
		v := b[p : p+n]
		i.vector = true
		var last byte // W vvvv L pp
		switch op {
		case 0xc5:
			i.page, r, last = 1, int(^v[0]>>7&1)*8, v[0]&0x7f
		case 0xc4:
			i.page, last = v[0]&0x1f, v[1]
			r, x, bb = int(^v[0]>>7&1)*8, int(^v[0]>>6&1)*8, int(^v[0]>>5&1)*8
		case 0x62:
			i.page, last, i.evex, i.long = v[0]&7, v[1]&^4, true, v[2]>>5&3
			r, x, bb = int(^v[0]>>7&1)*8, int(^v[0]>>6&1)*8, int(^v[0]>>5&1)*8
		}
		i.wide, i.second = last&0x80 != 0, int(^last>>3&15)
		if op != 0x62 {
			i.long = last >> 2 & 1
		}
		i.small, i.rep = last&3 == 1, [4]byte{0, 0, 0xf3, 0xf2}[last&3]
		op = b[p+n]
		p += n + 1
		if i.page == 0 || i.page > 6 {
			return false
		}
	}
	i.op = op
	ops, imm := x86Shape(i)
	if ops {
		if p >= len(b) {
			return false
		}
		modrm := b[p]
		p++
		i.hasOps, i.mod, i.reg, i.rm = true, modrm>>6, int(modrm>>3&7)+r, int(modrm&7)
		if i.mod != 3 {
			n, ok := i.memory(b[p:], x, bb)
			if !ok {
				return false
			}
			p += n
		} else {
			i.rm += bb
		}
		if i.page == 0 && op&0xfe == 0xf6 && i.reg&7 < 2 { // test with an immediate
			imm = immByte
			if op == 0xf7 {
				imm = immWord
			}
		}
	} else {
		i.rm = int(op&7) + bb
	}
	n := 0
	switch imm {
	case immByte:
		n = 1
	case immShort:
		n = 2
	case immWord:
		n = 4
		if i.small && !i.wide {
			n = 2
		}
	case immRel:
		n = 4
	case immFull:
		n = i.width()
	case immEnter:
		n = 3
	case immOffset:
		n = 8
		if i.short {
			n = 4
		}
	}
	if p+n > len(b) {
		return false
	}
	switch n {
	case 1:
		i.imm = int64(int8(b[p]))
	case 2:
		i.imm = int64(int16(binary.LittleEndian.Uint16(b[p:])))
	case 4:
		i.imm = int64(int32(binary.LittleEndian.Uint32(b[p:])))
	case 8:
		i.imm = int64(binary.LittleEndian.Uint64(b[p:]))
	}
	i.size = p + n
	return true
}

// memory reads what follows a ModRM byte that refers to memory, and returns its
// length.
func (i *x86Inst) memory(b []byte, x, bb int) (n int, ok bool) {
	low := i.rm
	i.rm = -1
	i.base = low + bb
	if low == 4 {
		if len(b) < 1 {
			return 0, false
		}
		sib := b[0]
		b, n = b[1:], 1
		i.scale = uint(sib >> 6)
		if i.index = int(sib>>3&7) + x; i.index == 4 {
			i.index = -1
		}
		low = int(sib & 7)
		i.base = low + bb
		if low == 5 && i.mod == 0 {
			i.base = -1
		}
	}
	size := 0
	switch {
	case i.mod == 1:
		size = 1
	case i.mod == 2:
		size = 4
	case low == 5:
		size = 4
		if n == 0 {
			i.base = 16
		}
	}
	if len(b) < size {
		return 0, false
	}
	switch size {
	case 1:
		i.disp = int64(int8(b[0]))
		if i.evex {
			i.disp, i.base = 0, 17 // it is scaled by the size of the operand; nobody asks
		}
	case 4:
		i.disp = int64(int32(binary.LittleEndian.Uint32(b)))
	}
	return n + size, true
}

// The immediates of instructions.
const (
	immNone = iota
	immByte
	immShort  // 2 bytes
	immWord   // 4, or 2 with prefix 66
	immRel    // 4 always
	immFull   // 4, or 8 with REX.W
	immEnter  // 3
	immOffset // an address
)

// x86Shape says whether an opcode has a ModRM byte, and which immediate.
func x86Shape(i *x86Inst) (ops bool, imm int) {
	op := i.op
	switch i.page {
	case 0:
		return x86ShapeOne(op)
	case 1:
		switch {
		case op == 0x05, op == 0x06, op == 0x07, op == 0x08, op == 0x09, op == 0x0b, op == 0x77,
			op >= 0x30 && op <= 0x37, op == 0xa0, op == 0xa1, op == 0xa2, op == 0xa8, op == 0xa9, op == 0xaa, op >= 0xc8 && op <= 0xcf:
			return false, immNone
		case op >= 0x80 && op <= 0x8f && !i.vector:
			return false, immRel
		case op >= 0x70 && op <= 0x73, op == 0xa4, op == 0xac, op == 0xba, op == 0xc2, op == 0xc4, op == 0xc5, op == 0xc6:
			return true, immByte
		}
		return true, immNone
	case 3:
		return true, immByte
	}
	return true, immNone
}

func x86ShapeOne(op byte) (ops bool, imm int) {
	switch {
	case op < 0x40:
		switch op & 7 {
		case 4:
			return false, immByte
		case 5:
			return false, immWord
		case 6, 7:
			return false, immNone
		}
		return true, immNone
	case op == 0x63, op >= 0x84 && op <= 0x8f, op >= 0xd0 && op <= 0xd3, op >= 0xd8 && op <= 0xdf, op == 0xf6, op == 0xf7, op == 0xfe, op == 0xff:
		return true, immNone
	case op == 0x69, op == 0x81, op == 0xc7:
		return true, immWord
	case op == 0x6b, op == 0x80, op == 0x82, op == 0x83, op == 0xc0, op == 0xc1, op == 0xc6:
		return true, immByte
	case op == 0x68, op == 0xa9:
		return false, immWord
	case op == 0xe8, op == 0xe9:
		return false, immRel
	case op == 0x6a, op >= 0x70 && op <= 0x7f, op == 0xa8, op >= 0xb0 && op <= 0xb7, op == 0xcd, op >= 0xe0 && op <= 0xe7, op == 0xeb:
		return false, immByte
	case op >= 0xb8 && op <= 0xbf:
		return false, immFull
	case op >= 0xa0 && op <= 0xa3:
		return false, immOffset
	case op == 0xc2, op == 0xca:
		return false, immShort
	case op == 0xc8:
		return false, immEnter
	}
	return false, immNone
}
