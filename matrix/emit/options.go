package emit

import (
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix"
)

// Options say what the plan does not.
type Options struct {
	// Tables are those that the plan was derived from; nil are those in the program.
	Tables *matrix.Tables
	// Cibuildwheel is the release of cibuildwheel that builds; "" is that of the
	// newest line of the tables.
	Cibuildwheel string
	// Test says how the wheel of a cell is tested; nil is pytest in tests.
	Test func(*matrix.Cell) Test
	// Sdist says that a source distribution is made too.
	Sdist bool
	// Threads is how many threads each test runs in on free-threaded Python; 0 is 4.
	Threads int
	// UV takes all interpreters for tests from uv, instead of only those that
	// setup-python does not have.
	UV bool
	// Expected is the path in the repository of the list of what is to be built; "" is
	// expected.json.
	Expected string
	// Ftpkg is the release of ftpkg that checks; the zero Pin is its main branch.
	Ftpkg Pin
	// Rows is how many rows a matrix has at most; 0 is what the vendor takes.
	Rows int
	// By is the command that makes the file, for its first line; "" is ftpkg matrix.
	By string
}

// A Test is how a wheel is tested.
type Test struct {
	// Command is a command of a shell, or several with && between. {project} and
	// {package} stand for the project's directory. "" is pytest in its folder tests.
	Command string
	// ImportOnly says that there are no tests: the extension modules are imported.
	ImportOnly bool
	// Requires are requirements to install beside the wheel, Extras the wheel's
	// extras, Groups the project's dependency groups.
	Requires, Extras, Groups []string
}

// What vendors take: rows of one matrix.
const (
	githubRows = 256
	gitlabRows = 200
)

const (
	defaultThreads  = 4
	defaultExpected = "expected.json"
	defaultCommand  = "pytest {project}/tests"
	pureIdentifier  = "py3-none-any"
)

// A writer is one call of a back end: a plan and what is asked, with nothing open.
type writer struct {
	Options

	plan *matrix.Plan
	pins *Pins
	// pure says that the plan is that of a project without compiled code: one wheel is
	// built, and it is what every test takes.
	pure bool
}

func newWriter(plan *matrix.Plan, o Options, rows int) (*writer, error) {
	if o.Tables == nil {
		o.Tables = matrix.DefaultTables()
	}
	if o.Cibuildwheel == "" {
		line, ok := o.Tables.Line("")
		if !ok {
			return nil, errors.New("there is no table of cibuildwheel")
		}
		o.Cibuildwheel = line.Version
	}
	if o.Rows < 0 || o.Threads < 0 {
		return nil, fmt.Errorf("a number of rows or threads is below nothing: %d, %d", o.Rows, o.Threads)
	}
	o.Threads = cmp.Or(o.Threads, defaultThreads)
	o.Expected = cmp.Or(o.Expected, defaultExpected)
	o.By = cmp.Or(o.By, "ftpkg matrix")
	if o.Rows == 0 || o.Rows > rows {
		o.Rows = rows
	}
	if o.Test == nil {
		o.Test = func(*matrix.Cell) Test { return Test{} }
	}
	pins, err := DefaultPins()
	if err != nil {
		return nil, err
	}
	pure := slices.ContainsFunc(plan.Dropped, func(d matrix.Dropped) bool { return d.Cause == vocab.DropPure }) &&
		!slices.ContainsFunc(plan.Cells, func(c matrix.Cell) bool { return c.Purpose == vocab.PurposeBuild })
	return &writer{o, plan, pins, pure}, nil
}

// importAll is a Python program that imports all extension modules of the wheels in a
// directory, its argument, and fails if the GIL is on then although the interpreter is
// free-threaded. It has no double quotes, which PowerShell would lose.
//
//go:embed gil.py
var importAll string

// importVariable has the program where it runs, importComment says what it is for.
const (
	importVariable = "IMPORT_ALL"
	importComment  = "# This imports all extension modules of a wheel. Loading one that does not declare that\n" +
		"# it runs without the GIL turns the GIL on for the whole process, in silence."
)
