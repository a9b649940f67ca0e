package extmod

import (
	"encoding/binary"
	"slices"
)

// maxSurveyed bounds the instructions that a survey reads, and maxEntered those of
// a function that is entered in any case: what leads to something imported is one.
const (
	maxSurveyed    = 400_000
	maxEntered     = 40
	maxSurveyDepth = 500
	tableWords     = 8
)

// A survey is which functions of an image can come to a call that matters for the
// verdict, by the calls they make and the functions whose address they take. What
// cannot need not be followed.
type survey struct {
	image     *image
	functions map[uint64]*surveyed
	matters   []string
	left      int
	depth     int
}

// A surveyed function.
type surveyed struct {
	length  int // in instructions
	callers []uint64
	reaches bool // a call that matters, be it through others
	taken   bool // its address is
	unknown bool // it calls what is not known
	returns bool
}

// newSurvey reads the functions that can be reached from one.
func newSurvey(m *image, entry uint64) *survey {
	v := &survey{image: m, functions: map[uint64]*surveyed{}, left: maxSurveyed}
	v.matters = mattering(m)
	v.function(entry)
	v.spread()
	for _, f := range v.functions {
		if f.taken && f.reaches { // whoever calls what is not known may call this
			for _, g := range v.functions {
				g.reaches = g.reaches || g.unknown
			}
			v.spread()
			break
		}
	}
	return v
}

// mattering are the functions of the C API that a survey looks for. Where modules
// are made of definitions, those made otherwise are not the ones that are returned.
func mattering(m *image) []string {
	names := []string{setGIL}
	for _, c := range creators {
		if m.imports(c) && c != "PyModule_New" && c != "PyModule_NewObject" {
			names = append(names, c)
		}
	}
	if len(names) == 1 {
		names = append(names, creators...)
	}
	return names
}

// spread makes the callers of what reaches reach too.
func (v *survey) spread() {
	var queue []*surveyed
	for _, f := range v.functions {
		if f.reaches {
			queue = append(queue, f)
		}
	}
	for len(queue) > 0 {
		f := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, at := range f.callers {
			if caller := v.functions[at]; !caller.reaches {
				caller.reaches = true
				queue = append(queue, caller)
			}
		}
	}
}

// skips reports whether a function cannot come to anything that matters, and is
// too long to be entered all the same.
func (v *survey) skips(fn uint64) bool {
	if v == nil {
		return false
	}
	f := v.functions[fn]
	return f != nil && f.length > maxEntered && !f.reaches
}

// function reads a function along its jumps, and what it calls. Until that is
// done it counts as one that returns.
func (v *survey) function(fn uint64) *surveyed {
	f := v.functions[fn]
	if f != nil {
		return f
	}
	f = &surveyed{returns: true}
	v.functions[fn] = f
	if v.depth++; v.depth > maxSurveyDepth || v.left <= 0 { // it may do anything
		f.reaches = true
		v.depth--
		return f
	}
	defer func() { v.depth-- }()
	seen := map[uint64]bool{fn: true}
	blocks := []uint64{fn}
	goTo := func(to uint64) {
		if !seen[to] {
			seen[to] = true
			blocks = append(blocks, to)
		}
	}
	var inst x86Inst
	var regs armRegisters
	x86 := v.image.arch == ArchX8664
	returns := false
	for len(blocks) > 0 {
		at := blocks[len(blocks)-1]
		blocks = blocks[:len(blocks)-1]
	block:
		for {
			if v.left--; v.left < 0 {
				f.reaches = true
				return f
			}
			f.length++
			var s step
			if x86 {
				s = v.readX86(fn, at, &inst)
			} else {
				s = v.readARM64(fn, at, &regs)
			}
			switch s.kind {
			case actNext:
			case actCall:
				f.unknown = f.unknown || s.to == 0 && s.name == ""
				if s.name != "" && neverReturns(s.name) || s.to != 0 && !v.edge(fn, s.to) {
					break block
				}
			case actBranch:
				goTo(s.to)
			case actJump:
				switch {
				case s.to != 0:
					goTo(s.to)
				case s.name == "" || !neverReturns(s.name):
					f.unknown = f.unknown || s.name == ""
					returns = true
				}
				break block
			case actReturn:
				returns = true
				break block
			case actStop:
				break block
			case actLost:
				returns = true
				break block
			}
			if seen[s.next] {
				break
			}
			at = s.next
		}
	}
	f.returns = returns
	return f
}

// A step is how control goes on behind an instruction: to an address of the image,
// or to something imported.
type step struct {
	next, to uint64
	kind     actionKind
	name     string
}

// edge notes that a function may call another, and reports whether that returns.
func (v *survey) edge(from, to uint64) (returns bool) {
	if s := v.image.segment(to); s == nil || !s.exec {
		return true
	}
	f := v.function(to)
	if !slices.Contains(f.callers, from) {
		f.callers = append(f.callers, from)
	}
	return f.returns
}

