package main

import (
	"io"
	"net/url"

	"github.com/ftpkg/ftpkg/probe/check"
)

// writeCheckSARIF prints a report for code scanning.
func writeCheckSARIF(w io.Writer, env Env, r *check.Report) error {
	run := newSARIFRun(env, "ftpkg check")
	for _, rule := range check.Rules() {
		run.rule(newSARIFRule(rule.Code, rule.Name, rule.Summary, rule.Severity))
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		result := sarifResult{RuleID: f.Rule, RuleIndex: run.index[f.Rule], Level: sarifLevel(f.Severity), Message: sarifMessage{f.Message}}
		location := sarifLocation{Physical: sarifPhysical{Artifact: sarifArtifact{(&url.URL{Path: f.File}).String()}}}
		if f.Member != "" {
			result.Message.Text = f.Member + ": " + f.Message
			location.Logical = []sarifLogical{{f.Member, "member"}}
		}
		result.Locations = []sarifLocation{location}
		run.Results = append(run.Results, result)
	}
	return run.write(w)
}
