package extmod

import "slices"

// merge makes s what is known both of it and of t, which is at the same place, and
// reports whether s knows less than before.
// Where that happens too often, a value that differs is not known at all any more:
// loops count.
func (s *state) merge(t *state, often bool) (changed bool) {
	dead := s.dead | t.dead
	meet := func(a *value, b value, dead bool) {
		m := a.meet(b)
		if m == *a {
			return
		}
		if often {
			m = value{}
		}
		s.strayed = s.strayed || !dead && (s.watch.carries(*a) || s.watch.carries(b))
		*a, changed = m, true
	}
	for i := range s.regs {
		meet(&s.regs[i], t.regs[i], dead>>i&1 == 1)
	}
	for i := range s.vecs {
		meet(&s.vecs[i][0], t.vecs[i][0], false)
		meet(&s.vecs[i][1], t.vecs[i][1], false)
	}
	s.dead, s.paged = dead, s.paged&t.paged
	if k := s.flags.k & t.flags.k &^ (s.flags.v ^ t.flags.v); k != s.flags.k {
		s.flags.k, s.flags.v, changed = k, s.flags.v&k, true
	}
	if s.equal != t.equal && s.equal.kind != 0 {
		s.equal, changed = equality{}, true
	}
	if t.lost && !s.lost {
		s.lost, changed = true, true
	}
	if t.wild && !s.wild {
		s.wild, changed = true, true
	}
	if t.strayed && !s.strayed {
		s.strayed, changed = true, true
	}
	s.heap = max(s.heap, t.heap)
	if f := mergeFrames(s.frame, t.frame); f != s.frame {
		s.frame, changed = f, true
	}
	return s.mergeCells(t) || changed
}

// mergeCells merges what was written. What only one of them wrote is unknown.
func (s *state) mergeCells(t *state) (changed bool) {
	missing := 0
	for i, j := 0, 0; i < len(s.cells) || j < len(t.cells); {
		switch {
		case j == len(t.cells) || i < len(s.cells) && s.cells[i].addr < t.cells[j].addr:
			if s.cells[i].k != 0 {
				s.strayed = s.strayed || s.watch.carries(s.cells[i].value)
				s.cells[i].v, s.cells[i].k, changed = 0, 0, true
			}
			i++
		case i == len(s.cells) || s.cells[i].addr > t.cells[j].addr:
			s.strayed = s.strayed || s.watch.carries(t.cells[j].value)
			missing++
			j++
		default:
			a, b := &s.cells[i], &t.cells[j]
			k := a.k & b.k &^ (a.v ^ b.v)
			set := a.set | b.set
			if k != a.k || set != a.set {
				s.strayed = s.strayed || s.watch.carries(a.value) || s.watch.carries(b.value)
				a.v, a.k, a.set, changed = a.v&k, k, set, true
			}
			i, j = i+1, j+1
		}
	}
	if changed {
		s.cells = slices.DeleteFunc(s.cells, func(c cell) bool { return c.k == 0 && unknownAtFirst(c.addr) })
	}
	if missing == 0 {
		return changed
	}
	for _, c := range t.cells {
		if unknownAtFirst(c.addr) {
			continue
		}
		if i := s.find(c.addr); i == len(s.cells) || s.cells[i].addr != c.addr {
			s.cells = slices.Insert(s.cells, i, cell{addr: c.addr, set: c.set})
			changed = true
		}
	}
	return changed
}

// mergeFrames merges what two chains of the same calls know of saved registers.
func mergeFrames(a, b *frame) *frame {
	if a == b || a == nil || b == nil {
		return a
	}
	parent := mergeFrames(a.parent, b.parent)
	saved := a.saved
	for i := range saved {
		saved[i] = saved[i].meet(b.saved[i])
	}
	if saved == a.saved && parent == a.parent {
		return a
	}
	f := *a
	f.saved, f.parent = saved, parent
	return &f
}

// mix spreads a number over 64 bits.
func mix(x uint64) uint64 {
	x ^= x >> 31
	x *= 0x9e3779b97f4a7c15
	x ^= x >> 29
	x *= 0xbf58476d1ce4e5b9
	return x ^ x>>32
}
