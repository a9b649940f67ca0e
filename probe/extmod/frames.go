package extmod

import "strings"

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
			if w.skip.ends(to.v) {
				w.pool.drop(s)
				return false
			}
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
	w.scratch(s, maxArity)
	w.back(s)
}

// scratch forgets what a call may change that has n arguments.
func (w *walker) scratch(s *state, n int) {
	conv := w.cpu.convention()
	for _, r := range conv.args[:min(n, len(conv.args))] {
		if p := s.regs[r]; p.known() && s.paged>>r&1 == 0 && (onStack(p.v) || onHeap(p.v) || w.image.segment(p.v) != nil) {
			size := uint64(leakedBytes)
			if onStack(p.v) && s.frame != nil && p.v < s.frame.sp {
				size = min(size, s.frame.sp-p.v)
			}
			s.leak(p.v, size)
		}
	}
	w.settle(s, conv)
}

// overwrite forgets the words that were recalled and that a callee may write to:
// by an argument, or by what its arguments lead to on the stack.
// The C API writes only to what it is given.
func (w *walker) overwrite(s *state, name string) {
	if len(w.recalled) == 0 {
		return
	}
	api := strings.HasPrefix(name, "Py") || strings.HasPrefix(name, "_Py")
	s.behind(w.cpu.convention(), arity(name), func(x value) bool {
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
