package extmod

import "container/heap"

type placeKey struct{ pc, frame uint64 }

type nodeKey struct {
	placeKey
	trace trace
	carry uint64 // by where it has addresses of functions that matter
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
			w.held -= len(n.state.cells)
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

// arrive brings a state to a place where others may come too.
func (w *walker) arrive(s *state) {
	place := placeKey{s.pc, frameHash(s.frame)}
	key := nodeKey{place, s.trace, s.carries()}
	depth := 0
	if s.frame != nil {
		depth = s.frame.depth + 1
	}
	l := w.level(depth)
	n := l.nodes[key]
	if n == nil && l.parts[place] >= maxParts { // too many ways to have come here: they are one
		key.trace.written, s.trace.written, key.carry = 0, 0, 0
		n = l.nodes[key]
	}
	if n == nil {
		l.parts[place]++
		w.nodes++
		w.held += len(s.cells)
		if w.nodes > maxNodes || w.held > maxHeld || l.parts[place] > 8*maxParts {
			w.over = true
			return
		}
		n = &node{state: s, depth: depth}
		l.nodes[key] = n
	} else {
		w.work -= mergeWork + (len(n.state.cells)+len(s.cells))/32
		n.merges++
		before := len(n.state.cells)
		changed := n.state.merge(s, n.merges > maxMerges)
		w.held += len(n.state.cells) - before
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

// carries is a hash of where a state has addresses of functions that matter: once
// they are lost in merging, every function has to be followed that calls what is not
// known.
func (s *state) carries() (hash uint64) {
	if len(s.watch.carried) == 0 || s.strayed {
		return 0
	}
	for i := range s.regs {
		if s.watch.carries(s.regs[i]) && s.dead>>i&1 == 0 {
			hash ^= mix(uint64(i) + 1)
		}
	}
	for i := range s.cells {
		if c := &s.cells[i]; s.watch.carries(c.value) {
			hash ^= mix(c.addr)
		}
	}
	return hash
}

func frameHash(f *frame) uint64 {
	if f == nil {
		return 0
	}
	return f.hash
}
