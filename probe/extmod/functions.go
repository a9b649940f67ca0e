package extmod

import (
	"encoding/binary"
	"slices"
)

// maxFunctions bounds the functions of an image that are told apart.
const maxFunctions = 1 << 20

// functions returns where functions begin, sorted, as far as the file says: it has
// a table of that for debuggers and for unwinding the stack. A long function may
// have several parts, and what has no entry seems to be of the one before.
func (m *image) functions() []uint64 {
	if m.unwind == nil {
		return nil
	}
	starts := m.unwind()
	starts = slices.DeleteFunc(starts, func(addr uint64) bool {
		s := m.segment(addr)
		return s == nil || !s.exec
	})
	for i := range m.segments {
		if s := &m.segments[i]; s.exec {
			starts = append(starts, s.addr)
		}
	}
	slices.Sort(starts)
	return slices.Compact(starts)
}

// readFrames reads .eh_frame_hdr, by the Linux Standard Base: a table of where
// functions begin, and where the rest about them is, relative to its own address.
func (e *elfReader) readFrames(s segment) []uint64 {
	const relative4 = 0x3b // DW_EH_PE_datarel | DW_EH_PE_sdata4
	b := e.file.bytes(e.base+s.off, min(s.filed, 12+8*maxFunctions))
	if len(b) < 12 || b[0] != 1 || b[1]&0x0f != 0x0b || b[2] != 3 || b[3] != relative4 {
		return nil
	}
	count := int(e.order.Uint32(b[8:]))
	starts := make([]uint64, 0, min(count, len(b)/8))
	for b = b[12:]; len(b) >= 8 && len(starts) < count; b = b[8:] {
		starts = append(starts, s.addr+uint64(int64(int32(e.order.Uint32(b)))))
	}
	return starts
}

// readFunctionStarts reads LC_FUNCTION_STARTS: the distances from one function to
// the next, the first from the header.
func (r *machoReader) readFunctionStarts() []uint64 {
	b := r.linked(loadFunctionStarts, 8)
	var starts []uint64
	for at := r.text; len(starts) < maxFunctions; {
		n, k := binary.Uvarint(b)
		if k <= 0 || n == 0 {
			break
		}
		b = b[k:]
		at += n
		starts = append(starts, at)
	}
	return starts
}

// readExceptions reads the exception directory, which has an entry for every
// function that calls another.
func (r *peReader) readExceptions() []uint64 {
	size := uint64(12)
	if r.arch == ArchARM64 {
		size = 8
	}
	if r.directories[peException] == 0 {
		return nil
	}
	at := r.rva(r.directories[peException])
	count := min(uint64(r.sizes[peException])/size, maxFunctions)
	_, have, _ := r.offset(at)
	b := r.bytes(at, min(count*size, uint64(have)))
	var starts []uint64
	for ; uint64(len(b)) >= size; b = b[size:] {
		starts = append(starts, r.rva(binary.LittleEndian.Uint32(b)))
	}
	return starts
}
