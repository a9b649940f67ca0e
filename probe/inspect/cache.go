package inspect

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/ftpkg/ftpkg/internal/cache"
)

// rules is the version of all that turns a file into a verdict, here and in package
// extmod. It is raised whenever the same file might get another one; what was kept
// under an older version is then read anew.
const rules = 3

// keyVerdict is the kind of a verdict's key.
const keyVerdict = 'i'

// here names the part of the cache for files whose digests were computed, not
// promised.
const here = "files on this machine"

// A memory is what is kept of wheels that were read. A nil one keeps nothing.
type memory struct {
	cache *cache.Cache

	mu   sync.Mutex
	logs map[string]*cache.Log // by index and project, the last few
}

// mostLogs bounds how many logs are kept open: their content is in memory.
const mostLogs = 64

func newMemory(dir string) *memory {
	if dir == "" {
		return nil
	}
	return &memory{cache: cache.Open(dir), logs: map[string]*cache.Log{}}
}

// log is where verdicts on a project's wheels from an index are kept.
func (m *memory) log(index, project string) *cache.Log {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := index + "\n" + project
	l, ok := m.logs[key]
	if !ok {
		if len(m.logs) == mostLogs {
			clear(m.logs)
		}
		l = m.cache.Bucket(index).Log("inspect-" + project)
		m.logs[key] = l
	}
	return l
}

// key is what a wheel is kept by. Its name belongs to that, as the name says for
// whom it is.
func (m *memory) key(name string, digest [32]byte) cache.Key {
	h := sha256.New()
	h.Write(fmt.Appendf(nil, "%d\n%s\n", rules, name))
	h.Write(digest[:])
	return cache.Key{Kind: keyVerdict, Sum: [32]byte(h.Sum(nil))}
}

// recall returns what is kept of a wheel, nil if nothing is: what was read of a
// file whose digest was computed, else what the index that promised the digest led
// to.
func (m *memory) recall(w *Wheel, index string, digest [32]byte) *Wheel {
	if m == nil {
		return nil
	}
	key := m.key(w.File, digest)
	for _, from := range []string{here, index} {
		if from == "" {
			continue
		}
		text, ok := m.log(from, w.Project).Get(key)
		if !ok {
			continue
		}
		kept := new(Wheel)
		if json.Unmarshal(text, kept) == nil && kept.File == w.File {
			return kept
		}
	}
	return nil
}

// keep keeps a wheel. That it cannot be written is the cache's to remember, and no
// reason to give no answer.
func (m *memory) keep(w *Wheel, index string, digest [32]byte) {
	if m == nil || index == "" {
		return
	}
	kept := *w
	kept.Sibling, kept.Yanked = false, false // not the file's
	text, err := json.Marshal(&kept)
	if err != nil {
		return
	}
	_ = m.log(index, w.Project).Put(text, m.key(w.File, digest))
}

// err is why nothing is kept any more, nil if it is.
func (m *memory) err() error {
	if m == nil {
		return nil
	}
	return m.cache.Err()
}
