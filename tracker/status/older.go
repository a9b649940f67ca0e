package status

import (
	"cmp"
	"slices"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// An OlderRun is a probe of an older release than the headline is about. It says
// nothing of the headline's: a Python that is retired may have no newer one.
type OlderRun struct {
	Version string        `json:"version"`
	On      string        `json:"on"` // Python and platform, such as "3.13t linux-x86_64"
	Outcome vocab.Outcome `json:"outcome"`
	File    string        `json:"file"`
	SHA256  string        `json:"sha256"`
	At      time.Time     `json:"at"`
}

// older are the probes of releases before one: on each Python and platform that of
// the newest release, unless it is this one or one after it.
func older(p *project, r *release, at time.Time) []OlderRun {
	found := map[string]OlderRun{}
	here := map[string]bool{} // where it was loaded itself
	before := false
	for _, other := range p.releases { // newest first
		if !before && other != r {
			continue
		}
		for _, run := range p.probed(other, at) {
			on := run.Python + " " + run.Platform
			if other == r {
				here[on] = true
			}
			if _, ok := found[on]; ok || here[on] {
				continue
			}
			found[on] = OlderRun{Version: other.text, On: on, Outcome: run.Result.Outcome, File: p.fileName(run.SHA256), SHA256: run.SHA256, At: run.At}
		}
		before = true
	}
	var list []OlderRun
	for _, run := range found {
		list = append(list, run)
	}
	slices.SortFunc(list, func(a, b OlderRun) int { return cmp.Compare(a.On, b.On) })
	return list
}
