package extmod

import (
	"cmp"
	"slices"
	"sort"
)

// aim finds what reaches any of some names, or memory that is watched.
func (v *survey) aim(names []string, watched []span) {
	if v.failed {
		return
	}
	v.reaches = make([]bool, len(v.starts))
	v.indirect = slices.Clone(v.unknown)
	v.spread(v.indirect)
	v.carried = v.carried[:0]
	unseen := false // something that matters is found in a way that is not known
	tables := map[uint64]bool{}
	for i := range v.image.fixups {
		f := &v.image.fixups[i]
		if f.sym >= 0 && slices.Contains(names, v.image.names[f.sym]) && !v.within(f.addr, tables) {
			unseen = true
		}
	}
	for _, w := range watched {
		if i := v.find(w.from); i == len(v.refs) || v.refs[i].addr != w.from {
			continue // it is named by its distance from something; what is named here is another variable
		}
		v.naming(w.from, w.to, refWord, refAddr)
		if base, ok := v.base(w.from); ok && w.from-base < maxWithin {
			v.naming(base, base+1, refAddr)
		}
	}
	v.hand(tables, unseen)
}

// trim ends watched memory where another variable seems to begin: where a function
// that writes the beginning word by word names no more, or works out an address,
// and so takes what is there for another.
func (v *survey) trim(w span) span {
	const least = 32 // two slots
	if v.failed {
		return w
	}
	first := v.find(w.from)
	if first == len(v.refs) || v.refs[first].addr != w.from {
		return w
	}
	users := map[int32]uint64{} // the first address that each uses
	run := w.from               // up to where words are named without a gap by who names the first
	for i := first; i < len(v.refs) && v.refs[i].addr < w.to; i++ {
		r := &v.refs[i]
		if _, ok := users[r.fn]; !ok {
			users[r.fn] = r.addr
		}
		used := users[r.fn] < r.addr
		switch {
		case r.how == refWord && (r.addr == w.from || r.addr <= run+8 && used): // vectors take two words
			run = max(run, r.addr+8)
		case r.addr < w.from+least:
		case r.addr >= run && run >= w.from+least && !used:
			return span{w.from, r.addr &^ 7}
		case r.how == refAddr && used:
			return span{w.from, r.addr}
		}
	}
	return w
}

// within notes that all functions reach what matters that name a place in memory,
// or the beginning of what it is a part of. It reports whether there are any.
func (v *survey) within(at uint64, tables map[uint64]bool) (found bool) {
	if tables[at] {
		return true
	}
	if len(tables) >= maxTables {
		return false
	}
	tables[at] = true
	i := v.find(at)
	for ; i < len(v.refs) && v.refs[i].addr == at; i++ {
		v.reaches[v.refs[i].fn], found = true, true
	}
	if slices.ContainsFunc(v.image.linked, func(s span) bool { return s.has(at) }) {
		return true
	}
	base, ok := v.base(at)
	if !ok {
		return found
	}
	v.carried = append(v.carried, span{base, at + 8})
	v.naming(base, base+1, refAddr)
	for i := v.pointing(base); i < len(v.pointers) && v.pointers[i].to == base; i++ {
		v.within(v.pointers[i].at, tables)
	}
	return true
}

// naming notes that all functions reach what matters that use memory from one
// address to another in some ways. Addresses that a function only works out to find
// other variables do not count.
func (v *survey) naming(from, to uint64, ways ...referenceKind) {
	var anchors map[int32]bool
	for i := v.find(from); i < len(v.refs) && v.refs[i].addr < to; i++ {
		r := &v.refs[i]
		if i == 0 || v.refs[i-1].addr != r.addr || anchors == nil {
			anchors = map[int32]bool{}
			for j := i; j < len(v.refs) && v.refs[j].addr == r.addr; j++ {
				if v.refs[j].how == refAnchor {
					anchors[v.refs[j].fn] = true
				}
			}
		}
		if slices.Contains(ways, r.how) && (r.how != refAddr || !anchors[r.fn]) {
			v.reaches[r.fn] = true
		}
	}
}

