package extmod

import (
	"slices"
	"sort"
)

// The address space of a walk. What is not the image's own memory is where no
// image is.
const (
	stackTop    = 0x7ffe_0000_0000_0000 // the stack when an init function is called
	stackSize   = 1 << 30
	heapBase    = 0x7ffd_0000_0000_0000 // of what allocators return
	heapStep    = 1 << 20
	importBase  = 0x7ffc_0000_0000_0000 // of what is imported
	importStep  = 1 << 20
	moduleBase  = 0x7ffb_0000_0000_0000 // of module objects
	moduleStep  = 1 << 8
	someObject  = 0x7ffa_0000_0000_0000 // of other objects
	keptBase    = 0x7ff8_0000_0000_0000 // of what earlier calls left
	maxKept     = 1 << 12
	maxImports  = 1 << 16
	maxCells    = 1 << 11
	maxDepth    = 40
	maxModules  = 4
	stackPast   = 1 << 20 // of the stack, what the caller has
	leakedBytes = 512     // what a callee may write to through a pointer it is given
)

func onStack(addr uint64) bool { return addr-(stackTop-stackSize) < stackSize+stackPast }

func isKept(x value) bool { return x.known() && x.v-keptBase < 1<<48 }

func onHeap(addr uint64) bool { return addr-heapBase < 1<<48 }

// A state is the processor and its memory at one place of a walk.
type state struct {
	pc    uint64
	regs  [32]value // x86: 0-15; arm64: 0-30, and the stack pointer
	vecs  [32][2]value
	flags flags
	// dead are the registers that hold what is left of a call of something imported:
	// nothing reads them before they are written.
	dead uint32
	// paged are the registers that have the beginning of a page, to which the rest of
	// an address is added: they are no addresses of their own (adrp).
	paged uint32
	// equal is what a set Z says: that a register or memory has a value.
	equal equality
	cells []cell // memory that was written, sorted by address
	frame *frame
	trace trace
	// lost says that something was called that could not be followed.
	lost bool
	// wild says that an address was worked out that may be one of the slots.
	wild bool
	// strayed says that the address of a function that matters may be where nothing
	// is known any more.
	strayed bool
	heap    uint64 // how many times was allocated
	watch   *watch
}

// A watch is what all states of a walk look out for.
type watch struct {
	// spans are the memory where the slots are, and definitions. Paths are told
	// apart by whether the beginning of each was written.
	spans []span
	sizes []uint64 // at most
	// surveyed says that what is watched is all that matters.
	surveyed bool
	// phases says that there may be slots at all.
	phases bool
	// carried are addresses of functions that matter, and of what has them, sorted.
	carried []span
}

// add watches memory.
func (w *watch) add(addr, size uint64) {
	w.spans, w.sizes = append(w.spans, span{addr, addr + size}), append(w.sizes, size)
}

type span struct{ from, to uint64 }

func (s span) has(addr uint64) bool { return addr-s.from < s.to-s.from }

// begins reports whether an address is at the beginning of one, or in allocated
// memory.
func (w *watch) begins(addr uint64) bool {
	if !w.phases || onStack(addr) || onHeap(addr) {
		return w.phases && onHeap(addr) && (!w.surveyed || len(w.spans) == 0)
	}
	for _, s := range w.spans {
		if addr-s.from < 64 {
			return true
		}
	}
	return false
}

// at returns the one that an address is in.
func (w *watch) at(addr uint64) (span, bool) {
	for _, s := range w.spans {
		if s.has(addr) {
			return s, true
		}
	}
	return span{}, false
}

// carries reports whether a value is the address of a function that matters, or of
// what has one.
func (w *watch) carries(x value) bool {
	if len(w.carried) == 0 || !x.known() || x.v < w.carried[0].from || x.v >= w.carried[len(w.carried)-1].to {
		return false
	}
	i := sort.Search(len(w.carried), func(i int) bool { return w.carried[i].from > x.v })
	return w.carried[i-1].has(x.v)
}

type equality struct {
	kind uint8 // 0 none, 1 register, 2 memory
	reg  uint8
	size uint8
	addr uint64
	v    uint64
}

// A cell is 8 aligned bytes of memory, of which those were written that set has
// ones for.
type cell struct {
	addr uint64
	value
	set uint64
}

