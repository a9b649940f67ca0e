package main

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix/lint"
)

// render writes the answer in the format asked for.
func (o *lintOptions) render(w io.Writer, env Env, r *lint.Report, repaired int) error {
	switch o.format {
	case "json":
		return writeJSON(w, r)
	case "github":
		return writeLintGitHub(w, r, env.Verbose > 0)
	case "sarif":
		return writeLintSARIF(w, env, r)
	}
	return writeLintText(w, r, repaired, env.Verbose > 0, env.Color && (o.output == "" || o.output == "-"))
}

// writeLintText prints a line for each finding, of notes only if all are wanted, and
// one that counts them.
func writeLintText(w io.Writer, r *lint.Report, repaired int, all, color bool) error {
	var b strings.Builder
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Severity == vocab.SeverityNote && !all {
			continue
		}
		fmt.Fprintf(&b, "%s:%d:%d: %s %s\n", paint(color, bold, f.File), f.Line, f.Column, paint(color, severityStyle(f.Severity), f.Rule), f.Message)
	}
	counts := severityCounts(r.Count, all)
	if len(counts) == 0 {
		counts = []string{"nothing found"}
		if repaired > 0 {
			counts = nil
		}
	}
	if repaired > 0 {
		counts = append(counts, fmt.Sprintf("%d repaired", repaired))
	}
	if n := r.Fixable(); n > 0 {
		counts = append(counts, fmt.Sprintf("%d can be repaired by --fix", n))
	}
	fmt.Fprintf(&b, "%s: %s\n", plural(len(r.Files), "file"), strings.Join(counts, ", "))
	_, err := io.WriteString(w, b.String())
	return err
}

// writeLintGitHub prints findings as workflow commands, which GitHub shows as
// annotations at their lines; notes only if all are wanted.
func writeLintGitHub(w io.Writer, r *lint.Report, all bool) error {
	var b strings.Builder
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Severity == vocab.SeverityNote && !all {
			continue
		}
		command := map[vocab.Severity]string{vocab.SeverityError: "error", vocab.SeverityWarning: "warning", vocab.SeverityNote: "notice"}[f.Severity]
		rule, _ := lint.Lookup(f.Rule)
		fmt.Fprintf(&b, "::%s file=%s,line=%d,col=%d,title=%s::%s\n", command, githubProperty(f.File), f.Line, f.Column, githubProperty(f.Rule+" "+rule.Name), githubData(f.Message))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeLintSARIF prints a report for code scanning.
func writeLintSARIF(w io.Writer, env Env, r *lint.Report) error {
	run := newSARIFRun(env, "ftpkg matrix lint")
	for _, rule := range lint.Rules() {
		run.rule(newSARIFRule(rule.Code, rule.Name, rule.Summary, rule.Severity))
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		at := sarifPhysical{Artifact: sarifArtifact{(&url.URL{Path: f.File}).String()}, Region: &sarifRegion{StartLine: f.Line}}
		run.Results = append(run.Results, sarifResult{
			RuleID: f.Rule, RuleIndex: run.index[f.Rule], Level: sarifLevel(f.Severity),
			Message: sarifMessage{f.Message}, Locations: []sarifLocation{{Physical: at}},
		})
	}
	return run.write(w)
}
