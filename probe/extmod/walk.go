package extmod

import (
	"container/heap"
	"slices"
	"strings"
)

// What bounds a walk: its work, in instructions or what takes as long, and the
// places where paths meet. A first walk enters every function; where that is too
// long, a second one leaves out those that cannot matter.
const (
	firstWork   = 20_000
	secondWork  = 1_000_000
	maxNodes    = 20_000
	maxMerges   = 6
	maxOutcomes = 512
	maxParts    = 8
	cloneWork   = 6
	mergeWork   = 4
)

// A walker follows an init function along all its paths, as far as what is known
// of registers and memory does not exclude them. Where paths meet in the same
// function, called in the same way, they go on as one that knows what both know.
//
// Two things are taken for granted, as compilers do: that a store through a pointer
// that is not known does not hit what is reached by name, and that functions leave
// the registers and the stack of their callers as the calling convention says.
type walker struct {
	image *image
	cpu   cpu

	symbols []string // what is imported, by number
	numbers map[string]int
	froms   []string // the names in trace.from, counted from 1

	levels []level
	nodes  int // on all of them
	queue  nodeQueue
	pool   pool
	work   int // that is left
	// whole says that memory is watched as far as it may matter, and not only to where
	// another variable seems to begin.
	whole bool
	// skip, if not nil, tells which functions need not be entered.
	skip  *survey
	watch watch
	// guards are the words that tell whether something was done before, as far as
	// they were seen to be used so: they are zero at first.
	guards map[uint64]bool
	// kept, if not nil, are the words that are taken to have been filled by an earlier
	// call: the address of each by what stands for what it has.
	kept map[uint64]uint64
	// recalled are the guards that were found so.
	recalled map[uint64]bool
	// over says that the walk was given up.
	over     bool
	outcomes []outcome
}

// A cpu executes instructions.
type cpu interface {
	// step executes the instruction at s.pc and says where to go on.
	step(w *walker, s *state) action
	convention() *convention
}

// A convention is how functions are called.
type convention struct {
	args    []int // registers of the first arguments
	result  int
	sp      int
	scratch []int // registers that a callee may change
	saved   []int // registers that it may not, at most 12
	vecs    []int // vector registers that a callee may change
	pushes  bool  // a call pushes where it returns to
}

// An action is how control goes on.
type action struct {
	kind  actionKind
	to    value
	next  uint64 // the address behind the instruction
	cond  truth  // of a branch
	equal equality
	// onTaken says that equal holds where the branch is taken, else where not.
	onTaken bool
}

type actionKind uint8

const (
	actNext   actionKind = iota
	actJump              // to
	actBranch            // to or next
	actCall              // to, and return to next
	actReturn
	actStop // nothing comes behind: a trap
	actLost // it could not be read
)

type placeKey struct{ pc, frame uint64 }

type nodeKey struct {
	placeKey
	trace trace
}

// A node is a place where paths meet, with what all that came know.
type node struct {
	state  *state
	merges int
	depth  int
	queued bool
}

// A level has the places in functions that were called at the same depth. Once
// there is nothing left to do in these, their callers know all about them.
type level struct {
	nodes map[nodeKey]*node
	parts map[placeKey]int
}

// level returns the one of a depth.
func (w *walker) level(depth int) *level {
	for len(w.levels) <= depth {
		w.levels = append(w.levels, level{map[nodeKey]*node{}, map[placeKey]int{}})
	}
	return &w.levels[depth]
}

// leave forgets the levels below a depth.
func (w *walker) leave(depth int) {
	for i := len(w.levels) - 1; i > depth; i-- {
		l := &w.levels[i]
		w.nodes -= len(l.nodes)
		for _, n := range l.nodes {
			w.pool.drop(n.state)
		}
		clear(l.nodes)
		clear(l.parts)
	}
}

// nodeQueue has the deepest call first, and in it the lowest address: what a
// function returns is complete when its caller goes on.
type nodeQueue []*node

