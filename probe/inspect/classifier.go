package inspect

import (
	"bytes"
	"strings"
)

// classifierPrefix begins the classifiers about free threading.
const classifierPrefix = "Programming Language :: Python :: Free Threading"

// classifierIn returns what METADATA claims about free threading: the last such
// classifier, which is the most specific one, "" if there is none.
func classifierIn(metadata []byte) string {
	found := ""
	for line := range bytes.Lines(metadata) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		name, value, ok := bytes.Cut(line, []byte{':'})
		if !ok || !bytes.EqualFold(name, []byte("Classifier")) {
			continue
		}
		text := strings.TrimSpace(string(value))
		if rest, ok := strings.CutPrefix(text, classifierPrefix); ok && (rest == "" || strings.HasPrefix(rest, " ::")) && text > found {
			found = text
		}
	}
	return found
}

// claim is what a classifier claims: its last part, "3 - Stable", or "supported"
// where it has none.
func claim(classifier string) string {
	if rest, ok := strings.CutPrefix(classifier, classifierPrefix+" :: "); ok {
		return rest
	}
	return "supported"
}

// claimsSupport reports whether a classifier claims more than that one may try:
// "1 - Unstable" says that it is not to be relied on.
func claimsSupport(classifier string) bool {
	return classifier != "" && !strings.HasPrefix(claim(classifier), "1")
}
