package extmod

import "io"

// Survey surveys an object file, which [Read] does only where init functions are too
// long. It returns how many functions it found, and how many of them matter.
func Survey(r io.ReaderAt, size int64) (functions, reaching int) {
	m, err := open(newPages(r, size), 0)
	if err != nil {
		return 0, 0
	}
	v := newSurvey(m)
	var watched []span
	for _, d := range m.definitions() {
		watched = append(watched, v.trim(span{d.addr, d.addr + slotsSpan}))
	}
	v.aim(mattering(m), watched)
	for _, is := range v.reaches {
		if is {
			reaching++
		}
	}
	return len(v.starts), reaching
}