func (q *nodeQueue) Len() int { return len(*q) }

func (q *nodeQueue) Less(i, j int) bool {
	a, b := (*q)[i], (*q)[j]
	if a.depth != b.depth {
		return a.depth > b.depth
	}
	return a.state.pc < b.state.pc
}

func (q *nodeQueue) Swap(i, j int) { (*q)[i], (*q)[j] = (*q)[j], (*q)[i] }

func (q *nodeQueue) Push(x any) {
	if n, ok := x.(*node); ok {
		*q = append(*q, n)
	}
}

func (q *nodeQueue) Pop() any {
	old := *q
	n := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	return n
}

// An outcome is the end of a path: what the init function returns, and what had
// happened.
type outcome struct {
	state *state
	ret   value
}

// newWalker returns a walker of an image, nil for processors that it cannot read.
// The definitions are those in its data.
func newWalker(m *image, defs []definition) *walker {
	w := &walker{image: m, numbers: map[string]int{}, guards: map[uint64]bool{}, recalled: map[uint64]bool{}}
	w.watch.phases = !m.creates() || slices.ContainsFunc(slotted, m.imports) ||
		slices.ContainsFunc(m.inits, func(e export) bool { return strings.HasPrefix(e.name, "PyModExport") })
	for _, d := range defs {
		w.observe(d)
	}
	switch {
	case m.arch == ArchX8664 && m.format == FormatPE:
		w.cpu = &x86{conv: &windowsX64}
	case m.arch == ArchX8664:
		w.cpu = &x86{conv: &systemV}
	case m.arch == ArchARM64:
		w.cpu = arm64{}
	default:
		return nil
	}
	return w
}

// follow walks the function at an address to its outcomes. It reports false if
// that was given up.
func (w *walker) follow(entry uint64) bool {
	work := secondWork
	if w.skip == nil {
		work = firstWork
		w.settled(entry, work)
		if w.over {
			work = secondWork
			w.skip = newSurvey(w.image)
		}
	}
	if w.skip != nil {
		w.settled(entry, work)
	}
	if !w.over && w.recalls(entry, work) {
		w.settled(entry, work)
	}
	return !w.over
}

// recalls finds the words that a function returns if an earlier call left something
// there, where a path ends without having made a module. In its first call there is
// nothing yet. It reports whether there are any.
func (w *walker) recalls(entry uint64, work int) bool {
	if !w.image.creates() || !slices.ContainsFunc(w.outcomes, func(o outcome) bool {
		return !o.ret.known() && o.state.trace.count == 0 && o.state.trace.defs == 0
	}) {
		return false
	}
	w.kept = map[uint64]uint64{}
	w.walk(entry, work)
	found := false
	for i := range w.outcomes {
		if at, ok := w.kept[w.outcomes[i].ret.v]; ok && w.outcomes[i].ret.known() {
			w.guards[at], w.recalled[at], found = true, true, true
		}
	}
	w.kept = nil
	return found
}

// keep returns what stands for what an earlier call may have left in a word, and
// false where there is no such thing.
func (w *walker) keep(at uint64) (value, bool) {
	seg := w.image.segment(at)
	if w.kept == nil || seg == nil || !seg.write || w.guards[at] || len(w.kept) >= maxKept {
		return value{}, false
	}
	if x := w.image.word(at); !x.ok || x.fixed || x.value != 0 {
		return value{}, false
	}
	v := keptBase + mix(at)%(1<<40)*64 + 64
	w.kept[v] = at
	return lit(v), true
}

