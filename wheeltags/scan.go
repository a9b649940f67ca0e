package wheeltags

// isDigit reports whether c is an ASCII digit. Tags and version numbers have no
// others.
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// cutFunc splits s after its longest prefix of bytes that satisfy f.
func cutFunc(s string, f func(byte) bool) (prefix, rest string) {
	i := 0
	for i < len(s) && f(s[i]) {
		i++
	}
	return s[:i], s[i:]
}

// atoi parses a number as tags write them: ASCII digits, no sign, and no
// leading zero, since tags are compared as text. It refuses what has more than
// six digits.
func atoi(s string) (n int, ok bool) {
	if s == "" || len(s) > 6 || s[0] == '0' && len(s) > 1 {
		return 0, false
	}
	for i := range len(s) {
		if !isDigit(s[i]) {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// cutNumber splits a number as [atoi] reads it off the start of s.
func cutNumber(s string) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	n, ok = atoi(s[:i])
	return n, s[i:], ok
}
