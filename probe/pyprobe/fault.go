package pyprobe

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

// A Fault is what faulthandler or the runtime wrote about a fatal error or a
// deadline. Like all of standard error it can be written by anybody: how the
// process ended is for its exit status to say.
type Fault struct {
	Fatal   string // "Segmentation fault"; "" if there is only a dump of stacks
	Timeout bool   // a dump because the time was up
	// Partial: threads are missing, because the runtime cannot show them all
	// while the GIL is off (3.14 and later).
	Partial    bool
	Threads    []Stack // named by their identifiers
	Current    int     // index of the thread at fault, -1 if unknown
	C          []CFrame
	Extensions []string // extension modules loaded that are not the standard library's
}

// A CFrame is a line of the stack of C functions (3.14 and later).
type CFrame struct {
	File   string
	Symbol string // with its offset, "" if unknown
}

// Innermost returns the Python frames of the thread at fault, the most recent
// call first; those of the only thread if it is not known which is at fault.
func (f *Fault) Innermost() []Frame {
	switch {
	case f.Current >= 0:
		return f.Threads[f.Current].Frames
	case len(f.Threads) == 1:
		return f.Threads[0].Frames
	}
	return nil
}

// ownFrame begins the file names of the program's own frames, which are left out.
const ownFrame = "<ftpkg "

const (
	maxFaultThreads    = 200
	maxFaultFrames     = 200
	maxFaultExtensions = 10_000
)

var (
	fatalHeader  = regexp.MustCompile(`(?:Fatal Python error(?: from unexpected signum)?|Windows fatal exception): (.*)`)
	timeoutLine  = regexp.MustCompile(`Timeout \(\d+:\d\d:\d\d(?:\.\d+)?\)!$`)
	threadHeader = regexp.MustCompile(`^(Current thread|Thread) 0x0*([0-9a-fA-F]+)(?: \[(.*)\])? \(most recent call first\):`)
	frameLine    = regexp.MustCompile(`^  File (?:"(.*)"|\?\?\?), line (\d+|\?\?\?) in (.*)$`)
	cFrameLine   = regexp.MustCompile(`^  Binary file "(.*?)"(?:, at (\S+))? \[0x[0-9a-fA-F]+\]$`)
	extensions   = regexp.MustCompile(`^Extension modules: (.*) \(total: \d+\)$`)
	escaped      = regexp.MustCompile(`\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\U[0-9a-f]{8}`)
)

// ParseFault finds the last fatal error in what was written on standard error,
// or else the last dump because of a deadline; nil if there is neither.
func ParseFault(stderr []byte) *Fault {
	var found, now *Fault
	inC := false
	stderr = fromHeader(stderr)
	for line := range bytes.Lines(stderr) {
		text := strings.ToValidUTF8(string(bytes.TrimRight(line, "\r\n")), "�")
		begun := header(text)
		switch {
		case begun != nil:
			now, inC = begun, false
			if found == nil || found.Fatal == "" || now.Fatal != "" {
				found = now
			}
		case now != nil:
			inC = now.line(text, inC)
		}
	}
	return found
}

// headerWords are in every line that begins a fault.
var headerWords = []string{"Fatal Python error", "Windows fatal exception", "Timeout ("}

// fromHeader returns what follows from the first line on that could begin a fault.
// Most processes write none, and -v thousands of lines.
func fromHeader(stderr []byte) []byte {
	first := len(stderr)
	for _, word := range headerWords {
		if i := bytes.Index(stderr, []byte(word)); i >= 0 {
			first = min(first, i)
		}
	}
	return stderr[bytes.LastIndexByte(stderr[:first], '\n')+1:]
}

// header returns the fault that a line begins, nil for others. Package code may
// have left an unfinished line before it.
func header(line string) *Fault {
	if m := fatalHeader.FindStringSubmatch(line); m != nil {
		return &Fault{Fatal: strings.TrimSpace(m[1]), Current: -1}
	}
	if timeoutLine.MatchString(line) {
		return &Fault{Timeout: true, Current: -1}
	}
	return nil
}

// line takes one line after the header. inC says that it is in the stack of C
// functions, and the result whether the next is.
func (f *Fault) line(line string, inC bool) bool {
	switch {
	case strings.HasPrefix(line, "<Cannot show all threads"):
		f.Partial = true
	case strings.HasPrefix(line, "Current thread's C stack trace"):
		return true
	case strings.HasPrefix(line, "Stack (most recent call first):"):
		f.thread("current", true)
		return false
	case inC:
		if m := cFrameLine.FindStringSubmatch(line); m != nil && len(f.C) < maxFaultFrames {
			f.C = append(f.C, CFrame{File: m[1], Symbol: m[2]})
		}
		return !strings.HasPrefix(line, "Extension modules:") || f.extensions(line)
	}
	if m := threadHeader.FindStringSubmatch(line); m != nil {
		name := m[2]
		if m[3] != "" {
			name = m[3]
		}
		f.thread(name, m[1] == "Current thread")
		return false
	}
	if m := frameLine.FindStringSubmatch(line); m != nil && len(f.Threads) > 0 {
		if t := &f.Threads[len(f.Threads)-1]; len(t.Frames) < maxFaultFrames && !strings.HasPrefix(m[1], ownFrame) {
			n, _ := strconv.Atoi(m[2]) // 0 for an unknown line
			t.Frames = append(t.Frames, Frame{File: unescape(m[1]), Line: n, Func: unescape(m[3])})
		}
		return false
	}
	f.extensions(line)
	return false
}

func (f *Fault) thread(name string, current bool) {
	if len(f.Threads) == maxFaultThreads {
		return
	}
	if current {
		f.Current = len(f.Threads)
	}
	f.Threads = append(f.Threads, Stack{Thread: name})
}

// extensions takes the list of extension modules, and reports whether the line
// was none.
func (f *Fault) extensions(line string) (other bool) {
	m := extensions.FindStringSubmatch(line)
	if m == nil {
		return true
	}
	f.Extensions = strings.SplitN(m[1], ", ", maxFaultExtensions)
	return false
}

// unescape undoes what faulthandler does to characters that are not ASCII.
// Backslashes it leaves alone, so only what can be no text of its own is undone.
func unescape(s string) string {
	return escaped.ReplaceAllStringFunc(s, func(e string) string {
		n, err := strconv.ParseInt(e[2:], 16, 32)
		if err != nil || n >= ' ' && n <= '~' {
			return e
		}
		return string(rune(n))
	})
}