// settled walks until no further guards are found.
func (w *walker) settled(entry uint64, work int) {
	for range 3 {
		known := len(w.guards) + len(w.watch.spans)
		if w.skip != nil {
			for i, s := range w.watch.spans {
				if s.to = s.from + w.watch.sizes[i]; !w.whole {
					s = w.skip.trim(s)
				}
				w.watch.spans[i] = s
			}
			watched := slices.Clone(w.watch.spans)
			for at := range w.recalled {
				watched = append(watched, span{at, at + 8})
			}
			w.skip.aim(mattering(w.image), watched)
			w.watch.carried, w.watch.surveyed = w.skip.carried, true
		}
		w.walk(entry, work)
		if w.over {
			return
		}
		w.remembered()
		if len(w.guards)+len(w.watch.spans) == known {
			return
		}
	}
}

// slotsSpan is how much of an array of slots is watched: where one slot is not
// known, nothing is. Behind it other variables may begin.
const slotsSpan = 5 * 16

// observe watches the definition and the slots at the end of a path.
func (w *walker) observe(d definition) {
	if !w.watch.phases || !d.ok || onHeap(d.addr) || onStack(d.addr) {
		return
	}
	if _, ok := w.watch.at(d.addr); !ok {
		w.watch.add(d.addr, headerSize(d.free)+defEnd)
	}
	if _, ok := w.watch.at(d.array); d.array != 0 && !ok && w.image.segment(d.array) != nil {
		w.watch.add(d.array, slotsSpan)
	}
}

// remembered finds where the function keeps what it returns, for its next call: in
// its first there is nothing yet.
func (w *walker) remembered() {
	for i := range w.outcomes {
		o := &w.outcomes[i]
		if t := &o.state.trace; t.defs == 1 {
			w.observe(w.definitionAt(o.state, lit(t.def)))
		}
		if !o.ret.known() || o.ret.v == 0 {
			continue
		}
		for _, c := range o.state.cells {
			if c.value != o.ret || c.set != all {
				continue
			}
			if v, ok := w.image.raw(c.addr, 8); ok && v == 0 && w.image.fixup(c.addr) == nil {
				w.guards[c.addr] = true
			}
		}
	}
}

// walk does so once, with the work it is given.
func (w *walker) walk(entry uint64, work int) {
	w.leave(-1)
	w.queue, w.outcomes = nil, nil
	w.work, w.over = work, false
	conv := w.cpu.convention()
	s := &state{pc: entry, watch: &w.watch}
	s.regs[conv.sp] = lit(stackTop)
	if conv.pushes {
		s.regs[conv.sp] = lit(stackTop - 8)
	}
	w.run(s)
	for len(w.queue) > 0 && !w.over {
		n, ok := heap.Pop(&w.queue).(*node)
		if !ok {
			return
		}
		n.queued = false
		w.leave(n.depth)
		w.work -= cloneWork + len(n.state.cells)/32
		w.run(w.pool.clone(n.state))
	}
	if w.work <= 0 {
		w.over = true
	}
}

// run goes on with a state until its path ends or meets others.
func (w *walker) run(s *state) {
	for ; w.work > 0; w.work-- {
		a := w.cpu.step(w, s)
		switch a.kind {
		case actNext:
			s.pc = a.next
		case actJump:
			if !w.jump(s, a.to) {
				return
			}
		case actBranch:
			if !a.cond.known {
				w.fork(s, &a)
				return
			}
			s.pc = a.next
			if a.cond.is {
				s.pc = a.to.v
			}
		case actCall:
			if !w.call(s, a.to, a.next) {
				return
			}
		case actReturn:
			w.returned(s)
			return
		case actStop:
			w.pool.drop(s)
			return
		case actLost:
			w.abandon(s)
			return
		}
	}
}

// fork goes on in both ways of a branch.
func (w *walker) fork(s *state, a *action) {
	w.work -= cloneWork + len(s.cells)/32
	taken := w.pool.clone(s)
	taken.pc, s.pc = a.to.v, a.next
	if a.onTaken {
		w.learn(taken, a.equal)
	} else {
		w.learn(s, a.equal)
	}
	taken.equal, s.equal = equality{}, equality{}
	w.arrive(taken)
	w.arrive(s)
}