// A frame is a call that has not returned.
type frame struct {
	parent *frame
	ret    uint64 // where it returns to
	sp     uint64 // the stack pointer then
	fn     uint64 // what was called
	hash   uint64 // of the whole chain
	depth  int
	saved  [12]value // registers that the callee preserves
	slots  []uint64  // where it has put those of them that have addresses of functions that matter
}

// A trace is what happened so far that matters for the verdict. States with
// different ones are not merged.
type trace struct {
	modules [maxModules]madeModule
	count   uint8
	many    bool // more than fit
	def     uint64
	defs    uint8 // 0: PyModuleDef_Init was not called; 1: for def; 2: for others too
	failed  bool  // an exception is pending
	from    int32 // number of the name of a module that was imported, 0 for none
	written uint64
}

// A madeModule is a module object that was created.
type madeModule struct {
	token uint64
	gil   gil
}

// gil is a declaration as the runtime holds it.
type gil uint8

const (
	gilSilent gil = iota
	gilUsed
	gilNotUsed
	gilUnknown
)

// A pool has states that are no longer needed.
type pool struct {
	states []*state
	cells  int // that they have room for
}

// clone returns a copy of a state.
func (p *pool) clone(s *state) *state {
	last := len(p.states) - 1
	if last < 0 {
		c := *s
		c.cells = append(make([]cell, 0, len(s.cells)+16), s.cells...)
		return &c
	}
	c := p.states[last]
	p.states = p.states[:last]
	p.cells -= cap(c.cells)
	cells := slices.Grow(c.cells[:0], len(s.cells))[:len(s.cells)]
	copy(cells, s.cells)
	*c = *s
	c.cells = cells
	return c
}

// drop keeps a state for what is cloned next. Nothing may refer to it any more.
func (p *pool) drop(s *state) {
	const most, mostCells = 1024, 1 << 17
	if len(p.states) < most && p.cells+cap(s.cells) < mostCells {
		s.frame = nil
		p.cells += cap(s.cells)
		p.states = append(p.states, s)
	}
}

// find returns the index of the first cell at or behind an address.
func (s *state) find(addr uint64) int {
	return sort.Search(len(s.cells), func(i int) bool { return s.cells[i].addr >= addr })
}

// written returns what was written to the aligned 8 bytes at an address, and
// which bytes those are.
func (s *state) written(addr uint64) (v value, set uint64) {
	if i := s.find(addr); i < len(s.cells) && s.cells[i].addr == addr {
		return s.cells[i].value, s.cells[i].set
	}
	return value{}, 0
}

// put writes bytes of an aligned word: those that m has ones for.
func (s *state) put(addr uint64, v value, m uint64) {
	i := s.find(addr)
	if i == len(s.cells) || s.cells[i].addr != addr {
		if v.k&m == 0 && unknownAtFirst(addr) {
			return
		}
		if len(s.cells) >= maxCells {
			s.lost = true
			return
		}
		s.cells = slices.Insert(s.cells, i, cell{addr: addr})
		if s.watch.begins(addr) {
			s.trace.written ^= mix(addr)
		}
	}
	c := &s.cells[i]
	c.v, c.k, c.set = c.v&^m|v.v&m, c.k&^m|v.k&m, c.set|m
}

// unknownAtFirst reports whether nothing is known of memory that was not written, so
// that it need not be kept that nothing is.
func unknownAtFirst(addr uint64) bool { return onStack(addr) || onHeap(addr) && addr&zeroed == 0 }

// store writes n bytes, at most 8.
func (s *state) store(addr uint64, v value, n int) {
	if addr-keptBase < moduleBase-keptBase {
		return
	}
	at := addr &^ 7
	shift := uint(addr&7) * 8
	m := mask(n)
	s.put(at, value{v.v << shift, v.k << shift}, m<<shift)
	if over := int(addr&7) + n - 8; over > 0 {
		back := uint(n-over) * 8
		s.put(at+8, value{v.v >> back, v.k >> back}, m>>back)
	}
}

// forget makes what n bytes hold unknown.
func (s *state) forget(addr, n uint64) {
	if n == 0 || addr+n < addr {
		return
	}
	if onHeap(addr) {
		s.coverAll(addr, min(n, leakedBytes))
	}
	for _, w := range s.watch.spans {
		if from, to := max(addr, w.from), min(addr+n, w.to); from < to {
			s.coverAll(from, to-from)
		}
	}
	s.clear(addr, n)
}

