package pyprobe

import (
	"bufio"
	"bytes"
	"crypto/subtle"
	"errors"
	"io"
	"strconv"
)

// What is taken from one channel. A package that loads every extension module of
// a large environment needs some hundred kilobytes.
const (
	maxChannel = 64 << 20 // bytes of all kinds
	maxLine    = 1 << 20  // bytes of one record
	maxRecords = 200_000
)

// magic begins each record.
const magic = "ftpkg "

// A reader takes the records off a channel and tells them apart from all else
// that is written there.
type reader struct {
	keys  keys
	hash  hash // which of the two this interpreter has; nil until the first record
	state Channel
	ended bool
	codes []string // of the records so far, by number; "" for those missing
	take  func(body []byte) (end bool, err error)
}

// read reads until the channel's end or the limits. It fails only if reading
// does, other than by the channel's being closed or held.
func (r *reader) read(from io.Reader) error {
	limited := &io.LimitedReader{R: from, N: maxChannel}
	lines := bufio.NewReaderSize(limited, 64<<10)
	var line []byte
	size := int64(0) // of the line, which is kept only as far as it may be a record
	for {
		part, err := lines.ReadSlice('\n')
		size += int64(len(part))
		if size <= maxLine {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			r.state.Truncated = size > 0
			r.state.Noise += size
			r.state.Overflowed = r.state.Overflowed || limited.N <= 0
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if size <= maxLine {
			r.line(bytes.TrimSuffix(line, []byte("\n")))
		} else {
			r.state.Noise += size
		}
		line, size = line[:0], 0
		if len(r.codes) >= maxRecords {
			r.state.Overflowed = true
			return nil
		}
	}
}

// line takes one line: a record, something like one, or noise.
func (r *reader) line(line []byte) {
	if len(line) == 0 {
		return // each record has an empty line before it
	}
	number, code, data, ok := split(line)
	if !ok {
		r.state.Noise += int64(len(line)) + 1
		return
	}
	if !r.genuine(code, data) {
		r.state.Forged++
		return
	}
	_, body, _ := bytes.Cut(data, []byte(" "))
	switch {
	case number < len(r.codes) && r.codes[number] == code:
		r.state.Replayed++
		return
	case number < len(r.codes):
		// Two processes have the key, or the first went missing and this is late.
		r.state.Conflicts++
		return
	case r.ended:
		r.state.AfterEnd++
		return
	case number >= maxRecords:
		r.state.Malformed++
		return
	}
	for len(r.codes) < number {
		r.codes = append(r.codes, "")
		r.state.Missing++
	}
	r.codes = append(r.codes, code)
	end, err := r.take(body)
	if err != nil {
		r.state.Malformed++
		return
	}
	r.state.Records++
	r.ended = end
}

// complete reports whether all records came, from the first to the end, and
// nobody else had the key.
func (r *reader) complete() bool {
	s := r.state
	return r.ended && s.Missing == 0 && s.Malformed == 0 && s.Conflicts == 0 && s.AfterEnd == 0 && !s.Overflowed
}

// genuine reports whether a code was made with the keys. The first genuine one
// settles which hash the interpreter has.
func (r *reader) genuine(code string, data []byte) bool {
	candidates := []hash{r.hash}
	if r.hash == nil {
		candidates = []hash{sipHash13, sipHash24}
	}
	for _, h := range candidates {
		if subtle.ConstantTimeCompare([]byte(r.keys.code(h, data)), []byte(code)) == 1 {
			r.hash = h
			return true
		}
	}
	return false
}

// split splits a line into a record's number and code, and what the code is of,
// without vouching for any of it.
func split(line []byte) (number int, code string, data []byte, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte(magic))
	if !ok {
		return 0, "", nil, false
	}
	digits, rest, _ := bytes.Cut(rest, []byte(" "))
	sum, body, found := bytes.Cut(rest, []byte(" "))
	number, err := strconv.Atoi(string(digits))
	if !found || err != nil || number < 0 || strconv.Itoa(number) != string(digits) || len(sum) != 32 {
		return 0, "", nil, false
	}
	data = append(append(bytes.Clone(digits), ' '), body...)
	return number, string(sum), data, true
}
