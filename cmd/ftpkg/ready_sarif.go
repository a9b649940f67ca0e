package main

import (
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/ready"
)

// wordsURL is where the words of readiness are explained.
const wordsURL = "https://github.com/ftpkg/ftpkg/blob/main/docs/vocabulary.md#readiness"

// writeReadySARIF prints a report for code scanning: what is not ready, at the
// requirement or the place of the lock that brings it.
func writeReadySARIF(w io.Writer, env Env, x *readiness, r *ready.Report) error {
	run := newSARIFRun(env, "ftpkg ready")
	for _, e := range vocab.Readinesses().Entries {
		word := vocab.Readiness(e.Name)
		if word == vocab.Ready {
			continue
		}
		run.rule(&sarifRule{
			ID: e.Name, Name: e.Name, ShortDescription: sarifMessage{strings.ToUpper(e.Meaning[:1]) + e.Meaning[1:] + "."},
			HelpURI: wordsURL, Default: sarifDefault{readyLevel(word)},
		})
	}
	for i := range r.Applications {
		a := &r.Applications[i]
		app := newReadyApp(a, false)
		for j := range a.Findings {
			f := &a.Findings[j]
			result := sarifResult{RuleID: string(f.Readiness), RuleIndex: run.index[string(f.Readiness)], Level: readyLevel(f.Readiness), Locations: []sarifLocation{}}
			if f.Accepted != "" {
				result.Level = "note"
			}
			text := strings.TrimSpace(f.Package + " " + f.Version)
			if len(f.Chain) > 1 {
				text += " (via " + strings.Join(f.Chain[:len(f.Chain)-1], " → ") + ")"
			}
			text += " in " + cellList(f.Cells, app.names) + ": " + f.Reason
			if label, fix := fixText(f); label != "" {
				text += ". " + strings.ToUpper(label[:1]) + label[1:] + ": " + fix
			}
			result.Message = sarifMessage{text + "."}
			if file, line := x.asked[i].place(f); file != "" {
				at := sarifLocation{Physical: sarifPhysical{Artifact: sarifArtifact{(&url.URL{Path: filepath.ToSlash(file)}).String()}}}
				if line > 0 {
					at.Physical.Region = &sarifRegion{line}
				}
				result.Locations = append(result.Locations, at)
			}
			run.Results = append(run.Results, result)
		}
	}
	return run.write(w)
}

func readyLevel(r vocab.Readiness) string {
	if r == vocab.ReadyUnknown {
		return string(vocab.SeverityWarning)
	}
	return string(vocab.SeverityError)
}

// place is the file and line of what brings a finding's package: the requirement,
// or the package in the lock; line is 0 if it is not known.
func (q *readyQuestion) place(f *ready.Finding) (file string, line int) {
	if q.lock != nil {
		if p, ok := q.lock.Package(f.Package); ok {
			line = p.Line
		}
		return q.lock.Path, line
	}
	for i := range q.input.Requirements {
		r := &q.input.Requirements[i]
		if len(f.Chain) > 0 && r.Name == f.Chain[0] && r.Origin.File != "" {
			return r.Origin.File, r.Origin.Line
		}
	}
	return "", 0
}
