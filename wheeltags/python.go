package wheeltags

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The first minor versions of CPython 3 that have what the rules depend on.
const (
	oldestMinor      = 8  // the oldest target; older ones had pymalloc ABIs (cp37m)
	newestMinor      = 99 // a bound on what is plausible, not a prediction
	firstStableABI   = 2  // abi3, PEP 384
	firstFreeThreads = 13 // cp313t, PEP 703
	firstABI3T       = 15 // the first version abi3t can be built for, PEP 803
)

// Python is a version of CPython and the flavour of its ABI. It is a
// comparable value. Use [ParsePython], or fill the fields and call
// [Python.Check].
type Python struct {
	Major, Minor int
	// Micro is the patch release, -1 if the target is the whole minor series.
	Micro int
	// Pre is the pre-release, such as "rc1"; "" for a final release.
	Pre string
	// FreeThreaded says that the interpreter was built without the GIL (PEP 703).
	FreeThreaded bool
	// Debug says that it is a debug build (--with-pydebug), which also accepts
	// wheels of the release build.
	Debug bool
}

// flavours are the words that may follow a version, with or without a plus or
// dash before them, and what they say: t is free-threaded, g with the GIL, d
// debug, - nothing.
var flavours = [...]struct{ word, says string }{
	{"t", "t"}, {"td", "td"}, {"d", "d"},
	{"freethreaded", "t"}, {"free-threaded", "t"}, {"freethreading", "t"}, {"nogil", "t"},
	{"gil", "g"}, {"debug", "d"},
	{"dev", "-"}, // setup-python's 3.15t-dev: take pre-releases too
}

// otherImplementations begin names of interpreters that have no free-threaded
// build and other tags. They are looked up before the names of CPython, as
// pypy begins with py.
var otherImplementations = [...]string{"pypy", "pp", "graalpy", "pyston", "ironpython", "jython", "rustpython", "micropython"}

// ParsePython parses an interpreter as people and tools write it: 3.14t, 3.14,
// 3.14.2t, 3.15.0rc1t, 3.14td, cp314t, 314t, python3.14t, cpython@3.14t,
// 3.14+freethreaded, 3.14+gil, 3.14+freethreaded+debug, 3.15t-dev. Case does not
// matter. A free-threaded version before 3.13, a version range, another
// implementation or a contradiction (3.14t+gil) is an error.
func ParsePython(s string) (Python, error) {
	p, err := parsePython(strings.ToLower(strings.TrimSpace(s)))
	if err == nil {
		err = p.Check()
	}
	if err != nil {
		return Python{}, fmt.Errorf("python %q: %w", s, err)
	}
	return p, nil
}

func parsePython(s string) (Python, error) {
	for _, name := range otherImplementations {
		if strings.HasPrefix(s, name) {
			return Python{}, errors.New("only CPython has free-threaded builds; want a version such as 3.14t")
		}
	}
	for _, name := range [...]string{"cpython", "python", "cp", "py"} {
		if rest, ok := strings.CutPrefix(s, name); ok {
			s = strings.TrimLeft(rest, "@-_ ")
			break
		}
	}
	if s == "" || strings.ContainsAny(s, "<>=~!*,|") {
		return Python{}, errors.New("want one version, such as 3.14t")
	}
	p, rest, err := cutRelease(s)
	if err != nil {
		return Python{}, err
	}
	p.FreeThreaded, p.Debug, err = parseFlavour(rest)
	return p, err
}

