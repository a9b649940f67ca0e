package lint

import (
	"slices"
	"strings"
)

// A command is one simple command of a script.
type command struct {
	words []word
}

// A word is a word of a command, quotes removed where they are around all of it.
type word struct {
	text string
	at   int // where it begins in the script
	end  int
}

// commands splits a script into simple commands, as sh, bash and, near enough,
// PowerShell would: at line ends and operators, not within quotes. Comments are left
// out, a backslash or backtick at the end of a line joins it with the next.
func commands(script string) []command {
	var list []command
	var cur command
	flush := func() {
		if len(cur.words) > 0 {
			list = append(list, cur)
		}
		cur = command{}
	}
	for i := 0; i < len(script); {
		c := script[i]
		switch {
		case c == '\n' || c == ';' || c == '|' || c == '&' || c == '(' || c == ')':
			flush()
			i++
		case c == ' ' || c == '\t' || c == '\r':
			i++
		case (c == '\\' || c == '`') && strings.HasPrefix(strings.TrimLeft(script[i+1:], "\r"), "\n"):
			i += 1 + strings.IndexByte(script[i+1:], '\n') + 1
		case c == '#':
			for i < len(script) && script[i] != '\n' {
				i++
			}
		default:
			n := wordEnd(script, i)
			cur.words = append(cur.words, word{unquote(script[i:n]), i, n})
			i = n
		}
	}
	flush()
	return list
}

// wordEnd returns where the word that begins at an offset ends.
func wordEnd(s string, i int) int {
	var quote byte
	for ; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0:
			if c == '\\' && quote == '"' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case strings.HasPrefix(s[i:], "${{"):
			if n := strings.Index(s[i:], "}}"); n > 0 {
				i += n + 1
			}
		case c == '\\' && i+1 < len(s) && s[i+1] != '\n' && s[i+1] != '\r':
			i++
		case strings.IndexByte(" \t\r\n;|&()", c) >= 0, c == '\\':
			return i
		}
	}
	return len(s)
}

func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '\'' || s[0] == '"') && s[len(s)-1] == s[0] && strings.IndexByte(s[1:len(s)-1], s[0]) < 0 {
		return s[1 : len(s)-1]
	}
	return s
}

// has reports whether one of the words is this text.
func (c *command) has(texts ...string) bool {
	for _, w := range c.words {
		if slices.Contains(texts, w.text) {
			return true
		}
	}
	return false
}

// pytest returns the word by which the command calls pytest, nil if it doesn't.
func (c *command) pytest() *word {
	if len(c.words) == 0 || c.has("install", "add", "echo", "sync", "download") {
		return nil
	}
	for i := range c.words {
		switch c.words[i].text {
		case "pytest", "py.test":
			if i > 0 {
				switch c.words[i-1].text {
				case "--with", "--group", "--only-group", "--extra", "-r", "--from", "-c", "which", "-p", "-k":
					continue
				}
			}
			return &c.words[i]
		}
	}
	return nil
}

// delegates reports whether the command leaves its work to something that is not seen:
// a script, a task of some tool.
func (c *command) delegates() bool {
	for i, w := range c.words {
		name := w.text[strings.LastIndexByte(w.text, '/')+1:]
		switch name {
		case "tox", "nox", "make", "hatch", "just", "task", "invoke", "inv", "poe", "spin", "pixi", "rake", "bazel", "ninja", "meson", "doit", "docker", "podman", "ctest", "cmake":
			if i == 0 || c.words[i-1].text == "-m" || c.words[i-1].text == "run" || c.words[i-1].text == "uvx" || c.words[i-1].text == "pipx" {
				return true
			}
		}
		if i == 0 && (strings.HasPrefix(w.text, "./") || strings.HasPrefix(w.text, ".\\") || w.text == "source" || w.text == ".") {
			return w.text != "source" && w.text != "." || !strings.Contains(c.rest(1), "activate")
		}
		for _, ext := range []string{".py", ".sh", ".bash", ".ps1", ".bat", ".cmd"} {
			if strings.HasSuffix(w.text, ext) && !strings.HasPrefix(w.text, "-") && c.pytest() == nil {
				return true
			}
		}
	}
	return false
}

func (c *command) rest(from int) string {
	var texts []string
	for _, w := range c.words[min(from, len(c.words)):] {
		texts = append(texts, w.text)
	}
	return strings.Join(texts, " ")
}
