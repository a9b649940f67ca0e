package simple

import "bytes"

// Parse reads a project page in whichever of the two formats it is: JSON if it
// begins with a brace, else HTML. What the server calls it doesn't count, since
// some mirrors hand out HTML labelled as JSON. See [ParseJSON] and [ParseHTML];
// name is used only for HTML.
func Parse(body []byte, base, name string) (*Project, error) {
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '{' {
		return ParseJSON(body, base)
	}
	return ParseHTML(body, base, name)
}
