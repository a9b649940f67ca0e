package inspect

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// An examination is the reading of an archive's members.
type examination struct {
	reader  *Reader
	to      *described
	archive *archive
	modules [][]Module // by member

	mu sync.Mutex
	// damaged says that a member was not what the directory promises.
	damaged bool
	bytes   int64
}

func (r *Reader) examine(d *described, a *archive) *examination {
	python, known := d.python()
	for i := range a.members {
		m := &a.members[i]
		m.python, m.known, m.platforms = python, known, d.platforms
	}
	return &examination{reader: r, to: d, archive: a, modules: make([][]Module, len(a.members))}
}

// member reads one member. The error is one of this machine: no room, or the
// context's.
func (x *examination) member(ctx context.Context, i int) error {
	m := &x.archive.members[i]
	if m.bad != "" {
		x.modules[i] = []Module{m.undecided(m.bad)}
		return nil
	}
	size := clamp(m.zip.UncompressedSize64)
	weight := min(size, spoolFrom)
	if err := x.reader.room.Acquire(ctx, weight); err != nil {
		return err
	}
	defer x.reader.room.Release(weight)
	modules, err := x.unpack(m, size)
	if _, ours := errors.AsType[*roomError](err); ours {
		return err
	}
	if err != nil {
		x.fault(m.path, err)
		modules = []Module{m.undecided("the archive is damaged here: " + reason(err))}
	}
	x.modules[i] = modules
	x.mu.Lock()
	x.bytes += clamp(m.zip.CompressedSize64)
	x.mu.Unlock()
	return nil
}

func (x *examination) unpack(m *member, size int64) (_ []Module, err error) {
	f, err := m.zip.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	s, err := newSpool(f, size, x.reader.o.TempDir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if cerr := s.Close(); cerr != nil && err == nil {
			err = &roomError{cerr}
		}
	}()
	return m.read(s, s.size)
}

// fault notes a member that could not be read.
func (x *examination) fault(name string, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.damaged = true
	x.archive.find(name, reason(err))
}

// reason is the text of an error about a member.
func reason(err error) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends too early"
	case errors.Is(err, zip.ErrFormat):
		return "it is not what the directory of the archive says"
	case errors.Is(err, zip.ErrChecksum):
		return "its checksum is wrong"
	}
	return strings.TrimPrefix(err.Error(), "zip: ")
}

// metadata reads what the wheel claims of free threading.
func (x *examination) metadata() {
	text, err := x.archive.readMetadata()
	if err != nil {
		if x.archive.metadata != nil {
			x.fault(x.archive.metadata.Name, err)
		} else {
			x.mu.Lock()
			x.archive.find("METADATA", err.Error())
			x.mu.Unlock()
		}
		return
	}
	x.to.Classifier = classifierIn(text)
}

// wheel is what the examination found.
func (x *examination) wheel() *Wheel {
	w := x.to.Wheel
	for _, m := range x.modules {
		w.Modules = append(w.Modules, m...)
	}
	sortModules(w.Modules)
	w.Skipped, w.Findings, w.MemberBytes = x.archive.skipped, x.archive.findings, x.bytes
	if x.archive.more > 0 {
		w.Findings = append(w.Findings, Finding{"", fmt.Sprintf("and %d more like these", x.archive.more)})
	}
	return &w
}
