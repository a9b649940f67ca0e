package extmod

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// What is read of Mach-O, by mach-o/loader.h.
const (
	machoMagic32  = 0xfeedface
	machoMagic64  = 0xfeedfacf
	machoFat      = 0xcafebabe // big endian, as class files of Java begin too
	machoFat64    = 0xcafebabf
	machoMaxFat   = 16
	machoMaxLoads = 4096

	loadSymtab         = 0x2
	loadDylib          = 0xc
	loadSegment64      = 0x19
	loadDyldInfo       = 0x22
	loadVersionMacOS   = 0x24
	loadFunctionStarts = 0x26
	loadBuildVersion   = 0x32
	loadExportsTrie    = 0x33
	loadChainedFixups  = 0x34
	loadWeakDylib      = 0x18
	loadReexport       = 0x1f
	loadRequired       = 0x80000000 // a flag on some of them
)

func machoArch(cpu uint32) string {
	switch cpu {
	case 0x01000007:
		return ArchX8664
	case 0x0100000c:
		return ArchARM64 // arm64e too: what differs is how pointers are signed
	case 7:
		return "i386"
	case 18:
		return "ppc"
	}
	return "machine-" + strconv.Itoa(int(cpu))
}

// A machoReader reads a thin Mach-O file.
type machoReader struct {
	*image
	text     uint64   // address of the header, which offsets are counted from
	starts   []uint64 // of all segments, as opcodes count them
	commands map[uint32][]byte
}

// readMachO reads a thin Mach-O file.
func readMachO(m *image) error {
	head := m.file.view(m.base, 32)
	if len(head) < 28 {
		return ErrFormat
	}
	m.format, m.order = FormatMachO, binary.LittleEndian
	if magic := binary.BigEndian.Uint32(head); magic == machoMagic32 || magic == machoMagic64 {
		m.order = binary.BigEndian
	}
	m.wide = m.order.Uint32(head) == machoMagic64
	m.arch = machoArch(m.order.Uint32(head[4:]))
	size := int64(28)
	if m.wide {
		size = 32
	}
	count, length := m.order.Uint32(head[16:]), m.order.Uint32(head[20:])
	if count > machoMaxLoads || length > 1<<20 {
		return ErrFormat
	}
	table := m.file.bytes(m.base+size, int64(length))
	if table == nil {
		return ErrFormat
	}
	r := &machoReader{image: m, commands: map[uint32][]byte{}}
	for ; count > 0 && len(table) >= 8; count-- {
		n := m.order.Uint32(table[4:])
		if n < 8 || uint64(n) > uint64(len(table)) {
			return ErrFormat
		}
		r.command(m.order.Uint32(table)&^loadRequired, table[:n])
		table = table[n:]
	}
	r.readSymbols()
	m.unwind = r.readFunctionStarts
	if m.wide && m.order == binary.LittleEndian {
		r.readChained()
		r.readOpcodes()
	}
	return nil
}

func (r *machoReader) command(kind uint32, b []byte) {
	switch kind {
	case loadSegment64:
		r.addSegment(b)
	case loadDylib, loadWeakDylib, loadReexport:
		if len(b) >= 24 {
			if at := r.order.Uint32(b[8:]); at < uint32(len(b)) {
				r.needed = append(r.needed, cut(b[at:]))
			}
		}
	case loadBuildVersion:
		if len(b) >= 16 && r.order.Uint32(b[8:]) == 1 { // PLATFORM_MACOS
			r.minMacOS = machoVersion(r.order.Uint32(b[12:]))
		}
	case loadVersionMacOS:
		if len(b) >= 12 {
			r.minMacOS = machoVersion(r.order.Uint32(b[8:]))
		}
	default:
		r.commands[kind] = b
	}
}

func machoVersion(v uint32) string { return fmt.Sprintf("%d.%d", v>>16, v>>8&0xff) }

func (r *machoReader) addSegment(b []byte) {
	if len(b) < 72 {
		return
	}
	name := cut(b[8:24])
	le := r.order
	s := segment{addr: le.Uint64(b[24:]), size: le.Uint64(b[32:]), off: int64(le.Uint64(b[40:])), filed: int64(le.Uint64(b[48:]))}
	protection := le.Uint32(b[60:])
	s.write, s.exec = protection&2 != 0, protection&4 != 0
	s.data = s.write
	if name == "__DATA_CONST" || name == "__AUTH_CONST" {
		s.write = false // once the loader is done
	}
	s.clamp(r.file.size - r.base)
	if name == "__TEXT" {
		r.text = s.addr
	}
	r.starts = append(r.starts, s.addr)
	if name == "__LINKEDIT" || name == "__PAGEZERO" {
		return
	}
	r.addSections(b, s)
	s.exec = false
	r.segments = append(r.segments, s)
}

