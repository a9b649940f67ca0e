package main

import (
	"fmt"
	"io"
	"strings"
)

// writeProbeMarkdown prints a report for an issue or a summary.
func writeProbeMarkdown(w io.Writer, v *probeView) error {
	var b strings.Builder
	for _, line := range v.head() {
		fmt.Fprintf(&b, "**%s**\n", markdownCell(line))
	}
	b.WriteString("\n| package | version | verdict | declare | threads |\n|---|---|---|---|---|\n")
	for i := range v.report.Results {
		r := &v.report.Results[i]
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n",
			markdownCell(r.Package), markdownCell(orDash(r.Version)), r.Outcome, modulesText(r), threadsText(r))
	}
	for i := range v.report.Results {
		r := &v.report.Results[i]
		lines := v.story(r)
		if len(lines) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n### %s\n\n", markdownCell(strings.TrimSpace(r.Package+" "+r.Version)))
		for _, line := range lines {
			text := strings.TrimLeft(line, " ")
			fmt.Fprintf(&b, "%s- %s\n", strings.Repeat(" ", len(line)-len(text)), markdownCell(text))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
