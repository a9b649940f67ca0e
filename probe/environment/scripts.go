package environment

import (
	"fmt"
	"runtime"
	"strings"
)

// maxShebang is how much of a first line every kernel reads, in bytes: Linux
// before 5.1 takes no more.
const maxShebang = 127

// shebangFor returns the first line of a script for an interpreter. A path that
// is too long for a kernel, or that holds a space, goes through a shell: what
// follows is a command to it, and a string to Python.
func shebangFor(python string) string {
	if len(python)+3 <= maxShebang && !strings.ContainsAny(python, " \t'") {
		return "#!" + python
	}
	quoted := "'" + strings.ReplaceAll(python, "'", `'"'"'`) + "'"
	return "#!/bin/sh\n'''exec' " + quoted + ` "$0" "$@"` + "\n' '''"
}

// program returns the files that start an entry point.
func (p *plan) program(s script) []*generated {
	first, _, _ := strings.Cut(s.object, ".")
	text := fmt.Sprintf("%s\nimport sys\nfrom %s import %s\n\nif __name__ == \"__main__\":\n    sys.exit(%s())\n", shebangFor(p.python), s.module, first, s.object)
	dest := p.scripts + "/" + s.name
	if runtime.GOOS != "windows" {
		return []*generated{{dest, []byte(text), true}}
	}
	// Without a launcher of its own, the shell does what one would.
	starter := "python"
	if s.gui {
		starter = "pythonw"
	}
	return []*generated{
		{dest + "-script.py", []byte(text), false},
		{dest + ".cmd", fmt.Appendf(nil, "@\"%%~dp0%s.exe\" \"%%~dp0%s-script.py\" %%*\r\n", starter, s.name), false},
	}
}
