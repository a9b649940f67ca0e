package cache

import (
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	"os"
	"sync"
)

// Key names a value in a log. Kind keeps digests of different things apart.
type Key struct {
	Kind byte
	Sum  [32]byte
}

// Log maps keys to values that never change, equal values kept once. It is safe
// for concurrent use.
type Log struct {
	bucket *Bucket
	path   string

	mu      sync.Mutex
	values  map[id][]byte
	keys    map[Key]id
	damaged bool // the file has records that fail; it must be rewritten
	empty   bool // there is no file yet
}

// id names a value: the first half of its SHA-256 digest.
type id [16]byte

// The form of a log, numbers little-endian: the magic, then records, each with
// the length of its content (4), the CRC-32C of it (4), and the content:
//
//	'V', id, value
//	'K', kind of key, digest, id of the value
const (
	logMagic     = "ftpkgL\x00\x01"
	recordHeader = 8
	valueRecord  = 'V'
	keyRecord    = 'K'
)

// maxLog is the largest log that is read, in bytes.
const maxLog = 64 << 20

// Log reads the log kept under a name. A log that is not there, or not one, is
// empty. A nil bucket's log lives in memory only.
func (b *Bucket) Log(name string) *Log {
	l := &Log{bucket: b, keys: map[Key]id{}, values: map[id][]byte{}}
	if b == nil {
		return l
	}
	l.path = b.path(logPrefix, name)
	l.load()
	return l
}

// Get returns the value of a key. It must not be changed.
func (l *Log) Get(k Key) ([]byte, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i, ok := l.keys[k]
	return l.values[i], ok
}

// Put keeps a value under keys, in place of what they had.
func (l *Log) Put(value []byte, keys ...Key) error {
	sum := sha256.Sum256(value)
	i := id(sum[:16])
	l.mu.Lock()
	defer l.mu.Unlock()
	var b []byte
	if _, ok := l.values[i]; !ok {
		l.values[i] = value
		b = appendValue(b, i, value)
	}
	for _, k := range keys {
		if old, ok := l.keys[k]; !ok || old != i {
			l.keys[k] = i
			b = appendKey(b, k, i)
		}
	}
	if len(b) == 0 || l.bucket == nil {
		return nil
	}
	if l.damaged {
		// What looked cut short may only have been half written by another
		// process when it was read; its records are not to be lost.
		l.load()
	}
	switch {
	case l.damaged:
		err := l.bucket.cache.replace(l.path, l.encode())
		l.damaged = err != nil
		return err
	case l.empty:
		created, err := l.bucket.cache.create(l.path, l.encode())
		l.empty = err != nil
		if created || err != nil {
			return err
		}
		b = l.encode()[len(logMagic):] // another process was first
	}
	return l.bucket.cache.appendTo(l.path, b)
}

// encode returns the whole log, each record once.
func (l *Log) encode() []byte {
	b := []byte(logMagic)
	for i, v := range l.values {
		b = appendValue(b, i, v)
	}
	for k, i := range l.keys {
		b = appendKey(b, k, i)
	}
	return b
}

func appendValue(b []byte, i id, value []byte) []byte {
	at := len(b)
	b = append(b, make([]byte, recordHeader)...)
	b = append(b, valueRecord)
	b = append(b, i[:]...)
	b = append(b, value...)
	return seal(b, at)
}

func appendKey(b []byte, k Key, i id) []byte {
	at := len(b)
	b = append(b, make([]byte, recordHeader)...)
	b = append(b, keyRecord, k.Kind)
	b = append(b, k.Sum[:]...)
	b = append(b, i[:]...)
	return seal(b, at)
}

// seal fills in the header of the record that begins at at.
func seal(b []byte, at int) []byte {
	content := b[at+recordHeader:]
	binary.LittleEndian.PutUint32(b[at:], uint32(len(content)))
	binary.LittleEndian.PutUint32(b[at+4:], crc32.Checksum(content, castagnoli))
	return b
}

// load adds what is in the file.
func (l *Log) load() {
	_, err := os.Lstat(l.path)
	l.empty, l.damaged = err != nil, false
	if !l.empty {
		l.decode(readFile(l.path, maxLog))
	}
}

// decode adds the records of a file up to the first that fails.
func (l *Log) decode(b []byte) {
	if len(b) < len(logMagic) || string(b[:len(logMagic)]) != logMagic {
		l.damaged = true
		return
	}
	b = b[len(logMagic):]
	for len(b) > 0 {
		content, ok := record(b)
		if !ok {
			l.damaged = true
			break
		}
		b = b[recordHeader+len(content):]
		l.add(content)
	}
	for k, i := range l.keys {
		if _, ok := l.values[i]; !ok {
			delete(l.keys, k)
			l.damaged = true
		}
	}
}

// record returns the content of the record at the front of b.
func record(b []byte) ([]byte, bool) {
	if len(b) < recordHeader {
		return nil, false
	}
	n := binary.LittleEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-recordHeader) {
		return nil, false
	}
	content := b[recordHeader : recordHeader+int(n)]
	return content, crc32.Checksum(content, castagnoli) == binary.LittleEndian.Uint32(b[4:])
}

// add takes a record that is whole; one of a kind not known is passed over.
func (l *Log) add(content []byte) {
	if len(content) == 0 {
		return
	}
	switch body := content[1:]; content[0] {
	case valueRecord:
		if len(body) >= len(id{}) {
			l.values[id(body)] = body[len(id{}):]
		}
	case keyRecord:
		if len(body) == 1+32+len(id{}) {
			l.keys[Key{body[0], [32]byte(body[1:])}] = id(body[33:])
		}
	}
}
