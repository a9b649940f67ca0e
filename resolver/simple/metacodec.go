package simple

import (
	"fmt"
	"unsafe"
)

// The compact form of metadata: magic and checksum as for a page, then as words
// the counts of the lists in their order, the lengths of the four
// single fields and of all others in turn, and then the texts.
const (
	metadataMagic = "ftpkgM\x00\x02"
	nSingle       = 4
	nLists        = 5
)

// AppendBinary appends a compact form of m to b and returns the longer slice.
// [DecodeMetadata] reads it back; it is meant for the program that wrote it.
func (m *Metadata) AppendBinary(b []byte) []byte {
	e := encoder{}
	e.lengths = words(e.lengths, len(m.RequiresDist), len(m.ProvidesExtra), len(m.Dynamic), len(m.FreeThreading), len(m.URLs))
	e.texts(m.MetadataVersion, m.Name, m.Version, m.RequiresPython)
	e.texts(m.RequiresDist...)
	e.texts(m.ProvidesExtra...)
	e.texts(m.Dynamic...)
	e.texts(m.FreeThreading...)
	e.texts(m.URLs...)

	start := len(b)
	b = append(b, metadataMagic...)
	b = append(b, 0, 0, 0, 0)
	b = append(append(b, e.lengths...), e.text...)
	return seal(b, start)
}

// DecodeMetadata reads what [Metadata.AppendBinary] wrote. As in [Decode], the
// result's strings are parts of b, and b may hold anything.
func DecodeMetadata(b []byte) (*Metadata, error) {
	d, err := newDecoder(b, metadataMagic)
	if err != nil {
		return nil, err
	}
	m := d.metadata()
	if d.fault != "" {
		return nil, fmt.Errorf("%w: %s", ErrFormat, d.fault)
	}
	return m, nil
}

func (d *decoder) metadata() *Metadata {
	counts := d.section(4 * nLists)
	var lists [nLists]uint32
	all := uint64(nSingle)
	for i := range lists {
		lists[i] = d.word(&counts)
		all += uint64(lists[i])
	}
	d.lengths = d.section(4 * all)
	if d.fault != "" {
		return nil
	}
	if len(d.b) > 0 {
		d.text = unsafe.String(&d.b[0], len(d.b)) //nolint:gosec // the input is not changed after this
	}
	m := &Metadata{
		MetadataVersion: d.next(), Name: d.next(), Version: d.next(), RequiresPython: d.next(),
	}
	for i, list := range [nLists]*[]string{&m.RequiresDist, &m.ProvidesExtra, &m.Dynamic, &m.FreeThreading, &m.URLs} {
		if lists[i] > 0 {
			*list = make([]string, lists[i])
		}
		for j := range *list {
			(*list)[j] = d.next()
		}
	}
	if len(d.text) > 0 {
		d.fail("texts that belong to nothing")
	}
	return m
}
