package main

import (
	"io"
	"net/url"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/check"
)

// rulesURL is where the pages of rules are read.
const rulesURL = "https://github.com/ftpkg/ftpkg/blob/main/docs/rules/"

// What is written of SARIF 2.1.0 (OASIS).
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool    sarifTool     `json:"tool"`
	Results []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version,omitempty"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string       `json:"id"`
	Name             string       `json:"name"`
	ShortDescription sarifMessage `json:"shortDescription"`
	HelpURI          string       `json:"helpUri"`
	Default          sarifDefault `json:"defaultConfiguration"`
}

type sarifDefault struct {
	Level string `json:"level"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	RuleIndex int             `json:"ruleIndex"`
	Level     string          `json:"level"`
	Message   sarifMessage    `json:"message"`
	Locations []sarifLocation `json:"locations"`
}

type sarifLocation struct {
	Physical sarifPhysical  `json:"physicalLocation"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifRegion struct {
	StartLine int `json:"startLine"` // from 1
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifLogical struct {
	Name string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}

// writeCheckSARIF prints a report for code scanning.
func writeCheckSARIF(w io.Writer, env Env, r *check.Report) error {
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "ftpkg check", Version: buildVersion(env).Version, InformationURI: "https://github.com/ftpkg/ftpkg"}
	position := map[string]int{}
	for i, rule := range check.Rules() {
		position[rule.Code] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
			ID: rule.Code, Name: rule.Name, ShortDescription: sarifMessage{rule.Summary + "."},
			HelpURI: rulesURL + rule.Code + ".md", Default: sarifDefault{sarifLevel(rule.Severity)},
		})
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		result := sarifResult{RuleID: f.Rule, RuleIndex: position[f.Rule], Level: sarifLevel(f.Severity), Message: sarifMessage{f.Message}}
		location := sarifLocation{Physical: sarifPhysical{Artifact: sarifArtifact{(&url.URL{Path: f.File}).String()}}}
		if f.Member != "" {
			result.Message.Text = f.Member + ": " + f.Message
			location.Logical = []sarifLogical{{f.Member, "member"}}
		}
		result.Locations = []sarifLocation{location}
		run.Results = append(run.Results, result)
	}
	return writeJSON(w, &sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	})
}

func sarifLevel(s vocab.Severity) string { return string(s) }
