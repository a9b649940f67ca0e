package build

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// A counter tells which lines of a step's output are progress, and how many
// there will be; 0 if nobody knows.
type counter interface {
	counts(line string) bool
	total() int
}

// lines counts every line.
type lines struct{}

func (lines) counts(string) bool { return true }
func (lines) total() int         { return 0 }

// checks counts configure's checks. How many there will be is an estimate: the
// calls in the script that print one.
type checks int

func (checks) counts(line string) bool { return strings.HasPrefix(line, "checking ") }
func (c checks) total() int            { return int(c) }

var checkCall = regexp.MustCompile(`(?m)^[ \t]*(?:ac_fn_c_(?:check|try_run)|printf %s "checking)`)

func (t *tree) checks() counter {
	script, err := os.ReadFile(filepath.Join(t.source.dir, "configure"))
	if err != nil {
		return checks(0) // configure itself will say so
	}
	return checks(len(checkCall.FindAll(script, -1)))
}

// planned counts the lines that a dry run of make printed.
type planned struct {
	left map[string]int // how often each line is still to come
	n    int
}

func (p *planned) counts(line string) bool {
	if p.left[line] == 0 {
		return false
	}
	p.left[line]--
	return true
}

func (p *planned) total() int { return p.n }

// plan asks make what is to be done.
func (t *tree) plan(ctx context.Context, log io.Writer) (counter, error) {
	p := &planned{left: map[string]int{}}
	var out bytes.Buffer
	// An error here comes again, and is told, when it is done in earnest.
	if err := t.start(ctx, &out, log, t.look("make"), "-n"); err != nil {
		return lines{}, ctx.Err()
	}
	for s := bufio.NewScanner(&out); s.Scan(); {
		p.left[s.Text()]++
		p.n++
	}
	return p, nil
}

// missingModules reads the names of modules that could not be built from what
// make prints at its end:
//
//	The necessary bits to build these optional modules were not found:
//	_dbm                      _gdbm
//	To find the necessary bits, look in configure.ac and config.log.
//
// and the same after "Following modules built successfully but were removed
// because they could not be imported:".
type missingModules struct {
	names   []string
	reading bool
}

var moduleNames = regexp.MustCompile(`^[A-Za-z0-9_]+( +[A-Za-z0-9_]+)* *$`)

func (m *missingModules) line(s string) {
	switch {
	case strings.HasPrefix(s, "The necessary bits to build these optional modules were not found:"),
		strings.HasPrefix(s, "Following modules built successfully but were removed because they could not be imported:"):
		m.reading = true
	case m.reading && moduleNames.MatchString(s):
		m.names = append(m.names, strings.Fields(s)...)
	default:
		m.reading = false
	}
}