// learn notes what is true where a branch goes.
func (w *walker) learn(s *state, e equality) {
	v := lit(e.v)
	switch e.kind {
	case 1:
		if e.size >= 8 {
			s.regs[e.reg] = v
		} else {
			s.regs[e.reg] = s.regs[e.reg].with(v, int(e.size))
		}
	case 2:
		s.store(e.addr, v, int(e.size))
	}
}

// arrive brings a state to a place where others may come too.
func (w *walker) arrive(s *state) {
	place := placeKey{s.pc, frameHash(s.frame)}
	key := nodeKey{place, s.trace}
	depth := 0
	if s.frame != nil {
		depth = s.frame.depth + 1
	}
	l := w.level(depth)
	n := l.nodes[key]
	if n == nil && l.parts[place] >= maxParts { // too many ways to have come here: they are one
		key.trace.written, s.trace.written = 0, 0
		n = l.nodes[key]
	}
	if n == nil {
		l.parts[place]++
		w.nodes++
		if w.nodes > maxNodes || l.parts[place] > 8*maxParts {
			w.over = true
			return
		}
		n = &node{state: s, depth: depth}
		l.nodes[key] = n
	} else {
		w.work -= mergeWork + (len(n.state.cells)+len(s.cells))/32
		n.merges++
		changed := n.state.merge(s, n.merges > maxMerges)
		w.pool.drop(s)
		if !changed {
			return
		}
	}
	if !n.queued {
		n.queued = true
		heap.Push(&w.queue, n)
	}
}

func frameHash(f *frame) uint64 {
	if f == nil {
		return 0
	}
	return f.hash
}

// jump goes to an address, which may be that of something imported: then it is a
// call that returns to the caller.
func (w *walker) jump(s *state, to value) bool {
	if to.known() {
		if seg := w.image.segment(to.v); seg != nil && seg.exec {
			s.pc = to.v
			return true
		}
	}
	if !to.known() {
		w.abandon(s)
		return false
	}
	w.enter(s, to, func(s *state) { w.back(s) })
	return false
}

// call calls an address. It reports whether s goes on by itself, be it in the
// function or behind it.
func (w *walker) call(s *state, to value, next uint64) bool {
	conv := w.cpu.convention()
	keep := false
	if to.known() {
		if seg := w.image.segment(to.v); seg != nil && seg.exec {
			skip := w.skip.skips(s, to.v, conv)
			if !skip && w.push(s, to.v, next) {
				return true
			}
			keep = skip && w.preserves(to.v)
		}
	}
	result := conv.result
	kept := s.regs[result]
	w.enter(s, to, func(s *state) {
		if keep {
			s.regs[result] = kept
		}
		s.pc = next
		w.arrive(s)
	})
	return false
}

// preserves reports whether a function has a short way to return that leaves the
// register of results alone. It then has none: MSVC checks the stack so, between
// setting the result of the function that it guards and returning it.
func (w *walker) preserves(fn uint64) bool {
	const marker, steps, ways = 0x7ff9_0000_0000_0000, 16, 16
	conv := w.cpu.convention()
	first := &state{pc: fn, watch: &w.watch}
	first.regs[conv.result] = lit(marker)
	queue := []*state{first}
	for n := 0; len(queue) > 0 && n < ways; n++ {
		s := queue[0]
		queue = queue[1:]
	way:
		for range steps {
			a := w.cpu.step(w, s)
			switch a.kind {
			case actNext:
				s.pc = a.next
			case actJump:
				s.pc = a.to.v
			case actBranch:
				other := w.pool.clone(s)
				other.pc, s.pc = a.to.v, a.next
				queue = append(queue, other)
			case actReturn:
				if s.regs[conv.result] == lit(marker) {
					return true
				}
				break way
			default:
				break way
			}
		}
	}
	return false
}