// base returns the last address up to a place in memory that is worked out by
// instructions or that a pointer has. That of what a thread has of its own is none:
// the loader alone knows where that is.
func (v *survey) base(at uint64) (addr uint64, ok bool) {
	if i := v.pointing(at + 1); i > 0 && at-v.pointers[i-1].to < maxPart {
		addr, ok = v.pointers[i-1].to, true
	}
	last := v.find(at+1) - 1
	for i := last; i >= max(0, last-maxPart) && at-v.refs[i].addr < maxPart && (!ok || v.refs[i].addr > addr); i-- {
		r := &v.refs[i]
		if f := v.image.fixup(r.addr); r.how == refAddr && (f == nil || f.addr != r.addr || !v.image.threads(f)) {
			return r.addr, true
		}
	}
	return addr, ok
}

// pointing returns the index of the first pointer to an address or behind.
func (v *survey) pointing(addr uint64) int {
	return sort.Search(len(v.pointers), func(i int) bool { return v.pointers[i].to >= addr })
}

// spread makes the callers of functions be as those are.
func (v *survey) spread(set []bool) {
	var queue []int32
	for i, is := range set {
		if is {
			queue = append(queue, int32(i))
		}
	}
	for len(queue) > 0 {
		i := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, from := range v.callers[v.first[i]:v.first[i+1]] {
			if !set[from] {
				set[from] = true
				queue = append(queue, from)
			}
		}
	}
}

// hand finds the functions that reach what matters, be it by handing out the
// address of one that does, and those that may be called so. What lies in data
// without anything naming it may be called by whoever calls what is not known.
func (v *survey) hand(tables map[uint64]bool, unseen bool) {
	const most = 64
	rounds := 0
	for before := -1; before != len(tables); rounds++ {
		if rounds == most {
			v.failed = true
			return
		}
		before = len(tables)
		if unseen {
			for i, unknown := range v.indirect {
				v.reaches[i] = v.reaches[i] || unknown
			}
		}
		v.spread(v.reaches)
		for i := range v.pointers {
			p := &v.pointers[i]
			if s := v.image.segment(p.to); s.exec && v.comes(p.to) && !v.within(p.at, tables) && !unseen {
				unseen, before = true, -1
			}
		}
	}
	for _, addr := range v.taken {
		if v.comes(addr) {
			v.carried = append(v.carried, span{addr, addr + 1})
		}
	}
	for i := range v.pointers {
		if to := v.pointers[i].to; v.image.segment(to).exec && v.comes(to) {
			v.carried = append(v.carried, span{to, to + 1})
		}
	}
	v.carried = joined(v.carried)
}

// joined sorts spans and joins those that meet.
func joined(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	n := 0
	for _, s := range spans {
		if n > 0 && s.from <= spans[n-1].to {
			spans[n-1].to = max(spans[n-1].to, s.to)
			continue
		}
		spans[n] = s
		n++
	}
	return spans[:n]
}

// comes reports whether code at an address reaches what matters.
func (v *survey) comes(addr uint64) bool {
	i := v.at(addr)
	return i >= 0 && v.reaches[i]
}

// skips reports whether a function cannot come to anything that matters from a
// state, and is not one to be entered all the same: a short one without loops, or
// what stands for something imported.
func (v *survey) skips(s *state, fn uint64, conv *convention) bool {
	if v == nil || v.failed {
		return false
	}
	i := v.at(fn)
	if i < 0 || v.reaches[i] {
		return false
	}
	end := fn + maxEntered + 1
	if int(i)+1 < len(v.starts) {
		end = v.starts[i+1]
	}
	return (end-fn > maxEntered || v.loops[i] && !v.locks[i]) && v.image.stub(fn) == 0 && (!v.indirect[i] || !v.carries(s, conv))
}

// carries reports whether a callee has or may find a function that reaches what
// matters: in its arguments, in what they point to, and in memory that is no stack.
func (v *survey) carries(s *state, conv *convention) bool {
	if len(v.carried) == 0 {
		return false
	}
	if s.strayed || s.behind(conv, maxArity, s.watch.carries) {
		return true
	}
	for i := range s.cells {
		if c := &s.cells[i]; !onStack(c.addr) && s.watch.carries(c.value) {
			return true
		}
	}
	return false
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
