package extmod

import "encoding/binary"

// The definitions that lie in data are found by their headers alone, see
// freeThreadedHeader and gilLayoutHeader.
const (
	scanChunk = 128 << 10
	// maxScanned bounds how much data is searched: 64 MB, and what is beyond has
	// none.
	maxScanned = 64 << 20
	maxFound   = 1024
)

// definitions returns those that lie in data as they are before anything runs.
func (m *image) definitions() []definition {
	var found []definition
	mem := fileMemory{m}
	left := int64(maxScanned)
	buffer := m.file.buffer(scanChunk + 16)
	for i := range m.segments {
		s := &m.segments[i]
		if !s.data || s.exec {
			continue
		}
		for at := int64(0); at < s.filed && left > 0; at += scanChunk {
			n := min(scanChunk+16, s.filed-at)
			b := buffer[:n]
			if !m.file.fill(b, m.base+s.off+at) {
				break
			}
			left -= n
			first := s.addr + uint64(at)
			for p := int((8 - first&7) & 7); p+16 <= len(b) && p < scanChunk; p += 8 {
				v := binary.LittleEndian.Uint64(b[p:])
				free := v == 0 && binary.LittleEndian.Uint32(b[p+12:]) == 0xffffffff
				if !free && (v == 0 || !gilRefcount(v) || binary.LittleEndian.Uint64(b[p+8:]) != 0) {
					continue
				}
				if d := readDefinition(mem, first+uint64(p)); d.ok {
					if found = append(found, d); len(found) >= maxFound {
						return found
					}
				}
			}
		}
	}
	return found
}