// addSections makes segments of the sections of a segment that hold instructions:
// the rest of it is strings and tables. It notes those with pointers for calls.
func (r *machoReader) addSections(b []byte, s segment) {
	const size = 80
	le := r.order
	for b = b[72:]; len(b) >= size && len(r.segments) < 256; b = b[size:] {
		addr, n, flags := le.Uint64(b[32:]), le.Uint64(b[40:]), le.Uint32(b[64:])
		if kind := flags & 0xff; kind == 6 || kind == 7 { // S_NON_LAZY_SYMBOL_POINTERS, S_LAZY_SYMBOL_POINTERS
			r.image.linked = append(r.image.linked, span{addr, addr + n})
		}
		if !s.exec || flags&0x80000400 == 0 { // S_ATTR_PURE_INSTRUCTIONS, S_ATTR_SOME_INSTRUCTIONS
			continue
		}
		c := segment{addr: addr, size: n, exec: true}
		at := c.addr - s.addr
		if at >= s.size || c.size > s.size-at || at > uint64(s.filed) {
			continue
		}
		c.off, c.filed = s.off+int64(at), min(int64(c.size), s.filed-int64(at))
		r.segments = append(r.segments, c)
	}
}

// linked returns a part of the file that a load command points to with an offset
// and a size at a place in the command.
func (r *machoReader) linked(kind uint32, at int) []byte {
	b := r.commands[kind]
	if len(b) < at+8 {
		return nil
	}
	off, size := int64(r.order.Uint32(b[at:])), int64(r.order.Uint32(b[at+4:]))
	if size == 0 || size > maxTable {
		return nil
	}
	return r.file.bytes(r.base+off, size)
}

func (r *machoReader) readSymbols() {
	b := r.commands[loadSymtab]
	if len(b) >= 24 {
		entry := 16
		if !r.wide {
			entry = 12
		}
		count := int64(r.order.Uint32(b[12:]))
		strs := r.linked(loadSymtab, 16)
		if count*int64(entry) <= maxTable {
			r.addSymbols(r.file.bytes(r.base+int64(r.order.Uint32(b[8:])), count*int64(entry)), entry, string(strs))
		}
	}
	trie := r.linked(loadExportsTrie, 8)
	if trie == nil {
		trie = r.linked(loadDyldInfo, 40)
	}
	r.walkTrie(trie)
}

func (r *machoReader) addSymbols(table []byte, entry int, text string) {
	r.defined = map[string]uint64{}
	for ; len(table) >= entry; table = table[entry:] {
		at, kind := r.order.Uint32(table), table[4]
		if kind&0xe0 != 0 || kind&1 == 0 || uint64(at) >= uint64(len(text)) { // for debuggers; local
			continue
		}
		name, _, _ := strings.Cut(text[at:], "\x00")
		name = strings.TrimPrefix(name, "_")
		if kind&0x0e == 0 {
			r.addImport(name)
			continue
		}
		var value uint64
		if r.wide {
			value = r.order.Uint64(table[8:])
		} else {
			value = uint64(r.order.Uint32(table[8:]))
		}
		r.defined[name] = value
		r.addInit(name, value)
	}
}

// walkTrie finds the init functions among the exported names, which are kept as a
// tree of their letters. Only branches that init functions may be on are taken.
func (r *machoReader) walkTrie(trie []byte) {
	type node struct {
		at     uint64
		prefix string
	}
	stack := []node{{}}
	for steps := 0; len(stack) > 0 && steps < 1<<14; steps++ {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if n.at >= uint64(len(trie)) {
			continue
		}
		b := trie[n.at:]
		size, k := binary.Uvarint(b)
		if k <= 0 || size >= uint64(len(b)-k) {
			continue
		}
		if size > 0 {
			info := b[k : uint64(k)+size]
			if flags, f := binary.Uvarint(info); f > 0 && flags&0x18 == 0 { // neither re-exported nor resolved at run time
				if addr, a := binary.Uvarint(info[f:]); a > 0 {
					r.addInit(strings.TrimPrefix(n.prefix, "_"), r.text+addr)
				}
			}
		}
		b = b[uint64(k)+size:]
		children := b[0]
		b = b[1:]
		for ; children > 0; children-- {
			label := cut(b)
			if len(label) >= len(b) || len(n.prefix)+len(label) > maxString {
				break
			}
			b = b[len(label)+1:]
			at, k := binary.Uvarint(b)
			if k <= 0 {
				break
			}
			b = b[k:]
			if name := n.prefix + label; mayInit(strings.TrimPrefix(name, "_")) {
				stack = append(stack, node{at, name})
			}
		}
	}
}

// mayInit reports whether a name is one of an init function, or may become one.
func mayInit(name string) bool {
	for _, p := range initPrefixes {
		if strings.HasPrefix(name, p) || strings.HasPrefix(p, name) {
			return true
		}
	}
	return false
}
