package matrix

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// requirementsFile reports whether a word is pip's option -r, and the file if it
// stands in the same word.
func requirementsFile(word string) (file string, ok bool) {
	for _, option := range []string{"--requirement=", "--requirement", "-r"} {
		if file, ok := strings.CutPrefix(word, option); ok {
			return strings.TrimSpace(file), true
		}
	}
	return "", false
}

// errSelf says that a file includes itself.
var errSelf = errors.New("it includes itself")

// requirementsIn reads a requirements file of the project, as far as it decides which
// wheels are needed: names with versions, and other files. A file outside of the
// project is passed over.
func (p *Project) requirementsIn(name string, within []string) ([]pep508.Requirement, error) {
	name = path.Clean(strings.ReplaceAll(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "{project}/"), "{package}/", ""))
	switch {
	case slices.Contains(within, name):
		return nil, &Error{name, 0, errSelf}
	case !fs.ValidPath(name) || strings.Contains(name, "://"):
		return nil, nil
	}
	text, err := readText(p.files, name)
	if err != nil {
		return nil, err
	}
	if text == nil {
		return nil, &Error{name, 0, fs.ErrNotExist}
	}
	var reqs []pep508.Requirement
	n := 0
	for line := range strings.Lines(strings.ReplaceAll(*text, "\\\n", " \n")) {
		n++
		line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
		if line == "" || line[0] == '#' {
			continue
		}
		if file, ok := requirementsFile(line); ok {
			more, err := p.requirementsIn(path.Join(path.Dir(name), file), append(within, name))
			if err != nil {
				return nil, err
			}
			reqs = append(reqs, more...)
			continue
		}
		line, _, _ = strings.Cut(line, " --") // digests and options
		if strings.HasPrefix(line, "-") || strings.Contains(line, "://") || strings.HasPrefix(line, ".") || strings.HasPrefix(line, "/") {
			continue // options, and what is taken from elsewhere
		}
		r, err := pep508.Parse(line)
		if err != nil {
			return nil, &Error{name, n, err}
		}
		reqs = append(reqs, r)
	}
	return reqs, nil
}

// shellWords splits at white space outside quotes.
func shellWords(s string) []string {
	var words []string
	var b strings.Builder
	var quote rune
	begun := false
	flush := func() {
		if begun {
			words = append(words, b.String())
		}
		b.Reset()
		begun = false
	}
	for _, r := range s {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			b.WriteRune(r)
		case r == '"' || r == '\'':
			quote, begun = r, true
		case r == ' ' || r == '\t' || r == '\n':
			flush()
		default:
			b.WriteRune(r)
			begun = true
		}
	}
	flush()
	return words
}