// leak makes unknown what a callee may write through a pointer: the object that it
// points to, or into. Where the slots are other objects end.
func (s *state) leak(addr, n uint64) {
	if w, ok := s.watch.at(addr); ok {
		s.forget(w.from, w.to-w.from)
		return
	}
	if onHeap(addr) {
		s.forget(addr, n)
		return
	}
	for _, w := range s.watch.spans {
		if w.from-addr < n {
			n = w.from - addr
		}
	}
	s.clear(addr, n)
}

// behind calls a function with the first n arguments of a call and what is found on the
// stack by way of them, until that returns true. It reports whether it did.
func (s *state) behind(conv *convention, n int, f func(value) bool) bool {
	const most = 64
	seen := make([]uint64, 0, most)
	look := func(x value) bool {
		if !x.known() {
			return false
		}
		if at := x.v &^ 7; onStack(at) && len(seen) < most && !slices.Contains(seen, at) {
			seen = append(seen, at)
		}
		return f(x)
	}
	for _, r := range conv.args[:min(n, len(conv.args))] {
		if s.paged>>r&1 == 0 && look(s.regs[r]) {
			return true
		}
	}
	for done := 0; done < len(seen); {
		from := seen[done]
		done++
		to := from + leakedBytes
		for f := s.frame; f != nil; f = f.parent {
			if from < f.sp { // it is in this frame, and ends there
				to = min(to, f.sp)
				break
			}
		}
		for i := s.find(from); i < len(s.cells) && s.cells[i].addr < to; i++ {
			if s.preserved(s.cells[i].addr) {
				continue
			}
			if look(s.cells[i].value) {
				return true
			}
		}
	}
	return false
}

// preserve notes that a function puts a register on the stack that it preserves, if
// it has what matters there. Nobody reads that but the function before it returns.
func (s *state) preserve(conv *convention, r int, addr uint64) {
	if v := s.regs[r]; s.frame == nil || s.pc-s.frame.fn > 64 || len(s.watch.carried) == 0 || !v.known() || !onStack(v.v) && !s.watch.carries(v) {
		return
	}
	if i := slices.Index(conv.saved, r); i >= 0 && s.frame.saved[i] == s.regs[r] {
		f := *s.frame
		f.slots = append(slices.Clip(f.slots), addr)
		s.frame = &f
	}
}

// preserved reports whether there is such a register at an address.
func (s *state) preserved(addr uint64) bool {
	for f := s.frame; f != nil; f = f.parent {
		if slices.Contains(f.slots, addr) {
			return true
		}
	}
	return false
}

// clear makes unknown what is known to have been written to n bytes.
func (s *state) clear(addr, n uint64) {

	for i := s.find(addr &^ 7); i < len(s.cells) && s.cells[i].addr < addr+n; i++ {
		c := &s.cells[i]
		m := all
		if c.addr < addr {
			m <<= 8 * (addr - c.addr)
		}
		if over := c.addr + 8 - (addr + n); c.addr+8 > addr+n {
			m &= all >> (8 * over)
		}
		c.v, c.k, c.set = c.v&^m, c.k&^m, c.set|m
	}
}

// coverAll makes cells of what is about to be forgotten, as without them what it
// was at first would count.
func (s *state) coverAll(addr, n uint64) {
	for at := addr &^ 7; at < addr+n; at += 8 {
		s.put(at, value{}, 0)
	}
}

// blur makes unknown what may have been written by a store to an address of which
// not all bits are known. One that may be anywhere is taken to be elsewhere, unless
// an address like that was worked out from one of the slots.
func (s *state) blur(addr value, n int) {
	least, most := addr.least(), addr.most()
	if most-least < 1<<16 {
		s.forget(least, most-least+uint64(n))
		return
	}
	for _, w := range s.watch.spans {
		if s.wild || addr.k>>40 != 0 && least < w.to && most >= w.from {
			s.forget(w.from, w.to-w.from)
		}
	}
}

// strays notes that an address is worked out of two numbers of which one is in the
// slots and the other is not known.
func (s *state) strays(x, y value) {
	if x.known() == y.known() {
		return
	}
	if y.known() {
		x = y
	}
	if _, ok := s.watch.at(x.v); ok {
		s.wild = true
	}
}

// drop removes the stack below an address, which nobody may read any more.
func (s *state) drop(sp uint64) {
	from, to := s.find(stackTop-stackSize), s.find(sp)
	if from < to {
		s.cells = slices.Delete(s.cells, from, to)
	}
}
