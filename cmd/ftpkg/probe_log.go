package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/probe/pyprobe"
)

// A probeLog keeps everything that processes wrote and reported in a directory:
// for each of them NAME/NUMBER-LANE.json, .stdout and .stderr.
type probeLog struct {
	dir string

	mu  sync.Mutex
	n   map[string]int // processes so far, by package
	err error          // the first that went wrong
}

// newProbeLog makes the directory, so that a bad one is noticed at once.
func newProbeLog(dir string) (*probeLog, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return &probeLog{dir: dir, n: map[string]int{}}, nil
}

// add writes down what a process left behind.
func (l *probeLog) add(r *probe.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n[r.Package]++
	base := filepath.Join(l.dir, r.Package, fmt.Sprintf("%03d-%s", l.n[r.Package], r.Process.Lane))
	doc, err := json.MarshalIndent(struct { //nolint:musttag // for people: the names are those of the code
		Process probe.Process   `json:"process"`
		Args    []string        `json:"args"`
		Report  *pyprobe.Report `json:"report"`
	}{r.Process, r.Args, r.Report}, "", "  ")
	l.err = errors.Join(l.err, err, os.MkdirAll(filepath.Dir(base), 0o755),
		writeNonEmpty(base+".json", doc), writeNonEmpty(base+".stdout", r.Stdout), writeNonEmpty(base+".stderr", r.Stderr))
}

func writeNonEmpty(name string, data []byte) error {
	if len(data) == 0 {
		return nil
	}
	return os.WriteFile(name, data, 0o600)
}

// close tells what could not be written.
func (l *probeLog) close() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}
