package extmod

import (
	"cmp"
	"slices"
	"sort"
)

// What bounds a survey: the code that it reads, in bytes, the calls and references
// that it keeps, and the length of a function that is entered in any case, in
// bytes: what leads to something imported is one.
const (
	maxSurveyed   = 64 << 20
	maxEdges      = 1 << 20
	maxEntered    = 160
	surveyedChunk = 64 << 10
	maxTables     = 1 << 14 // of functions, that one can come by
)

// How far before something an address may be that it is reached from: that of a
// table of functions, or of what else slots and definitions may be a part of.
const (
	maxPart   = 4096
	maxWithin = 64
)

// A survey is which functions of an image can come to what matters for a verdict:
// by the calls they make, by the functions and tables whose address they take, and
// by calls of what is not known. What cannot need not be followed.
//
// It goes by all instructions of the image, whether a walk comes there or not.
// Where functions begin is what the file says; code without an entry is taken to be
// of the function before, which then does what either does.
type survey struct {
	image  *image
	starts []uint64
	edges  []edge
	// callers are the edges by what they lead to: those to function i are from
	// index first[i] on.
	callers []int32
	first   []int32
	refs    []reference // sorted by address
	taken   []uint64    // addresses of code that instructions work out, sorted
	// pointers are those that lie in data, sorted by what they point to.
	pointers []pointer
	unknown  []bool // functions that call what is not known
	loops    []bool // functions that jump back
	locks    []bool // functions that try to write until they succeed: ldxr, stxr
	// returns are the functions that may return: those that have an instruction for
	// it, or jump somewhere else, directly or through others. All others end in what
	// throws, or ends the process.
	returns []bool
	tails   []edge // that are jumps

	reaches  []bool // what matters
	indirect []bool // calls of what is not known, be it through others
	// carried are the addresses of code that may be called in that way and that
	// reach what matters, and of data that has such addresses, sorted: wherever one
	// is at hand nothing unknown can be left out.
	carried []span
	// failed says that there is too much of it, or nothing to go by.
	failed bool
}

// An edge says that one function may be entered from another.
type edge struct{ from, to int32 }

// A reference is an address of data that a function uses.
type reference struct {
	addr uint64
	fn   int32
	how  referenceKind
}

// A pointer is an address of the image that lies in its data.
type pointer struct{ at, to uint64 }

type referenceKind uint8

const (
	refWord   referenceKind = iota // what is kept there may be written
	refRead                        // it is read
	refCall                        // what is kept there is called
	refAddr                        // the address is worked out
	refAnchor                      // it is, to find other variables by their distance
)

// newSurvey reads the code of an image.
func newSurvey(m *image) *survey {
	v := &survey{image: m}
	v.failed = !v.read()
	return v
}

func (v *survey) read() bool {
	m := v.image
	entries := m.functions()
	if len(entries) == 0 {
		return false
	}
	left := int64(maxSurveyed)
	for i := range m.segments {
		if s := &m.segments[i]; s.exec {
			left -= s.filed
		}
	}
	if left < 0 {
		return false
	}
	called := v.called(entries)
	v.starts = slices.Concat(called, entries)
	slices.Sort(v.starts)
	v.unknown, v.loops, v.returns, v.locks = make([]bool, len(v.starts)), make([]bool, len(v.starts)), make([]bool, len(v.starts)), make([]bool, len(v.starts))
	for i := range v.returns {
		v.returns[i] = true // until it is read
	}
	for i := range m.segments {
		if s := &m.segments[i]; s.exec && !v.scan(s, entries) {
			return false
		}
	}
	m.pointers(func(at, to uint64) {
		if m.segment(to) != nil && len(v.pointers) <= maxEdges {
			v.pointers = append(v.pointers, pointer{at, to})
		}
	})
	if max(len(v.edges), len(v.tails), len(v.refs), len(v.taken), len(v.pointers)) > maxEdges {
		return false
	}
	slices.SortFunc(v.refs, func(a, b reference) int { return cmp.Compare(a.addr, b.addr) })
	slices.SortFunc(v.pointers, func(a, b pointer) int { return cmp.Compare(a.to, b.to) })
	slices.Sort(v.taken)
	v.taken = slices.Compact(v.taken)
	v.link()
	v.comeBack()
	return true
}

// link sorts the edges by what they lead to.
func (v *survey) link() {
	v.first = make([]int32, len(v.starts)+1)
	for _, e := range v.edges {
		v.first[e.to+1]++
	}
	for i := range v.starts {
		v.first[i+1] += v.first[i]
	}
	v.callers = make([]int32, len(v.edges))
	at := slices.Clone(v.first)
	for _, e := range v.edges {
		v.callers[at[e.to]] = e.from
		at[e.to]++
	}
	v.edges = nil
}

// comeBack finds all functions that may return.
func (v *survey) comeBack() {
	slices.SortFunc(v.tails, func(a, b edge) int { return cmp.Compare(a.to, b.to) })
	var queue []int32
	for i, is := range v.returns {
		if is {
			queue = append(queue, int32(i))
		}
	}
	for len(queue) > 0 {
		to := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		i, _ := slices.BinarySearchFunc(v.tails, to, func(e edge, to int32) int { return cmp.Compare(e.to, to) })
		for ; i < len(v.tails) && v.tails[i].to == to; i++ {
			if from := v.tails[i].from; !v.returns[from] {
				v.returns[from] = true
				queue = append(queue, from)
			}
		}
	}
	v.tails = nil
}

// ends reports whether a function is known never to return.
func (v *survey) ends(fn uint64) bool {
	if v == nil || v.failed {
		return false
	}
	i := v.at(fn)
	return i >= 0 && !v.returns[i]
}

// tail notes that a function goes on in another one, which returns for it.
func (v *survey) tail(fn int32, addr uint64) {
	if v.image.stub(addr) != 0 {
		v.returns[fn] = true
		return
	}
	if to := v.at(addr); to >= 0 && to != fn && len(v.tails) <= maxEdges {
		v.tails = append(v.tails, edge{fn, to})
	}
}

// at returns the function that an address is in, -1 if it is in none.
func (v *survey) at(addr uint64) int32 {
	return int32(sort.Search(len(v.starts), func(i int) bool { return v.starts[i] > addr })) - 1
}

// refer notes that a function uses an address.
func (v *survey) refer(fn int32, addr uint64, how referenceKind) {
	s := v.image.segment(addr)
	switch {
	case s == nil || len(v.refs) > maxEdges || len(v.taken) > maxEdges:
	case !s.exec:
		v.refs = append(v.refs, reference{addr, fn, how})
	case how == refAddr:
		v.enter(fn, addr)
		v.taken = append(v.taken, addr)
	}
}

// enter notes that a function may go on at an address, or hand it to others.
func (v *survey) enter(fn int32, addr uint64) {
	if slot := v.image.stub(addr); slot != 0 {
		v.refer(fn, slot, refCall)
		return
	}
	if to := v.at(addr); to >= 0 && to != fn && len(v.edges) <= maxEdges {
		v.edges = append(v.edges, edge{fn, to})
	}
}

// find returns the index of the first reference to an address or behind.
func (v *survey) find(addr uint64) int {
	return sort.Search(len(v.refs), func(i int) bool { return v.refs[i].addr >= addr })
}
