package extmod

import "slices"

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
