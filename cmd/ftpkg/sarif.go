package main

import (
	"io"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// rulesURL is where the pages of rules are read.
const rulesURL = "https://github.com/ftpkg/ftpkg/blob/main/docs/rules/"

// What is written of SARIF 2.1.0 (OASIS).
type sarifLog struct {
	Schema  string      `json:"$schema"`
	Version string      `json:"version"`
	Runs    []*sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool    sarifTool     `json:"tool"`
	Results []sarifResult `json:"results"`

	index map[string]int // of rules, by their codes
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

// newSARIFRun begins the results of a command.
func newSARIFRun(env Env, command string) *sarifRun {
	return &sarifRun{
		Tool:    sarifTool{sarifDriver{Name: command, Version: buildVersion(env).Version, InformationURI: "https://github.com/ftpkg/ftpkg"}},
		Results: []sarifResult{},
		index:   map[string]int{},
	}
}

// rule adds a rule that results may be of.
func (r *sarifRun) rule(rule *sarifRule) {
	r.index[rule.ID] = len(r.Tool.Driver.Rules)
	r.Tool.Driver.Rules = append(r.Tool.Driver.Rules, *rule)
}

// newSARIFRule returns a rule that has a page.
func newSARIFRule(code, name, summary string, severity vocab.Severity) *sarifRule {
	return &sarifRule{
		ID: code, Name: name, ShortDescription: sarifMessage{summary + "."},
		HelpURI: rulesURL + code + ".md", Default: sarifDefault{sarifLevel(severity)},
	}
}

// write prints a log of the one run.
func (r *sarifRun) write(w io.Writer) error {
	return writeJSON(w, &sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []*sarifRun{r},
	})
}

func sarifLevel(s vocab.Severity) string { return string(s) }
