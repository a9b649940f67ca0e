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
	secondWork  = 800_000
	maxNodes    = 20_000
	maxHeld     = 1 << 20 // words of memory that places know: 32 MB
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
	held   int // words of memory that they know
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
	reg     int // that has one of ways
	ways    []uint64
}

type actionKind uint8

const (
	actNext   actionKind = iota
	actJump              // to
	actBranch            // to or next
	actCall              // to, and return to next
	actReturn
	actStop  // nothing comes behind: a trap
	actLost  // it could not be read
	actSplit // one way for each of some numbers in a register
)

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
			if a.to.known() && a.to.v == s.pc { // it waits for ever
				w.pool.drop(s)
				return
			}
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
		case actSplit:
			w.split(s, &a)
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

// split goes on in all ways of a jump by a table. They do not meet before the jump.
func (w *walker) split(s *state, a *action) {
	for _, v := range a.ways {
		w.work -= cloneWork + len(s.cells)/32
		way := w.pool.clone(s)
		way.regs[a.reg], way.equal, way.pc = lit(v), equality{}, a.next
		way.dead &^= 1 << a.reg
		way.paged &^= 1 << a.reg
		w.run(way)
	}
	w.pool.drop(s)
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
