package pyprobe

import (
	"encoding/binary"
	"math/bits"
)

// sipHash is SipHash-c-d with the key (key, 0), which is what the interpreter's
// _imp.source_hash computes: 1-3 since CPython 3.11, 2-4 before. The digest is in
// little endian, as Python returns it.
func sipHash(c, d int, key uint64, data []byte) [8]byte {
	v0 := key ^ 0x736f6d6570736575
	v1 := uint64(0x646f72616e646f6d)
	v2 := key ^ 0x6c7967656e657261
	v3 := uint64(0x7465646279746573)
	rounds := func(n int) {
		for range n {
			v0 += v1
			v1 = bits.RotateLeft64(v1, 13) ^ v0
			v0 = bits.RotateLeft64(v0, 32)
			v2 += v3
			v3 = bits.RotateLeft64(v3, 16) ^ v2
			v0 += v3
			v3 = bits.RotateLeft64(v3, 21) ^ v0
			v2 += v1
			v1 = bits.RotateLeft64(v1, 17) ^ v2
			v2 = bits.RotateLeft64(v2, 32)
		}
	}
	last := uint64(len(data)) << 56
	for ; len(data) >= 8; data = data[8:] {
		m := binary.LittleEndian.Uint64(data)
		v3 ^= m
		rounds(c)
		v0 ^= m
	}
	for i, b := range data {
		last |= uint64(b) << (8 * i)
	}
	v3 ^= last
	rounds(c)
	v0 ^= last
	v2 ^= 0xff
	rounds(d)
	var sum [8]byte
	binary.LittleEndian.PutUint64(sum[:], v0^v1^v2^v3)
	return sum
}
