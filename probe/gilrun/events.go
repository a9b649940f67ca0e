package gilrun

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// An Event is an extension module that was loaded, or that was stopped.
type Event struct {
	Module       string            `json:"module"`       // dotted
	File         string            `json:"file"`         // absolute
	Distribution string            `json:"distribution"` // whose RECORD lists the file; "" if none does
	Version      string            `json:"version"`      // the distribution's
	Declaration  vocab.Loaded      `json:"declaration"`
	Action       vocab.GuardAction `json:"action"`
	// Chain are the imports that led to it, outermost first; Origin is the line
	// that began the outermost, as file:line.
	Chain       []string `json:"chain"`
	Origin      string   `json:"origin"`
	Process     int      `json:"process"`
	Nanoseconds int64    `json:"nanoseconds"` // that creating it took
}

// The bounds of an event file. pandas loads 44 extension modules, an event of
// which has about 500 bytes.
const (
	maxEvents = 100_000
	maxLine   = 64 << 10
)

// ReadEvents reads what the guards of all processes of a program appended. lost
// counts the lines that are not events: a process was killed as it wrote one, or
// the program wrote there itself.
func ReadEvents(r io.Reader) (events []Event, lost int, err error) {
	lines := bufio.NewReaderSize(r, maxLine)
	for {
		line, err := lines.ReadSlice('\n')
		whole := err == nil
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = lines.ReadSlice('\n')
		}
		end := errors.Is(err, io.EOF)
		if err != nil && !end {
			return events, lost, fmt.Errorf("the guard's events: %w", err)
		}
		if len(line) > 0 {
			if e, ok := readEvent(line); ok && whole && len(events) < maxEvents {
				events = append(events, e)
			} else {
				lost++
			}
		}
		if end {
			return events, lost, nil
		}
	}
}

func readEvent(line []byte) (Event, bool) {
	var e Event
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if d.Decode(&e) != nil || d.More() {
		return Event{}, false
	}
	ok := e.Module != "" && slices.Contains(vocab.Loadeds().Names(), string(e.Declaration)) &&
		slices.Contains(vocab.GuardActions().Names(), string(e.Action)) && e.Nanoseconds >= 0
	return e, ok
}
