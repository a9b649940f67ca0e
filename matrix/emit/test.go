package emit

import (
	"strings"

	"github.com/ftpkg/ftpkg/matrix"
)

// TestOf returns how a project says that the wheel of a cell is tested, in
// [tool.cibuildwheel]. Its Command is "" if it does not say.
func TestOf(p *matrix.Project, c *matrix.Cell) Test {
	option := func(name, sep string) string { return p.Cibuildwheel.Option(name, c.Platform.OS(), c.Identifier, sep) }
	t := Test{Command: option("test-command", " && "), Groups: strings.Fields(option("test-groups", " "))}
	requires := option("test-requires", "\n")
	words := strings.Split(requires, "\n")
	if !strings.Contains(requires, "\n") && !strings.HasPrefix(requires, "-") {
		words = shellWords(requires) // one string is a line of words
	}
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" {
			t.Requires = append(t.Requires, w)
		}
	}
	for e := range strings.SplitSeq(option("test-extras", ","), ",") {
		if e = strings.TrimSpace(e); e != "" {
			t.Extras = append(t.Extras, e)
		}
	}
	return t
}

// shellWords splits at white space outside quotes, and takes the quotes off.
func shellWords(s string) []string {
	var words []string
	var word strings.Builder
	open, begun := rune(0), false
	for _, r := range s + " " {
		switch {
		case open != 0 && r == open:
			open = 0
		case open == 0 && (r == '"' || r == '\''):
			open, begun = r, true
		case open == 0 && (r == ' ' || r == '\t'):
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	return words
}
