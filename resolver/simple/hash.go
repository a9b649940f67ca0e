package simple

import (
	"encoding/hex"
	"slices"
	"strings"
)

// algorithms are the ones that pip or uv know, with the length of their digests
// in bytes. Digests in other algorithms are not kept.
var algorithms = [...]struct {
	name string
	size int
}{
	{"sha256", 32}, {"md5", 16}, {"sha1", 20}, {"sha224", 28}, {"sha384", 48}, {"sha512", 64}, {"blake2b", 64},
}

// algorithmOf returns the name of a known algorithm, "" for any other name.
func algorithmOf(name []byte) string {
	for i := range algorithms {
		if algorithms[i].name == string(name) {
			return algorithms[i].name
		}
	}
	return ""
}

// addHash adds a digest to f. Unknown algorithms and malformed digests are left
// out; of two in one algorithm the first stays.
func (f *File) addHash(algorithm, digest string) {
	if algorithm == "sha256" {
		if !f.HasSHA256 {
			f.SHA256, f.HasSHA256 = parseSHA256(digest)
		}
		return
	}
	size := 0
	for i := range algorithms {
		if algorithms[i].name == algorithm {
			size = algorithms[i].size
		}
	}
	if _, err := hex.DecodeString(digest); err != nil || size == 0 || len(digest) != 2*size {
		return
	}
	if slices.ContainsFunc(f.OtherHashes, func(h Hash) bool { return h.Algorithm == algorithm }) {
		return
	}
	f.OtherHashes = append(f.OtherHashes, Hash{algorithm, strings.ToLower(digest)})
}

// parseSHA256 decodes a hexadecimal SHA-256 digest.
func parseSHA256[T string | []byte](digest T) (sum [32]byte, ok bool) {
	if len(digest) != 2*len(sum) {
		return sum, false
	}
	var bad byte
	for i := range sum {
		hi, lo := hexValue[digest[2*i]], hexValue[digest[2*i+1]]
		bad |= hi | lo
		sum[i] = hi<<4 | lo
	}
	if bad > 15 {
		return [32]byte{}, false
	}
	return sum, true
}

// addFragment adds the digest that a URL's fragment names, as in "sha256=…",
// or as one of several fields joined by "&".
func (f *File) addFragment(fragment string) {
	for fragment != "" {
		var field string
		field, fragment, _ = strings.Cut(fragment, "&")
		if algorithm, digest, ok := strings.Cut(field, "="); ok {
			f.addHash(algorithm, digest)
		}
	}
}

// Hashes returns all digests of f, SHA-256 first.
func (f *File) Hashes() []Hash {
	var hashes []Hash
	if f.HasSHA256 {
		hashes = append(hashes, Hash{"sha256", hex.EncodeToString(f.SHA256[:])})
	}
	return append(hashes, f.OtherHashes...)
}
