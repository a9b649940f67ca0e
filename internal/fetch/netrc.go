package fetch

import (
	"strings"
)

// Netrc is what a .netrc file says, by host.
type Netrc struct {
	hosts map[string]login
}

type login struct{ user, password string }

// ParseNetrc reads the text of a .netrc file. It takes the tokens machine,
// login, password and account and skips macro definitions; what it doesn't
// understand it passes over, as curl and Python do. A "default" entry is
// deliberately not used: it names no host, and a password must not be sent to a
// host it wasn't given for. The first entry of a host counts.
func ParseNetrc(text string) *Netrc {
	n := &Netrc{hosts: map[string]login{}}
	t := netrcTokens{text: text}
	machine, entry, open := "", login{}, false
	end := func() {
		if _, known := n.hosts[machine]; open && machine != "" && !known && entry != (login{}) {
			n.hosts[machine] = entry
		}
		machine, entry, open = "", login{}, false
	}
	for {
		word, ok := t.next()
		if !ok {
			break
		}
		switch word {
		case "machine":
			end()
			machine, open = t.value(), true
			machine = strings.ToLower(machine)
		case "default":
			end()
		case "login", "user":
			entry.user = t.value()
		case "password":
			entry.password = t.value()
		case "account":
			t.value()
		case "macdef":
			t.skipMacro()
		}
	}
	end()
	return n
}

// Find returns the login of a host; n may be nil.
func (n *Netrc) Find(host string) (user, password string, ok bool) {
	if n == nil {
		return "", "", false
	}
	l, ok := n.hosts[strings.ToLower(host)]
	return l.user, l.password, ok
}

// netrcTokens splits the text at white space. A token may stand in double
// quotes, with backslash escapes in it; a # where a keyword could stand begins a
// comment.
type netrcTokens struct{ text string }

const netrcSpace = " \t\r\n"

// next returns the next keyword.
func (t *netrcTokens) next() (string, bool) {
	for {
		t.text = strings.TrimLeft(t.text, netrcSpace)
		if t.text == "" {
			return "", false
		}
		if t.text[0] != '#' {
			return t.token(), true
		}
		_, t.text, _ = strings.Cut(t.text, "\n")
	}
}

// value returns the token after a keyword, whatever it begins with.
func (t *netrcTokens) value() string {
	t.text = strings.TrimLeft(t.text, netrcSpace)
	if t.text == "" {
		return ""
	}
	return t.token()
}

func (t *netrcTokens) token() string {
	if t.text[0] != '"' {
		i := strings.IndexAny(t.text, netrcSpace)
		if i < 0 {
			i = len(t.text)
		}
		word := t.text[:i]
		t.text = t.text[i:]
		return word
	}
	var b strings.Builder
	i := 1
	for ; i < len(t.text) && t.text[i] != '"'; i++ {
		if t.text[i] == '\\' && i+1 < len(t.text) {
			i++
		}
		b.WriteByte(t.text[i])
	}
	t.text = t.text[min(i+1, len(t.text)):]
	return b.String()
}

// skipMacro passes over a macro's name and its lines, up to an empty one.
func (t *netrcTokens) skipMacro() {
	for {
		line, rest, ok := strings.Cut(t.text, "\n")
		t.text = rest
		if !ok || strings.TrimSpace(line) == "" {
			return
		}
	}
}