// push enters a function of the image, unless that is too deep.
func (w *walker) push(s *state, fn, ret uint64) bool {
	conv := w.cpu.convention()
	sp := s.regs[conv.sp]
	f := &frame{parent: s.frame, ret: ret, fn: fn, hash: mix(frameHash(s.frame)+ret) + 1}
	if s.frame != nil {
		f.depth = s.frame.depth + 1
	}
	if f.depth > maxDepth || !sp.known() || !onStack(sp.v) {
		return false
	}
	again := 0
	for g := s.frame; g != nil; g = g.parent {
		if g.fn == fn {
			again++
		}
	}
	if again > 1 {
		return false
	}
	f.sp = sp.v
	for i, r := range conv.saved {
		f.saved[i] = s.regs[r]
	}
	s.frame = f
	if conv.pushes {
		s.regs[conv.sp] = lit(sp.v - 8)
		s.store(sp.v-8, lit(ret), 8)
	}
	s.pc, s.equal = fn, equality{}
	return true
}

// returned returns as an instruction says. MSVC has functions for ARM64 that leave
// the stack pointer 16 bytes off on purpose (__security_push_cookie).
func (w *walker) returned(s *state) {
	conv := w.cpu.convention()
	sp := s.regs[conv.sp]
	if s.frame == nil || conv.pushes || !sp.known() || sp.v-s.frame.sp+16 > 32 {
		w.back(s)
		return
	}
	f := *s.frame
	f.sp = sp.v
	s.frame = &f
	w.back(s)
}

// back returns from a function.
func (w *walker) back(s *state) {
	conv := w.cpu.convention()
	if s.frame == nil {
		w.end(s, s.regs[conv.result])
		return
	}
	f := s.frame
	s.frame = f.parent
	s.regs[conv.sp] = lit(f.sp)
	for i, r := range conv.saved {
		s.regs[r] = f.saved[i]
	}
	s.drop(f.sp)
	s.flags, s.equal = flags{}, equality{}
	s.pc = f.ret
	w.arrive(s)
}

// end is the end of a path. Those of failures are of no interest: no module comes
// of them.
func (w *walker) end(s *state, ret value) {
	if s.trace.failed || ret.known() && ret.v == 0 {
		w.pool.drop(s)
		return
	}
	if len(w.outcomes) == maxOutcomes {
		w.over = true
		return
	}
	w.outcomes = append(w.outcomes, outcome{s, ret})
}

// abandon gives up following a path within a function: what it would have done is
// not known, but that it returns.
func (w *walker) abandon(s *state) {
	s.lost = true
	if s.frame == nil {
		w.end(s, value{})
		return
	}
	w.scratch(s)
	w.back(s)
}

// scratch forgets what a call may change.
func (w *walker) scratch(s *state) {
	conv := w.cpu.convention()
	for _, r := range conv.args {
		if p := s.regs[r]; p.known() && (onStack(p.v) || onHeap(p.v) || w.image.segment(p.v) != nil) {
			n := uint64(leakedBytes)
			if onStack(p.v) && s.frame != nil && p.v < s.frame.sp {
				n = min(n, s.frame.sp-p.v)
			}
			s.leak(p.v, n)
		}
	}
	for _, r := range conv.scratch {
		s.regs[r] = value{}
	}
	for _, r := range conv.vecs {
		s.vecs[r] = [2]value{}
	}
	s.flags, s.equal = flags{}, equality{}
}

// overwrite forgets the words that were recalled and that a callee may write to:
// by an argument, or by what its arguments lead to on the stack.
// The C API writes only to what it is given.
func (w *walker) overwrite(s *state, name string) {
	if len(w.recalled) == 0 {
		return
	}
	api := strings.HasPrefix(name, "Py") || strings.HasPrefix(name, "_Py")
	s.behind(w.cpu.convention(), func(x value) bool {
		for at := range w.recalled {
			if at == x.v || !api && at-x.v < leakedBytes {
				s.put(at, value{}, all)
			}
		}
		return false
	})
}

