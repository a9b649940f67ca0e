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
	var counts []string
	for _, name := range vocab.Severities().Names() {
		if n := r.Count(vocab.Severity(name)); n > 0 {
			counts = append(counts, plural(n, name))
		}
	}
	if r.Count(vocab.SeverityNote) > 0 && !all {
		counts[len(counts)-1] += " (-v shows them)"
	}
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
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "ftpkg matrix lint", Version: buildVersion(env).Version, InformationURI: "https://github.com/ftpkg/ftpkg"}
	position := map[string]int{}
	for i, rule := range lint.Rules() {
		position[rule.Code] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
			ID: rule.Code, Name: rule.Name, ShortDescription: sarifMessage{rule.Summary + "."},
			HelpURI: rulesURL + rule.Code + ".md", Default: sarifDefault{sarifLevel(rule.Severity)},
		})
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		at := sarifPhysical{Artifact: sarifArtifact{(&url.URL{Path: f.File}).String()}, Region: &sarifRegion{StartLine: f.Line}}
		run.Results = append(run.Results, sarifResult{
			RuleID: f.Rule, RuleIndex: position[f.Rule], Level: sarifLevel(f.Severity),
			Message: sarifMessage{f.Message}, Locations: []sarifLocation{{Physical: at}},
		})
	}
	return writeJSON(w, &sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	})
}
