package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/check"
)

// writeCheckGitHub prints findings as workflow commands, which GitHub shows as
// annotations: a few of each kind, so notes only if all are wanted.
func writeCheckGitHub(w io.Writer, r *check.Report, all bool) error {
	var b strings.Builder
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Severity == vocab.SeverityNote && !all {
			continue
		}
		command := map[vocab.Severity]string{vocab.SeverityError: "error", vocab.SeverityWarning: "warning", vocab.SeverityNote: "notice"}[f.Severity]
		message := f.Message
		if f.Member != "" {
			message = f.Member + ": " + message
		}
		fmt.Fprintf(&b, "::%s file=%s,title=%s::%s\n", command, githubProperty(f.File), githubProperty(ruleTitle(f.Rule)), githubData(message))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// ruleTitle is a rule's code and name: "FT103 wrong-architecture".
func ruleTitle(code string) string {
	r, _ := check.Lookup(code)
	return strings.TrimSpace(code + " " + r.Name)
}

// githubData escapes the text of a workflow command.
func githubData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// githubProperty escapes the value of a property of one.
func githubProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(githubData(s))
}