// points notes that a function takes an address: of another one, or of a table of
// functions, which one of those it calls may well call.
func (v *survey) points(fn, addr uint64) {
	s := v.image.segment(addr)
	if s == nil {
		return
	}
	if s.exec {
		v.edge(fn, addr)
		v.functions[addr].taken = true
		return
	}
	if s.write || !s.data {
		return
	}
	for k := range uint64(tableWords) {
		w := v.image.word(addr + 8*k)
		if t := v.image.segment(w.value); w.ok && w.fixed && w.symbol == "" && t != nil && t.exec {
			v.edge(fn, w.value)
			v.functions[w.value].taken = true
		}
	}
}

// refers looks at an address that a function uses: where it leads, or what is kept
// there.
func (v *survey) refers(fn, addr uint64) (name string) {
	if f := v.image.fixup(addr); f != nil && f.addr == addr && f.sym >= 0 {
		name = v.image.names[f.sym]
		if slices.Contains(v.matters, name) {
			v.functions[fn].reaches = true
		}
	}
	return name
}

func (v *survey) readX86(fn, at uint64, i *x86Inst) step {
	if !decodeX86(v.image.code(at, 15), i) {
		return step{kind: actLost}
	}
	next, name := at+uint64(i.size), ""
	if i.hasOps && !i.isReg() && i.base == 16 {
		addr := next + uint64(i.disp)
		name = v.refers(fn, addr)
		if i.page == 0 && i.op == 0x8d {
			v.points(fn, addr)
		}
	}
	switch op := i.op; {
	case i.vector || i.page > 1:
	case i.page == 1 && op >= 0x80 && op < 0x90:
		return step{next: next, to: next + uint64(i.imm), kind: actBranch}
	case i.page == 1 && (op == 0x0b || op == 0xff || op == 0xb9):
		return step{next: next, kind: actStop}
	case i.page == 1:
	case op >= 0x70 && op < 0x80 || op >= 0xe0 && op < 0xe4:
		return step{next: next, to: next + uint64(i.imm), kind: actBranch}
	case op == 0xe8:
		return step{next: next, to: next + uint64(i.imm), kind: actCall}
	case op == 0xe9 || op == 0xeb:
		return step{next: next, to: next + uint64(i.imm), kind: actJump}
	case op == 0xc2 || op == 0xc3:
		return step{next: next, kind: actReturn}
	case op == 0xcc || op == 0xf4:
		return step{next: next, kind: actStop}
	case op == 0xff && i.reg&7 == 4:
		return step{next: next, kind: actJump, name: name}
	case op == 0xff && i.reg&7 == 2:
		return step{next: next, kind: actCall, name: name}
	}
	return step{next: next, kind: actNext}
}

// armRegisters are what a function has put into registers, in the order of its
// instructions: pages of adrp, and addresses of what is imported.
type armRegisters struct {
	pages [32]uint64
	names [32]string
}

func (v *survey) readARM64(fn, at uint64, regs *armRegisters) step {
	b := v.image.code(at, 4)
	if len(b) < 4 {
		return step{kind: actLost}
	}
	x := armStep{op: binary.LittleEndian.Uint32(b), next: at + 4}
	op, rd, rn := x.op, x.field(0, 5), x.field(5, 5)
	switch {
	case op&0x9f000000 == 0x90000000: // adrp
		regs.pages[rd] = at&^0xfff + (x.signedField(5, 19, 4)|uint64(x.field(29, 2)))<<12
	case op&0x9f000000 == 0x10000000: // adr
		v.points(fn, at+(x.signedField(5, 19, 4)|uint64(x.field(29, 2))))
	case op&0xffc00000 == 0x91000000: // add
		v.points(fn, regs.pages[rn]+uint64(x.field(10, 12)))
	case op&0xffc00000 == 0xf9400000: // ldr
		regs.names[rd] = v.refers(fn, regs.pages[rn]+uint64(x.field(10, 12))*8)
	case op>>26&0x1f == 5:
		to := at + x.signedField(0, 26, 4)
		if op>>31 == 1 {
			return step{next: x.next, to: to, kind: actCall}
		}
		return step{next: x.next, to: to, kind: actJump}
	case op>>25&0x3f == 0x1a || op>>24 == 0x54:
		return step{next: x.next, to: at + x.signedField(5, 19, 4), kind: actBranch}
	case op>>25&0x3f == 0x1b:
		return step{next: x.next, to: at + x.signedField(5, 14, 4), kind: actBranch}
	case op>>25 == 0x6b && x.field(21, 2) != 1:
		if x.field(21, 2) == 2 {
			return step{next: x.next, kind: actReturn}
		}
		return step{next: x.next, kind: actJump, name: regs.names[rn]}
	case op>>25 == 0x6b:
		return step{next: x.next, kind: actCall, name: regs.names[rn]}
	case op>>24 == 0xd4 && op&0x1f != 1 || op>>25&0xf == 0:
		return step{next: x.next, kind: actStop}
	}
	return step{next: x.next, kind: actNext}
}