// around forgets what is behind a base that something was stored relative to,
// where is not known.
func (w *walker) around(s *state, base value) {
	if base.known() && (onStack(base.v) || onHeap(base.v) || w.image.segment(base.v) != nil) {
		s.forget(base.v, leakedBytes)
	}
}

// arg returns an argument of a call.
func (w *walker) arg(s *state, i int) value { return s.regs[w.cpu.convention().args[i]] }

// load reads n bytes of memory, at most 8.
func (w *walker) load(s *state, addr value, n int) value {
	if !addr.known() {
		return value{}
	}
	return w.read(s, addr.v, n, false)
}

// read reads n bytes of memory. What the image has in memory that is written while
// the program runs is only known if it is asked for as it is at first.
func (w *walker) read(s *state, addr uint64, n int, first bool) value {
	at := addr &^ 7
	shift := uint(addr & 7 * 8)
	if n == 8 && shift == 0 && !first {
		if _, set := s.written(at); set == 0 {
			v, ok := w.keep(at)
			if ok || w.recalled[at] {
				s.trace.from = int32(at) // paths are told apart by the last of them
			}
			if ok {
				return v
			}
		}
	}
	if n == 8 && shift != 0 { // MinGW puts pointers anywhere
		if f := w.image.fixup(addr); f != nil && f.addr == addr {
			return w.initial(addr, first)
		}
	}
	v := w.aligned(s, at, first).shr(shift)
	if over := int(addr&7) + n - 8; over > 0 {
		v = v.with(w.aligned(s, at+8, first).shl(64-shift), 8)
		lo := w.aligned(s, at, first).shr(shift)
		m := all >> shift
		v = value{v.v&^m | lo.v&m, v.k&^m | lo.k&m}
	}
	return v.low(n)
}

// aligned reads 8 aligned bytes.
func (w *walker) aligned(s *state, at uint64, first bool) value {
	v, set := s.written(at)
	if set == all {
		return v
	}
	b := w.initial(at, first)
	return value{v.v&set | b.v&^set, v.k&set | b.k&^set}
}

// initial is what 8 aligned bytes hold at first.
func (w *walker) initial(at uint64, first bool) value {
	if onStack(at) {
		return value{}
	}
	if onHeap(at) {
		if at&zeroed != 0 {
			return lit(0)
		}
		return value{}
	}
	seg := w.image.segment(at)
	if seg == nil {
		return value{}
	}
	if w.guards[at] {
		return lit(0)
	}
	x := w.image.word(at)
	switch {
	case !x.ok:
		return value{}
	case seg.write && !x.fixed && !first:
		if _, ok := w.watch.at(at); !ok { // what is read in the end may as well be copied
			return value{}
		}
	}
	if x.symbol != "" {
		return w.symbol(x.symbol, x.value)
	}
	return lit(x.value)
}

// symbol returns the address that stands for something imported.
func (w *walker) symbol(name string, addend uint64) value {
	i, ok := w.numbers[name]
	if !ok {
		if i = len(w.symbols); i >= maxImports || addend >= importStep {
			return value{}
		}
		w.symbols = append(w.symbols, name)
		w.numbers[name] = i
	}
	return lit(importBase + uint64(i)*importStep + addend)
}

// imported returns the name of what an address stands for.
func (w *walker) imported(v uint64) (string, bool) {
	i := (v - importBase) / importStep
	if v < importBase || i >= uint64(len(w.symbols)) || (v-importBase)%importStep != 0 {
		return "", false
	}
	return w.symbols[i], true
}

// text reads a C string of the image.
func (w *walker) text(v value) string {
	if !v.known() {
		return ""
	}
	s, _ := w.image.text(v.v)
	return s
}

// from numbers the name of a module that was imported.
func (w *walker) from(name string) int32 {
	i := slices.Index(w.froms, name)
	if i < 0 {
		i = len(w.froms)
		w.froms = append(w.froms, strings.Clone(name))
	}
	return int32(i + 1)
}
