package extmod

import (
	"slices"
	"strings"
)

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