// cutRelease parses the numbers and the pre-release at the start of s.
func cutRelease(s string) (p Python, rest string, err error) {
	p.Micro = -1
	numbers, rest := cutFunc(s, func(c byte) bool { return isDigit(c) || c == '.' })
	parts := strings.Split(numbers, ".")
	if len(parts) == 1 && len(numbers) > 1 {
		parts = []string{numbers[:1], numbers[1:]} // 314
	}
	var n [3]int
	for i, part := range parts {
		v, ok := atoi(part)
		if !ok || i == len(n) {
			return p, "", fmt.Errorf("%q is not a version; want one such as 3.14t", numbers)
		}
		n[i] = v
	}
	if len(parts) == 1 {
		return p, "", fmt.Errorf("which Python %s? want a minor version too, such as 3.14t", numbers)
	}
	p.Major, p.Minor = n[0], n[1]
	if len(parts) == 3 {
		p.Micro = n[2]
	}
	for _, word := range [...]string{"a", "b", "rc"} {
		if digits, after := cutFunc(strings.TrimPrefix(rest, word), isDigit); strings.HasPrefix(rest, word) && digits != "" {
			v, ok := atoi(digits)
			if !ok {
				return p, "", fmt.Errorf("%q is not a pre-release", word+digits)
			}
			p.Pre, rest = word+strconv.Itoa(v), after
			p.Micro = max(p.Micro, 0)
		}
	}
	return p, rest, nil
}

// parseFlavour reads what follows the version.
func parseFlavour(s string) (freeThreaded, debug bool, err error) {
	gil := false
	for s != "" {
		s = strings.TrimLeft(s, "+-_")
		word, says := "", ""
		for _, f := range flavours {
			if strings.HasPrefix(s, f.word) && len(f.word) > len(word) {
				word, says = f.word, f.says
			}
		}
		if rest := s[len(word):]; word == "" || rest != "" && !strings.ContainsRune("+-_", rune(rest[0])) {
			return false, false, fmt.Errorf("unknown flavour %q; want 3.14t for free-threaded, 3.14 for the GIL build", s)
		}
		s = s[len(word):]
		freeThreaded = freeThreaded || says[0] == 't'
		debug = debug || strings.HasSuffix(says, "d")
		gil = gil || says == "g"
	}
	if gil && freeThreaded {
		return false, false, errors.New("free-threaded and with the GIL at once")
	}
	return freeThreaded, debug, nil
}

// Check returns nil if p is an interpreter that wheels can be judged for, else
// an error that says why not.
func (p Python) Check() error {
	switch {
	case p.Major != 3:
		return fmt.Errorf("there are targets for Python 3 only, not %d", p.Major)
	case p.Minor < oldestMinor:
		return fmt.Errorf("3.%d is too old; the first target is 3.%d", p.Minor, oldestMinor)
	case p.Minor > newestMinor:
		return fmt.Errorf("there is no Python 3.%d", p.Minor)
	case p.FreeThreaded && p.Minor < firstFreeThreads:
		return fmt.Errorf("3.%d has no free-threaded build; the first is 3.%dt", p.Minor, firstFreeThreads)
	}
	return nil
}

// String returns the short form: "3.14t", "3.14.2", "3.15.0rc1t", "3.14td".
// ParsePython reads it back.
func (p Python) String() string {
	s := p.Series()
	if p.Micro >= 0 {
		s += "." + strconv.Itoa(p.Micro)
	}
	return s + p.Pre + p.flags()
}

// Series returns the minor series, such as "3.14": the value of the marker
// python_version.
func (p Python) Series() string { return strconv.Itoa(p.Major) + "." + strconv.Itoa(p.Minor) }

// FullVersion returns the complete version without the flavour, such as
// "3.14.2" or "3.15.0rc1": the value of the marker python_full_version. The
// series itself stands for its first release, so 3.14 gives "3.14.0".
func (p Python) FullVersion() string {
	return p.Series() + "." + strconv.Itoa(max(p.Micro, 0)) + p.Pre
}

// Tag returns the python tag, such as "cp314". It never carries the t of the
// ABI tag (PEP 425).
func (p Python) Tag() string { return "cp" + strconv.Itoa(p.Major) + strconv.Itoa(p.Minor) }

// ABI returns the ABI tag of the interpreter itself, such as "cp314t".
func (p Python) ABI() string { return p.Tag() + p.flags() }

// Twin returns the same version with the other ABI flavour.
func (p Python) Twin() Python {
	p.FreeThreaded = !p.FreeThreaded
	return p
}

func (p Python) flags() string {
	switch {
	case p.FreeThreaded && p.Debug:
		return "td"
	case p.FreeThreaded:
		return "t"
	case p.Debug:
		return "d"
	}
	return ""
}
