package pyprobe

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
)

// keys are the secret of one channel. Each has 31 bits, which is what
// _imp.source_hash takes where a C long has 32.
type keys [5]uint32

func newKeys() keys {
	var raw [20]byte
	_, _ = rand.Read(raw[:]) // never fails: see crypto/rand
	var k keys
	for i := range k {
		k[i] = binary.LittleEndian.Uint32(raw[4*i:]) >> 1
	}
	return k
}

// A hash is one that _imp.source_hash computes.
type hash func(key uint64, data []byte) [8]byte

func sipHash13(key uint64, data []byte) [8]byte { return sipHash(1, 3, key, data) } // CPython 3.11 and later
func sipHash24(key uint64, data []byte) [8]byte { return sipHash(2, 4, key, data) } // before

// code returns the code of a record: what program/channel.py computes.
func (k keys) code(h hash, data []byte) string {
	var inner [24]byte
	for i := range 3 {
		sum := h(uint64(k[i]), data)
		copy(inner[8*i:], sum[:])
	}
	first, second := h(uint64(k[3]), inner[:]), h(uint64(k[4]), inner[:])
	return hex.EncodeToString(append(first[:], second[:]...))
}
